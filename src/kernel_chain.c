// SPDX-License-Identifier: GPL-2.0-or-later
/* Looks in the BTF of nf_tables, which is a module as a rule: libbpf relocates by that of the kernel alone. */
#include "kernel_chain.h"

#include <string.h>

#include "kernel_btf.h"

static const struct btf_type *struct_named(const struct kernel_btf *b, const char *name)
{
	for (uint32_t id = kernel_btf_first(b); id < kernel_btf_end(b); id++) {
		const struct btf_type *t = kernel_btf_type(b, id);

		if (t && BTF_INFO_KIND(t->info) == BTF_KIND_STRUCT && !strcmp(kernel_btf_name(b, t->name_off), name))
			return t;
	}
	return NULL;
}

/* The first bit of a member, and how many it has of a bit field (0: it is none); -1: it is not there. */
static long member_bit(const struct kernel_btf *b, const struct btf_type *t, const char *name, unsigned int *size)
{
	const struct btf_member *m = (const void *)(t + 1);

	for (unsigned int i = 0; i < BTF_INFO_VLEN(t->info); i++) {
		if (strcmp(kernel_btf_name(b, m[i].name_off), name))
			continue;
		*size = t->info >> 31 ? BTF_MEMBER_BITFIELD_SIZE(m[i].offset) : 0;
		return t->info >> 31 ? BTF_MEMBER_BIT_OFFSET(m[i].offset) : m[i].offset;
	}
	return -1;
}

/* The offset of a member in bytes; 0: it is not there, or the first. */
static uint32_t member_at(const struct kernel_btf *b, const struct btf_type *t, const char *name)
{
	unsigned int size;
	long bit = member_bit(b, t, name, &size);

	return bit < 0 ? 0 : bit / 8;
}

static bool bits_are(const struct kernel_btf *b, const struct btf_type *t, const char *name, long bit, unsigned int bits)
{
	unsigned int size = 0;

	return t && member_bit(b, t, name, &size) == bit && size == bits;
}

/* Is a chain's blob of rules what bpf/chain.bpf.h reads? */
static bool rules_known(const struct kernel_btf *b, const struct btf_type *chain)
{
	const struct btf_type *blob = struct_named(b, "nft_rule_blob"), *rule = struct_named(b, "nft_rule_dp");

	return bits_are(b, chain, "blob_gen_0", 0, 0) && bits_are(b, chain, "blob_gen_1", 64, 0) &&
	       bits_are(b, blob, "data", 64, 0) && bits_are(b, rule, "is_last", 0, 1) && bits_are(b, rule, "dlen", 1, 12) &&
	       bits_are(b, rule, "handle", 13, 42) && bits_are(b, rule, "data", 64, 0);
}

struct chain_places kernel_chain_places(const struct kernel_btf *vmlinux)
{
	struct chain_places places = { 0 };
	const struct btf_type *chain, *table;
	struct kernel_btf *b;

	if (!vmlinux || kernel_btf_open(&b, "nf_tables", vmlinux))
		return places;
	chain = struct_named(b, "nft_chain");
	table = struct_named(b, "nft_table");
	if (chain && table) {
		places.table = member_at(b, chain, "table");
		places.name = member_at(b, chain, "name");
		places.rules = rules_known(b, chain);
		places.table_name = member_at(b, table, "name");
	}
	kernel_btf_close(b);
	return places;
}
