// SPDX-License-Identifier: GPL-2.0-or-later
/* Spells a conversation as one object of JSON Lines; docs/FORMAT.md. */
#include "render_json.h"
#include "talk_view.h"

enum { TCP_ACK = 16 };

static const char *const end_names[TALK_ENDS] = { "client", "server" };
static const char *const phase_names[PHASES] = { "handshake", "data", "teardown" };
static const char *const fate_names[] = {
	[FATE_IN_ORDER] = "in_order", [FATE_EARLY] = "early", [FATE_AGAIN] = "again",
	[FATE_PARTLY] = "partly",
};
static const char *const cause_names[] = {
	[CAUSE_CALL] = "call", [CAUSE_ARRIVAL] = "arrival", [CAUSE_LATER] = "later",
};
static const char *const hold_names[] = {
	[HOLD_CLOSED] = "closed_window", [HOLD_CWND] = "cwnd", [HOLD_NAGLE] = "nagle",
	[HOLD_PACING] = "pacing", [HOLD_TSQ] = "tsq",
};
static const char *const what_names[TALK_WHATS] = {
	[TALK_CALLS] = "call", [TALK_RETURNS] = "return", [TALK_LEAVES] = "send",
	[TALK_ARRIVES] = "recv", [TALK_WAKES] = "wake", [TALK_DIES] = "drop", [TALK_LOST] = "lost",
};

static void put_end(struct json *j, const char *key, const struct talk_end *e)
{
	json_open(j, key, '{');
	json_endpoint(j, &e->at);
	json_bool(j, "here", e->here);
	json_ref(j, "pid", e->pid);
	json_name(j, "comm", e->comm);
	json_u64(j, "bytes", e->bytes);
	json_u64(j, "waited_ns", e->waited_ns);
	json_u64(j, "thought_ns", e->thought_ns);
	json_close(j, '}');
}

static void put_cause(struct json *j, const struct talk_pass *p)
{
	if (p->cause == CAUSE_UNKNOWN) {
		json_null(j, "cause");
	} else {
		json_open(j, "cause", '{');
		json_string(j, "what", cause_names[p->cause]);
		if (p->cause == CAUSE_CALL)
			json_string(j, "op", op_names[p->cause_op]);
		if (p->cause == CAUSE_ARRIVAL)
			json_u64(j, "packet", p->cause_pass);
		if (p->cause == CAUSE_LATER)
			json_string(j, "func", *p->cause_func ? p->cause_func : NULL);
		json_close(j, '}');
	}
	if (p->acks_after_ns)
		json_u64(j, "acks_after_ns", p->acks_after_ns);
	else
		json_null(j, "acks_after_ns");
	if (p->queued_ns)
		json_u64(j, "queued_ns", p->queued_ns);
	else
		json_null(j, "queued_ns");
	json_string(j, "held_by", hold_names[p->hold]);
}

static void put_pass(struct json *j, const struct talk_pass *p)
{
	json_open(j, NULL, '{');
	json_u64(j, "id", p->number);
	json_ref(j, "arrived_as", p->recv ? p->there ? p->there : p->number : 0);
	json_string(j, "from", end_names[p->from]);
	json_u64(j, "seq", p->seq);
	json_u64(j, "end", p->end);
	if (p->head->tcp_flags & TCP_ACK)
		json_u64(j, "ack", p->ack);
	else
		json_null(j, "ack");
	json_u64(j, "len", p->head->len);
	json_bool(j, "sent", p->send);
	json_bool(j, "arrived", p->recv);
	json_ref(j, "part_of", p->part_of);
	json_ref(j, "merged", p->merged);
	json_ref(j, "joins", p->joins);
	json_string(j, "fate", fate_names[p->fate]);
	json_ref(j, "filled_by", p->filled_by);
	if (p->filled_by)
		json_u64(j, "early_ns", p->early_ns);
	else
		json_null(j, "early_ns");
	if (p->acks_n) {
		json_open(j, "acks", '[');
		json_u64(j, NULL, p->acks);
		json_u64(j, NULL, p->acks_to);
		json_close(j, ']');
	} else {
		json_null(j, "acks");
	}
	json_ref(j, "acked_by", p->acked_by);
	put_cause(j, p);
	if (p->send && p->recv) {
		json_u64(j, "way_ns", p->arrived_ns - p->left_ns);
		json_u64(j, "wait_ns", p->wait_ns);
	} else {
		json_null(j, "way_ns");
		json_null(j, "wait_ns");
	}
	json_close(j, '}');
}

static void put_event(struct json *j, const struct render_opts *o, const struct talk_event *e)
{
	json_open(j, NULL, '{');
	json_u64(j, "t_ns", e->t_ns);
	json_string(j, "what", what_names[e->what]);
	json_string(j, "at", end_names[e->end]);
	json_string(j, "phase", phase_names[e->phase]);
	json_ref(j, "packet", e->pass ? e->pass->number : 0);
	json_ref(j, "call", e->act ? e->act->c->id : 0);
	if (o->tcp && e->tcp)
		json_tcp(j, e->tcp);
	json_close(j, '}');
}

int json_talk(FILE *out, const struct render_opts *o, const struct talk_view *v)
{
	struct json line = { .out = out }, *j = &line;

	json_open(j, NULL, '{');
	json_string(j, "type", "flow");
	json_u64(j, "id", v->t->number);
	json_u64(j, "part", v->t->part);
	json_bool(j, "goes_on", v->t->goes_on);
	json_string(j, "state", v->reset ? "reset" : v->closed ? "closed" : "open");
	json_bool(j, "complete", v->complete && !v->missed);
	put_end(j, "client", &v->ends[TALK_CLIENT]);
	put_end(j, "server", &v->ends[TALK_SERVER]);
	json_open(j, "packets", '[');
	for (size_t i = 0; i < v->pass_n; i++)
		put_pass(j, &v->passes[i]);
	json_close(j, ']');
	json_open(j, "events", '[');
	for (size_t i = 0; i < v->event_n; i++)
		if (v->events[i].what != TALK_STEPS)
			put_event(j, o, &v->events[i]);
	json_close(j, ']');
	json_close(j, '}');
	return json_end_line(j);
}
