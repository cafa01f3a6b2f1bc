/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records that wait for their turn, over all CPUs: by time, then CPU, then
 * attempt, then arrival.
 */
#ifndef SKBTRACE_TURNS_H
#define SKBTRACE_TURNS_H

#include <stddef.h>
#include <stdint.h>

#include "event.h"

/* All zero is empty. */
struct turns {
	struct turns_queue *queues;	/* of each CPU: those that came in order */
	struct turns_head *heads;	/* heap: the first of each queue that is not empty */
	unsigned int queue_n, head_n;
	struct turns_stray *strays;	/* heap: those that came after a later one of their CPU */
	size_t stray_n, stray_room;
	uint64_t arrivals;		/* of strays */
	struct turns_chunk *spent;	/* what was given lies here … */
	struct ev_head *given;		/* … or is this */
};

/* Takes a copy, whose time is turn_ns. 0 or -ENOMEM. */
int turns_add(struct turns *t, const struct ev_head *rec, uint64_t turn_ns);
/* The first, unless it is later than upto_ns; valid until the next call. NULL: none. */
const struct ev_head *turns_next(struct turns *t, uint64_t upto_ns);
void turns_free(struct turns *t);

#endif
