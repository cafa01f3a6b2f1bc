/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The model that everything is drawn from: a packet's way through the kernel
 * in one direction, with the system call that sent or read it.
 * Built by track.c, owned by it; a consumer gets it const.
 */
#ifndef SKBTRACE_JOURNEY_H
#define SKBTRACE_JOURNEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "frame.h"
#include "stage.h"
#include "tcp.h"

struct endpoint {
	uint8_t addr[EV_ADDR_LEN];	/* IPv4 is mapped into IPv6 */
	uint16_t port;
};

/* One thing that happened at one moment. */
struct step {
	uint64_t t_ns;
	uint64_t arg;		/* stages[stage].say tells how to spell it */
	uint64_t skb;		/* raw id of the skb it was about; 0: of a socket only */
	uint32_t tid, pid;
	uint32_t len;		/* skb->len, bytes; 0 for steps of a socket */
	uint32_t ifindex;	/* 0: none or not known */
	uint32_t netns;		/* of the packet or socket; 0: not known */
	uint16_t cpu;
	uint16_t stage;		/* enum stage_id */
	uint8_t ctx;		/* enum ev_ctx */
	uint8_t sock_step : 1;	/* of the socket, not of this skb */
	uint8_t direct : 1;	/* it passes by a queue that is empty */
	uint8_t from_stack : 1;	/* on the call stack of the drop: the order is known, t_ns and arg are not its own */
	uint16_t lost_before;	/* records that may be missing before it on this way (saturates) */
	uint32_t nth;		/* which packet of its poll, from 1; 0: not known, or out of none */
	const struct frame *frame;	/* innermost frame that it happened in; NULL: the task, or lost */
	const struct tcp *tcp;	/* what TCP kept of its socket; NULL: not known, or it has none at hand */
	const char *host;	/* name of netns; NULL: not known */
	const char *what;	/* name of the function, queue or chain that arg stands for; NULL: not known, or none */
	union {
		const char *table;	/* of nftables, that the chain is in; NULL: not known */
		uint64_t spent_ns;	/* of a verdict: since its hook began; 0: not known */
	};
	char comm[EV_NAME_LEN];	/* of the running task; empty: not known */
	char dev[EV_NAME_LEN];	/* name of ifindex; empty: not known */
};

/* The function that it is in, where the row stands for several; NULL: not known, or the row says. */
const char *step_function(const struct step *s);
/* What the step goes by: its function's name or its row's. */
const char *step_name(const struct step *s);

/* Who keeps a copy holds what it points to, once for each copy (step_list_add does). */
void step_hold(const struct step *s);
void step_drop(const struct step *s);

/* In order of time; steps of one moment stay in the order in which they came. */
struct step_list {
	struct step *v;		/* NULL while they are put by */
	uint32_t n, room;
	unsigned char *packed;	/* pack.h; NULL while they are not */
};
/* Adds where its time says. 0 or -ENOMEM. */
int step_list_add(struct step_list *l, const struct step *s);
/* The same, and takes out an earlier step of the same stage. */
int step_list_renew(struct step_list *l, const struct step *s);
/* to, whatever it was, becomes a copy. 0 or -ENOMEM. */
int step_list_copy(struct step_list *to, const struct step_list *from);
/* Puts the steps by, in a fraction of the room; who looks at v takes them out first. n stays. 0 or -ENOMEM. */
int step_list_put_by(struct step_list *l);
int step_list_take_out(struct step_list *l);
/* Empties it, keeps its room. */
void step_list_clear(struct step_list *l);
void step_list_free(struct step_list *l);

/* The sleep of a task in a call ends. */
struct wake {
	uint64_t t_ns;		/* it is woken */
	uint64_t run_ns;	/* it runs again; 0: not seen */
	uint16_t run_cpu;
	struct step by;		/* who woke it, where; its stage and skb mean nothing */
};

/* A call that sleeps without end: only so many of its wakes are kept, the newest. */
enum { CALL_WAKES = 16 };

/* A system call on a followed socket. */
struct call {
	uint64_t id;
	uint64_t start_ns, end_ns;	/* end_ns 0: had not returned when the stream ended */
	uint64_t count;			/* bytes asked for; 0: not known */
	int64_t ret;
	uint32_t sock;
	uint32_t tid, pid;
	int32_t fd;
	uint32_t seq_from, seq_to;	/* TCP bytes taken: [from, to) */
	uint16_t op;			/* enum op */
	uint16_t flags;			/* MSG_ flags that it was given, the low 16 bits */
	uint16_t cpu_start, cpu_end;
	struct endpoint local, remote;	/* of the socket, if proto is not 0 */
	uint32_t netns;
	uint8_t proto;
	uint8_t ran;			/* enum ev_ran, of a request of io_uring */
	bool begin_seen, end_seen;	/* neither in doubt: its CALL, its CALLEND were seen */
	char comm[EV_NAME_LEN];
	uint32_t end_tid, end_pid;	/* the task that it ended in: of a request maybe another */
	char end_comm[EV_NAME_LEN];
	struct step_list steps;		/* of the socket, made by this task inside the call */
	struct wake *wakes;		/* in order of time; NULL: none */
	unsigned int wake_n;
	uint64_t wakes_lost;		/* older ones that were not kept */
};

/* Does it only look at bytes (MSG_PEEK), which stay for the next? */
bool call_peeks(const struct call *c);

enum journey_state {
	JOURNEY_COMPLETE,	/* beginning and end were seen and nothing between was lost */
	JOURNEY_DROPPED,	/* ended in a drop; complete up to there */
	JOURNEY_MIDWAY,		/* first seen after its beginning */
	JOURNEY_LOST,		/* records were lost on its way */
	JOURNEY_OPEN,		/* not over when the stream ended, or not read yet */
	JOURNEY_NO_END,		/* lost sight of: its address became another packet */
	JOURNEY_STATES
};

/* Which packets of the same flow first had the bytes that it has again. */
struct again {
	uint64_t of, to;	/* numbers of the first and of the last; 0: not known */
	uint32_t n;		/* how many they are */
	bool of_part, to_part;	/* it has not all bytes of the first, of the last */
};

struct journey {
	uint64_t number;	/* 1, 2, 3 … in the order of first sight; the id that users see */
	uint64_t parent;	/* number of the skb it was cloned from; 0: none known */
	struct again again;
	uint64_t segment_of;	/* number of the GSO packet that was cut up; 0: none known */
	uint64_t into;		/* recv: number of the packet that it became a part of; 0: of none, or not known */
	uint64_t skb;		/* raw id of the skb */
	enum stage_dir dir;	/* DIR_SEND or DIR_RECV */
	enum journey_state state;
	struct endpoint src, dst;
	struct endpoint nat_src, nat_dst;	/* what NAT has made of them at last, if nat */
	uint64_t start_ns;	/* time of the first thing drawn */
	uint32_t seq, ack, len, skb_len, netns;	/* of ICMP echo: its number, its identifier */
	uint32_t seq_rel;	/* seq - initial sequence number, if isn_known */
	uint32_t ack_rel;	/* likewise, if ack_isn_known */
	bool isn_known;		/* the SYN of this direction was seen */
	bool ack_isn_known;	/* that of the other direction */
	bool headed;		/* its headers were seen; else endpoints and lengths are zero */
	bool retransmit;	/* these bytes were sent before */
	/*
	 * Out of the order of its flow's bytes, and not known to be a retransmission. recv: bytes
	 * before it were missing when it arrived, or later ones had come; send: a driver had had
	 * later ones.
	 */
	bool reordered;
	bool from_stack;	/* seen only as it was dropped: its steps are from the call stack */
	bool stack_queued;	/* it was dropped out of a queue: nothing there is its way */
	bool copy;		/* of its parent, whose place it took */
	bool assembled;		/* recv: put together of fragments, of which parent is the first */
	bool cut;		/* recv: it was cut up on its way, and this is its first fragment */
	bool beside;		/* its parent is the first fragment of the same packet */
	uint16_t fragment;	/* of an IP packet: 1 + its place in units of 8 bytes; parent: what was cut, or beside */
	bool passed_on;		/* recv: its bytes went on in other skbs: cut up, or put together */
	uint16_t gso_size, gso_segs, ip_id;
	uint16_t stack_op;	/* enum op: of the system call on that stack; OP_NONE: none */
	uint16_t window;	/* of ICMP: type << 8 | code */
	bool window_known;	/* recv: window is what its header says, and so are … */
	bool sack, dsack;	/* … that some later bytes have come, that some came twice (RFC 2018, 2883) */
	uint8_t family, proto, tcp_flags, how;
	uint32_t sock;		/* its socket; 0: not known */
	uint32_t owner_pid;	/* process of that socket; 0: not known */
	char owner_comm[EV_NAME_LEN];
	char dev[EV_NAME_LEN];	/* last device seen; empty: none */
	struct step_list steps;	/* of the skb (and of its socket in softirq), by time */
	const struct call *call;/* the call that sent it or read it; NULL: none seen */
	size_t call_first;	/* send: steps of the call [call_first, call_n) belong to this */
	size_t call_n;		/*  packet's way and are drawn with it; recv: likewise, after it */
	uint32_t merged;	/* recv: so many others GRO has made a part of it */
	uint32_t readers;	/* recv: how many calls took bytes of it; call is the first */
	bool read_unseen;	/* recv: its bytes were taken, by a call that was not seen */
	bool nat;		/* its addresses were rewritten on this way */
	bool forwarded;		/* send: it had arrived before, and goes on through this host */
	bool past_driver;	/* send: the driver answered, or it went on to arrive on this host */
	uint32_t lost;		/* records that may be missing on its way, all together */
	uint32_t lost_after;	/* of them, after its last step */
	uint16_t lost_cpu;	/* a CPU that lost some of them */
	bool collapsed;		/* its bytes were copied into another skb, to save memory */
	uint32_t missed;	/* runs of programs that the kernel skipped meanwhile, whatever they were to tell of */
	/* the end */
	bool ended;
	uint8_t end_how;	/* enum ev_end */
	uint32_t end_reason;	/* of a drop; EV_END_DEFERRED: the CPU that gets the memory */
	uint64_t end_ns;
	struct step end_step;	/* who ended it, where; valid if ended */
	char end_reason_name[48];	/* by the traced kernel; empty: it has none */
	char end_where[48];	/* function that dropped it; empty: not known */
};

/* Adds a copy, in place of the oldest if there are CALL_WAKES. 0 or -ENOMEM. */
int call_wake_add(struct call *c, const struct wake *w);
void call_wakes_free(struct call *c);

/* Copies of all that they point to, to be kept when the tracker lets go of it. 0 or -ENOMEM. */
int call_copy(struct call *to, const struct call *from);
void call_copy_free(struct call *c);
int journey_copy(struct journey *to, const struct journey *from);
void journey_copy_free(struct journey *j);

#endif
