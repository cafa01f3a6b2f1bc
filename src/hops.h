/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The statistics of a run: how long each hop took, from one thing that happens
 * to a packet to the next, and where nobody worked on it in between.
 */
#ifndef SKBTRACE_HOPS_H
#define SKBTRACE_HOPS_H

#include <stdbool.h>
#include <stddef.h>

#include "histogram.h"
#include "journey.h"
#include "map.h"

enum {
	HOP_NAME_ROOM = 48,
	HOPS_SHOWN = 64,	/* so many rows are enough for a reader */
};

struct hop {
	uint64_t key;
	char from[HOP_NAME_ROOM], to[HOP_NAME_ROOM];	/* as the diagrams call them */
	const char *wait;	/* what it waits for; NULL: somebody works on the packet */
	struct histogram times;	/* ns */
};

/* All zero is empty. */
struct hops {
	struct map by_key;	/* of struct hop */
};

/* Adds the hops of a journey, at a level of detail (enum detail). 0 or -ENOMEM. */
int hops_add(struct hops *h, const struct journey *j, int detail);
/* All of them, the largest sum of times first; ends with NULL. NULL on no memory; the caller frees it. */
const struct hop **hops_sorted(const struct hops *h);

/* The hops in which packets waited, or those in which they did not, all together. */
struct hop_part {
	uint64_t count, sum_ns;
	size_t rest;		/* hops beyond the first HOPS_SHOWN of v */
	uint64_t rest_ns;
};
/* What stands above them. */
const char *hop_heading(bool waiting);
/* The percentiles that are worth a column; 100 is the maximum. */
extern const unsigned int hop_percents[4];
struct hop_part hops_part(const struct hop *const *v, bool waiting);
void hops_free(struct hops *h);

#endif
