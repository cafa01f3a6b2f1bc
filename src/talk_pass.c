// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pairs the way out of a packet with its way in. On loopback and veth both are
 * of one skb; over NICs they are two, which connection, bytes and time join.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "icmp_words.h"
#include "moment.h"
#include "proto.h"
#include "talk_view.h"

/* What two skbs of one packet have alike. */
#define SAME_FLAGS (TCP_FIN | TCP_SYN | TCP_RST)

uint64_t talk_pass_ns(const struct talk_pass *p)
{
	return p->send ? p->left_ns : p->arrived_ns;
}

uint64_t talk_told(const struct talk_pass *p)
{
	return p->ready_ns ? p->ready_ns : p->arrived_ns;
}

static uint64_t left_ns(const struct journey *j)
{
	for (size_t i = 0; i < j->steps.n; i++)
		if (!j->steps.v[i].sock_step)
			return j->steps.v[i].t_ns;
	return j->steps.v[0].t_ns;
}

/* When TCP got it; where TCP is out of sight, when it was last seen. */
static uint64_t arrived_ns(const struct journey *j)
{
	uint64_t last = j->steps.v[0].t_ns;

	for (size_t i = 0; i < j->steps.n; i++) {
		const struct stage *s = &stages[j->steps.v[i].stage];

		if (j->steps.v[i].sock_step)
			continue;
		last = j->steps.v[i].t_ns;
		/* The early look for a socket is a minor step, made by IP. */
		if (lane_has_transport(s->lane) && !s->minor)
			break;
	}
	return last;
}

static void pass_send(struct talk_pass *p, const struct talk_packet *k)
{
	p->send = &k->j;
	p->call[0] = k->call;
	p->left_ns = left_ns(&k->j);
}

static void pass_recv(struct talk_pass *p, const struct talk_packet *k)
{
	p->recv = &k->j;
	p->call[1] = k->call;
	p->arrived_ns = arrived_ns(&k->j);
	for (size_t i = 0; i < k->j.steps.n; i++) {
		const struct step *s = &k->j.steps.v[i];

		if (!s->sock_step || (s->stage != ST_tcp_data_ready && s->stage != ST_sock_def_readable))
			continue;
		p->ready_ns = s->t_ns;
		p->ready_bytes = s->arg;
	}
}

/* Another task or interrupt took it over: until then it waited. */
static void pass_waits(struct talk_pass *p)
{
	const struct step_list *out = &p->send->steps, *in = &p->recv->steps;
	const struct step *before = NULL;
	size_t a = 0, b = 0;

	while (a < out->n || b < in->n) {
		bool send = b == in->n || (a < out->n && out->v[a].t_ns <= in->v[b].t_ns);
		const struct step *s = send ? &out->v[a++] : &in->v[b++];

		if (s->sock_step || s->t_ns < p->left_ns || s->t_ns > p->arrived_ns)
			continue;
		if (before && !same_runner(before, s)) {
			uint64_t ns = s->t_ns - before->t_ns;

			p->wait_ns += ns;
			if (ns > p->wait_to - p->wait_from) {
				p->wait_from = before->t_ns;
				p->wait_to = s->t_ns;
			}
		}
		before = s;
	}
}

static int by_number(const void *a, const void *b)
{
	const struct talk_packet *x = *(const struct talk_packet *const *)a;
	const struct talk_packet *y = *(const struct talk_packet *const *)b;

	if (x->j.number != y->j.number)
		return x->j.number < y->j.number ? -1 : 1;
	return (int)x->j.dir - (int)y->j.dir;
}

static int by_time(const void *a, const void *b)
{
	const struct talk_pass *x = a, *y = b;

	if (talk_pass_ns(x) != talk_pass_ns(y))
		return talk_pass_ns(x) < talk_pass_ns(y) ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static bool journey_from(const struct journey *j, const struct endpoint *e)
{
	return j->src.port == e->port && !memcmp(j->src.addr, e->addr, EV_ADDR_LEN);
}

int talk_from(const struct talk_view *v, const struct journey *j)
{
	/* Who answers an echo may have the same address, and there are no ports. */
	if (icmp_is_echo(j->proto, j->window))
		return icmp_is_reply(j->proto, j->window) ? TALK_SERVER : TALK_CLIENT;
	return journey_from(j, &v->ends[TALK_CLIENT].at) ? TALK_CLIENT : TALK_SERVER;
}

static bool same_packet(const struct journey *a, const struct journey *b)
{
	return a->seq == b->seq && a->len == b->len && (!icmp_is(a->proto) || a->window == b->window) &&
	       (a->tcp_flags & SAME_FLAGS) == (b->tcp_flags & SAME_FLAGS) &&
	       (a->len || a->tcp_flags & SAME_FLAGS || a->ack == b->ack) &&
	       (!a->ip_id || !b->ip_id || a->ip_id == b->ip_id);
}

/* The step at which TCP got it; NULL: it was not seen to. */
static const struct step *at_tcp(const struct journey *j)
{
	for (size_t i = 0; i < j->steps.n; i++) {
		const struct step *s = &j->steps.v[i];

		if (!s->sock_step && stages[s->stage].lane == LANE_TCP && !stages[s->stage].minor)
			return s;
	}
	return NULL;
}

/*
 * GRO puts a packet into the one before it: TCP never gets the second, and of
 * the first more than it was. The length there may still count a header.
 */
static bool merges(const struct talk_pass *into, const struct talk_pass *p)
{
	const struct step *s = into->recv && into->from == p->from ? at_tcp(into->recv) : NULL;

	return s && into->arrived_ns >= p->arrived_ns && seq_before(into->recv->seq, p->recv->seq) &&
	       p->recv->seq + p->recv->len - into->recv->seq <= s->len;
}

/* What that packet has become a part of: it says so, or GRO has put it there before TCP; NULL: nothing, or not known. */
static const struct talk_pass *pass_into(const struct talk_view *v, const struct talk_pass *p)
{
	const struct talk_pass *found = NULL;

	if (!p->recv->into && at_tcp(p->recv))
		return NULL;
	for (size_t k = 0; k < v->pass_n; k++) {
		const struct talk_pass *q = &v->passes[k];

		if (p->recv->into ? q->recv && q->recv->number == p->recv->into : merges(q, p))
			found = q;
	}
	return found;
}

static void passes_merge(struct talk_view *v)
{
	for (size_t i = 0; i < v->pass_n; i++) {
		struct talk_pass *p = &v->passes[i];
		const struct talk_pass *into;

		p->taken_ns = p->arrived_ns;
		if (!p->recv || !p->recv->len || p->recv->state == JOURNEY_DROPPED)
			continue;
		into = pass_into(v, p);
		if (!into)
			continue;
		if (at_tcp(p->recv)) {
			p->joins = into->number;
		} else {
			p->merged = into->number;
			p->taken_ns = into->arrived_ns;
		}
	}
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* A connection has thousands of them: who looks for the one that something came of need not look at all. */
static void passes_upto(struct talk_view *v)
{
	uint64_t told = 0, taken = 0, seen = 0;

	for (size_t i = 0; i < v->pass_n; i++) {
		struct talk_pass *p = &v->passes[i];

		if (p->recv) {
			told = later(told, talk_told(p));
			taken = later(taken, p->taken_ns);
			seen = later(seen, p->recv->steps.v[p->recv->steps.n - 1].t_ns);
		}
		p->told_upto = told;
		p->taken_upto = taken;
		p->seen_upto = seen;
	}
}

/*
 * Finds for each that only arrived the last that left before it as the same packet, or with bytes of it.
 * Datagrams have no numbers: of those that are alike the first that has not arrived.
 */
static void passes_join(struct talk_view *v)
{
	bool numbered = v->t->key.proto == IPPROTO_TCP;
	size_t kept = 0;

	for (size_t i = 0; i < v->pass_n; i++) {
		struct talk_pass *in = &v->passes[i], *whole = NULL, *some = NULL;

		for (size_t k = i; !in->send && k-- > 0;) {
			struct talk_pass *out = &v->passes[k];

			if (!out->send || out->from != in->from ||
			    out->send->state == JOURNEY_DROPPED)
				continue;
			if ((!whole || !numbered) && !out->recv && same_packet(out->send, in->recv))
				whole = out;
			if (!numbered)
				continue;
			if (!some && seq_overlap(out->send->seq, out->send->len, in->recv->seq, in->recv->len))
				some = out;
			if (whole)
				break;
		}
		if (!whole) {
			in->part_of = some ? some->number : 0;
			continue;
		}
		whole->recv = in->recv;
		whole->call[1] = in->call[1];
		whole->arrived_ns = in->arrived_ns;
		whole->ready_ns = in->ready_ns;
		whole->ready_bytes = in->ready_bytes;
		whole->there = in->number;
		in->number = 0;
	}
	for (size_t i = 0; i < v->pass_n; i++)
		if (v->passes[i].number)
			v->passes[kept++] = v->passes[i];
	v->pass_n = kept;
}

int talk_passes_make(struct talk_view *v)
{
	const struct talk *t = v->t;
	const struct talk_packet **order = calloc(t->has.packet_n + 1, sizeof(const struct talk_packet *));

	v->passes = calloc(t->has.packet_n + 1, sizeof(*v->passes));
	if (!order || !v->passes) {
		free(order);
		return -ENOMEM;
	}
	for (size_t i = 0; i < t->has.packet_n; i++)
		order[i] = &t->has.packets[i];
	qsort(order, t->has.packet_n, sizeof(const struct talk_packet *), by_number);
	for (size_t i = 0; i < t->has.packet_n; i++) {
		const struct talk_packet *k = order[i];
		struct talk_pass *p = v->pass_n ? &v->passes[v->pass_n - 1] : NULL;

		if (!p || p->number != k->j.number || p->recv || k->j.dir == DIR_SEND) {
			p = &v->passes[v->pass_n++];
			p->number = k->j.number;
			p->from = talk_from(v, &k->j);
		}
		if (k->j.dir == DIR_SEND)
			pass_send(p, k);
		else
			pass_recv(p, k);
	}
	free(order);
	qsort(v->passes, v->pass_n, sizeof(*v->passes), by_time);
	passes_join(v);
	passes_merge(v);
	passes_upto(v);
	for (size_t i = 0; i < v->pass_n; i++) {
		struct talk_pass *p = &v->passes[i];

		p->head = p->send ? p->send : p->recv;
		if (p->send && p->recv)
			pass_waits(p);
	}
	return 0;
}
