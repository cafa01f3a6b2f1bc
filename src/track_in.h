/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the tracker share. A packet is an skb by its id; it has up
 * to two parts, its way out and its way in, and each part becomes a journey.
 * Packets, parts and calls belong to struct track.
 */
#ifndef SKBTRACE_TRACK_IN_H
#define SKBTRACE_TRACK_IN_H

#include "account.h"
#include "due.h"
#include "flow.h"
#include "loss.h"
#include "names.h"
#include "order.h"
#include "track.h"

#define MS 1000000ULL
/* A way out, or an arrival without payload, is over when it was quiet for so long … */
#define QUIET_NS (200 * MS)
/* … or for so long where waiting is the point: a queue, a neighbour, a reader. */
#define PATIENCE_NS (10000 * MS)
/* What comes after the last thing that had to come: who freed it. */
#define LINGER_NS (5 * MS)
/* Journeys are given in the order in which they began; one that is over waits no longer than this
 * for an earlier one that is not. */
#define HOLD_NS (QUIET_NS + 100 * MS)
/* An skb of the write queue is cloned again for as long as TCP retransmits. */
#define WRITE_QUEUE_NS (60000 * MS)
/* Steps of one socket on one CPU are one story if no more than this lies between. */
#define STORY_NS (1 * MS)
/* Of one task, too, whose CPU may stand still meanwhile: it is preempted, or virtual. */
#define STALL_NS (50 * MS)

/* The wake-up that a packet causes comes on its CPU, of its socket, and within so much. */
#define WAKE_NS (100 * MS)
/* Bytes that have been missing for so long have come unseen: TCP would have sent them again. */
#define HOLE_NS (5000 * MS)

/* With more that only wait for their turn, these are put by. */
enum { HELD_MANY = 1000 };

enum { SEND_PART, RECV_PART, PARTS };

/* A call and what the tracker knows of it besides. */
struct track_call {
	struct call c;
	struct flow *in;	/* recv: the flow that it reads; NULL: not known */
	struct part *parts;	/* that name it and are not given yet */
	struct track_call *later;	/* of a request of io_uring: the next on its socket */
	uint32_t listed;	/* of a request: the socket that it is listed for; 0: none */
	uint64_t going_ns;	/* of a request: when it was last set going */
	size_t sent;		/* of datagrams: its steps before belong to those that have left */
	bool over;		/* it has returned, or its return was not seen */
	bool told;		/* of a datagram socket: what it reads was seen */
};

struct part {
	struct journey *j;	/* NULL while it is put by */
	unsigned char *packed;	/* pack.h: it, while it is */
	struct packet *packet;
	struct track_call *call;
	struct flow *flow;	/* src to dst */
	struct part *unread_prev, *unread_next;
	struct part *call_prev, *call_next;
	struct part *open_prev, *open_next;	/* in track.open, by the time they began */
	uint64_t opened_ns;
	uint64_t last_ns;	/* when something was last seen of it */
	uint64_t into;		/* recv: id of the packet that it may have gone into; 0: none, or not known */
	uint64_t read_ns;	/* recv: when the last of its bytes was read */
	struct span fresh;	/* recv: its bytes that had not come before … */
	uint64_t counted_in;	/* … on the connection of that number; 0: none */
	struct unread *waits;	/* that it is in; NULL: it does not wait */
	bool read;		/* all its bytes were taken */
	bool forwarded;		/* recv: it left again, or its bytes went on in another skb */
	bool handed;		/* send: it has come to a driver */
	bool queued;		/* send: it waits in a queue, or for a neighbour */
	bool here;		/* recv: it is for this host */
	bool lists;		/* recv: GRO has hung others on it, whole: it goes on where they are taken apart */
	bool answered;		/* send: the driver has, the one of the outermost device */
	uint8_t drivers;	/* send: it is in so many: a VLAN or a bridge calls the next */
	bool held;		/* over, but an earlier one is not */
	bool stepped;		/* put by: it has steps */
	bool delivered;
};

struct packet {
	struct due due;
	uint64_t id;
	uint64_t number;	/* 0: not a journey yet */
	struct sent first_sent;	/* its first clone that was sent */
	uint32_t netns;		/* that it is in; 0: not known */
	uint32_t left_netns;	/* that of its last step on the way out */
	struct rec_skb head;	/* with the addresses that it has now … */
	struct endpoint src, dst;	/* … of which NAT has made them, if nat */
	bool nat;
	bool headed;		/* head is known */
	bool ended;
	bool moved;		/* it was said to go to another namespace */
	bool leaves_again;	/* it arrived, and was seen on its way out since */
	uint64_t last_ns;
	struct step_list queued;/* what TCP did with it in the write queue */
	struct stack *stack;	/* in which it is dropped; NULL: not said */
	uint32_t queued_sock;
	struct part *parts[PARTS];
	struct part *now;	/* the part that the last step belongs to */
};

/* What happens on one CPU in one context. */
struct scene {
	uint32_t tid, sock;
	uint64_t last_ns;
	const struct tcp *tcp;	/* of the step that comes next; NULL: nothing was said */
	struct step_list prelude;	/* of the socket, before a packet of it is born */
	uint64_t left;		/* packet that was first seen on its way out last */
	uint64_t arrived;	/* packet that was last seen on its way in */
	uint64_t arrived_ns;
	uint32_t arrived_sock;	/* 0: not known */
	uint32_t collapses;	/* 1 + the tid that copies what waits in a receive queue together; 0: none */
};

struct track {
	enum stage_dir dirs;
	struct track_sink sink;
	struct track_stats stats;
	struct order *order;
	struct names names;
	struct frames frames;
	struct flows flows;
	struct loss loss;
	struct loss missed;	/* program runs, of whatever CPU: all as if of the first */
	struct map packets;	/* by id */
	struct map calls;	/* open ones, by id */
	struct map tid_calls;	/* the open call of a task */
	struct map requests;	/* the first open request of io_uring of a socket */
	struct unread dgrams;	/* of all sockets: one that is not connected reads from any flow */
	struct connection *connections, *connections_last;	/* in the order of their SYNs */
	size_t connection_n;
	uint64_t connection_numbers;
	struct due_heap due;
	struct part *open, *open_last;	/* not given yet, of the directions that are asked for */
	unsigned int held;
	struct scene *scenes;	/* of a CPU and context */
	unsigned int scene_n;
	uint64_t numbers, serial;
	uint64_t now_ns;
	int stop;		/* the sink's non-zero answer, or -errno */
};

/* ---- track.c ---- */

/* The packet of an id, made if it is new; NULL on no memory. */
struct packet *track_packet(struct track *t, uint64_t id);
/* NULL on no memory. */
struct scene *track_scene(struct track *t, unsigned int cpu, unsigned int ctx);
/* Those of its parts that wait for their turn may be put by: who looks at j takes them out first. 0 or -ENOMEM. */
int packet_take_out(struct packet *p);
int part_take_out(struct part *part);
/* Something was seen of the packet: decides anew when to look at it. 0 or -ENOMEM. */
int packet_arm(struct track *t, struct packet *p);
/* A part of it was given: the same, or that was all, and it goes. */
int packet_given(struct track *t, struct packet *p);

/* ---- track_take.c ---- */

/* The flow that these headers belong to. */
struct flow_key head_key(const struct rec_skb *h);
/* Opens the part; NULL on no memory. */
struct part *track_part_open(struct track *t, struct packet *p, int which);
/* Where it is now; 0: not known. */
uint32_t packet_netns(const struct packet *p);
/* Its socket is known now: so is the owner. */
void part_sock(struct track *t, struct part *part, uint32_t sock);
/* Take one record each. 0 or -ENOMEM. */
int take_skb(struct track *t, const struct rec_skb *r);
int take_step(struct track *t, const struct ordered *o);
int take_tcp(struct track *t, const struct rec_tcp *r);
void take_netns(struct track *t, const struct rec_netns *r);
int take_nat(struct track *t, const struct rec_nat *r);
int take_end(struct track *t, const struct ordered *o);

/* ---- track_stack.c: what is seen only as it is dropped. 0 or -ENOMEM ---- */

int take_stack(struct track *t, const struct rec_stack *r);
/* It is dropped for that reason, by whom is in end: makes a way of its stack, and puts the context into end. */
int stack_way(struct track *t, struct packet *p, struct step *end, uint32_t reason);

/* ---- track_send.c, track_recv.c: steps of each direction. 0 or -ENOMEM ---- */

/* A packet that was on its way out is freed. */
void send_ends(struct part *part);
int send_step(struct track *t, struct packet *p, const struct step *s, uint32_t sock);
int send_sock_step(struct track *t, const struct step *s, uint32_t sock);
int recv_step(struct track *t, struct packet *p, const struct step *s, uint32_t sock);
int recv_sock_step(struct track *t, const struct step *s, uint32_t sock);
/* When the part is to be given: a time that has passed if it is over. */
uint64_t send_due(const struct part *part);
uint64_t recv_due(const struct part *part);
/* It waits for a reader; it does not any more (or never did). */
void recv_wait(struct track *t, struct part *part);
void recv_wait_over(struct part *part);
/* A datagram is read by one call, whole. */
void recv_is_read(struct part *part, struct track_call *call);
/* Its bytes go on without it: nobody reads it. */
void recv_forward(struct part *part);
/* Its addresses are others by now, those of the headers: whoever reads it has a socket of these. 0 or -ENOMEM. */
int recv_rekey(struct track *t, struct part *part);
/* It is a clone of the packet of that id for another socket, or a piece of it. 0 or -ENOMEM. */
int recv_from(struct track *t, struct part *part, uint64_t parent);
/* It has arrived, with payload: was it its turn? */
void recv_order(const struct track *t, struct part *part);
/* A receive call has returned: finds what it read. 0 or -ENOMEM. */
int recv_read(struct track *t, struct track_call *call);

/* ---- track_merge.c ---- */

/* A step at which it may become a part of another packet. 0 or -ENOMEM. */
int merge_step(struct track *t, struct part *part, const struct step *s);
/* It goes on: it has not. 0 or -ENOMEM. */
int merge_not(struct track *t, struct part *part);
/* Is it a part of a packet that GRO holds, or held? */
bool merge_held(const struct part *part);
/* Datagrams: what is a part of that is read with it by call, or (NULL) no more than it is. 0 or -ENOMEM. */
int merge_over(struct track *t, const struct part *into, struct track_call *call);

/* ---- track_call.c ---- */

int call_begin(struct track *t, const struct rec_call *r);
int call_return(struct track *t, const struct rec_callend *r);
/*
 * The open call of the task in that direction and on that socket (0: any), or
 * the request of io_uring that is run there; NULL: none.
 */
struct track_call *call_of(const struct track *t, uint32_t tid, enum stage_dir dir, uint32_t sock);
/* The task of a call is woken, and runs again. */
int call_wake(struct track *t, const struct rec_wake *r);
void call_run(struct track *t, const struct rec_run *r);
/* Adds a step of the socket to a call. */
int call_step(struct track_call *call, const struct step *s);
/* The part is drawn with that call; a call lives as long as it is open or named. */
void call_name(struct part *part, struct track_call *call);
void call_unname(struct part *part);
/* The stream has ended: gives what is still open. */
int calls_end(struct track *t);
void calls_free(struct track *t);

/* ---- track_account.c: where the bytes of connections are. 0 or -ENOMEM ---- */

/* First sight of an skb's headers; it arrives; it was dropped. */
int account_skb(struct track *t, const struct rec_skb *r);
int account_arrival(struct track *t, struct part *part);
int account_drop(struct track *t, struct part *part, uint32_t reason);
void account_call_begins(struct track *t, const struct call *c);
/* It has returned, or the stream has ended. */
int account_call_ends(struct track *t, const struct call *c);
int account_sock_ends(struct track *t, uint32_t sock);
/* Gives what there is. */
int accounts_end(struct track *t);
void accounts_free(struct track *t);

/* ---- track_done.c ---- */

/* The part has begun: it has its place in the order of output. */
void part_begins(struct track *t, struct part *part);
/* It began when another open part did. Neither is over. */
void part_begins_with(struct track *t, struct part *part, struct part *other);
/* The part is over: it is given when its turn comes. */
void part_over(struct track *t, struct part *part);
/* Gives those whose turn has come. 0 or -ENOMEM. */
int parts_flush(struct track *t);

#endif
