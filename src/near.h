/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The word that somebody who mistyped probably meant. */
#ifndef SKBTRACE_NEAR_H
#define SKBTRACE_NEAR_H

#include <stddef.h>

struct near {
	const char *typed;
	const char *best;	/* NULL: nothing is close enough */
	size_t distance;
};

/* Offer words one by one; best is the nearest so far, the first of equals. */
void near_offer(struct near *n, const char *word);

#endif
