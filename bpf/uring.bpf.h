/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests of io_uring on followed sockets: each is a call, from its submission to its completion,
 * whoever runs it in between. Nothing tells when a request is run for the last time, so its bytes are
 * those behind the counter as it was when the request was last set going (submitted, woken, handed to
 * a worker), behind those of the requests before it, and not beyond the counter at its completion.
 */
#ifndef SKBTRACE_URING_BPF_H
#define SKBTRACE_URING_BPF_H

enum { URING_FIXED_FILE = 1 << 0, URING_MORE = 1 << 1 };	/* IOSQE_FIXED_FILE, IORING_CQE_F_MORE */
enum { URING_MSG_PEEK = 2 };

/* As they are on older kernels: before 5.19, before 6.13. */
struct io_kiocb___named {
	__u64 user_data;
} __attribute__((preserve_access_index));

struct io_fixed_file___table {
	__u64 file_ptr;
} __attribute__((preserve_access_index));

struct io_file_table___table {
	struct io_fixed_file___table *files;
} __attribute__((preserve_access_index));

struct io_ring_ctx___table {
	struct io_file_table___table file_table;
	__u32 nr_user_files;
} __attribute__((preserve_access_index));

/* The file of that number in the table of a ring; the lowest bits of the pointer say other things. */
static __always_inline struct file *uring_registered(const struct io_ring_ctx *ring, __u32 n)
{
	const struct io_ring_ctx___table *old = (const void *)ring;
	struct io_fixed_file___table *files;
	__u64 file = 0;

	if (bpf_core_field_exists(old->file_table.files)) {
		files = FIELD(old, file_table.files);
		if (n < FIELD(old, nr_user_files))
			file = FIELD(files + n, file_ptr);
	} else if (n < FIELD(ring, file_table.data.nr)) {
		struct io_rsrc_node **nodes = FIELD(ring, file_table.data.nodes), *node = 0;

		bpf_probe_read_kernel(&node, sizeof(node), nodes + n);
		file = node ? FIELD(node, file_ptr) : 0;
	}
	return (struct file *)(file & ~7ull);
}

/* Before 5.19 a request has its file when it is submitted; since then it has the number only. */
static __always_inline struct sock *uring_sock(const struct io_kiocb *req)
{
	struct file *file = FIELD(req, file);

	if (!bpf_core_field_exists(req->cqe))
		return sock_of_file(file);
	if (FIELD(req, flags) & URING_FIXED_FILE)
		return sock_of_file(uring_registered(FIELD(req, ctx), FIELD(req, cqe.fd)));
	return sock_of_fd(FIELD(req, cqe.fd));
}

static __always_inline __s32 uring_fd(const struct io_kiocb *req)
{
	struct cpu_state *cpu = this_cpu();

	if (FIELD(req, flags) & URING_FIXED_FILE)
		return -1;
	if (bpf_core_field_exists(req->cqe))
		return FIELD(req, cqe.fd);
	return cpu ? cpu->uring_fd : -1;
}

static __always_inline __u64 uring_user_data(const struct io_kiocb *req)
{
	const struct io_kiocb___named *old = (const void *)req;

	if (bpf_core_field_exists(req->cqe))
		return FIELD(req, cqe.user_data);
	return FIELD(old, user_data);
}

static __always_inline __u64 request_count(const struct io_kiocb *req, __u32 op)
{
	switch (op) {
#define COUNT_NONE 0
#define COUNT_SR (__u32)FIELD((const struct io_sr_msg *)req, len)
#define COUNT_RW FIELD((const struct io_rw *)req, len)
#define OP(NAME, name, dir, count, flags)
#define URING(NAME, name, opcode, dir, count, flags) case CALL_OP_URING_##NAME: return COUNT_##count;
#include "ops.def"
#undef OP
#undef COUNT_NONE
#undef COUNT_SR
#undef COUNT_RW
	}
	return 0;
}

static __always_inline __u32 request_flags(const struct io_kiocb *req, __u32 op)
{
	switch (op) {
#define FLAGS_NONE 0
#define FLAGS_SR FIELD((const struct io_sr_msg *)req, msg_flags)
#define OP(NAME, name, dir, count, flags)
#define URING(NAME, name, opcode, dir, count, flags) case CALL_OP_URING_##NAME: return FLAGS_##flags;
#include "ops.def"
#undef OP
#undef FLAGS_NONE
#undef FLAGS_SR
	}
	return 0;
}

/* ---- it begins ---- */

/* The socket of a request, if that is to be looked at; 0: none. */
__noinline __u64 request_sock(__u64 req_addr, __u32 op)
{
	const struct io_kiocb *req = (const struct io_kiocb *)req_addr;
	struct sock *sk;

	if (stopped || (BY_OWNER && !task_is_owner()))
		return 0;
	sk = uring_sock(req);
	if (!sk)
		return 0;
	if (op == CALL_OP_URING_ACCEPT && BY_OWNER)
		call_listens((__u64)sk, op);
	/* It may have been connected before, elsewhere. */
	if (op == CALL_OP_URING_CONNECT)
		sock_forget((__u64)sk);
	if (op == CALL_OP_URING_CONNECT &&
	    !connect_matches((__u64)sk, (__u64)FIELD((const struct io_connect *)req, addr)))
		return 0;
	return (__u64)sk;
}

/* Its record; a request that goes on after a completion begins anew. */
__noinline int request_say(__u64 req_addr, __u64 t_ns)
{
	struct request *q = bpf_map_lookup_elem(&requests, &req_addr);
	struct rec_call *r;
	struct here h;

	if (!q || !here_find(&h))
		return 0;
	q->id = new_id(&h);
	q->seq = call_seq((struct sock *)q->sk, op_dir(q->op));
	say_task_named(t_ns);
	r = record_begin(&h, sizeof(*r), EV_CALL, 0, t_ns);
	if (!r)
		return 0;
	r->head.tid = q->tid;
	r->head.ctx = EV_CTX_TASK;
	r->call = q->id;
	r->count = q->count;
	r->sock = q->sock;
	r->pid = h.tgid;
	r->fd = q->fd;
	r->op = q->op;
	r->flags = q->flags;
	r->seq = q->seq;
	r->began_cpu = h.cpu_id;
	record_end(r);
	return 0;
}

__noinline int request_follow(__u64 req_addr, __u32 op, __u64 sk, __u32 sock, __u64 t_ns)
{
	const struct io_kiocb *req = (const struct io_kiocb *)req_addr;
	struct request q = { .sk = sk, .sock = sock, .op = op, .ran = EV_RAN_SUBMITTER };
	struct request_name name;
	struct here h;

	if (!here_find(&h))
		return 0;
	q.tid = h.tid;
	q.fd = uring_fd(req);
	q.count = request_count(req, op);
	q.flags = request_flags(req, op);
	name.ring = q.ring = (__u64)FIELD(req, ctx);
	name.user_data = q.user_data = uring_user_data(req);
	/* Where one is at this address its end was not told (IOSQE_CQE_SKIP_SUCCESS). */
	if (!bpf_map_update_elem(&requests, &req_addr, &q, BPF_NOEXIST)) {
		__sync_fetch_and_add(&pending, 1);
	} else if (bpf_map_update_elem(&requests, &req_addr, &q, BPF_ANY)) {
		record_without_room(&h, FULL_CALL);
		return 0;
	}
	bpf_map_update_elem(&request_names, &name, &req_addr, BPF_ANY);
	request_say(req_addr, t_ns);
	return 0;
}

/* One load from a place that depends is refused. */
static __always_inline __u64 uring_arg(__u64 *ctx, __u32 named, __u32 other)
{
	__u64 arg;

	if (uring == URING_NAMES) {
		arg = ctx[named];
		asm volatile("" : "+r"(arg));
	} else {
		arg = ctx[other];
	}
	return arg;
}

static __always_inline __u64 uring_submitted(__u64 *ctx)
{
	return uring_arg(ctx, 1, 0);
}

static __always_inline __u32 uring_op(__u64 req)
{
	return uringop[FIELD((const struct io_kiocb *)req, opcode) & 63];
}

static __always_inline int request_begins(__u64 *ctx)
{
	__u64 req = uring_submitted(ctx), t_ns = bpf_ktime_get_ns(), sk;
	__u32 op = uring_op(req), sock;

	sk = request_sock(req, op);
	sock = sk ? sock_follow(sk, op_dir(op) == OP_SENDS, 1, t_ns) : 0;
	return sock ? request_follow(req, op, sk, sock, t_ns) : 0;
}

SEC("raw_tp/io_uring_submit_req")
int uring_submit(__u64 *ctx)
{
	if (!uring_op(uring_submitted(ctx)))
		return 0;
	return goes_on_here(ctx) ? request_begins(ctx) : 0;
}

/* 5.10 only: a request has no number of its file any more when it is submitted; this comes just before. */
SEC("raw_tp/io_uring_file_get")
int uring_file(__u64 *ctx)
{
	struct cpu_state *cpu = this_cpu();

	if (cpu)
		cpu->uring_fd = ctx[1];
	return 0;
}

/* ---- it waits ---- */

static __always_inline __u64 request_named(__u64 ring, __u64 user_data)
{
	struct request_name name = { .ring = ring, .user_data = user_data };
	__u64 *req = bpf_map_lookup_elem(&request_names, &name);

	return req ? *req : 0;
}

/* It is set going again: what its socket's counter says until then is not its own. */
static __always_inline struct request *request_goes_on(__u64 req, __u32 ran)
{
	struct request *q = bpf_map_lookup_elem(&requests, &req);

	if (!q)
		return 0;
	q->ran = ran;
	q->seq = call_seq((struct sock *)q->sk, op_dir(q->op));
	return q;
}

/* Its socket is ready: its task is to run it, and is noted with it, for who wakes that next does it for this. */
SEC("raw_tp/io_uring_task_add")
int uring_task_add(__u64 *ctx)
{
	struct call_state c = {};
	struct request *q;

	if (!pending)
		return 0;
	q = request_goes_on(uring == URING_NAMES ? request_named(ctx[0], ctx[2]) : ctx[0], EV_RAN_TASK_WORK);
	if (!q)
		return 0;
	c.id = q->id;
	c.sk = q->sk;
	c.sock = q->sock;
	c.op = q->op;
	bpf_map_update_elem(&calls, &q->tid, &c, BPF_NOEXIST);
	return 0;
}

SEC("raw_tp/io_uring_queue_async_work")
int uring_async(__u64 *ctx)
{
	if (pending)
		request_goes_on(uring_arg(ctx, 2, 0), EV_RAN_WORKER);
	return 0;
}

/* ---- it ends ---- */

/* Behind its bytes: the counter, if that is not beyond them. */
static __always_inline __u32 request_moved(struct request *q, __s32 res)
{
	enum op_dir dir = op_dir(q->op);
	__u32 now = call_seq((struct sock *)q->sk, dir), to = q->seq, done, way = dir == OP_RECEIVES;
	struct sock_state *s = bpf_map_lookup_elem(&socks, &q->sk);

	if (!s || res <= 0 || dir == OP_NEITHER || (way && q->flags & URING_MSG_PEEK))
		return now;
	done = way ? s->moved[1] : s->moved[0];
	if (s->attributed & (1 << way) && (__s32)(done - to) > 0 && (__s32)(now - done) >= 0)
		to = done;
	to += res;
	if ((__s32)(to - now) > 0)
		to = now;
	if (way)
		s->moved[1] = to;
	else
		s->moved[0] = to;
	s->attributed |= 1 << way;
	return to;
}

static __always_inline void request_forget(__u64 req, const struct request *q)
{
	struct request_name name = { .ring = q->ring, .user_data = q->user_data };
	__u32 tid = q->tid;
	struct call_state *c = bpf_map_lookup_elem(&calls, &tid);
	__u64 *named = bpf_map_lookup_elem(&request_names, &name);

	if (c && c->id == q->id) {
		if (c->woken)
			__sync_fetch_and_add(&woken, -1);
		bpf_map_delete_elem(&calls, &tid);
	}
	/* A later one may have the same name. */
	if (named && *named == req)
		bpf_map_delete_elem(&request_names, &name);
	if (!bpf_map_delete_elem(&requests, &req))
		__sync_fetch_and_add(&pending, -1);
}

/* Takes numbers: verified once. */
__noinline int request_ends(__u64 req, __s32 res, __u32 more)
{
	struct request *q = bpf_map_lookup_elem(&requests, &req);
	struct rec_callend *r;
	struct sock *sk;
	struct here h;
	__u32 sock;

	if (!q || !here_init(&h))
		return 0;
	sock = q->sock;
	say_task(&h, h.t_ns);
	if (q->op == CALL_OP_URING_CONNECT) {
		sock_follow(q->sk, 1, 0, h.t_ns);	/* now its ports are known */
	} else if (q->op == CALL_OP_URING_ACCEPT && res >= 0) {
		sk = sock_of_fd(res);
		sock = sk ? sock_follow((__u64)sk, 0, 1, h.t_ns) : 0;
		if (!sock)
			sock = q->sock;
	}
	r = record_begin(&h, sizeof(*r), EV_CALLEND, 0, h.t_ns);
	if (r) {
		r->call = q->id;
		r->ret = res;
		r->sock = sock;
		r->pid = h.tgid;
		r->seq = request_moved(q, res);
		r->ran = q->ran;
		r->pad = 0;
		record_end(r);
	}
	if (more)
		request_say(req, h.t_ns);
	else
		request_forget(req, q);
	return 0;
}

/* Of the request that a completion is about; 0: of none. */
static __always_inline __u64 uring_completed(__u64 *ctx, __s32 *res, __u32 *flags)
{
	struct io_uring_cqe *cqe;
	__u64 user_data;

	if (uring == URING_NAMES) {
		*res = ctx[2];
		*flags = ctx[3];
		return request_named(ctx[0], ctx[1]);
	}
	if (uring == URING_VALUES) {
		user_data = ctx[2];
		*res = ctx[3];
		*flags = ctx[4];
	} else {
		cqe = (struct io_uring_cqe *)ctx[2];
		user_data = FIELD(cqe, user_data);
		*res = FIELD(cqe, res);
		*flags = FIELD(cqe, flags);
	}
	/* A completion that is not the last of its request does not say whose it is. */
	return ctx[1] ? ctx[1] : request_named(ctx[0], user_data);
}

static __always_inline int request_completes(__u64 *ctx)
{
	__u32 flags = 0;
	__s32 res = 0;
	__u64 req = uring_completed(ctx, &res, &flags);

	/* That of a zero-copy send says the same, and means that its pages are not free yet. */
	return request_ends(req, res, !ctx[1] && flags & URING_MORE);
}

SEC("raw_tp/io_uring_complete")
int uring_complete(__u64 *ctx)
{
	__u32 flags = 0;
	__s32 res = 0;
	__u64 req;

	if (!pending)
		return 0;
	req = uring_completed(ctx, &res, &flags);
	if (!req || !bpf_map_lookup_elem(&requests, &req))
		return 0;
	return goes_on_here(ctx) ? request_completes(ctx) : 0;
}

#endif
