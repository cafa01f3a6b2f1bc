/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns ordered records into journeys and calls; holds only what is in flight. */
#ifndef SKBTRACE_TRACK_H
#define SKBTRACE_TRACK_H

#include "account.h"
#include "capfile.h"
#include "journey.h"

struct track;

/* Called for each journey, and each call, as it becomes complete. Return non-zero to stop.
 * connection: what the n directions that were followed from their SYN came to, when it is over. */
struct track_sink {
	int (*journey)(void *ctx, const struct journey *j);
	int (*call)(void *ctx, const struct call *c);
	int (*connection)(void *ctx, const struct account_sum *ways, size_t n);
	void *ctx;
};

struct track_stats {
	uint64_t records, lost;		/* lost: holes in the CPUs' attempt numbers, trailing ones by COUNTS */
	uint64_t journeys, calls;	/* given to the sink */
	uint64_t steps;			/* of the directions that are followed */
	uint64_t by_state[JOURNEY_STATES];
	uint64_t stage_hits[ST_N];
	uint64_t tcp;		/* steps that say what TCP keeps */
};

/* dirs: which journeys to make. world gives drop reasons; may still lack counts. NULL on no memory. */
struct track *track_new(enum stage_dir dirs, const struct cap_world *world, const struct track_sink *sink);
/*
 * Takes one raw record in the order of the stream; orders by time itself
 * (release on TICK). 0, the sink's non-zero answer, or -ENOMEM.
 */
int track_record(struct track *t, const struct ev_head *rec);
/* The stream ends: releases what waits; counts (or NULL) tell trailing losses. Open journeys are given as such. */
int track_finish(struct track *t, const struct cap_list *counts);
/* The event time that it has come to. */
uint64_t track_now(const struct track *t);
const struct track_stats *track_stats(const struct track *t);
void track_free(struct track *t);

#endif
