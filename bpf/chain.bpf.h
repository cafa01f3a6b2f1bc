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

#endif
