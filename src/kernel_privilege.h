/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run may do in the kernel: what it needs, and nothing more once it is on its way. */
#ifndef SKBTRACE_KERNEL_PRIVILEGE_H
#define SKBTRACE_KERNEL_PRIVILEGE_H

#include <stdbool.h>

/* The capabilities that a run cannot do without, as "CAP_A, CAP_B and CAP_C". */
const char *privilege_needed(void);
/* Does this process have them? */
bool privilege_suffices(void);
/*
 * Gives up, for this process and all that it may start from now on, every
 * capability but those, and the way to any other (no_new_privs). 0 or -errno.
 */
int privilege_drop(void);

#endif
