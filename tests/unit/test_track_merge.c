/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Datagrams that GRO makes a part of another: read with it, dropped with it, and those that it lets go. */
#include "track.h"

#include "check.h"
#include "feed.h"

/* Two come, 1 and 2, and GRO may put the second into the first. */
static void two_come(void)
{
	feed_start(DIR_RECV);
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	for (unsigned int id = 1; id < 3; id++) {
		feed(id, SKB, skb, .skb = id, .dir = EV_DIR_RECV, .proto = 17, .family = 4, .sport = 1000, .dport = 53,
		     .len = 10, .saddr = FEED_CLIENT, .daddr = FEED_SERVER);
		feed_step(id, dev_gro_receive, .skb = id);
	}
	feed_step(3, skb_gro_receive, .skb = 2, .arg = 1);
}

TEST(a_part_is_read_with_what_it_is_a_part_of)
{
	two_come();
	feed_step(4, udp_rcv, .skb = 1);
	feed_on(0, EV_CTX_TASK, 7);
	feed(5, CALL, call, .call = 9, .sock = 1, .op = OP_RECVFROM);
	feed_step(6, skb_consume_udp, .skb = 1);
	/* What hangs on it is freed with it, whatever that is called. */
	feed(7, END, end, .skb = 1, .how = EV_END_CONSUMED);
	feed(7, END, end, .skb = 2, .how = EV_END_CONSUMED);
	feed(8, CALLEND, callend, .call = 9, .sock = 1, .ret = 20);
	feed_end();
	CHECK_INT(fed_n, 2);
	CHECK_INT(fed[0].j.merged, 1);
	CHECK_INT(fed[0].j.into, 0);
	CHECK_INT(fed[1].j.into, 1);
	CHECK_INT(fed[1].j.merged, 0);
	CHECK_INT(fed[1].j.end_how, EV_END_COALESCED);
	for (unsigned int i = 0; i < 2; i++) {
		CHECK_INT(fed[i].j.state, JOURNEY_COMPLETE);
		CHECK_INT(fed[i].call.id, 9);
	}
	track_free(feed_track);
}

/* A clone of what hung on it goes on, and so does it: each is read by a call of its own. */
TEST(what_was_listed_is_read_one_by_one)
{
	two_come();
	feed_step(3, skb_gro_receive_list, .skb = 2, .arg = 1);
	feed(4, SKB, skb, .skb = 3, .parent = 1, .how = EV_BORN_CLONE, .dir = EV_DIR_RECV, .proto = 17, .family = 4,
	     .sport = 1000, .dport = 53, .len = 10, .saddr = FEED_CLIENT, .daddr = FEED_SERVER);
	feed_step(4, udp_queue_rcv_one_skb, .skb = 3);
	feed(4, END, end, .skb = 2, .how = EV_END_FREED);
	feed_step(5, udp_queue_rcv_one_skb, .skb = 1);
	feed_on(0, EV_CTX_TASK, 7);
	for (unsigned int i = 0; i < 2; i++) {
		feed(10 * i + 10, CALL, call, .call = 8 + i, .sock = 1, .op = OP_RECVFROM);
		feed_step(10 * i + 11, skb_consume_udp, .skb = i ? 3 : 1);
		feed(10 * i + 12, END, end, .skb = i ? 3 : 1, .how = EV_END_FREED);
		feed(10 * i + 13, CALLEND, callend, .call = 8 + i, .sock = 1, .ret = 10);
	}
	feed_end();
	CHECK_INT(fed_n, 3);
	CHECK_INT(fed[0].call.id, 8);
	CHECK(fed[0].j.ended);
	CHECK_INT(fed[1].j.into, 1);
	CHECK_INT(fed[1].call.id, 0);
	CHECK_INT(fed[2].j.segment_of, 1);
	CHECK_INT(fed[2].call.id, 9);
	for (unsigned int i = 0; i < 3; i++)
		CHECK_INT(fed[i].j.state, JOURNEY_COMPLETE);
	track_free(feed_track);
}

TEST(a_part_is_dropped_with_what_it_is_a_part_of)
{
	two_come();
	feed(4, END, end, .skb = 2, .how = EV_END_COALESCED);
	feed_step(5, udp_rcv, .skb = 1);
	feed(6, END, end, .skb = 1, .how = EV_END_DROPPED);
	feed_end();
	CHECK_INT(fed_n, 2);
	CHECK_INT(fed[0].j.state, JOURNEY_DROPPED);
	/* No reader is waited for: where it went it says. */
	CHECK_INT(fed[1].j.state, JOURNEY_COMPLETE);
	CHECK_INT(fed[1].j.into, 1);
	track_free(feed_track);
}

TEST(a_part_that_goes_on_is_none)
{
	two_come();
	for (unsigned int id = 1; id < 3; id++)
		feed_step(3 + id, udp_rcv, .skb = id);
	for (unsigned int id = 1; id < 3; id++)
		feed(5 + id, END, end, .skb = id, .how = EV_END_CONSUMED);
	feed_end();
	CHECK_INT(fed_n, 2);
	for (unsigned int i = 0; i < 2; i++) {
		CHECK_INT(fed[i].j.into, 0);
		CHECK_INT(fed[i].j.merged, 0);
		CHECK_INT(fed[i].j.end_how, EV_END_CONSUMED);
	}
	track_free(feed_track);
}

int main(void)
{
	return RUN(T(a_part_is_read_with_what_it_is_a_part_of), T(what_was_listed_is_read_one_by_one), T(a_part_is_dropped_with_what_it_is_a_part_of),
		   T(a_part_that_goes_on_is_none));
}
