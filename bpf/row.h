/* SPDX-License-Identifier: GPL-2.0-or-later WITH Linux-syscall-note */
/*
 * A row word: everything a generic program must know of the place it is
 * attached to, in 64 bits. It arrives as the cookie of a kprobe.multi link, or
 * is patched into a copy of the program before it is loaded, so that the
 * verifier prunes what the row does not need.
 */
#ifndef SKBTRACE_ROW_H
#define SKBTRACE_ROW_H

enum { ROW_NO_ARG = 15 };

/* What a row reads besides skb and sock; the value becomes the step's arg. */
enum row_read {
	READ_NONE,
	READ_ARG1,	/* argument 1, 32 bits of it: of an int the others are whatever the register held */
	READ_ARG2,
	READ_CWND,	/* tcp_sock: snd_cwnd << 32 | packets_out */
	READ_NFHOOK,	/* arguments 0, 1: skb, nf_hook_state: 1 + ctinfo of conntrack << 16 (0: none) | pf << 8 | hook */
	READ_NAPI,	/* argument 0: napi_struct: its device and budget */
	READ_STATE,	/* TCP state of the socket */
	READ_RCVQ,	/* tcp_sock: rcv_nxt - copied_seq */
	READ_FREE,	/* how the id ends: EV_END_FREED */
	READ_CONSUME,	/* EV_END_CONSUMED */
	READ_DEFER,	/* EV_END_DEFERRED, or _FREED where the memory is of this CPU */
	READ_COALESCE,	/* EV_END_COALESCED */
	READ_DROP,	/* EV_END_DROPPED; argument 1 location, argument 2 reason where there is one */
	READ_RETURN4,	/* of a RETURN row of a function with four arguments: what it returns */
	READ_SEGMENT,	/* argument 1: skb, of tcp_sock argument 0: enum row_segment << 32 | bytes */
	READ_FOUND,	/* address of the function, one of those found when the run began: ROW_NTH */
	READ_WINDOW,	/* argument 0: skb, data at the TCP header: ROW_WINDOW | its window | SACK; 0: not in reach */
	READ_ICMP,	/* arguments 1, 2, 3: type << 40 | code << 32 | what it says besides, in network order there */
	READ_ICMP6,	/* the same, in host order there */
	READ_ICMP_ALONE,	/* type and code likewise, of a tracepoint that says nothing besides */
	READ_MTU,	/* argument 1: the MTU of the path that an ICMP message named */
	READ_SOLICIT,	/* argument 0: neighbour, for those that wait for it: its IPv4 address, and how often before << 32 */
	READ_LLADDR,	/* the same: enum row_nud of argument 2 << 48 | link-layer address at argument 1; 0: none */
	READ_MANIP,	/* argument 2: nf_nat_manip_type; what the packet has for addresses after it is a NAT record */
	READ_CHAIN,	/* argument 1, of a row WITHIN: nft_chain: the number of its CHAIN record, 0: not known */
	READ_RULE,	/* argument 0, of a row WITHIN: nft_expr: handle of its rule, 0: not known */
	READ_ARG3,
	READ_ARG4,
	READ_SOURCE,	/* nothing; sockets may get the skb right after it, clones of it, or pieces */
	READ_CLONE,	/* nothing; an skb that is first seen here is such a clone or piece */
	READ_COPY,	/* of a RETURN row of a function with two arguments, WITHIN: the skb that it returns */
	READ_CUT,	/* nothing; it is cut into fragments here */
	READ_JOIN,	/* nothing; a fragment is taken to the others: if it is the last, the whole goes on in its sk_buff; others pass no row */
	READ_GRO,	/* nothing; the headers may lie in a fragment, where GRO has found them; the skb begins here then */
	READ_LATE,	/* what follows is read once it is known that the packet is followed */
	READ_ENQUEUE = READ_LATE,	/* argument 0: Qdisc, which has the skb by now: what it had before */
	READ_QDISC,	/* argument 0: Qdisc: ROW_QDISC_* */
	READ_QDISC1,	/* argument 1: the same */
	READ_NEIGH,	/* argument 0: neighbour: its state (NUD_*) << 32 | packets that wait for it */
	READ_INTO,	/* argument 0: an skb, that may take the bytes of this one: its id, 0: it is not followed */
};

/* What a row says of a queueing discipline: number of its QDISC record, packets and bytes in it. */
#define ROW_QDISC(id, packets, bytes) \
	((unsigned long long)(id) << 40 | (unsigned long long)(packets) << 24 | (bytes))
#define ROW_QDISC_ID(arg) ((unsigned int)((arg) >> 40))
#define ROW_QDISC_PACKETS(arg) ((unsigned int)((arg) >> 24 & 0xffff))
#define ROW_QDISC_BYTES(arg) ((unsigned int)((arg) & 0xffffff))
enum {
	ROW_QDISC_UNKNOWN = 0xffff,	/* packets: it counts for each CPU */
	ROW_QDISC_MANY = 0xfffe,	/* packets: so many or more */
	ROW_QDISC_BYTES_MOST = 0xffffff,
};

/* READ_RCVQ: it is not known how many bytes wait. */
#define ROW_RCVQ_UNKNOWN (1ull << 32)

/* SACK: the header has blocks of it; DSACK: the first of them says what came twice. */
enum { ROW_WINDOW = 1 << 16, ROW_SACK = 1 << 17, ROW_DSACK = 1 << 18 };

/* The cases of tcp_data_queue (net/ipv4/tcp_input.c), and the bytes that each is about. */
enum row_segment {
	SEGMENT_IN_ORDER = 1,
	SEGMENT_OLD,		/* all of it was received before */
	SEGMENT_BEYOND,		/* it begins where the window of so many bytes has ended */
	SEGMENT_PARTLY_OLD,	/* so many bytes were received before */
	SEGMENT_OUT_OF_ORDER,	/* so many bytes before it are missing */
	SEGMENT_CLOSED,		/* in order, but the window is closed */
};

/* The flags of stages.def. */
enum row_flag {
	ROW_NEW = 1 << 0,
	ROW_START = 1 << 1,
	ROW_DATA = 1 << 2,
	ROW_LEAVE = 1 << 3,
	ROW_XMIT = 1 << 4,
	ROW_END = 1 << 5,
	ROW_ENTER = 1 << 6,
	ROW_COUNT = 1 << 7,	/* every packet passes here once: it is counted as seen */
	ROW_SEND = 1 << 8,	/* set from the stage's direction, not written in stages.def */
	ROW_RECV = 1 << 9,
	ROW_HANDED = 1 << 11,	/* comes out of an ENTERed function here */
	ROW_FIRST = 1 << 12,	/* a packet that no socket sends (SYN-ACK, RST) begins here */
	ROW_QUEUED = 1 << 13,	/* the skb sits in a queue of TCP: its dev is not a device */
	ROW_REASON = 1 << 10,	/* READ_DROP: argument 2 is the reason; set by the plan */
	ROW_CALLED = 1 << 14,	/* no skb or sock: of the followed call that this task is in */
	ROW_ROUTES = 1 << 15,	/* a look-up of the route right after it is its own */
	ROW_WITHIN = 1 << 16,	/* no skb or sock: of what just passed a row that asks (ROUTES, SEEKS, HOOKS) here */
	ROW_PTR = 1 << 17,	/* the argument is where the pointer to the skb is */
	ROW_OLD = 1 << 18,	/* only where there is no kprobe.multi (before 5.18) */
	ROW_RETURN = 1 << 19,	/* the return of the function, not its entry */
	ROW_WAKES = 1 << 21,	/* who is woken right after it is woken by this socket */
	ROW_HOOKS = 1 << 20,	/* the verdict that comes right after it is its own */
	ROW_SEEKS = 1 << 24,	/* a look-up of the socket right after it is its own */
	ROW_CUT = 1 << 23,	/* what GSO cut off is first seen here, without a row before */
	ROW_ANEW = 1 << 22,	/* its headers may have changed since the row before */
};

/* A row WITHIN has the one that it answers. */
#define ROW_ASKS (ROW_ROUTES | ROW_SEEKS | ROW_HOOKS)

#define ROW_WORD(stage, skb, sk, sock, read, flags) \
	((unsigned long long)(stage) | (unsigned long long)(skb) << 12 | \
	 (unsigned long long)(sk) << 16 | (unsigned long long)(sock) << 20 | \
	 (unsigned long long)(read) << 24 | (unsigned long long)(flags) << 32)

#define ROW_STAGE(w) ((unsigned int)((w) & 0xfff))
#define ROW_SKB(w) ((unsigned int)((w) >> 12 & 15))
#define ROW_SK(w) ((unsigned int)((w) >> 16 & 15))
#define ROW_SOCK(w) ((unsigned int)((w) >> 20 & 15))
#define ROW_READ(w) ((unsigned int)((w) >> 24 & 0xff))
/* Which of the functions found (found.bpf.h); above all flags. 0: none of them. */
#define ROW_NTH(w) ((unsigned int)((w) >> 57))
#define ROW_OF_NTH(n) ((unsigned long long)(n) << 57)
#define ROW_FLAGS(w) ((unsigned int)((w) >> 32))

/* Stands in the templates where a copy gets its word: a row that takes nothing
 * and does nothing. The upper bits are what the loader looks for. */
#define ROW_MAGIC (0x5b00000000000000ull | ROW_WORD(0xabc, ROW_NO_ARG, ROW_NO_ARG, ROW_NO_ARG, 0, 0))

/* The word of the second program at a system call: bpf/syscall.bpf.h. */
#define ROW_AGAIN 1ull

/* The words of places that are no rows, where one program serves all tracepoints: bpf/one.bpf.h. */
enum row_place { PLACE_ROW, PLACE_SYS_ENTER, PLACE_SYS_ENTER_AGAIN, PLACE_SYS_EXIT, PLACE_WAKING, PLACE_POLL_END,
		 PLACE_URING_SUBMIT, PLACE_URING_COMPLETE };
#define ROW_OF_PLACE(place) ((unsigned long long)(place) << 12)
#define ROW_PLACE(w) (ROW_STAGE(w) ? PLACE_ROW : (unsigned int)((w) >> 12))

#endif
