/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gives up what reading a file that may be anybody's does not need. */
#ifndef SKBTRACE_CONFINE_H
#define SKBTRACE_CONFINE_H

/*
 * From here on this process, and what it starts, can read and write what it has
 * open, get memory and end; every other system call fails with EPERM (seccomp,
 * no_new_privs). To be called when all files are open. 0; -errno where the
 * kernel has no seccomp, and nothing has changed but no_new_privs.
 */
int confine(void);

#endif
