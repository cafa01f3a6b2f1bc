/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets that a run sees only as they are dropped: their way is what the call stack has of it. */
#include <errno.h>
#include <stdlib.h>

#include "stack.h"
#include "track_in.h"

int take_stack(struct track *t, const struct rec_stack *r)
{
	struct packet *p = map_get(&t->packets, r->skb);

	if (!p || p->ended)
		return 0;
	if (!p->stack)
		p->stack = calloc(1, sizeof(*p->stack));
	if (!p->stack)
		return -ENOMEM;
	stack_add(p->stack, r);
	return 0;
}

static int way_step(struct part *part, const struct step *end, enum stage_id stage)
{
	struct step s = *end;

	s.stage = stage;
	s.arg = 0;
	s.from_stack = 1;
	s.lost_before = 0;
	return step_list_add(&part->j->steps, &s);
}

/* Is there nothing but the poll of a driver? */
static bool is_in_poll(const struct stack_way *w)
{
	for (unsigned int i = 0; i < w->n; i++)
		if (w->stages[i] != ST_net_rx_action && w->stages[i] != ST___napi_poll)
			return false;
	return w->n;
}

int stack_way(struct track *t, struct packet *p, struct step *end, uint32_t reason)
{
	static const struct stack none;
	struct stack_way w;
	struct part *part;
	int err = 0;
	bool sent;

	stack_read(&w, p->stack ? p->stack : &none, &t->names,
		   names_reason(&t->names, reason));
	/* What a socket has sent, a driver has by now, and may free it in its poll. */
	sent = p->head.dir == EV_DIR_SEND && is_in_poll(&w);
	if (sent)
		w.dir = DIR_SEND;
	/* As where steps tell it: what is forwarded is on its way out, unless only arrivals are asked for. */
	if (w.forwarded)
		w.dir = t->dirs & DIR_SEND ? DIR_SEND : DIR_RECV;
	end->ctx = w.ctx;
	end->ifindex = p->head.ifindex;
	part = track_part_open(t, p, w.dir == DIR_SEND ? SEND_PART : RECV_PART);
	if (!part)
		return -ENOMEM;
	p->now = part;
	part->j->from_stack = true;
	part->j->stack_op = w.op;
	part->j->stack_queued = w.queued;
	part->j->past_driver = sent;
	part->j->forwarded = w.forwarded && w.dir == DIR_SEND;
	for (unsigned int i = w.n; i-- > 0 && !err;)
		err = way_step(part, end, w.stages[i]);
	/* Where the stack has nothing that the catalogue knows, its end is all there is. */
	return err || w.n ? err : way_step(part, end, ST_kfree_skb);
}
