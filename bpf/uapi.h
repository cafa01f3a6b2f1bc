/* SPDX-License-Identifier: GPL-2.0-only */
/* The few numbers of the kernel's BPF interface (include/uapi/linux/bpf.h) and of the wire that bpf/ uses. */
#ifndef SKBTRACE_UAPI_H
#define SKBTRACE_UAPI_H

enum {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PROG_ARRAY = 3,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_ARRAY_OF_MAPS = 12,
	BPF_MAP_TYPE_RINGBUF = 27,
};
enum { BPF_ANY = 0, BPF_NOEXIST = 1 };
enum { BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2 };

enum { AF_INET = 2, AF_INET6 = 10 };
enum { ETH_P_IP = 0x0800, ETH_P_IPV6 = 0x86dd, ETH_P_8021Q = 0x8100 };
enum { IPPROTO_ICMP = 1, IPPROTO_TCP = 6, IPPROTO_UDP = 17, IPPROTO_DCCP = 33, IPPROTO_ICMPV6 = 58, IPPROTO_SCTP = 132,
       IPPROTO_UDPLITE = 136 };
/* Extension headers of IPv6 (RFC 8200, 4; the authentication header: RFC 4302). */
enum { NEXTHDR_HOP = 0, NEXTHDR_ROUTING = 43, NEXTHDR_FRAGMENT = 44, NEXTHDR_AUTH = 51, NEXTHDR_DEST = 60 };
enum { SOCK_RAW = 3 };
enum { TCP_TIME_WAIT = 6, TCP_LISTEN = 10, TCP_NEW_SYN_RECV = 12 };	/* include/net/tcp_states.h */
enum { S_IFMT = 0170000, S_IFSOCK = 0140000 };

/* The registers of a task on arm64 (its asm/ptrace.h), by which bpf_tracing.h reads arguments there; vmlinux.h has those of x86. */
struct user_pt_regs {
	__u64 regs[31];
	__u64 sp;
	__u64 pc;
	__u64 pstate;
} __attribute__((preserve_access_index));

#define bpf_htons(x) __builtin_bswap16(x)
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ntohs(x) __builtin_bswap16(x)
#define ntohl(x) __builtin_bswap32(x)
#else
#define ntohs(x) (x)
#define ntohl(x) (x)
#endif
#undef bpf_htons

#endif
