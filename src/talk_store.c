/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packs the packets and calls of a conversation, and takes them out again. */
#include "talk_store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FITS(type) _Static_assert(sizeof(type) % 8 == 0 && sizeof(type) <= PACK_THING_MAX, "pack.h takes it")
FITS(struct talk_packet);
FITS(struct call);
FITS(struct step);
FITS(struct wake);

/* Packs a thing behind the newest of its kind, and makes it the newest. */
#define ADD(packed, newest, thing) add(packed, newest, thing, sizeof(*(thing)))
static int add(struct pack *k, void *newest, const void *thing, size_t size)
{
	int err = pack_add(k, thing, newest, size);

	if (!err)
		memcpy(newest, thing, size);
	return err;
}

static int number_add(uint64_t **v, size_t n, size_t *room, uint64_t number)
{
	if (n == *room) {
		size_t want = *room ? *room * 2 : 16;
		uint64_t *more = realloc(*v, want * sizeof(*more));

		if (!more)
			return -ENOMEM;
		*v = more;
		*room = want;
	}
	(*v)[n] = number;
	return 0;
}

static int steps_add(struct pack *k, struct step *newest, size_t *n, const struct step_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (ADD(k, newest, &l->v[i]))
			return -ENOMEM;
		step_hold(&l->v[i]);
		++*n;
	}
	return 0;
}

int talk_store_packet(struct talk_store *s, const struct journey *j, uint64_t call)
{
	struct talk_packet p = { .j = *j, .call = call };

	p.j.call = NULL;
	p.j.steps = (struct step_list){ .n = j->steps.n };
	if (number_add(&s->numbers, s->packet_n, &s->number_room, j->number) ||
	    steps_add(&s->packet_steps, &s->packet_step, &s->packet_step_n, &j->steps) ||
	    ADD(&s->packed_packets, &s->packet, &p))
		return -ENOMEM;
	frame_hold(j->end_step.frame);
	s->packet_n++;
	return 0;
}

int talk_store_call(struct talk_store *s, const struct call *c)
{
	struct call copy = *c;

	copy.steps = (struct step_list){ .n = c->steps.n };
	copy.wakes = NULL;
	if (number_add(&s->ids, s->call_n, &s->id_room, c->id) ||
	    steps_add(&s->call_steps, &s->call_step, &s->call_step_n, &c->steps))
		return -ENOMEM;
	for (unsigned int i = 0; i < c->wake_n; i++) {
		if (ADD(&s->wakes, &s->wake, &c->wakes[i]))
			return -ENOMEM;
		frame_hold(c->wakes[i].by.frame);
		s->wake_n++;
	}
	if (ADD(&s->packed_calls, &s->call, &copy))
		return -ENOMEM;
	s->call_n++;
	return 0;
}

static bool has(const uint64_t *v, size_t n, uint64_t number)
{
	while (n--)
		if (v[n] == number)
			return true;
	return false;
}

bool talk_store_has_packet(const struct talk_store *s, uint64_t number)
{
	return has(s->numbers, s->packet_n, number);
}

bool talk_store_has_call(const struct talk_store *s, uint64_t id)
{
	return has(s->ids, s->call_n, id);
}

/* An array of n things out of what was packed; NULL on no memory. */
static void *take_out(struct pack *k, size_t n, size_t size)
{
	char *v = calloc(n + 1, size), *to = v;
	size_t at = 0;

	for (size_t i = 0; v && i < n; i++, to += size) {
		if (i)
			memcpy(to, to - size, size);
		pack_next(k, &at, to, size);
	}
	return v;
}

int talk_store_take_out(struct talk_store *s)
{
	struct step *step;
	struct wake *wake;

	if (s->packets)
		return 0;
	s->packets = take_out(&s->packed_packets, s->packet_n, sizeof(*s->packets));
	s->calls = take_out(&s->packed_calls, s->call_n, sizeof(*s->calls));
	step = s->taken_packet_steps = take_out(&s->packet_steps, s->packet_step_n, sizeof(*step));
	for (size_t i = 0; s->packets && step && i < s->packet_n; i++) {
		s->packets[i].j.steps.v = step;
		step += s->packets[i].j.steps.n;
	}
	step = s->taken_call_steps = take_out(&s->call_steps, s->call_step_n, sizeof(*step));
	wake = s->taken_wakes = take_out(&s->wakes, s->wake_n, sizeof(*wake));
	for (size_t i = 0; s->calls && step && wake && i < s->call_n; i++) {
		s->calls[i].steps.v = step;
		step += s->calls[i].steps.n;
		s->calls[i].wakes = s->calls[i].wake_n ? wake : NULL;
		wake += s->calls[i].wake_n;
	}
	return s->packets && s->calls && s->taken_packet_steps && s->taken_call_steps && s->taken_wakes ? 0 : -ENOMEM;
}

/* What they point to is counted: with no memory to ask them it stays, and the run is over anyway. */
static void drop_all(struct talk_store *s)
{
	if (talk_store_take_out(s))
		return;
	for (size_t i = 0; i < s->packet_n; i++)
		frame_drop(s->packets[i].j.end_step.frame);
	for (size_t i = 0; i < s->packet_step_n; i++)
		step_drop(&s->taken_packet_steps[i]);
	for (size_t i = 0; i < s->call_step_n; i++)
		step_drop(&s->taken_call_steps[i]);
	for (size_t i = 0; i < s->wake_n; i++)
		frame_drop(s->taken_wakes[i].by.frame);
}

void talk_store_empty(struct talk_store *s)
{
	if (s->packet_n || s->call_n)
		drop_all(s);
	free(s->packets);
	free(s->calls);
	free(s->numbers);
	free(s->ids);
	free(s->taken_packet_steps);
	free(s->taken_call_steps);
	free(s->taken_wakes);
	pack_free(&s->packed_packets);
	pack_free(&s->packed_calls);
	pack_free(&s->packet_steps);
	pack_free(&s->call_steps);
	pack_free(&s->wakes);
	*s = (struct talk_store){ 0 };
}
