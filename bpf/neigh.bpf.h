/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets that wait until the link-layer address of a neighbour is known, and what is done about it. */
#ifndef SKBTRACE_NEIGH_BPF_H
#define SKBTRACE_NEIGH_BPF_H

/* include/net/neighbour.h: with one of these the address is known */
enum { NUD_KNOWN = 0xde };

enum { WAITING = 4 };	/* packets for one neighbour that its question and answer are drawn with */

/* The followed packets that wait for a neighbour, by its address: sk_buff and id, for the sk_buff may be gone. */
struct waiting {
	__u64 skb[WAITING], id[WAITING];
	__u32 n, asked;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct waiting);
} neighbours SEC(".maps");

/* A followed packet comes to a neighbour whose address is not known. Takes numbers: verified once. */
__noinline __u64 read_neigh(__u64 neigh, __u64 skb, __u64 id)
{
	struct neighbour *n = (struct neighbour *)neigh;
	__u32 state = FIELD(n, nud_state), packets = FIELD(n, arp_queue.qlen), at;
	struct waiting *w;

	if (state & NUD_KNOWN)
		return (__u64)state << 32;
	w = bpf_map_lookup_elem(&neighbours, &neigh);
	if (!w || !packets) {
		struct waiting fresh = { .skb = { skb }, .id = { id }, .n = 1 };

		bpf_map_update_elem(&neighbours, &neigh, &fresh, BPF_ANY);
		return (__u64)state << 32 | packets;
	}
	at = w->n;
	if (at < WAITING) {
		w->skb[at] = skb;
		w->id[at] = id;
		w->n = at + 1;
	}
	return (__u64)state << 32 | packets;
}

/* Who is asked for. The address of IPv6 is too long to be said. */
static __always_inline __u64 read_solicit(__u64 neigh)
{
	struct neighbour *n = (struct neighbour *)neigh;
	__u32 addr = 0;

	if (FIELD(n, tbl, family) == AF_INET)
		bpf_probe_read_kernel(&addr, sizeof(addr), __builtin_preserve_access_index(&n->primary_key));
	return addr;
}

static __always_inline __u64 read_lladdr(__u64 lladdr, __u64 state)
{
	__u64 addr = 0;

	if (lladdr)
		bpf_probe_read_kernel(&addr, 6, (const void *)lladdr);
	return (state & 0xff) << 48 | addr;
}

/* A step of a packet that waits, if it still does. Takes numbers: verified once. */
__noinline int neigh_says_to(__u64 row, __u64 skb, __u64 id, __u64 value, __u64 t_ns)
{
	struct skb_state *st = skb_find(skb);
	struct step_facts s = { .skb = id, .arg = value };
	struct here h;

	if (!st || st->id != id || !here_find(&h))
		return 0;
	say_task(&h, t_ns);
	s.frame = frame_id();
	s.sock = st->sock;
	s.ifindex = st->ifindex;
	say_step(&h, ROW_STAGE(row), t_ns, &s);
	return 0;
}

/* Somebody asks for a neighbour, or learns its address: a step of each packet that waits for it. */
__noinline int neigh_says(__u64 row, __u64 neigh, __u64 value)
{
	struct waiting *w = bpf_map_lookup_elem(&neighbours, &neigh);
	__u64 t_ns = bpf_ktime_get_ns();

	if (!w)
		return 0;
	if (ROW_READ(row) == READ_SOLICIT)
		value |= (__u64)w->asked++ << 32;
	for (__u32 i = 0; i < WAITING && i < w->n; i++)
		neigh_says_to(row, w->skb[i], w->id[i], value, t_ns);
	if (ROW_READ(row) == READ_LLADDR && (value >> 48 & NUD_KNOWN))
		bpf_map_delete_elem(&neighbours, &neigh);
	return 0;
}

#endif
