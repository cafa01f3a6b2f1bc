/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way in: from the driver to the socket, and which call read the bytes. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "proto.h"
#include "row.h"
#include "track_in.h"

void recv_wait(struct track *t, struct part *part)
{
	struct unread *in = part->j->proto == IPPROTO_TCP ? &part->flow->unread : &t->dgrams;

	if (part->waits || part->read)
		return;
	part->waits = in;
	part->unread_next = NULL;
	part->unread_prev = in->last;
	if (in->last)
		in->last->unread_next = part;
	else
		in->first = part;
	in->last = part;
}

void recv_wait_over(struct part *part)
{
	struct unread *in = part->waits;

	if (!in)
		return;
	part->waits = NULL;
	if (part->unread_prev)
		part->unread_prev->unread_next = part->unread_next;
	else
		in->first = part->unread_next;
	if (part->unread_next)
		part->unread_next->unread_prev = part->unread_prev;
	else
		in->last = part->unread_prev;
}

int recv_rekey(struct track *t, struct part *part)
{
	const struct rec_skb *h = &part->packet->head;
	struct flow_key key = head_key(h);
	bool waits = part->waits;

	if (!part->flow)
		return 0;
	recv_wait_over(part);
	flow_put(part->flow, t->now_ns);
	part->flow = flow_get(&t->flows, &key, t->now_ns);
	if (!part->flow)
		return -ENOMEM;
	if (waits)
		recv_wait(t, part);
	return 0;
}

void recv_forward(struct part *part)
{
	part->forwarded = part->j->passed_on = true;
	recv_wait_over(part);
}

/* A fragment waits for the others, of which the last to come names the first. */
static void recv_first(struct part *part)
{
	if (part->j->fragment != 1 || !part->flow)
		return;
	part->flow->piece = part->packet->id;
	part->flow->piece_number = part->j->number;
}

/* It is a fragment, or was put together: of what may be over by now. NULL: it is. */
static void recv_piece(struct part *part, const struct packet *of, uint64_t parent)
{
	const struct part *sent = part->packet->parts[SEND_PART];
	struct journey *j = part->j;

	if (sent && j->fragment) {
		j->parent = sent->j->parent;
		j->beside = sent->j->beside;
	} else if (of || part->flow->piece == parent) {
		j->parent = of ? of->number : part->flow->piece_number;
		j->beside = j->fragment && (!of || of->head.fragment);
	}
}

int recv_from(struct track *t, struct part *part, uint64_t parent)
{
	struct packet *of = map_get(&t->packets, parent);
	struct part *whole;

	if (part->j->fragment || part->j->assembled) {
		recv_piece(part, of, parent);
		return 0;
	}
	if (!of)
		return 0;
	part->j->parent = of->number;
	whole = of->parts[RECV_PART];
	if (whole && part_take_out(whole))
		return -ENOMEM;
	if ((of->head.gso_segs < 2 && !(whole && whole->j->merged)) || part->j->gso_segs > 1)
		return 0;
	/* Its bytes are read in the pieces. */
	part->j->segment_of = of->number;
	if (!whole)
		return 0;
	if (!whole->lists)
		recv_forward(whole);
	return merge_over(t, whole, NULL);
}

void recv_order(const struct track *t, struct part *part)
{
	const struct part *sent = part->packet->parts[SEND_PART];
	struct journey *j = part->j;
	struct flow *fl = part->flow;
	enum seq_place place;

	if (sent && !j->segment_of)
		j->segment_of = sent->j->segment_of;
	if (j->proto != IPPROTO_TCP || j->fragment)
		return;
	if (sent) {
		j->retransmit = sent->j->retransmit;
		j->again = sent->j->again;
	}
	if (fl->arrived.n && fl->hole_ns + HOLE_NS < t->now_ns)
		seq_seen_close(&fl->arrived);
	if (!fl->arrived.n)
		fl->hole_ns = t->now_ns;
	place = seq_seen_add(&fl->arrived, j->seq + !!(j->tcp_flags & TCP_SYN), j->len);
	j->reordered = !j->retransmit && (place == SEQ_EARLY || place == SEQ_LATE);
}

void recv_is_read(struct part *part, struct track_call *call)
{
	call_name(part, call);
	part->j->readers = 1;
	part->read = true;
	part->read_ns = call->c.end_ns;
	recv_wait_over(part);
}

/* The copy to the reader is a step of the call; a datagram says by it who read it. */
static int recv_copy(struct track *t, struct packet *p, const struct step *s)
{
	struct track_call *call = NULL;
	struct part *part = p->parts[RECV_PART];

	if (s->ctx == EV_CTX_TASK)
		call = call_of(t, s->tid, DIR_RECV, 0);
	if (!call && part && s->ctx == EV_CTX_TASK)
		call = call_of(t, s->tid, DIR_RECV, part->j->sock);
	if (!call)
		return 1;
	call->told |= part && part->j->proto != IPPROTO_TCP;
	if (part && !part->delivered && !part->read && part->j->headed && part->j->proto != IPPROTO_TCP && !call_peeks(&call->c)) {
		recv_is_read(part, call);
		if (merge_over(t, part, call))
			return -ENOMEM;
	}
	if (part)
		part->last_ns = t->now_ns;
	return call_step(call, s);
}

/*
 * Is it this packet that the CPU is working on? What it puts on a backlog meanwhile (an ACK on
 * loopback) is not, nor is one that had come too early and is taken with the one that was missing.
 */
static bool recv_works_on(const struct scene *scene, const struct packet *p, const struct step *s)
{
	switch (s->stage) {
	case ST_netif_rx:
	case ST_netif_rx_internal:
	case ST_enqueue_to_backlog:
		return false;
	case ST_tcp_try_coalesce:
	case ST_skb_try_coalesce:
	case ST_tcp_queue_rcv:
		return !scene->arrived || scene->arrived == p->id;
	default:
		return true;
	}
}

/* What the reader of a datagram still does with it. */
static bool recv_in_call(const struct part *part, const struct step *s)
{
	return part && part->call && s->ctx == EV_CTX_TASK && part->j->proto != IPPROTO_TCP &&
	       part->call->c.tid == s->tid && !part->call->over;
}

/* Is a fragment taken to the others there? With the last the whole goes on. */
static bool joins(uint16_t stage)
{
	return stage == ST_ip_defrag || stage == ST_ipv6_frag_rcv || stage == ST_nf_ct_frag6_gather;
}

int recv_step(struct track *t, struct packet *p, const struct step *s, uint32_t sock)
{
	struct part *part = p->parts[RECV_PART];
	struct scene *scene;

	if (s->stage == ST_skb_copy_datagram_iter || s->stage == ST_skb_consume_udp ||
	    s->stage == ST_skb_free_datagram) {
		int err = recv_copy(t, p, s);

		if (err <= 0)
			return err;
	}
	if (recv_in_call(part, s)) {
		part->last_ns = t->now_ns;
		return call_step(part->call, s);
	}
	if (!part) {
		part = track_part_open(t, p, RECV_PART);
		if (!part)
			return -ENOMEM;
	}
	if (p->parts[SEND_PART]) {
		/* It was going out: it has come back in on this host … */
		p->parts[SEND_PART]->j->past_driver = true;
		/* … where the socket that sent it is not the one that gets it. */
		if (sock == p->parts[SEND_PART]->j->sock)
			sock = 0;
	}
	p->now = part;
	p->leaves_again = false;
	part->j->netns = packet_netns(p);
	scene = track_scene(t, s->cpu, s->ctx);
	if (!scene)
		return -ENOMEM;
	/* Another packet: what the socket did before belongs to another story. */
	step_list_clear(&scene->prelude);
	if (recv_works_on(scene, p, s)) {
		scene->arrived = p->id;
		scene->arrived_ns = s->t_ns;
		scene->arrived_sock = sock;
	}
	if (part->delivered)
		return 0;
	if ((s->stage == ST_tcp_v4_rcv || s->stage == ST_tcp_v6_rcv) && s->arg & ROW_WINDOW) {
		part->j->window = s->arg;
		part->j->window_known = true;
		part->j->sack = s->arg & ROW_SACK;
		part->j->dsack = s->arg & ROW_DSACK;
	}
	if (sock && part->j->sock != sock) {
		part_sock(t, part, sock);
		if (part->flow && !flows_sock_get(&t->flows, sock) &&
		    flows_sock_learn(&t->flows, sock, &part->flow->key))
			return -ENOMEM;
	}
	part->last_ns = t->now_ns;
	/* What was cut up in its own skb arrives as the first fragment. */
	if (joins(s->stage) && !part->j->fragment) {
		part->j->fragment = 1;
		part->j->cut = true;
	}
	if (joins(s->stage))
		recv_first(part);
	if (merge_not(t, part))
		return -ENOMEM;
	if (stages[s->stage].say == SAY_INTO)
		return merge_step(t, part, s);
	part->here |= stages[s->stage].lane == LANE_SOCK || s->stage == ST_tcp_v4_rcv || s->stage == ST_tcp_v6_rcv ||
		      s->stage == ST_tcp_rcv_established;
	return step_list_add(&part->j->steps, s);
}

/* Does the socket sit at the end of that flow? */
static bool sock_ends(const struct track *t, uint32_t sock, const struct flow *fl)
{
	const struct sock_info *s = flows_sock_get(&t->flows, sock);
	struct flow_key in;

	if (!s || !fl)
		return false;
	in = flow_reverse(&s->out);
	if (flow_key_same(&in, &fl->key))
		return true;
	/* A datagram socket that is not connected takes what comes to its port. */
	return in.proto != IPPROTO_TCP && in.proto == fl->key.proto && !in.sport && in.dport == fl->key.dport;
}

/* The wake-up that a packet causes follows it on its CPU, and so does what makes room for it: it is the packet's. */
static struct part *recv_woke(struct track *t, const struct step *s, uint32_t sock)
{
	struct scene *scene = track_scene(t, s->cpu, s->ctx);
	struct packet *p;
	struct part *part;

	if (!scene || !scene->arrived || scene->arrived_ns + WAKE_NS < s->t_ns)
		return NULL;
	p = map_get(&t->packets, scene->arrived);
	part = p ? p->parts[RECV_PART] : NULL;
	if (!part || part->delivered)
		return NULL;
	if (scene->arrived_sock ? scene->arrived_sock != sock : !sock_ends(t, sock, part->flow))
		return NULL;
	return part;
}

int recv_sock_step(struct track *t, const struct step *s, uint32_t sock)
{
	struct track_call *call = NULL;
	struct part *part = NULL;

	if (s->stage == ST_tcp_data_ready || s->stage == ST_sock_def_readable ||
	    s->stage == ST_udp_fail_queue_rcv_skb || s->stage == ST_tcp_collapse)
		part = recv_woke(t, s, sock);
	if (part) {
		int err = part_take_out(part);

		if (!err)
			err = step_list_add(&part->j->steps, s);

		if (err)
			return err;
		part->last_ns = t->now_ns;
		if (!part->j->sock)
			part_sock(t, part, sock);
		return packet_arm(t, part->packet);
	}
	if (s->ctx == EV_CTX_TASK)
		call = call_of(t, s->tid, DIR_RECV, sock);
	return call ? call_step(call, s) : 0;
}

/* A call took [from, to): what does that mean for a packet of its flow? */
static void recv_taken(struct part *part, struct track_call *call)
{
	struct journey *j = part->j;
	uint32_t first = j->seq + !!(j->tcp_flags & TCP_SYN);
	uint32_t from = call->c.seq_from, to = call->c.seq_to;
	bool all = !seq_before(to, first + j->len);

	if (seq_overlap(first, j->len, from, to - from)) {
		if (!part->call)
			call_name(part, call);
		j->readers++;
	} else if (!seq_before(from, first + j->len)) {
		/* The counter had passed it before: another way of reading, or a lost record. */
		j->read_unseen = !j->readers;
	} else {
		return;
	}
	part->read = all;
	part->read_ns = call->c.end_ns;
	if (all)
		recv_wait_over(part);
}

/* Could it be that datagram which the call returned? */
static bool dgram_fits(const struct journey *j, const struct call *c)
{
	if (c->op == OP_RECVMMSG)
		return true;
	return j->len == c->ret || (c->ret < j->len && (!c->count || c->count == (uint64_t)c->ret));
}

/*
 * Where no function is seen nothing says which datagram a call took. The queue of a UDP socket is first
 * in, first out, so it was the oldest; if its length does not fit nothing is said.
 */
static int dgrams_read(struct track *t, struct track_call *call, const struct sock_info *s)
{
	int64_t left = call->c.op == OP_RECVMMSG ? call->c.ret : call->c.ret >= 0;
	struct part *next;
	int err = 0;

	if (call->told)
		return 0;
	for (struct part *part = t->dgrams.first; part && left > 0 && !err; part = next) {
		next = part->unread_next;
		if (part_take_out(part))
			return -ENOMEM;
		if (part->j->sock ? part->j->sock != s->id : !sock_ends(t, s->id, part->flow))
			continue;
		if (part->j->netns && s->netns && part->j->netns != s->netns)
			continue;
		if (part->opened_ns > call->c.end_ns || !dgram_fits(part->j, &call->c))
			break;
		recv_is_read(part, call);
		err = packet_arm(t, part->packet);
		left--;
	}
	return err;
}

int recv_read(struct track *t, struct track_call *call)
{
	const struct sock_info *s = flows_sock_get(&t->flows, call->c.sock);
	struct flow_key key;
	struct flow *fl;
	struct part *next;
	int err = 0;

	if (!s || call_peeks(&call->c))
		return 0;
	if (s->out.proto == IPPROTO_UDP)
		return dgrams_read(t, call, s);
	if (s->out.proto != IPPROTO_TCP)
		return 0;
	key = flow_reverse(&s->out);
	fl = flow_get(&t->flows, &key, t->now_ns);
	if (!fl)
		return -ENOMEM;
	/* Who reads TCP reads in order: nothing before that is missing. */
	if (call->c.seq_from != call->c.seq_to)
		seq_seen_pass(&fl->arrived, call->c.seq_to);
	for (struct part *part = fl->unread.first; part && !err; part = next) {
		next = part->unread_next;
		err = part_take_out(part);
		if (err)
			break;
		if (part->j->netns && s->netns && part->j->netns != s->netns)
			continue;
		recv_taken(part, call);
		err = packet_arm(t, part->packet);
	}
	flow_put(fl, t->now_ns);
	return err;
}

uint64_t recv_due(const struct part *part)
{
	const struct journey *j = part->j;
	bool released = j->ended && (j->end_how == EV_END_FREED || j->end_how == EV_END_CONSUMED ||
				     j->end_how == EV_END_DEFERRED || j->end_how == EV_END_LOST);

	if ((j->ended && j->end_how == EV_END_DROPPED) || part->forwarded)
		return 0;
	/* All that was seen is part of its way out, and it may arrive once more. */
	if (!j->steps.n)
		return part->last_ns + PATIENCE_NS;
	if ((!j->len && j->proto != IPPROTO_UDP) || !j->headed)
		return j->ended ? 0 : part->last_ns + QUIET_NS;
	if (part->read && (!part->call || part->call->over)) {
		uint64_t last = part->last_ns;

		if (j->ended && !j->read_unseen)
			return 0;
		if (part->call && part->call->c.end_ns > last)
			last = part->call->c.end_ns;
		return last + LINGER_NS;
	}
	/* Somebody has it in hand: a reader whose call has not returned yet. */
	if (released && !part->call && j->end_step.ctx != EV_CTX_TASK)
		return part->last_ns + QUIET_NS;
	return part->last_ns + PATIENCE_NS;
}
