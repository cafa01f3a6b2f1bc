/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions that nobody can observe, and that two steps prove to have been called. */
#ifndef SKBTRACE_INFERRED_H
#define SKBTRACE_INFERRED_H

#include "journey.h"

enum { INFERRED_MOST = 4 };

/*
 * Fills names, in the order of their calls, of what must have been called between two steps of one journey
 * that follow one another; a may be NULL. Returns how many: 0 where the two are not of one runner, or
 * records may be missing in between.
 */
size_t inferred_between(const char *names[INFERRED_MOST], const struct step *a, const struct step *b);

#endif
