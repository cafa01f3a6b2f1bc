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
 * Local and remote end of a socket as source and destination, into this CPU's born. 0 if it is not an IP
 * socket. An IPv6 socket that speaks IPv4 has mapped addresses and counts as family 4, as its packets do.
 */
__noinline int read_sock(__u64 addr)
{
	struct sock *sk = (struct sock *)addr;
	__u16 family = FIELD(sk, __sk_common.skc_family);
	__u16 port = FIELD(sk, __sk_common.skc_num);
	struct born *b = born_here();
	struct tuple *t;

	if (!b)
		return 0;
	t = &b->t;
	b->of = addr;
	__builtin_memset(t, 0, sizeof(*t));
	if (family == AF_INET) {
		t->family = 4;
		map_v4(t->saddr, FIELD(sk, __sk_common.skc_rcv_saddr));
		map_v4(t->daddr, FIELD(sk, __sk_common.skc_daddr));
	} else if (family == AF_INET6) {
		peek_bytes(t->saddr, 16, __builtin_preserve_access_index(&sk->__sk_common.skc_v6_rcv_saddr));
		peek_bytes(t->daddr, 16, __builtin_preserve_access_index(&sk->__sk_common.skc_v6_daddr));
		t->family = !((__u64 *)t->daddr)[0] && ((__u32 *)t->daddr)[2] == ntohl(0xffff) ? 4 : 6;
	} else {
		return 0;
	}
	t->proto = FIELD(sk, sk_protocol);
	if (proto_has_ports(t->proto)) {
		t->sport = port;
		t->dport = ntohs(FIELD(sk, __sk_common.skc_dport));
	} else if (FIELD(sk, sk_type) != SOCK_RAW) {
		/* The number of a raw socket is its protocol, that of a ping socket the identifier of its echoes. */
		t->ack = port;
	}
	return 1;
}

/* The same: where it is, until the next is read here; NULL: it is not an IP socket. */
static __always_inline struct tuple *tuple_of_sock(struct sock *sk)
{
	struct born *b = born_here();

	return b && read_sock((__u64)sk) ? &b->t : 0;
}

/* tcp_skb_cb.tcp_flags is one byte, from 7.0 on two. */
static __always_inline __u8 tcp_cb_flags(const struct tcp_skb_cb *cb)
{
	const void *at = __builtin_preserve_access_index(&cb->tcp_flags);

	return bpf_core_field_size(cb->tcp_flags) == 1 ? PEEK((const __u8 *)at) : PEEK((const __u16 *)at);
}

/* A driver has put the headers beside the skb's head: GRO knows where (skb_gro_reset_offset in net/core/gro.c). */
enum { DATA_OF_GRO = 2 };

/*
 * Reads what a packet is into this CPU's born, from the IP header on. data: skb->data is there (receive side
 * before IP), DATA_OF_GRO: it would be; otherwise network_header is, and the skb is as long as the packet, whatever
 * a header says that is not finished yet. 0 if it cannot be told. Takes numbers: verified once.
 */
__noinline int read_packet(__u64 skb_addr, __u32 data)
{
	struct sk_buff *skb = (struct sk_buff *)skb_addr;
	const void *at = FIELD(skb, data), *p = at;
	__u32 skb_len = FIELD(skb, len);
	__u8 h[20] __attribute__((aligned(8)));
	struct born *b = born_here();
	__u32 total, head;
	struct tuple *t;

	if (!b)
		return 0;
	t = &b->t;
	b->of = skb_addr;
	b->whole = 0;
	__builtin_memset(t, 0, sizeof(*t));
	if (data == DATA_OF_GRO) {
		const void *found = FIELD((const struct napi_gro_cb *)__builtin_preserve_access_index(&skb->cb), frag0);

		if (found)
			p = found;
	}
	if (!data) {
		p = FIELD(skb, head) + FIELD(skb, network_header);
		skb_len -= p - at;	/* the link-layer header, where there is one already */
	} else if (FIELD(skb, protocol) == ntohs(ETH_P_8021Q)) {
		p += 4;
		skb_len -= 4;
	}
	if (peek_bytes(h, 20, p))
		return 0;
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
		t->ip_id = t->packet_id = h[4] << 8 | h[5];
		map_v4(t->saddr, *(__u32 *)(h + 12));
		map_v4(t->daddr, *(__u32 *)(h + 16));
		/* RFC 791: where it was in the packet, and whether more fragments follow. */
		t->fragment = (h[6] & 0x1f) << 8 | h[7];
		if (t->fragment++)
			return read_fragment(total - head, data);
		t->fragment = !!(h[6] & 0x20);
		return read_transport((__u64)p + head, total - head);
	}
	if (h[0] >> 4 == 6) {
		int more = 0;

		if (peek_bytes(t->saddr, sizeof(t->saddr), p + 8) || peek_bytes(t->daddr, sizeof(t->daddr), p + 24))
			return 0;
		total = h[4] << 8 | h[5];
		if ((!total || !data) && skb_len > 40)
			total = skb_len - 40;
		t->family = 6;
		t->proto = h[6];
		t->ttl = h[7];
		t->ip_id = h[2] << 8 | h[3];
		if (t->proto != IPPROTO_TCP && t->proto != IPPROTO_UDP)
			more = read_extensions((__u64)p + 40);
		if (more < 0 || (__u32)more > total)
			return 0;
		if (t->fragment > 1)
			return read_fragment(total - more, data);
		return read_transport((__u64)p + 40 + more, total - more);
	}
	return 0;
}

/* Tells two packets apart that had the same address. */
static __always_inline __u32 tuple_print(const struct tuple *t)
{
	__u32 x = t->sport << 16 | t->dport;

	x = (x ^ t->seq) * 0x9e3779b1;
	x = (x ^ x >> 15 ^ t->ack) * 0x85ebca6b;
	return x ^ x >> 13 ^ (t->ip_id << 8) ^ t->tcp_flags ^ t->len ^ t->fragment << 16;
}

#endif
