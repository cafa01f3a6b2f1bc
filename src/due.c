/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A binary heap whose members know their places. Most of them are put off
 * again and again: one that moves to later stays until it has come to the top.
 */
#include "due.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

static bool due_before(const struct due *a, const struct due *b)
{
	return a->key_ns != b->key_ns ? a->key_ns < b->key_ns : a->serial < b->serial;
}

static void due_place(struct due_heap *h, size_t pos, struct due *d)
{
	h->v[pos] = d;
	d->pos = pos;
}

/* Moves the member from a free place to where it belongs. */
static void due_settle(struct due_heap *h, size_t pos, struct due *d)
{
	size_t child;

	for (; pos > 1 && due_before(d, h->v[pos / 2]); pos /= 2)
		due_place(h, pos, h->v[pos / 2]);
	while ((child = 2 * pos) <= h->n) {
		if (child < h->n && due_before(h->v[child + 1], h->v[child]))
			child++;
		if (!due_before(h->v[child], d))
			break;
		due_place(h, pos, h->v[child]);
		pos = child;
	}
	due_place(h, pos, d);
}

int due_set(struct due_heap *h, struct due *d, uint64_t at_ns)
{
	if (d->pos && d->key_ns <= at_ns) {
		d->at_ns = at_ns;
		return 0;
	}
	if (!d->pos) {
		if (h->n + 2 > h->room) {
			size_t room = h->room ? h->room * 2 : 64;
			struct due **more = realloc(h->v, room * sizeof(struct due *));

			if (!more)
				return -ENOMEM;
			h->v = more;
			h->room = room;
		}
		d->pos = ++h->n;
	}
	d->at_ns = d->key_ns = at_ns;
	due_settle(h, d->pos, d);
	return 0;
}

void due_clear(struct due_heap *h, struct due *d)
{
	size_t pos = d->pos;
	struct due *last;

	if (!pos)
		return;
	d->pos = 0;
	last = h->v[h->n--];
	if (last != d)
		due_settle(h, pos, last);
}

struct due *due_first(struct due_heap *h)
{
	struct due *d = h->n ? h->v[1] : NULL;

	while (d && d->key_ns != d->at_ns) {
		d->key_ns = d->at_ns;
		due_settle(h, 1, d);
		d = h->v[1];
	}
	return d;
}

void due_free(struct due_heap *h)
{
	free(h->v);
	*h = (struct due_heap){ 0 };
}
