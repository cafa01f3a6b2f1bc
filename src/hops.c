// SPDX-License-Identifier: GPL-2.0-or-later
/* Cuts journeys into hops and counts the times of each. */
#include "hops.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagram_words.h"
#include "moment.h"

/* What happened, as a number: its kind, which stage, call or end, and which hook. */
static uint64_t place_of(const struct moment *e, const struct journey *j)
{
	unsigned int which = 0, hook = 0;

	switch (e->kind) {
	case MOMENT_STEP:
		which = e->who.stage;
		hook = stages[which].say == SAY_HOOK ? e->who.arg & 0xffff : 0;
		break;
	case MOMENT_CALL:
		which = j->call->op;
		break;
	case MOMENT_END:
		/* How it was freed is not told apart. */
		which = j->state == JOURNEY_DROPPED ? EV_END_DROPPED :
			j->end_how == EV_END_COALESCED ? EV_END_COALESCED : EV_END_FREED;
		break;
	case MOMENT_RETURN:
	case MOMENT_WAKE:
	case MOMENT_RUN:
	case MOMENT_RAISE:
	case MOMENT_BEGIN:
		break;
	}
	return (uint64_t)hook << 15 | which << 3 | e->kind;
}

static void place_name(char out[HOP_NAME_ROOM], const struct moment *e, const struct journey *j)
{
	char label[WORDS_ROOM] = "";

	if (e->kind == MOMENT_STEP)
		words_label(label, &e->who);
	else if (e->kind == MOMENT_CALL)
		snprintf(label, sizeof(label), "%s",
			 j->call->op != OP_NONE ? op_names[j->call->op] : "a call");
	else if (e->kind == MOMENT_END)
		snprintf(label, sizeof(label), "%s", words_end(j));
	else
		snprintf(label, sizeof(label), "%s", e->kind == MOMENT_WAKE ? "wake-up" :
			 e->kind == MOMENT_RUN ? "runs" : "returns");
	snprintf(out, HOP_NAME_ROOM, "%.*s", HOP_NAME_ROOM - 1, label);
}

/* The hop of that key, whose names are given to it if it is new; NULL: no memory. */
static struct hop *hop_get(struct hops *h, uint64_t key, const char *wait, bool *fresh)
{
	struct hop *hop = map_get(&h->by_key, key);

	*fresh = !hop;
	if (hop)
		return hop;
	hop = calloc(1, sizeof(*hop));
	if (!hop || map_put(&h->by_key, key, hop)) {
		free(hop);
		return NULL;
	}
	hop->key = key;
	hop->wait = wait;
	return hop;
}

static int hop_add(struct hops *h, const struct journey *j, const struct moment *from,
		   const struct moment *to)
{
	const char *wait = moment_wait(from, to);
	uint64_t key = place_of(from, j) << 32 | place_of(to, j) << 1 | !!wait;
	bool fresh;
	struct hop *hop = hop_get(h, key, wait, &fresh);

	if (!hop)
		return -ENOMEM;
	if (fresh) {
		place_name(hop->from, from, j);
		place_name(hop->to, to, j);
	}
	return histogram_add(&hop->times, to->t_ns - from->t_ns);
}

/* A softirq that was met on the way: from its raising to its beginning. */
static int hop_add_softirq(struct hops *h, const struct frame *fr)
{
	static const struct moment raise = { .kind = MOMENT_RAISE }, begin = { .kind = MOMENT_BEGIN };
	uint64_t key = ((uint64_t)fr->number << 3 | raise.kind) << 32 |
		       ((uint64_t)fr->number << 3 | begin.kind) << 1 | 1;
	bool fresh;
	struct hop *hop = hop_get(h, key, moment_wait(&raise, &begin), &fresh);

	if (!hop)
		return -ENOMEM;
	if (fresh) {
		snprintf(hop->from, HOP_NAME_ROOM, "softirq %s raised", softirq_name(fr->number));
		snprintf(hop->to, HOP_NAME_ROOM, "begins");
	}
	return histogram_add(&hop->times, fr->began_ns - fr->raised_ns);
}

static bool was_raised(const struct frame *fr)
{
	return fr && fr->raised_ns && fr->began_ns >= fr->raised_ns && softirq_name(fr->number);
}

int hops_add(struct hops *h, const struct journey *j, int detail)
{
	const struct moment *last = NULL, *wake = NULL;
	const struct frame *softirq = NULL, *fr;
	struct moments m;
	int err = moments_make(&m, j, detail);

	/* A call stack has no times. */
	if (j->from_stack)
		m.n = 0;
	for (size_t i = 0; i < m.n && !err; i++) {
		const struct moment *e = &m.v[i];
		bool returns = e->kind == MOMENT_RETURN;

		if (e->hidden)
			continue;
		fr = frame_find(e->who.frame, EV_FRAME_SOFTIRQ);
		if (was_raised(fr) && fr != softirq)
			err = hop_add_softirq(h, fr);
		if (fr)
			softirq = fr;
		if (e->kind == MOMENT_WAKE)
			wake = e;
		/* What the waker does after it does not make the wait shorter. */
		if (e->kind == MOMENT_RUN)
			last = wake;
		/* Over a gap nobody knows what came next; a call returns beside a packet that others have. */
		if (!err && last && !e->lost && !(returns && !same_runner(&last->who, &e->who)))
			err = hop_add(h, j, last, e);
		if (!returns)
			last = e;
	}
	moments_free(&m);
	return err;
}

static int hop_slower(const void *a, const void *b)
{
	const struct hop *x = *(const struct hop *const *)a, *y = *(const struct hop *const *)b;

	if (x->times.sum != y->times.sum)
		return x->times.sum > y->times.sum ? -1 : 1;
	return x->key < y->key ? -1 : x->key > y->key;
}

const struct hop **hops_sorted(const struct hops *h)
{
	const struct hop **v = calloc(h->by_key.n + 1, sizeof(*v));
	size_t n = 0;

	if (!v)
		return NULL;
	for (size_t i = 0; i < h->by_key.room; i++)
		if (h->by_key.slots[i].value)
			v[n++] = h->by_key.slots[i].value;
	qsort(v, n, sizeof(*v), hop_slower);
	return v;
}

const unsigned int hop_percents[4] = { 50, 90, 99, 100 };

const char *hop_heading(bool waiting)
{
	return waiting ? "Where packets waited" : "Where they were worked on";
}

struct hop_part hops_part(const struct hop *const *v, bool waiting)
{
	struct hop_part part = { 0 };

	for (size_t i = 0; v[i]; i++) {
		if (!v[i]->wait != !waiting)
			continue;
		part.count += v[i]->times.count;
		part.sum_ns += v[i]->times.sum;
		if (i < HOPS_SHOWN)
			continue;
		part.rest++;
		part.rest_ns += v[i]->times.sum;
	}
	return part;
}

static void hop_free(void *value)
{
	struct hop *hop = value;

	histogram_free(&hop->times);
	free(hop);
}

void hops_free(struct hops *h)
{
	map_free(&h->by_key, hop_free);
}
