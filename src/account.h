/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the bytes of a connection are: given to calls that send, in segments,
 * arrived, read. Each byte counts once, however often it was sent, and has a
 * 64-bit place that counts from the SYN of its direction, so that sequence
 * numbers may wrap. What is known only grows; nobody is asked to guess.
 */
#ifndef SKBTRACE_ACCOUNT_H
#define SKBTRACE_ACCOUNT_H

#include "flow.h"
#include "spans.h"

/* One direction. */
struct account {
	struct connection *of;
	bool begun;		/* its SYN was seen: isn and begun_ns are known */
	bool left, came;	/* that SYN left this host; arrived on it */
	bool mixed;		/* numbers that cannot be of one connection */
	uint32_t isn;
	uint64_t begun_ns;
	uint64_t top;		/* the highest place so far: the next ones are near it */
	uint64_t fin;		/* place of the FIN, if fin_known */
	bool fin_known;
	uint64_t ahead;		/* bytes that were sent though no call had written them yet */
	struct spans accepted, sent, arrived, read;
};

/* Its socket on this host, if there is one. */
struct account_end {
	uint32_t sock;		/* 0: not known */
	uint32_t stale;		/* that of an earlier connection with these addresses; 0: none */
	bool here;		/* it is on this host: it sent, or made a call */
	bool gone;		/* and was destroyed */
	unsigned int writes;	/* calls that write and never returned */
	uint64_t reads;		/* calls that read */
};

/* ways[0] is from the one that connects; ends[i] is the one that sends ways[i]. */
struct connection {
	struct account ways[2];
	struct account_end ends[2];
	struct flow *flows[2];	/* the caller's */
	struct connection *prev, *next;
	uint64_t number;	/* 1, 2, 3 … */
	uint64_t lost;		/* records lost before it began */
	bool reset, evicted;
};

/* Why its sums may not be even. */
enum account_doubt {
	ACCOUNT_WHOLE,
	ACCOUNT_LOST,		/* records were lost */
	ACCOUNT_UNSEEN,		/* bytes went through calls that were not seen */
	ACCOUNT_MIXED,		/* another connection had the same addresses */
	ACCOUNT_CROWDED,	/* more gaps than are kept */
	ACCOUNT_EVICTED,	/* more connections than are kept */
	ACCOUNT_UNFOUNDED,	/* bytes were read that were not seen to be sent, or sent before they were written */
	ACCOUNT_DOUBTS
};

/* What one direction comes to, in bytes. */
struct account_sum {
	struct flow_key key;
	enum account_doubt doubt;
	bool sender, receiver;	/* which ends were followed */
	bool sender_gone, receiver_gone;
	uint64_t accepted;	/* sender: by calls that were seen */
	uint64_t sent;		/* sender */
	uint64_t unsent;	/* sender: accepted, not sent; nor read, if that end was followed */
	uint64_t writing;	/* sender: sent by calls that have not returned */
	uint64_t write_unseen;	/* sender: written by calls that were not seen */
	uint64_t missing;	/* both: sent, not arrived */
	uint64_t arrived;	/* receiver */
	uint64_t early;		/* receiver: arrived, bytes before them have not */
	uint64_t queued;	/* receiver: arrived in order, not read */
	uint64_t read;		/* receiver: by calls that were seen */
	uint64_t read_unseen;	/* receiver: by calls that were not */
	uint64_t reads;		/* receiver: calls that read */
	/* These cannot be, unless a program of the kernel side was not run. */
	uint64_t ahead;		/* sent before they were accepted */
	uint64_t unfounded;	/* read, and never sent */
};

/* All zero is a connection of which nothing is known. */
void connection_free(struct connection *c);
/* Its SYN was seen. */
void account_begin(struct account *a, uint32_t isn, uint64_t now_ns);
/* Each takes sequence numbers. 0 or -ENOMEM. */

/* A segment: has left; has arrived. fresh: as in spans_add(). */
int account_sent(struct account *a, uint32_t seq, uint32_t len);
int account_arrived(struct account *a, uint32_t seq, uint32_t len, struct span *fresh);
/* What arrived as fresh was dropped before anybody could read it. */
int account_dropped(struct account *a, const struct span *fresh);
/* The byte after the last one. */
void account_fin(struct account *a, uint32_t seq);
/* A call that writes begins where the socket has accepted all before seq. */
void account_writes(struct account *a, uint32_t seq);
/* Calls returned that took the socket's counter from one to the other, having begun at start_ns. */
int account_wrote(struct account *a, uint32_t from, uint32_t to, uint64_t start_ns);
int account_read(struct account *a, uint32_t from, uint32_t to, uint64_t start_ns);

/* way: 0 or 1. lost: records lost by now. 0 or -ENOMEM. */
int connection_sum(struct connection *c, int way, uint64_t lost, struct account_sum *sum);
/* Is nothing left that could move? */
bool account_even(const struct account_sum *sum);

#endif
