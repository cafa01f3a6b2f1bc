/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls and sockets of datagrams. A socket that is not connected says neither where its
 * datagrams go nor where they come from: its call is noted only, and followed when a
 * followed packet has come of it, goes into it, or wakes it.
 */
#ifndef SKBTRACE_DGRAM_BPF_H
#define SKBTRACE_DGRAM_BPF_H

/* Where a call that sends is asked to send to, in the memory of its task; 0: it does not say. */
static __always_inline __u64 dgram_target(__u64 regs_addr, __u32 op)
{
	struct pt_regs *regs = (struct pt_regs *)regs_addr;
	__u64 name = 0;

	if (op == CALL_OP_SENDTO)
		return PT_REGS_PARM5_CORE_SYSCALL(regs);
	/* The first word of struct msghdr is msg_name, and struct mmsghdr begins with one. */
	if (op == CALL_OP_SENDMSG || op == CALL_OP_SENDMMSG)
		bpf_probe_read_user(&name, sizeof(name), (const void *)PT_REGS_PARM2_CORE_SYSCALL(regs));
	return name;
}

/* Is it a call that moves datagrams of a protocol that is ours? */
static __always_inline int dgram_moves(struct sock *sk, __u32 op)
{
	__u32 proto = FIELD(sk, sk_protocol);

	return proto != IPPROTO_TCP && proto_is_ours(proto) && op_dir(op) != OP_NEITHER && op != CALL_OP_CONNECT &&
	       op != CALL_OP_SHUTDOWN && op != CALL_OP_CLOSE;
}

/* Does a call on a socket that is not followed send a datagram to where it would be? Takes numbers: verified once. */
__noinline int dgram_meant(__u64 regs, __u32 op, __u64 sk)
{
	__u64 target;

	if (op_dir(op) != OP_SENDS || !dgram_moves((struct sock *)sk, op))
		return 0;
	target = dgram_target(regs, op);
	return target && connect_matches(sk, target);
}

/* A call on a socket that is not followed has begun. Takes numbers: verified once. */
__noinline int call_notes(__u64 regs, __u32 op, __u64 sk, __u64 t_ns)
{
	struct call_state c = { .op = op, .sk = sk, .regs = regs, .began_ns = t_ns };
	struct here h;

	if (!dgram_moves((struct sock *)sk, op) || !here_find(&h))
		return 0;
	c.cpu = h.cpu_id;
	c.id = new_id(&h);
	bpf_map_update_elem(&calls, &h.tid, &c, BPF_ANY);
	return 0;
}

/* What a call that was only noted is asked for. One that waits for readiness names nothing. */
static __always_inline void call_asked(struct rec_call *r, const struct call_state *c)
{
	struct pt_regs *regs = (struct pt_regs *)c->regs;

	r->count = 0;
	r->fd = -1;
	r->flags = 0;
	r->seq = 0;
	if (!regs)
		return;
	r->count = op_count(c->op, regs);
	r->fd = call_fd(c->op, regs);
	r->flags = op_flags(c->regs, c->op);
}

/* The call of the running task that was only noted; NULL: none. */
static __always_inline struct call_state *call_noted(const struct here *h)
{
	struct call_state *c = h->ctx == EV_CTX_TASK ? bpf_map_lookup_elem(&calls, &h->tid) : 0;

	return c && c->regs && !c->sock ? c : 0;
}

/* That call is followed from here on, if it is of that socket. Takes numbers: verified once. */
__noinline int call_joins(__u64 sk, __u32 sock)
{
	struct call_state *c;
	struct rec_call *r;
	struct here h;

	if (!here_find(&h))
		return 0;
	c = call_noted(&h);
	if (!c || c->sk != sk)
		return 0;
	c->sock = sock;
	say_task_named(c->began_ns);
	r = record_begin(&h, sizeof(*r), EV_CALL, 0, c->began_ns);
	if (!r)
		return 0;
	r->call = c->id;
	r->sock = sock;
	r->pid = h.tgid;
	r->op = c->op;
	r->began_cpu = c->cpu;
	call_asked(r, c);
	record_end(r);
	return 0;
}

/* The socket of that call; 0: there is none. */
__noinline __u64 call_noted_sock(void)
{
	struct call_state *c;
	struct here h;

	if (!here_find(&h))
		return 0;
	c = call_noted(&h);
	return c ? c->sk : 0;
}

/* A followed datagram is copied to the reader: so is its call followed. */
static __always_inline void dgram_taken(void)
{
	__u64 sk = call_noted_sock();
	__u32 sock = sk ? sock_follow(sk, SOCK_BY_PACKET, 1, 0) : 0;

	if (sock)
		call_joins(sk, sock);
}

/* The socket of a followed packet that leaves, if that is none of TCP; 0: there is none. */
__noinline __u64 dgram_sock(__u64 skb)
{
	struct skb_state *st = skb_find(skb);

	return st && (st->proto & 0xff) != IPPROTO_TCP ? (__u64)FIELD((struct sk_buff *)skb, sk) : 0;
}

__noinline int dgram_is_of(__u64 skb, __u32 sock)
{
	struct skb_state *st = skb_find(skb);

	if (st)
		st->sock = sock;
	return 0;
}

/*
 * A socket that is not followed says that it has data: for a datagram that was just handed up, and
 * is followed? Takes numbers: verified once.
 */
__noinline int dgram_came(__u64 sk_addr)
{
	struct sock *sk = (struct sock *)sk_addr;
	struct source *s;
	struct here h;

	if (!here_find(&h))
		return 0;
	s = &h.cpu->source[h.ctx & 3];
	if (s->tid != h.tid || (s->proto & 0xff) == IPPROTO_TCP || FIELD(sk, sk_protocol) != (s->proto & 0xff))
		return 0;
	return !proto_has_ports(s->proto & 0xff) || FIELD(sk, __sk_common.skc_num) == s->proto >> 16;
}

/* A followed packet leaves, and its socket was not followed: it is, if it is one of datagrams. */
static __always_inline void dgram_sent(__u64 skb)
{
	__u64 sk = dgram_sock(skb);
	__u32 sock = sk ? sock_follow(sk, SOCK_LEAVING | SOCK_BY_PACKET, call_noted_sock() == sk, 0) : 0;

	if (!sock)
		return;
	dgram_is_of(skb, sock);
	call_joins(sk, sock);
}

/* Where no function is seen nothing tells that a datagram socket ends: close() stands for it. */
__noinline int dgram_closed(__u64 sk)
{
	struct sock_state *s = bpf_map_lookup_elem(&socks, &sk);

	return s && s->dgram ? sock_over(sk) : 0;
}

#endif
