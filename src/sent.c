// SPDX-License-Identifier: GPL-2.0-or-later
/* A short list in the order of the bytes: it begins with the oldest that may be sent again. */
#include "sent.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "seq.h"

static void drop_first(struct sent_log *l, uint32_t k)
{
	if (k >= l->n) {
		sent_clear(l);
		return;
	}
	l->n -= k;
	memmove(l->v, l->v + k, l->n * sizeof(*l->v));
}

int sent_add(struct sent_log *l, const struct sent *s)
{
	if (l->n == SENT_MAX)
		drop_first(l, SENT_MAX / 2);
	if (l->n == l->room) {
		uint32_t room = l->room ? l->room * 2 : 1;
		struct sent *more = realloc(l->v, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		l->v = more;
		l->room = room;
	}
	l->v[l->n++] = *s;
	return 0;
}

void sent_acked(struct sent_log *l, uint32_t to)
{
	uint32_t k = 0;

	while (k < l->n && !seq_before(to, l->v[k].to))
		k++;
	if (k)
		drop_first(l, k);
}

const struct sent *sent_find(const struct sent_log *l, uint32_t from, uint32_t to, uint32_t *n)
{
	uint32_t i = 0, end;

	while (i < l->n && !seq_before(from, l->v[i].to))
		i++;
	for (end = i; end < l->n && seq_before(l->v[end].from, to); end++)
		;
	*n = end - i;
	return *n ? &l->v[i] : NULL;
}

void sent_clear(struct sent_log *l)
{
	free(l->v);
	*l = (struct sent_log){ 0 };
}
