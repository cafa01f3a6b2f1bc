// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds what TCP kept of the socket of an end as something happened there. */
#include "moment.h"
#include "talk_view.h"

/* The first step of the packet itself at that time. */
static size_t step_at(const struct step_list *l, uint64_t t_ns)
{
	size_t i = 0;

	while (i + 1 < l->n && (l->v[i].sock_step || l->v[i].t_ns < t_ns))
		i++;
	return i;
}

/*
 * What was told last by whoever had the packet at that time, before another
 * took it over: of one that leaves as it goes down, of one that arrives once
 * its ACK was read.
 */
static const struct tcp *tcp_of_half(const struct journey *half, uint64_t t_ns)
{
	const struct step_list *l = &half->steps;
	const struct tcp *told = NULL;
	size_t at = step_at(l, t_ns);

	for (size_t i = 0; i < l->n; i++) {
		if (i > at && !same_runner(&l->v[at], &l->v[i]))
			break;
		if (l->v[i].tcp && same_runner(&l->v[at], &l->v[i]))
			told = l->v[i].tcp;
	}
	return told;
}

/* Nothing of the call's own is done there. */
static bool begins_call(unsigned int stage)
{
	return stage == ST_sock_sendmsg || stage == ST_inet_sendmsg || stage == ST_inet6_sendmsg ||
	       stage == ST_tcp_sendmsg || stage == ST_sock_recvmsg || stage == ST_inet_recvmsg ||
	       stage == ST_inet6_recvmsg || stage == ST_tcp_recvmsg;
}

static const struct tcp *tcp_of_call(const struct call *c)
{
	for (size_t i = 0; i < c->steps.n; i++)
		if (c->steps.v[i].tcp && begins_call(c->steps.v[i].stage))
			return c->steps.v[i].tcp;
	return NULL;
}

void talk_tcp(struct talk_view *v)
{
	for (size_t i = 0; i < v->event_n; i++) {
		struct talk_event *e = &v->events[i];

		if (e->what == TALK_CALLS)
			e->tcp = tcp_of_call(e->act->c);
		else if (e->what == TALK_LEAVES || e->what == TALK_ARRIVES)
			e->tcp = tcp_of_half(e->half, e->t_ns);
		else if (e->what == TALK_STEPS)
			e->tcp = e->step->tcp;
	}
}
