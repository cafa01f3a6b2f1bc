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

static __always_inline void on_poll(struct here *h, __u64 row, const struct args *args)
{
	struct napi_struct *napi = (struct napi_struct *)args->a[0];
	struct net_device *dev = BPF_CORE_READ(napi, dev);
	__u32 slot = h->cpu->polls;

	if (slot >= POLL_SLOTS)
		return;
	h->cpu->poll[slot].t_ns = h->t_ns;
	h->cpu->poll[slot].stage = ROW_STAGE(row);
	h->cpu->poll[slot].ifindex = dev ? BPF_CORE_READ(dev, ifindex) : 0;
	h->cpu->polls = slot + 1;
}

/* The polls that led to the first followed packet in them: said late, with the time they began. */
static __always_inline void say_polls(struct here *h, __u64 skb)
{
	if (h->ctx != EV_CTX_SOFTIRQ && h->ctx != EV_CTX_TASK)
		return;
	for (__u32 i = 0; i < POLL_SLOTS; i++) {
		if (i >= h->cpu->polls)
			return;
		say_step(h, h->cpu->poll[i].stage, h->cpu->poll[i].t_ns, skb, 0, 0, 0, h->cpu->poll[i].ifindex);
	}
}

/* Everything about a packet that is seen for the first time. NULL: not ours. */
static __always_inline struct skb_state *skb_born(struct here *h, __u64 row, struct sk_buff *skb, struct sock *sk,
						  int reused)
{
	int leaving = !!(ROW_FLAGS(row) & ROW_SEND), verdict;
	struct net_device *dev = BPF_CORE_READ(skb, dev);
	struct sock_state *s = 0;
	struct skb_state fresh = {}, *st;
	struct skb_shared_info *info;
	__u64 key = (__u64)skb;
	struct tuple t = {};
	struct rec_skb *r;

	if (leaving && sk) {
		const struct tcp_skb_cb *cb = (const struct tcp_skb_cb *)__builtin_preserve_access_index(&skb->cb);

		if (!tuple_of_sock(&t, sk, 1))
			return 0;
		if (ROW_FLAGS(row) & ROW_XMIT) {
			t.seq = BPF_CORE_READ(cb, seq);
			t.len = BPF_CORE_READ(skb, len);
		} else {
			parse_tcp(&t, BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, transport_header),
				  BPF_CORE_READ(skb, len));
		}
		/* A socket without ports yet sends nothing. */
		if (!t.sport || !t.dport)
			return 0;
	} else if (!tuple_of_packet(&t, skb, ROW_FLAGS(row) & ROW_DATA)) {
		if (ROW_FLAGS(row) & ROW_COUNT)
			__sync_fetch_and_add(&h->cpu->counts.rejected[REJECT_PROTO], 1);
		return 0;
	}
	fresh.ifindex = dev ? BPF_CORE_READ(dev, ifindex) : 0;
	fresh.netns = dev ? netns_of_dev(dev) : sk ? netns_of_sock(sk) : 0;
	if (leaving && sk) {
		fresh.netns = netns_of_sock(sk);
		if (!fresh.ifindex)
			fresh.ifindex = BPF_CORE_READ(sk, sk_dst_cache, dev, ifindex);
		s = sock_follow(h, sk, &t, 1, 0);
		if (!s)
			return 0;
	} else {
		verdict = match_tuple(&t, fresh.netns, fresh.ifindex);
		if (verdict == REJECT_N && BY_OWNER && !conn_is_owned(&t, fresh.netns, leaving))
			verdict = REJECT_OWNER;
		if (verdict != REJECT_N) {
			if (ROW_FLAGS(row) & ROW_COUNT)
				__sync_fetch_and_add(&h->cpu->counts.rejected[verdict & 7], 1);
			return 0;
		}
	}
	fresh.id = new_id(h);
	fresh.sock = s ? s->id : 0;
	fresh.print = tuple_print(&t);
	fresh.dirs = leaving ? EV_DIR_SEND : EV_DIR_RECV;
	if (bpf_map_update_elem(&skbs, &key, &fresh, BPF_ANY)) {
		__sync_fetch_and_add(&h->cpu->counts.map_full, 1);
		return 0;
	}
	st = bpf_map_lookup_elem(&skbs, &key);
	if (!st)
		return 0;
	__sync_fetch_and_add(&h->cpu->counts.matched, 1);
	say_task(h);
	say_dev(h, dev, fresh.ifindex, fresh.netns);
	r = record_begin(h, sizeof(*r), EV_SKB, ROW_STAGE(row), h->t_ns);
	if (!r)
		return st;
	info = BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, end);
	r->skb = fresh.id;
	r->parent = s && !(ROW_FLAGS(row) & ROW_XMIT) ? s->transmitting : 0;
	r->addr = key;
	r->sock = fresh.sock;
	r->netns = fresh.netns;
	r->ifindex = dev ? fresh.ifindex : 0;
	r->seq = t.seq;
	r->ack = t.ack;
	r->len = t.len;
	r->skb_len = BPF_CORE_READ(skb, len);
	r->sport = t.sport;
	r->dport = t.dport;
	r->gso_size = BPF_CORE_READ(info, gso_size);
	r->gso_segs = BPF_CORE_READ(info, gso_segs);
	r->window = t.window;
	r->ip_id = t.ip_id;
	r->family = t.family;
	r->proto = t.proto;
	r->tcp_flags = t.tcp_flags;
	r->how = reused ? EV_BORN_REUSED : r->parent ? EV_BORN_CLONE :
		 ROW_FLAGS(row) & (ROW_START | ROW_XMIT) ? EV_BORN_NEW : EV_BORN_MIDWAY;
	r->dir = fresh.dirs;
	r->ttl = t.ttl;
	r->pad = 0;
	__builtin_memcpy(r->saddr, t.saddr, 16);
	__builtin_memcpy(r->daddr, t.daddr, 16);
	record_end(r);
	if (!leaving)
		say_polls(h, fresh.id);
	return st;
}

static __always_inline void on_end(struct here *h, __u64 row, const struct args *args, struct skb_state *st)
{
	__u64 location = 0;
	__u32 reason = 0, how;

	switch (ROW_READ(row)) {
	case READ_CONSUME:
		how = EV_END_CONSUMED;
		break;
	case READ_COALESCE:
		how = EV_END_COALESCED;
		break;
	case READ_DROP:
		how = EV_END_DROPPED;
		location = args->a[1];
		if (ROW_FLAGS(row) & ROW_REASON)
			reason = args->a[2];
		break;
	default:
		how = EV_END_FREED;
	}
	say_task(h);
	say_end(h, st->id, how, location, reason);
}

static __always_inline void on_skb(struct here *h, __u64 row, const struct args *args, struct sk_buff *skb,
				   struct sock *sk)
{
	__u64 key = (__u64)skb;
	struct skb_state *st = bpf_map_lookup_elem(&skbs, &key);
	struct net_device *dev;
	__u32 ifindex, reused = 0;

	if (ROW_FLAGS(row) & ROW_END) {
		if (st) {
			on_end(h, row, args, st);
			bpf_map_delete_elem(&skbs, &key);
		}
		return;
	}
	if (ROW_FLAGS(row) & ROW_COUNT)
		__sync_fetch_and_add(&h->cpu->counts.seen, 1);
	/* Where ends can be missed, an open id at a place where life begins may be an earlier packet's. */
	if (st && !exact_ends && (ROW_FLAGS(row) & ROW_START)) {
		struct tuple t = {};

		if (tuple_of_packet(&t, skb, ROW_FLAGS(row) & ROW_DATA) && tuple_print(&t) != st->print) {
			say_end(h, st->id, EV_END_LOST, 0, 0);
			bpf_map_delete_elem(&skbs, &key);
			st = 0;
			reused = 1;
		}
	}
	if (!st) {
		if (!(ROW_FLAGS(row) & ROW_NEW))
			return;
		st = skb_born(h, row, skb, sk, reused);
		if (!st)
			return;
	} else {
		say_task(h);
		if ((ROW_FLAGS(row) & ROW_RECV) && !(st->dirs & EV_DIR_RECV))
			say_polls(h, st->id);
		st->dirs |= ROW_FLAGS(row) & ROW_SEND ? EV_DIR_SEND : EV_DIR_RECV;
	}
	dev = BPF_CORE_READ(skb, dev);
	/* TCP keeps other things where dev was once the packet is in its queues. */
	ifindex = st->ifindex;
	if (dev && !sk) {
		ifindex = BPF_CORE_READ(dev, ifindex);
		if (ifindex && ifindex != st->ifindex) {
			st->ifindex = ifindex;
			st->netns = netns_of_dev(dev);
			say_dev(h, dev, ifindex, st->netns);
		}
	}
	if (sk && !st->sock) {
		__u64 sk_key = (__u64)sk;
		struct sock_state *s = bpf_map_lookup_elem(&socks, &sk_key);

		if (s)
			st->sock = s->id;
	}
	say_step(h, ROW_STAGE(row), h->t_ns, st->id, st->sock, row_arg(row, args, sk), BPF_CORE_READ(skb, len), ifindex);
	if (ROW_FLAGS(row) & ROW_XMIT) {
		__u64 sk_key = (__u64)sk;
		struct sock_state *s = bpf_map_lookup_elem(&socks, &sk_key);

		if (s)
			s->transmitting = args->a[2] ? st->id : 0;
	}
	/* Nothing will tell when it is freed: this run has seen the last of it. */
	if ((ROW_FLAGS(row) & ROW_LEAVE) && !exact_ends && dirs == EV_DIR_SEND) {
		say_end(h, st->id, EV_END_LEFT, 0, 0);
		bpf_map_delete_elem(&skbs, &key);
	}
}

static __always_inline void on_sock(struct here *h, __u64 row, const struct args *args, struct sock *sk)
{
	int leaving = !!(ROW_FLAGS(row) & ROW_SEND);
	struct sock_state *s;
	struct tuple t = {};

	if (!tuple_of_sock(&t, sk, leaving) || t.proto != IPPROTO_TCP)
		return;
	s = sock_follow(h, sk, &t, leaving, 0);
	if (!s)
		return;
	say_task(h);
	say_step(h, ROW_STAGE(row), h->t_ns, 0, s->id, row_arg(row, args, sk), 0, 0);
}

static __always_inline int on_row(__u64 row, const struct args *args)
{
	struct sk_buff *skb = (struct sk_buff *)arg(args, ROW_SKB(row));
	struct sock *sk = (struct sock *)arg(args, ROW_SK(row));
	struct here h;

	if (!here_init(&h))
		return 0;
	if (ROW_FLAGS(row) & ROW_POLL) {
		on_poll(&h, row, args);
		return 0;
	}
	if (ROW_SOCK(row) != ROW_NO_ARG) {
		struct socket *sock = (struct socket *)arg(args, ROW_SOCK(row));

		sk = sock ? BPF_CORE_READ(sock, sk) : 0;
	}
	if (skb)
		on_skb(&h, row, args, skb, sk);
	else if (sk)
		on_sock(&h, row, args, sk);
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
