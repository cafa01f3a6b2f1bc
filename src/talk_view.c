// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes one order of time of what both ends of a conversation did. */
#include "talk_view.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "icmp_words.h"
#include "proto.h"

/* Linux gives these to clients unless it is told otherwise (net.ipv4.ip_local_port_range). */
enum { EPHEMERAL = 32768 };

bool endpoint_is(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && !memcmp(a->addr, b->addr, EV_ADDR_LEN);
}

/* ---- the ends ---- */

/* The client asked: by a SYN, by connect(). Else its port is one of those; else it sent first. */
static struct endpoint who_asked(const struct talk *t)
{
	const struct journey *first = NULL;

	for (size_t i = 0; i < t->has.packet_n; i++) {
		const struct journey *j = &t->has.packets[i].j;

		if (j->tcp_flags & TCP_SYN)
			return j->tcp_flags & TCP_ACK ? j->dst : j->src;
		if (!first || j->start_ns < first->start_ns)
			first = j;
	}
	for (size_t i = 0; i < t->has.call_n; i++)
		if (op_connects(t->has.calls[i].op))
			return t->has.calls[i].local;
	if (first && icmp_is_echo(first->proto, first->window))
		return icmp_is_reply(first->proto, first->window) ? first->dst : first->src;
	if (!first)
		return t->has.calls[0].remote.port >= EPHEMERAL && t->has.calls[0].local.port < EPHEMERAL ?
			t->has.calls[0].remote : t->has.calls[0].local;
	return first->dst.port >= EPHEMERAL && first->src.port < EPHEMERAL ? first->dst : first->src;
}

static void end_owner(struct talk_end *e, uint32_t pid, const char *comm)
{
	e->here = true;
	if (e->pid || !pid)
		return;
	e->pid = pid;
	memcpy(e->comm, comm, sizeof(e->comm));
}

static void ends_find(struct talk_view *v)
{
	const struct talk *t = v->t;
	struct endpoint a, b;

	a.port = t->key.sport;
	b.port = t->key.dport;
	memcpy(a.addr, t->key.src, EV_ADDR_LEN);
	memcpy(b.addr, t->key.dst, EV_ADDR_LEN);
	v->ends[TALK_CLIENT].at = who_asked(t);
	v->ends[TALK_SERVER].at = endpoint_is(&v->ends[TALK_CLIENT].at, &a) ? b : a;
	for (size_t i = 0; i < t->has.call_n; i++) {
		const struct call *c = &t->has.calls[i];
		int end = !endpoint_is(&c->local, &v->ends[TALK_CLIENT].at);

		end_owner(&v->ends[end], c->pid, c->comm);
	}
	/* A packet of a socket is of an end that is here. */
	for (size_t i = 0; i < t->has.packet_n; i++) {
		const struct journey *j = &t->has.packets[i].j;
		bool client = talk_from(v, j) == TALK_CLIENT;
		int end = (j->dir == DIR_SEND) == client ? TALK_CLIENT : TALK_SERVER;

		if (j->sock)
			end_owner(&v->ends[end], j->owner_pid, j->owner_comm);
	}
}

/* Where it went in the same skb is this host, too, unless it left again. */
static bool stays_here(const struct talk_pass *p)
{
	const struct step_list *out = &p->send->steps, *in = &p->recv->steps;

	return !p->there && out->v[out->n - 1].t_ns <= in->v[in->n - 1].t_ns;
}

/* So is one that began here, or reached TCP; one that passes through does neither. */
static void ends_here(struct talk_view *v)
{
	for (size_t i = 0; i < v->pass_n; i++) {
		const struct talk_pass *p = &v->passes[i];

		if (p->send && !(p->recv && p->recv->start_ns < p->left_ns))
			v->ends[p->from].here = true;
		if (p->send && p->recv && stays_here(p))
			v->ends[!p->from].here = true;
		for (size_t k = 0; p->recv && k < p->recv->steps.n; k++)
			v->ends[!p->from].here |= lane_has_transport(stages[p->recv->steps.v[k].stage].lane);
	}
}

/* ---- the calls ---- */

static int by_start(const void *a, const void *b)
{
	const struct talk_act *x = a, *y = b;

	if (x->c->start_ns != y->c->start_ns)
		return x->c->start_ns < y->c->start_ns ? -1 : 1;
	return x->c->id < y->c->id ? -1 : x->c->id > y->c->id;
}

/* Did the call take bytes of it, or its FIN? */
static bool act_takes(const struct talk_act *a, const struct talk_pass *p)
{
	if (p->call[1] == a->c->id)
		return true;
	if (call_peeks(a->c) && a->c->ret > 0)
		return p->from != a->end && p->recv &&
		       seq_overlap(p->recv->seq, p->recv->len, a->c->seq_from, a->c->ret);
	return p->from != a->end && p->head->tcp_flags & TCP_FIN && p->ready_ns && a->c->end_seen &&
	       !a->c->ret && a->c->count && p->ready_ns < a->c->end_ns;
}

/* All before that had been told of by then. */
static size_t first_told_after(const struct talk_view *v, uint64_t t_ns)
{
	size_t from = 0, to = v->pass_n;

	while (from < to) {
		size_t half = from + (to - from) / 2;

		if (v->passes[half].told_upto > t_ns)
			to = half;
		else
			from = half + 1;
	}
	return from;
}

/* The first packet that it took and that had not arrived when it began. */
static void act_waits(const struct talk_view *v, struct talk_act *a)
{
	for (size_t i = first_told_after(v, a->c->start_ns); i < v->pass_n; i++) {
		const struct talk_pass *p = &v->passes[i];
		uint64_t told = talk_told(p);

		/* They are in the order in which they set out. */
		if (a->c->end_seen && talk_pass_ns(p) > a->c->end_ns)
			break;
		if (!p->recv || told <= a->c->start_ns || !act_takes(a, p))
			continue;
		/* It can be read only when what is missing before it has come; with another, when that has. */
		if ((p->fate == FATE_EARLY && !p->ready_ns) || p->merged)
			continue;
		if (a->waited_for && told >= a->told_ns)
			continue;
		a->waited_for = p->number;
		a->told_ns = told;
		a->waited_ns = told - a->c->start_ns;
	}
	for (size_t i = a->c->steps.n; a->waited_for && i-- > 0;)
		if (a->c->steps.v[i].t_ns > a->told_ns)
			a->ran_ns = a->c->steps.v[i].t_ns;
}

static int acts_make(struct talk_view *v)
{
	const struct talk *t = v->t;
	const struct talk_act *read[TALK_ENDS] = { NULL };
	uint64_t told = 0;

	v->acts = calloc(t->has.call_n + 1, sizeof(*v->acts));
	if (!v->acts)
		return -ENOMEM;
	for (size_t i = 0; i < t->has.call_n; i++) {
		struct talk_act *a = &v->acts[v->act_n++];

		a->c = &t->has.calls[i];
		a->end = !endpoint_is(&a->c->local, &v->ends[TALK_CLIENT].at);
		if (op_dirs[a->c->op] == DIR_RECV)
			act_waits(v, a);
		v->ends[a->end].waited_ns += a->waited_ns;
	}
	qsort(v->acts, v->act_n, sizeof(*v->acts), by_start);
	for (size_t i = 0; i < v->act_n; i++) {
		struct talk_act *a = &v->acts[i];
		const struct talk_act *r = read[a->end];

		if (op_dirs[a->c->op] == DIR_RECV && (!a->c->end_seen || a->told_ns > told))
			told = a->c->end_seen ? a->told_ns : UINT64_MAX;
		a->told_upto = told;

		if (r && a->c->begin_seen && op_dirs[a->c->op] == DIR_SEND && a->c->ret > 0 &&
		    a->c->tid == r->c->tid)
			v->ends[a->end].thought_ns += a->c->start_ns - r->c->end_ns;
		read[a->end] = op_dirs[a->c->op] == DIR_RECV && a->c->end_seen && a->c->ret > 0 ? a : NULL;
	}
	return 0;
}

/* ---- the events ---- */

static struct talk_event *event_add(struct talk_view *v, enum talk_what what, uint64_t t_ns, int end)
{
	struct talk_event *e = &v->events[v->event_n];

	*e = (struct talk_event){ .what = what, .t_ns = t_ns, .end = end, .place = v->event_n };
	v->event_n++;
	return e;
}

static void act_events(struct talk_view *v, const struct talk_act *a, bool steps)
{
	if (a->c->begin_seen)
		event_add(v, TALK_CALLS, a->c->start_ns, a->end)->act = a;
	for (size_t i = 0; steps && i < a->c->steps.n; i++) {
		struct talk_event *e = event_add(v, TALK_STEPS, a->c->steps.v[i].t_ns, a->end);

		e->act = a;
		e->step = &a->c->steps.v[i];
	}
	if (a->c->end_seen)
		event_add(v, TALK_RETURNS, a->c->end_ns, a->end)->act = a;
}

/* What may be missing of one half: before each of its steps, and behind the last. */
static void lost_events(struct talk_view *v, const struct talk_pass *p, const struct journey *half, int end)
{
	const struct step_list *l = &half->steps;

	for (size_t i = 0; half->lost && i <= l->n; i++) {
		const struct step *s = &l->v[i < l->n ? i : l->n - 1];
		unsigned int lost = i < l->n ? s->lost_before : half->lost_after;
		struct talk_event *e;

		if (!lost)
			continue;
		e = event_add(v, TALK_LOST, s->t_ns, end);
		e->pass = p;
		e->half = half;
		e->lost = lost;
		e->cpu = i < l->n ? s->cpu : half->lost_cpu;
	}
}

static void step_events(struct talk_view *v, const struct talk_pass *p, const struct journey *half, int end)
{
	for (size_t i = 0; i < half->steps.n; i++) {
		struct talk_event *e = event_add(v, TALK_STEPS, half->steps.v[i].t_ns, end);

		e->pass = p;
		e->half = half;
		e->step = &half->steps.v[i];
	}
}

/*
 * Freed as a drop, though it did what it was for: a reset that is obeyed, a FIN
 * that was answered and stayed in the receive queue, an ACK that TCP has read
 * (tcp_rcv_state_process() discards it without a reason).
 */
static bool half_did(const struct talk_pass *p, const struct journey *j)
{
	if (j->dir != DIR_RECV)
		return false;
	if (j->tcp_flags & TCP_FIN)
		return !j->len && p->acked_by;
	return j->tcp_flags & TCP_RST ||
	       (p->seq == p->end && !strcmp(j->end_where, "tcp_rcv_state_process") &&
		(!j->end_reason_name[0] || !strcmp(j->end_reason_name, "NOT_SPECIFIED")));
}

static bool half_dies(const struct talk_pass *p, const struct journey *j)
{
	return j->state == JOURNEY_DROPPED && !half_did(p, j);
}

/* Does it end the wait of a call? One that has not returned waits for whatever comes first. */
static const struct call *pass_wakes(const struct talk_view *v, const struct talk_pass *p)
{
	size_t from = 0, to = p->ready_ns ? v->act_n : 0;

	/* None before was told so late. */
	while (from < to) {
		size_t half = from + (to - from) / 2;

		if (v->acts[half].told_upto >= p->ready_ns)
			to = half;
		else
			from = half + 1;
	}
	for (; from < v->act_n && p->ready_ns && v->acts[from].c->start_ns < p->ready_ns; from++) {
		const struct talk_act *a = &v->acts[from];

		if (a->end != p->from && op_dirs[a->c->op] == DIR_RECV &&
		    (a->c->end_seen ? a->waited_for && a->told_ns == p->ready_ns : true))
			return a->c;
	}
	return NULL;
}

static void half_events(struct talk_view *v, struct talk_pass *p, const struct journey *half,
			enum talk_what what, bool steps)
{
	int end = what == TALK_LEAVES ? p->from : !p->from;
	bool dies = half_dies(p, half);
	struct talk_event *e;

	lost_events(v, p, half, end);
	/* What died before it reached TCP has not arrived. */
	if (what == TALK_LEAVES || !dies || lane_has_transport(stages[half->steps.v[half->steps.n - 1].stage].lane)) {
		e = event_add(v, what, what == TALK_LEAVES ? p->left_ns : p->arrived_ns, end);
		e->pass = p;
		e->half = half;
	}
	if (what == TALK_ARRIVES && !p->wakes)
		p->wakes = pass_wakes(v, p);
	if (what == TALK_ARRIVES && p->wakes)
		event_add(v, TALK_WAKES, p->ready_ns, end)->pass = p;
	if (steps)
		step_events(v, p, half, end);
	if (dies) {
		e = event_add(v, TALK_DIES, half->end_ns, end);
		e->pass = p;
		e->half = half;
	}
}

static int event_earlier(const void *a, const void *b)
{
	const struct talk_event *x = a, *y = b;

	if (x->t_ns != y->t_ns)
		return x->t_ns < y->t_ns ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static int events_make(struct talk_view *v, bool steps)
{
	size_t room = 2 * v->act_n;

	for (size_t i = 0; i < v->act_n; i++)
		room += v->acts[i].c->steps.n;
	/* Of each half: it goes, it dies, and a loss before each step and behind the last. */
	for (size_t i = 0; i < v->t->has.packet_n; i++)
		room += 4 + 2 * v->t->has.packets[i].j.steps.n;
	v->events = calloc(room + 1, sizeof(*v->events));
	if (!v->events)
		return -ENOMEM;
	for (size_t i = 0; i < v->act_n; i++)
		act_events(v, &v->acts[i], steps);
	for (size_t i = 0; i < v->pass_n; i++) {
		struct talk_pass *p = &v->passes[i];

		if (p->send)
			half_events(v, p, p->send, TALK_LEAVES, steps);
		if (p->recv)
			half_events(v, p, p->recv, TALK_ARRIVES, steps);
	}
	qsort(v->events, v->event_n, sizeof(*v->events), event_earlier);
	return 0;
}

/* ---- the phases ---- */

static bool carries(const struct talk_event *e)
{
	return (e->what == TALK_LEAVES || (e->what == TALK_ARRIVES && !e->pass->send)) &&
	       e->pass->head->len && !(e->pass->head->tcp_flags & TCP_SYN);
}

static bool tears_down(const struct talk_event *e)
{
	if (e->what == TALK_CALLS)
		return e->act->c->op == OP_CLOSE || e->act->c->op == OP_SHUTDOWN;
	return (e->what == TALK_LEAVES || e->what == TALK_ARRIVES) &&
	       e->pass->head->tcp_flags & (TCP_FIN | TCP_RST);
}

static void phases_find(struct talk_view *v)
{
	enum talk_phase phase = PHASE_DATA;
	uint64_t last_ns = 0;

	for (size_t i = 0; i < v->pass_n; i++)
		if (v->passes[i].head->tcp_flags & TCP_SYN)
			phase = PHASE_HANDSHAKE;
	for (size_t i = 0; i < v->event_n; i++)
		if (carries(&v->events[i]))
			last_ns = v->events[i].t_ns;
	for (size_t i = 0; i < v->event_n; i++) {
		struct talk_event *e = &v->events[i];

		if (phase == PHASE_HANDSHAKE &&
		    (carries(e) || (e->what == TALK_CALLS && !op_connects(e->act->c->op) &&
				    op_dirs[e->act->c->op] != DIR_BOTH)))
			phase = PHASE_DATA;
		if (e->t_ns >= last_ns && tears_down(e))
			phase = PHASE_TEARDOWN;
		e->phase = phase;
	}
}

static void ending_of_half(struct talk_view *v, const struct journey *half)
{
	if (!half)
		return;
	v->complete &= !half->lost && !half->from_stack && half->state <= JOURNEY_DROPPED;
	v->missed |= !!half->missed;
}

static void ending_find(struct talk_view *v)
{
	bool fin[TALK_ENDS] = { false };

	v->complete = true;
	for (size_t i = 0; i < v->pass_n; i++) {
		const struct talk_pass *p = &v->passes[i];
		const struct journey *halves[] = { p->send, p->recv };

		fin[p->from] |= p->head->tcp_flags & TCP_FIN && p->acked_by;
		v->reset |= !!(p->head->tcp_flags & TCP_RST);
		for (int h = 0; h < 2; h++)
			ending_of_half(v, halves[h]);
	}
	v->closed = fin[TALK_CLIENT] && fin[TALK_SERVER];
}

int talk_view_make(struct talk_view *v, const struct talk *t, bool steps)
{
	int err;

	*v = (struct talk_view){ .t = t };
	ends_find(v);
	talk_base(v);
	err = talk_passes_make(v);
	if (err)
		return err;
	ends_here(v);
	talk_number(v);
	if (t->key.proto == IPPROTO_TCP)
		err = talk_answers(v);
	if (!err)
		err = acts_make(v);
	if (!err)
		talk_causes(v);
	if (!err)
		err = events_make(v, steps);
	if (err)
		return err;
	talk_tcp(v);
	phases_find(v);
	ending_find(v);
	return 0;
}

void talk_view_free(struct talk_view *v)
{
	free(v->passes);
	free(v->acts);
	free(v->events);
	*v = (struct talk_view){ 0 };
}
