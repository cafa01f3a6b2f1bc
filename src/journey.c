/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of steps, kept in order of time, and copies of whole journeys. */
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

int step_list_copy(struct step_list *to, const struct step_list *from)
{
	*to = (struct step_list){ 0 };
	if (!from->n)
		return 0;
	to->v = malloc(from->n * sizeof(*to->v));
	if (!to->v)
		return -ENOMEM;
	memcpy(to->v, from->v, from->n * sizeof(*to->v));
	to->n = to->room = from->n;
	return 0;
}

static void call_copy_free(struct call *c)
{
	if (c)
		step_list_free(&c->steps);
	free(c);
}

static struct call *call_copy(const struct call *from)
{
	struct call *c = malloc(sizeof(*c));

	if (!c)
		return NULL;
	*c = *from;
	if (!step_list_copy(&c->steps, &from->steps))
		return c;
	free(c);
	return NULL;
}

int journey_copy(struct journey *to, const struct journey *from)
{
	struct call *call = from->call ? call_copy(from->call) : NULL;

	*to = *from;
	to->call = call;
	if ((from->call && !call) || step_list_copy(&to->steps, &from->steps)) {
		call_copy_free(call);
		return -ENOMEM;
	}
	return 0;
}

void journey_copy_free(struct journey *j)
{
	step_list_free(&j->steps);
	/* A consumer has it const; this one made it. */
	call_copy_free((struct call *)j->call);
	j->call = NULL;
}
