/* SPDX-License-Identifier: GPL-2.0-only */
/* What happens when a followed skb or socket passes a row of the catalogue, whatever the row is. */
#ifndef SKBTRACE_GENERIC_BPF_H
#define SKBTRACE_GENERIC_BPF_H

/* The arguments of the place, as registers hold them. */
struct args {
	__u64 a[5];
};

static __always_inline __u64 arg(const struct args *args, unsigned int i)
{
	return i < sizeof(args->a) / sizeof(args->a[0]) ? args->a[i] : 0;
}

/* Where a segment that comes to tcp_data_queue belongs. Takes numbers: verified once. */
__noinline __u64 read_segment(__u64 sk, __u64 skb_addr)
{
	const struct tcp_sock *tp = (const struct tcp_sock *)sk;
	const struct sk_buff *skb = (const struct sk_buff *)skb_addr;
	const struct tcp_skb_cb *cb = (const struct tcp_skb_cb *)__builtin_preserve_access_index(&skb->cb);
	__u32 next = FIELD(tp, rcv_nxt), seq = FIELD(cb, seq), end = FIELD(cb, end_seq);
	__s32 window = FIELD(tp, rcv_wup) + FIELD(tp, rcv_wnd) - next;
	__u64 what;
	__u32 bytes = 0;

	if (window < 0)
		window = 0;
	if (seq == next) {
		what = window ? SEGMENT_IN_ORDER : SEGMENT_CLOSED;
	} else if ((__s32)(end - next) <= 0) {
		what = SEGMENT_OLD;
	} else if ((__s32)(seq - next - window) >= 0) {
		what = SEGMENT_BEYOND;
		bytes = window;
	} else if ((__s32)(seq - next) < 0) {
		what = SEGMENT_PARTLY_OLD;
		bytes = next - seq;
	} else {
		what = SEGMENT_OUT_OF_ORDER;
		bytes = seq - next;
	}
	return what << 32 | bytes;
}

/* Where conntrack has the packet: 1 + enum ip_conntrack_info, which are the lowest bits; 0: it has none. */
static __always_inline __u64 read_ct(__u64 skb_addr)
{
	__u64 ct = FIELD((struct sk_buff *)skb_addr, _nfct);

	return ct ? 1 + (ct & 7) : 0;
}

static __always_inline __u64 row_arg(__u64 row, const struct args *args, struct sock *sk)
{
	const struct tcp_sock *tp = (const struct tcp_sock *)sk;
	const struct nf_hook_state *state;

	switch (ROW_READ(row)) {
	case READ_ARG1:
		return (__u32)args->a[1];
	case READ_ARG2:
		return (__u32)args->a[2];
	case READ_CWND:
		return (__u64)FIELD(tp, snd_cwnd) << 32 | FIELD(tp, packets_out);
	case READ_ARG3:
		return (__u32)args->a[3];
	case READ_RCVQ:
		if (FIELD(sk, sk_protocol) != IPPROTO_TCP)
			return ROW_RCVQ_UNKNOWN;
		return (__u32)(FIELD(tp, rcv_nxt) - FIELD(tp, copied_seq));
	case READ_STATE:
		return FIELD(sk, __sk_common.skc_state);
	case READ_NFHOOK:
		state = (const struct nf_hook_state *)args->a[1];
		return read_ct(args->a[0]) << 16 | FIELD(state, pf) << 8 | FIELD(state, hook);
	case READ_CHAIN:
		return args->a[1];
	case READ_RULE:
		return args->a[0];
	case READ_COPY:
		return args->a[2];
	case READ_MANIP:
		return args->a[2] & 1;
	case READ_ENQUEUE:
	case READ_QDISC:
	case READ_NEIGH:
	case READ_INTO:
		return args->a[0];
	case READ_QDISC1:
		return args->a[1];
	case READ_ICMP:
		return (args->a[1] & 0xff) << 40 | (args->a[2] & 0xff) << 32 | bpf_ntohl(args->a[3]);
	case READ_ICMP6:
		return (args->a[1] & 0xff) << 40 | (args->a[2] & 0xff) << 32 | (__u32)args->a[3];
	case READ_MTU:
		return (__u32)args->a[1];
	case READ_SOLICIT:
		return read_solicit(args->a[0]);
	case READ_LLADDR:
		return read_lladdr(args->a[1], args->a[2]);
	case READ_ICMP_ALONE:
		return (args->a[1] & 0xff) << 40 | (args->a[2] & 0xff) << 32;
	case READ_ARG4:
		return (__u32)args->a[4];
	case READ_RETURN4:
		return args->a[4];
	case READ_SEGMENT:
		return read_segment(args->a[0], args->a[1]);
	case READ_FOUND:
		return found[ROW_NTH(row)];
	case READ_WINDOW:
		return read_window(args->a[0]);
	}
	return 0;
}

/* The frame of a poll: a driver's own function and the one that called it are one. */
static __always_inline void on_poll(struct here *h, struct napi_struct *napi, struct net_device *dev)
{
	struct frame *f = &h->cpu->frames[SLOT_INNER];

	if (f->what == EV_FRAME_POLL && f->at == (__u64)dev)
		return;
	f = frame_open(h->cpu, SLOT_INNER, EV_FRAME_POLL, dev ? FIELD(dev, ifindex) : 0, (__u64)dev);
	f->budget = FIELD(napi, weight);
	f->tid = h->tid;
	h->cpu->poll_gro = h->cpu->poll_core = 0;
}

/* A function that hands out packets begins. Takes numbers: verified once. */
__noinline int on_enter(__u64 row, __u64 napi_addr)
{
	struct napi_struct *napi = (struct napi_struct *)napi_addr;
	__u32 dir = ROW_FLAGS(row) & ROW_SEND ? 0 : 1, n, at;
	struct net_device *dev = 0;
	struct entered *e;
	struct here h;

	if (!here_init(&h))
		return 0;
	e = h.cpu->entered[dir];
	n = h.cpu->entered_n[dir];
	/* What another task, or a context above, left behind. */
	if (n && (e->tid != h.tid || e->ctx != h.ctx))
		n = 0;
	/* One that begins again has ended, and so have those inside it. */
	for (at = 0; at < ENTERED - 1; at++)
		if (at >= n || e[at].stage == ROW_STAGE(row))
			break;
	if (napi) {
		dev = FIELD(napi, dev);
		on_poll(&h, napi, dev);
	}
	e = &h.cpu->entered[dir][at & (ENTERED - 1)];
	e->t_ns = h.t_ns;
	e->ifindex = dev ? FIELD(dev, ifindex) : 0;
	e->tid = h.tid;
	e->stage = ROW_STAGE(row);
	e->ctx = h.ctx;
	e->poll = !!napi;
	e->nth = ROW_NTH(row);
	h.cpu->entered_n[dir] = at + 1;
	return 0;
}

/* A step that is no packet's own. Takes numbers: verified once. */
__noinline int say_passed(__u64 row, __u64 skb, __u32 sock, __u64 value)
{
	struct step_facts s = { .skb = skb, .sock = sock, .arg = value };
	struct here h;

	if (!here_init(&h))
		return 0;
	s.frame = frame_of(h.cpu);
	say_task(&h, h.t_ns);
	say_step(&h, ROW_STAGE(row), h.t_ns, &s);
	/* What passes one of the others takes nothing from whom it belongs to. */
	if (!(ROW_FLAGS(row) & (ROW_CALLED | ROW_WITHIN)))
		asking_set(&h, row, 0, sock);
	return 0;
}

/* The call of the running task, if it is on a followed socket, passes a row. */
static __always_inline int call_step(struct cpu_state *cpu, __u64 row)
{
	__u32 tid = bpf_get_current_pid_tgid();
	struct call_state *c = bpf_map_lookup_elem(&calls, &tid);

	if (!c || !c->sock || cpu->ctx != EV_CTX_TASK)
		return 0;
	return say_passed(row, 0, c->sock, 0);
}

/* What just passed a row that asks here is answered: its route or socket is looked up, a verdict is given. */
static __always_inline int within_step(struct cpu_state *cpu, __u64 row, __u64 value)
{
	struct asking *a = &cpu->asking[cpu->ctx & 3];

	if (!(a->flags & ROW_FLAGS(row) & ROW_ASKS) || a->tid != (__u32)bpf_get_current_pid_tgid())
		return 0;
	if (ROW_READ(row) == READ_COPY)
		return skb_copied(row, value, a->sock);
	if (ROW_READ(row) == READ_CHAIN) {
		cpu->nft_chain[cpu->ctx & 3] = value;
		value = chain_id(value);
	} else if (ROW_READ(row) == READ_RULE) {
		value = rule_of(cpu, value);
	}
	return say_passed(row, a->skb, a->sock, value);
}

/* Counts a packet where each passes once, or comes out of a poll. */
static __always_inline void count_skb(struct cpu_state *cpu, __u64 row)
{
	if (ROW_FLAGS(row) & ROW_COUNT) {
		__sync_fetch_and_add(&cpu->counts.seen, 1);
		if (ROW_FLAGS(row) & ROW_RECV)
			cpu->poll_core++;
	}
	if ((ROW_FLAGS(row) & (ROW_HANDED | ROW_START)) == (ROW_HANDED | ROW_START))
		cpu->poll_gro++;
}

/* bpf/dgram.bpf.h, bpf/life.bpf.h */
int dgram_came(__u64 sk);
static __always_inline void dgram_sent(__u64 skb);
static __always_inline void dgram_taken(void);
int sock_ends(__u64 sk);

/* A packet that is not followed passes a row: is it from here on? */
static __always_inline int skb_first(struct cpu_state *cpu, __u64 row, __u64 key, __u64 sk, __u32 reused)
{
	__u32 sock = 0;

	if (ROW_FLAGS(row) & ROW_SEND)
		sock = sock_of_leaving(key, sk);
	if (skb_read(row, key, sk)) {
		if (!skb_born(row, key, sk, sock) || !skb_open(row, key, sk, reused))
			return 0;
		if (!sock && ROW_FLAGS(row) & ROW_SEND)
			dgram_sent(key);
		return 1;
	}
	if (ROW_FLAGS(row) & ROW_COUNT)
		__sync_fetch_and_add(&cpu->counts.rejected[REJECT_PROTO], 1);
	return 0;
}

/* An skb passes a row. sk_addr, value: as of skb_step. */
static __always_inline void on_skb(struct cpu_state *cpu, __u64 row, __u64 key, __u64 sk, __u64 sk_addr, __u64 value)
{
	__u32 reused = 0, asked = 0;
	enum stepped stepped;

	count_skb(cpu, row);
	/* Conntrack asks it of every packet of IPv6. */
	if (ROW_READ(row) == READ_JOIN && !is_fragment(key))
		return;
	if (!exact_ends && (ROW_FLAGS(row) & (ROW_START | ROW_CUT)))
		reused = skb_reused(key, row);
	stepped = skb_step(key, row, sk_addr, value, 0);
	if (stepped == STEPPED_ANEW && (ROW_FLAGS(row) & ROW_NEW)) {
		say_rewritten(key);
		stepped = skb_step(key, row, sk_addr, value, 0);
	}
	if (stepped == STEPPED_TAKEN && (ROW_FLAGS(row) & ROW_QUEUED))
		dgram_taken();
	/* Not in the step: what reads a packet takes much of the stack. */
	if (stepped == STEPPED && (ROW_READ(row) == READ_CUT || ROW_READ(row) == READ_JOIN))
		fragment_row(row, key);
	if (stepped == STEPPED || stepped == STEPPED_TAKEN)
		return;
	if (stepped == STEPPED_NOT && (!(ROW_FLAGS(row) & ROW_NEW) || !skb_first(cpu, row, key, sk, reused)))
		return;
	if (sk && (ROW_FLAGS(row) & ROW_RECV)) {
		sock_follow(sk, SOCK_BY_PACKET, 0, 0);
		asked = 1;
	}
	skb_step(key, row, sk_addr, value, asked);
}

/* A socket passes a row. */
static __always_inline int sock_step(struct cpu_state *cpu, __u64 sk, __u64 row, __u64 value)
{
	__u32 id = sock_known(sk);

	if (!id)
		id = sock_follow(sk, !!(ROW_FLAGS(row) & ROW_SEND), 0, 0);
	if (!id && ROW_FLAGS(row) & ROW_WAKES && value == ROW_RCVQ_UNKNOWN && dgram_came(sk))
		id = sock_follow(sk, SOCK_BY_PACKET, 0, 0);
	if (id && tells_tcp)
		say_tcp(row, sk, id, 0);
	if (id)
		return say_passed(row, 0, id, value);
	/* Whom this one wakes was not woken by another. A verdict may still come: NFQUEUE wakes who is to give it. */
	if (ROW_FLAGS(row) & ROW_WAKES)
		cpu->asking[cpu->ctx & 3].flags &= ~(__u64)ROW_WAKES;
	return 0;
}

/* The row word of a copy: the loader looks for this load and replaces the number. */
#define PATCHED_ROW() \
	({ \
		__u64 row_; \
		asm volatile("%0 = %1 ll" : "=r"(row_) : "i"(ROW_MAGIC)); \
		row_; \
	})

/* In a copy it is loaded anew wherever it is asked, and takes no place on the stack meanwhile. */
#define THE_ROW (copied ? PATCHED_ROW() : word)

static __always_inline int on_row(__u64 word, const struct args *args, int copied)
{
	__u64 skb = arg(args, ROW_SKB(THE_ROW)), sk = arg(args, ROW_SK(THE_ROW));
	__u64 sock = arg(args, ROW_SOCK(THE_ROW)), value;
	struct cpu_state *cpu;

	if (stopped)
		return 0;
	if (sock)
		sk = (__u64)FIELD((struct socket *)sock, sk);
	if (!(ROW_FLAGS(THE_ROW) & (ROW_ENTER | ROW_CALLED | ROW_WITHIN | ROW_PTR)) && is_strange(THE_ROW, skb, sk))
		return 0;
	if (ROW_FLAGS(THE_ROW) & ROW_END)
		return skb ? skb_end(skb, THE_ROW, args->a[1], args->a[2]) : sock_ends(sk);
	cpu = this_cpu_at_once();
	if (!cpu)
		return 0;
	if (ROW_FLAGS(THE_ROW) & ROW_ENTER)
		return on_enter(THE_ROW, ROW_READ(THE_ROW) == READ_NAPI ? args->a[0] : 0);
	if (ROW_FLAGS(THE_ROW) & ROW_CALLED)
		return call_step(cpu, THE_ROW);
	if (ROW_READ(THE_ROW) == READ_SOLICIT || ROW_READ(THE_ROW) == READ_LLADDR)
		return neigh_says(THE_ROW, args->a[0], row_arg(THE_ROW, args, 0));
	if (ROW_FLAGS(THE_ROW) & ROW_PTR)
		skb = PEEK((const __u64 *)skb);
	if (!(ROW_FLAGS(THE_ROW) & ROW_WITHIN) && !skb && !sk)
		return 0;
	/* At one place for all: it is long. */
	value = row_arg(THE_ROW, args, (struct sock *)sk);
	if (ROW_FLAGS(THE_ROW) & ROW_WITHIN)
		return within_step(cpu, THE_ROW, value);
	/* A copy for a row without the one, or the other, is left without what follows it. */
	if (ROW_SKB(THE_ROW) != ROW_NO_ARG && skb)
		on_skb(cpu, THE_ROW, skb, sk, ROW_FLAGS(THE_ROW) & ROW_LEAVE ? args->a[2] : sk, value);
	else if (ROW_SK(THE_ROW) != ROW_NO_ARG || ROW_SOCK(THE_ROW) != ROW_NO_ARG)
		sock_step(cpu, sk, THE_ROW, value);
	return 0;
}

/* ---- one template for each kind of place; the loader copies them ---- */

/*
 * Tracepoints and fentry leave the arguments behind ctx. They are read as
 * memory: the verifier would refuse to look beyond those that a place has (what
 * lies there is never used, but for the return value behind four arguments
 * of fexit), and fentry would make typed pointers of them, which
 * the functions that take numbers may not be given.
 */
static __always_inline int on_ctx(__u64 row, __u64 *ctx, int copied)
{
	struct args args = {};

	peek_bytes(&args, sizeof(args), ctx);
	return on_row(row, &args, copied);
}

/* For tracepoints and, its copies loaded as fentry, for functions. */
SEC("raw_tp")
int row_raw_tp(__u64 *ctx)
{
	return on_ctx(PATCHED_ROW(), ctx, 1);
}

/* Rows that do more than follow the skb, or ask more of it than whether it is ours. */
enum { ROW_MORE = ROW_ENTER | ROW_CALLED | ROW_WITHIN | ROW_PTR | ROW_END | ROW_HOOKS | ROW_ANEW | ROW_XMIT |
		  ROW_COUNT | ROW_RETURN | ROW_WAKES };

/* Rows whose step takes more than the skb, or something else than the step may have to be done. */
enum { ROW_MORE_STEPS = ROW_MORE | ROW_HANDED | ROW_LEAVE | ROW_QUEUED };
#define ROW_IS_PLAIN(row) \
	(!(ROW_FLAGS(row) & ROW_MORE_STEPS) && ROW_READ(row) == READ_NONE && ROW_SK(row) == ROW_NO_ARG && \
	 ROW_SOCK(row) == ROW_NO_ARG)

/*
 * By far most of what passes is not ours, and most of what is passes a row that asks only for the skb: both are
 * done with before anything else is, where the row word is not a constant. 0: it is neither.
 */
static __always_inline int is_plainly_done(__u64 row, struct pt_regs *regs)
{
	__u64 first = PT_REGS_PARM1(regs), second = PT_REGS_PARM2(regs), third = PT_REGS_PARM3(regs);
	__u32 at = ROW_SKB(row);
	enum stepped stepped;

	/* All are loaded: one load from a place that depends is refused. */
	asm volatile("" : "+r"(first), "+r"(second), "+r"(third));
	if (ROW_FLAGS(row) & ROW_MORE)
		return 0;
	if (at == ROW_NO_ARG)
		return ROW_SK(row) == 0 && first && sock_is_strange(first, ROW_FLAGS(row) & ROW_SEND);
	first = at == 0 ? first : at == 1 ? second : at == 2 ? third : 0;
	if (!exact_ends || !first)
		return 0;
	if (skb_is_strange(first))
		return 1;
	if (!ROW_IS_PLAIN(row))
		return 0;
	stepped = skb_step(first, row, 0, 0, 0);
	return stepped == STEPPED || (stepped == STEPPED_NOT && !(ROW_FLAGS(row) & ROW_NEW));
}

static __always_inline int on_regs(__u64 row, struct pt_regs *regs, int copied)
{
	__u64 fifth = PT_REGS_PARM5(regs), returned = PT_REGS_RC(regs);
	struct args args = { .a = {
		PT_REGS_PARM1(regs), PT_REGS_PARM2(regs), PT_REGS_PARM3(regs), PT_REGS_PARM4(regs),
	} };

	/* Both are loaded: one load from a place that depends is refused. */
	asm volatile("" : "+r"(fifth), "+r"(returned));
	/* A return value stands where fexit leaves it: behind four arguments, or two. */
	args.a[4] = ROW_FLAGS(row) & ROW_RETURN ? returned : fifth;
	if (ROW_FLAGS(row) & ROW_RETURN)
		args.a[2] = returned;
	return on_row(row, &args, copied);
}

SEC("kprobe")
int row_kprobe(struct pt_regs *regs)
{
	return on_regs(PATCHED_ROW(), regs, 1);
}

/*
 * The row words of functions, by their address. The kernel keeps them too, as
 * cookies, but searches all of a link for each hit, which takes ten times as
 * long. Where two of a run would have one place neither has it.
 */
struct {
	__u64 address, word;
} words[CFG_WORDS];

/* Apart: it needs so many registers that to save them takes longer than to see that a packet is not ours. */
static __noinline int on_word(__u64 row, struct pt_regs *regs)
{
	return on_regs(row, regs, 0);
}

SEC("kprobe.multi")
int row_kprobe_multi(struct pt_regs *regs)
{
	__u64 address = bpf_get_func_ip(regs), row;
	__u32 at = CFG_WORD_AT(address);

	if (stopped)
		return 0;
	row = words[at].address == address ? words[at].word : bpf_get_attach_cookie(regs);
	return is_plainly_done(row, regs) ? 0 : on_word(row, regs);
}

/* The same where each function has a kprobe of its own, and that its cookie (5.15). */
SEC("kprobe")
int row_kprobe_all(struct pt_regs *regs)
{
	__u64 row;

	if (stopped)
		return 0;
	row = bpf_get_attach_cookie(regs);
	return is_plainly_done(row, regs) ? 0 : on_word(row, regs);
}

#endif
