/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a conversation holds until it is drawn: its packets and calls, with all their steps, packed (pack.h). Then they
 * are taken out, as arrays.
 */
#ifndef SKBTRACE_TALK_STORE_H
#define SKBTRACE_TALK_STORE_H

#include "journey.h"
#include "pack.h"

/* Its steps belong to the store, and j.call is NULL. */
struct talk_packet {
	struct journey j;
	uint64_t call;		/* id of the call that sent it or read it; 0: none seen */
};

/* All zero is empty. */
struct talk_store {
	/* Once taken out; NULL before. In the order in which they were added. */
	struct talk_packet *packets;
	struct call *calls;
	size_t packet_n, call_n;
	/* Numbers of the packets and ids of the calls: what may be asked before. */
	uint64_t *numbers, *ids;
	size_t number_room, id_room;

	/* Of each kind the newest, packed behind those before it. */
	struct talk_packet packet;
	struct call call;
	struct step packet_step, call_step;
	struct wake wake;
	struct pack packed_packets, packed_calls, packet_steps, call_steps, wakes;
	size_t packet_step_n, call_step_n, wake_n;
	struct step *taken_packet_steps, *taken_call_steps;
	struct wake *taken_wakes;
};

/* Add a copy; call: the id. 0 or -ENOMEM. */
int talk_store_packet(struct talk_store *s, const struct journey *j, uint64_t call);
int talk_store_call(struct talk_store *s, const struct call *c);
bool talk_store_has_packet(const struct talk_store *s, uint64_t number);
bool talk_store_has_call(const struct talk_store *s, uint64_t id);
/* Takes all of them out: nothing may be added until it was emptied. 0 or -ENOMEM. */
int talk_store_take_out(struct talk_store *s);
void talk_store_empty(struct talk_store *s);

#endif
