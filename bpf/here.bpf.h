/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a program runs, and the writing of its records, with the names of tasks and devices that they need. */
#ifndef SKBTRACE_HERE_BPF_H
#define SKBTRACE_HERE_BPF_H

struct here {
	struct cpu_state *cpu;
	void *ring;
	__u64 t_ns;
	__u32 tid, tgid;
	__u32 cpu_id;
	__u8 ctx;
};

static __always_inline int here_of(struct here *h, struct cpu_state *cpu)
{
	__u64 both;

	if (!cpu)
		return 0;
	h->cpu = cpu;
	h->ring = 0;
	both = bpf_get_current_pid_tgid();
	h->tid = both;
	h->tgid = both >> 32;
	h->cpu_id = h->cpu->counts.cpu;
	h->ctx = h->cpu->ctx;
	return 1;
}

/* All but the time; 0 if nothing can be done here (stopped, or no state). */
static __always_inline int here_find(struct here *h)
{
	return !stopped && here_of(h, this_cpu());
}

static __always_inline int here_init(struct here *h)
{
	if (!here_find(h))
		return 0;
	h->t_ns = bpf_ktime_get_ns();
	return 1;
}

/*
 * Not atomic: fetch-and-add exists from 5.12 on only. An interrupt that counts
 * just between the load and the store makes a number come twice, never one go
 * missing: a hole is always a loss.
 */
static __always_inline __u64 count_up(__u64 *counter)
{
	return ++*counter;
}

/* cpu << 48 | context << 44 | n: unique without a lock, never reused. */
static __always_inline __u64 new_id(struct here *h)
{
	__u32 ctx = h->ctx & 3;

	return (__u64)(h->cpu_id + 1) << 48 | (__u64)ctx << 44 | count_up(&h->cpu->next_id[ctx]);
}

/* The same for sockets in 32 bits: a million of each CPU and context, then numbers come again. */
static __always_inline __u32 new_sock_id(struct here *h)
{
	__u32 ctx = h->ctx & 3;

	return (h->cpu_id + 1) << 22 | ctx << 20 | (count_up(&h->cpu->next_sock[ctx]) & 0xfffff);
}

/* ---- writing ---- */

enum { WAKE_EVERY = 1024 };	/* records of a CPU per wake-up of the reader; it also polls */

/* As this_cpu. */
static __noinline void *ring_of(__u32 cpu)
{
	return bpf_map_lookup_elem(&rings, &cpu);
}

/* What every packet passes asks for it itself. */
static __always_inline int here_at_once(struct here *h)
{
	if (stopped || !here_of(h, this_cpu_at_once()))
		return 0;
	h->t_ns = bpf_ktime_get_ns();
	h->ring = bpf_map_lookup_elem(&rings, &h->cpu_id);
	return 1;
}

/* Room for a record whose head is written; NULL: lost, and counted. */
static __always_inline void *record_begin(struct here *h, __u32 size, __u8 kind, __u16 stage, __u64 t_ns)
{
	__u64 attempt = count_up(&h->cpu->counts.attempts);
	struct ev_head *rec;

	if (!h->ring)
		h->ring = ring_of(h->cpu_id);
	if (!h->ring)
		return 0;
	rec = bpf_ringbuf_reserve(h->ring, size, 0);
	if (!rec) {
		__sync_fetch_and_add(&h->cpu->counts.ring_full, 1);
		return 0;
	}
	rec->size = size;
	rec->kind = kind;
	rec->ctx = h->ctx;
	rec->cpu = h->cpu_id;
	rec->stage = stage;
	rec->attempt = attempt;
	rec->tid = h->tid;
	rec->t_ns = t_ns;
	return rec;
}

/* What a record would have begun to tell of cannot be followed: it is lost, and counted. */
static __always_inline void record_without_room(struct here *h, enum cfg_full what)
{
	count_up(&h->cpu->counts.attempts);
	__sync_fetch_and_add(&h->cpu->counts.map_full[what], 1);
}

static __always_inline void record_end(void *rec)
{
	struct ev_head *head = rec;

	bpf_ringbuf_submit(rec, head->attempt % WAKE_EVERY ? BPF_RB_NO_WAKEUP : BPF_RB_FORCE_WAKEUP);
}

/*
 * Says who runs, once for each stay on the CPU, with the name that it has by now. t_ns: that of the
 * record which it is said for.
 */
__noinline int say_task_named(__u64 t_ns)
{
	__u64 comm[2] = {};
	struct rec_task *r;
	struct here h;

	if (!here_find(&h))
		return 0;
	h.cpu->task_names = names;
	bpf_get_current_comm(comm, sizeof(comm));
	if (h.cpu->task_tid == h.tid && h.cpu->task_comm[0] == comm[0] && h.cpu->task_comm[1] == comm[1])
		return 0;
	r = record_begin(&h, sizeof(*r), EV_TASK, 0, t_ns);
	if (!r)
		return 0;
	r->pid = h.tgid;
	r->pad = 0;
	__builtin_memcpy(r->comm, comm, sizeof(comm));
	record_end(r);
	h.cpu->task_tid = h.tid;
	h.cpu->task_comm[0] = comm[0];
	h.cpu->task_comm[1] = comm[1];
	return 0;
}

/* The same where the task is known, by its number, and nobody's name has changed. */
static __always_inline void say_task(const struct here *h, __u64 t_ns)
{
	if (h->cpu->task_tid != h->tid || h->cpu->task_names != names)
		say_task_named(t_ns);
}

/* The name stays empty without a device (the backlog's polls). */
static __always_inline void dev_name(char *out, struct net_device *dev)
{
	if (dev)
		peek_bytes(out, EV_NAME_LEN, __builtin_preserve_access_index(&dev->name));
}

/* t_ns: that of the record which it is said for. Takes numbers: verified once. */
__noinline int say_dev_named(__u64 dev, __u32 ifindex, __u32 netns, __u64 t_ns)
{
	__u64 key = ifindex | (__u64)netns << 32;
	struct rec_dev *r;
	struct here h;
	__u32 one = 1;

	if (!here_find(&h))
		return 0;
	r = record_begin(&h, sizeof(*r), EV_DEV, 0, t_ns);
	if (!r)
		return 0;
	r->ifindex = ifindex;
	r->netns = netns;
	dev_name(r->name, (struct net_device *)dev);
	record_end(r);
	bpf_map_update_elem(&devs, &key, &one, BPF_ANY);
	return 0;
}

static __always_inline void say_dev(const struct here *h, __u64 dev, __u32 ifindex, __u32 netns)
{
	__u64 key = ifindex | (__u64)netns << 32;

	if (dev && !bpf_map_lookup_elem(&devs, &key))
		say_dev_named(dev, ifindex, netns, h->t_ns);
}

#endif
