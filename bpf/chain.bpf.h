/* SPDX-License-Identifier: GPL-2.0-only */
/* Says which chain of nftables runs: its table's name and its own. */
#ifndef SKBTRACE_CHAIN_BPF_H
#define SKBTRACE_CHAIN_BPF_H

/*
 * Where struct nft_chain has its table and its name, and struct nft_table its name: told by the BTF of the
 * module, which is not that of the kernel. chain_name 0: not known.
 */
const volatile __u32 chain_table, chain_name, chain_table_name;

/* The chains that were said, by address: another one may have come there since. */
struct chain {
	__u64 name;	/* where it is */
	__u32 id;
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct chain);
} chains SEC(".maps");

static __always_inline __u64 word_at(__u64 at)
{
	return PEEK((const __u64 *)at);
}

/* Its number, said anew if it was not said before; 0: not known. Takes numbers: verified once. */
__noinline __u64 chain_id(__u64 chain)
{
	struct chain fresh = {}, *known;
	struct rec_chain *r;
	struct here h;
	__u64 table;

	if (!chain_name || !chain)
		return 0;
	fresh.name = word_at(chain + chain_name);
	known = bpf_map_lookup_elem(&chains, &chain);
	if (known && known->name == fresh.name)
		return known->id;
	if (!here_init(&h))
		return 0;
	table = word_at(chain + chain_table);
	fresh.id = (h.cpu_id & 0xff) << 16 | (++h.cpu->next_chain & 0xffff);
	r = record_begin(&h, sizeof(*r), EV_CHAIN, 0, h.t_ns);
	if (!r)
		return 0;
	r->chain = fresh.id;
	r->pad = r->pad2 = 0;
	__builtin_memset(r->table, 0, 2 * EV_NAME_LEN);
	__builtin_memset(r->name, 0, 2 * EV_NAME_LEN);
	bpf_probe_read_kernel_str(r->table, 2 * EV_NAME_LEN, (const void *)word_at(table + chain_table_name));
	bpf_probe_read_kernel_str(r->name, 2 * EV_NAME_LEN, (const void *)fresh.name);
	record_end(r);
	bpf_map_update_elem(&chains, &chain, &fresh, BPF_ANY);
	return fresh.id;
}

/* The rules of a chain lie one behind the other, as the verdict's blob has them from 5.17 on. */
const volatile __u8 chain_rules;

enum { RULES_MOST = 64 };	/* of a chain that are looked at */

/*
 * The handle of the rule among those at blob that has an expression; 0: none of them. include/net/netfilter/nf_tables.h:
 * struct nft_rule_blob is a size and rules, struct nft_rule_dp one bit that it is the last, 12 of the length of
 * what follows, 42 of its handle.
 */
__noinline __u64 rule_in(__u64 blob, __u64 expr)
{
	__u64 at = blob + 8, head;
	__u32 size;

	for (int i = 0; i < RULES_MOST; i++) {
		head = word_at(at);
		size = head >> 1 & 0xfff;
		if (head & 1)
			return 0;
		at += 8;
		if (expr >= at && expr < at + size)
			return head >> 13 & 0x3ffffffffff;
		at += size;
	}
	return 0;
}

/* An expression gives its verdict in the chain that ran last: of which rule is it? 0: not known. */
static __always_inline __u64 rule_of(struct cpu_state *cpu, __u64 expr)
{
	__u64 chain = cpu->nft_chain[cpu->ctx & 3], handle;

	if (!chain_rules || !chain)
		return 0;
	/* Of two generations of rules one is in use. */
	handle = rule_in(word_at(chain), expr);
	return handle ? handle : rule_in(word_at(chain + 8), expr);
}

#endif
