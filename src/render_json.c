// SPDX-License-Identifier: GPL-2.0-or-later
/* Spells journeys and calls as JSON Lines, for programs; docs/FORMAT.md. */
#include "addr.h"
#include "advice.h"
#include "icmp_words.h"
#include "inferred.h"
#include "render_json.h"
#include "render_list.h"
#include "way_words.h"
#include "word.h"

static const char *const state_names[JOURNEY_STATES] = {
	[JOURNEY_COMPLETE] = "complete", [JOURNEY_DROPPED] = "dropped",
	[JOURNEY_MIDWAY] = "midway", [JOURNEY_LOST] = "lost",
	[JOURNEY_OPEN] = "open", [JOURNEY_NO_END] = "no_end",
};

/* The word of a number, or the number as a string. */
static void put_word(struct json *j, const char *key, const struct words *w, unsigned int value)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", value);
	json_string(j, key, value < w->n && w->names[value] ? w->names[value] : number);
}

void json_endpoint(struct json *j, const struct endpoint *e)
{
	char text[ADDR_TEXT_LEN];

	json_string(j, "addr", addr_text(text, e->addr));
	json_u64(j, "port", e->port);
}

void json_ref(struct json *j, const char *key, uint64_t number)
{
	if (number)
		json_u64(j, key, number);
	else
		json_null(j, key);
}

static void put_endpoint(struct json *j, const char *key, const struct endpoint *e)
{
	json_open(j, key, '{');
	json_endpoint(j, e);
	json_close(j, '}');
}

static void put_flags(struct json *j, const struct words *w, unsigned int flags)
{
	json_open(j, "flags", '[');
	for (size_t bit = 0; bit < w->n; bit++)
		if (flags >> bit & 1)
			json_string(j, NULL, w->names[bit]);
	json_close(j, ']');
}

/* roams: the packet goes through several network namespaces. last: the step before; NULL: none. */
static void put_step(struct json *j, const struct render_opts *o, bool roams, const struct step *last, const struct step *s)
{
	const char *names[INFERRED_MOST];
	size_t n = inferred_between(names, last, s);
	char note[WORDS_ROOM];
	bool known = s->stage != ST_NONE && s->stage < ST_N;

	json_open(j, NULL, '{');
	if (s->from_stack) {
		json_null(j, "t_ns");
		json_bool(j, "from_stack", true);
	} else {
		json_u64(j, "t_ns", s->t_ns);
	}
	json_u64(j, "cpu", s->cpu);
	json_string(j, "stage", known ? step_name(s) : NULL);
	json_string(j, "layer", known ? lanes[stages[s->stage].lane].brief : NULL);
	json_ctx(j, s);
	json_name(j, "dev", s->dev);
	if (roams)
		json_u64(j, "netns", s->netns);
	if (known && !s->from_stack && *words_way(note, s))
		json_string(j, "note", note);
	json_u64(j, "len", s->len);
	json_u64(j, "arg", s->arg);
	json_u64(j, "lost_before", s->lost_before);
	if (o->tcp && s->tcp)
		json_tcp(j, s->tcp);
	if (n) {
		json_open(j, "inferred_before", '[');
		for (size_t i = 0; i < n; i++)
			json_string(j, NULL, names[i]);
		json_close(j, ']');
	}
	json_close(j, '}');
}

/*
 * The packet's steps and its part of the call's in one order of time. Of one
 * moment, a call that sends comes before the packet, one that reads after it.
 */
static void put_steps(struct json *j, const struct render_opts *o, const struct journey *p)
{
	const struct step_list none = { 0 }, *own = &p->steps;
	const struct step_list *call = p->call ? &p->call->steps : &none;
	const struct step *last = NULL, *s;
	bool roams = journey_roams(p);
	size_t a = 0, b = p->call_first, end = p->call_n < call->n ? p->call_n : call->n;

	json_open(j, "steps", '[');
	while (a < own->n || b < end) {
		bool from_call = a == own->n ||
			(b < end && (p->dir == DIR_SEND ? call->v[b].t_ns <= own->v[a].t_ns
				     : call->v[b].t_ns < own->v[a].t_ns));

		s = from_call ? &call->v[b++] : &own->v[a++];
		/* That it is dropped is its end. */
		if (s->from_stack && s->stage == ST_kfree_skb)
			continue;
		put_step(j, o, roams, last, s);
		last = s;
	}
	json_close(j, ']');
}

static void put_link(struct json *j, const char *kind, uint64_t to)
{
	if (!to)
		return;
	json_open(j, NULL, '{');
	json_string(j, "kind", kind);
	json_u64(j, "to", to);
	json_close(j, '}');
}

static void put_end(struct json *j, const struct journey *p)
{
	if (!p->ended) {
		json_null(j, "end");
		return;
	}
	json_open(j, "end", '{');
	put_word(j, "how", words_of(EV_END, "how"), p->end_how);
	if (p->end_how == EV_END_DEFERRED)
		json_u64(j, "memory_cpu", p->end_reason);
	json_name(j, "reason", p->end_reason_name);
	json_name(j, "where", p->end_where);
	json_string(j, "advice", advice_for(p));
	json_u64(j, "t_ns", p->end_ns);
	json_u64(j, "cpu", p->end_step.cpu);
	json_ctx(j, &p->end_step);
	json_close(j, '}');
}

static void put_icmp(struct json *j, const struct journey *p)
{
	char name[WORDS_ROOM];

	if (!icmp_is(p->proto))
		return;
	json_open(j, "icmp", '{');
	json_u64(j, "type", p->window >> 8);
	json_u64(j, "code", p->window & 0xff);
	json_string(j, "name", words_icmp(name, p->proto, p->window));
	if (icmp_is_echo(p->proto, p->window)) {
		json_u64(j, "id", p->ack);
		json_u64(j, "seq", p->seq);
	}
	json_close(j, '}');
}

static int put_journey(FILE *out, const struct render_opts *o, const struct journey *p)
{
	struct json line = { .out = out }, *j = &line;

	json_open(j, NULL, '{');
	json_string(j, "type", "packet");
	json_u64(j, "id", p->number);
	json_ref(j, "parent", p->parent);
	json_string(j, "dir", p->dir == DIR_SEND ? "send" : "recv");
	put_word(j, "proto", words_of(EV_SKB, "proto"), p->proto);
	json_u64(j, "family", p->family);
	put_endpoint(j, "src", &p->src);
	put_endpoint(j, "dst", &p->dst);
	if (p->nat) {
		put_endpoint(j, "nat_src", &p->nat_src);
		put_endpoint(j, "nat_dst", &p->nat_dst);
	}
	json_u64(j, "seq", p->seq);
	if (p->isn_known)
		json_u64(j, "seq_rel", p->seq_rel);
	else
		json_null(j, "seq_rel");
	json_u64(j, "ack", p->ack);
	json_u64(j, "len", p->len);
	json_u64(j, "skb_len", p->skb_len);
	put_flags(j, words_of(EV_SKB, "tcp_flags"), p->tcp_flags);
	json_u64(j, "gso_size", p->gso_size);
	json_u64(j, "gso_segs", p->gso_segs);
	json_u64(j, "window", p->window);
	if (p->fragment)
		json_u64(j, "fragment_offset", (p->fragment - 1) * 8);
	put_icmp(j, p);
	json_string(j, "sack", p->dsack ? "duplicate" : p->sack ? "later" : NULL);
	json_name(j, "dev", p->dev);
	json_u64(j, "netns", p->netns);
	json_bool(j, "complete", !p->from_stack && !p->lost && !p->missed && (p->state == JOURNEY_COMPLETE ||
					      p->state == JOURNEY_DROPPED));
	json_string(j, "state", p->state < JOURNEY_STATES ? state_names[p->state] : NULL);
	json_u64(j, "lost", p->lost);
	if (p->missed)
		json_u64(j, "missed", p->missed);
	json_bool(j, "retransmit", p->retransmit);
	json_bool(j, "reordered", p->reordered);
	json_ref(j, "call", p->call ? p->call->id : 0);
	if (p->from_stack)
		json_string(j, "dropped_in", p->stack_op ? op_names[p->stack_op] : NULL);
	put_steps(j, o, p);
	json_open(j, "links", '[');
	put_link(j, p->copy ? "copy" : p->beside ? "beside" : p->fragment ? "fragment" : p->assembled ? "assembled" : "clone",
		 p->parent);
	put_link(j, p->again.of_part ? "retransmit_part" : "retransmit", p->again.of);
	if (p->again.n > 1)
		put_link(j, p->again.to_part ? "retransmit_part" : "retransmit", p->again.to);
	put_link(j, "segment", p->segment_of);
	put_link(j, "into", p->into);
	json_close(j, ']');
	put_end(j, p);
	json_close(j, '}');
	return json_end_line(j);
}

/* What the call moved. Calls for several messages return how many; connect moves no bytes. */
static uint64_t call_bytes(const struct call *c)
{
	if (c->op == OP_SENDMMSG || c->op == OP_RECVMMSG)
		return c->seq_to - c->seq_from;
	return c->ret > 0 ? (uint64_t)c->ret : 0;
}

/* A request of io_uring may end elsewhere than in its task. */
static void put_ran(struct json *j, const struct call *c)
{
	const struct words *words = words_of(EV_CALLEND, "ran");

	json_string(j, "ran", c->ran && c->ran < words->n ? words->names[c->ran] : NULL);
	json_u64(j, "end_tid", c->end_tid);
	json_name(j, "end_comm", c->end_comm);
}

static int put_call(FILE *out, const struct render_opts *o, const struct call *c)
{
	struct json line = { .out = out }, *j = &line;

	(void)o;
	json_open(j, NULL, '{');
	json_string(j, "type", "call");
	json_u64(j, "id", c->id);
	json_string(j, "op", c->op > OP_NONE && c->op < OP_N ? op_names[c->op] : NULL);
	json_u64(j, "pid", c->pid);
	json_u64(j, "tid", c->tid);
	json_name(j, "comm", c->comm);
	json_s64(j, "fd", c->fd);
	json_u64(j, "sock", c->sock);
	json_u64(j, "start_ns", c->start_ns);
	if (c->end_seen) {
		json_u64(j, "end_ns", c->end_ns);
		json_s64(j, "ret", c->ret);
		json_u64(j, "bytes", call_bytes(c));
	} else {
		json_null(j, "end_ns");
		json_null(j, "ret");
		json_null(j, "bytes");
	}
	json_u64(j, "seq_from", c->seq_from);
	json_u64(j, "seq_to", c->seq_to);
	json_u64(j, "count", c->count);
	put_flags(j, words_of(EV_CALL, "flags"), c->flags);
	json_wakes(j, c);
	if (op_is_request(c->op))
		put_ran(j, c);
	json_close(j, '}');
	return json_end_line(j);
}

static int put_hop(FILE *out, const struct hop *h)
{
	struct json line = { .out = out }, *j = &line;

	json_open(j, NULL, '{');
	json_string(j, "type", "hop");
	json_string(j, "from", h->from);
	json_string(j, "to", h->to);
	json_string(j, "wait", h->wait);
	json_u64(j, "count", h->times.count);
	json_u64(j, "sum_ns", h->times.sum);
	json_u64(j, "p50_ns", histogram_percentile(&h->times, 50));
	json_u64(j, "p90_ns", histogram_percentile(&h->times, 90));
	json_u64(j, "p99_ns", histogram_percentile(&h->times, 99));
	json_u64(j, "max_ns", h->times.max);
	json_close(j, '}');
	return json_end_line(j);
}

static int put_hops(FILE *out, const struct render_opts *o, const struct hop *const *hops)
{
	int err = 0;

	(void)o;
	for (size_t i = 0; hops[i] && !err; i++)
		err = put_hop(out, hops[i]);
	return err;
}

static int put_talk(FILE *out, const struct render_opts *o, const struct talk_view *v)
{
	(void)o;
	return json_talk(out, o, v);
}

static int put_connection(FILE *out, const struct render_opts *o, const struct account_sum *ways, size_t n)
{
	(void)o;
	return json_connection(out, ways, n);
}

static int put_summary(FILE *out, const struct render_opts *o, const struct footer *f)
{
	struct json line = { .out = out }, *j = &line;

	(void)o;
	json_open(j, NULL, '{');
	json_string(j, "type", "summary");
	json_open(j, "lines", '[');
	for (size_t i = 0; i < f->n; i++)
		json_string(j, NULL, f->lines[i]);
	json_close(j, ']');
	json_bool(j, "alarm", f->alarm);
	json_close(j, '}');
	return json_end_line(j);
}

const struct renderer render_json = {
	.name = "json",
	.meaning = "JSON Lines for programs: one object per packet, call and flow, and a summary",
	.journey = put_journey,
	.call = put_call,
	.hops = put_hops,
	.talk = put_talk,
	.connection = put_connection,
	.end = put_summary,
};
