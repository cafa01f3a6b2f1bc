/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each record gets its turn; per CPU the numbers that have not come yet. */
#include "order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "turns.h"

/* Numbers [from, before) that had not come when number `before` came. */
struct hole {
	uint32_t from, before;
	uint32_t missing;
	uint64_t since_ns, until_ns;
	bool told;
};

struct order_cpu {
	uint32_t next;		/* the attempt that should come now */
	uint64_t last_ns;
	struct hole *holes;
	size_t hole_n, hole_room;
};

struct order {
	struct turns turns;
	uint64_t horizon_ns;	/* nothing older than this can still come */
	struct order_cpu *cpus;
	unsigned int cpu_n;
	uint32_t found;
};

struct order *order_new(void)
{
	return calloc(1, sizeof(struct order));
}

void order_free(struct order *o)
{
	if (!o)
		return;
	for (unsigned int i = 0; i < o->cpu_n; i++)
		free(o->cpus[i].holes);
	free(o->cpus);
	turns_free(&o->turns);
	free(o);
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

static int hole_open(struct order_cpu *c, uint32_t before, uint64_t until_ns)
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
		.since_ns = c->last_ns, .until_ns = until_ns,
	};
	return 0;
}

/*
 * An interrupt that comes between taking a number and writing the record
 * writes its own first: a number that is late is no loss.
 */
static void hole_fill(struct order *o, struct order_cpu *c, uint32_t attempt)
{
	for (size_t i = c->hole_n; i-- > 0;) {
		struct hole *h = &c->holes[i];

		if (attempt - h->from < h->before - h->from) {
			if (h->missing) {
				h->missing--;
				o->found += h->told;
			}
			return;
		}
	}
}

/* When the loss before a record of this moment is to be told: while the packets of its beginning wait. */
static uint64_t tell_ns(uint64_t since_ns, uint64_t until_ns)
{
	return until_ns > since_ns + ORDER_TELL_NS ? since_ns + ORDER_TELL_NS : until_ns;
}

/* The number that the CPU of a TALLY would have given next. */
static uint32_t tally_before(const struct ev_head *rec)
{
	return (uint32_t)((const struct rec_tally *)rec)->attempts + 1;
}

/* Takes it as the record of that number, which has still to come. */
static int order_tally(struct order *o, const struct ev_head *rec)
{
	uint32_t before = tally_before(rec);
	struct order_cpu *c;
	uint64_t since_ns;
	int err = order_cpu_get(o, rec->cpu, &c);

	if (err)
		return err;
	since_ns = c->last_ns;
	if ((int32_t)(before - c->next) > 0) {
		err = hole_open(c, before, rec->t_ns);
		c->next = before;
		if (rec->t_ns > c->last_ns)
			c->last_ns = rec->t_ns;
	}
	return err ? err : turns_add(&o->turns, rec, tell_ns(since_ns, rec->t_ns));
}

/* A record that was long in coming: another turn, before its own, tells what is missing. */
static int order_tell_early(struct order *o, const struct ev_head *rec, uint64_t since_ns)
{
	const struct rec_tally t = {
		.head = { .size = sizeof(t), .kind = EV_TALLY, .cpu = rec->cpu },
		.attempts = rec->attempt - 1,
	};

	return turns_add(&o->turns, &t.head, tell_ns(since_ns, rec->t_ns));
}

static int order_number(struct order *o, const struct ev_head *rec)
{
	struct order_cpu *c;
	uint64_t since_ns;
	int err = order_cpu_get(o, rec->cpu, &c);

	if (err)
		return err;
	/* The counter may wrap; a distance says which side of `next` it is on. */
	if ((int32_t)(rec->attempt - c->next) < 0) {
		hole_fill(o, c, rec->attempt);
		return 0;
	}
	since_ns = c->last_ns;
	if (rec->attempt != c->next) {
		err = hole_open(c, rec->attempt, rec->t_ns);
		if (!err && tell_ns(since_ns, rec->t_ns) != rec->t_ns)
			err = order_tell_early(o, rec, since_ns);
	}
	c->next = rec->attempt + 1;
	if (rec->t_ns > c->last_ns)
		c->last_ns = rec->t_ns;
	return err;
}

int order_add(struct order *o, const struct ev_head *rec)
{
	uint64_t turn_ns = rec->t_ns;
	int err = 0;

	if (rec->kind == EV_TALLY)
		return order_tally(o, rec);
	if (rec->attempt)
		err = order_number(o, rec);
	if (rec->kind == EV_TICK) {
		/* It takes its turn at the moment it vouches for. */
		turn_ns = rec->t_ns > ORDER_SLACK_NS ? rec->t_ns - ORDER_SLACK_NS : 0;
		if (turn_ns > o->horizon_ns)
			o->horizon_ns = turn_ns;
	}
	return err ? err : turns_add(&o->turns, rec, turn_ns);
}

void order_end(struct order *o)
{
	o->horizon_ns = UINT64_MAX;
}

static void order_take_loss(struct order *o, struct ordered *out)
{
	bool tally = out->rec->kind == EV_TALLY;
	uint32_t before = tally ? tally_before(out->rec) : out->rec->attempt;
	struct order_cpu *c;
	size_t kept = 0;

	out->lost = 0;
	out->lost_since_ns = out->lost_until_ns = 0;
	out->told = false;
	out->found = o->found;
	o->found = 0;
	if ((!out->rec->attempt && !tally) || out->rec->cpu >= o->cpu_n)
		return;
	c = &o->cpus[out->rec->cpu];
	for (size_t i = 0; i < c->hole_n; i++) {
		struct hole h = c->holes[i];

		if (h.before == before) {
			out->lost = h.missing;
			out->lost_since_ns = h.since_ns;
			out->lost_until_ns = h.until_ns;
			out->told = h.told;
			h.told = true;
		}
		/* One that was told stays for what comes late, until a record that follows it has its turn. */
		if (tally || !h.told || (int32_t)(h.before - before) > 0)
			c->holes[kept++] = h;
	}
	c->hole_n = kept;
}

bool order_next(struct order *o, struct ordered *out)
{
	out->rec = turns_next(&o->turns, o->horizon_ns);
	if (!out->rec)
		return false;
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
