/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a conversation means: its ends, its packets from one end to the other,
 * which answers which, and all that happened in order of time.
 * It points into the talk that it was made of.
 */
#ifndef SKBTRACE_TALK_VIEW_H
#define SKBTRACE_TALK_VIEW_H

#include "talk.h"

/* Who asked for the connection, and who was asked. */
enum { TALK_CLIENT, TALK_SERVER, TALK_ENDS };

struct talk_end {
	struct endpoint at;
	bool here;		/* its TCP runs on this host */
	uint32_t pid;		/* its process; 0: not known */
	char comm[EV_NAME_LEN];
	uint32_t base;		/* the sequence number that is 0 in what is said of its bytes */
	uint64_t bytes;		/* that it sent, each counted once */
	uint64_t waited_ns;	/* in calls, for bytes to arrive */
	uint64_t thought_ns;	/* from the return of a call that read to the next one, which wrote */
};

/* What became of bytes that arrived, by their numbers. */
enum talk_fate {
	FATE_UNKNOWN,
	FATE_IN_ORDER,
	FATE_EARLY,		/* bytes before it are missing yet */
	FATE_AGAIN,		/* all had arrived before */
	FATE_PARTLY,		/* some had */
};

/* What made TCP send a packet just then. */
enum talk_cause {
	CAUSE_UNKNOWN,
	CAUSE_CALL,		/* the task, in a call on this socket */
	CAUSE_ARRIVAL,		/* a packet that had come in the same softirq, or out of the socket's backlog */
	CAUSE_LATER,		/* a timer, a tasklet or a work item */
};

/* Why bytes stayed in the write queue when they were written. */
enum talk_hold {
	HOLD_UNKNOWN,
	HOLD_CLOSED,		/* the receiver's window was closed */
	HOLD_CWND,		/* as much was in flight as the congestion window allows */
	HOLD_NAGLE,		/* a small segment waits while another is not acknowledged (RFC 896) */
	HOLD_PACING,		/* the socket sends no faster than its pacing rate */
	HOLD_TSQ,		/* as many of its packets were in qdisc and device as TCP small queues allow */
};

/* A packet on its way from one end to the other; numbers count from the base of their end. */
struct talk_pass {
	int from;			/* its end */
	const struct journey *send, *recv;	/* NULL: that half was not seen; not both */
	const struct journey *head;	/* the one of them that says the headers */
	uint64_t call[2];		/* of send, of recv: id; 0: none seen */
	uint64_t number;
	uint64_t there;			/* its number where it arrived, if that is another skb; else 0 */
	uint64_t merged;		/* GRO made it a part of that packet, which TCP got; else 0 */
	uint64_t part_of;		/* recv only: a packet that left with some of its bytes; else 0 */
	uint32_t seq, end, ack;		/* end: behind its last byte, SYN and FIN counted; of a datagram 0 and its length */
	uint64_t left_ns, arrived_ns;	/* meaningless without that half */
	uint64_t joins;			/* TCP appends its bytes to that packet in a queue; 0: to none, or not known */
	uint64_t taken_ns;		/* TCP has its bytes; not arrived_ns if it was merged */
	uint64_t ready_ns;		/* its reader was told; 0: not seen */
	uint64_t ready_bytes;		/* that waited then; 0: not known */
	const struct call *wakes;	/* that was waiting for them; NULL: none */
	uint64_t wait_from, wait_to;	/* the longest time on its way when nobody worked on it */
	uint64_t wait_ns;		/* all such times */
	enum talk_fate fate;
	uint32_t missing;		/* FATE_EARLY: bytes before it */
	uint64_t filled_by;		/* FATE_EARLY: number of that which brought the last of them; 0: none did … */
	uint64_t early_ns;		/* … so much later */
	uint64_t acks, acks_to;		/* numbers of the first and the last packet that it answers */
	unsigned int acks_n;		/* how many */
	bool acks_again;		/* it carries nothing, and says what was said before */
	uint64_t acked_by;		/* 0: not seen */
	enum talk_cause cause;
	uint16_t cause_op;		/* CAUSE_CALL: enum op */
	uint64_t cause_pass;		/* CAUSE_ARRIVAL: number of that packet */
	uint64_t acks_after_ns;		/* since the first packet that it answers had come; 0: none, or not seen */
	const char *cause_func;		/* CAUSE_LATER: its function; empty: not known */
	enum talk_hold hold;
	uint64_t queued_ns;		/* since the call that wrote its first byte had returned; 0: it had not, or was not seen */
	/* The latest of it and all before it: told (talk_told), taken_ns, the last step of recv. */
	uint64_t told_upto, taken_upto, seen_upto;
};

struct talk_act {
	const struct call *c;
	int end;
	uint64_t waited_ns, waited_for;	/* recv: for that packet; 0: it did not wait */
	uint64_t told_ns;		/* when its bytes were ready */
	uint64_t ran_ns;		/* when the task was seen to run again; 0: it was not */
	uint64_t told_upto;		/* the latest told_ns of it and all before it; one that still waits may be told at any time */
};

enum talk_what {
	TALK_CALLS, TALK_RETURNS,	/* act */
	TALK_LEAVES, TALK_ARRIVES,	/* pass */
	TALK_WAKES,			/* pass: its bytes are what a call waits for */
	TALK_DIES,			/* pass: dropped, in half */
	TALK_STEPS,			/* pass or act: step, of half */
	TALK_LOST,			/* pass: lost records on cpu before step of half */
	TALK_WHATS
};

enum talk_phase { PHASE_HANDSHAKE, PHASE_DATA, PHASE_TEARDOWN, PHASES };

struct talk_event {
	enum talk_what what;
	enum talk_phase phase;
	uint64_t t_ns;
	int end;			/* where it happened */
	const struct talk_pass *pass;
	const struct talk_act *act;
	const struct journey *half;
	const struct step *step;
	const struct tcp *tcp;		/* what TCP kept of the socket there; NULL: not recorded */
	unsigned int lost, cpu;
	size_t place;			/* decides between events of one time */
};

struct talk_view {
	const struct talk *t;
	struct talk_end ends[TALK_ENDS];
	struct talk_pass *passes;	/* in the order in which they set out */
	struct talk_act *acts;
	struct talk_event *events;
	size_t pass_n, act_n, event_n;
	bool complete;			/* nothing is missing of this part that should have been seen … */
	bool missed;			/* … as far as can be told: runs of programs were missed meanwhile */
	bool closed, reset;
};

/* steps: every step of each packet and call is an event, too. 0 or -ENOMEM; free in either case. */
int talk_view_make(struct talk_view *v, const struct talk *t, bool steps);
void talk_view_free(struct talk_view *v);

/* ---- talk_pass.c, for talk_view.c ---- */

/* Which end the packet comes from. */
int talk_from(const struct talk_view *v, const struct journey *j);
/* Fills v->passes of the talk's packets. 0 or -ENOMEM. */
int talk_passes_make(struct talk_view *v);
/* When the first of its halves sets out. */
uint64_t talk_pass_ns(const struct talk_pass *p);
/* When its reader could know of it. */
uint64_t talk_told(const struct talk_pass *p);

/* ---- talk_view.c ---- */

bool endpoint_is(const struct endpoint *a, const struct endpoint *b);

/* ---- talk_number.c, for talk_view.c ---- */

/* The number that is 0 at each end. */
void talk_base(struct talk_view *v);
/* Numbers the passes by that, and counts the bytes of each end. */
void talk_number(struct talk_view *v);

/* ---- talk_answer.c, for talk_view.c: needs the ends' bases. 0 or -ENOMEM ---- */

/* Which packet answers which, and in what order their bytes arrived. */
int talk_answers(struct talk_view *v);

/* ---- talk_tcp.c, for talk_view.c: needs the events ---- */

/* What TCP kept of the socket at each. */
void talk_tcp(struct talk_view *v);

/* ---- talk_cause.c, for talk_view.c: needs the acts ---- */

/* What made TCP send each packet, and how long its bytes had lain in the write queue. */
void talk_causes(struct talk_view *v);

#endif
