/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Puts the records of all CPUs into one order of time, and finds the holes in
 * each CPU's attempt numbers. The order depends on the stream alone, so a
 * replay gives the same as the live run.
 */
#ifndef SKBTRACE_ORDER_H
#define SKBTRACE_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"

/* A record's time is read before it is written: older ones may follow a TICK for so long. */
#define ORDER_SLACK_NS 5000000ULL

/* A loss is told at latest so long after it began, however late the CPU's next record is. */
#define ORDER_TELL_NS 100000000ULL

struct order;

/* A record in its turn. */
struct ordered {
	const struct ev_head *rec;	/* valid until the next call of order_next */
	uint32_t lost;		/* records lost on its CPU just before it */
	uint64_t lost_since_ns;	/* time of the record before those */
	uint64_t lost_until_ns;
	bool told;		/* an earlier turn has told of that loss: it counts once */
	uint32_t found;		/* records that came after they had been told to be lost */
};

/* NULL on no memory. */
struct order *order_new(void);
/* Takes a copy. A TICK lets go of what is old enough, and has a turn itself. 0 or -ENOMEM. */
int order_add(struct order *o, const struct ev_head *rec);
/* The stream has ended: nothing needs to wait. */
void order_end(struct order *o);
/* The next record whose turn has come; false: none yet. */
bool order_next(struct order *o, struct ordered *out);
/* How many of the CPU's attempts (its counter at the end) never arrived after its last record. */
uint64_t order_missing_at_end(const struct order *o, unsigned int cpu, uint64_t attempts,
			      uint64_t *since_ns);
void order_free(struct order *o);

#endif
