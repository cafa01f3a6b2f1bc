/* SPDX-License-Identifier: GPL-2.0-only */
/* What TCP keeps of a socket: a record of its own before the step, of runs that ask for it. */
#ifndef SKBTRACE_TCP_BPF_H
#define SKBTRACE_TCP_BPF_H

/* include/net/tcp_states.h: the struct is another, a smaller one, or holds nothing yet. */
enum { TCP_STATE_SYN_SENT = 2, TCP_STATE_TIME_WAIT = 6, TCP_STATE_LISTEN = 10, TCP_STATE_NEW_SYN_RECV = 12 };

static __always_inline int sock_is_tcp(const struct sock *sk)
{
	__u8 state = FIELD(sk, __sk_common.skc_state);

	return state != TCP_STATE_TIME_WAIT && state != TCP_STATE_LISTEN && state != TCP_STATE_NEW_SYN_RECV &&
	       FIELD(sk, sk_protocol) == IPPROTO_TCP;
}

static __always_inline void tcp_fill(struct rec_tcp *r, const struct tcp_sock *tp)
{
	__s32 window = FIELD(tp, rcv_wup) + FIELD(tp, rcv_wnd) - FIELD(tp, rcv_nxt);
	__u32 lost = FIELD(tp, lost_out), next = FIELD(tp, snd_nxt), out = FIELD(tp, packets_out);
	/* Until there is a SYN its numbers are yet to be set. */
	__u32 counts = out || FIELD((const struct sock *)tp, __sk_common.skc_state) != TCP_STATE_SYN_SENT;

	r->snd_cwnd = FIELD(tp, snd_cwnd);
	r->snd_ssthresh = FIELD(tp, snd_ssthresh);
	r->in_flight = out - FIELD(tp, sacked_out) - lost + FIELD(tp, retrans_out);
	r->lost = lost;
	r->srtt_us = FIELD(tp, srtt_us) >> 3;	/* kept in eighths, and the deviation in quarters */
	r->rttvar_us = FIELD(tp, mdev_us) >> 2;
	r->mss = FIELD(tp, mss_cache);
	r->snd_wnd = FIELD(tp, snd_wnd);
	r->rcv_wnd = window > 0 ? window : 0;
	r->unsent = counts ? FIELD(tp, write_seq) - next : 0;
	r->unacked = counts ? next - FIELD(tp, snd_una) : 0;
	r->unread = FIELD(tp, rcv_nxt) - FIELD(tp, copied_seq);
	r->total_retrans = FIELD(tp, total_retrans);
}

static __always_inline void congestion_fill(struct rec_tcp *r, const struct inet_connection_sock *icsk)
{
	const struct tcp_congestion_ops *ca = FIELD(icsk, icsk_ca_ops);

	r->retransmits = FIELD(icsk, icsk_retransmits);
	r->ca_state = BPF_CORE_READ_BITFIELD_PROBED(icsk, icsk_ca_state);
	if (ca)
		peek_bytes(r->ca, sizeof(r->ca), __builtin_preserve_access_index(&ca->name));
	else
		__builtin_memset(r->ca, 0, sizeof(r->ca));
}

/* Of a followed socket that is about to pass a row, at that time; 0: now. Takes numbers: verified once. */
__noinline int say_tcp(__u64 row, __u64 sk, __u32 sock, __u64 t_ns)
{
	struct rec_tcp *r;
	struct here h;

	if (!sock_is_tcp((const struct sock *)sk) || !here_find(&h))
		return 0;
	r = record_begin(&h, sizeof(*r), EV_TCP, ROW_STAGE(row), t_ns ? t_ns : bpf_ktime_get_ns());
	if (!r)
		return 0;
	r->sock = sock;
	r->pad = 0;
	r->wmem_queued = FIELD((const struct sock *)sk, sk_wmem_queued);
	tcp_fill(r, (const struct tcp_sock *)sk);
	congestion_fill(r, (const struct inet_connection_sock *)sk);
	record_end(r);
	return 0;
}

#endif
