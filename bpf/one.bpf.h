/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One program for what all tracepoints do, where their links carry a cookie
 * (6.10): the functions that they share are verified once, not once for each.
 */
#ifndef SKBTRACE_ONE_BPF_H
#define SKBTRACE_ONE_BPF_H

/*
 * Some kernels let programs at tracepoints be preempted (seen on 7.3). This one
 * is not, for the counters of the CPU; that comes at its end then.
 */
#define PREEMPT(call) \
	asm volatile("call %0" : : "i"(call) : "r0", "r1", "r2", "r3", "r4", "r5", "memory")

static __always_inline void at_place(__u64 word, __u64 *ctx)
{
	struct cpu_state *cpu;

	switch (ROW_PLACE(word)) {
	case PLACE_ROW:
		on_ctx(word, ctx, 0);
		break;
	case PLACE_SYS_ENTER:
		call_begins(ctx);
		cpu = this_cpu();
		if (cpu)
			cpu->called = bpf_get_current_pid_tgid();
		break;
	case PLACE_SYS_ENTER_AGAIN:
		call_begins(ctx);
		break;
	case PLACE_SYS_EXIT:
		call_ends(ctx);
		break;
	case PLACE_WAKING:
		call_wakes(ctx[0], FIELD((struct task_struct *)ctx[0], pid));
		break;
	case PLACE_POLL_END:
		poll_ends(ctx);
		break;
	case PLACE_URING_SUBMIT:
		request_begins(ctx);
		break;
	case PLACE_URING_COMPLETE:
		request_completes(ctx);
		break;
	}
}

SEC("raw_tp")
int one_raw_tp(__u64 *ctx)
{
	__u64 word = bpf_get_attach_cookie(ctx);

	/*
	 * Every place has a cookie, so this is never done. But a program that holds a tail call keeps its
	 * variables on the kernel's stack. Else they have one place for each CPU (private stack, seen on
	 * 6.18), as the kernel does not run a program inside itself: one that is entered by a tail call
	 * it does, and what an interrupt did here wrote over them.
	 */
	if (!word)
		bpf_tail_call(ctx, &one, one_at);
	PREEMPT(CFG_CALL_PREEMPT_DISABLE);
	at_place(word, ctx);
	PREEMPT(CFG_CALL_PREEMPT_ENABLE);
	return 0;
}

/*
 * What is attached for a row, a copy for each. The kernel does not run a
 * program inside itself: with one for all rows, what an interrupt does within
 * one of them would be missed. Whom a program goes on in does not count.
 */
SEC("raw_tp")
int row_to_one(__u64 *ctx)
{
	goes_on_here(ctx);
	return 0;
}

#endif
