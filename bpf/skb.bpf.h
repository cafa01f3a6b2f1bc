/* SPDX-License-Identifier: GPL-2.0-only */
/* What a followed skb does: its steps, and its end. Each a function of numbers, verified once. */
#ifndef SKBTRACE_SKB_BPF_H
#define SKBTRACE_SKB_BPF_H

/*
 * The functions that a packet comes out of: said late, with the time they
 * began. One that had begun before the packet was last seen (an ACK on
 * loopback, sent out of the very poll that will take it) says nothing about
 * its way.
 */
__noinline int say_one_entered(__u64 skb, __u64 since_ns, __u32 dir, __u32 i, __u32 frame)
{
	struct step_facts s = { .skb = skb, .frame = frame };
	struct entered *e;
	struct here h;

	if (!here_find(&h))
		return 0;
	e = &h.cpu->entered[dir & 1][i & (ENTERED - 1)];
	if (e->t_ns < since_ns || e->tid != h.tid || e->ctx != h.ctx)
		return 0;
	s.ifindex = e->ifindex;
	s.arg = found[e->nth & (CFG_FOUND_MAX - 1)];
	/* net_rx_action calls the poll: it is not in it. */
	if (h.cpu->frames[SLOT_INNER].began_ns > e->t_ns)
		s.frame = h.cpu->frames[SLOT_SOFTIRQ].id;
	say_step(&h, e->stage, e->t_ns, &s);
	return 0;
}

static __always_inline void say_entered(struct here *h, __u64 skb, __u64 since_ns, __u32 leaving, __u32 frame)
{
	__u32 dir = !leaving, n = h->cpu->entered_n[dir];

	for (__u32 i = 0; i < ENTERED && i < n; i++)
		say_one_entered(skb, since_ns, dir, i, frame);
}

/* Which packet of its poll this is; 0: it comes out of none. The poll is said to be worth a record. */
__noinline __u32 poll_nth(__u64 row)
{
	struct cpu_state *cpu = this_cpu();
	__u32 slot;

	if (!cpu || !(ROW_FLAGS(row) & ROW_RECV))
		return 0;
	slot = frame_here(cpu);
	if (slot >= SLOT_N ||
	    (cpu->frames[slot].what != EV_FRAME_POLL && cpu->frames[slot].what != EV_FRAME_SOFTIRQ))
		return 0;
	cpu->poll_followed = 1;
	if (cpu->poll_gro)
		return cpu->poll_gro;
	return cpu->poll_core + !(ROW_FLAGS(row) & ROW_COUNT);
}

/* Where ends can be missed, an open id at a place where life begins may be an
 * earlier packet's. Ends it then, and returns 1. */
__noinline int skb_reused(__u64 key, __u64 row)
{
	struct skb_state *st = skb_find(key);
	struct here h;

	if (!st || !here_init(&h) || !read_packet(key, !!(ROW_FLAGS(row) & ROW_DATA)) ||
	    tuple_print(&h.cpu->born[h.ctx & 3].t) == st->print)
		return 0;
	say_end(&h, st->id, EV_END_LOST, 0, 0);
	skb_drop(key);
	return 1;
}

/* A look-up of the route, a verdict or a wake-up that follows is for this one; anything else in between ends that. */
static __always_inline void asking_set(struct here *h, __u64 row, __u64 skb, __u32 sock)
{
	struct asking *a = &h->cpu->asking[h->ctx & 3];

	if (!(ROW_FLAGS(row) & (ROW_ASKS | ROW_WAKES))) {
		a->flags = 0;
		return;
	}
	a->skb = skb;
	a->sock = sock;
	a->tid = h->tid;
	a->t_ns = h->t_ns;
	a->flags = ROW_FLAGS(row) & (ROW_ASKS | ROW_WAKES);
}

__noinline int skb_end(__u64 key, __u64 row, __u64 location, __u64 reason)
{
	struct skb_state *st = skb_find(key);
	const struct sk_buff *skb = (const struct sk_buff *)key;
	__u32 how = EV_END_FREED;
	struct here h;

	if (!st || !here_init(&h))
		return 0;
	/* A datagram may have been read and freed unseen: what a socket drops at its address is another then. */
	if (!exact_ends && ROW_READ(row) == READ_DROP && (st->proto & 0xff) == IPPROTO_UDP &&
	    skb_reused(key, row))
		return 0;
	if (ROW_READ(row) == READ_CONSUME)
		how = EV_END_CONSUMED;
	if (ROW_READ(row) == READ_COALESCE)
		how = EV_END_COALESCED;
	if (ROW_READ(row) == READ_DROP)
		how = EV_END_DROPPED;
	else
		location = 0;
	if (!(ROW_FLAGS(row) & ROW_REASON))
		reason = 0;
	if (ROW_READ(row) == READ_DEFER && bpf_core_field_exists(skb->alloc_cpu) &&
	    FIELD(skb, alloc_cpu) != bpf_get_smp_processor_id()) {
		how = EV_END_DEFERRED;
		reason = FIELD(skb, alloc_cpu);
	}
	say_task(&h, h.t_ns);
	say_end(&h, st->id, how, location, reason);
	asking_set(&h, row, 0, 0);
	skb_drop(key);
	return 0;
}

/*
 * The skb is at another device than before: the index of that one. Two namespaces may give two devices one index.
 * Takes numbers: verified once.
 */
__noinline int skb_moves(__u64 key, __u64 dev, __u32 ifindex, __u64 t_ns)
{
	struct skb_state *st = skb_find(key);
	__u32 netns = netns_of_dev((struct net_device *)dev);
	struct here h;

	if (!st || !ifindex || !netns || !here_find(&h))
		return 0;
	h.t_ns = t_ns;
	st->dev = dev;
	st->ifindex = ifindex;
	say_dev(&h, dev, ifindex, netns);
	if (netns == st->netns)
		return 0;
	st->netns = netns;
	say_netns(&h, st->id, netns);
	return 0;
}

enum stepped {
	STEPPED,
	STEPPED_NOT,	/* the skb is not followed */
	STEPPED_ASKS,	/* its socket may have to be said before */
	STEPPED_TAKEN,	/* a datagram, by its reader */
	STEPPED_ANEW,	/* not yet, of a NEW row: NAT was done with it, and its addresses are to be said before */
};

/* The id of the socket that an skb leaves, if it is followed. */
static __always_inline __u32 sock_sends(__u64 sk_addr, __u64 row, __u64 clones, __u64 skb)
{
	struct sock_state *of = bpf_map_lookup_elem(&socks, &sk_addr);

	if (!of)
		return 0;
	if (ROW_FLAGS(row) & ROW_XMIT)
		of->transmitting = clones ? skb : 0;
	return of->id;
}

/* NAT is done with it: what are its addresses now? A function of its own, verified once. */
__noinline int say_rewritten(__u64 key)
{
	struct skb_state *st = skb_find(key);
	const struct tuple *t;
	struct rec_nat *r;
	struct here h;

	if (!st || !here_init(&h))
		return 0;
	/* The fragment has come to its end, and the packet to its beginning. */
	if (st->rewritten & SKB_JOINED) {
		say_end(&h, st->id, EV_END_COALESCED, 0, 0);
		skb_drop(key);
		return 0;
	}
	st->rewritten = 0;
	if (!read_packet(key, 0))
		return 0;
	t = &h.cpu->born[h.ctx & 3].t;
	r = record_begin(&h, sizeof(*r), EV_NAT, 0, h.t_ns);
	if (!r)
		return 0;
	r->skb = st->id;
	r->sport = t->sport;
	r->dport = t->dport;
	r->pad = 0;
	__builtin_memcpy(r->saddr, t->saddr, 16);
	__builtin_memcpy(r->daddr, t->daddr, 16);
	record_end(r);
	return 0;
}

/* What a row reads of a queue that the packet meets, at that address. */
static __always_inline __u64 read_late(__u64 row, __u64 key, __u64 id, __u64 at)
{
	struct skb_state *into;

	if (ROW_READ(row) == READ_NEIGH)
		return read_neigh(at, key, id);
	if (ROW_READ(row) == READ_INTO) {
		into = skb_find(at);
		return into ? into->id : 0;
	}
	return read_queue(at, ROW_READ(row) == READ_ENQUEUE ? key : 0);
}

/*
 * An skb passes a row: the step itself. sk_addr: the socket that the row names;
 * where the driver has answered the device, since a veth or loopback has turned
 * the skb round by then. asked: whether that socket is followed was found out
 * just before.
 */
__noinline enum stepped skb_step(__u64 key, __u64 row, __u64 sk_addr, __u64 value, __u32 asked)
{
	struct skb_state *st = skb_find_at_once(key);
	struct sk_buff *skb = (struct sk_buff *)key;
	struct step_facts s = { .skb = 0 };
	struct net_device *dev;
	struct here h;

	if (!st)
		return STEPPED_NOT;
	if (!here_at_once(&h))
		return STEPPED;
	/* First seen arriving, inside the driver that turned it round: its way out was not ours. */
	if ((ROW_FLAGS(row) & ROW_LEAVE) && !(st->dirs & EV_DIR_SEND))
		return STEPPED;
	if (st->rewritten && (ROW_FLAGS(row) & ROW_NEW))
		return STEPPED_ANEW;
	/* On loopback the sender's skb arrives: the socket it came from is not the one it goes to. */
	if (sk_addr && (ROW_FLAGS(row) & ROW_RECV)) {
		s.sock = sock_known(sk_addr);
		if (!s.sock && !asked)
			return STEPPED_ASKS;
	}
	say_task(&h, h.t_ns);
	s.frame = frame_of(h.cpu);
	/* A poll hands it up here, or a queue hands it out. */
	if (ROW_FLAGS(row) & ROW_HANDED) {
		say_entered(&h, st->id, st->last_ns, ROW_FLAGS(row) & ROW_SEND, s.frame);
		s.nth = poll_nth(row);
	}
	st->last_ns = h.t_ns;
	st->dirs |= ROW_FLAGS(row) & ROW_SEND ? EV_DIR_SEND : EV_DIR_RECV;
	if (ROW_FLAGS(row) & ROW_LEAVE) {
		/* The skb itself may be elsewhere already. */
		s.ifindex = FIELD((struct net_device *)sk_addr, ifindex);
		s.sock = st->sock;
	} else {
		/* In the queues of TCP other things are where dev was: it is asked below TCP only. */
		dev = sk_addr || (ROW_FLAGS(row) & ROW_QUEUED) ? 0 : FIELD(skb, dev);
		if (dev && (__u64)dev != st->dev)
			skb_moves(key, (__u64)dev, FIELD(dev, ifindex), h.t_ns);
		s.ifindex = st->ifindex;
		if (ROW_FLAGS(row) & ROW_SEND)
			s.sock = sk_addr ? sock_sends(sk_addr, row, value, st->id) : st->sock;
	}
	if (ROW_READ(row) == READ_MANIP)
		st->rewritten |= SKB_NAT;
	s.skb = st->id;
	s.len = FIELD(skb, len);
	s.arg = ROW_READ(row) >= READ_LATE ? read_late(row, key, st->id, value) : value;
	if (tells_tcp && sk_addr && s.sock && !(ROW_FLAGS(row) & ROW_LEAVE))
		say_tcp(row, sk_addr, s.sock, h.t_ns);
	say_step(&h, ROW_STAGE(row), h.t_ns, &s);
	asking_set(&h, row, s.skb, s.sock);
	if (ROW_READ(row) == READ_SOURCE) {
		h.cpu->source[h.ctx & 3].skb = s.skb;
		h.cpu->source[h.ctx & 3].tid = h.tid;
		h.cpu->source[h.ctx & 3].proto = st->proto;
	}
	/* A fragment that is joined to others has no reader yet. */
	if (ROW_FLAGS(row) & ROW_QUEUED && ROW_READ(row) != READ_INTO && (st->proto & 0xff) != IPPROTO_TCP)
		return STEPPED_TAKEN;
	/* Nothing will tell when it is freed: this run has seen the last of it. */
	if ((ROW_FLAGS(row) & ROW_LEAVE) && !exact_ends && dirs == EV_DIR_SEND) {
		say_end(&h, st->id, EV_END_LEFT, 0, 0);
		skb_drop(key);
	}
	return STEPPED;
}

/* What the packet that asks here was copied to is followed, too. Takes numbers: verified once. */
__noinline int skb_copied(__u64 row, __u64 key, __u32 sock)
{
	if (key && skb_read(row, key, 0) && skb_born(row, key, 0, sock) && skb_open(row, key, 0, 0))
		skb_step(key, row, 0, 0, 0);
	return 0;
}

/*
 * The id of the socket that a leaving skb comes from. Where the row does not
 * name it the skb does, unless that one only answers for the connection (a
 * listener, a request, TIME_WAIT, the one that sends resets).
 */
static __always_inline __u32 sock_of_leaving(__u64 skb, __u64 sk)
{
	struct sock *of_skb;

	if (sk)
		return sock_follow(sk, SOCK_LEAVING, 0, 0);
	of_skb = FIELD((struct sk_buff *)skb, sk);
	if (!of_skb || !sock_is_full(of_skb))
		return 0;
	/* One that sends datagrams need not have another end. */
	if (!FIELD(of_skb, __sk_common.skc_dport) && FIELD(of_skb, sk_protocol) == IPPROTO_TCP)
		return 0;
	return sock_follow((__u64)of_skb, SOCK_LEAVING, 0, 0);
}

#endif
