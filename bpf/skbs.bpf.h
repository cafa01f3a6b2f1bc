/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The skbs that are followed, by address. Nearly every row asks for one, and a
 * hash of the kernel takes more than a hundred instructions to answer. Here an
 * address has eight places, all in one line of the cache. Where programs cannot
 * compare and exchange (before 5.12) it is the kernel's hash.
 */
#ifndef SKBTRACE_SKBS_BPF_H
#define SKBTRACE_SKBS_BPF_H

const volatile __u8 exchanges;	/* programs can compare and exchange */
const volatile __u32 skb_sets_last;	/* number of the last set; all its bits are set */

/* A followed skb. Owned by the id: made at birth, gone at its end. */
struct skb_state {
	__u64 id;
	__u64 last_ns;	/* when it was last seen; 0: not before the poll that hands it up */
	__u64 dev;	/* the struct net_device of ifindex */
	__u32 sock;
	__u32 ifindex;
	__u32 netns;
	__u32 print;	/* of its headers: tells a forwarded skb from a reused address */
	__u16 dirs;	/* enum ev_dir bits: directions it was seen in */
	__u16 rewritten;	/* what it is by the next row: SKB_ bits */
	__u32 proto;	/* IP protocol | destination port << 16 */
};

enum {
	SKB_NAT = 1,	/* its addresses are others */
	SKB_JOINED = 2,	/* a fragment: if it was the last, the whole packet goes on in its place */
};

struct skb_set {
	__u64 keys[CFG_SKB_WAYS];	/* 0: free */
	struct skb_state states[CFG_SKB_WAYS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);	/* user space sets their numbers */
	__type(key, __u32);
	__type(value, struct skb_set);
} skb_sets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct skb_state);
} skbs SEC(".maps");

/* An sk_buff is 256 bytes, two of them in a pair; the bits above tell slabs apart. */
static __always_inline struct skb_set *skb_set_of(__u64 key)
{
	__u32 at = (key >> 8 ^ key >> 21) & skb_sets_last;

	return bpf_map_lookup_elem(&skb_sets, &at);
}

/*
 * The number, that the verifier does not know: all that follows would be verified once for each of its values
 * otherwise. any: what is not known either; it is added as nothing.
 */
static __always_inline __u32 some_way(__u32 way, __u64 any)
{
	__u64 same = any;

	asm volatile("" : "+r"(same));
	way += (__u32)(same ^ any);
	asm volatile("" : "+r"(way));
	return way;
}

/* CFG_SKB_WAYS: it is not there. */
static __always_inline __u32 skb_way(const struct skb_set *set, __u64 key)
{
	__u32 way = 0;

	while (way < CFG_SKB_WAYS && set->keys[way] != key)
		way++;
	return some_way(way, key);
}

/*
 * NULL: it is not followed. For the steps; what a packet passes rarely calls the function below: for each look-up
 * that the kernel puts into a program it moves all of the program.
 */
static __always_inline struct skb_state *skb_find_at_once(__u64 key)
{
	struct skb_set *set;
	__u32 way;

	if (!exchanges)
		return bpf_map_lookup_elem(&skbs, &key);
	set = skb_set_of(key);
	if (!set)
		return 0;
	way = skb_way(set, key);
	if (way >= CFG_SKB_WAYS)
		return 0;
	/* The compiler may have tested a copy of it, of which alone the verifier then knows the bounds. */
	asm volatile("" : "+r"(way));
	return &set->states[way & (CFG_SKB_WAYS - 1)];
}

static __noinline struct skb_state *skb_find(__u64 key)
{
	return skb_find_at_once(key);
}

/* Of one that is not followed yet. 0: there is no room. */
static __always_inline int skb_keep(__u64 key, const struct skb_state *fresh)
{
	struct skb_set *set;

	if (!exchanges)
		return !bpf_map_update_elem(&skbs, &key, fresh, BPF_ANY);
	set = skb_set_of(key);
	for (int i = 0; set && i < CFG_SKB_WAYS; i++) {
		__u32 way;

		if (set->keys[i] || __sync_val_compare_and_swap(&set->keys[i], 0, key))
			continue;
		way = some_way(i, key);
		if (way < CFG_SKB_WAYS)
			set->states[way] = *fresh;
		return 1;
	}
	return 0;
}

static __always_inline void skb_drop(__u64 key)
{
	struct skb_set *set;
	__u32 way;

	if (!exchanges) {
		bpf_map_delete_elem(&skbs, &key);
		return;
	}
	set = skb_set_of(key);
	way = set ? skb_way(set, key) : CFG_SKB_WAYS;
	if (way < CFG_SKB_WAYS)
		set->keys[way] = 0;
}

#endif
