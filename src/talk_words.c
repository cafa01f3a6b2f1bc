// SPDX-License-Identifier: GPL-2.0-or-later
/* Spells what happened in a conversation. */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "advice.h"
#include "diagram_words.h"
#include "frame_words.h"
#include "icmp_words.h"
#include "proto.h"
#include "render.h"
#include "row.h"
#include "talk_diagram.h"

/* Adds to what is there. */
__attribute__((format(printf, 2, 3)))
static void add(char out[TALK_WORDS_ROOM], const char *format, ...)
{
	size_t at = strlen(out);
	va_list ap;

	va_start(ap, format);
	vsnprintf(out + at, TALK_WORDS_ROOM - at, format, ap);
	va_end(ap);
}

/* The same for a fact behind others. */
#define fact(out, ...) (add(out, "%s", *(out) ? " · " : ""), add(out, __VA_ARGS__))

static bool returns_fd(const struct call *c)
{
	return op_accepts(c->op) && c->ret >= 0;
}

/* What the packet is. */
static char *pass_name(char out[WORDS_ROOM], const struct journey *j)
{
	if (j->proto == IPPROTO_TCP)
		return words_flags(out, j->tcp_flags);
	if (icmp_is(j->proto))
		return words_icmp(out, j->proto, j->window);
	snprintf(out, WORDS_ROOM, "%s", j->proto == IPPROTO_UDP ? "datagram" : "packet");
	return out;
}

char *talk_label(char out[TALK_WORDS_ROOM], const struct talk_view *v, const struct talk_event *e)
{
	const struct talk_end *end = &v->ends[e->end];
	char words[WORDS_ROOM];

	out[0] = '\0';
	switch (e->what) {
	case TALK_CALLS:
		fact(out, "%s", words_call(words, e->act->c));
		break;
	case TALK_RETURNS:
		fact(out, "returns %s%s", returns_fd(e->act->c) ? "fd " : "", words_return(words, e->act->c->ret));
		break;
	case TALK_LEAVES:
		fact(out, "#%" PRIu64 " %s", e->pass->number, pass_name(words, e->pass->head));
		break;
	case TALK_ARRIVES:
		fact(out, "#%" PRIu64 " %s", e->pass->number,
		     e->pass->send ? "arrives" : pass_name(words, e->pass->head));
		break;
	case TALK_WAKES:
		fact(out, "wakes %s", e->pass->wakes->comm[0] ? e->pass->wakes->comm :
		     end->comm[0] ? end->comm : "the reader");
		break;
	case TALK_DIES:
		fact(out, "#%" PRIu64 " ", e->pass->number);
		/* It may have no line but this. */
		if (!e->pass->send)
			add(out, "%s ", pass_name(words, e->pass->head));
		add(out, "%s%s%s", words_reason(words, e->half),
		     e->half->end_where[0] ? " in " : "", e->half->end_where);
		break;
	case TALK_STEPS:
		fact(out, "%s", words_label(words, e->step));
		break;
	case TALK_LOST:
		fact(out, "%u record%s lost here on cpu%u", e->lost, e->lost == 1 ? "" : "s", e->cpu);
		break;
	case TALK_WHATS:
		break;
	}
	return out;
}

/* The bytes of the call, by the number of each; those that it moved, not all that the counter passed. */
static void act_bytes(char out[TALK_WORDS_ROOM], const struct talk_view *v, const struct talk_act *a)
{
	const struct call *c = a->c;
	bool recv = op_dirs[c->op] == DIR_RECV, peeks = call_peeks(c);
	uint32_t from = c->seq_from - v->ends[recv ? !a->end : a->end].base, n = c->ret;

	if (!c->end_seen || c->ret <= 0 || (c->seq_from == c->seq_to && !peeks))
		return;
	/* Calls for several messages return how many. */
	if (c->op == OP_SENDMMSG || c->op == OP_RECVMMSG)
		n = c->seq_to - c->seq_from;
	if (n)
		fact(out, "%sbytes %u..%u", peeks ? "peeks at " : "", from, from + n);
}

static void note_calls(char out[TALK_WORDS_ROOM], const struct talk_view *v, const struct talk_act *a)
{
	char task[WORDS_ROOM];

	if (op_dirs[a->c->op] == DIR_SEND)
		act_bytes(out, v, a);
	else if (a->waited_for)
		fact(out, "nothing there yet: waits");
	/* Another process, or a thread that goes by a name of its own. */
	if (v->ends[a->end].pid && (a->c->pid != v->ends[a->end].pid ||
				    (a->c->comm[0] && strcmp(a->c->comm, v->ends[a->end].comm))))
		fact(out, "by %s", words_task(task, a->c->comm, a->c->tid, a->c->pid));
	if (!a->c->end_seen)
		fact(out, "its return was not seen");
}

static void note_returns(char out[TALK_WORDS_ROOM], const struct talk_view *v, const struct talk_act *a)
{
	bool recv = op_dirs[a->c->op] == DIR_RECV;
	char time[WORDS_ROOM], run[WORDS_ROOM];

	if (recv)
		act_bytes(out, v, a);
	if (recv && !a->c->ret && a->c->count && v->t->key.proto == IPPROTO_TCP)
		fact(out, "the peer sends no more");
	if (a->waited_for && a->ran_ns)
		fact(out, "waited %s for #%" PRIu64 " · ran %s later", words_time(time, a->waited_ns),
		     a->waited_for, words_time(run, a->ran_ns - a->told_ns));
	else if (a->waited_for)
		fact(out, "waited %s for #%" PRIu64, words_time(time, a->waited_ns), a->waited_for);
	else if (a->c->begin_seen)
		fact(out, "after %s", words_time(time, a->c->end_ns - a->c->start_ns));
	if (*words_ran(run, a->c))
		fact(out, "%s", run);
}

static void note_carries(char out[TALK_WORDS_ROOM], const struct talk_pass *p)
{
	const struct journey *j = p->head;
	uint32_t first = p->seq + !!(j->tcp_flags & TCP_SYN);
	char words[WORDS_ROOM];

	if (icmp_is_echo(j->proto, j->window))
		fact(out, "seq %u", j->seq);
	if (j->proto != IPPROTO_TCP)
		fact(out, "%u B", j->len);
	else if (j->len)
		fact(out, "%u..%u (%u B)", first, first + j->len, j->len);
	if (j->gso_segs > 1)
		fact(out, "GSO %u × %u B", j->gso_segs, j->gso_size);
	if (j->segment_of)
		fact(out, "segment of #%" PRIu64, j->segment_of);
	else if (j->copy)
		fact(out, "copy of #%" PRIu64, j->parent);
	else if (j->assembled)
		fact(out, "put together of fragments");
	else if (j->dir == DIR_RECV && j->parent)
		fact(out, "clone of #%" PRIu64, j->parent);
	if (p->part_of)
		fact(out, "bytes of #%" PRIu64, p->part_of);
	if (j->retransmit)
		fact(out, "%s", words_again(words, j));
}

/* The header of a packet on its way out may have been seen before the window stood in it. */
static bool window_seen(const struct talk_pass *p)
{
	return p->recv && p->recv->window_known && !(p->head->tcp_flags & (TCP_SYN | TCP_RST));
}

/* Said of an end whose windows are known: another one was open. */
static bool window_closed(const struct talk_view *v, const struct talk_pass *p)
{
	if (!window_seen(p) || p->recv->window)
		return false;
	for (size_t i = 0; i < v->pass_n; i++)
		if (v->passes[i].from == p->from && window_seen(&v->passes[i]) &&
		    v->passes[i].recv->window)
			return true;
	return false;
}

static void note_acks(char out[TALK_WORDS_ROOM], const struct talk_view *v, const struct talk_pass *p)
{
	const struct journey *j = p->head;

	if (!(j->tcp_flags & TCP_ACK))
		return;
	if (p->acks_n == 1)
		fact(out, "acks #%" PRIu64, p->acks);
	else if (p->acks_n == 2)
		fact(out, "acks #%" PRIu64 " and #%" PRIu64, p->acks, p->acks_to);
	else if (p->acks_n)
		fact(out, "acks #%" PRIu64 " to #%" PRIu64, p->acks, p->acks_to);
	else if (p->acks_again)
		fact(out, "again ack %u", p->ack);
	else if (p->seq == p->end && !(j->tcp_flags & TCP_RST))
		fact(out, "ack %u", p->ack);
	if (p->recv && p->recv->dsack)
		fact(out, "D-SACK: some came twice");
	else if (p->recv && p->recv->sack)
		fact(out, "SACK: later ones have come");
	if (window_closed(v, p))
		fact(out, "window 0: no room here");
}

static bool has_step(const struct journey *j, enum stage_id stage)
{
	for (size_t i = 0; i < j->steps.n; i++)
		if (j->steps.v[i].stage == stage)
			return true;
	return false;
}

/* By a timer, mostly. What tcp_write_timer() is for, its steps say. */
static void note_later(char out[TALK_WORDS_ROOM], const struct talk_pass *p)
{
	const char *purpose = words_purpose(p->cause_func);
	char time[WORDS_ROOM];

	if (has_step(p->send, ST_tcp_send_loss_probe))
		fact(out, "tail loss probe");
	else if (p->head->retransmit && !strcmp(p->cause_func, "tcp_write_timer"))
		fact(out, "by the retransmission timer");
	else if (p->hold == HOLD_PACING || p->hold == HOLD_TSQ)
		return;
	else if (purpose)
		fact(out, "%s", purpose);
	else if (*p->cause_func)
		fact(out, "sent by %s", p->cause_func);
	if (p->acks_after_ns && p->seq == p->end)
		add(out, ", %s later", words_time(time, p->acks_after_ns));
}

/* Only what is not the usual: data goes out in the call that wrote it, an ACK when what it answers comes. */
static void note_cause(char out[TALK_WORDS_ROOM], const struct talk_pass *p, int detail)
{
	static const char *const holds[] = {
		[HOLD_UNKNOWN] = "", [HOLD_CLOSED] = ": the receiver's window was closed",
		[HOLD_CWND] = ": the congestion window was full", [HOLD_NAGLE] = ": Nagle",
		[HOLD_PACING] = ": pacing", [HOLD_TSQ] = ": its small queue (TSQ) was full",
	};
	bool pure = p->seq == p->end && !(p->head->tcp_flags & TCP_RST);
	char time[WORDS_ROOM];

	if (p->queued_ns)
		fact(out, "%s in the write queue%s", words_time(time, p->queued_ns), holds[p->hold]);
	switch (p->cause) {
	case CAUSE_CALL:
		if (pure && op_dirs[p->cause_op] == DIR_RECV)
			fact(out, "sent by %s()", op_names[p->cause_op]);
		break;
	case CAUSE_ARRIVAL:
		if (!pure && !(p->head->tcp_flags & TCP_SYN))
			fact(out, "sent when #%" PRIu64 " came", p->cause_pass);
		else if (pure && detail == DETAIL_FULL)
			fact(out, "at once");
		break;
	case CAUSE_LATER:
		note_later(out, p);
		break;
	case CAUSE_UNKNOWN:
		break;
	}
}

static void note_midway(char out[TALK_WORDS_ROOM], const struct journey *half)
{
	if (half->state == JOURNEY_MIDWAY)
		fact(out, "first seen at %s", step_name(&half->steps.v[0]));
	else if (half->state == JOURNEY_NO_END)
		fact(out, "lost sight of");
}

static void note_way(char out[TALK_WORDS_ROOM], const struct talk_event *e)
{
	const char *verb = e->what == TALK_ARRIVES ? "" : "arrives ";
	const struct talk_pass *p = e->pass;
	char way[WORDS_ROOM], wait[WORDS_ROOM];

	if (!p->send || !p->recv)
		return;
	words_time(way, p->arrived_ns - p->left_ns);
	if (p->wait_ns && p->wait_ns * 2 > p->arrived_ns - p->left_ns)
		fact(out, "%safter %s, %s waiting", verb, way, words_time(wait, p->wait_ns));
	else
		fact(out, "%safter %s", verb, way);
}

/* What the protocol makes of a FIN that is taken (RFC 9293, 3.6). */
static void note_fin(char out[TALK_WORDS_ROOM], const struct talk_view *v, const struct talk_pass *p)
{
	if (!(p->head->tcp_flags & TCP_FIN) || p->fate == FATE_AGAIN || p->fate == FATE_EARLY)
		return;
	for (size_t i = 0; i < v->pass_n; i++) {
		const struct talk_pass *own = &v->passes[i];

		if (own->from == p->from || !(own->head->tcp_flags & TCP_FIN) ||
		    talk_pass_ns(own) > p->arrived_ns)
			continue;
		/* Both at once: the other's FIN left before it had this one. */
		if (!own->acked_by || seq_before(p->ack, own->end))
			return;
		fact(out, "TIME_WAIT");
		return;
	}
	fact(out, "CLOSE_WAIT");
}

/* A FIN counts as one of them. */
static uint64_t ready_bytes(const struct talk_pass *p)
{
	if (p->ready_bytes == ROW_RCVQ_UNKNOWN)
		return 0;
	return p->head->tcp_flags & TCP_FIN && p->ready_bytes ? p->ready_bytes - 1 : p->ready_bytes;
}

static void note_fate(char out[TALK_WORDS_ROOM], const struct talk_view *v, const struct talk_pass *p)
{
	const struct journey *j = p->recv;
	char time[WORDS_ROOM];

	if (p->merged) {
		fact(out, "GRO puts it into #%" PRIu64, p->merged);
	} else if (j->len) {
		if (has_step(j, ST_tcp_add_backlog))
			fact(out, "via the backlog");
		if (p->filled_by)
			fact(out, "too early: %u B before it are missing, #%" PRIu64 " brings them %s later",
			     p->missing, p->filled_by, words_time(time, p->early_ns));
		else if (p->fate == FATE_EARLY)
			fact(out, "too early: %u B before it are missing", p->missing);
		else if (p->fate == FATE_AGAIN && !j->end_reason_name[0])
			fact(out, "all of it had arrived before");
		else if (p->fate == FATE_PARTLY)
			fact(out, "a part of it had arrived before");
		if (p->joins)
			fact(out, "joins #%" PRIu64, p->joins);
		else if (j->ended && j->end_how == EV_END_COALESCED)
			fact(out, "joins the skb before it");
	}
	if (ready_bytes(p) && !p->wakes)
		fact(out, "%" PRIu64 " B to read", ready_bytes(p));
	if (j->tcp_flags & TCP_RST)
		fact(out, "ends the connection");
	note_fin(out, v, p);
	if (j->state == JOURNEY_OPEN && j->len)
		fact(out, "not read");
}

static void note_pass(char out[TALK_WORDS_ROOM], const struct talk_view *v, const struct talk_event *e,
		      int detail)
{
	const struct talk_pass *p = e->pass;
	bool first = e->what == TALK_LEAVES || !p->send;

	if (first) {
		note_carries(out, p);
		note_acks(out, v, p);
		if (detail != DETAIL_BRIEF)
			note_cause(out, p, detail);
	}
	/* What GSO cuts off leaves unsaid (talk_diagram.c). */
	if (!first && p->head->segment_of && detail != DETAIL_FULL)
		fact(out, "segment of #%" PRIu64, p->head->segment_of);
	if (first && detail == DETAIL_FULL && p->head->proto == IPPROTO_TCP) {
		fact(out, "seq %u", p->seq);
		if (p->head->tcp_flags & TCP_ACK)
			fact(out, "ack %u", p->ack);
		if (p->head->window)
			fact(out, "window %u", p->head->window);
	}
	note_midway(out, e->half);
	if (e->what == TALK_ARRIVES) {
		if (p->there)
			fact(out, "as #%" PRIu64, p->there);
		note_way(out, e);
		note_fate(out, v, p);
	} else if (detail == DETAIL_BRIEF) {
		note_way(out, e);
		if (p->acked_by)
			fact(out, "acked by #%" PRIu64, p->acked_by);
	}
}

char *talk_note(char out[TALK_WORDS_ROOM], const struct talk_view *v, const struct talk_event *e, int detail)
{
	char words[WORDS_ROOM];
	const char *advice;
	uint64_t ready;

	out[0] = '\0';
	switch (e->what) {
	case TALK_CALLS:
		note_calls(out, v, e->act);
		break;
	case TALK_RETURNS:
		note_returns(out, v, e->act);
		break;
	case TALK_LEAVES:
	case TALK_ARRIVES:
		note_pass(out, v, e, detail);
		break;
	case TALK_WAKES:
		ready = ready_bytes(e->pass);
		if (ready)
			fact(out, "%" PRIu64 " B to read", ready);
		if (e->pass->head->tcp_flags & TCP_FIN)
			fact(out, "the peer sends no more");
		break;
	case TALK_DIES:
		advice = advice_for(e->half);
		if (advice)
			fact(out, "%s", advice);
		break;
	case TALK_STEPS:
		if (*words_note(words, e->step))
			fact(out, "%s", words);
		if (e->pass)
			fact(out, "#%" PRIu64, e->pass->number);
		break;
	case TALK_LOST:
		fact(out, "steps may be missing on the way of #%" PRIu64, e->pass->number);
		break;
	case TALK_WHATS:
		break;
	}
	return out;
}
