/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of a flow (one direction of a connection, by its addresses)
 * and of the sockets at its ends.
 */
#ifndef SKBTRACE_FLOW_H
#define SKBTRACE_FLOW_H

#include <stdbool.h>

#include "journey.h"
#include "map.h"
#include "sent.h"
#include "seq.h"

struct account;
struct part;

struct flow_key {
	uint8_t src[EV_ADDR_LEN], dst[EV_ADDR_LEN];
	uint16_t sport, dport;
	uint8_t proto;
};

/* Parts that have arrived and are not read, in order of first sight. */
struct unread {
	struct part *first, *last;
};

struct flow {
	struct flow_key key;
	struct flow *next;	/* another flow with the same hash */
	uint32_t isn;		/* sequence number of the SYN, if isn_known */
	uint32_t sent_to;	/* first byte that was not sent yet, if sent_known */
	uint32_t handed_to;	/* first byte that no driver has had, if handed_known */
	bool isn_known, sent_known, handed_known;
	struct sent_log sent;	/* of TCP: what may be sent again */
	struct seq_seen arrived;
	uint64_t hole_ns;	/* when the first that is missing of arrived was missed */
	uint64_t gso;		/* number of the GSO packet that was sent last, of UDP that is cut up now; 0: none */
	uint32_t gso_seq, gso_len;	/* its bytes, of UDP those that are to come */
	uint64_t piece, piece_number;	/* the last first fragment that arrived: its id, its number */
	struct unread unread;	/* of TCP */
	struct account *account;	/* of the connection that it belongs to now; NULL: none */
	unsigned int refs;
	uint64_t last_ns;
};

/* A socket; owned by its table. */
struct sock_info {
	uint32_t id, netns, pid;
	char comm[EV_NAME_LEN];
	struct flow_key out;	/* what it sends */
};

/* All zero is empty. */
struct flows {
	struct map by_hash, socks;
	size_t n, sweep_at;
};

/* The flow of the key, made if it is new; NULL on no memory. The caller holds a reference. */
struct flow *flow_get(struct flows *f, const struct flow_key *key, uint64_t now_ns);
void flow_put(struct flow *fl, uint64_t now_ns);	/* NULL is fine */
/* NULL: there is none. The caller holds nothing. */
struct flow *flow_find(const struct flows *f, const struct flow_key *key);
struct flow_key flow_reverse(const struct flow_key *key);
bool flow_key_same(const struct flow_key *a, const struct flow_key *b);

/* SOCK and SOCKEND. 0 or -ENOMEM. */
int flows_sock(struct flows *f, const struct rec_sock *r);
/* A packet of that flow has reached a socket that was never said. 0 or -ENOMEM. */
int flows_sock_learn(struct flows *f, uint32_t sock, const struct flow_key *in);
void flows_sock_end(struct flows *f, uint32_t sock);
/* NULL: not known. */
const struct sock_info *flows_sock_get(const struct flows *f, uint32_t sock);
void flows_free(struct flows *f);

#endif
