// SPDX-License-Identifier: GPL-2.0-or-later
/* What is sent again says of which packets it has the bytes, also where its skb does not. */
#include "check.h"
#include "feed.h"

#define MSEC 1000000ULL

/* Bytes [seq, seq + len) leave CPU 0 in an skb that comes from no other. */
static void leaves(uint64_t t, uint64_t id, uint32_t seq, uint32_t len)
{
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	feed_skb(t, id, EV_DIR_SEND, .seq = seq, .len = len, .tcp_flags = 0x10);
	feed_step(t + 1, net_dev_queue, .skb = id);
	feed_step(t + 2, net_dev_xmit, .skb = id);
	feed(t + 3, END, end, .skb = id, .how = EV_END_CONSUMED);
}

TEST(what_is_cut_out_of_packets_is_linked_by_its_bytes)
{
	static const struct again want[] = {
		{ 1, 1, 1, true, true }, { 1, 1, 1, true, true }, { 2, 2, 1, false, false },
		{ 1, 2, 2, true, false }, { 1, 3, 3, false, false },
	};

	feed_start(DIR_SEND);
	leaves(10, 1, 0xfffffff8, 20);
	leaves(20, 2, 12, 20);
	leaves(30, 3, 32, 20);
	leaves(40, 4, 0xfffffff8, 10);
	leaves(50, 5, 2, 10);
	leaves(60, 6, 12, 20);
	leaves(70, 7, 2, 30);
	leaves(80, 8, 0xfffffff8, 60);
	feed_end();
	CHECK_INT(fed_n, 8);
	for (unsigned int i = 0; i < 5; i++) {
		const struct again *a = &fed[3 + i].j.again;

		CHECK(fed[3 + i].j.retransmit);
		CHECK_INT(a->of, want[i].of);
		CHECK_INT(a->to, want[i].to);
		CHECK_INT(a->n, want[i].n);
		CHECK_INT(a->of_part, want[i].of_part);
		CHECK_INT(a->to_part, want[i].to_part);
	}
	track_free(feed_track);
}

/* An ACK of the bytes before `ack` comes to TCP at t, or does not. */
static void acked(uint64_t t, uint64_t id, uint32_t ack, uint8_t how)
{
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	feed(t, SKB, skb, .skb = id, .dir = EV_DIR_RECV, .proto = 6, .family = 4, .sport = 80, .dport = 1000,
	     .saddr = FEED_SERVER, .daddr = FEED_CLIENT, .ack = ack, .tcp_flags = 0x10);
	feed_step(t + 1, tcp_v4_rcv, .skb = id);
	feed(t + 2, END, end, .skb = id, .how = how);
}

TEST(what_was_acknowledged_is_not_sent_again_unless_the_ack_was_lost)
{
	feed_start(DIR_BOTH);
	leaves(10, 1, 100, 20);
	acked(20, 2, 120, EV_END_DROPPED);
	leaves(30, 3, 100, 10);
	acked(40, 4, 120, EV_END_CONSUMED);
	/* That cannot be; what nobody remembers has no link. */
	leaves(300 * MSEC, 5, 100, 10);
	feed_end();
	CHECK_INT(fed_n, 5);
	CHECK(fed[2].j.retransmit && fed[4].j.retransmit);
	CHECK_INT(fed[2].j.again.of, 1);
	CHECK_INT(fed[4].j.again.of, 0);
	track_free(feed_track);
}

int main(void)
{
	return RUN(T(what_is_cut_out_of_packets_is_linked_by_its_bytes),
		   T(what_was_acknowledged_is_not_sent_again_unless_the_ack_was_lost));
}
