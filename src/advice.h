/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be done about a drop. */
#ifndef SKBTRACE_ADVICE_H
#define SKBTRACE_ADVICE_H

/* One line for a reason by its name in the kernel; NULL: none is known. */
const char *advice_for(const char *reason);

#endif
