/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The slowest of many journeys: copies of at most so many. */
#ifndef SKBTRACE_SLOWEST_H
#define SKBTRACE_SLOWEST_H

#include "journey.h"

struct kept {
	struct journey j;	/* a copy */
	uint64_t span_ns;
};

/* Set max; the rest is zero at first. */
struct slowest {
	unsigned int max;
	size_t n;
	struct kept *v;		/* the slowest first; of equals the first that came */
};

/* Keeps a copy if it is one of the slowest so far. 0 or -ENOMEM. */
int slowest_offer(struct slowest *s, const struct journey *j);
void slowest_free(struct slowest *s);

#endif
