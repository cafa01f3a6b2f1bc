// SPDX-License-Identifier: GPL-2.0-or-later
/* Journeys and calls become conversations: which halves are one packet, which answers which, and when it is told. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "talk_view.h"

#define MSEC 1000000ULL

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

/* What was given: how often, and the last as a view of a copy of its packets. */
static struct {
	unsigned int n;
	uint64_t number[8];
	unsigned int part[8];
	size_t packets[8];
	bool goes_on[8];
	/* facts of the first packet that left, and the last that arrived */
	uint64_t there, acked_by, part_of, merged;
	size_t passes;
	uint32_t seq;
	enum talk_fate fate;
	/* and of the last but one */
	uint64_t again_acked_by, again_filled_by, again_early_ns;
	enum talk_fate again_fate;
	uint64_t bytes[TALK_ENDS];
	bool closed, complete;
	uint16_t client_port;
} given;

static int give(void *ctx, const struct talk *t)
{
	unsigned int i = given.n++ % 8;
	struct talk_view v;

	(void)ctx;
	given.number[i] = t->number;
	given.part[i] = t->part;
	given.packets[i] = t->has.packet_n;
	given.goes_on[i] = t->goes_on;
	CHECK_INT(talk_view_make(&v, t, false), 0);
	given.passes = v.pass_n;
	given.closed = v.closed;
	given.complete = v.complete;
	given.client_port = v.ends[TALK_CLIENT].at.port;
	for (int end = 0; end < TALK_ENDS; end++)
		given.bytes[end] = v.ends[end].bytes;
	if (v.pass_n) {
		given.there = v.passes[0].there;
		given.acked_by = v.passes[0].acked_by;
		given.merged = v.passes[0].merged;
		given.seq = v.passes[0].seq;
		given.part_of = v.passes[v.pass_n - 1].part_of;
		given.fate = v.passes[v.pass_n - 1].fate;
	}
	if (v.pass_n > 1) {
		given.again_acked_by = v.passes[v.pass_n - 2].acked_by;
		given.again_filled_by = v.passes[v.pass_n - 2].filled_by;
		given.again_early_ns = v.passes[v.pass_n - 2].early_ns;
		given.again_fate = v.passes[v.pass_n - 2].fate;
	}
	talk_view_free(&v);
	return 0;
}

static struct talks *talks;
static uint64_t numbers;
static uint32_t merged;		/* bytes more in the next skb than in its packet */

static void start(void)
{
	memset(&given, 0, sizeof(given));
	numbers = 0;
	talks = talks_new(give, NULL);
}

static void end(void)
{
	CHECK_INT(talks_finish(talks), 0);
	talks_free(talks);
}

static enum journey_state state = JOURNEY_COMPLETE;

/* A journey of one step. From the client (port 40000) or from the server (port 80). */
static void goes_to(enum stage_id stage, uint64_t number, enum stage_dir dir, bool client, uint64_t t_ns,
		    uint32_t seq, uint32_t len, uint8_t flags, uint32_t ack)
{
	struct step s = { .t_ns = t_ns, .skb = number, .stage = stage, .len = len + merged };
	struct journey j = {
		.number = number, .skb = number, .dir = dir, .state = state, .start_ns = t_ns,
		.seq = seq, .ack = ack, .len = len, .headed = true, .proto = 6, .tcp_flags = flags,
		.window = 64, .sock = client == (dir == DIR_SEND) ? 1 : 2, .steps = { &s, 1, 1 },
	};
	struct endpoint a = { .port = 40000 }, b = { .port = 80 };

	a.addr[15] = 7;
	b.addr[15] = 8;
	j.src = client ? a : b;
	j.dst = client ? b : a;
	CHECK_INT(talks_journey(talks, &j, false), 0);
}

static void goes(uint64_t number, enum stage_dir dir, bool client, uint64_t t_ns, uint32_t seq, uint32_t len,
		 uint8_t flags, uint32_t ack)
{
	goes_to(dir == DIR_SEND ? ST___tcp_transmit_skb : ST_tcp_v4_rcv, number, dir, client, t_ns, seq, len,
		flags, ack);
}

TEST(two_skbs_of_one_packet_are_one_over_a_nic)
{
	start();
	goes(1, DIR_SEND, true, 10, 100, 50, PSH | ACK, 1);
	goes(2, DIR_RECV, true, 30, 100, 50, PSH | ACK, 1);
	end();
	CHECK_INT(given.n, 1);
	CHECK_INT(given.passes, 1);
	CHECK_INT(given.there, 2);
	CHECK_INT(given.fate, FATE_IN_ORDER);
	CHECK_INT(given.bytes[TALK_CLIENT], 50);
}

TEST(what_arrived_before_it_left_is_another_packet)
{
	start();
	goes(1, DIR_SEND, true, 30, 100, 50, PSH | ACK, 1);
	goes(2, DIR_RECV, true, 10, 100, 50, PSH | ACK, 1);
	end();
	CHECK_INT(given.passes, 2);
	CHECK_INT(given.there, 0);
}

TEST(of_two_transmissions_each_arrival_takes_the_last_before_it)
{
	start();
	goes(1, DIR_SEND, true, 10, 100, 50, PSH | ACK, 1);
	goes(2, DIR_SEND, true, 50, 100, 50, PSH | ACK, 1);
	goes(3, DIR_RECV, true, 60, 100, 50, PSH | ACK, 1);
	end();
	CHECK_INT(given.passes, 2);
	CHECK_INT(given.there, 0);
	CHECK_INT(given.bytes[TALK_CLIENT], 50);
}

TEST(pieces_that_arrive_name_the_packet_that_they_were_cut_from)
{
	start();
	goes(1, DIR_SEND, true, 10, 100, 3000, ACK, 1);
	goes(2, DIR_RECV, true, 20, 100, 1448, ACK, 1);
	goes(3, DIR_RECV, true, 30, 1548, 1448, ACK, 1);
	end();
	CHECK_INT(given.passes, 3);
	CHECK_INT(given.part_of, 1);
	CHECK_INT(given.fate, FATE_IN_ORDER);
	CHECK_INT(given.bytes[TALK_CLIENT], 3000);
}

TEST(what_gro_merges_arrives_with_the_packet_before_it)
{
	start();
	merged = 1448;
	goes(1, DIR_RECV, true, 40, 100, 1448, ACK, 1);
	merged = 0;
	goes_to(ST_dev_gro_receive, 2, DIR_RECV, true, 20, 1548, 1448, ACK, 1);
	goes(3, DIR_RECV, true, 50, 2996, 10, ACK, 1);
	end();
	CHECK_INT(given.passes, 3);
	CHECK_INT(given.fate, FATE_IN_ORDER);
	CHECK_INT(given.merged, 1);
	CHECK_INT(given.bytes[TALK_CLIENT], 2906);
}

TEST(an_ack_answers_what_it_covers_even_where_numbers_wrap)
{
	start();
	goes(1, DIR_SEND, true, 10, 0xfffffff0, 32, PSH | ACK, 1);
	goes(1, DIR_RECV, true, 20, 0xfffffff0, 32, PSH | ACK, 1);
	goes(2, DIR_SEND, false, 30, 1, 0, ACK, 16);
	goes(2, DIR_RECV, false, 40, 1, 0, ACK, 16);
	end();
	CHECK_INT(given.passes, 2);
	CHECK_INT(given.acked_by, 2);
	CHECK_INT(given.seq, 1);
}

TEST(what_is_sent_again_after_its_ack_has_another_one)
{
	start();
	goes(1, DIR_RECV, true, 10, 100, 50, ACK, 1);
	goes(2, DIR_SEND, false, 20, 1, 0, ACK, 150);
	state = JOURNEY_DROPPED;
	goes(3, DIR_RECV, true, 30, 100, 50, ACK, 1);
	state = JOURNEY_COMPLETE;
	goes(4, DIR_SEND, false, 40, 1, 0, ACK, 150);
	end();
	CHECK_INT(given.acked_by, 2);
	CHECK_INT(given.again_acked_by, 4);
	CHECK_INT(given.again_fate, FATE_AGAIN);
}

TEST(what_came_too_early_waits_for_what_was_missing)
{
	start();
	goes(1, DIR_RECV, true, 10, 100, 50, ACK, 1);
	goes(2, DIR_RECV, true, 20, 250, 50, ACK, 1);
	goes(3, DIR_RECV, true, 30, 200, 50, ACK, 1);
	goes(4, DIR_RECV, true, 70, 150, 50, ACK, 1);
	end();
	CHECK_INT(given.again_fate, FATE_EARLY);
	CHECK_INT(given.again_filled_by, 4);
	CHECK_INT(given.again_early_ns, 40);
}

TEST(bytes_that_come_too_early_and_again)
{
	start();
	goes(1, DIR_RECV, true, 10, 100, 50, ACK, 1);
	goes(2, DIR_RECV, true, 20, 200, 50, ACK, 1);
	end();
	CHECK_INT(given.fate, FATE_EARLY);
	start();
	goes(1, DIR_RECV, true, 10, 100, 50, ACK, 1);
	goes(2, DIR_RECV, true, 20, 100, 50, ACK, 1);
	end();
	CHECK_INT(given.fate, FATE_AGAIN);
	CHECK_INT(given.bytes[TALK_CLIENT], 50);
	start();
	goes(1, DIR_RECV, true, 10, 100, 50, ACK, 1);
	goes(2, DIR_RECV, true, 20, 130, 50, ACK, 1);
	end();
	CHECK_INT(given.fate, FATE_PARTLY);
	CHECK_INT(given.bytes[TALK_CLIENT], 80);
}

/* The client's SYN, both FINs and their ACKs. */
static void whole(uint64_t t, uint32_t isn)
{
	goes(++numbers, DIR_SEND, false, t + 3, 1, 0, FIN | ACK, isn + 1);
	goes(++numbers, DIR_SEND, true, t + 4, isn + 1, 0, FIN | ACK, 2);
	goes(++numbers, DIR_SEND, false, t + 5, 2, 0, ACK, isn + 2);
}

TEST(it_is_told_some_time_after_both_fins)
{
	start();
	goes(++numbers, DIR_SEND, true, 10, 5000, 0, SYN, 0);
	whole(10, 5000);
	CHECK_INT(talks_look(talks, 400 * MSEC), 0);
	CHECK_INT(given.n, 0);
	CHECK_INT(talks_look(talks, 600 * MSEC), 0);
	CHECK_INT(given.n, 1);
	CHECK(given.closed);
	CHECK(given.complete);
	CHECK_INT(given.client_port, 40000);
	CHECK(!given.goes_on[0]);
	end();
	CHECK_INT(given.n, 1);
}

TEST(the_same_addresses_again_are_another_conversation)
{
	start();
	goes(++numbers, DIR_SEND, true, 10, 5000, 0, SYN, 0);
	goes(++numbers, DIR_RECV, true, 11, 5000, 0, SYN, 0);
	CHECK_INT(given.n, 0);
	goes(++numbers, DIR_SEND, true, 20, 9000, 0, SYN, 0);
	CHECK_INT(given.n, 1);
	end();
	CHECK_INT(given.n, 2);
	CHECK_INT(given.number[1], 2);
	CHECK_INT(given.part[1], 1);
}

TEST(a_long_one_is_told_in_parts)
{
	start();
	for (unsigned int i = 0; i < 5000; i++)
		goes(++numbers, DIR_SEND, true, 10 + i, 100 + i, 1, ACK, 1);
	end();
	CHECK_INT(given.n, 2);
	CHECK_INT(given.packets[0], 4096);
	CHECK_INT(given.part[0], 1);
	CHECK(given.goes_on[0]);
	CHECK_INT(given.packets[1], 904);
	CHECK_INT(given.part[1], 2);
	CHECK(!given.goes_on[1]);
}

TEST(a_quiet_one_is_told_and_may_go_on)
{
	start();
	goes(++numbers, DIR_SEND, true, 10, 100, 1, ACK, 1);
	CHECK_INT(talks_look(talks, 14000 * MSEC), 0);
	CHECK_INT(given.n, 0);
	CHECK_INT(talks_look(talks, 16000 * MSEC), 0);
	CHECK_INT(given.n, 1);
	CHECK(given.goes_on[0]);
	goes(++numbers, DIR_SEND, true, 17000 * MSEC, 101, 1, ACK, 1);
	end();
	CHECK_INT(given.n, 2);
	CHECK_INT(given.part[1], 2);
	CHECK_INT(given.number[1], 1);
}

TEST(a_quiet_one_that_does_not_go_on_is_forgotten)
{
	start();
	goes(++numbers, DIR_SEND, true, 10, 100, 1, ACK, 1);
	CHECK_INT(talks_look(talks, 16000 * MSEC), 0);
	CHECK_INT(talks_look(talks, 40000 * MSEC), 0);
	goes(++numbers, DIR_SEND, true, 41000 * MSEC, 101, 1, ACK, 1);
	end();
	CHECK_INT(given.n, 2);
	CHECK_INT(given.number[1], 2);
}

int main(void)
{
	return RUN(T(two_skbs_of_one_packet_are_one_over_a_nic),
		   T(what_arrived_before_it_left_is_another_packet),
		   T(of_two_transmissions_each_arrival_takes_the_last_before_it),
		   T(pieces_that_arrive_name_the_packet_that_they_were_cut_from),
		   T(what_gro_merges_arrives_with_the_packet_before_it),
		   T(an_ack_answers_what_it_covers_even_where_numbers_wrap),
		   T(what_is_sent_again_after_its_ack_has_another_one),
		   T(what_came_too_early_waits_for_what_was_missing),
		   T(bytes_that_come_too_early_and_again),
		   T(it_is_told_some_time_after_both_fins),
		   T(the_same_addresses_again_are_another_conversation),
		   T(a_long_one_is_told_in_parts),
		   T(a_quiet_one_is_told_and_may_go_on),
		   T(a_quiet_one_that_does_not_go_on_is_forgotten));
}
