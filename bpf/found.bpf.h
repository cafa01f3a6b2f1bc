/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the functions that the devices in use point at, in all network namespaces. No list knows all drivers. */
#ifndef SKBTRACE_FOUND_BPF_H
#define SKBTRACE_FOUND_BPF_H

/* What user space attached to, by ROW_NTH; it fills this. */
__u64 found[CFG_FOUND_MAX];

/* Where the walk is: entries of lists; 0: not in such a list. */
struct {
	__u64 first, net, dev, napi;
	__u32 done;
} walk;

/* function -> enum cfg_found */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, CFG_FOUND_MAX - 1);
	__type(key, __u64);
	__type(value, __u32);
} functions SEC(".maps");

enum { WALK_STEPS = 128 };

#define ENTRY_OF(address, type, member) ((type *)((address) - bpf_core_field_offset(type, member)))

static __always_inline void found_add(__u64 function, __u32 what)
{
	if (function)
		bpf_map_update_elem(&functions, &function, &what, BPF_ANY);
}

static __always_inline __u64 list_next(__u64 entry)
{
	return (__u64)FIELD((struct list_head *)entry, next);
}

/* The devices of the namespace whose turn it is. Among all is the head of the list, which is none: no loopback lies in it. */
static __always_inline void walk_in(void)
{
	struct net *net = ENTRY_OF(walk.net, struct net, list);

	walk.dev = 0;
	if (FIELD(net, loopback_dev, nd_net.net) == net)
		walk.dev = (__u64)FIELD(net, dev_base_head.next);
}

/* One entry further. Nothing is locked: of a list that changes meanwhile it may see the rest or not. */
__noinline int walk_on(int unused)
{
	struct net *net = ENTRY_OF(walk.net, struct net, list);
	struct net_device *dev = ENTRY_OF(walk.dev, struct net_device, dev_list);
	struct napi_struct *napi = ENTRY_OF(walk.napi, struct napi_struct, dev_list);

	if (walk.napi) {
		if (walk.napi == (__u64)dev + bpf_core_field_offset(struct net_device, napi_list)) {
			walk.napi = 0;
			walk.dev = list_next(walk.dev);
			return 0;
		}
		found_add((__u64)FIELD(napi, poll), FOUND_POLL);
		walk.napi = list_next(walk.napi);
		return 0;
	}
	if (walk.dev && walk.dev != (__u64)net + bpf_core_field_offset(struct net, dev_base_head)) {
		found_add((__u64)FIELD(dev, netdev_ops, ndo_start_xmit), FOUND_XMIT);
		/* The root, and what a root that only spreads packets over queues (mq) has for the first. */
		found_add((__u64)FIELD(dev, qdisc, enqueue), FOUND_ENQUEUE);
		found_add((__u64)FIELD(dev, _tx, qdisc, enqueue), FOUND_ENQUEUE);
		walk.napi = (__u64)FIELD(dev, napi_list.next);
		return 0;
	}
	walk.net = list_next(walk.net);
	walk.done = !walk.net || walk.net == walk.first;
	walk_in();
	return 0;
}

/* Run by user space until walk.done. From the namespace of the caller: the list is a ring. */
SEC("raw_tp")
int find_functions(void *ctx)
{
	if (!walk.first) {
		struct task_struct *task = (struct task_struct *)bpf_get_current_task();
		struct net *net = FIELD(task, nsproxy, net_ns);

		walk.first = walk.net = (__u64)net + bpf_core_field_offset(struct net, list);
		walk_in();
	}
	for (int i = 0; i < WALK_STEPS && !walk.done; i++)
		walk_on(0);
	return 0;
}

#endif
