/* SPDX-License-Identifier: GPL-2.0-only */
/* System calls on followed sockets: who called, on which socket, which bytes went. */
#ifndef SKBTRACE_SYSCALL_BPF_H
#define SKBTRACE_SYSCALL_BPF_H

enum call_op {
	CALL_OP_NONE,
#define OP(NAME, name, dir, count, flags) CALL_OP_##NAME,
#include "ops.def"
#undef OP
	CALL_OP_N,
};

enum op_dir { OP_SENDS, OP_RECEIVES, OP_NEITHER };

static __always_inline enum op_dir op_dir(__u32 op)
{
	switch (op) {
#define DIR_SEND OP_SENDS
#define DIR_RECV OP_RECEIVES
#define DIR_NEITHER OP_NEITHER
#define OP(NAME, name, dir, count, flags) case CALL_OP_##NAME: return DIR_##dir;
#include "ops.def"
#undef OP
#undef DIR_SEND
#undef DIR_RECV
#undef DIR_NEITHER
	}
	return OP_NEITHER;
}

/* The bytes that a call is asked for; 0: it does not say. */
static __always_inline __u64 op_count(__u32 op, struct pt_regs *regs)
{
	switch (op) {
#define COUNT_NONE 0
#define COUNT_A3 PT_REGS_PARM3_CORE_SYSCALL(regs)
#define COUNT_A4 PT_REGS_PARM4_CORE_SYSCALL(regs)
#define COUNT_A5 PT_REGS_PARM5_CORE_SYSCALL(regs)
#define OP(NAME, name, dir, count, flags) case CALL_OP_##NAME: return COUNT_##count;
#define URING(NAME, name, opcode, dir, count, flags)
#include "ops.def"
#undef OP
#undef COUNT_NONE
#undef COUNT_A3
#undef COUNT_A4
#undef COUNT_A5
	}
	return 0;
}

/*
 * Its MSG_ flags, those that the contract has room for. Verified alone: behind the other questions
 * that are asked of op, the verifiers of 5.10 to 6.18 believe in numbers that cannot be.
 */
__noinline int op_flags(__u64 regs_addr, __u32 op)
{
	struct pt_regs *regs = (struct pt_regs *)regs_addr;

	switch (op) {
#define FLAGS_NONE 0
#define FLAGS_A3 PT_REGS_PARM3_CORE_SYSCALL(regs)
#define FLAGS_A4 PT_REGS_PARM4_CORE_SYSCALL(regs)
#define OP(NAME, name, dir, count, flags) case CALL_OP_##NAME: return FLAGS_##flags;
#define URING(NAME, name, opcode, dir, count, flags)
#include "ops.def"
#undef OP
#undef FLAGS_NONE
#undef FLAGS_A3
#undef FLAGS_A4
	}
	return 0;
}

static __always_inline int op_accepts(__u32 op)
{
	return op == CALL_OP_ACCEPT || op == CALL_OP_ACCEPT4;
}

/* A request of io_uring: a task is noted with it while that is to wake it. */
static __always_inline int op_is_request(__u32 op)
{
	switch (op) {
#define OP(NAME, name, dir, count, flags)
#define URING(NAME, name, opcode, dir, count, flags) case CALL_OP_URING_##NAME:
#include "ops.def"
#undef OP
		return 1;
	}
	return 0;
}

/* Waits for readiness of sockets that it does not name. */
static __always_inline int op_waits(__u32 op)
{
	return op >= CALL_OP_POLL && op <= CALL_OP_EPOLL_PWAIT2;
}

/* The struct sock behind a file, NULL if it is no socket of IP (net/socket.c: private_data of a socket file). */
static __always_inline struct sock *sock_of_file(struct file *file)
{
	struct socket *sock;
	struct sock *sk;
	__u16 family;

	if (!file || (FIELD(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return 0;
	sock = FIELD(file, private_data);
	sk = sock ? FIELD(sock, sk) : 0;
	family = sk ? FIELD(sk, __sk_common.skc_family) : 0;
	return family == AF_INET || family == AF_INET6 ? sk : 0;
}

/* The struct sock behind a file descriptor of the running task. */
static __always_inline struct sock *sock_of_fd(__u32 fd)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fdtable *fdt = FIELD(task, files, fdt);
	struct file **table, *file = 0;

	if (!fdt || fd >= FIELD(fdt, max_fds))
		return 0;
	table = FIELD(fdt, fd);
	bpf_probe_read_kernel(&file, sizeof(file), table + fd);
	return sock_of_file(file);
}

static __always_inline __u32 call_seq(struct sock *sk, enum op_dir dir)
{
	const struct tcp_sock *tp = (const struct tcp_sock *)sk;

	if (dir == OP_NEITHER || FIELD(sk, sk_protocol) != IPPROTO_TCP)
		return 0;
	return dir == OP_RECEIVES ? FIELD(tp, copied_seq) : FIELD(tp, write_seq);
}

/* Where connect(), or who sends a datagram, is asked to go to, before the socket knows. A local end that is not known yet matches nothing. */
__noinline int connect_matches(__u64 sk_addr, __u64 user_addr)
{
	struct sock *sk = (struct sock *)sk_addr;
	struct tuple t = {};
	__u8 a[24] = {};

	bpf_probe_read_user(a, sizeof(a), (const void *)user_addr);
	t.proto = FIELD(sk, sk_protocol);
	if (proto_has_ports(t.proto)) {
		t.sport = FIELD(sk, __sk_common.skc_num);
		t.dport = a[2] << 8 | a[3];
	}
	if (*(__u16 *)a == AF_INET)
		map_v4(t.daddr, *(__u32 *)(a + 4));
	else
		__builtin_memcpy(t.daddr, a + 8, 16);
	return match_tuple(&t, netns_of_sock(sk), 1, 1) == REJECT_N;
}

static __always_inline __s32 call_fd(__u32 op, struct pt_regs *regs)
{
	return op == CALL_OP_SPLICE ? PT_REGS_PARM3_CORE_SYSCALL(regs) : PT_REGS_PARM1_CORE_SYSCALL(regs);
}

/* One of its ends is a pipe: it sends if the socket is the one that it writes to. */
static __always_inline __u32 splice_op(struct pt_regs *regs)
{
	__u32 op = sock_of_fd(call_fd(CALL_OP_SPLICE, regs)) ? CALL_OP_SPLICE : CALL_OP_SPLICE_OUT;
	__u32 dir = op == CALL_OP_SPLICE ? EV_DIR_SEND : EV_DIR_RECV;

	return dirs & dir ? op : CALL_OP_NONE;
}

/* From now on every connection to that port is the owner's, or what comes to that datagram socket. */
__noinline int call_listens(__u64 sk_addr, __u32 op)
{
	struct sock *sk = (struct sock *)sk_addr;
	struct tuple *t = tuple_of_sock(sk);

	if (t && proto_is_ours(t->proto) && (t->proto != IPPROTO_TCP || op != CFG_OP_BINDS))
		conn_own(sk_addr, t->proto == IPPROTO_TCP);
	return 0;
}

/* A call waits for readiness: only noted, until a followed socket wakes it. */
__noinline int call_waits(__u32 op)
{
	struct call_state c = { .op = op };
	struct here h;

	if (!here_init(&h))
		return 0;
	c.began_ns = h.t_ns;
	c.cpu = h.cpu_id;
	c.id = new_id(&h);
	bpf_map_update_elem(&calls, &h.tid, &c, BPF_ANY);
	return 0;
}

/* Noted, since its port may be known only when it returns. 1 if it is one of datagrams. */
__noinline int call_binds(__u64 sk)
{
	struct call_state c = { .op = CFG_OP_BINDS, .sk = sk };
	__u32 tid = bpf_get_current_pid_tgid();

	if (FIELD((struct sock *)sk, sk_protocol) == IPPROTO_TCP)
		return 0;
	bpf_map_update_elem(&calls, &tid, &c, BPF_ANY);
	return 1;
}

/* The socket of a call, if that is to be looked at; 0: none. */
__noinline __u64 call_sock(__u64 regs_addr, __u32 op)
{
	struct pt_regs *regs = (struct pt_regs *)regs_addr;
	struct cpu_state *cpu = this_cpu();
	struct sock *sk;

	if (stopped || !cpu)
		return 0;
	/* The cheapest no: a process that was not chosen. */
	if (BY_OWNER && !task_is_owner())
		return 0;
	cpu->asking[EV_CTX_TASK].flags = 0;
	if (op_waits(op)) {
		call_waits(op);
		return 0;
	}
	sk = sock_of_fd(call_fd(op, regs));
	if (!sk)
		return 0;
	if ((op == CFG_OP_LISTEN || op_accepts(op)) && BY_OWNER)
		call_listens((__u64)sk, op);
	if (op == CFG_OP_BINDS && call_binds((__u64)sk))
		call_listens((__u64)sk, op);
	if (op == CFG_OP_LISTEN || op == CFG_OP_BINDS)
		return 0;
	/* It may have been connected before, elsewhere. */
	if (op == CALL_OP_CONNECT)
		sock_forget((__u64)sk);
	if (op == CALL_OP_CONNECT && !connect_matches((__u64)sk, PT_REGS_PARM2_CORE_SYSCALL(regs)))
		return 0;
	return (__u64)sk;
}

/* A call on a followed socket has begun. */
__noinline int call_say(__u64 regs_addr, __u32 op, __u64 sk, __u32 sock, __u64 t_ns)
{
	struct pt_regs *regs = (struct pt_regs *)regs_addr;
	struct call_state c = { .op = op, .sk = sk, .sock = sock, .began_ns = t_ns };
	struct rec_call *r;
	struct here h;

	if (!here_find(&h))
		return 0;
	c.cpu = h.cpu_id;
	c.id = new_id(&h);
	c.seq = call_seq((struct sock *)sk, op_dir(op));
	if (bpf_map_update_elem(&calls, &h.tid, &c, BPF_ANY)) {
		record_without_room(&h, FULL_CALL);
		return 0;
	}
	say_task_named(t_ns);	/* a name that has just changed is seen here at the latest */
	r = record_begin(&h, sizeof(*r), EV_CALL, 0, t_ns);
	if (!r)
		return 0;
	r->call = c.id;
	r->count = op_count(op, regs);
	r->sock = c.sock;
	r->pid = h.tgid;
	r->fd = call_fd(op, regs);
	r->op = op;
	r->flags = op_flags((__u64)regs, op);
	r->seq = c.seq;
	r->began_cpu = c.cpu;
	record_end(r);
	return 0;
}

/* bpf/dgram.bpf.h */
int dgram_meant(__u64 regs, __u32 op, __u64 sk);
int call_notes(__u64 regs, __u32 op, __u64 sk, __u64 t_ns);

static __always_inline int call_begins(__u64 *ctx)
{
	__u64 t_ns = bpf_ktime_get_ns(), sk;
	__u32 op, sock;

	if (ctx[1] >= sizeof(sysop))
		return 0;
	op = sysop[ctx[1]];
	if (op == CALL_OP_SPLICE || op == CALL_OP_SPLICE_OUT)
		op = splice_op((struct pt_regs *)ctx[0]);
	if (!op)
		return 0;
	sk = call_sock(ctx[0], op);
	sock = sk ? sock_follow(sk, op_dir(op) == OP_SENDS, 1, t_ns) : 0;
	if (sk && !sock && !sock_is_strange(sk, op_dir(op) == OP_SENDS)) {
		if (!dgram_meant(ctx[0], op, sk))
			return call_notes(ctx[0], op, sk, t_ns);
		sock = sock_follow(sk, SOCK_LEAVING | SOCK_BY_PACKET, 1, t_ns);
	}
	return sock ? call_say(ctx[0], op, sk, sock, t_ns) : 0;
}

/*
 * The kernel does not run a program inside itself. Where tasks can be preempted
 * in a program at a system call (seen on 7.3) those of other tasks of this CPU
 * are skipped meanwhile. So there are two: the second, a copy with another word,
 * does what the first was kept from.
 */

/* The second: has the first seen this very call? Said once: the next call may be skipped. */
static __always_inline int call_was_seen(struct cpu_state *cpu, __u32 tid)
{
	if (cpu->called != tid)
		return !!bpf_map_lookup_elem(&calls, &tid);
	cpu->called = 0;
	return 1;
}

SEC("raw_tp/sys_enter")
int sys_enter(__u64 *ctx)
{
	__u32 zero = 0, tid = bpf_get_current_pid_tgid();
	struct cpu_state *cpu;

	if (ctx[1] >= sizeof(sysop) || !sysop[ctx[1]])
		return 0;
	cpu = bpf_map_lookup_elem(&cpus, &zero);
	if (!cpu || (PATCHED_ROW() == ROW_AGAIN && call_was_seen(cpu, tid)))
		return 0;
	return goes_on_here(ctx) ? call_begins(ctx) : 0;
}

/* bpf/dgram.bpf.h */
int dgram_closed(__u64 sk);

static __always_inline int call_ends(__u64 *ctx)
{
	__u32 tid = bpf_get_current_pid_tgid();
	struct call_state *c = bpf_map_lookup_elem(&calls, &tid);
	struct rec_callend *r;
	struct sock *sk;
	struct here h;
	__u32 sock;

	if (!c)
		return 0;
	/* One that waited for readiness and that no followed socket woke is nobody's business; a request
	 * is not over when a call of its task is. */
	if (c->sock && !op_is_request(c->op) && here_init(&h)) {
		h.cpu->asking[EV_CTX_TASK].flags = 0;
		sk = (struct sock *)c->sk;
		say_task(&h, h.t_ns);
		if (c->op == CALL_OP_CONNECT) {
			sock_follow(c->sk, 1, 0, h.t_ns);	/* now its ports are known */
		} else if (op_accepts(c->op) && (__s64)ctx[1] >= 0) {
			sk = sock_of_fd(ctx[1]);
			sock = sk ? sock_follow((__u64)sk, 0, 1, h.t_ns) : 0;
			if (sock)
				c->sock = sock;
		}
		r = record_begin(&h, sizeof(*r), EV_CALLEND, 0, h.t_ns);
		if (r) {
			r->call = c->id;
			r->ret = ctx[1];
			r->sock = c->sock;
			r->pid = h.tgid;
			/* After close() the socket may be gone. */
			r->seq = c->op == CALL_OP_CLOSE ? c->seq : call_seq(sk, op_dir(c->op));
			r->pad = 0;
			record_end(r);
		}
	}
	if (c->op == CFG_OP_BINDS)
		call_listens(c->sk, CFG_OP_BINDS);
	if (c->op == CALL_OP_CLOSE && !exact_ends)
		dgram_closed(c->sk);
	if (c->woken)	/* while it was still running */
		__sync_fetch_and_add(&woken, -1);
	bpf_map_delete_elem(&calls, &tid);
	return 0;
}

/* The call is forgotten when it ends: nothing is left for the second. */
SEC("raw_tp/sys_exit")
int sys_exit(__u64 *ctx)
{
	__u32 tid = bpf_get_current_pid_tgid();

	if (!bpf_map_lookup_elem(&calls, &tid))
		return 0;
	return goes_on_here(ctx) ? call_ends(ctx) : 0;
}

#endif
