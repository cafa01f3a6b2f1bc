/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way out: from the socket's steps, through the clone of the write queue, to the driver. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "proto.h"
#include "track_in.h"

enum { NETDEV_TX_BUSY = 16 };

static bool addr_any(const uint8_t addr[EV_ADDR_LEN])
{
	static const uint8_t mapped[EV_ADDR_LEN] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t zero[EV_ADDR_LEN];

	return !memcmp(addr, zero, EV_ADDR_LEN) || !memcmp(addr, mapped, EV_ADDR_LEN);
}

/* Could the packet be of that call's socket? By ids if both are known, else by addresses. */
static bool call_fits(const struct track *t, const struct track_call *call,
		      const struct part *part, uint32_t sock)
{
	const struct sock_info *s;

	if (sock && call->c.sock)
		return sock == call->c.sock;
	s = flows_sock_get(&t->flows, call->c.sock);
	if (!s || !part->flow)
		return true;
	/* A socket that is not connected, or not bound, sends to and from anywhere. */
	return s->out.proto == part->flow->key.proto &&
	       (!s->out.sport || s->out.sport == part->flow->key.sport) &&
	       (!s->out.dport || s->out.dport == part->flow->key.dport) &&
	       (addr_any(s->out.src) || !memcmp(s->out.src, part->flow->key.src, EV_ADDR_LEN)) &&
	       (addr_any(s->out.dst) || !memcmp(s->out.dst, part->flow->key.dst, EV_ADDR_LEN));
}

/*
 * A task that has the socket takes what came meanwhile as it lets go of it, and
 * answers a loss with bytes that were written before its call.
 */
static bool call_repeats(const struct track_call *call, const struct part *part)
{
	const struct journey *j = part->j;

	return j->proto == IPPROTO_TCP && j->len && j->retransmit && call->c.begin_seen &&
	       !seq_before(call->c.seq_from, j->seq + j->len);
}

/* Where a packet is first seen that was cut from another one below the queue. */
static bool below_queue(const struct step *s)
{
	return s->stage == ST_net_dev_start_xmit || s->stage == ST_dev_hard_start_xmit ||
	       stages[s->stage].lane == LANE_DRV;
}

/*
 * A datagram of UDP has no numbers. What is first seen below the queue is cut from the one that ended last: the kernel
 * frees the whole as soon as it has the pieces (validate_xmit_skb in net/core/dev.c), and others may wait
 * in the queue by then. Where no end is seen, from the first that was to be.
 */
void send_ends(struct part *part)
{
	const struct journey *j = part->j;

	if (!part->flow || j->dir != DIR_SEND || j->proto != IPPROTO_UDP || j->gso_segs < 2)
		return;
	part->flow->gso = j->number;
	part->flow->gso_len = j->len;
}

static void dgram_count(struct part *part, const struct step *s)
{
	struct journey *j = part->j;
	struct flow *fl = part->flow;

	if (below_queue(s) && fl->gso && j->len <= fl->gso_len) {
		j->segment_of = fl->gso;
		fl->gso_len -= j->len;
		return;
	}
	if (fl->gso && fl->gso_len && j->gso_segs > 1)
		return;
	fl->gso = j->gso_segs > 1 ? j->number : 0;
	fl->gso_len = j->len;
}

/* How many numbers of TCP it takes. */
static uint32_t tcp_numbers(const struct journey *j)
{
	return j->len + !!(j->tcp_flags & TCP_SYN) + !!(j->tcp_flags & TCP_FIN);
}

/* Its bytes were sent before, in n packets of which the first is s. */
static void send_again(struct journey *j, const struct sent *s, uint32_t n)
{
	const struct sent *last = s + n - 1;
	uint32_t end = j->seq + tcp_numbers(j);

	j->retransmit = true;
	j->again.of = s->number;
	j->again.to = last->number;
	j->again.n = n;
	j->again.of_part = seq_before(s->from, j->seq) || seq_before(end, s->to);
	j->again.to_part = seq_before(last->from, j->seq) || seq_before(end, last->to);
}

/*
 * The number of the GSO packet that what is first seen below the queue was cut from; 0: none. Others may have
 * been sent since that one: a queue, or a device without room, has kept it.
 */
static uint64_t cut_from(const struct flow *fl, const struct journey *j, uint32_t end)
{
	const struct sent *s;
	uint32_t n;

	if (fl->gso && j->seq - fl->gso_seq < fl->gso_len)
		return fl->gso;
	s = sent_find(&fl->sent, j->seq, end, &n);
	return s && n == 1 && s->gso && !seq_before(j->seq, s->from) ? s->number : 0;
}

/* Were these bytes sent before? TCP numbers them, so the highest that was sent tells. 0 or -ENOMEM. */
static int send_count(struct part *part, const struct step *s)
{
	struct journey *j = part->j;
	uint32_t n = tcp_numbers(j), end = j->seq + n, before;
	struct sent fresh = { .from = j->seq, .to = end, .number = j->number, .gso = j->gso_segs > 1 };
	struct flow *fl = part->flow;
	const struct sent *first;

	/* A fragment holds bytes of a packet that was counted. */
	if (fl && j->proto == IPPROTO_UDP && !j->fragment)
		dgram_count(part, s);
	/* So were those of a copy, in the packet that it was made of. */
	if (!fl || j->proto != IPPROTO_TCP || !n || j->fragment || j->copy)
		return 0;
	/* The device could not segment it: each piece is an skb of its own, sent once. */
	if (below_queue(s))
		j->segment_of = cut_from(fl, j, end);
	if (j->segment_of)
		return 0;
	if (j->gso_segs > 1) {
		fl->gso = j->number;
		fl->gso_seq = j->seq;
		fl->gso_len = j->len;
	}
	if (fl->sent_known && seq_before(j->seq, fl->sent_to)) {
		j->retransmit = true;
		fresh.from = fl->sent_to;
		first = sent_find(&fl->sent, j->seq, end, &before);
		if (first)
			send_again(j, first, before);
	}
	if (fl->sent_known && !seq_before(fl->sent_to, end))
		return 0;
	fl->sent_to = end;
	fl->sent_known = true;
	return sent_add(&fl->sent, &fresh);
}

/* Has a driver had later bytes? Queues may change the order; TCP sends in order but for what it repeats. */
static void send_handed(struct part *part)
{
	struct journey *j = part->j;
	struct flow *fl = part->flow;
	uint32_t end = j->seq + j->len;

	part->handed = true;
	if (!fl || j->proto != IPPROTO_TCP || !j->len || j->retransmit || j->fragment)
		return;
	j->reordered = fl->handed_known && seq_before(end, fl->handed_to);
	if (!j->reordered)
		fl->handed_to = end;
	fl->handed_known = true;
}

/* What TCP did with the skb of the write queue just before: the clone's way begins there. */
static int send_from_queue(struct part *part, struct packet *queue, const struct step *s,
			   uint32_t *sock)
{
	int err = 0;

	for (size_t i = 0; i < queue->queued.n && !err; i++) {
		const struct step *q = &queue->queued.v[i];

		if (q->cpu != s->cpu || q->tid != s->tid || q->ctx != s->ctx)
			continue;
		if (q->stage == ST___tcp_retransmit_skb || q->stage == ST_tcp_retransmit_skb)
			part->j->retransmit = true;
		if (!*sock)
			*sock = queue->queued_sock;
		err = step_list_add(&part->j->steps, q);
	}
	step_list_clear(&queue->queued);
	return err;
}

/* Do the socket's steps that were kept lead to this one? A timer or a task may take its time. */
static bool same_story(const struct scene *scene, const struct step *s, uint32_t sock)
{
	const struct step_list *l = &scene->prelude;

	if (scene->tid != s->tid || (sock && scene->sock != sock))
		return false;
	return scene->last_ns + (s->ctx == EV_CTX_TASK ? STALL_NS : STORY_NS) >= s->t_ns ||
	       (s->frame && l->n && l->v[l->n - 1].frame == s->frame);
}

/* Steps of the socket on this CPU that led here, when no call did. */
static int send_prelude(struct track *t, struct part *part, const struct step *s, uint32_t sock)
{
	struct scene *scene = track_scene(t, s->cpu, s->ctx);
	int err = 0;

	if (!scene)
		return -ENOMEM;
	if (!same_story(scene, s, sock))
		return 0;
	for (size_t i = 0; i < scene->prelude.n && !err; i++)
		err = step_list_add(&part->j->steps, &scene->prelude.v[i]);
	scene->last_ns = s->t_ns;
	return err;
}

static struct part *send_open(struct track *t, struct packet *p, const struct step *s,
			      uint32_t sock)
{
	struct part *part = track_part_open(t, p, SEND_PART);
	struct packet *queue = p;
	const struct sent *again = NULL;
	struct track_call *call = NULL;
	struct scene *scene = track_scene(t, s->cpu, s->ctx);

	if (!part || !scene)
		return NULL;
	scene->left = p->id;
	if (p->headed && p->head.parent) {
		queue = map_get(&t->packets, p->head.parent);
		if (queue && packet_take_out(queue))
			return NULL;
		if (queue && part->j->fragment) {
			part->j->parent = queue->number;
			part->j->beside = queue->head.fragment;
			queue = NULL;
		}
		if (queue && part->j->copy)
			part->j->retransmit = queue->parts[SEND_PART] && queue->parts[SEND_PART]->j->retransmit;
		else if (queue && !queue->first_sent.number)
			queue->first_sent = (struct sent){
				.from = part->j->seq, .to = part->j->seq + tcp_numbers(part->j), .number = p->number,
			};
		else if (queue && queue->first_sent.number != p->number)
			again = &queue->first_sent;
		if (queue)
			part->j->parent = queue->number;
	}
	if (!sock)
		sock = part->j->sock;
	if (queue && send_from_queue(part, queue, s, &sock))
		return NULL;
	if (send_count(part, s))
		return NULL;
	/* Of what was acknowledged meanwhile, or is out of sight, the skb tells. */
	if (again && !part->j->again.of)
		send_again(part->j, again, 1);
	if (sock)
		part_sock(t, part, sock);
	if (s->ctx == EV_CTX_TASK)
		call = call_of(t, s->tid, DIR_SEND, sock);
	if (call && call_fits(t, call, part, sock) && !call_repeats(call, part)) {
		call_name(part, call);
		part->j->call_n = call->c.steps.n;
		/* One call may send several: each has the steps that led to it. */
		if (part->j->proto != IPPROTO_TCP) {
			part->j->call_first = call->sent;
			call->sent = part->j->call_n;
		}
		if (!part->j->sock && call->c.sock)
			part_sock(t, part, call->c.sock);
	} else if (!part->j->copy && send_prelude(t, part, s, sock)) {
		return NULL;
	}
	return part;
}

/*
 * What arrived and now leaves again is on its way through this host: the way in so far is part of
 * the way out. What follows may arrive once more, behind a veth.
 */
static int send_takes_over(struct track *t, struct part *part, struct part *in, bool fresh)
{
	int err = 0;

	part->j->forwarded = true;
	if (in->delivered || part->delivered)
		return 0;
	if (fresh && !in->held)
		part_begins_with(t, part, in);
	for (size_t i = 0; i < in->j->steps.n && !err; i++)
		err = step_list_add(&part->j->steps, &in->j->steps.v[i]);
	step_list_clear(&in->j->steps);
	if (part->j->how == EV_BORN_MIDWAY)
		part->j->how = in->j->how;
	part->j->past_driver = part->answered = false;
	part->drivers = 0;
	return err;
}

/* A step after which waiting is normal: in a queue, and for the link-layer address of a neighbour. */
static bool step_waits(enum stage_id stage)
{
	return stage == ST_qdisc_enqueue || stage == ST_neigh_resolve_output || stage == ST___neigh_event_send ||
	       stage == ST_arp_solicit || stage == ST_ndisc_solicit;
}

int send_step(struct track *t, struct packet *p, const struct step *s, uint32_t sock)
{
	struct part *part = p->parts[SEND_PART], *in = p->parts[RECV_PART];
	bool fresh = !part;
	int err;

	/* TCP works on the skb of its write queue; the way out is that of the clone. */
	if (stages[s->stage].lane == LANE_TCP || (s->stage == ST_pskb_expand_head && !part && p->queued_sock)) {
		if (sock)
			p->queued_sock = sock;
		return step_list_renew(&p->queued, s);
	}
	if (!part) {
		part = send_open(t, p, s, sock);
		if (!part)
			return -ENOMEM;
	}
	if (in && p->now == in && s->stage != ST_net_dev_xmit) {
		p->leaves_again = true;
		err = send_takes_over(t, part, in, fresh);
		if (err)
			return err;
	}
	p->now = part;
	if (part->delivered)
		return 0;
	part->last_ns = t->now_ns;
	/* A tunnel's driver answers while the packet waits below it. */
	if (s->stage != ST_net_dev_xmit)
		part->queued = step_waits(s->stage);
	else if (s->arg == NETDEV_TX_BUSY)
		part->queued = true;
	if (below_queue(s) && !part->handed)
		send_handed(part);
	if (s->stage == ST_net_dev_start_xmit && part->drivers < UINT8_MAX)
		part->drivers++;
	if (s->stage == ST_net_dev_xmit) {
		part->drivers -= !!part->drivers;
		if (s->arg != NETDEV_TX_BUSY) {
			part->j->past_driver = true;
			part->answered = !part->drivers;
		}
	}
	return step_list_add(&part->j->steps, s);
}

/* A tracepoint says that TCP had sent it before, when it has left again. */
static int send_was_again(struct track *t, const struct step *s, uint32_t sock)
{
	struct scene *scene = track_scene(t, s->cpu, s->ctx);
	struct packet *p = scene ? map_get(&t->packets, scene->left) : NULL;
	struct part *part = p ? p->parts[SEND_PART] : NULL;
	const struct step_list *l;

	if (!part || part->delivered)
		return 0;
	if (part_take_out(part))
		return -ENOMEM;
	l = &part->j->steps;
	if (part->j->proto != IPPROTO_TCP || (part->j->sock && part->j->sock != sock) || !l->n ||
	    l->v[l->n - 1].tid != s->tid)
		return 0;
	part->j->retransmit = true;
	return step_list_add(&part->j->steps, s);
}

int send_sock_step(struct track *t, const struct step *s, uint32_t sock)
{
	struct track_call *call = NULL;
	struct scene *scene;

	if (s->stage == ST_tcp_retransmit_skb)
		return send_was_again(t, s, sock);
	if (s->ctx == EV_CTX_TASK)
		call = call_of(t, s->tid, DIR_SEND, sock);
	if (call)
		return call_step(call, s);
	scene = track_scene(t, s->cpu, s->ctx);
	if (!scene)
		return -ENOMEM;
	if (!same_story(scene, s, sock))
		step_list_clear(&scene->prelude);
	scene->tid = s->tid;
	scene->sock = sock;
	scene->last_ns = s->t_ns;
	return step_list_renew(&scene->prelude, s);
}

uint64_t send_due(const struct part *part)
{
	const struct packet *p = part->packet;
	const struct part *in = p->parts[RECV_PART];
	bool arrived = in && !in->forwarded && (in->delivered || (in->j ? in->j->steps.n > 0 : in->stepped));
	bool gone = part->j->ended || part->j->past_driver || arrived;

	if (part->j->ended && part->j->end_how == EV_END_DROPPED && (!part->call || part->call->over))
		return 0;
	if (part->queued && !part->j->ended)
		return part->last_ns + PATIENCE_NS;
	if (gone && (!part->call || part->call->over)) {
		uint64_t last = part->last_ns;

		/* Nothing more can come; on its way back in, the driver's answer still can, or it is forwarded. */
		if (part->j->ended || (arrived && part->answered && (in->here || in->delivered)))
			return 0;
		if (arrived && !in->here && !in->delivered)
			return (in->last_ns > last ? in->last_ns : last) + QUIET_NS;
		if (arrived && in->opened_ns > last)
			last = in->opened_ns;
		if (part->call && part->call->c.end_ns > last)
			last = part->call->c.end_ns;
		return last + LINGER_NS;
	}
	return part->last_ns + QUIET_NS;
}
