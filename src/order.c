/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A heap of waiting records, and per CPU the numbers that have not come yet. */
#include "order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Numbers [from, before) that had not come when number `before` came. */
struct hole {
	uint32_t from, before;
	uint32_t missing;
	uint64_t since_ns;
};

struct order_cpu {
	uint32_t next;		/* the attempt that should come now */
	uint64_t last_ns;
	struct hole *holes;
	size_t hole_n, hole_room;
};

struct waiting {
	uint64_t arrival;
	struct ev_head *rec;
};

struct order {
	struct waiting *heap;
	size_t n, room;
	uint64_t arrivals;
	uint64_t horizon_ns;	/* nothing older than this can still come */
	struct order_cpu *cpus;
	unsigned int cpu_n;
	struct ev_head *given;
};

struct order *order_new(void)
{
	return calloc(1, sizeof(struct order));
}

void order_free(struct order *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < o->n; i++)
		free(o->heap[i].rec);
	for (unsigned int i = 0; i < o->cpu_n; i++)
		free(o->cpus[i].holes);
	free(o->heap);
	free(o->cpus);
	free(o->given);
	free(o);
}

static bool waiting_before(const struct waiting *a, const struct waiting *b)
{
	if (a->rec->t_ns != b->rec->t_ns)
		return a->rec->t_ns < b->rec->t_ns;
	if (a->rec->cpu != b->rec->cpu)
		return a->rec->cpu < b->rec->cpu;
	if (a->rec->attempt != b->rec->attempt)
		return a->rec->attempt < b->rec->attempt;
	return a->arrival < b->arrival;
}

static void heap_push(struct order *o, struct waiting w)
{
	size_t i = o->n++;

	while (i && waiting_before(&w, &o->heap[(i - 1) / 2])) {
		o->heap[i] = o->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	o->heap[i] = w;
}

static struct ev_head *heap_pop(struct order *o)
{
	struct ev_head *top = o->heap[0].rec;
	struct waiting last = o->heap[--o->n];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < o->n) {
		if (child + 1 < o->n && waiting_before(&o->heap[child + 1], &o->heap[child]))
			child++;
		if (!waiting_before(&o->heap[child], &last))
			break;
		o->heap[i] = o->heap[child];
		i = child;
	}
	if (o->n)
		o->heap[i] = last;
	return top;
}

static int order_cpu_get(struct order *o, unsigned int cpu, struct order_cpu **out)
{
	if (cpu >= o->cpu_n) {
		struct order_cpu *more = realloc(o->cpus, (cpu + 1) * sizeof(*more));

		if (!more)
			return -ENOMEM;
		memset(more + o->cpu_n, 0, (cpu + 1 - o->cpu_n) * sizeof(*more));
		for (unsigned int i = o->cpu_n; i <= cpu; i++)
			more[i].next = 1;
		o->cpus = more;
		o->cpu_n = cpu + 1;
	}
	*out = &o->cpus[cpu];
	return 0;
}

static int hole_open(struct order_cpu *c, uint32_t before)
{
	if (c->hole_n == c->hole_room) {
		size_t room = c->hole_room ? c->hole_room * 2 : 8;
		struct hole *more = realloc(c->holes, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		c->holes = more;
		c->hole_room = room;
	}
	c->holes[c->hole_n++] = (struct hole){
		.from = c->next, .before = before, .missing = before - c->next,
		.since_ns = c->last_ns,
	};
	return 0;
}

/*
 * An interrupt that comes between taking a number and writing the record
 * writes its own first: a number that is late is no loss.
 */
static void hole_fill(struct order_cpu *c, uint32_t attempt)
{
	for (size_t i = c->hole_n; i-- > 0;) {
		struct hole *h = &c->holes[i];

		if (attempt - h->from < h->before - h->from) {
			if (h->missing)
				h->missing--;
			return;
		}
	}
}

static int order_number(struct order *o, const struct ev_head *rec)
{
	struct order_cpu *c;
	int err = order_cpu_get(o, rec->cpu, &c);

	if (err)
		return err;
	/* The counter may wrap; a distance says which side of `next` it is on. */
	if ((int32_t)(rec->attempt - c->next) < 0) {
		hole_fill(c, rec->attempt);
		return 0;
	}
	if (rec->attempt != c->next)
		err = hole_open(c, rec->attempt);
	c->next = rec->attempt + 1;
	if (rec->t_ns > c->last_ns)
		c->last_ns = rec->t_ns;
	return err;
}

int order_add(struct order *o, const struct ev_head *rec)
{
	struct waiting w = { .arrival = o->arrivals++ };
	int err;

	if (o->n == o->room) {
		size_t room = o->room ? o->room * 2 : 256;
		struct waiting *more = realloc(o->heap, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		o->heap = more;
		o->room = room;
	}
	if (rec->attempt) {
		err = order_number(o, rec);
		if (err)
			return err;
	}
	w.rec = malloc(rec->size);
	if (!w.rec)
		return -ENOMEM;
	memcpy(w.rec, rec, rec->size);
	if (rec->kind == EV_TICK) {
		uint64_t t = rec->t_ns > ORDER_SLACK_NS ? rec->t_ns - ORDER_SLACK_NS : 0;

		if (t > o->horizon_ns)
			o->horizon_ns = t;
		/* It takes its turn at the moment it vouches for. */
		w.rec->t_ns = t;
	}
	heap_push(o, w);
	return 0;
}

void order_end(struct order *o)
{
	o->horizon_ns = UINT64_MAX;
}

static void order_take_loss(struct order *o, struct ordered *out)
{
	struct order_cpu *c;

	out->lost = 0;
	out->lost_since_ns = 0;
	if (!out->rec->attempt || out->rec->cpu >= o->cpu_n)
		return;
	c = &o->cpus[out->rec->cpu];
	for (size_t i = 0; i < c->hole_n; i++) {
		struct hole *h = &c->holes[i];

		if (h->before != out->rec->attempt)
			continue;
		out->lost = h->missing;
		out->lost_since_ns = h->since_ns;
		memmove(h, h + 1, (c->hole_n - i - 1) * sizeof(*h));
		c->hole_n--;
		return;
	}
}

bool order_next(struct order *o, struct ordered *out)
{
	free(o->given);
	o->given = NULL;
	if (!o->n || o->heap[0].rec->t_ns > o->horizon_ns)
		return false;
	o->given = heap_pop(o);
	out->rec = o->given;
	order_take_loss(o, out);
	return true;
}

uint64_t order_missing_at_end(const struct order *o, unsigned int cpu, uint64_t attempts,
			      uint64_t *since_ns)
{
	uint32_t come = 0;

	*since_ns = 0;
	if (cpu < o->cpu_n) {
		come = o->cpus[cpu].next - 1;
		*since_ns = o->cpus[cpu].last_ns;
	}
	/* The counter of the end is wider than the numbers in the records. */
	return attempts > come ? (uint32_t)attempts - come : 0;
}
