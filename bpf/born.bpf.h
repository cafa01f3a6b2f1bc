/* SPDX-License-Identifier: GPL-2.0-only */
/* An skb is seen for the first time: what it is, whether it is ours, and its id. */
#ifndef SKBTRACE_BORN_BPF_H
#define SKBTRACE_BORN_BPF_H

/*
 * Reads what a packet is into this CPU's born. sk: the socket that the row
 * names, 0 if it names none. 0 if it cannot be told. Functions of their own,
 * verified once; so they take numbers.
 */
__noinline int skb_read(__u64 row, __u64 key, __u64 sk_addr)
{
	struct sk_buff *skb = (struct sk_buff *)key;
	struct sock *sk = (struct sock *)sk_addr;
	const struct tcp_skb_cb *cb = (const struct tcp_skb_cb *)__builtin_preserve_access_index(&skb->cb);
	struct born *b = born_here();

	if (!(ROW_FLAGS(row) & ROW_SEND) || !sk)
		return read_packet(key, ROW_READ(row) == READ_GRO ? DATA_OF_GRO : !!(ROW_FLAGS(row) & ROW_DATA));
	if (!b || !read_sock(sk_addr) || b->t.proto != IPPROTO_TCP)
		return 0;
	b->of = key;
	if (ROW_FLAGS(row) & ROW_XMIT) {
		/* No header yet: TCP's own notes on the skb say what it will be. */
		b->t.seq = FIELD(cb, seq);
		b->t.len = FIELD(skb, len);
		b->t.tcp_flags = tcp_cb_flags(cb);
		if (b->t.tcp_flags & 0x10)
			b->t.ack = FIELD((struct tcp_sock *)sk, rcv_nxt);
	} else {
		parse_tcp(&b->t, FIELD(skb, head) + FIELD(skb, transport_header), FIELD(skb, len));
	}
	/* A socket without ports yet sends nothing. */
	return b->t.sport && b->t.dport;
}

/* A driver hands it up itself, past GRO: it begins in the driver's poll, which was seen. */
static __always_inline int comes_of_driver(__u64 row, struct here *h)
{
	__u32 last = h->cpu->entered_n[1] - 1;
	struct entered *e = &h->cpu->entered[1][last & (ENTERED - 1)];

	return ROW_FLAGS(row) & ROW_HANDED && ROW_FLAGS(row) & ROW_RECV && last < ENTERED && e->nth &&
	       e->tid == h->tid && e->ctx == h->ctx && !h->cpu->poll_gro;
}

/* What a socket is given the clone of, or a piece; 0: not known. */
static __always_inline __u64 clone_of(struct here *h)
{
	struct source *s = &h->cpu->source[h->ctx & 3];

	return s->tid == h->tid ? s->skb : 0;
}

/* Says all about the packet in born. Its own id, sock, device and time are in fresh. Returns 0 where it is lost. */
static __always_inline int say_skb(struct here *h, __u64 key, __u32 stage, __u64 parent, __u32 how)
{
	struct sk_buff *skb = (struct sk_buff *)key;
	const struct skb_state *fresh = &h->cpu->born[h->ctx & 3].fresh;
	const struct tuple *t = &h->cpu->born[h->ctx & 3].t;
	struct skb_shared_info *info;
	struct rec_skb *r = record_begin(h, sizeof(*r), EV_SKB, stage, h->t_ns);

	if (!r)
		return 0;
	info = FIELD(skb, head) + FIELD(skb, end);
	r->skb = fresh->id;
	r->parent = parent;
	r->addr = key;
	r->sock = fresh->sock;
	r->netns = fresh->netns;
	r->ifindex = fresh->ifindex;
	r->seq = t->seq;
	r->ack = t->ack;
	r->len = t->len;
	r->skb_len = FIELD(skb, len);
	r->sport = t->sport;
	r->dport = t->dport;
	r->gso_size = FIELD(info, gso_size);
	r->gso_segs = FIELD(info, gso_segs);
	r->window = t->window;
	r->ip_id = t->ip_id;
	r->family = t->family;
	r->proto = t->proto;
	r->tcp_flags = t->tcp_flags;
	r->how = how;
	r->dir = fresh->dirs;
	r->ttl = t->ttl;
	r->fragment = t->fragment;
	__builtin_memcpy(r->saddr, t->saddr, 16);
	__builtin_memcpy(r->daddr, t->daddr, 16);
	record_end(r);
	return 1;
}

/* Opens the id of the packet in born and says all about it; 0: there is no room. Takes numbers: verified once. */
__noinline int skb_open(__u64 row, __u64 key, __u64 sk_addr, __u32 reused)
{
	struct skb_state *fresh;
	const struct tuple *t;
	__u64 parent = 0, piece;
	struct here h;

	if (!here_find(&h))
		return 0;
	fresh = &h.cpu->born[h.ctx & 3].fresh;
	t = &h.cpu->born[h.ctx & 3].t;
	h.t_ns = fresh->last_ns;
	if (fresh->sock && sk_addr && !(ROW_FLAGS(row) & ROW_XMIT)) {
		struct sock_state *s = bpf_map_lookup_elem(&socks, &sk_addr);

		parent = s ? s->transmitting : 0;
	}
	if (ROW_READ(row) == READ_CLONE)
		parent = clone_of(&h);
	if (ROW_READ(row) == READ_COPY)
		parent = h.cpu->asking[h.ctx & 3].skb;
	piece = parent ? 0 : piece_of(key);
	fresh->id = new_id(&h);
	if (t->fragment == 1)
		fragment_first(fresh->id);
	if (ROW_FLAGS(row) & ROW_HANDED)
		fresh->last_ns = 0;
	fresh->print = tuple_print(t);
	if (!skb_keep(key, fresh)) {
		record_without_room(&h, FULL_PACKET);
		return 0;
	}
	__sync_fetch_and_add(&h.cpu->counts.matched, 1);
	say_dev(&h, fresh->dev, fresh->ifindex, fresh->netns);
	say_skb(&h, key, ROW_STAGE(row), parent | piece,
		reused ? EV_BORN_REUSED : ROW_READ(row) == READ_COPY ? EV_BORN_COPY : parent ? EV_BORN_CLONE :
		ROW_FLAGS(row) & (ROW_START | ROW_XMIT | ROW_FIRST) || ROW_READ(row) == READ_GRO || comes_of_driver(row, &h) ||
			begins_here(h.cpu, piece) ? EV_BORN_NEW : EV_BORN_MIDWAY);
	return 1;
}

/*
 * A packet is seen for the first time, and is in born. sock: the id of the
 * socket it comes from, if that is followed. Returns 1 if the packet is ours:
 * skb_open follows it.
 */
__noinline int skb_born(__u64 row, __u64 key, __u64 sk_addr, __u32 sock)
{
	int leaving = !!(ROW_FLAGS(row) & ROW_SEND), verdict;
	struct sk_buff *skb = (struct sk_buff *)key;
	struct net_device *dev = 0;
	struct skb_state *fresh;
	struct born *b;
	struct here h;

	if (!here_init(&h))
		return 0;
	b = &h.cpu->born[h.ctx & 3];
	if (b->of != key)
		return 0;	/* somebody was scheduled in between */
	fresh = &b->fresh;
	__builtin_memset(fresh, 0, sizeof(*fresh));
	/* The write queue of TCP keeps other things where dev and the route are. */
	if (!(ROW_FLAGS(row) & ROW_XMIT))
		dev = FIELD(skb, dev);
	if (!dev && !(ROW_FLAGS(row) & ROW_XMIT)) {
		/* Routed, but not yet at its device (a SYN-ACK in IP): the route knows. Bit 0: not counted. */
		struct dst_entry *dst = (struct dst_entry *)(FIELD(skb, _skb_refdst) & ~7ul);

		if (dst)
			dev = FIELD(dst, dev);
	}
	if (dev) {
		fresh->dev = (__u64)dev;
		fresh->ifindex = FIELD(dev, ifindex);
		fresh->netns = netns_of_dev(dev);
	}
	if (leaving && sk_addr)
		fresh->netns = netns_of_sock((struct sock *)sk_addr);
	fresh->sock = sock;
	fresh->dirs = leaving ? EV_DIR_SEND : EV_DIR_RECV;
	fresh->proto = b->t.proto | b->t.dport << 16;
	/* A followed socket has answered for owner and device; its packets of the other direction may
	 * still have the wrong --sport or --dport. */
	verdict = match_tuple(&b->t, fresh->netns, sock || dev_is(dev), 1);
	if (!sock && verdict == REJECT_N && BY_OWNER && !conn_is_owned(fresh->netns, leaving))
		verdict = REJECT_OWNER;
	if (exact_ends)
		*strange_skb(key) = verdict_lasts(verdict) ? key | verdict : 0;
	fresh->last_ns = h.t_ns;
	if (verdict == REJECT_N)
		return 1;
	if (ROW_FLAGS(row) & ROW_COUNT)
		__sync_fetch_and_add(&h.cpu->counts.rejected[verdict & 7], 1);
	return 0;
}

#endif
