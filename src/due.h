/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to be looked at when event time has come so far: a heap that its members sit in. */
#ifndef SKBTRACE_DUE_H
#define SKBTRACE_DUE_H

#include <stddef.h>
#include <stdint.h>

/* A member; part of the thing that is due. pos 0: not in the heap. */
struct due {
	uint64_t at_ns;
	uint64_t key_ns;	/* where the heap has it; at_ns may have moved on since */
	uint64_t serial;	/* decides between equals */
	size_t pos;
};

struct due_heap {
	struct due **v;		/* from 1 */
	size_t n, room;
};

/* Puts in, or moves to another time. 0 or -ENOMEM (only when it was not in). */
int due_set(struct due_heap *h, struct due *d, uint64_t at_ns);
void due_clear(struct due_heap *h, struct due *d);
/* The earliest, still in the heap; NULL: none. */
struct due *due_first(struct due_heap *h);
void due_free(struct due_heap *h);

#endif
