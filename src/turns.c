/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A CPU writes its records nearly in order of time: a queue for each, and a
 * heap of their heads. The few that come late wait in a heap of their own.
 */
#include "turns.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 16384 };

/* Records one behind the other; used once, from front to back. */
struct turns_chunk {
	struct turns_chunk *next;
	size_t head, tail, room;
	unsigned char bytes[];
};

struct turns_queue {
	struct turns_chunk *first, *last;
	uint64_t last_ns;	/* the newest that was ever in it, by time … */
	uint32_t last_attempt;	/* … and number: what is before that is a stray */
};

struct turns_head {
	uint64_t t_ns;
	unsigned int cpu;
};

struct turns_stray {
	uint64_t arrival;
	struct ev_head *rec;
};

static bool stray_before(const struct turns_stray *a, const struct turns_stray *b)
{
	if (a->rec->t_ns != b->rec->t_ns)
		return a->rec->t_ns < b->rec->t_ns;
	if (a->rec->cpu != b->rec->cpu)
		return a->rec->cpu < b->rec->cpu;
	if (a->rec->attempt != b->rec->attempt)
		return a->rec->attempt < b->rec->attempt;
	return a->arrival < b->arrival;
}

static int stray_push(struct turns *t, const struct ev_head *rec, uint64_t turn_ns)
{
	struct turns_stray s = { .arrival = t->arrivals++ };
	size_t i;

	if (t->stray_n == t->stray_room) {
		size_t room = t->stray_room ? t->stray_room * 2 : 64;
		struct turns_stray *more = realloc(t->strays, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		t->strays = more;
		t->stray_room = room;
	}
	s.rec = malloc(rec->size);
	if (!s.rec)
		return -ENOMEM;
	memcpy(s.rec, rec, rec->size);
	s.rec->t_ns = turn_ns;
	for (i = t->stray_n++; i && stray_before(&s, &t->strays[(i - 1) / 2]); i = (i - 1) / 2)
		t->strays[i] = t->strays[(i - 1) / 2];
	t->strays[i] = s;
	return 0;
}

static struct ev_head *stray_pop(struct turns *t)
{
	struct ev_head *top = t->strays[0].rec;
	struct turns_stray last = t->strays[--t->stray_n];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < t->stray_n) {
		if (child + 1 < t->stray_n && stray_before(&t->strays[child + 1], &t->strays[child]))
			child++;
		if (!stray_before(&t->strays[child], &last))
			break;
		t->strays[i] = t->strays[child];
		i = child;
	}
	if (t->stray_n)
		t->strays[i] = last;
	return top;
}

/* Two queues are of two CPUs. */
static bool head_before(const struct turns_head *a, const struct turns_head *b)
{
	return a->t_ns != b->t_ns ? a->t_ns < b->t_ns : a->cpu < b->cpu;
}

static void head_push(struct turns *t, struct turns_head h)
{
	unsigned int i;

	for (i = t->head_n++; i && head_before(&h, &t->heads[(i - 1) / 2]); i = (i - 1) / 2)
		t->heads[i] = t->heads[(i - 1) / 2];
	t->heads[i] = h;
}

/* The first of the heap becomes h. */
static void head_replace(struct turns *t, struct turns_head h)
{
	unsigned int i = 0, child;

	while ((child = 2 * i + 1) < t->head_n) {
		if (child + 1 < t->head_n && head_before(&t->heads[child + 1], &t->heads[child]))
			child++;
		if (!head_before(&t->heads[child], &h))
			break;
		t->heads[i] = t->heads[child];
		i = child;
	}
	t->heads[i] = h;
}

static void chunk_spend(struct turns *t, struct turns_chunk *c)
{
	c->next = t->spent;
	t->spent = c;
}

static void chunks_free(struct turns_chunk *c)
{
	struct turns_chunk *next;

	for (; c; c = next) {
		next = c->next;
		free(c);
	}
}

static const struct ev_head *queue_first(const struct turns_queue *q)
{
	return q->first && q->first->head < q->first->tail ?
		(const struct ev_head *)(q->first->bytes + q->first->head) : NULL;
}

/* Records are multiples of 8 bytes, as their fields need it; whoever wrote this one. */
static size_t record_room(const struct ev_head *rec)
{
	return (rec->size + 7UL) / 8 * 8;
}

static int queue_push(struct turns *t, struct turns_queue *q, const struct ev_head *rec,
		      uint64_t turn_ns)
{
	size_t n = record_room(rec);
	struct turns_chunk *c = q->last;
	struct ev_head *copy;

	if (!c || c->room - c->tail < n) {
		size_t room = n > CHUNK_BYTES ? n : CHUNK_BYTES;

		c = malloc(sizeof(*c) + room);
		if (!c)
			return -ENOMEM;
		*c = (struct turns_chunk){ .room = room };
		if (q->last && q->last->head == q->last->tail) {
			chunk_spend(t, q->last);
			q->first = NULL;
		}
		if (q->first)
			q->last->next = c;
		else
			q->first = c;
		q->last = c;
	}
	copy = (struct ev_head *)(c->bytes + c->tail);
	memcpy(copy, rec, rec->size);
	copy->t_ns = turn_ns;
	c->tail += n;
	q->last_ns = turn_ns;
	q->last_attempt = rec->attempt;
	return 0;
}

static const struct ev_head *queue_pop(struct turns *t)
{
	unsigned int cpu = t->heads[0].cpu;
	struct turns_queue *q = &t->queues[cpu];
	const struct ev_head *rec = queue_first(q), *next;
	struct turns_chunk *c = q->first;

	c->head += record_room(rec);
	if (c->head == c->tail && c->next) {
		q->first = c->next;
		chunk_spend(t, c);
	}
	next = queue_first(q);
	if (next)
		head_replace(t, (struct turns_head){ next->t_ns, cpu });
	else if (--t->head_n)
		head_replace(t, t->heads[t->head_n]);
	return rec;
}

static int queues_grow(struct turns *t, unsigned int cpu)
{
	struct turns_queue *more;
	struct turns_head *heads;

	if (cpu < t->queue_n)
		return 0;
	heads = realloc(t->heads, (cpu + 1) * sizeof(*heads));
	if (!heads)
		return -ENOMEM;
	t->heads = heads;
	more = realloc(t->queues, (cpu + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	memset(more + t->queue_n, 0, (cpu + 1 - t->queue_n) * sizeof(*more));
	t->queues = more;
	t->queue_n = cpu + 1;
	return 0;
}

int turns_add(struct turns *t, const struct ev_head *rec, uint64_t turn_ns)
{
	struct turns_queue *q;
	bool empty;
	int err = queues_grow(t, rec->cpu);

	if (err)
		return err;
	q = &t->queues[rec->cpu];
	if (turn_ns < q->last_ns || (turn_ns == q->last_ns && rec->attempt < q->last_attempt))
		return stray_push(t, rec, turn_ns);
	empty = !queue_first(q);
	err = queue_push(t, q, rec, turn_ns);
	if (!err && empty)
		head_push(t, (struct turns_head){ turn_ns, rec->cpu });
	return err;
}

/* Is the first stray before the first of all queues? Of equals the stray came later. */
static bool stray_is_first(const struct turns *t)
{
	const struct ev_head *stray = t->strays[0].rec, *head;

	if (!t->head_n || stray->t_ns != t->heads[0].t_ns)
		return !t->head_n || stray->t_ns < t->heads[0].t_ns;
	if (stray->cpu != t->heads[0].cpu)
		return stray->cpu < t->heads[0].cpu;
	head = queue_first(&t->queues[stray->cpu]);
	return stray->attempt < head->attempt;
}

const struct ev_head *turns_next(struct turns *t, uint64_t upto_ns)
{
	free(t->given);
	t->given = NULL;
	chunks_free(t->spent);
	t->spent = NULL;
	if (t->stray_n && stray_is_first(t))
		return t->strays[0].rec->t_ns > upto_ns ? NULL : (t->given = stray_pop(t));
	return !t->head_n || t->heads[0].t_ns > upto_ns ? NULL : queue_pop(t);
}

void turns_free(struct turns *t)
{
	for (unsigned int i = 0; i < t->queue_n; i++)
		chunks_free(t->queues[i].first);
	chunks_free(t->spent);
	for (size_t i = 0; i < t->stray_n; i++)
		free(t->strays[i].rec);
	free(t->given);
	free(t->strays);
	free(t->queues);
	free(t->heads);
	*t = (struct turns){ 0 };
}
