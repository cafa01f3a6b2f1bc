// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps spans sorted and apart; nearly all traffic only lengthens the last. */
#include "spans.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The first span that ends at `at` or later. */
static size_t span_at(const struct spans *s, uint64_t at)
{
	size_t lo = 0, hi = s->n;

	if (s->n && s->v[s->n - 1].to < at)
		return s->n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (s->v[mid].to < at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Makes room for one more at i. 0 or -ENOMEM. */
static int span_open(struct spans *s, size_t i)
{
	if (s->n == s->room) {
		size_t room = s->room ? s->room * 2 : 2;
		struct span *more = realloc(s->v, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		s->v = more;
		s->room = room;
	}
	memmove(s->v + i + 1, s->v + i, (s->n - i) * sizeof(*s->v));
	s->n++;
	return 0;
}

/* The nth span and the k - 1 behind it become one, gaps and all. */
static void spans_join(struct spans *s, size_t nth, size_t k)
{
	struct span *v = s->v + nth;

	for (size_t i = 1; i < k; i++)
		s->total += v[i].from - v[i - 1].to;
	v[0].to = v[k - 1].to;
	memmove(v + 1, v + k, (s->n - nth - k) * sizeof(*v));
	s->n -= k - 1;
}

int spans_add(struct spans *s, uint64_t from, uint64_t to, struct span *fresh)
{
	size_t i = span_at(s, from), k = i;
	struct span none, *new = fresh ? fresh : &none;

	*new = (struct span){ from, from };
	if (from >= to)
		return 0;
	/* What is new begins behind the span that holds `from`, and ends where the next begins. */
	if (i < s->n && s->v[i].from <= from)
		new->from = s->v[i].to;
	while (k < s->n && s->v[k].from <= to)
		k++;
	new->to = to;
	for (size_t j = i; j < k; j++)
		if (s->v[j].from > new->from && s->v[j].from < new->to)
			new->to = s->v[j].from;
	if (new->from >= to)
		*new = (struct span){ to, to };
	if (i == k) {
		int err = span_open(s, i);

		if (err)
			return err;
		s->v[i] = (struct span){ from, to };
		s->total += to - from;
	} else {
		if (from < s->v[i].from) {
			s->total += s->v[i].from - from;
			s->v[i].from = from;
		}
		spans_join(s, i, k - i);
		if (s->v[i].to < to) {
			s->total += to - s->v[i].to;
			s->v[i].to = to;
		}
	}
	if (s->n > SPANS_MAX) {
		spans_join(s, 0, 2);
		s->crowded = true;
	}
	return 0;
}

int spans_cut(struct spans *s, uint64_t from, uint64_t to)
{
	size_t i = span_at(s, from), k;

	if (from >= to || i == s->n)
		return 0;
	if (i < s->n && s->v[i].from < from && s->v[i].to > to) {
		int err = span_open(s, i);

		if (err)
			return err;
		s->v[i] = (struct span){ s->v[i + 1].from, from };
		s->v[i + 1].from = to;
		s->total -= to - from;
		return 0;
	}
	if (i < s->n && s->v[i].from < from) {
		s->total -= s->v[i].to - from;
		s->v[i].to = from;
		i++;
	}
	for (k = i; k < s->n && s->v[k].to <= to; k++)
		s->total -= s->v[k].to - s->v[k].from;
	if (k < s->n && s->v[k].from < to) {
		s->total -= to - s->v[k].from;
		s->v[k].from = to;
	}
	memmove(s->v + i, s->v + k, (s->n - k) * sizeof(*s->v));
	s->n -= k - i;
	return 0;
}

uint64_t spans_within(const struct spans *s, uint64_t from, uint64_t to)
{
	uint64_t n = 0;

	for (size_t i = span_at(s, from); i < s->n && s->v[i].from < to; i++) {
		uint64_t a = s->v[i].from > from ? s->v[i].from : from;
		uint64_t b = s->v[i].to < to ? s->v[i].to : to;

		n += b > a ? b - a : 0;
	}
	return n;
}

uint64_t spans_minus(const struct spans *a, const struct spans *b, uint64_t from)
{
	uint64_t n = 0;

	for (size_t i = span_at(a, from); i < a->n; i++) {
		uint64_t at = a->v[i].from > from ? a->v[i].from : from;

		n += a->v[i].to - at - spans_within(b, at, a->v[i].to);
	}
	return n;
}

uint64_t spans_run(const struct spans *s, uint64_t from)
{
	size_t i = span_at(s, from + 1);

	return i < s->n && s->v[i].from <= from ? s->v[i].to : from;
}

uint64_t spans_end(const struct spans *s)
{
	return s->n ? s->v[s->n - 1].to : 0;
}

void spans_free(struct spans *s)
{
	free(s->v);
	*s = (struct spans){ 0 };
}
