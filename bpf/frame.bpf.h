/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a CPU does besides running a task. Kept per CPU by writes that cost
 * little, and said once, before the first record that is made inside.
 */
#ifndef SKBTRACE_FRAME_BPF_H
#define SKBTRACE_FRAME_BPF_H

/*
 * The frame that a record is made in; SLOT_N: the task itself. A poll in a task
 * (threaded NAPI) and a work item are theirs who run them: another task may
 * have come onto the CPU meanwhile.
 */
static __always_inline __u32 frame_here(struct cpu_state *cpu)
{
	struct frame *f = cpu->frames;
	__u32 tid;

	if (cpu->ctx == EV_CTX_HARDIRQ)
		return f[SLOT_HRTIMER].what ? SLOT_HRTIMER : f[SLOT_IRQ].what ? SLOT_IRQ : SLOT_N;
	if (cpu->ctx == EV_CTX_SOFTIRQ)
		return f[SLOT_INNER].what ? SLOT_INNER : f[SLOT_SOFTIRQ].what ? SLOT_SOFTIRQ : SLOT_N;
	if (!f[SLOT_INNER].what && !f[SLOT_WORK].what)
		return SLOT_N;
	tid = bpf_get_current_pid_tgid();
	if (f[SLOT_INNER].what && f[SLOT_INNER].tid == tid)
		return SLOT_INNER;
	if (f[SLOT_WORK].what && f[SLOT_WORK].tid == tid)
		return SLOT_WORK;
	return SLOT_N;
}

/* What a driver calls its interrupt, as in /proc/interrupts. */
static __always_inline void irq_name(char *out, __u64 action)
{
	struct irqaction *a = (struct irqaction *)action;

	bpf_probe_read_kernel_str(out, EV_NAME_LEN, FIELD(a, name));
}

/* Of an irq, of who raised a softirq: the function that handles it. */
static __always_inline __u64 irq_handler(__u64 action)
{
	struct irqaction *a = (struct irqaction *)action;

	return (__u64)FIELD(a, handler);
}

/* The function that says what the frame is, or what raised it; 0: none does. */
static __always_inline __u64 frame_func(const struct frame *f, int by_handler)
{
	switch (f->what) {
	case EV_FRAME_POLL:
		return 0;
	case EV_FRAME_IRQ:
		return irq_handler(f->at);
	case EV_FRAME_SOFTIRQ:
		return by_handler ? irq_handler(f->raised.handler) : f->raised.timer;
	default:
		return f->at;
	}
}

/*
 * Gives the frame in that slot its number and says it, with the time it began:
 * before all that is made in it. A function of its own, verified once.
 */
__noinline int frame_say(__u32 slot, __u32 parent)
{
	struct rec_frame *r;
	int by_handler;
	struct frame *f;
	struct here h;

	if (slot >= SLOT_N || !here_find(&h))
		return 0;
	f = &h.cpu->frames[slot];
	f->id = ++h.cpu->next_frame;
	r = record_begin(&h, sizeof(*r), EV_FRAME, 0, f->began_ns);
	if (!r)
		return 0;
	r->raised_ns = f->raised.t_ns;
	/* What a timer does in an interrupt says more than who handles that. */
	by_handler = f->what == EV_FRAME_SOFTIRQ && f->raised.handler && !f->raised.timer;
	r->func = frame_func(f, by_handler);
	r->frame = f->id;
	r->parent = parent;
	r->number = f->number;
	r->netns = f->what == EV_FRAME_POLL ? netns_of_dev((struct net_device *)f->at) : 0;
	r->budget = f->budget;
	r->raised_tid = f->raised.tid;
	r->raised_by = f->raised.by;
	r->by_handler = by_handler;
	r->what = f->what;
	r->raised_ctx = f->raised.ctx;
	__builtin_memset(r->name, 0, sizeof(r->name));
	__builtin_memset(r->raised_name, 0, sizeof(r->raised_name));
	if (f->what == EV_FRAME_IRQ)
		irq_name(r->name, f->at);
	if (f->what == EV_FRAME_POLL)
		dev_name(r->name, (struct net_device *)f->at);
	if (f->raised.handler)
		irq_name(r->raised_name, f->raised.handler);
	record_end(r);
	return 0;
}

/*
 * The number of the frame of this place, said by now, the one around it first;
 * 0: the task itself. A function of its own, so that its many ways are verified
 * once and not with each of its callers.
 */
__noinline __u32 frame_id(void)
{
	struct cpu_state *cpu = this_cpu();
	struct frame *f, *around = 0;
	__u32 slot;

	if (!cpu)
		return 0;
	slot = frame_here(cpu);
	if (slot >= SLOT_N)
		return 0;
	f = &cpu->frames[slot];
	if (f->id)
		return f->id;
	if (slot == SLOT_HRTIMER)
		around = &cpu->frames[SLOT_IRQ];
	if (slot == SLOT_INNER && cpu->ctx == EV_CTX_SOFTIRQ)
		around = &cpu->frames[SLOT_SOFTIRQ];
	if (!around || !around->what) {
		frame_say(slot, 0);
		return f->id;
	}
	if (!around->id)
		frame_say(slot == SLOT_INNER ? SLOT_SOFTIRQ : SLOT_IRQ, 0);
	frame_say(slot, around->id);
	return f->id;
}

/* The same for the steps, which nearly all find it at once. */
static __always_inline __u32 frame_of(const struct cpu_state *cpu)
{
	const struct frame *inner = &cpu->frames[SLOT_INNER];

	if (cpu->ctx == EV_CTX_TASK && !inner->what && !cpu->frames[SLOT_WORK].what)
		return 0;
	if (cpu->ctx == EV_CTX_SOFTIRQ && inner->what && inner->id)
		return inner->id;
	return frame_id();
}

/* ---- who says what begins and ends ---- */

/*
 * Hard irqs of one CPU do not nest, softirqs do not either; so one slot for
 * each is right after the first change even if we came in the middle.
 * preempt_count would tell the level too, but where it lies differs by kernel
 * and architecture.
 */
static __always_inline void set_level(struct cpu_state *cpu, int in_irq)
{
	cpu->ctx = in_irq ? EV_CTX_HARDIRQ : cpu->frames[SLOT_SOFTIRQ].what ? EV_CTX_SOFTIRQ : EV_CTX_TASK;
}

static __always_inline struct frame *frame_open(struct cpu_state *cpu, __u32 slot, __u8 what, __u32 number, __u64 at)
{
	struct frame *f = &cpu->frames[slot];

	f->began_ns = bpf_ktime_get_ns();
	f->at = at;
	f->id = 0;
	f->number = number;
	f->budget = 0;
	f->what = what;
	f->raised.t_ns = 0;
	f->raised.handler = 0;
	f->raised.timer = 0;
	f->raised.tid = 0;
	f->raised.by = 0;
	f->raised.ctx = 0;
	return f;
}

SEC("raw_tp/softirq_raise")
int softirq_raise(__u64 *ctx)
{
	struct cpu_state *cpu = this_cpu_at_once();
	__u32 vec = ctx[0];
	struct raise *r;

	if (!cpu || vec >= VECTORS)
		return 0;
	r = &cpu->raised[vec];
	/* It is pending already: who raised it first counts. */
	if (r->t_ns)
		return 0;
	r->t_ns = bpf_ktime_get_ns();
	r->tid = bpf_get_current_pid_tgid();
	r->ctx = cpu->ctx;
	r->handler = 0;
	r->timer = 0;
	r->by = 0;
	if (cpu->ctx == EV_CTX_HARDIRQ) {
		if (cpu->frames[SLOT_HRTIMER].what)
			r->timer = cpu->frames[SLOT_HRTIMER].at;
		r->by = cpu->frames[SLOT_IRQ].number;
		if (cpu->frames[SLOT_IRQ].what == EV_FRAME_IRQ)
			r->handler = cpu->frames[SLOT_IRQ].at;
	} else if (cpu->ctx == EV_CTX_SOFTIRQ) {
		r->by = cpu->frames[SLOT_SOFTIRQ].number;
	}
	return 0;
}

SEC("raw_tp/softirq_entry")
int softirq_begin(__u64 *ctx)
{
	struct cpu_state *cpu = this_cpu_at_once();
	__u32 vec = ctx[0];
	struct frame *f;

	if (!cpu || vec >= VECTORS)
		return 0;
	f = frame_open(cpu, SLOT_SOFTIRQ, EV_FRAME_SOFTIRQ, vec, 0);
	f->raised = cpu->raised[vec];
	cpu->raised[vec].t_ns = 0;
	cpu->frames[SLOT_INNER].what = 0;
	cpu->entered_n[0] = cpu->entered_n[1] = 0;
	cpu->asking[EV_CTX_SOFTIRQ].flags = 0;
	set_level(cpu, 0);
	return 0;
}

SEC("raw_tp/softirq_exit")
int softirq_end(__u64 *ctx)
{
	struct cpu_state *cpu = this_cpu_at_once();

	if (!cpu)
		return 0;
	cpu->frames[SLOT_SOFTIRQ].what = 0;
	cpu->frames[SLOT_INNER].what = 0;
	set_level(cpu, 0);
	return 0;
}

SEC("raw_tp/irq_handler_entry")
int irq_begin(__u64 *ctx)
{
	struct cpu_state *cpu = this_cpu_at_once();

	if (!cpu)
		return 0;
	frame_open(cpu, SLOT_IRQ, EV_FRAME_IRQ, ctx[0], ctx[1]);
	set_level(cpu, 1);
	return 0;
}

SEC("raw_tp/local_timer_entry")
int tick_begin(__u64 *ctx)
{
	struct cpu_state *cpu = this_cpu_at_once();

	if (!cpu)
		return 0;
	frame_open(cpu, SLOT_IRQ, EV_FRAME_TICK, ctx[0], 0);
	set_level(cpu, 1);
	return 0;
}

SEC("raw_tp/call_function_single_entry")
int ipi_begin(__u64 *ctx)
{
	struct cpu_state *cpu = this_cpu_at_once();

	if (!cpu)
		return 0;
	frame_open(cpu, SLOT_IRQ, EV_FRAME_IPI, ctx[0], 0);
	set_level(cpu, 1);
	return 0;
}

/* Of all three. */
SEC("raw_tp/irq_handler_exit")
int irq_end(__u64 *ctx)
{
	struct cpu_state *cpu = this_cpu_at_once();

	if (!cpu)
		return 0;
	cpu->frames[SLOT_IRQ].what = 0;
	cpu->frames[SLOT_HRTIMER].what = 0;
	set_level(cpu, 0);
	return 0;
}

SEC("raw_tp/timer_expire_entry")
int timer_begin(__u64 *ctx)
{
	struct cpu_state *cpu = this_cpu_at_once();

	if (cpu)
		frame_open(cpu, SLOT_INNER, EV_FRAME_TIMER, 0,
			   (__u64)FIELD((struct timer_list *)ctx[0], function));
	return 0;
}

SEC("raw_tp/hrtimer_expire_entry")
int hrtimer_begin(__u64 *ctx)
{
	__u64 function = (__u64)FIELD((struct hrtimer *)ctx[0], function);
	struct cpu_state *cpu = this_cpu_at_once();

	if (!cpu)
		return 0;
	if (cpu->ctx == EV_CTX_HARDIRQ)
		frame_open(cpu, SLOT_HRTIMER, EV_FRAME_HRTIMER, 0, function);
	else
		frame_open(cpu, SLOT_INNER, EV_FRAME_HRTIMER, 0, function);
	return 0;
}

SEC("raw_tp/hrtimer_expire_exit")
int hrtimer_end(__u64 *ctx)
{
	struct cpu_state *cpu = this_cpu_at_once();

	if (!cpu)
		return 0;
	if (cpu->ctx == EV_CTX_HARDIRQ)
		cpu->frames[SLOT_HRTIMER].what = 0;
	else
		cpu->frames[SLOT_INNER].what = 0;
	return 0;
}

/* From 6.5 on; before, the softirq is all that is known of a tasklet. */
SEC("raw_tp/tasklet_entry")
int tasklet_begin(__u64 *ctx)
{
	struct cpu_state *cpu = this_cpu_at_once();

	if (cpu)
		frame_open(cpu, SLOT_INNER, EV_FRAME_TASKLET, 0, ctx[1]);
	return 0;
}

/* Of timers and tasklets. */
SEC("raw_tp/timer_expire_exit")
int inner_end(__u64 *ctx)
{
	struct cpu_state *cpu = this_cpu_at_once();

	if (cpu)
		cpu->frames[SLOT_INNER].what = 0;
	return 0;
}

/* From 6.9 on some run in a softirq (WQ_BH), as tasklets did. */
SEC("raw_tp/workqueue_execute_start")
int work_begin(__u64 *ctx)
{
	struct cpu_state *cpu = this_cpu_at_once();

	if (cpu)
		frame_open(cpu, cpu->ctx == EV_CTX_SOFTIRQ ? SLOT_INNER : SLOT_WORK, EV_FRAME_WORK, 0,
			   (__u64)FIELD((struct work_struct *)ctx[0], func))->tid =
			bpf_get_current_pid_tgid();
	return 0;
}

SEC("raw_tp/workqueue_execute_end")
int work_end(__u64 *ctx)
{
	struct cpu_state *cpu = this_cpu_at_once();

	if (!cpu)
		return 0;
	if (cpu->ctx == EV_CTX_SOFTIRQ)
		cpu->frames[SLOT_INNER].what = 0;
	else if (cpu->frames[SLOT_WORK].tid == (__u32)bpf_get_current_pid_tgid())
		cpu->frames[SLOT_WORK].what = 0;
	return 0;
}

/* A poll that followed packets came out of. */
__noinline int poll_say(__u64 napi_addr, __u32 work, __u32 budget)
{
	struct napi_struct *napi = (struct napi_struct *)napi_addr;
	struct net_device *dev = FIELD(napi, dev);
	__u32 frame = frame_id();
	struct rec_poll *r;
	struct here h;

	if (!here_init(&h))
		return 0;
	r = record_begin(&h, sizeof(*r), EV_POLL, 0, h.t_ns);
	if (!r)
		return 0;
	r->frame = frame;
	r->ifindex = dev ? FIELD(dev, ifindex) : 0;
	r->netns = netns_of_dev(dev);
	r->work = work;
	r->budget = budget;
	r->pad = 0;
	__builtin_memset(r->name, 0, sizeof(r->name));
	dev_name(r->name, dev);
	record_end(r);
	return 0;
}

/* What was kept of its beginning is over. */
static __always_inline void poll_over(struct cpu_state *cpu)
{
	cpu->poll_followed = 0;
	cpu->poll_gro = cpu->poll_core = 0;
	cpu->frames[SLOT_INNER].what = 0;
	/* net_rx_action goes on to the next. */
	if (cpu->entered_n[1] && cpu->entered[1][0].poll)
		cpu->entered_n[1] = 0;
	else if (cpu->entered_n[1])
		cpu->entered_n[1] = 1;
}

static __always_inline int poll_ends(__u64 *ctx)
{
	struct cpu_state *cpu = this_cpu();

	poll_say(ctx[0], ctx[1], ctx[2]);
	if (cpu)
		poll_over(cpu);
	return 0;
}

/* Fires after a poll. */
SEC("raw_tp/napi_poll")
int poll_end(__u64 *ctx)
{
	struct cpu_state *cpu = this_cpu_at_once();

	if (stopped || !cpu)
		return 0;
	if (cpu->poll_followed)
		return goes_on_here(ctx) ? poll_ends(ctx) : 0;
	poll_over(cpu);
	return 0;
}

#endif
