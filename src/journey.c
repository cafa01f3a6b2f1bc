/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of steps, kept in order of time. */
#include "journey.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int step_list_add(struct step_list *l, const struct step *s)
{
	size_t at;

	if (l->n == l->room) {
		size_t room = l->room ? l->room * 2 : 16;
		struct step *more = realloc(l->v, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		l->v = more;
		l->room = room;
	}
	/* Steps come in order but for those that are said late. */
	for (at = l->n; at && l->v[at - 1].t_ns > s->t_ns; at--)
		;
	memmove(l->v + at + 1, l->v + at, (l->n - at) * sizeof(*s));
	l->v[at] = *s;
	l->n++;
	return 0;
}

int step_list_renew(struct step_list *l, const struct step *s)
{
	for (size_t i = l->n; i-- > 0;) {
		if (l->v[i].stage != s->stage)
			continue;
		memmove(l->v + i, l->v + i + 1, (l->n - i - 1) * sizeof(*s));
		l->n--;
		break;
	}
	return step_list_add(l, s);
}

void step_list_free(struct step_list *l)
{
	free(l->v);
	*l = (struct step_list){ 0 };
}
