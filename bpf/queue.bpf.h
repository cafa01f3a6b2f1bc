/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads queueing disciplines: which one it is, and how much waits in it. */
#ifndef SKBTRACE_QUEUE_BPF_H
#define SKBTRACE_QUEUE_BPF_H

/* include/net/sch_generic.h; the same from 5.10 to 7.3 */
enum { TCQ_F_CPUSTATS = 0x20 };

/* A qdisc that was said, by address; another one may have come there since. */
struct queue {
	__u64 ops;
	__u32 handle;
	__u32 id;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct queue);
} queues SEC(".maps");

/* Its number, said anew if it was not said before. 16 bits of a CPU, then numbers come again. */
static __always_inline __u32 queue_id(__u64 qdisc)
{
	struct Qdisc *q = (struct Qdisc *)qdisc;
	struct net_device *dev = FIELD(q, dev_queue, dev);
	const void *ops = FIELD(q, ops);
	struct queue fresh = { .ops = (__u64)ops, .handle = FIELD(q, handle) }, *known;
	struct rec_qdisc *r;
	struct here h;

	known = bpf_map_lookup_elem(&queues, &qdisc);
	if (known && known->ops == fresh.ops && known->handle == fresh.handle)
		return known->id;
	if (!here_init(&h))
		return 0;
	fresh.id = (h.cpu_id & 0xff) << 16 | (++h.cpu->next_queue & 0xffff);
	r = record_begin(&h, sizeof(*r), EV_QDISC, 0, h.t_ns);
	if (!r)
		return 0;
	r->qdisc = fresh.id;
	r->handle = fresh.handle;
	r->parent = FIELD(q, parent);
	r->flags = FIELD(q, flags);
	r->ifindex = dev ? FIELD(dev, ifindex) : 0;
	r->netns = netns_of_dev(dev);
	__builtin_memset(r->name, 0, sizeof(r->name));
	bpf_probe_read_kernel_str(r->name, sizeof(r->name),
				  ops + __builtin_preserve_field_info(((struct Qdisc_ops *)0)->id, 0));
	record_end(r);
	bpf_map_update_elem(&queues, &qdisc, &fresh, BPF_ANY);
	return fresh.id;
}

/*
 * What is in a qdisc, as ROW_QDISC. skb: not 0: it is in there by now, and is not counted. Those
 * that count for each CPU (pfifo_fast) do not say. Takes numbers: verified once.
 */
__noinline __u64 read_queue(__u64 qdisc, __u64 skb)
{
	struct Qdisc *q = (struct Qdisc *)qdisc;
	__u32 packets, bytes, own = 0, id = queue_id(qdisc);

	if (FIELD(q, flags) & TCQ_F_CPUSTATS)
		return ROW_QDISC(id, ROW_QDISC_UNKNOWN, 0);
	packets = FIELD(q, q.qlen);
	bytes = FIELD(q, qstats.backlog);
	if (skb) {
		own = FIELD((struct sk_buff *)skb, len);
		packets -= !!packets;
		bytes = bytes > own ? bytes - own : 0;
	}
	if (packets > ROW_QDISC_MANY)
		packets = ROW_QDISC_MANY;
	if (bytes > ROW_QDISC_BYTES_MOST)
		bytes = ROW_QDISC_BYTES_MOST;
	return ROW_QDISC(id, packets, bytes);
}

#endif
