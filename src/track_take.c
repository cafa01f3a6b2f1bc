/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a record about an skb changes: its headers, its steps, its end. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "proto.h"
#include "track_in.h"

uint32_t packet_netns(const struct packet *p)
{
	/* Older recordings do not say that a veth has moved what came back in. */
	return p->moved || !p->parts[SEND_PART] || !p->parts[RECV_PART] ? p->netns : 0;
}

/* The ends go by what they were at first sight, whatever NAT has made of them since. */
static void part_ends(struct part *part)
{
	const struct packet *p = part->packet;
	struct journey *j = part->j;
	struct endpoint src = { .port = p->head.sport }, dst = { .port = p->head.dport };

	memcpy(src.addr, p->head.saddr, EV_ADDR_LEN);
	memcpy(dst.addr, p->head.daddr, EV_ADDR_LEN);
	j->src = p->nat ? p->src : src;
	j->dst = p->nat ? p->dst : dst;
	j->nat = p->nat;
	if (!p->nat)
		return;
	j->nat_src = src;
	j->nat_dst = dst;
}

struct flow_key head_key(const struct rec_skb *h)
{
	struct flow_key key = { .sport = h->sport, .dport = h->dport, .proto = h->proto };

	memcpy(key.src, h->saddr, EV_ADDR_LEN);
	memcpy(key.dst, h->daddr, EV_ADDR_LEN);
	/* Request and answer of an echo are two directions of one. */
	if ((h->proto == IPPROTO_ICMP || h->proto == IPPROTO_ICMPV6) && !h->sport)
		key.sport = key.dport = h->ack;
	return key;
}

/* What the headers say; they may come after the first step. */
static int part_head(struct track *t, struct part *part)
{
	const struct rec_skb *h = &part->packet->head;
	struct journey *j = part->j;
	struct flow_key key = head_key(h);

	if (!part->flow)
		part->flow = flow_get(&t->flows, &key, t->now_ns);
	if (!part->flow)
		return -ENOMEM;
	j->headed = true;
	part_ends(part);
	j->seq = h->seq;
	j->ack = h->ack;
	j->len = h->len;
	j->skb_len = h->skb_len;
	j->gso_size = h->gso_size;
	j->gso_segs = h->gso_segs;
	j->window = h->window;
	/* First seen on its way out it may have had no header yet. */
	j->window_known = j->dir == DIR_RECV && (h->dir == EV_DIR_RECV || h->ttl);
	j->ip_id = h->ip_id;
	j->family = h->family;
	j->proto = h->proto;
	j->tcp_flags = h->tcp_flags;
	j->how = h->how;
	j->fragment = h->fragment;
	j->assembled = h->parent && h->how == EV_BORN_NEW && !h->fragment && j->dir == DIR_RECV;
	j->copy = h->how == EV_BORN_COPY;
	j->netns = j->dir == DIR_RECV ? packet_netns(part->packet) : h->netns;
	/* Nothing comes of it any more, and what came before it was not seen. */
	if (h->how == EV_BORN_DROPPED)
		return 0;
	if (h->sock && j->dir == DIR_SEND)
		part_sock(t, part, h->sock);
	if (j->dir == DIR_RECV && h->parent && recv_from(t, part, h->parent))
		return -ENOMEM;
	/* What later fragments hold is read in the whole. */
	if (j->fragment > 1)
		return 0;
	if (j->dir == DIR_RECV && (j->len || j->proto == IPPROTO_UDP)) {
		recv_wait(t, part);
		recv_order(t, part);
	}
	return j->dir == DIR_RECV ? account_arrival(t, part) : 0;
}

struct part *track_part_open(struct track *t, struct packet *p, int which)
{
	struct part *part = calloc(1, sizeof(*part));

	if (!part)
		return NULL;
	part->j = calloc(1, sizeof(*part->j));
	if (!part->j) {
		free(part);
		return NULL;
	}
	if (!p->number)
		p->number = ++t->numbers;
	part->packet = p;
	part->last_ns = t->now_ns;
	part->j->number = p->number;
	part->j->skb = p->id;
	part->j->dir = which == SEND_PART ? DIR_SEND : DIR_RECV;
	part->j->how = EV_BORN_MIDWAY;
	p->parts[which] = part;
	part_begins(t, part);
	if (p->headed && part_head(t, part)) {
		p->parts[which] = NULL;
		free(part->j);
		free(part);
		return NULL;
	}
	return part;
}

void part_sock(struct track *t, struct part *part, uint32_t sock)
{
	const struct sock_info *s = flows_sock_get(&t->flows, sock);

	part->j->sock = sock;
	if (!s)
		return;
	part->j->owner_pid = s->pid;
	memcpy(part->j->owner_comm, s->comm, sizeof(part->j->owner_comm));
}

/* It goes the way that its packet went: where it is made nobody knows. */
static void copy_direction(struct track *t, struct packet *p)
{
	const struct packet *of = map_get(&t->packets, p->head.parent);

	if (of && of->now)
		p->head.dir = of->now == of->parts[SEND_PART] ? EV_DIR_SEND : EV_DIR_RECV;
}

int take_skb(struct track *t, const struct rec_skb *r)
{
	struct packet *p = track_packet(t, r->skb);
	int err = 0;

	if (!p || packet_take_out(p))
		return -ENOMEM;
	/* A second sight of its headers changes nothing. */
	if (!p->headed) {
		p->head = *r;
		p->headed = true;
		if (r->how == EV_BORN_COPY)
			copy_direction(t, p);
		if (!p->moved)
			p->netns = r->netns;
		if (r->how != EV_BORN_DROPPED)
			err = account_skb(t, r);
		for (int i = 0; i < PARTS && !err; i++)
			if (p->parts[i] && !p->parts[i]->delivered)
				err = part_head(t, p->parts[i]);
	}
	if (!err && (r->tcp_flags & TCP_SYN) && r->proto == IPPROTO_TCP) {
		struct flow_key key = {
			.sport = r->sport, .dport = r->dport, .proto = r->proto,
		};
		struct flow *fl;

		memcpy(key.src, r->saddr, EV_ADDR_LEN);
		memcpy(key.dst, r->daddr, EV_ADDR_LEN);
		fl = flow_get(&t->flows, &key, t->now_ns);
		if (!fl)
			return -ENOMEM;
		/* The same addresses again: another connection. */
		if (!fl->isn_known || fl->isn != r->seq) {
			fl->sent_known = fl->handed_known = false;
			sent_clear(&fl->sent);
			seq_seen_begin(&fl->arrived, r->seq + 1);
		}
		fl->isn = r->seq;
		fl->isn_known = true;
		flow_put(fl, t->now_ns);
	}
	p->last_ns = t->now_ns;
	return err ? err : packet_arm(t, p);
}

static void step_fill(const struct track *t, const struct ordered *o, struct step *s)
{
	const struct rec_step *r = (const void *)o->rec;
	const char *comm;

	*s = (struct step){
		.t_ns = r->head.t_ns, .arg = r->arg, .skb = r->skb, .tid = r->head.tid,
		.pid = r->pid, .len = r->len, .ifindex = r->ifindex, .cpu = r->head.cpu,
		.stage = r->head.stage < ST_N ? r->head.stage : ST_NONE,
		.ctx = r->head.ctx < EV_CTX_N ? r->head.ctx : EV_CTX_TASK,
		.sock_step = !r->skb,
		.lost_before = o->lost > UINT16_MAX ? UINT16_MAX : o->lost,
		.nth = r->nth, .frame = frames_get(&t->frames, r->head.cpu, r->frame),
	};
	comm = names_task(&t->names, s->tid, NULL);
	if (comm)
		strncpy(s->comm, comm, sizeof(s->comm) - 1);
}

void take_netns(struct track *t, const struct rec_netns *r)
{
	struct packet *p = map_get(&t->packets, r->skb);

	if (!p)
		return;
	p->netns = r->netns;
	p->moved = true;
}

/* What a step of NAT says once it is known: 1 << 63 | end << 62 | its port << 32 | its IPv4 address. */
static uint64_t nat_arg(uint64_t end, const uint8_t addr[EV_ADDR_LEN], uint16_t port)
{
	uint32_t v4;

	memcpy(&v4, addr + EV_ADDR_LEN - sizeof(v4), sizeof(v4));
	return 1ull << 63 | (end & 1) << 62 | (uint64_t)port << 32 | v4;
}

int take_nat(struct track *t, const struct rec_nat *r)
{
	struct packet *p = map_get(&t->packets, r->skb);

	if (!p || !p->headed)
		return 0;
	if (packet_take_out(p))
		return -ENOMEM;
	if (!p->nat) {
		p->src.port = p->head.sport;
		p->dst.port = p->head.dport;
		memcpy(p->src.addr, p->head.saddr, EV_ADDR_LEN);
		memcpy(p->dst.addr, p->head.daddr, EV_ADDR_LEN);
		p->nat = true;
	}
	memcpy(p->head.saddr, r->saddr, EV_ADDR_LEN);
	memcpy(p->head.daddr, r->daddr, EV_ADDR_LEN);
	p->head.sport = r->sport;
	p->head.dport = r->dport;
	if (p->now && !p->now->delivered) {
		struct journey *j = p->now->j;
		size_t at = j->steps.n;

		/* The row that does it, and maybe its verdict. */
		while (at && j->steps.v[at - 1].stage != ST_nf_nat_manip_pkt)
			at--;
		if (at && j->family == 4) {
			struct step *s = &j->steps.v[at - 1];

			s->arg = s->arg & 1 ? nat_arg(1, r->daddr, r->dport) : nat_arg(0, r->saddr, r->sport);
		}
	}
	for (int i = 0; i < PARTS; i++)
		if (p->parts[i] && !p->parts[i]->delivered)
			part_ends(p->parts[i]);
	if (p->parts[RECV_PART] && !p->parts[RECV_PART]->delivered)
		return recv_rekey(t, p->parts[RECV_PART]);
	return 0;
}

/* The driver answers from the device that it left by: behind a veth the skb is elsewhere by then. */
static uint32_t step_netns(struct packet *p, enum stage_dir dir, enum stage_id stage)
{
	if (dir != DIR_SEND)
		return packet_netns(p);
	if (stage != ST_net_dev_xmit)
		p->left_netns = p->netns;
	return p->left_netns;
}

/* What is too large to be forwarded is routed as if it came in again, by who tells its sender. */
static bool routes_back(enum stage_id stage)
{
	return stage == ST_ip_route_input_noref || stage == ST_ip_route_input_slow;
}

/* It was given to a veth, and is at its other end by now, before that hands it up: on another CPU even before the driver has answered. */
static bool is_across(const struct part *part, const struct step *s)
{
	const struct step_list *l = &part->j->steps;

	return part->answered || (part->handed && l->n && s->ifindex && l->v[l->n - 1].ifindex != s->ifindex);
}

/* It was written just before the step that it belongs to; NULL: none was, or one of the two was lost. */
static const struct tcp *tcp_of_step(const struct scene *scene, const struct ordered *o)
{
	const struct rec_step *r = (const void *)o->rec;
	const struct tcp *tcp = scene->tcp;

	return tcp && tcp->r.sock == r->sock && tcp->r.head.stage == r->head.stage && !o->lost ? tcp : NULL;
}

int take_tcp(struct track *t, const struct rec_tcp *r)
{
	struct scene *scene;

	if (r->head.ctx >= EV_CTX_N)
		return 0;
	scene = track_scene(t, r->head.cpu, r->head.ctx);
	if (!scene)
		return -ENOMEM;
	tcp_drop(scene->tcp);
	scene->tcp = tcp_new(r);
	return scene->tcp ? 0 : -ENOMEM;
}

int take_step(struct track *t, const struct ordered *o)
{
	const struct rec_step *r = (const void *)o->rec;
	struct scene *scene;
	struct packet *p;
	enum stage_dir dir;
	struct step s;
	int err;

	if (r->head.stage == ST_NONE || r->head.stage >= ST_N)
		return 0;
	step_fill(t, o, &s);
	scene = track_scene(t, s.cpu, s.ctx);
	if (!scene)
		return -ENOMEM;
	scene->collapses = s.stage == ST_tcp_collapse ? s.tid + 1 : 0;
	s.tcp = tcp_of_step(scene, o);
	t->stats.tcp += !!s.tcp;
	dir = stages[s.stage].dir;
	t->stats.steps += !!(dir & t->dirs);
	t->stats.stage_hits[s.stage]++;
	if (!r->skb) {
		/* A row of both ways belongs to the call that the task is in; who connects, sends. */
		if (dir == DIR_BOTH)
			dir = s.stage == ST_tcp_connect || call_of(t, s.tid, DIR_SEND, r->sock) ?
				DIR_SEND : DIR_RECV;
		return dir == DIR_SEND ? send_sock_step(t, &s, r->sock) :
					 recv_sock_step(t, &s, r->sock);
	}
	p = track_packet(t, r->skb);
	if (!p || packet_take_out(p))
		return -ENOMEM;
	/* A hook of both ways belongs to the way that the packet is on; what is forwarded is on its way out. */
	if (stage_forwards(s.stage) && t->dirs & DIR_SEND)
		dir = DIR_SEND;
	else if (s.stage == ST_pskb_expand_head && p->now && is_across(p->now, &s))
		dir = DIR_RECV;
	else if ((dir == DIR_BOTH || routes_back(s.stage)) && p->now)
		dir = p->now->j->dir;
	else if (dir == DIR_BOTH)
		dir = p->headed && p->head.dir == EV_DIR_RECV ? DIR_RECV : DIR_SEND;
	p->last_ns = t->now_ns;
	s.netns = step_netns(p, dir, s.stage);
	if (dir == DIR_SEND)
		err = send_step(t, p, &s, r->sock);
	else if (dir == DIR_RECV)
		err = recv_step(t, p, &s, r->sock);
	else
		err = 0;
	return err ? err : packet_arm(t, p);
}

/*
 * Some drivers free what they have sent by the call that stands for a drop without a reason (dev_kfree_skb_any):
 * where the NIC interrupts another CPU maybe before the driver has answered.
 */
static bool driver_is_done(const struct track *t, const struct part *part)
{
	const struct journey *j = part->j;
	const char *reason = names_reason(&t->names, j->end_reason);
	bool elsewhere = part->handed && j->steps.n && j->steps.v[j->steps.n - 1].cpu != j->end_step.cpu;

	return j->dir == DIR_SEND && (j->past_driver || elsewhere) && j->end_how == EV_END_DROPPED &&
	       (!reason || !strcmp(reason, "NOT_SPECIFIED"));
}

/* Its bytes wait on in a new skb: what tcp_collapse frees is freed right behind its step, and quietly. */
static bool was_collapsed(struct track *t, const struct journey *j, const struct ev_head *end)
{
	const struct scene *scene = track_scene(t, end->cpu, end->ctx);

	return scene && scene->collapses == end->tid + 1 && j->dir == DIR_RECV && j->len &&
	       j->end_how == EV_END_FREED;
}

int take_end(struct track *t, const struct ordered *o)
{
	const struct rec_end *r = (const void *)o->rec;
	struct packet *p = map_get(&t->packets, r->skb);
	const struct rec_step as_step = { .head = r->head, .skb = r->skb, .frame = r->frame };
	const struct ordered as = { .rec = &as_step.head, .lost = o->lost };
	struct part *part;
	struct step end;
	int err = 0;

	if (!p)
		return 0;
	if (packet_take_out(p))
		return -ENOMEM;
	step_fill(t, &as, &end);
	end.netns = packet_netns(p);
	if (p->headed && p->head.how == EV_BORN_DROPPED && !p->now && stack_way(t, p, &end, r->reason))
		return -ENOMEM;
	p->ended = true;
	p->last_ns = t->now_ns;
	part = p->now;
	if (part)
		send_ends(part);
	/* A router on this host cut it up, say: what arrives has other ids. */
	if (p->leaves_again && p->parts[RECV_PART]) {
		recv_forward(p->parts[RECV_PART]);
		if (merge_over(t, p->parts[RECV_PART], NULL))
			return -ENOMEM;
	}
	if (part && !part->delivered) {
		struct journey *j = part->j;

		frame_drop(j->end_step.frame);
		j->end_step = end;
		frame_hold(j->end_step.frame);
		j->ended = true;
		j->end_how = r->how < EV_END_N ? r->how : EV_END_FREED;
		j->end_reason = r->reason;
		j->end_ns = r->head.t_ns;
		j->end_step.arg = r->location;
		if (driver_is_done(t, part))
			j->end_how = EV_END_FREED;
		part->last_ns = t->now_ns;
		j->collapsed = was_collapsed(t, j, &r->head);
		/* What hangs on another packet goes with that. */
		if (j->collapsed || (merge_held(part) && j->end_how != EV_END_DROPPED))
			j->end_how = EV_END_COALESCED;
		/* The whole packet goes on, as another, in the skb of the last that came. */
		if (j->fragment && j->dir == DIR_RECV && (j->end_how == EV_END_CONSUMED || j->end_how == EV_END_FREED ||
							  j->end_how == EV_END_COALESCED)) {
			j->end_how = EV_END_COALESCED;
			recv_forward(part);
		}
		if (j->dir == DIR_RECV && j->end_how == EV_END_DROPPED && j->fragment < 2) {
			recv_wait_over(part);
			err = merge_over(t, part, NULL);
			if (!err)
				err = account_drop(t, part, r->reason);
		}
	}
	return err ? err : packet_arm(t, p);
}

