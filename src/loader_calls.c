// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls of the kernel's own functions in programs: those that exist here, and that programs may call. */
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/btf.h>

#include "loader_in.h"

enum { PSEUDO_KFUNC_CALL = 2 };	/* include/uapi/linux/bpf.h of 5.13: the headers may be older */

#define CALL(what, function) { .code = BPF_JMP | BPF_CALL, .src_reg = what, .imm = function }
#define SET(reg) { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = reg }
#define EXIT { .code = BPF_JMP | BPF_EXIT }

/* The BTF type of function i of a program. */
static __u32 function_type(const struct bpf_prog_load_opts *of, size_t i)
{
	__u32 type;

	memcpy(&type, (const char *)of->func_info + i * of->func_info_rec_size + sizeof(type), sizeof(type));
	return type;
}

/*
 * Tried with a small program. Kernels that have the two functions but let no
 * global function of a program be called in between (before 6.15) run what is attached
 * to system calls with preemption off anyway. of: those of a real program, for
 * the types of its functions.
 */
static bool try_calls(const struct loader *l, const struct bpf_prog_load_opts *of)
{
	const struct kernel *k = l->kernel;
	const struct btf *btf = bpf_object__btf(l->skel->obj);
	const struct bpf_insn insns[] = {
		CALL(PSEUDO_KFUNC_CALL, k->preempt_disable_id),
		SET(1), SET(2), SET(3), SET(4), SET(5), CALL(BPF_PSEUDO_CALL, 3),
		CALL(PSEUDO_KFUNC_CALL, k->preempt_enable_id), SET(0), EXIT,
		SET(0), EXIT,
	};
	__u32 places[2][2];
	size_t other = 1;
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_btf_fd = of->prog_btf_fd, .func_info = places,
		    .func_info_cnt = 2, .func_info_rec_size = sizeof(places[0]));
	int fd;

	/* The linkage stands where other types have their length. */
	while (other < of->func_info_cnt &&
	       btf_vlen(btf__type_by_id(btf, function_type(of, other))) != BTF_FUNC_GLOBAL)
		other++;
	if (!k->preempt_disable_id || !k->preempt_enable_id || other >= of->func_info_cnt)
		return false;
	memcpy(places, (const __u32[2][2]){ { 0, function_type(of, 0) }, { 10, function_type(of, other) } }, sizeof(places));
	fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "skbtrace_try", "GPL", insns,
			   sizeof(insns) / sizeof(insns[0]), &opts);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Tried too: what programs may do with it has changed from kernel to kernel. */
unsigned int loader_read_as(const struct kernel *k)
{
	const struct bpf_insn insns[] = {
		SET(1), { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = k->regs_id },
		CALL(PSEUDO_KFUNC_CALL, k->cast_id),
		{ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 1, .src_reg = 0, .off = 8 },
		SET(0), EXIT,
	};
	int fd;

	if (!k->cast_id || !k->regs_id)
		return 0;
	fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "skbtrace_try", "GPL", insns,
			   sizeof(insns) / sizeof(insns[0]), NULL);
	if (fd < 0)
		return 0;
	close(fd);
	return k->regs_id;
}

/* The kernel's function that a call stands for; 0: none, it does nothing. */
static int function_of(struct loader *l, int call, const struct bpf_prog_load_opts *opts)
{
	if (call == CFG_CALL_CAST)
		return l->kernel->cast_id;
	if (l->preempt == PREEMPT_UNKNOWN)
		l->preempt = try_calls(l, opts) ? PREEMPT_CAN : PREEMPT_CANNOT;
	if (l->preempt != PREEMPT_CAN)
		return 0;
	return call == CFG_CALL_PREEMPT_DISABLE ? l->kernel->preempt_disable_id : l->kernel->preempt_enable_id;
}

void loader_calls(struct loader *l, struct bpf_insn *insns, size_t n, const struct bpf_prog_load_opts *opts)
{
	for (size_t i = 0; i < n; i++) {
		int call = insns[i].imm, function;

		if (insns[i].code != (BPF_JMP | BPF_CALL) || insns[i].src_reg || call < CFG_CALL_PREEMPT_DISABLE ||
		    call > CFG_CALL_CAST)
			continue;
		function = function_of(l, call, opts);
		insns[i] = (struct bpf_insn)CALL(PSEUDO_KFUNC_CALL, function);
		if (!function)
			insns[i] = (struct bpf_insn){ .code = BPF_JMP | BPF_JA };
	}
}
