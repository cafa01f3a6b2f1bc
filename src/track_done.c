/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A part is over: what it misses, what became of it, and off to the sink. */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "row.h"
#include "track_in.h"

enum { TCP_RST = 4, TCP_ACK = 16 };

/* Frees what hangs on an skb, too: the other fragments of a packet that was read. 5.10 frees all alike. */
#define LISTED "skb_release_data"

static void name_copy(char out[EV_NAME_LEN], const char *name)
{
	memset(out, 0, EV_NAME_LEN);
	if (name)
		strncpy(out, name, EV_NAME_LEN - 1);
}

/* Names that were said after the step. netns: where it was, if the step does not know. */
static void step_learn(const struct track *t, struct step *s, uint32_t netns)
{
	const char *comm = names_task(&t->names, s->tid, s->pid ? NULL : &s->pid);

	if (!s->netns)
		s->netns = netns;
	name_copy(s->dev, names_dev(&t->names, s->netns, s->ifindex));
	if (!s->comm[0])
		name_copy(s->comm, comm);
	if (stages[s->stage].say == SAY_FUNCTION)
		s->what = names_sym(&t->names, s->arg);
	if (stages[s->stage].say == SAY_QDISC || stages[s->stage].say == SAY_DIRECT)
		s->what = names_qdisc(&t->names, ROW_QDISC_ID(s->arg));
	if (stages[s->stage].say == SAY_CHAIN)
		s->what = names_chain(&t->names, s->arg, &s->table);
	s->host = names_host(&t->names, s->netns);
}

/* How long each hook took: its verdict comes before that of the next. */
static void part_hooks(struct journey *j)
{
	uint64_t began_ns = 0;

	for (size_t i = 0; i < j->steps.n; i++) {
		struct step *s = &j->steps.v[i];

		if (s->stage == ST_nf_hook_slow)
			began_ns = s->t_ns;
		if (s->stage != ST_nf_verdict)
			continue;
		s->spent_ns = began_ns ? s->t_ns - began_ns : 0;
		began_ns = 0;
	}
}

/* A queue lets a packet pass by it if it is empty: nothing took that out of it. */
static void part_direct(struct journey *j)
{
	bool taken = true;

	for (size_t i = 0; i < j->steps.n; i++) {
		struct step *s = &j->steps.v[i];

		if (s->stage == ST___dev_queue_xmit || s->stage == ST_net_dev_queue)
			taken = false;
		if (s->stage == ST_qdisc_enqueue || s->stage == ST_qdisc_dequeue)
			taken = true;
		s->direct = s->stage == ST_sch_direct_xmit && !taken;
	}
}

static void part_names(const struct track *t, struct part *part)
{
	struct journey *j = part->j;

	for (size_t i = 0; i < j->steps.n; i++) {
		step_learn(t, &j->steps.v[i], j->netns);
		if (j->steps.v[i].dev[0])
			memcpy(j->dev, j->steps.v[i].dev, sizeof(j->dev));
	}
	part_direct(j);
	part_hooks(j);
	if (!j->dev[0] && j->headed)
		name_copy(j->dev, names_dev(&t->names, j->netns, part->packet->head.ifindex));
	if (j->ended) {
		const char *reason = names_reason(&t->names, j->end_reason);
		const char *where = names_sym(&t->names, j->end_step.arg);

		step_learn(t, &j->end_step, j->netns);
		if (j->end_how == EV_END_DROPPED && (j->fragment || merge_held(part)) && where &&
		    !strncmp(where, LISTED, strlen(LISTED))) {
			j->end_how = EV_END_COALESCED;
			part->forwarded = j->passed_on = !!j->fragment;
		}
		if (reason && j->end_how == EV_END_DROPPED)
			strncpy(j->end_reason_name, reason, sizeof(j->end_reason_name) - 1);
		if (where && j->end_how == EV_END_DROPPED)
			strncpy(j->end_where, where, sizeof(j->end_where) - 1);
	}
	if (part->call && !part->call->c.comm[0])
		name_copy(part->call->c.comm, names_task(&t->names, part->call->c.tid, NULL));
}

static void part_lost(struct journey *j, uint32_t n, uint16_t cpu)
{
	if (!n)
		return;
	j->lost = j->lost > UINT32_MAX - n ? UINT32_MAX : j->lost + n;
	j->lost_cpu = cpu;
}

/* What may be missing between two moments, of which each has its CPU. */
static uint32_t lost_between(struct track *t, struct journey *j,
			     uint64_t from_ns, uint16_t from_cpu,
			     uint64_t to_ns, uint16_t to_cpu, uint64_t asker)
{
	uint32_t n = loss_between(&t->loss, to_cpu, from_ns, to_ns, asker);

	part_lost(j, n, to_cpu);
	if (from_cpu != to_cpu) {
		uint32_t m = loss_between(&t->loss, from_cpu, from_ns, to_ns, asker);

		part_lost(j, m, from_cpu);
		n = n > UINT32_MAX - m ? UINT32_MAX : n + m;
	}
	return n;
}

/*
 * A record that a CPU lost while the packet was there, between two of its
 * steps, may have been one of its own. Before its first step only if that was
 * not its beginning, or if no call is known to have sent it; after its last,
 * while more should have come.
 */
static void part_losses(struct track *t, struct part *part)
{
	struct journey *j = part->j;
	const struct call *c = j->call;
	uint64_t asker = ++t->serial;
	const struct step *last;
	uint32_t after = 0;

	for (size_t i = 0; i < j->steps.n; i++) {
		struct step *s = &j->steps.v[i];
		uint32_t n = 0;

		if (i)
			n = lost_between(t, j, s[-1].t_ns, s[-1].cpu, s->t_ns, s->cpu, asker);
		else if (c && j->dir == DIR_SEND)
			n = lost_between(t, j, c->start_ns, c->cpu_start, s->t_ns, s->cpu, asker);
		else if (!j->headed || j->how == EV_BORN_MIDWAY)
			part_lost(j, n = s->lost_before, s->cpu);
		else if (!c && j->dir == DIR_SEND)
			n = lost_between(t, j, s->t_ns > STORY_NS ? s->t_ns - STORY_NS : 0, s->cpu, s->t_ns + 1, s->cpu, asker);
		s->lost_before = n > UINT16_MAX ? UINT16_MAX : n;
	}
	if (!j->steps.n)
		return;
	last = &j->steps.v[j->steps.n - 1];
	if (j->dir == DIR_SEND) {
		if (c && c->end_seen && c->end_ns > last->t_ns)
			after = lost_between(t, j, last->t_ns, last->cpu, c->end_ns, c->cpu_end,
					     asker);
		else if (!j->ended && !j->past_driver)
			after = lost_between(t, j, last->t_ns, last->cpu, UINT64_MAX, last->cpu,
					     asker);
	} else {
		/* The wake-up comes at once; later losses there are of other packets. */
		uint64_t soon = j->ended && j->end_ns < last->t_ns + STORY_NS ? j->end_ns :
			last->t_ns + STORY_NS;

		after = lost_between(t, j, last->t_ns, last->cpu, soon, last->cpu, asker);
		if (c && c->end_seen)
			after += lost_between(t, j, c->start_ns > last->t_ns ? c->start_ns :
					      last->t_ns, c->cpu_start, c->end_ns, c->cpu_end,
					      asker);
	}
	j->lost_after = after;
}

/* Runs of programs that were missed while it was there, any of which may have been to tell of it. */
static void part_missed(struct track *t, struct part *part)
{
	struct journey *j = part->j;
	const struct step *last = &j->steps.v[j->steps.n - 1];
	uint64_t from_ns = j->steps.v[0].t_ns, to_ns = last->t_ns;
	const struct call *c = j->call;

	if (c && c->start_ns < from_ns)
		from_ns = c->start_ns;
	if (c && c->end_seen && c->end_ns > to_ns)
		to_ns = c->end_ns;
	j->missed = loss_between(&t->missed, 0, from_ns, to_ns, ++t->serial);
}

/* A FIN stays in the receive queue until the socket is closed: emptying that is no drop. */
static bool part_purged(const struct journey *j)
{
	return !j->len && (!strcmp(j->end_reason_name, "QUEUE_PURGE") ||
			   (j->stack_queued && !strcmp(j->end_where, "sk_stream_kill_queues")));
}

static enum journey_state part_state(const struct part *part)
{
	const struct journey *j = part->j;
	/* Bytes wait on where they were merged; of a datagram it must be known where that is. */
	bool merged = j->end_how == EV_END_COALESCED && (j->proto == IPPROTO_TCP || j->into);
	bool arrived = j->dir == DIR_RECV &&
		(!j->len || part->read || part->forwarded || (j->ended && !merged && j->end_how != EV_END_LEFT));

	if (j->ended && j->end_how == EV_END_DROPPED && !part_purged(j))
		return JOURNEY_DROPPED;
	if (j->lost)
		return JOURNEY_LOST;
	/* A piece of a packet begins where that was cut up. */
	if (!j->headed || (j->how == EV_BORN_MIDWAY && !j->segment_of))
		return JOURNEY_MIDWAY;
	/* Without payload nothing need come of it: that its address was used again is an end. */
	if (j->ended && j->end_how == EV_END_LOST && !j->past_driver && !part->read &&
	    (j->dir == DIR_SEND || j->len))
		return JOURNEY_NO_END;
	if (j->dir == DIR_SEND ? !j->ended && !j->past_driver : !arrived)
		return JOURNEY_OPEN;
	return JOURNEY_COMPLETE;
}

/* One call may read several datagrams: this has the steps since the one before it, up to its own last. */
static void dgram_call_steps(struct journey *j)
{
	const struct step *v = j->call->steps.v;
	size_t own = j->call_n;

	while (own > j->call_first && v[own - 1].skb != j->skb)
		own--;
	/* Where no step of it was seen nothing tells them apart. */
	if (own == j->call_first)
		return;
	j->call_n = own;
	for (size_t i = own; i > j->call_first; i--)
		if (v[i - 1].skb && v[i - 1].skb != j->skb)
			j->call_first = i;
}

/* Which steps of the call are drawn with the packet. */
static void part_call_steps(struct journey *j)
{
	const struct call *c = j->call;
	uint64_t arrived = j->steps.n ? j->steps.v[j->steps.n - 1].t_ns : 0;

	if (!c || j->dir == DIR_SEND)
		return;
	/* Those after it arrived, and its own copies even if the waker was slow to say so. */
	j->call_n = c->steps.n;
	for (j->call_first = 0; j->call_first < j->call_n; j->call_first++) {
		const struct step *s = &c->steps.v[j->call_first];

		if (s->t_ns >= arrived || s->skb == j->skb)
			break;
	}
	if (j->proto != IPPROTO_TCP)
		dgram_call_steps(j);
}

/* Numbers from the SYN of each direction, if it was seen. */
static void part_relative(struct track *t, struct part *part)
{
	struct journey *j = part->j;
	struct flow_key back;
	struct flow *fl;

	if (!part->flow || j->proto != IPPROTO_TCP)
		return;
	if (part->flow->isn_known) {
		j->isn_known = true;
		j->seq_rel = j->seq - part->flow->isn;
	}
	back = flow_reverse(&part->flow->key);
	fl = flow_get(&t->flows, &back, t->now_ns);
	if (fl && fl->isn_known) {
		j->ack_isn_known = true;
		j->ack_rel = j->ack - fl->isn;
	}
	flow_put(fl, t->now_ns);
}

/* Gives the part to the sink and lets go of what only it needed. */
static void part_deliver(struct track *t, struct part *part)
{
	struct journey *j = part->j;

	part->delivered = true;
	recv_wait_over(part);
	if (j->steps.n && (j->dir & t->dirs)) {
		part_names(t, part);
		if (j->end_how != EV_END_COALESCED && !merge_held(part))
			j->into = 0;
		part_relative(t, part);
		part_losses(t, part);
		part_missed(t, part);
		part_call_steps(j);
		j->state = part_state(part);
		j->start_ns = j->steps.v[0].t_ns;
		if (j->call && j->dir == DIR_SEND && j->call->start_ns < j->start_ns)
			j->start_ns = j->call->start_ns;
		t->stats.journeys++;
		t->stats.by_state[j->state]++;
		if (t->sink.journey)
			t->stop = t->sink.journey(t->sink.ctx, j);
	}
	call_unname(part);
	step_list_free(&j->steps);
}

static bool part_in_order(const struct track *t, const struct part *part)
{
	return part->j->dir & t->dirs;
}

void part_begins(struct track *t, struct part *part)
{
	part->opened_ns = t->now_ns;
	if (!part_in_order(t, part))
		return;
	part->open_prev = t->open_last;
	if (t->open_last)
		t->open_last->open_next = part;
	else
		t->open = part;
	t->open_last = part;
}

static void part_leaves(struct track *t, struct part *part)
{
	if (part->open_prev)
		part->open_prev->open_next = part->open_next;
	else
		t->open = part->open_next;
	if (part->open_next)
		part->open_next->open_prev = part->open_prev;
	else
		t->open_last = part->open_prev;
	t->held -= part->held;
}

void part_begins_with(struct track *t, struct part *part, struct part *other)
{
	part->opened_ns = other->opened_ns;
	if (!part_in_order(t, part) || !part_in_order(t, other))
		return;
	part_leaves(t, part);
	part->open_prev = other->open_prev;
	part->open_next = other;
	if (other->open_prev)
		other->open_prev->open_next = part;
	else
		t->open = part;
	other->open_prev = part;
}

int parts_flush(struct track *t)
{
	struct part *next;

	for (struct part *part = t->open; part && t->held && !t->stop; part = next) {
		next = part->open_next;
		if (part->held) {
			struct packet *p = part->packet;
			int err = part_take_out(part);

			if (err)
				return err;
			part_leaves(t, part);
			part_deliver(t, part);
			err = packet_given(t, p);
			if (err)
				return err;
		} else if (t->now_ns - part->opened_ns <= HOLD_NS) {
			break;
		}
	}
	return 0;
}

/* What came to TCP says which bytes are not sent again; after a RST none are. */
static void part_acknowledges(const struct track *t, const struct part *part)
{
	const struct journey *j = part->j;
	struct flow_key back;
	struct flow *fl;

	if (j->dir != DIR_RECV || j->proto != IPPROTO_TCP || !part->flow ||
	    (j->ended && j->end_how == EV_END_DROPPED && !part_purged(j)))
		return;
	back = flow_reverse(&part->flow->key);
	fl = flow_find(&t->flows, &back);
	if (j->tcp_flags & TCP_RST)
		sent_clear(&part->flow->sent);
	if (fl && j->tcp_flags & TCP_RST)
		sent_clear(&fl->sent);
	else if (fl && j->tcp_flags & TCP_ACK)
		sent_acked(&fl->sent, j->ack);
}

void part_over(struct track *t, struct part *part)
{
	part_acknowledges(t, part);
	if (!part_in_order(t, part)) {
		part_deliver(t, part);
		return;
	}
	part->held = true;
	t->held++;
}
