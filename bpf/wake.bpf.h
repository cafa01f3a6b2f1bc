/* SPDX-License-Identifier: GPL-2.0-only */
/* Who waits in a followed call: when it is woken, by whom, and when it runs again. */
#ifndef SKBTRACE_WAKE_BPF_H
#define SKBTRACE_WAKE_BPF_H

SEC("raw_tp/sched_waking")
int task_waking(__u64 *ctx)
{
	__u32 tid = BPF_CORE_READ((struct task_struct *)ctx[0], pid), frame;
	struct call_state *c = bpf_map_lookup_elem(&calls, &tid);
	struct rec_wake *r;
	struct here h;

	/* Woken already, and not on a CPU since: who did it first counts. */
	if (!c || c->woken || !here_init(&h))
		return 0;
	c->woken = 1;
	__sync_fetch_and_add(&woken, 1);
	say_task(h.t_ns);
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
	tid = BPF_CORE_READ((struct task_struct *)ctx[2], pid);
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
