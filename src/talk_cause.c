// SPDX-License-Identifier: GPL-2.0-or-later
/* What made TCP send a packet at that moment, and how long its bytes had waited for it. */
#include "talk_view.h"

#include <string.h>

enum { TCP_SYN = 2, TCP_ACK = 16 };

/* What every host takes in one segment (RFC 9293, 3.7.1). */
enum { MSS_LEAST = 536 };

/* The first step of the packet itself. */
static const struct step *first_step(const struct journey *j)
{
	for (size_t i = 0; i < j->steps.n; i++)
		if (!j->steps.v[i].sock_step)
			return &j->steps.v[i];
	return &j->steps.v[0];
}

/* The call of that task, on this end's socket, that lasted at that time; of several requests the latest. */
static const struct call *call_at(const struct talk_view *v, int end, uint32_t tid, uint64_t t_ns)
{
	size_t after = 0, n = v->act_n;

	/* They are in the order in which they began. */
	while (n) {
		size_t half = n / 2;

		if (v->acts[after + half].c->start_ns <= t_ns) {
			after += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	for (size_t i = after; i-- > 0;) {
		const struct call *c = v->acts[i].c;

		if (v->acts[i].end == end && (c->tid == tid || (c->ran && c->end_tid == tid)) && c->begin_seen &&
		    (!c->end_seen || t_ns <= c->end_ns))
			return c;
	}
	return NULL;
}

/*
 * Did TCP get it in the very softirq, or task, that then made s? In a task that
 * is one from the backlog of the socket: what the task itself reads of it does not count.
 */
static bool came_in(const struct talk_pass *q, const struct step *s)
{
	const struct step_list *l = &q->recv->steps;

	for (size_t i = l->n; i-- > 0;) {
		const struct step *in = &l->v[i];

		if (in->t_ns > s->t_ns || (s->ctx == EV_CTX_TASK && !lane_is_transport(stages[in->stage].lane)))
			continue;
		return in->cpu == s->cpu && in->ctx == s->ctx && in->tid == s->tid &&
		       (s->ctx == EV_CTX_TASK || frames_meet(in->frame, s->frame));
	}
	return false;
}

/* The newest packet of the other end that came so, since from_ns. */
static const struct talk_pass *came_before(const struct talk_view *v, const struct talk_pass *p,
					   const struct step *s, uint64_t from_ns)
{
	const struct talk_pass *newest = NULL;

	/* They are in the order of time, and what made it came before. */
	for (size_t i = p - v->passes; i-- > 0;) {
		const struct talk_pass *q = &v->passes[i];

		/* None before was seen so late, or taken later than the one that was found. */
		if (q->seen_upto < from_ns || (newest && q->taken_upto <= newest->taken_ns))
			break;
		if (q->from != p->from && q->recv && !q->merged && q->taken_ns <= s->t_ns &&
		    q->recv->steps.v[q->recv->steps.n - 1].t_ns >= from_ns &&
		    (!newest || newest->taken_ns < q->taken_ns) && came_in(q, s))
			newest = q;
	}
	return newest;
}

static bool later(unsigned int what)
{
	return what == EV_FRAME_TIMER || what == EV_FRAME_HRTIMER || what == EV_FRAME_TASKLET ||
	       what == EV_FRAME_WORK;
}

static void cause_find(const struct talk_view *v, struct talk_pass *p)
{
	const struct step *s = first_step(p->send);
	const struct talk_pass *came;
	const struct call *c = NULL;

	if (s->frame && later(s->frame->what)) {
		p->cause = CAUSE_LATER;
		p->cause_func = s->frame->func;
		return;
	}
	if (s->ctx == EV_CTX_TASK)
		c = call_at(v, p->from, s->tid, s->t_ns);
	came = s->ctx == EV_CTX_TASK && !c ? NULL : came_before(v, p, s, c ? c->start_ns : 0);
	if (came) {
		p->cause = CAUSE_ARRIVAL;
		p->cause_pass = came->number;
	} else if (c) {
		p->cause = CAUSE_CALL;
		p->cause_op = c->op;
	}
}

/* What the sender knew at t_ns of the other end: how far it had acknowledged, and the packet that said so. */
static const struct talk_pass *answer_by(const struct talk_view *v, const struct talk_pass *p, uint64_t t_ns)
{
	const struct talk_pass *newest = NULL;

	/* They are in the order of time, and what made it came before. */
	for (size_t i = p - v->passes; i-- > 0;) {
		const struct talk_pass *q = &v->passes[i];

		if (q->from != p->from && q->recv && q->recv->state != JOURNEY_DROPPED &&
		    q->head->tcp_flags & TCP_ACK && q->arrived_ns <= t_ns &&
		    (!newest || !seq_before(q->ack, newest->ack)))
			newest = q;
	}
	return newest;
}

/* Packets that had left and were not acknowledged, and the segments that they are. */
static unsigned int in_flight(const struct talk_view *v, const struct talk_pass *p, uint32_t acked, uint64_t t_ns,
			      unsigned int *segments)
{
	unsigned int n = 0;

	*segments = 0;
	for (size_t i = 0; i < v->pass_n; i++) {
		const struct talk_pass *q = &v->passes[i];

		if (q->from == p->from && q->send && q->head->len && q->left_ns <= t_ns && seq_before(acked, q->end)) {
			*segments += q->head->gso_segs > 1 ? q->head->gso_segs : 1;
			n++;
		}
	}
	return n;
}

/* Smaller than segments are that nothing but the size of packets limits. */
static bool is_small(const struct talk_view *v, const struct talk_pass *p)
{
	if (p->head->len < MSS_LEAST)
		return true;
	for (size_t i = 0; i < v->pass_n; i++) {
		const struct journey *j = v->passes[i].head;

		if ((j->gso_size ? j->gso_size : j->len) > p->head->len)
			return true;
	}
	return false;
}

/* tcp_write_xmit() had as much in flight as it may, when it was last asked during the call, or then sent so much. */
static bool cwnd_full(const struct call *c, unsigned int segments)
{
	for (size_t i = c->steps.n; i-- > 0;) {
		const struct step *s = &c->steps.v[i];
		uint32_t cwnd = s->arg >> 32;

		if (s->stage == ST_tcp_write_xmit)
			return (uint32_t)s->arg >= cwnd || segments >= cwnd;
	}
	return false;
}

/* Where the end of the wait says what it was for. */
static enum talk_hold hold_of_end(const struct talk_pass *p)
{
	const struct step_list *l = &p->send->steps;

	if (p->cause == CAUSE_LATER && !strcmp(p->cause_func, "tcp_pace_kick"))
		return HOLD_PACING;
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].stage == ST_tcp_tsq_handler)
			return HOLD_TSQ;
	if (p->cause == CAUSE_LATER &&
	    (!strcmp(p->cause_func, "tcp_tasklet_func") || !strcmp(p->cause_func, "tcp_tsq_workfn")))
		return HOLD_TSQ;
	return HOLD_UNKNOWN;
}

static enum talk_hold hold_find(const struct talk_view *v, const struct talk_pass *p, const struct call *c)
{
	const struct talk_pass *then = answer_by(v, p, c->end_ns), *now = answer_by(v, p, p->left_ns);
	unsigned int packets, segments;

	if (hold_of_end(p) != HOLD_UNKNOWN)
		return hold_of_end(p);
	if (!then || !now)
		return HOLD_UNKNOWN;
	if (then->recv && then->recv->window_known && !then->recv->window && !(then->head->tcp_flags & TCP_SYN))
		return HOLD_CLOSED;
	packets = in_flight(v, p, then->ack, c->end_ns, &segments);
	if (cwnd_full(c, segments))
		return HOLD_CWND;
	/* With so little in flight nothing else holds it, and that it waited for all of that says so. */
	if (packets == 1 && is_small(v, p) && p->cause == CAUSE_ARRIVAL &&
	    now->number == p->cause_pass && !seq_before(now->ack, p->seq))
		return HOLD_NAGLE;
	return HOLD_UNKNOWN;
}

/* The call that wrote the first byte, and has returned. hint: where that of the packet before was found; kept for the next. */
static const struct call *writer_of(const struct talk_view *v, const struct talk_pass *p, size_t *hint)
{
	for (size_t n = 0, i = *hint; n < v->act_n; n++, i = i + 1 == v->act_n ? 0 : i + 1) {
		const struct call *c = v->acts[i].c;

		if (v->acts[i].end == p->from && op_dirs[c->op] == DIR_SEND && c->end_seen &&
		    !seq_before(p->send->seq, c->seq_from) && seq_before(p->send->seq, c->seq_to)) {
			*hint = i;
			return c;
		}
	}
	return NULL;
}

/* Since when its first byte had been in the write queue: the call that wrote it had returned by then. */
static void queue_find(const struct talk_view *v, struct talk_pass *p, size_t *hint)
{
	const struct journey *j = p->send;
	const struct call *c = NULL;

	if (j->len && !j->retransmit && !j->segment_of)
		c = writer_of(v, p, hint);
	if (!c || c->end_ns >= p->left_ns)
		return;
	p->queued_ns = p->left_ns - c->end_ns;
	p->hold = hold_find(v, p, c);
}

/* How long the first packet that it answers had been there. */
static void delay_find(const struct talk_view *v, struct talk_pass *p)
{
	const struct talk_pass *q = p;

	if (!p->acks_n)
		return;
	while (q-- > v->passes)
		if (q->number == p->acks)
			break;
	if (q >= v->passes && q->recv && q->taken_ns < p->left_ns)
		p->acks_after_ns = p->left_ns - q->taken_ns;
}

void talk_causes(struct talk_view *v)
{
	size_t hint[2] = { 0 };

	for (size_t i = 0; i < v->pass_n; i++) {
		if (!v->passes[i].send)
			continue;
		cause_find(v, &v->passes[i]);
		delay_find(v, &v->passes[i]);
		queue_find(v, &v->passes[i], &hint[!!v->passes[i].from]);
	}
}
