/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads what stands behind an IP header where that is not TCP at once: extension headers, UDP, ICMP, ports of others. */
#ifndef SKBTRACE_TRANSPORT_BPF_H
#define SKBTRACE_TRANSPORT_BPF_H

/* One bit for each; asked at once: every branch of the loop below is verified anew each time round. */
#define EXTENSIONS (1ull << NEXTHDR_HOP | 1ull << NEXTHDR_ROUTING | 1ull << NEXTHDR_FRAGMENT | 1ull << NEXTHDR_AUTH | \
		    1ull << NEXTHDR_DEST)

/* More extension headers than any sensible packet has: the walk is bounded. */
enum { EXTENSIONS_MOST = 8 };

/* icmp.h, icmpv6.h: errors quote the packet that they are about; echo has an identifier and a number. */
enum { ICMP_ECHOREPLY = 0, ICMP_UNREACH = 3, ICMP_QUENCH = 4, ICMP_REDIRECT = 5, ICMP_ECHO = 8, ICMP_EXCEEDED = 11,
       ICMP_PARAMETER = 12 };
enum { ICMPV6_ERRORS = 128, ICMPV6_ECHO = 128, ICMPV6_ECHOREPLY = 129 };

static __always_inline int icmp_echoes(__u32 proto, __u32 type)
{
	if (proto == IPPROTO_ICMP)
		return type == ICMP_ECHO || type == ICMP_ECHOREPLY;
	return type == ICMPV6_ECHO || type == ICMPV6_ECHOREPLY;
}

static __always_inline int icmp_quotes(__u32 proto, __u32 type)
{
	if (proto == IPPROTO_ICMPV6)
		return type < ICMPV6_ERRORS;
	return type == ICMP_UNREACH || type == ICMP_QUENCH || type == ICMP_REDIRECT || type == ICMP_EXCEEDED ||
	       type == ICMP_PARAMETER;
}

static __always_inline int proto_has_ports(__u32 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_UDPLITE || proto == IPPROTO_SCTP ||
	       proto == IPPROTO_DCCP;
}

static __always_inline void parse_ports(struct tuple *t, const void *p)
{
	__u32 h = ntohl(PEEK((const __u32 *)p));

	t->sport = h >> 16;
	t->dport = h;
}

/* The IP packet at p that an ICMP error quotes: its ports are those that the error is about. */
static __always_inline void parse_quoted(struct tuple *t, const void *p)
{
	__u8 first = PEEK((const __u8 *)p);

	if (first >> 4 == 4 && proto_has_ports(PEEK((const __u8 *)(p + 9))))
		parse_ports(t, p + (first & 15) * 4);
	else if (first >> 4 == 6 && proto_has_ports(PEEK((const __u8 *)(p + 6))))
		parse_ports(t, p + 40);
}

enum { ICMP_SIZE = 8, UDP_SIZE = 8 };

static __always_inline void parse_icmp(struct tuple *t, const void *p, __u32 total)
{
	__u32 type = ntohl(PEEK((const __u32 *)p)) >> 16, rest = ntohl(PEEK((const __u32 *)(p + 4)));

	t->window = type;
	t->len = total > ICMP_SIZE ? total - ICMP_SIZE : 0;
	if (icmp_echoes(t->proto, type >> 8)) {
		t->ack = rest >> 16;
		t->seq = rest & 0xffff;
	} else if (icmp_quotes(t->proto, type >> 8)) {
		parse_quoted(t, p + ICMP_SIZE);
	}
}

static __always_inline void parse_udp(struct tuple *t, const void *p, __u32 total)
{
	__u32 len = ntohl(PEEK((const __u32 *)(p + 4))) >> 16;

	parse_ports(t, p);
	/* 0: a jumbogram, or of UDP-Lite all of it. A fragment holds less than the whole says. */
	if (len < UDP_SIZE || len > total || t->proto == IPPROTO_UDPLITE)
		len = total;
	t->len = len > UDP_SIZE ? len - UDP_SIZE : 0;
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
 * What is behind the IP header of the packet that is read here, at that address; total as of parse_tcp. Takes
 * numbers, as do all the parts of reading a packet: each is verified once, not with every way that leads to it.
 */
__noinline int read_transport(__u64 at, __u32 total)
{
	struct born *b = born_here();
	const void *p = (const void *)at;
	struct tuple *t;

	if (!b)
		return 0;
	t = &b->t;
	if (t->proto == IPPROTO_TCP) {
		parse_tcp(t, p, total);
	} else if (t->proto == IPPROTO_UDP || t->proto == IPPROTO_UDPLITE) {
		parse_udp(t, p, total);
	} else if (t->proto == IPPROTO_ICMP || t->proto == IPPROTO_ICMPV6) {
		parse_icmp(t, p, total);
	} else {
		t->len = total;
		if (proto_has_ports(t->proto))
			parse_ports(t, p);
	}
	return 1;
}

/*
 * Walks the extension headers at that address, behind an IPv6 header that names proto as the first of them. Sets
 * the protocol behind them, and what the fragment header says. How long they are; negative: it
 * cannot be told.
 */
__noinline int read_extensions(__u64 begin)
{
	struct born *b = born_here();
	const void *p = (const void *)begin;
	struct tuple *t;
	__u32 at = 0;

	if (!b)
		return -1;
	t = &b->t;
	for (int i = 0; i < EXTENSIONS_MOST; i++) {
		__u32 h;

		if (t->proto >= 64 || !(EXTENSIONS >> t->proto & 1))
			return at;
		h = ntohl(PEEK((const __u32 *)(p + at)));
		if (t->proto == NEXTHDR_FRAGMENT) {
			t->packet_id = ntohl(PEEK((const __u32 *)(p + at + 4)));
			t->ip_id = t->packet_id;
			t->fragment = h & 1;
			at += 8;
			/* What is behind it in a later fragment is data. */
			if (h & 0xfff8) {
				t->fragment = ((h & 0xfff8) >> 3) + 1;
				t->proto = h >> 24;
				return at;
			}
		} else {
			at += t->proto == NEXTHDR_AUTH ? ((h >> 16 & 0xff) + 2) * 4 : ((h >> 16 & 0xff) + 1) * 8;
		}
		t->proto = h >> 24;
	}
	return at;
}

#endif
