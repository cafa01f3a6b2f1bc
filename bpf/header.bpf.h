/* SPDX-License-Identifier: GPL-2.0-only */
/* What the TCP header of an arriving packet says besides its numbers: window and SACK. */
#ifndef SKBTRACE_HEADER_BPF_H
#define SKBTRACE_HEADER_BPF_H

#include <bpf/bpf_endian.h>

/*
 * Does a block of SACK lie below what is acknowledged, or within the next one? Then its bytes came
 * twice (RFC 2883, 4). option: where the first of n blocks begins; ack: as in the header.
 */
static __always_inline __u64 sack_of(__u64 option, __u32 blocks, __u32 ack)
{
	__u32 edges[4] = {};

	bpf_probe_read_kernel(edges, blocks > 1 ? 16 : 8, (const void *)option);
	if ((__s32)(bpf_ntohl(edges[0]) - bpf_ntohl(ack)) < 0)
		return ROW_SACK | ROW_DSACK;
	if (blocks > 1 && (__s32)(bpf_ntohl(edges[0]) - bpf_ntohl(edges[2])) >= 0 &&
	    (__s32)(bpf_ntohl(edges[3]) - bpf_ntohl(edges[1])) >= 0)
		return ROW_SACK | ROW_DSACK;
	return ROW_SACK;
}

/* What the options of a TCP header say of SACK: of header, size bytes long. Takes numbers: verified once. */
__noinline __u64 read_sack(__u64 header, __u32 size, __u32 ack)
{
	enum { TCPOPT_EOL, TCPOPT_NOP, TCPOPT_SACK = 5, OPTIONS_MOST = 16 };
	__u32 at = 20;

	for (int i = 0; i < OPTIONS_MOST && at + 2 <= size; i++) {
		__u8 option[2] = {};

		bpf_probe_read_kernel(option, sizeof(option), (const void *)(header + at));
		if (option[0] == TCPOPT_EOL)
			return 0;
		if (option[0] == TCPOPT_SACK && option[1] >= 10 && at + option[1] <= size)
			return sack_of(header + at + 2, option[1] / 8, ack);
		at += option[0] == TCPOPT_NOP ? 1 : option[1] < 2 ? 2 : option[1];
	}
	return 0;
}

/* What the TCP header says of window and SACK: on its way out a packet is first seen before it has one. */
__noinline __u64 read_window(__u64 skb_addr)
{
	const struct sk_buff *skb = (const struct sk_buff *)skb_addr;
	const __u8 *header = FIELD(skb, data);
	__u32 linear = FIELD(skb, len) - FIELD(skb, data_len), size;
	/* From the acknowledgement number to the first option, which is a timestamp as a rule, and alone. */
	struct {
		__u32 ack;
		__u8 offset, flags, window[2];
		__u32 sum, option;
	} h = {};

	if (linear < 20 || bpf_probe_read_kernel(&h, linear < 24 ? 12 : sizeof(h), header + 8))
		return 0;
	size = h.offset >> 4 << 2;
	if (size < 24 || size > linear || (size == 32 && h.option == bpf_htonl(0x0101080a)))
		size = 0;
	return ROW_WINDOW | h.window[0] << 8 | h.window[1] | (size ? read_sack((__u64)header, size, h.ack) : 0);
}

#endif
