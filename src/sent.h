/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which packet of a flow first had which bytes, until they are acknowledged. */
#ifndef SKBTRACE_SENT_H
#define SKBTRACE_SENT_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes [from, to) by TCP's numbers, and the number of the journey that first had them. */
struct sent {
	uint32_t from, to;
	uint64_t number;
	bool gso;		/* in one skb, which may be cut up below the queue */
};

/* All zero is empty. */
struct sent_log {
	struct sent *v;		/* in order, none overlaps another */
	uint32_t n, room;
};

/* Of more than these, which nobody acknowledged, the older half is given up. */
enum { SENT_MAX = 512 };

/* Bytes that come behind all that are known. 0 or -ENOMEM. */
int sent_add(struct sent_log *l, const struct sent *s);
/* All before `to` has come. */
void sent_acked(struct sent_log *l, uint32_t to);
/* The first that has bytes of [from, to), and how many have, in a row; NULL: none is known. */
const struct sent *sent_find(const struct sent_log *l, uint32_t from, uint32_t to, uint32_t *n);
void sent_clear(struct sent_log *l);

#endif
