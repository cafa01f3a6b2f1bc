/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Merges the steps of a packet, of its call and its wake-up, and hides what the level of detail leaves out. */
#include "moment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "render.h"

static struct moment *moment_add(struct moments *m, enum moment_kind kind, uint64_t t_ns)
{
	struct moment *e = &m->v[m->n];

	e->kind = kind;
	e->t_ns = t_ns;
	e->place = m->n++;
	return e;
}

static void add_step(struct moments *m, const struct step *s, bool own)
{
	struct moment *e = moment_add(m, MOMENT_STEP, s->t_ns);

	e->who = *s;
	e->lane = stages[s->stage].lane;
	e->lost = own ? s->lost_before : 0;
	e->own = own;
}

static void add_call(struct moments *m, const struct call *c, enum moment_kind kind)
{
	struct moment *e = moment_add(m, kind, kind == MOMENT_CALL ? c->start_ns : c->end_ns);

	e->who = (struct step){
		.tid = c->tid, .pid = c->pid, .ctx = EV_CTX_TASK,
		.cpu = kind == MOMENT_CALL ? c->cpu_start : c->cpu_end,
	};
	memcpy(e->who.comm, c->comm, sizeof(c->comm));
	/* A request may end in another task than its own. */
	if (kind == MOMENT_RETURN && c->ran) {
		e->who.tid = c->end_tid;
		e->who.pid = c->end_pid;
		memcpy(e->who.comm, c->end_comm, sizeof(c->end_comm));
	}
	e->lane = LANE_APP;
}

static void add_wake(struct moments *m, const struct call *c, const struct wake *w)
{
	struct moment *e = moment_add(m, MOMENT_WAKE, w->t_ns);

	e->who = w->by;
	e->lane = LANE_SOCK;
	e->wake = w;
	if (!w->run_ns)
		return;
	e = moment_add(m, MOMENT_RUN, w->run_ns);
	e->who = (struct step){ .tid = c->tid, .pid = c->pid, .ctx = EV_CTX_TASK, .cpu = w->run_cpu };
	memcpy(e->who.comm, c->comm, sizeof(c->comm));
	e->lane = LANE_SOCK;
	e->wake = w;
}

static bool writer_sleeps(const struct step *s)
{
	return s->stage == ST_sk_stream_wait_memory || s->stage == ST_sk_stream_wait_connect;
}

static bool sleeps(const struct step *s)
{
	return s->stage == ST_sk_wait_data || s->stage == ST___skb_wait_for_more_packets || writer_sleeps(s);
}

/* When the task of the call fell asleep last before a moment; 0: that was not seen. */
static uint64_t asleep_since(const struct call *c, uint64_t before_ns)
{
	uint64_t since = 0;

	for (size_t i = 0; i < c->steps.n && c->steps.v[i].t_ns < before_ns; i++)
		if (sleeps(&c->steps.v[i]))
			since = c->steps.v[i].t_ns;
	return since;
}

uint64_t wake_slept(const struct call *c, const struct wake *w)
{
	uint64_t since = asleep_since(c, w->t_ns);

	return since ? w->t_ns - since : 0;
}

/*
 * Did the call do the same again before the packet was there? What only leads
 * to tcp_write_xmit led to an earlier packet if two of those come after it.
 */
static bool renewed(const struct call *c, size_t i, size_t to, uint64_t before_ns)
{
	enum stage_id stage = c->steps.v[i].stage;
	bool pushes = stage == ST_tcp_push || stage == ST_tcp_push_one ||
		      stage == ST___tcp_push_pending_frames;
	unsigned int xmits = 0;

	for (size_t k = i + 1; k < to && c->steps.v[k].t_ns <= before_ns; k++) {
		if (c->steps.v[k].stage == stage)
			return true;
		xmits += c->steps.v[k].stage == ST_tcp_write_xmit;
	}
	return pushes && xmits > 1;
}

/* A wake-up of the call between two moments, the first or the last; NULL: none was seen. */
static const struct wake *wake_between(const struct call *c, uint64_t from_ns, uint64_t to_ns, bool last)
{
	const struct wake *found = NULL;

	for (unsigned int i = 0; i < c->wake_n; i++)
		if (c->wakes[i].t_ns >= from_ns && c->wakes[i].t_ns <= to_ns && (last || !found))
			found = &c->wakes[i];
	return found;
}

/* The socket's way to this packet: of each stage the latest, for a long call sends many. */
static void add_send_call(struct moments *m, const struct journey *j)
{
	const struct call *c = j->call;
	uint64_t born = j->steps.v[0].t_ns, slept_ns = 0;
	const struct wake *w;

	if (c->begin_seen)
		add_call(m, c, MOMENT_CALL);
	for (size_t i = j->call_first; i < j->call_n && c->steps.v[i].t_ns <= born; i++) {
		if (renewed(c, i, j->call_n, born))
			continue;
		add_step(m, &c->steps.v[i], false);
		if (writer_sleeps(&c->steps.v[i]))
			slept_ns = c->steps.v[i].t_ns;
	}
	w = slept_ns ? wake_between(c, slept_ns, born, true) : NULL;
	if (w)
		add_wake(m, c, w);
	/* It sleeps for what answers this packet. */
	w = op_connects(c->op) && c->end_seen ? wake_between(c, born, c->end_ns, true) : NULL;
	if (w)
		add_wake(m, c, w);
	if (c->end_seen)
		add_call(m, c, MOMENT_RETURN);
}

/* For how long its reader had been in the call when the packet had arrived; 0: it was not. */
static uint64_t reader_waited(const struct journey *j)
{
	const struct call *c = j->call;
	uint64_t arrived = j->steps.v[j->steps.n - 1].t_ns, since = asleep_since(c, arrived);

	if (c->begin_seen && c->start_ns >= arrived)
		return 0;
	if (!since)
		since = c->start_ns;
	return since < arrived ? arrived - since : 0;
}

bool journey_blocked(const struct journey *j)
{
	const struct call *c = j->call;

	if (!c || !j->steps.n)
		return false;
	if (j->dir == DIR_RECV)
		return reader_waited(j);
	for (size_t i = j->call_first; i < j->call_n; i++)
		if (writer_sleeps(&c->steps.v[i]))
			return true;
	return false;
}

/* The reader's steps: the copies of this packet if they were seen; of others the first. */
static void add_read_call(struct moments *m, const struct journey *j)
{
	const struct call *c = j->call;
	uint64_t taken_ns = c->end_seen ? c->end_ns : UINT64_MAX;
	const struct wake *w;
	bool copied = false;
	uint8_t had[ST_N] = { 0 };

	for (size_t i = j->call_n; i-- > j->call_first;) {
		if (c->steps.v[i].skb != j->skb)
			continue;
		copied = true;
		taken_ns = c->steps.v[i].t_ns;
	}
	if (c->begin_seen && c->start_ns >= j->steps.v[j->steps.n - 1].t_ns)
		add_call(m, c, MOMENT_CALL);
	w = wake_between(c, j->steps.v[0].t_ns, taken_ns, false);
	if (w)
		add_wake(m, c, w);
	m->blocked_ns = reader_waited(j);
	m->blocked = m->blocked_ns && !w;
	for (size_t i = j->call_first; i < j->call_n; i++) {
		const struct step *s = &c->steps.v[i];

		if (s->skb && copied && s->skb != j->skb)
			continue;
		if (had[s->stage]++ && !(s->skb && s->skb == j->skb))
			continue;
		add_step(m, s, false);
	}
	if (c->end_seen)
		add_call(m, c, MOMENT_RETURN);
}

static int moment_earlier(const void *a, const void *b)
{
	const struct moment *x = a, *y = b;

	if (x->t_ns != y->t_ns)
		return x->t_ns < y->t_ns ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

bool same_runner(const struct step *a, const struct step *b)
{
	return a->cpu == b->cpu && a->ctx == b->ctx && a->tid == b->tid &&
	       frames_meet(a->frame, b->frame);
}

bool moment_moved(const struct moment *before, const struct moment *e)
{
	const struct step *a = &before->who, *b = &e->who;

	return a->cpu != b->cpu && a->ctx == b->ctx && a->tid == b->tid && b->tid;
}

/* What else than a stage a row of wait.def may name. */
enum { WAIT_ANY = ST_NONE, WAIT_CALL = ST_N, WAIT_FREED, WAIT_WAKE, WAIT_RUN, WAIT_BEGIN };

static unsigned int wait_place(const struct moment *e)
{
	switch (e->kind) {
	case MOMENT_STEP: return e->who.stage;
	case MOMENT_CALL: return WAIT_CALL;
	case MOMENT_END: return WAIT_FREED;
	case MOMENT_WAKE: return WAIT_WAKE;
	case MOMENT_RUN: return WAIT_RUN;
	case MOMENT_BEGIN: return WAIT_BEGIN;
	case MOMENT_RAISE: case MOMENT_RETURN: break;
	}
	return WAIT_ANY;
}

/* A veth's driver answers when the packet has arrived behind it. */
static bool answers_late(const struct moment *before, const struct moment *e)
{
	return e->kind == MOMENT_STEP && e->who.stage == ST_net_dev_xmit && before->kind == MOMENT_STEP &&
	       stages[before->who.stage].dir == DIR_RECV;
}

const char *moment_wait(const struct moment *before, const struct moment *e)
{
	enum { HANDOFF, ALWAYS };
	static const struct { unsigned int from, to, when; const char *words; } rows[] = {
#define WAIT(from, to, when, words) { from, to, when, words },
#include "wait.def"
#undef WAIT
	};
	unsigned int from = wait_place(before), to = wait_place(e);
	bool handoff = !same_runner(&before->who, &e->who) && !moment_moved(before, e);
	/* Who ends it at once was at work. */
	bool waits = handoff || e->kind != MOMENT_END;

	/* That a call returns is nothing that happens to the packet; nor that a driver answers which it has left. */
	if (e->kind == MOMENT_RETURN || answers_late(before, e))
		return NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if ((rows[i].from == WAIT_ANY || rows[i].from == from) &&
		    (rows[i].to == WAIT_ANY || rows[i].to == to) &&
		    (rows[i].when == ALWAYS ? waits : handoff))
			return rows[i].words;
	return NULL;
}

/* One says no more than the next, which is not passed where the compiler has copied it into the first. */
static bool only_calls(enum stage_id caller, enum stage_id next)
{
	return caller == ST_tcp_retransmit_skb && next == ST___tcp_retransmit_skb;
}

/* Of each run of steps on one lane in one context some stay: all, all but the minor, or one. */
static void moments_hide(struct moments *m, int detail)
{
	size_t end;

	for (size_t i = 0; i < m->n && detail != DETAIL_FULL; i = end) {
		bool shown = false, one = false;

		if (i && answers_late(&m->v[i - 1], &m->v[i])) {
			m->v[i].hidden = true;
			end = i + 1;
			continue;
		}

		if (m->v[i].kind != MOMENT_STEP) {
			end = i + 1;
			m->v[i].hidden = detail == DETAIL_BRIEF && m->v[i].kind == MOMENT_END &&
					 !m->v[i].own;
			continue;
		}
		for (end = i; end < m->n && m->v[end].kind == MOMENT_STEP &&
		     m->v[end].lane == m->v[i].lane &&
		     same_runner(&m->v[end].who, &m->v[i].who); end++)
			shown |= !stages[m->v[end].who.stage].minor;
		for (size_t k = i; k < end; k++) {
			bool less = (shown && stages[m->v[k].who.stage].minor) ||
				    (k + 1 < end && only_calls(m->v[k].who.stage, m->v[k + 1].who.stage));

			m->v[k].hidden = less || (detail == DETAIL_BRIEF && one);
			one |= !m->v[k].hidden;
		}
		/* What is missing before a hidden step is missing before the next that is shown. */
		for (size_t k = i; k + 1 < m->n && k < end; k++) {
			if (!m->v[k].hidden)
				continue;
			m->v[k + 1].lost += m->v[k].lost;
			m->v[k].lost = 0;
		}
	}
}

static void add_end(struct moments *m, const struct journey *j)
{
	struct moment *e = moment_add(m, MOMENT_END, j->end_ns);

	e->who = j->end_step;
	e->lane = stages[j->steps.v[0].stage].lane;
	/* Here: the end is worth a line at any detail. */
	e->own = j->state == JOURNEY_DROPPED;
}

/* It ends where it was last seen. */
static void place_end(struct moments *m)
{
	for (size_t i = 1, last = 0; i < m->n; i++) {
		if (m->v[i].kind == MOMENT_END && m->v[last].kind == MOMENT_STEP)
			m->v[i].lane = m->v[last].lane;
		if (m->v[i].kind == MOMENT_STEP)
			last = i;
	}
}

int moments_make(struct moments *m, const struct journey *j, int detail)
{
	*m = (struct moments){ 0 };
	m->v = calloc(j->steps.n + (j->call ? j->call->steps.n : 0) + 5, sizeof(*m->v));
	if (!m->v)
		return -ENOMEM;
	if (!j->steps.n)
		return 0;
	for (size_t i = 0; i < j->steps.n; i++)
		add_step(m, &j->steps.v[i], true);
	if (j->call && j->dir == DIR_SEND)
		add_send_call(m, j);
	else if (j->call)
		add_read_call(m, j);
	if (j->ended && j->end_how != EV_END_LOST && j->end_how != EV_END_LEFT)
		add_end(m, j);
	qsort(m->v, m->n, sizeof(*m->v), moment_earlier);
	place_end(m);
	moments_hide(m, detail);
	return 0;
}

int journey_span(const struct journey *j, uint64_t *ns)
{
	struct moments m;
	int err = moments_make(&m, j, DETAIL_FULL);

	*ns = !err && m.n ? m.v[m.n - 1].t_ns - m.v[0].t_ns : 0;
	moments_free(&m);
	return err;
}

void moments_free(struct moments *m)
{
	free(m->v);
	free(m->raisers);
	*m = (struct moments){ 0 };
}
