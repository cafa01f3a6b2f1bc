/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be done about a drop. */
#ifndef SKBTRACE_ADVICE_H
#define SKBTRACE_ADVICE_H

#include "journey.h"

/*
 * One line about the end of a journey: by the reason that the kernel gave, or, where it gave none, by
 * the function that dropped the packet. NULL: none is known.
 */
const char *advice_for(const struct journey *j);

#endif
