// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps the slowest journeys in their order. */
#include "slowest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "moment.h"

int slowest_offer(struct slowest *s, const struct journey *j)
{
	struct kept new;
	size_t at;
	int err = journey_span(j, &new.span_ns);

	if (!err && !s->v) {
		s->v = calloc(s->max, sizeof(*s->v));
		err = s->v ? 0 : -ENOMEM;
	}
	if (err || (s->n == s->max && new.span_ns <= s->v[s->n - 1].span_ns))
		return err;
	err = journey_copy(&new.j, j);
	if (err)
		return err;
	if (s->n == s->max)
		journey_copy_free(&s->v[--s->n].j);
	for (at = s->n; at && s->v[at - 1].span_ns < new.span_ns; at--)
		;
	memmove(s->v + at + 1, s->v + at, (s->n - at) * sizeof(*s->v));
	s->v[at] = new;
	s->n++;
	return 0;
}

void slowest_free(struct slowest *s)
{
	for (size_t i = 0; i < s->n; i++)
		journey_copy_free(&s->v[i].j);
	free(s->v);
	s->v = NULL;
	s->n = 0;
}
