/* SPDX-License-Identifier: GPL-2.0-only */
/* What happens when a followed skb or socket passes a row of the catalogue, whatever the row is. */
#ifndef SKBTRACE_GENERIC_BPF_H
#define SKBTRACE_GENERIC_BPF_H

/* The arguments of the place, as registers hold them. */
struct args {
	__u64 a[5];
};

static __always_inline __u64 arg(const struct args *args, unsigned int i)
{
	switch (i) {
	case 0: return args->a[0];
	case 1: return args->a[1];
	case 2: return args->a[2];
	case 3: return args->a[3];
	case 4: return args->a[4];
	}
	return 0;
}

static __always_inline __u64 read_qdisc(__u64 qdisc)
{
	struct Qdisc *q = (struct Qdisc *)qdisc;
	const void *ops = BPF_CORE_READ(q, ops);
	__u64 id = 0;

	bpf_probe_read_kernel(&id, sizeof(id), ops + __builtin_preserve_field_info(((struct Qdisc_ops *)0)->id, 0));
	return id;
}

static __always_inline __u64 row_arg(__u64 row, const struct args *args, struct sock *sk)
{
	const struct tcp_sock *tp = (const struct tcp_sock *)sk;
	const struct nf_hook_state *state;

	switch (ROW_READ(row)) {
	case READ_ARG1:
		return args->a[1];
	case READ_ARG2:
		return args->a[2];
	case READ_CWND:
		return (__u64)BPF_CORE_READ(tp, snd_cwnd) << 32 | BPF_CORE_READ(tp, packets_out);
	case READ_RCVQ:
		return (__u32)(BPF_CORE_READ(tp, rcv_nxt) - BPF_CORE_READ(tp, copied_seq));
	case READ_STATE:
		return BPF_CORE_READ(sk, __sk_common.skc_state);
	case READ_NFHOOK:
		state = (const struct nf_hook_state *)args->a[1];
		return BPF_CORE_READ(state, pf) << 8 | BPF_CORE_READ(state, hook);
	case READ_QDISC:
		return read_qdisc(args->a[0]);
	case READ_QDISC1:
		return read_qdisc(args->a[1]);
	}
	return 0;
}

static __always_inline void on_poll(struct cpu_state *cpu, __u64 row, const struct args *args)
{
	struct napi_struct *napi = (struct napi_struct *)args->a[0];
	struct net_device *dev = BPF_CORE_READ(napi, dev);
	__u32 slot = cpu->polls;

	if (slot >= POLL_SLOTS)
		return;
	cpu->poll[slot].t_ns = bpf_ktime_get_ns();
	cpu->poll[slot].stage = ROW_STAGE(row);
	cpu->poll[slot].ifindex = dev ? BPF_CORE_READ(dev, ifindex) : 0;
	cpu->polls = slot + 1;
}

/* The polls that led to the first followed packet in them: said late, with the time they began. */
__noinline int say_polls(__u64 skb)
{
	struct here h;

	if (!here_init(&h))
		return 0;
	for (__u32 i = 0; i < POLL_SLOTS; i++) {
		if (i >= h.cpu->polls)
			break;
		say_step(&h, h.cpu->poll[i].stage, h.cpu->poll[i].t_ns, skb, 0, 0, 0, h.cpu->poll[i].ifindex);
	}
	return 0;
}

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
	struct born *b;
	struct here h;

	if (!here_init(&h))
		return 0;
	b = &h.cpu->born[h.ctx & 3];
	b->skb = key;
	__builtin_memset(&b->t, 0, sizeof(b->t));
	if (!(ROW_FLAGS(row) & ROW_SEND) || !sk)
		return tuple_of_packet(&b->t, skb, ROW_FLAGS(row) & ROW_DATA);
	if (!tuple_of_sock(&b->t, sk, 1))
		return 0;
	if (ROW_FLAGS(row) & ROW_XMIT) {
		/* No header yet: TCP's own notes on the skb say what it will be. */
		b->t.seq = BPF_CORE_READ(cb, seq);
		b->t.len = BPF_CORE_READ(skb, len);
		b->t.tcp_flags = tcp_cb_flags(cb);
		if (b->t.tcp_flags & 0x10)
			b->t.ack = BPF_CORE_READ((struct tcp_sock *)sk, rcv_nxt);
	} else {
		parse_tcp(&b->t, BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, transport_header),
			  BPF_CORE_READ(skb, len));
	}
	/* A socket without ports yet sends nothing. */
	return b->t.sport && b->t.dport;
}

/* Opens the id of the packet in born and says all about it. */
static __always_inline int skb_open(struct here *h, __u64 row, __u64 key, __u64 sk_addr, struct skb_state *fresh,
				    struct net_device *dev, const struct tuple *t, __u32 reused)
{
	struct sk_buff *skb = (struct sk_buff *)key;
	struct skb_shared_info *info;
	__u64 parent = 0;
	struct rec_skb *r;

	if (fresh->sock && sk_addr && !(ROW_FLAGS(row) & ROW_XMIT)) {
		struct sock_state *s = bpf_map_lookup_elem(&socks, &sk_addr);

		parent = s ? s->transmitting : 0;
	}
	fresh->id = new_id(h);
	fresh->print = tuple_print(t);
	if (bpf_map_update_elem(&skbs, &key, fresh, BPF_ANY)) {
		__sync_fetch_and_add(&h->cpu->counts.map_full, 1);
		return 0;
	}
	__sync_fetch_and_add(&h->cpu->counts.matched, 1);
	say_dev(h, dev, fresh->ifindex, fresh->netns);
	r = record_begin(h, sizeof(*r), EV_SKB, ROW_STAGE(row), h->t_ns);
	if (!r)
		return 1;
	info = BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, end);
	r->skb = fresh->id;
	r->parent = parent;
	r->addr = key;
	r->sock = fresh->sock;
	r->netns = fresh->netns;
	r->ifindex = fresh->ifindex;
	r->seq = t->seq;
	r->ack = t->ack;
	r->len = t->len;
	r->skb_len = BPF_CORE_READ(skb, len);
	r->sport = t->sport;
	r->dport = t->dport;
	r->gso_size = BPF_CORE_READ(info, gso_size);
	r->gso_segs = BPF_CORE_READ(info, gso_segs);
	r->window = t->window;
	r->ip_id = t->ip_id;
	r->family = t->family;
	r->proto = t->proto;
	r->tcp_flags = t->tcp_flags;
	r->how = reused ? EV_BORN_REUSED : parent ? EV_BORN_CLONE :
		 ROW_FLAGS(row) & (ROW_START | ROW_XMIT | ROW_FIRST) ? EV_BORN_NEW : EV_BORN_MIDWAY;
	r->dir = fresh->dirs;
	r->ttl = t->ttl;
	r->pad = 0;
	__builtin_memcpy(r->saddr, t->saddr, 16);
	__builtin_memcpy(r->daddr, t->daddr, 16);
	record_end(r);
	return 1;
}

/*
 * A packet is seen for the first time, and is in born. sock: the id of the
 * socket it comes from, if that is followed. Returns 1 if the packet is ours
 * and followed from now on.
 */
__noinline int skb_born(__u64 row, __u64 key, __u64 sk_addr, __u32 sock, __u32 reused)
{
	int leaving = !!(ROW_FLAGS(row) & ROW_SEND), verdict = REJECT_N;
	struct sk_buff *skb = (struct sk_buff *)key;
	struct skb_state fresh = {};
	struct net_device *dev;
	struct born *b;
	struct here h;

	if (!here_init(&h))
		return 0;
	b = &h.cpu->born[h.ctx & 3];
	if (b->skb != key)
		return 0;	/* somebody was scheduled in between */
	dev = BPF_CORE_READ(skb, dev);
	if (!dev) {
		/* Routed, but not yet at its device (a SYN-ACK in IP): the route knows. Bit 0: not counted. */
		struct dst_entry *dst = (struct dst_entry *)(BPF_CORE_READ(skb, _skb_refdst) & ~7ul);

		if (dst)
			dev = BPF_CORE_READ(dst, dev);
	}
	if (dev) {
		fresh.ifindex = BPF_CORE_READ(dev, ifindex);
		fresh.netns = netns_of_dev(dev);
	}
	if (leaving && sk_addr)
		fresh.netns = netns_of_sock((struct sock *)sk_addr);
	fresh.sock = sock;
	fresh.dirs = leaving ? EV_DIR_SEND : EV_DIR_RECV;
	if (!sock)
		verdict = match_tuple(&b->t, fresh.netns, fresh.ifindex, 1);
	if (!sock && verdict == REJECT_N && BY_OWNER && !conn_is_owned(&b->t, fresh.netns, leaving))
		verdict = REJECT_OWNER;
	if (verdict == REJECT_N)
		return skb_open(&h, row, key, sk_addr, &fresh, dev, &b->t, reused);
	if (ROW_FLAGS(row) & ROW_COUNT)
		__sync_fetch_and_add(&h.cpu->counts.rejected[verdict & 7], 1);
	return 0;
}

/* Where ends can be missed, an open id at a place where life begins may be an
 * earlier packet's. Ends it then, and returns 1. */
__noinline int skb_reused(__u64 key, __u64 row)
{
	struct skb_state *st = bpf_map_lookup_elem(&skbs, &key);
	struct tuple t = {};
	struct here h;

	if (!st || !here_init(&h) || !tuple_of_packet(&t, (struct sk_buff *)key, ROW_FLAGS(row) & ROW_DATA) ||
	    tuple_print(&t) == st->print)
		return 0;
	say_end(&h, st->id, EV_END_LOST, 0, 0);
	bpf_map_delete_elem(&skbs, &key);
	return 1;
}

__noinline int skb_end(__u64 key, __u64 row, __u64 location, __u64 reason)
{
	struct skb_state *st = bpf_map_lookup_elem(&skbs, &key);
	__u32 how = EV_END_FREED;
	struct here h;

	if (!st || !here_init(&h))
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
	say_task();
	say_end(&h, st->id, how, location, reason);
	bpf_map_delete_elem(&skbs, &key);
	return 0;
}

/* A followed skb passes a row: the step itself. */
__noinline int skb_step(__u64 key, __u64 row, __u64 sk_addr, __u64 value)
{
	struct skb_state *st = bpf_map_lookup_elem(&skbs, &key);
	struct sk_buff *skb = (struct sk_buff *)key;
	struct net_device *dev;
	struct here h;
	__u32 sock;

	if (!st || !here_init(&h))
		return 0;
	say_task();
	/* A driver's poll, or the backlog's, hands it up here. */
	if ((ROW_FLAGS(row) & ROW_POLLED) && !st->polled) {
		st->polled = 1;
		say_polls(st->id);
	}
	st->dirs |= ROW_FLAGS(row) & ROW_SEND ? EV_DIR_SEND : EV_DIR_RECV;
	/* TCP keeps other things where dev was once the packet is in its queues: not where a socket is. */
	dev = sk_addr ? 0 : BPF_CORE_READ(skb, dev);
	if (dev) {
		__u32 ifindex = BPF_CORE_READ(dev, ifindex);

		if (ifindex && ifindex != st->ifindex) {
			st->ifindex = ifindex;
			st->netns = netns_of_dev(dev);
			say_dev(&h, dev, ifindex, st->netns);
		}
	}
	/* On loopback the sender's skb arrives: the socket it came from is not the one it goes to. */
	sock = ROW_FLAGS(row) & ROW_SEND ? st->sock : 0;
	if (sk_addr) {
		struct sock_state *s = bpf_map_lookup_elem(&socks, &sk_addr);

		sock = s ? s->id : 0;
		if (s && (ROW_FLAGS(row) & ROW_XMIT))
			s->transmitting = value ? st->id : 0;
	}
	say_step(&h, ROW_STAGE(row), h.t_ns, st->id, sock, value, BPF_CORE_READ(skb, len), st->ifindex);
	/* Nothing will tell when it is freed: this run has seen the last of it. */
	if ((ROW_FLAGS(row) & ROW_LEAVE) && !exact_ends && dirs == EV_DIR_SEND) {
		say_end(&h, st->id, EV_END_LEFT, 0, 0);
		bpf_map_delete_elem(&skbs, &key);
	}
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
		return sock_follow(sk, 1, 0);
	of_skb = BPF_CORE_READ((struct sk_buff *)skb, sk);
	if (!of_skb || !sock_is_full(of_skb) || !BPF_CORE_READ(of_skb, __sk_common.skc_dport))
		return 0;
	return sock_follow((__u64)of_skb, 1, 0);
}

static __always_inline void on_skb(struct cpu_state *cpu, __u64 row, const struct args *args, __u64 key, __u64 sk)
{
	struct skb_state *st = bpf_map_lookup_elem(&skbs, &key);
	__u64 reused = 0;

	if (ROW_FLAGS(row) & ROW_END) {
		if (st)
			skb_end(key, row, args->a[1], args->a[2]);
		return;
	}
	if (ROW_FLAGS(row) & ROW_COUNT)
		__sync_fetch_and_add(&cpu->counts.seen, 1);
	if (st && !exact_ends && (ROW_FLAGS(row) & ROW_START))
		reused = skb_reused(key, row);
	if (!st || reused) {
		__u32 sock = 0;

		if (!(ROW_FLAGS(row) & ROW_NEW))
			return;
		if (ROW_FLAGS(row) & ROW_SEND)
			sock = sock_of_leaving(key, sk);
		if (!skb_read(row, key, sk)) {
			if (ROW_FLAGS(row) & ROW_COUNT)
				__sync_fetch_and_add(&cpu->counts.rejected[REJECT_PROTO], 1);
			return;
		}
		if (!skb_born(row, key, sk, sock, reused))
			return;
	}
	skb_step(key, row, sk, row_arg(row, args, (struct sock *)sk));
}

/* A followed socket passes a row. */
__noinline int sock_step(__u64 sk, __u64 row, __u64 value)
{
	__u32 id = sock_follow(sk, !!(ROW_FLAGS(row) & ROW_SEND), 0);
	struct here h;

	if (!id || !here_init(&h))
		return 0;
	say_task();
	say_step(&h, ROW_STAGE(row), h.t_ns, 0, id, value, 0, 0);
	return 0;
}

static __always_inline int on_row(__u64 row, const struct args *args)
{
	__u64 skb = arg(args, ROW_SKB(row)), sk = arg(args, ROW_SK(row)), sock = arg(args, ROW_SOCK(row));
	__u32 zero = 0;
	struct cpu_state *cpu;

	if (stopped)
		return 0;
	cpu = bpf_map_lookup_elem(&cpus, &zero);
	if (!cpu)
		return 0;
	if (ROW_FLAGS(row) & ROW_POLL) {
		on_poll(cpu, row, args);
		return 0;
	}
	if (sock)
		sk = (__u64)BPF_CORE_READ((struct socket *)sock, sk);
	if (skb)
		on_skb(cpu, row, args, skb, sk);
	else if (sk)
		sock_step(sk, row, row_arg(row, args, (struct sock *)sk));
	return 0;
}

/* ---- one template for each kind of place; the loader copies them ---- */

/* The row word of a copy: the loader looks for this load and replaces the number. */
#define PATCHED_ROW() \
	({ \
		__u64 row_; \
		asm volatile("%0 = %1 ll" : "=r"(row_) : "i"(ROW_MAGIC)); \
		row_; \
	})

/* Only the arguments that a row names are read: the verifier knows how many a place has. */
static __always_inline int wants(__u64 row, unsigned int i)
{
	unsigned int read = ROW_READ(row), flags = ROW_FLAGS(row);

	if (ROW_SKB(row) == i || ROW_SK(row) == i || ROW_SOCK(row) == i)
		return 1;
	if (i == 0)
		return read == READ_QDISC || read == READ_NAPI;
	if (i == 1)
		return read == READ_ARG1 || read == READ_NFHOOK || read == READ_QDISC1 || read == READ_DROP;
	if (i == 2)
		return read == READ_ARG2 || (flags & (ROW_REASON | ROW_XMIT));
	return 0;
}

SEC("raw_tp")
int row_raw_tp(__u64 *ctx)
{
	__u64 row = PATCHED_ROW();
	struct args args = {};

	if (wants(row, 0))
		args.a[0] = ctx[0];
	if (wants(row, 1))
		args.a[1] = ctx[1];
	if (wants(row, 2))
		args.a[2] = ctx[2];
	if (wants(row, 3))
		args.a[3] = ctx[3];
	return on_row(row, &args);
}

/*
 * From 6.10 on a tracepoint link carries a cookie: one program, verified once,
 * serves every tracepoint. It may not touch ctx beyond the arguments that the
 * tracepoint has, so it reads them as memory; what lies behind is never used.
 */
SEC("raw_tp")
int row_raw_tp_cookie(__u64 *ctx)
{
	struct args args = {};

	bpf_probe_read_kernel(&args, 4 * sizeof(args.a[0]), ctx);
	return on_row(bpf_get_attach_cookie(ctx), &args);
}

/* The loader sets another function for each copy. */
SEC("fentry/tcp_v4_rcv")
int row_fentry(__u64 *ctx)
{
	__u64 row = PATCHED_ROW();
	struct args args = {};

	if (wants(row, 0))
		args.a[0] = ctx[0];
	if (wants(row, 1))
		args.a[1] = ctx[1];
	if (wants(row, 2))
		args.a[2] = ctx[2];
	if (wants(row, 3))
		args.a[3] = ctx[3];
	return on_row(row, &args);
}

static __always_inline int on_regs(__u64 row, struct pt_regs *regs)
{
	struct args args = { .a = {
		PT_REGS_PARM1(regs), PT_REGS_PARM2(regs), PT_REGS_PARM3(regs),
		PT_REGS_PARM4(regs), PT_REGS_PARM5(regs),
	} };

	return on_row(row, &args);
}

SEC("kprobe")
int row_kprobe(struct pt_regs *regs)
{
	return on_regs(PATCHED_ROW(), regs);
}

SEC("kprobe.multi")
int row_kprobe_multi(struct pt_regs *regs)
{
	return on_regs(bpf_get_attach_cookie(regs), regs);
}

#endif
