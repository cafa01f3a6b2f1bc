/* SPDX-License-Identifier: GPL-2.0-only */
/* What begins and ends around packets: sockets, processes; and the sockets that were open before. */
#ifndef SKBTRACE_LIFE_BPF_H
#define SKBTRACE_LIFE_BPF_H

/* The last that is heard of a socket. Takes numbers: verified once. */
__noinline int sock_ends(__u64 key)
{
	sock_forget(key);
	if (BY_OWNER)
		conn_disown(key);
	return sock_over(key);
}

SEC("raw_tp/tcp_destroy_sock")
int sock_end(__u64 *ctx)
{
	return sock_ends(ctx[0]);
}

/* The children of a followed command are followed too. */
SEC("raw_tp/sched_process_fork")
int process_fork(__u64 *ctx)
{
	struct task_struct *parent = (struct task_struct *)ctx[0], *child = (struct task_struct *)ctx[1];
	__u32 tgid = FIELD(parent, tgid), child_tgid = FIELD(child, tgid), one = 1;

	if (tgid != child_tgid && bpf_map_lookup_elem(&pids, &tgid))
		bpf_map_update_elem(&pids, &child_tgid, &one, BPF_ANY);
	return 0;
}

/* A pid that is free may become anybody's; a call that its task died in never returns. */
SEC("raw_tp/sched_process_exit")
int process_exit(__u64 *ctx)
{
	__u64 both = bpf_get_current_pid_tgid();
	__u32 tgid = both >> 32, tid = both;
	struct call_state *c = bpf_map_lookup_elem(&calls, &tid);

	names++;
	if (c && c->woken)
		__sync_fetch_and_add(&woken, -1);
	if (c)
		bpf_map_delete_elem(&calls, &tid);
	if (tgid == (__u32)both)
		bpf_map_delete_elem(&pids, &tgid);
	return 0;
}

SEC("raw_tp/task_rename")
int task_renamed(__u64 *ctx)
{
	names++;
	return 0;
}

/* include/linux/pid.h: as many namespaces may lie within one another */
enum { PID_LEVELS = 32 };

/* Run once at start, where user space has pids of its own namespace: which process does it mean? */
SEC("iter/task")
int process_meant(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	const struct upid *at;
	struct pid *pid;
	__u32 one = 1, level;

	if (!task)
		return 0;
	pid = FIELD(task, thread_pid);
	level = FIELD(pid, level);
	at = (const struct upid *)__builtin_preserve_access_index(&pid->numbers);
	for (__u32 i = 0; i < PID_LEVELS && i <= level; i++) {
		const struct upid *here = (const void *)at + i * bpf_core_type_size(struct upid);
		__u32 tgid = FIELD(task, tgid);

		if (FIELD(here, ns, ns.inum) == pid_ns && (__u32)FIELD(here, nr) == pid_meant)
			bpf_map_update_elem(&pids, &tgid, &one, BPF_ANY);
	}
	return 0;
}

/* Run once at start: the sockets that the chosen processes had opened before. */
SEC("iter/task_file")
int sockets_before(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct sock_state s = {};
	struct tuple *t;
	struct sock *sk;
	struct here h;
	__u64 key;
	__u32 tgid;

	if (!task || !file || !here_init(&h))
		return 0;
	tgid = FIELD(task, tgid);
	if (filter.by_pid && !bpf_map_lookup_elem(&pids, &tgid))
		return 0;
	peek_bytes(s.comm, sizeof(s.comm), __builtin_preserve_access_index(&task->comm));
	if (filter.by_comm) {
		for (int i = 0; i < EV_NAME_LEN; i++) {
			if (s.comm[i] != filter.comm[i])
				return 0;
			if (!s.comm[i])
				break;
		}
	}
	sk = sock_of_file(file);
	t = sk ? tuple_of_sock(sk) : 0;
	if (!t || !proto_is_ours(t->proto))
		return 0;
	key = (__u64)sk;
	conn_own(key, 0);
	if (bpf_map_lookup_elem(&socks, &key))
		return 0;
	/* A listener is told by its port alone: it has no tuple to match yet. */
	if (FIELD(sk, __sk_common.skc_state) == TCP_LISTEN)
		return 0;
	if (match_tuple(t, netns_of_sock(sk), 1, 0) != REJECT_N)
		return 0;
	s.id = new_sock_id(&h);
	s.owner = tgid;
	s.dgram = t->proto != IPPROTO_TCP;
	s.file = s.dgram ? sock_file(sk) : 0;
	bpf_map_update_elem(&socks, &key, &s, BPF_NOEXIST);
	say_sock(key, h.t_ns);
	return 0;
}

#endif
