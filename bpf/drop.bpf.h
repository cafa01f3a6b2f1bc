/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A run that is for dropped packets alone: nothing is followed, and no other packet costs anything. What is dropped
 * is read as it dies: its headers, and the call stack, which names the functions that it was in.
 */
#ifndef SKBTRACE_DROP_BPF_H
#define SKBTRACE_DROP_BPF_H

const volatile __u8 drop_has_reason;	/* the tracepoint says it, since 5.17 */

/* Addresses of a record, and of a stack as far as it is said. */
enum { STACK_PART = 8, STACK_MOST = 48 };

/* One for each drop that an interrupt may find in progress. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, EV_CTX_N);
	__type(key, __u32);
	__type(value, __u64[STACK_MOST]);
} stacks SEC(".maps");

/* Inodes of network namespaces begin here (include/linux/proc_ns.h): something else is no device. */
enum { NETNS_FIRST = 0xeffffff0 };

/* Where it is, or is to leave by; NULL: not known. In the queues of TCP other things stand where the device was. */
static __always_inline struct net_device *dropped_dev(struct sk_buff *skb)
{
	struct net_device *dev = FIELD(skb, dev);
	struct dst_entry *dst;

	if (dev && netns_of_dev(dev) >= NETNS_FIRST)
		return dev;
	dst = (struct dst_entry *)(FIELD(skb, _skb_refdst) & ~7ul);
	dev = dst ? FIELD(dst, dev) : 0;
	return dev && netns_of_dev(dev) >= NETNS_FIRST ? dev : 0;
}

/* Reads it into this CPU's born: its headers, or, before it has any, the ends of its socket. 0: it is not of IP. */
__noinline int dropped_read(__u64 key)
{
	struct sk_buff *skb = (struct sk_buff *)key;
	__u16 protocol = FIELD(skb, protocol), network = FIELD(skb, network_header);
	struct sock *sk = FIELD(skb, sk);
	struct born *b = born_here();

	if (!b)
		return 0;
	if ((protocol == ntohs(ETH_P_IP) || protocol == ntohs(ETH_P_IPV6)) && network && network != 0xffff)
		return read_packet(key, 0);
	if (protocol || !sk || !sock_is_full(sk) || !read_sock((__u64)sk))
		return 0;
	b->of = key;
	return 1;
}

/* Decides whether what is in born is ours, and completes it. */
__noinline int dropped_is_ours(__u64 key)
{
	struct sk_buff *skb = (struct sk_buff *)key;
	struct net_device *dev = dropped_dev(skb);
	struct sock *sk = FIELD(skb, sk);
	struct born *b;
	struct here h;
	int verdict;

	if (!here_init(&h))
		return 0;
	b = &h.cpu->born[h.ctx & 3];
	__builtin_memset(&b->fresh, 0, sizeof(b->fresh));
	b->fresh.last_ns = h.t_ns;
	/* What arrives may have one, too; but not yet where only a driver has it. */
	b->fresh.dirs = sk ? EV_DIR_SEND : 0;
	if (dev) {
		b->fresh.dev = (__u64)dev;
		b->fresh.ifindex = FIELD(dev, ifindex);
		b->fresh.netns = netns_of_dev(dev);
	} else if (sk && sock_is_full(sk)) {
		b->fresh.netns = netns_of_sock(sk);
	}
	verdict = match_tuple(&b->t, b->fresh.netns, dev_is(dev), 1);
	if (verdict != REJECT_N)
		__sync_fetch_and_add(&h.cpu->counts.rejected[verdict & 7], 1);
	return verdict == REJECT_N;
}

/* So many addresses of the stack, from that one on. Takes numbers: verified once. */
__noinline int say_stack(__u64 id, __u64 t_ns, __u32 first, __u32 n)
{
	struct rec_stack *r;
	struct here h;
	__u64 *stack;
	__u32 key;

	if (!here_find(&h) || first > STACK_MOST - STACK_PART)
		return 0;
	key = h.ctx & 3;
	stack = bpf_map_lookup_elem(&stacks, &key);
	if (!stack)
		return 0;
	r = record_begin(&h, sizeof(*r), EV_STACK, 0, t_ns);
	if (!r)
		return 0;
	r->skb = id;
	r->count = n;
	r->pad = 0;
	r->a0 = stack[first];
	r->a1 = stack[first + 1];
	r->a2 = stack[first + 2];
	r->a3 = stack[first + 3];
	r->a4 = stack[first + 4];
	r->a5 = stack[first + 5];
	r->a6 = stack[first + 6];
	r->a7 = stack[first + 7];
	record_end(r);
	return 0;
}

/* All that there is to say: what it is, by what call it died, and why. */
__noinline int say_dropped(__u64 key, __u32 addresses, __u64 location, __u32 reason)
{
	struct skb_state *fresh;
	struct here h;
	__u64 id;

	if (!here_find(&h))
		return 0;
	fresh = &h.cpu->born[h.ctx & 3].fresh;
	h.t_ns = fresh->last_ns;
	id = fresh->id = new_id(&h);
	__sync_fetch_and_add(&h.cpu->counts.matched, 1);
	say_task_named(h.t_ns);
	say_dev(&h, fresh->dev, fresh->ifindex, fresh->netns);
	say_skb(&h, key, 0, 0, EV_BORN_DROPPED);
	for (__u32 i = 0; i < STACK_MOST; i += STACK_PART)
		if (i < addresses)
			say_stack(id, h.t_ns, i, addresses - i < STACK_PART ? addresses - i : STACK_PART);
	say_end(&h, id, EV_END_DROPPED, location, reason);
	return 0;
}

static __always_inline void on_drop(struct cpu_state *cpu, __u64 *ctx)
{
	struct args args = {};
	__u64 *stack;
	__s64 size;
	__u32 key;

	peek_bytes(&args, sizeof(args), ctx);
	if (!dropped_read(args.a[0]))
		return;
	__sync_fetch_and_add(&cpu->counts.seen, 1);
	key = cpu->ctx & 3;
	stack = bpf_map_lookup_elem(&stacks, &key);
	if (!stack || !dropped_is_ours(args.a[0]))
		return;
	size = bpf_get_stack(ctx, stack, STACK_MOST * sizeof(*stack), 0);
	say_dropped(args.a[0], size > 0 ? size / sizeof(*stack) : 0, args.a[1], drop_has_reason ? args.a[2] : 0);
}

/*
 * Nothing tells here what the CPU is doing: who reads the call stack finds it there. Instead of a context it is
 * counted how many drops an interrupt has found in progress, each of which reads a packet of its own.
 */
SEC("raw_tp/kfree_skb")
int skb_dropped(__u64 *ctx)
{
	struct cpu_state *cpu = this_cpu();

	if (stopped || !cpu)
		return 0;
	cpu->ctx = cpu->drops++;
	on_drop(cpu, ctx);
	cpu->drops--;
	cpu->ctx = cpu->drops ? cpu->drops - 1 : 0;
	return 0;
}

#endif
