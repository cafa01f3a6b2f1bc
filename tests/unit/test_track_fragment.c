// SPDX-License-Identifier: GPL-2.0-or-later
/* A packet is cut into fragments, they arrive, and the whole is read: what is of what. */
#include "check.h"
#include "feed.h"

#define MS 1000000ULL

enum { FIRST = 1, SECOND = 1 + 976 / 8 };

/* A fragment of packet 1 leaves in an skb of its own. */
static void fragment_leaves(uint64_t t, uint64_t id, uint16_t place, uint32_t seq, uint32_t len)
{
	feed_skb(t, id, EV_DIR_SEND, .parent = 1, .how = EV_BORN_NEW, .seq = seq, .len = len, .fragment = place,
		 .tcp_flags = place == FIRST ? 0x18 : 0);
	feed_step(t + 1, __dev_queue_xmit, .skb = id);
	feed_step(t + 2, net_dev_start_xmit, .skb = id);
	feed_step(t + 3, net_dev_xmit, .skb = id);
}

static void fragment_comes(uint64_t t, uint64_t id, uint8_t how)
{
	feed_step(t, netif_receive_skb, .skb = id);
	feed_step(t + 1, ip_defrag, .skb = id);
	feed(t + 2, END, end, .skb = id, .how = how);
}

static void cut_up(void)
{
	feed_start(DIR_BOTH);
	feed_sock_in(1, 9);
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	feed_skb(10, 1, EV_DIR_SEND, .how = EV_BORN_NEW, .seq = 100, .len = 1400, .tcp_flags = 0x18);
	feed_step(11, ip_output, .skb = 1);
	feed_step(12, ip_do_fragment, .skb = 1);
	fragment_leaves(20, 2, FIRST, 100, 944);
	fragment_leaves(30, 3, SECOND, 0, 456);
	feed(40, END, end, .skb = 1, .how = EV_END_CONSUMED);
}

static const struct journey *fed_part(uint64_t id, enum stage_dir dir)
{
	for (unsigned int i = 0; i < fed_n; i++)
		if (fed[i].j.skb == id && fed[i].j.dir == dir)
			return &fed[i].j;
	CHECK(!"it is there");
	return &fed[0].j;
}

TEST(fragments_are_of_the_packet_that_was_cut_up)
{
	cut_up();
	feed_end();
	CHECK_INT(fed_n, 3);
	for (unsigned int i = 0; i < 3; i++) {
		CHECK_INT(fed[i].j.state, JOURNEY_COMPLETE);
		CHECK(!fed[i].j.retransmit && !fed[i].j.reordered);
		CHECK_INT(fed[i].j.again.of, 0);
		CHECK_INT(fed[i].j.parent, i ? 1 : 0);
	}
	CHECK_INT(fed[1].j.fragment, FIRST);
	CHECK_INT(fed[2].j.fragment, SECOND);
	track_free(feed_track);
}

TEST(the_whole_is_put_together_of_them_and_read)
{
	const struct journey *whole;

	cut_up();
	fragment_comes(50, 2, EV_END_CONSUMED);
	fragment_comes(60, 3, EV_END_FREED);
	feed_skb(70, 4, EV_DIR_RECV, .parent = 2, .how = EV_BORN_NEW, .seq = 100, .len = 1400, .tcp_flags = 0x18);
	feed_step(71, ip_local_deliver_finish, .skb = 4);
	feed_step(72, tcp_queue_rcv, .skb = 4, .sock = 9);
	feed_on(1, EV_CTX_TASK, 7);
	feed(80, CALL, call, .call = 1, .sock = 9, .pid = 7, .fd = 4, .op = OP_READ, .seq = 100);
	feed(82, CALLEND, callend, .call = 1, .sock = 9, .ret = 1400, .seq = 1500);
	feed_end();
	CHECK_INT(fed_n, 6);
	for (uint64_t id = 2; id <= 3; id++) {
		const struct journey *j = fed_part(id, DIR_RECV);

		CHECK_INT(j->state, JOURNEY_COMPLETE);
		CHECK_INT(j->end_how, EV_END_COALESCED);
		CHECK(j->passed_on && !j->call);
	}
	whole = fed_part(4, DIR_RECV);
	CHECK_INT(whole->state, JOURNEY_COMPLETE);
	CHECK(whole->assembled && whole->call);
	CHECK_INT(whole->parent, 2);
	CHECK(!whole->reordered && !whole->retransmit);
	track_free(feed_track);
}

TEST(what_is_cut_up_in_its_own_skb_arrives_as_the_first)
{
	feed_start(DIR_BOTH);
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	feed_skb(10, 1, EV_DIR_SEND, .how = EV_BORN_NEW, .seq = 100, .len = 1400);
	feed_step(12, ip_do_fragment, .skb = 1);
	feed_step(13, net_dev_start_xmit, .skb = 1);
	feed_step(14, net_dev_xmit, .skb = 1);
	fragment_leaves(30, 3, SECOND, 0, 456);
	fragment_comes(50, 1, EV_END_CONSUMED);
	fragment_comes(60, 3, EV_END_FREED);
	feed_end();
	CHECK_INT(fed_n, 4);
	CHECK(!fed_part(1, DIR_SEND)->fragment);
	CHECK(fed_part(1, DIR_RECV)->cut && fed_part(1, DIR_RECV)->passed_on);
	CHECK_INT(fed_part(1, DIR_RECV)->fragment, FIRST);
	CHECK_INT(fed_part(3, DIR_SEND)->parent, 1);
	CHECK(!fed_part(3, DIR_SEND)->beside);
	track_free(feed_track);
}

TEST(without_the_whole_a_fragment_is_beside_the_first)
{
	feed_start(DIR_RECV);
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	feed_skb(10, 2, EV_DIR_RECV, .how = EV_BORN_NEW, .seq = 100, .len = 944, .fragment = FIRST);
	feed_step(11, netif_receive_skb, .skb = 2);
	feed_step(12, ip_defrag, .skb = 2);
	feed_skb(20, 3, EV_DIR_RECV, .how = EV_BORN_NEW, .parent = 2, .len = 456, .fragment = SECOND);
	feed_step(21, netif_receive_skb, .skb = 3);
	feed_step(22, ip_defrag, .skb = 3);
	feed(30, END, end, .skb = 2, .how = EV_END_CONSUMED);
	feed(31, END, end, .skb = 3, .how = EV_END_FREED);
	feed_tick(31 + 500 * MS);
	feed_skb(32 + 500 * MS, 4, EV_DIR_RECV, .parent = 2, .how = EV_BORN_NEW, .seq = 100, .len = 1400);
	feed_step(33 + 500 * MS, ip_local_deliver_finish, .skb = 4);
	feed_end();
	CHECK_INT(fed_n, 3);
	CHECK(fed[2].j.assembled);
	CHECK_INT(fed[2].j.parent, 1);
	CHECK(fed[1].j.beside && !fed[1].j.assembled);
	CHECK_INT(fed[1].j.parent, 1);
	CHECK_INT(fed[1].j.state, JOURNEY_COMPLETE);
	track_free(feed_track);
}

int main(void)
{
	return RUN(T(fragments_are_of_the_packet_that_was_cut_up), T(the_whole_is_put_together_of_them_and_read),
		   T(what_is_cut_up_in_its_own_skb_arrives_as_the_first), T(without_the_whole_a_fragment_is_beside_the_first));
}
