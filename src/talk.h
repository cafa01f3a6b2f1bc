/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Collects journeys and calls into conversations: both directions of a
 * connection, and both its ends where they are on this host. A conversation is
 * given when it has ended, was quiet for long (in event time), or grew too
 * large; in the last two cases what follows becomes another part of it.
 * Datagrams between the same two ends are one conversation until they are quiet; what
 * follows then is another one. Their calls come with them: a socket that is not
 * connected may move those of several conversations.
 */
#ifndef SKBTRACE_TALK_H
#define SKBTRACE_TALK_H

#include "flow.h"
#include "journey.h"
#include "talk_store.h"

struct talk {
	uint64_t number;	/* 1, 2, 3 … in the order of first sight */
	unsigned int part;	/* from 1 */
	bool goes_on;		/* given before its end */
	struct flow_key key;	/* one of its directions */
	uint32_t echo;		/* of ICMP echo: the identifier, else 0 */
	uint32_t netns;		/* of addresses that mean something else in each; else 0 */
	struct talk_store has;	/* in the order in which the tracker gave them; taken out when it is given */
	size_t steps;		/* of all of them */
	uint64_t last_ns;	/* when something last happened in it */
	uint32_t syn;		/* sequence number of the SYN, if syn_seen */
	bool syn_seen;
	bool chosen;		/* it has a journey that was chosen (talks_journey) */
	bool fin[2], reset;	/* a FIN in the direction of key, in the other; a RST */
};

struct talks;

/* give: non-zero stops. NULL on no memory. */
struct talks *talks_new(int (*give)(void *ctx, const struct talk *t), void *ctx);
/* Each: 0, the answer of give, or -ENOMEM. What is no part of a connection is left out. */
int talks_journey(struct talks *ts, const struct journey *j, bool chosen);
int talks_call(struct talks *ts, const struct call *c);
/* Event time has come to now_ns: gives what is over. */
int talks_look(struct talks *ts, uint64_t now_ns);
/* The stream has ended: gives what is open. */
int talks_finish(struct talks *ts);
void talks_free(struct talks *ts);

#endif
