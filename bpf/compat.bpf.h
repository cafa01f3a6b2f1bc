/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between kernels, in one place; each says since when. */
#ifndef SKBTRACE_COMPAT_BPF_H
#define SKBTRACE_COMPAT_BPF_H

/*
 * preempt_count of this CPU: the per-CPU variable __preempt_count, but from
 * 6.2 to 6.14 a member of pcpu_hot (x86: arch/x86/include/asm/preempt.h).
 */
struct pcpu_hot {
	int preempt_count;
} __attribute__((preserve_access_index));
extern const struct pcpu_hot pcpu_hot __ksym __weak;
extern const int __preempt_count __ksym __weak;

static __always_inline int compat_preempt_count(void)
{
	if (&pcpu_hot) {
		const struct pcpu_hot *hot = bpf_this_cpu_ptr(&pcpu_hot);

		return hot->preempt_count;
	}
	if (&__preempt_count)
		return *(const int *)bpf_this_cpu_ptr(&__preempt_count);
	return 0;
}

/* include/linux/preempt.h: bits 0-7 preemption, 8-15 softirq (bit 8 while one is
 * served; the others count disabled sections), 16-19 hard irq, 20-23 nmi. */
static __always_inline __u8 compat_context(void)
{
	int n = compat_preempt_count();

	if (n & 0x00f00000)
		return EV_CTX_NMI;
	if (n & 0x000f0000)
		return EV_CTX_HARDIRQ;
	return n & 0x100 ? EV_CTX_SOFTIRQ : EV_CTX_TASK;
}

#endif
