/* SPDX-License-Identifier: GPL-2.0-only */
/* Who waits in a followed call: when it is woken, by whom, and when it runs again. */
#ifndef SKBTRACE_WAKE_BPF_H
#define SKBTRACE_WAKE_BPF_H

/*
 * A socket wakes within the function that says its data is ready; what comes in
 * between ends that, so this only bounds it. A virtual CPU may stand still for milliseconds there.
 */
enum { WAKE_NS = 50000000 };

/* A call that waits for readiness is followed from here on: a followed socket ends it. */
static __always_inline void call_ready(struct here *h, struct call_state *c, struct task_struct *task, __u32 tid)
{
	struct rec_call *r = record_begin(h, sizeof(*r), EV_CALL, 0, c->began_ns);

	if (!r)
		return;
	r->head.tid = tid;
	r->head.ctx = EV_CTX_TASK;
	r->call = c->id;
	r->sock = c->sock;
	r->pid = FIELD(task, tgid);
	r->op = c->op;
	call_asked(r, c);
	r->began_cpu = c->cpu;
	record_end(r);
}

/* The socket that wakes whoever is woken now; 0: none. */
static __always_inline __u32 waking_sock(struct here *h)
{
	struct asking *a = &h->cpu->asking[h->ctx & 3];

	return (a->flags & ROW_WAKES) && a->tid == h->tid && h->t_ns - a->t_ns < WAKE_NS ? a->sock : 0;
}

/* The call of a task that is being woken. */
__noinline int call_wakes(__u64 task, __u32 tid)
{
	struct call_state *c = bpf_map_lookup_elem(&calls, &tid);
	struct rec_wake *r;
	struct here h;
	__u32 frame;

	if (!c || !here_init(&h))
		return 0;
	if (!c->sock) {
		if (c->op == CFG_OP_BINDS)
			return 0;
		c->sock = waking_sock(&h);
		if (!c->sock)
			return 0;
		call_ready(&h, c, (struct task_struct *)task, tid);
	}
	c->woken = 1;
	__sync_fetch_and_add(&woken, 1);
	say_task(&h, h.t_ns);
	frame = frame_id();
	r = record_begin(&h, sizeof(*r), EV_WAKE, 0, h.t_ns);
	if (!r)
		return 0;
	r->call = c->id;
	r->task = tid;
	r->sock = c->sock;
	r->frame = frame;
	r->pad = 0;
	record_end(r);
	return 0;
}

SEC("raw_tp/sched_waking")
int task_waking(__u64 *ctx)
{
	__u32 tid = FIELD((struct task_struct *)ctx[0], pid);
	struct call_state *c = bpf_map_lookup_elem(&calls, &tid);

	/* Woken already, and not on a CPU since: who did it first counts. */
	if (!c || c->woken)
		return 0;
	return goes_on_here(ctx) ? call_wakes(ctx[0], tid) : 0;
}

SEC("raw_tp/sched_switch")
int task_switch(__u64 *ctx)
{
	struct call_state *c;
	struct rec_run *r;
	struct here h;
	__u32 tid;

	/* Nobody that matters waits for a CPU: by far most switches. */
	if (!woken)
		return 0;
	tid = FIELD((struct task_struct *)ctx[2], pid);
	c = bpf_map_lookup_elem(&calls, &tid);
	if (!c || !c->woken)
		return 0;
	c->woken = 0;
	__sync_fetch_and_add(&woken, -1);
	if (!here_init(&h))
		return 0;
	r = record_begin(&h, sizeof(*r), EV_RUN, 0, h.t_ns);
	if (!r)
		return 0;
	r->call = c->id;
	r->task = tid;
	r->pad = 0;
	record_end(r);
	return 0;
}

#endif
