/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP sequence numbers: which is first, and which bytes of a flow have come. */
#ifndef SKBTRACE_SEQ_H
#define SKBTRACE_SEQ_H

#include <stdbool.h>
#include <stdint.h>

/* TCP sequence numbers wrap: a is before b if the way from a to b is the short one. */
static inline bool seq_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

/* Do [a, a + an) and [b, b + bn) share a byte? */
static inline bool seq_overlap(uint32_t a, uint32_t an, uint32_t b, uint32_t bn)
{
	return an && bn && (b - a < an || a - b < bn);
}

enum { SEQ_ISLANDS = 8 };

/*
 * What has come: all up to a byte, and islands beyond it.
 * All zero: nothing, and nobody knows where the flow began.
 */
struct seq_seen {
	bool known;
	uint32_t next;		/* the first byte that is missing */
	unsigned int n;
	struct seq_island {
		uint32_t from, to;
	} islands[SEQ_ISLANDS];	/* in order, none touches another or next */
};

enum seq_place {
	SEQ_NEXT,	/* the bytes that were missing, and none beyond them had come */
	SEQ_EARLY,	/* bytes before them are missing */
	SEQ_LATE,	/* later bytes had come */
	SEQ_AGAIN,	/* all of them had come */
};

/* The flow begins here. */
void seq_seen_begin(struct seq_seen *s, uint32_t first);
/* len bytes from `from` have come, len > 0. Of more holes than fit, the first is given up. */
enum seq_place seq_seen_add(struct seq_seen *s, uint32_t from, uint32_t len);
/* All before `to` has come, whoever saw it. */
void seq_seen_pass(struct seq_seen *s, uint32_t to);
/* Gives up all holes: who would have filled them was not seen. */
void seq_seen_close(struct seq_seen *s);

#endif
