/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of bytes of a stream, by their 64-bit places in it: as many spans as there are gaps. */
#ifndef SKBTRACE_SPANS_H
#define SKBTRACE_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A set with more gaps than this closes its first: a connection cannot eat the machine. */
enum { SPANS_MAX = 1024 };

struct span {
	uint64_t from, to;	/* [from, to), never empty */
};

/* All zero is the empty set. In order; none touches another. */
struct spans {
	struct span *v;
	size_t n, room;
	uint64_t total;		/* bytes in it */
	bool crowded;		/* a gap was closed that nothing filled */
};

/* fresh: the first run of bytes that are new by it (empty: none); may be NULL. 0 or -ENOMEM. */
int spans_add(struct spans *s, uint64_t from, uint64_t to, struct span *fresh);
/* Takes bytes out. 0 or -ENOMEM. */
int spans_cut(struct spans *s, uint64_t from, uint64_t to);
/* How many bytes of [from, to) are in it. */
uint64_t spans_within(const struct spans *s, uint64_t from, uint64_t to);
/* How many bytes of a, from `from` on, are not in b. */
uint64_t spans_minus(const struct spans *a, const struct spans *b, uint64_t from);
/* The end of the run that holds `from`; `from` itself if it is not in the set. */
uint64_t spans_run(const struct spans *s, uint64_t from);
/* The end of the last byte; 0 for the empty set. */
uint64_t spans_end(const struct spans *s);
void spans_free(struct spans *s);

#endif
