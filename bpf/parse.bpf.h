/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads what a packet or a socket is: addresses, ports, headers. Says "unknown" rather than stale. */
#ifndef SKBTRACE_PARSE_BPF_H
#define SKBTRACE_PARSE_BPF_H

static __always_inline void map_v4(__u8 *out, __u32 addr)
{
	__u32 *w = (__u32 *)out;

	w[0] = 0;
	w[1] = 0;
	w[2] = ntohl(0x0000ffff);
	w[3] = addr;
}

static __always_inline __u32 netns_of_dev(struct net_device *dev)
{
	return dev ? FIELD(dev, nd_net.net, ns.inum) : 0;
}

static __always_inline __u32 netns_of_sock(struct sock *sk)
{
	return FIELD(sk, __sk_common.skc_net.net, ns.inum);
}

/* include/net/sock.h, sk_fullsock: a request or TIME_WAIT socket lacks most fields. */
static __always_inline int sock_is_full(struct sock *sk)
{
	__u8 state = FIELD(sk, __sk_common.skc_state);

	return state != TCP_TIME_WAIT && state != TCP_NEW_SYN_RECV;
}

/*
 * Local and remote end of a socket; src is the local one if leaving. 0 if it
 * is not an IP socket. An IPv6 socket that speaks IPv4 has mapped addresses
 * and counts as family 4, as its packets do.
 */
static __noinline int tuple_of_sock(struct tuple *t, struct sock *sk, int leaving)
{
	__u16 family = FIELD(sk, __sk_common.skc_family);
	__u16 lport = FIELD(sk, __sk_common.skc_num);
	__u16 rport = ntohs(FIELD(sk, __sk_common.skc_dport));
	__u8 *laddr = leaving ? t->saddr : t->daddr;
	__u8 *raddr = leaving ? t->daddr : t->saddr;

	if (family == AF_INET) {
		t->family = 4;
		map_v4(laddr, FIELD(sk, __sk_common.skc_rcv_saddr));
		map_v4(raddr, FIELD(sk, __sk_common.skc_daddr));
	} else if (family == AF_INET6) {
		peek_bytes(laddr, 16, __builtin_preserve_access_index(&sk->__sk_common.skc_v6_rcv_saddr));
		peek_bytes(raddr, 16, __builtin_preserve_access_index(&sk->__sk_common.skc_v6_daddr));
		t->family = !((__u64 *)raddr)[0] && ((__u32 *)raddr)[2] == ntohl(0xffff) ? 4 : 6;
	} else {
		return 0;
	}
	t->proto = FIELD(sk, sk_protocol);
	if (!proto_has_ports(t->proto)) {
		/* The number of a raw socket is its protocol, that of a ping socket the identifier of its echoes. */
		if (FIELD(sk, sk_type) != SOCK_RAW)
			t->ack = lport;
		return 1;
	}
	t->sport = leaving ? lport : rport;
	t->dport = leaving ? rport : lport;
	return 1;
}

/* tcp_skb_cb.tcp_flags is one byte, from 7.0 on two. */
static __always_inline __u8 tcp_cb_flags(const struct tcp_skb_cb *cb)
{
	const void *at = __builtin_preserve_access_index(&cb->tcp_flags);

	return bpf_core_field_size(cb->tcp_flags) == 1 ? PEEK((const __u8 *)at) : PEEK((const __u16 *)at);
}

/* The TCP header at p; total is the length of the IP packet behind its IP header, or 0. */
static __always_inline void parse_tcp(struct tuple *t, const void *p, __u32 total)
{
	__u8 h[20] __attribute__((aligned(8)));

	if (peek_bytes(h, sizeof(h), p))
		return;
	t->sport = h[0] << 8 | h[1];
	t->dport = h[2] << 8 | h[3];
	t->seq = ntohl(*(__u32 *)(h + 4));
	t->ack = ntohl(*(__u32 *)(h + 8));
	t->tcp_flags = h[13];
	t->window = h[14] << 8 | h[15];
	t->len = total > (h[12] >> 4) * 4 ? total - (h[12] >> 4) * 4 : 0;
}

/*
 * From the IP header on. data: skb->data is there (receive side before IP);
 * otherwise network_header is, and the skb is as long as the packet, whatever
 * a header says that is not finished yet.
 */
static __noinline int tuple_of_packet(struct tuple *t, struct sk_buff *skb, int data)
{
	const void *at = FIELD(skb, data), *p = at;
	__u32 skb_len = FIELD(skb, len);
	__u32 total, head;
	__u8 h[20] __attribute__((aligned(8)));

	if (!data) {
		p = FIELD(skb, head) + FIELD(skb, network_header);
		skb_len -= p - at;	/* the link-layer header, where there is one already */
	}

	if (peek_bytes(h, 20, p))
		return 0;
	if (data && FIELD(skb, protocol) == ntohs(ETH_P_8021Q)) {
		p += 4;
		skb_len -= 4;
		if (peek_bytes(h, 20, p))
			return 0;
	}
	if (h[0] >> 4 == 4) {
		head = (h[0] & 15) * 4;
		/* A GSO packet on its way out may carry length 0 (BIG TCP). */
		total = h[2] << 8 | h[3];
		if (!total || !data)
			total = skb_len;
		if (head < 20 || total < head)
			return 0;
		t->family = 4;
		t->proto = h[9];
		t->ttl = h[8];
		t->ip_id = h[4] << 8 | h[5];
		map_v4(t->saddr, *(__u32 *)(h + 12));
		map_v4(t->daddr, *(__u32 *)(h + 16));
		if ((h[6] & 0x1f) || h[7])
			return 0;	/* a later fragment has no ports */
		t->fragment = !!(h[6] & 0x20);	/* RFC 791: more fragments follow */
		total -= head;
	} else if (h[0] >> 4 == 6) {
		if (peek_bytes(t->saddr, sizeof(t->saddr), p + 8) || peek_bytes(t->daddr, sizeof(t->daddr), p + 24))
			return 0;
		head = 40;
		total = h[4] << 8 | h[5];
		if ((!total || !data) && skb_len > 40)
			total = skb_len - 40;
		t->family = 6;
		t->proto = h[6];
		t->ttl = h[7];
		t->ip_id = h[2] << 8 | h[3];
		if (t->proto != IPPROTO_TCP && t->proto != IPPROTO_UDP) {
			int more = walk_extensions(t, p + head);

			if (more < 0 || (__u32)more > total)
				return 0;
			head += more;
			total -= more;
		}
	} else {
		return 0;
	}
	if (t->proto == IPPROTO_TCP)
		parse_tcp(t, p + head, total);
	else
		parse_transport(t, p + head, total);
	return 1;
}

/* Tells two packets apart that had the same address. */
static __always_inline __u32 tuple_print(const struct tuple *t)
{
	__u32 x = t->sport << 16 | t->dport;

	x = (x ^ t->seq) * 0x9e3779b1;
	x = (x ^ x >> 15 ^ t->ack) * 0x85ebca6b;
	return x ^ x >> 13 ^ (t->ip_id << 8) ^ t->tcp_flags ^ t->len;
}

#endif
