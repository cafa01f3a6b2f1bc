/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all connections of a run come to, and the lines of the footer that say it. */
#ifndef SKBTRACE_BALANCE_H
#define SKBTRACE_BALANCE_H

#include <stdio.h>

#include "account.h"

/* Directions whose bytes are not all where they should go: of more, only the number is said. */
enum { BALANCE_LINES = 8 };

/* All zero: nothing yet. */
struct balance {
	uint64_t whole;			/* connections */
	uint64_t doubts[ACCOUNT_DOUBTS];/* of which not all was seen, by why; [ACCOUNT_WHOLE] is 0 */
	/* Sums of the whole ones, by which ends were followed. */
	struct balance_part {
		uint64_t ways, accepted, sent, arrived, read;
	} both, sender, receiver;
	struct account_sum open[BALANCE_LINES];
	uint64_t open_n;
	struct account_sum wrong;	/* the first that cannot be */
	uint64_t wrong_n;
};

void balance_add(struct balance *b, const struct account_sum *ways, size_t n);
/* Nothing is written where there is nothing to say. */
void balance_say_total(const struct balance *b, FILE *out);
/* Line i of at most BALANCE_LINES + 1. */
void balance_say_open(const struct balance *b, unsigned int i, FILE *out);
void balance_say_wrong(const struct balance *b, FILE *out);

#endif
