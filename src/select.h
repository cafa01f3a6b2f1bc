/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the journeys are drawn: --only, --slowest. */
#ifndef SKBTRACE_SELECT_H
#define SKBTRACE_SELECT_H

#include <stdio.h>

#include "journey.h"

enum only {
#define ONLY(NAME, word, value, test) ONLY_##NAME,
#include "only.def"
#undef ONLY
	ONLY_N
};

/* All zero: all are drawn. */
struct select {
	unsigned int only;	/* bits 1 << enum only, of which one suffices; 0: any journey */
	uint64_t slower_ns;	/* ONLY_SLOWER: than this */
	unsigned int slowest;	/* so many of them, when the run ends; 0: each as it is over */
};

/* Adds the words of "dropped,slower-than=1ms". 0, or -EINVAL and why in one sentence. */
int select_set_only(struct select *s, const char *arg, char *why, size_t n);
/* Nothing else than dropped packets is wanted. */
bool select_only_dropped(const struct select *s);
/* The i-th word as help shows it, or NULL after the last. */
const char *select_word(size_t i);
/* 1: one of the words of --only holds for the journey; 0: none does; -ENOMEM. */
int select_journey(const struct select *s, const struct journey *j);
/* --only again, as it would be typed: "--only dropped,slower-than=1ms". */
void select_say_only(const struct select *s, FILE *out);

#endif
