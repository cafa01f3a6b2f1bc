/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words that are too many for a line go on beneath it: they are folded between two facts, if that goes. */
#ifndef SKBTRACE_FOLD_H
#define SKBTRACE_FOLD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Bytes of s that fit in so many columns: up to the end of a fact if that fills
 * half of them, or of a clause if that fills most, else of a word outside of
 * brackets that is no number with its unit behind it, else of any word; else, if
 * they must, all that fit, and all of s if nothing does. between: what stands
 * between two facts, a blank at either side.
 */
size_t fold_fit(const char *s, unsigned int columns, const char *between, bool must);

/* Where the next line begins of what is left: not with a blank or what stands between two facts. */
const char *fold_rest(const char *s, const char *between);

#endif
