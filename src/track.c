/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tracker's frame: takes records in their order, keeps the packets, looks at them when due. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pack.h"
#include "track_in.h"

struct track *track_new(enum stage_dir dirs, const struct cap_world *world,
			const struct track_sink *sink)
{
	struct track *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->dirs = dirs;
	t->sink = *sink;
	t->order = order_new();
	if (!t->order || names_init(&t->names, world)) {
		track_free(t);
		return NULL;
	}
	return t;
}

static void part_free(struct track *t, struct part *part)
{
	if (!part)
		return;
	recv_wait_over(part);
	flow_put(part->flow, t->now_ns);
	/* With no memory to look what it points to that stays, and the run is over anyway. */
	if (!part_take_out(part)) {
		call_unname(part);
		step_list_free(&part->j->steps);
		frame_drop(part->j->end_step.frame);
	}
	free(part->packed);
	free(part->j);
	free(part);
}

static void packet_free(struct track *t, struct packet *p)
{
	due_clear(&t->due, &p->due);
	for (int i = 0; i < PARTS; i++)
		part_free(t, p->parts[i]);
	step_list_free(&p->queued);
	free(p->stack);
	free(p);
}

void track_free(struct track *t)
{
	if (!t)
		return;
	/* Every packet is due at some time, so the heap knows them all. */
	for (struct due *d; (d = due_first(&t->due));)
		packet_free(t, (struct packet *)d);
	map_free(&t->packets, NULL);
	calls_free(t);
	accounts_free(t);
	for (unsigned int i = 0; i < t->scene_n; i++) {
		step_list_free(&t->scenes[i].prelude);
		tcp_drop(t->scenes[i].tcp);
	}
	free(t->scenes);
	due_free(&t->due);
	loss_free(&t->loss);
	loss_free(&t->missed);
	flows_free(&t->flows);
	frames_free(&t->frames);
	names_free(&t->names);
	order_free(t->order);
	free(t);
}

uint64_t track_now(const struct track *t)
{
	return t->now_ns;
}

const struct track_stats *track_stats(const struct track *t)
{
	return &t->stats;
}

struct packet *track_packet(struct track *t, uint64_t id)
{
	struct packet *p = map_get(&t->packets, id);

	if (p)
		return p;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->id = id;
	p->due.serial = ++t->serial;
	p->last_ns = t->now_ns;
	if (due_set(&t->due, &p->due, t->now_ns + WRITE_QUEUE_NS)) {
		free(p);
		return NULL;
	}
	if (map_put(&t->packets, id, p)) {
		packet_free(t, p);
		return NULL;
	}
	return p;
}

struct scene *track_scene(struct track *t, unsigned int cpu, unsigned int ctx)
{
	unsigned int i = cpu * EV_CTX_N + ctx;

	if (i >= t->scene_n) {
		struct scene *more = realloc(t->scenes, (i + 1) * sizeof(*more));

		if (!more)
			return NULL;
		memset(more + t->scene_n, 0, (i + 1 - t->scene_n) * sizeof(*more));
		t->scenes = more;
		t->scene_n = i + 1;
	}
	return &t->scenes[i];
}

_Static_assert(sizeof(struct journey) % 8 == 0 && sizeof(struct journey) <= PACK_THING_MAX, "pack.h takes journeys");

/* Of a crowd those that only wait for their turn: few of them gain a step meanwhile. */
static int part_put_by(struct part *part)
{
	static const struct journey zero;
	struct pack k = { 0 };
	int err = step_list_put_by(&part->j->steps);

	if (!err)
		err = pack_add(&k, part->j, &zero, sizeof(zero));
	if (err)
		return err;
	pack_close(&k);
	part->stepped = part->j->steps.n;
	part->packed = k.bytes;
	free(part->j);
	part->j = NULL;
	return 0;
}

int part_take_out(struct part *part)
{
	struct pack k = { .bytes = part->packed };
	size_t at = 0;

	if (part->packed) {
		part->j = calloc(1, sizeof(*part->j));
		if (!part->j)
			return -ENOMEM;
		pack_next(&k, &at, part->j, sizeof(*part->j));
		pack_free(&k);
		part->packed = NULL;
	}
	return step_list_take_out(&part->j->steps);
}

static int packet_put_by(const struct track *t, struct packet *p)
{
	int err = 0;

	for (int i = 0; i < PARTS && t->held > HELD_MANY && !err; i++)
		if (p->parts[i] && p->parts[i]->held && !p->parts[i]->delivered && p->parts[i]->j)
			err = part_put_by(p->parts[i]);
	return err;
}

int packet_take_out(struct packet *p)
{
	int err = 0;

	for (int i = 0; i < PARTS && !err; i++)
		if (p->parts[i])
			err = part_take_out(p->parts[i]);
	return err;
}

int packet_arm(struct track *t, struct packet *p)
{
	uint64_t at = UINT64_MAX;
	bool waiting = false;
	int err;

	for (int i = 0; i < PARTS; i++) {
		const struct part *part = p->parts[i];
		uint64_t due;

		if (!part || part->delivered)
			continue;
		waiting = true;
		if (part->held)
			continue;
		due = i == SEND_PART ? send_due(part) : recv_due(part);
		if (due < at)
			at = due;
	}
	/* Nothing to give any more: it stays until its end comes, so that the end finds it. */
	if (!waiting && p->ended)
		at = 0;
	else if (!waiting)
		at = p->last_ns + (p->number ? PATIENCE_NS : WRITE_QUEUE_NS);
	err = packet_put_by(t, p);
	return err ? err : due_set(&t->due, &p->due, at);
}

int packet_given(struct track *t, struct packet *p)
{
	bool waiting = false;

	for (int i = 0; i < PARTS; i++)
		waiting |= p->parts[i] && !p->parts[i]->delivered;
	if (waiting || !p->ended)
		return packet_arm(t, p);
	map_del(&t->packets, p->id);
	packet_free(t, p);
	return 0;
}

/* Looks at what is due at event time `upto`. */
static int track_look(struct track *t, uint64_t upto)
{
	struct due *d;

	while (!t->stop && (d = due_first(&t->due)) && d->at_ns <= upto) {
		struct packet *p = (struct packet *)d;
		bool given = false;

		for (int i = 0; i < PARTS && !t->stop; i++) {
			struct part *part = p->parts[i];

			if (!part || part->delivered || part->held ||
			    (i == SEND_PART ? send_due(part) : recv_due(part)) > upto)
				continue;
			part_over(t, part);
			given = true;
		}
		if (given) {
			int err = packet_arm(t, p);

			if (!err)
				err = parts_flush(t);

			if (err)
				return err;
			continue;
		}
		map_del(&t->packets, p->id);
		packet_free(t, p);
	}
	return t->stop;
}

static int track_ordered(struct track *t, const struct ordered *o)
{
	const struct ev_head *h = o->rec;
	int err = 0;

	if (o->lost && !o->told) {
		err = loss_add(&t->loss, h->cpu, o->lost_since_ns, o->lost_until_ns, o->lost);
		t->stats.lost += o->lost;
	}
	t->stats.lost -= o->found;
	if (h->t_ns > t->now_ns)
		t->now_ns = h->t_ns;
	if (err)
		return err;
	switch (h->kind) {
	case EV_STEP: err = take_step(t, o); break;
	case EV_SKB: err = take_skb(t, (const void *)h); break;
	case EV_END: err = take_end(t, o); break;
	case EV_STACK: err = take_stack(t, (const void *)h); break;
	case EV_TCP: err = take_tcp(t, (const void *)h); break;
	case EV_NAT: err = take_nat(t, (const void *)h); break;
	case EV_NETNS: take_netns(t, (const void *)h); break;
	case EV_SOCK: err = flows_sock(&t->flows, (const void *)h); break;
	case EV_SOCKEND:
		err = account_sock_ends(t, ((const struct rec_sockend *)h)->sock);
		flows_sock_end(&t->flows, ((const struct rec_sockend *)h)->sock);
		break;
	case EV_CALL: err = call_begin(t, (const void *)h); break;
	case EV_CALLEND: err = call_return(t, (const void *)h); break;
	case EV_FRAME:
	case EV_POLL: err = frames_record(&t->frames, h, &t->names); break;
	case EV_WAKE: err = call_wake(t, (const void *)h); break;
	case EV_RUN: call_run(t, (const void *)h); break;
	case EV_TASK:
	case EV_QDISC:
	case EV_CHAIN:
	case EV_DEV: err = names_record(&t->names, h); break;
	case EV_TICK: err = parts_flush(t); break;
	}
	return err ? err : track_look(t, t->now_ns);
}

static int track_drain(struct track *t)
{
	struct ordered o;

	while (!t->stop && order_next(t->order, &o)) {
		int err = track_ordered(t, &o);

		if (err)
			t->stop = err;
	}
	return t->stop;
}

/* It is told before any packet of that time is over. */
static int track_missed(struct track *t, const struct rec_missed *r)
{
	return loss_add(&t->missed, 0, r->since_ns, r->head.t_ns, r->runs > UINT32_MAX ? UINT32_MAX : r->runs);
}

int track_record(struct track *t, const struct ev_head *rec)
{
	int err;

	if (t->stop)
		return t->stop;
	t->stats.records++;
	/* A symbol has no time of its own: it was looked up when it was mentioned. */
	if (rec->kind == EV_SYM || rec->kind == EV_NSNAME)
		err = names_record(&t->names, rec);
	else if (rec->kind == EV_MISSED)
		err = track_missed(t, (const void *)rec);
	else
		err = order_add(t->order, rec);
	if (err)
		return t->stop = err;
	return track_drain(t);
}

/* What the CPUs counted and nobody received, after their last records. */
static int track_trailing(struct track *t, const struct cap_list *counts)
{
	static const char prefix[] = "attempts_cpu";

	for (size_t i = 0; counts && i < counts->n; i++) {
		const struct cap_pair *p = &counts->pairs[i];
		uint64_t missing, since;
		unsigned long cpu;
		char *end;
		int err;

		if (strncmp(p->key, prefix, sizeof(prefix) - 1))
			continue;
		cpu = strtoul(p->key + sizeof(prefix) - 1, &end, 10);
		if (*end || cpu > UINT16_MAX)
			continue;
		missing = order_missing_at_end(t->order, cpu, strtoull(p->value, NULL, 10), &since);
		if (!missing)
			continue;
		err = loss_add(&t->loss, cpu, since, UINT64_MAX,
			       missing > UINT32_MAX ? UINT32_MAX : missing);
		if (err)
			return err;
		t->stats.lost += missing;
	}
	return 0;
}

int track_finish(struct track *t, const struct cap_list *counts)
{
	int err;

	order_end(t->order);
	track_drain(t);
	/* Who stopped early left records unread: those are not lost. */
	if (t->stop)
		return t->stop;
	err = track_trailing(t, counts);
	if (err)
		return err;
	err = track_look(t, UINT64_MAX);
	if (!err)
		err = calls_end(t);
	return err ? err : accounts_end(t);
}
