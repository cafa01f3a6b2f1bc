/* SPDX-License-Identifier: GPL-2.0-or-later WITH Linux-syscall-note */
/* What user space tells the kernel side before it is loaded: constants there. */
#ifndef SKBTRACE_CONFIG_H
#define SKBTRACE_CONFIG_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/*
 * In the table of system calls, besides enum op, what only says whose a port is: listen, and what
 * gives a datagram socket its port.
 */
enum { CFG_OP_LISTEN = 100, CFG_OP_BINDS };

/* What the tracepoints of io_uring say, by the kernel. */
enum cfg_uring {
	URING_NONE,		/* it has none of them, or others */
	URING_NAMES,		/* a completion names its request by ring and user_data (5.10) */
	URING_VALUES,		/* by its address, with what is in the completion (6.1, 6.12) */
	URING_CQE,		/* with the address of the completion (6.18, 7) */
};

/*
 * Numbers of helpers that no kernel has: the loader makes calls of the kernel's
 * own functions of them, or nothing.
 */
enum {
	CFG_CALL_PREEMPT_DISABLE = 0x5b7a0001,
	CFG_CALL_PREEMPT_ENABLE = 0x5b7a0002,
	CFG_CALL_CAST = 0x5b7a0003,
};

/* How many followed skbs may share a place. */
enum { CFG_SKB_WAYS = 8 };

/* What is followed until it ends, each kind in maps that may be full: then it is not. */
enum cfg_full { FULL_PACKET, FULL_SOCKET, FULL_CALL, FULL_N };

/* Where the kernel side looks for the row word of a function. */
enum { CFG_WORDS = 4096 };
#define CFG_WORD_AT(address) (((address) >> 4 ^ (address) >> 13) & (CFG_WORDS - 1))

/* Functions that the devices in use point at, at most; the first has number 1. */
enum { CFG_FOUND_MAX = 128 };
enum cfg_found { FOUND_XMIT = 1, FOUND_POLL, FOUND_ENQUEUE };

/* Asks where a function of the kernel is, or what is at an address: the one that is not set is the answer, if it is known. */
struct cfg_address {
	char name[64];
	__u64 address;
};

/* Why a packet was not followed: the first test that said no, in this order. */
enum cfg_reject {
	REJECT_PROTO,
	REJECT_NETNS,
	REJECT_HOST,
	REJECT_PORT,
	REJECT_SPORT,
	REJECT_DPORT,
	REJECT_IFACE,
	REJECT_OWNER,	/* --pid or --comm */
	REJECT_N
};

/*
 * A filter: every field that is set must match. Ports in host order, addresses
 * as IPv4 mapped into IPv6. sport and dport are those of the packet on the wire.
 */
struct cfg_filter {
	__u8 host[16], host_mask[16];
	__u32 netns;		/* inode number; 0: any */
	__u32 ifindex;		/* 0: any */
	__u32 ifnetns;		/* the namespace that the device is in: an index says nothing without it */
	__u16 port, sport, dport;	/* 0: any */
	__u8 proto;		/* IP protocol; 0: any */
	__u8 by_host;		/* host is set */
	__u8 by_pid;		/* the map pids says which processes */
	__u8 by_comm;		/* comm is set */
	__u8 pad[6];
	char comm[16];
};

/* Counters of one CPU. */
struct cfg_counts {
	__u64 attempts;		/* records that were tried to write */
	__u64 ring_full;	/* of them, lost because the ring was full */
	__u64 map_full[FULL_N];	/* of them, lost because what they are about could not be followed */
	__u64 seen;		/* packets looked at where a packet can first be seen */
	__u64 matched;		/* of them, followed */
	__u64 rejected[REJECT_N];
	__u64 cpu;		/* its number, which user space writes */
};

#endif
