/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of steps, kept in order of time, and copies of whole journeys. */
#include "journey.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pack.h"

_Static_assert(sizeof(struct step) % 8 == 0 && sizeof(struct step) <= PACK_THING_MAX, "pack.h takes steps");

const char *step_function(const struct step *s)
{
	return stages[s->stage].say == SAY_FUNCTION ? s->what : NULL;
}

const char *step_name(const struct step *s)
{
	const char *function = step_function(s);

	return function && *function ? function : stages[s->stage].name;
}

void step_hold(const struct step *s)
{
	frame_hold(s->frame);
	tcp_hold(s->tcp);
}

void step_drop(const struct step *s)
{
	frame_drop(s->frame);
	tcp_drop(s->tcp);
}

int step_list_put_by(struct step_list *l)
{
	static const struct step zero;
	struct pack k = { 0 };

	if (l->packed || !l->n)
		return 0;
	for (size_t i = 0; i < l->n; i++) {
		if (pack_add(&k, &l->v[i], i ? &l->v[i - 1] : &zero, sizeof(zero))) {
			pack_free(&k);
			return -ENOMEM;
		}
	}
	pack_close(&k);
	free(l->v);
	*l = (struct step_list){ .packed = k.bytes, .n = l->n };
	return 0;
}

int step_list_take_out(struct step_list *l)
{
	struct pack k = { .bytes = l->packed };
	struct step s = { 0 };
	size_t at = 0;

	if (!l->packed)
		return 0;
	l->v = malloc(l->n * sizeof(*l->v));
	if (!l->v)
		return -ENOMEM;
	l->room = l->n;
	for (size_t i = 0; i < l->n; i++) {
		pack_next(&k, &at, &s, sizeof(s));
		memcpy(&l->v[i], &s, sizeof(s));
	}
	pack_free(&k);
	l->packed = NULL;
	return 0;
}

int step_list_add(struct step_list *l, const struct step *s)
{
	size_t at;

	if (step_list_take_out(l))
		return -ENOMEM;
	if (l->n == l->room) {
		/* Most ways are short, and there are many. */
		size_t room = l->room + l->room / 2 + 2;
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
	step_hold(s);
	l->v[at] = *s;
	l->n++;
	return 0;
}

int step_list_renew(struct step_list *l, const struct step *s)
{
	if (step_list_take_out(l))
		return -ENOMEM;
	for (size_t i = l->n; i-- > 0;) {
		if (l->v[i].stage != s->stage)
			continue;
		step_drop(&l->v[i]);
		memmove(l->v + i, l->v + i + 1, (l->n - i - 1) * sizeof(*s));
		l->n--;
		break;
	}
	return step_list_add(l, s);
}

void step_list_clear(struct step_list *l)
{
	struct pack k = { .bytes = l->packed };
	struct step s = { 0 };
	size_t at = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (l->packed)
			pack_next(&k, &at, &s, sizeof(s));
		step_drop(l->packed ? &s : &l->v[i]);
	}
	pack_free(&k);
	l->packed = NULL;
	l->n = 0;
}

void step_list_free(struct step_list *l)
{
	step_list_clear(l);
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
	for (size_t i = 0; i < to->n; i++)
		step_hold(&to->v[i]);
	return 0;
}

int call_wake_add(struct call *c, const struct wake *w)
{
	if (c->wake_n == CALL_WAKES) {
		frame_drop(c->wakes[0].by.frame);
		memmove(c->wakes, c->wakes + 1, (CALL_WAKES - 1) * sizeof(*w));
		c->wake_n--;
		c->wakes_lost++;
	} else if (!(c->wake_n & (c->wake_n - 1))) {
		/* A power of two: that many had room. */
		size_t room = c->wake_n ? c->wake_n * 2 : 1;
		struct wake *more = realloc(c->wakes, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		c->wakes = more;
	}
	frame_hold(w->by.frame);
	c->wakes[c->wake_n++] = *w;
	return 0;
}

void call_wakes_free(struct call *c)
{
	for (unsigned int i = 0; i < c->wake_n; i++)
		frame_drop(c->wakes[i].by.frame);
	free(c->wakes);
	c->wakes = NULL;
	c->wake_n = 0;
}

void call_copy_free(struct call *c)
{
	step_list_free(&c->steps);
	call_wakes_free(c);
}

bool call_peeks(const struct call *c)
{
	/* include/linux/socket.h */
	enum { PEEK = 2 };

	return op_dirs[c->op] == DIR_RECV && c->flags & PEEK;
}

int call_copy(struct call *to, const struct call *from)
{
	*to = *from;
	to->wakes = NULL;
	to->wake_n = 0;
	if (step_list_copy(&to->steps, &from->steps))
		return -ENOMEM;
	for (unsigned int i = 0; i < from->wake_n; i++) {
		if (call_wake_add(to, &from->wakes[i])) {
			call_copy_free(to);
			return -ENOMEM;
		}
	}
	return 0;
}

int journey_copy(struct journey *to, const struct journey *from)
{
	struct call *call = NULL;

	*to = *from;
	to->call = NULL;
	if (step_list_copy(&to->steps, &from->steps))
		return -ENOMEM;
	frame_hold(to->end_step.frame);
	if (from->call) {
		call = malloc(sizeof(*call));
		if (!call || call_copy(call, from->call)) {
			free(call);
			journey_copy_free(to);
			return -ENOMEM;
		}
		to->call = call;
	}
	return 0;
}

void journey_copy_free(struct journey *j)
{
	step_list_free(&j->steps);
	frame_drop(j->end_step.frame);
	j->end_step.frame = NULL;
	if (!j->call)
		return;
	/* A consumer has it const; this one made it. */
	call_copy_free((struct call *)j->call);
	free((struct call *)j->call);
	j->call = NULL;
}
