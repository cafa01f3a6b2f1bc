/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the running kernel offers: found by trying, never by version. */
#ifndef SKBTRACE_KERNEL_H
#define SKBTRACE_KERNEL_H

#include "capfile.h"
#include "config.h"
#include "kernel_btf.h"
#include "kernel_reason.h"
#include "plan.h"

/* One function that the catalogue names, as this kernel has it. */
struct kernel_function {
	const char *symbol;
	const struct hook *hook;
	enum symbol_state state;
	int btf_id;		/* SYMBOL_TYPED */
	bool in_module;		/* btf_id is one of hook->module's BTF */
	struct kernel_function *next;	/* of the same hash */
};

struct kernel {
	struct kernel_btf *btf;	/* vmlinux */
	struct facts facts;	/* ctx is this struct */
	struct kernel_function *functions;
	size_t function_n;
	int preempt_disable_id, preempt_enable_id;	/* functions that programs may call, since 6.10; 0: none */
	int cast_id;			/* the same: bpf_rdonly_cast, since 6.2 */
	int regs_id;			/* struct pt_regs */
	int iter_task_id, iter_file_id;	/* what iterators over tasks, and over their files, are for; 0: none */
	struct kernel_reasons reasons;
	bool names_multi;	/* bpf_kprobe_multi_link_attach is in the BTF: 5.18 and CONFIG_FPROBE */
	bool says_names;	/* programs that user space runs may ask for symbols, since 5.16 */
	bool finds_names;	/* the kernel finds a symbol by its name without reading all of them, since 6.2 */
	bool kfree_skb_has_reason;	/* tracepoint skb:kfree_skb, since 5.17 */
	unsigned int uring_submit_id, uring_complete_id;	/* btf_trace_io_uring_*; 0: none */
	enum cfg_uring uring;	/* what its tracepoints of io_uring say */
	bool has_kprobe_cookie;	/* each kprobe of a program may carry a cookie of its own, since 5.15 */
	bool has_exchange;	/* programs can compare and exchange, since 5.12 */
	bool has_tracepoint_cookie;	/* bpf_get_attach_cookie in raw_tp programs, since 6.10 */
};

/*
 * 0, or a negative error with one sentence said: -EPERM (not root), -ENOENT
 * (no BTF). Reads the kernel's BTF and tries each back end with a program
 * of two instructions.
 */
int kernel_open(struct kernel **out);
void kernel_close(struct kernel *k);
const struct kernel_function *kernel_function(const struct kernel *k, const struct hook *h);
/* The symbol that holds address (from /proc/kallsyms, read at the first call); empty if not known. */
void kernel_symbol(uint64_t address, char *out, size_t size);

#endif
