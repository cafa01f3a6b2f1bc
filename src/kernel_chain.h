/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where nftables keeps the names of its chains and tables. */
#ifndef SKBTRACE_KERNEL_CHAIN_H
#define SKBTRACE_KERNEL_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

struct kernel_btf;

/* Offsets in bytes; name 0: not known. */
struct chain_places {
	uint32_t table, name;	/* of struct nft_chain */
	uint32_t table_name;	/* of struct nft_table */
	bool rules;		/* its rules lie as bpf/chain.bpf.h has it */
};

/* As the BTF of the module says, on that of the kernel (NULL: it has none): all zero where there is none (before 5.11). */
struct chain_places kernel_chain_places(const struct kernel_btf *vmlinux);

#endif
