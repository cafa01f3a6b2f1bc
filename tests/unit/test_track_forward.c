// SPDX-License-Identifier: GPL-2.0-or-later
/* What is forwarded: which way its steps belong to. */
#include "check.h"
#include "feed.h"

#define US 1000ULL
#define MS 1000000ULL

/* A veth, a router behind it, and the receiver behind another veth. */
static void feed_route(void)
{
	feed_on(0, EV_CTX_TASK, 7);
	feed_skb(10 * US, 1, EV_DIR_SEND, .netns = 100, .len = 50, .how = EV_BORN_NEW);
	feed_step(10 * US, __dev_queue_xmit, .skb = 1, .ifindex = 1);
	feed_step(11 * US, net_dev_start_xmit, .skb = 1, .ifindex = 1);
	feed(12 * US, NETNS, netns, .skb = 1, .netns = 200);
	feed_step(12 * US, netif_rx, .skb = 1, .ifindex = 2);
	feed_step(13 * US, net_dev_xmit, .skb = 1, .ifindex = 1);
	feed_on(0, EV_CTX_SOFTIRQ, 7);
	feed_step(20 * US, ip_rcv, .skb = 1, .ifindex = 2);
	feed_step(21 * US, ip_forward, .skb = 1, .ifindex = 2);
}

static void feed_arrival(void)
{
	feed_step(22 * US, __dev_queue_xmit, .skb = 1, .ifindex = 3);
	feed_step(23 * US, net_dev_start_xmit, .skb = 1, .ifindex = 3);
	feed(24 * US, NETNS, netns, .skb = 1, .netns = 300);
	feed_step(24 * US, netif_rx, .skb = 1, .ifindex = 4);
	feed_step(25 * US, net_dev_xmit, .skb = 1, .ifindex = 3);
	feed_step(30 * US, ip_rcv, .skb = 1, .ifindex = 4);
	feed_step(31 * US, tcp_v4_rcv, .skb = 1, .ifindex = 4);
}

TEST(what_is_forwarded_is_one_way_out)
{
	feed_start(DIR_BOTH);
	feed_route();
	feed_arrival();
	feed(32 * US, END, end, .skb = 1, .how = EV_END_FREED);
	feed_end();
	CHECK_INT(fed_n, 2);
	CHECK_STR(fed[0].steps, "__dev_queue_xmit net_dev_start_xmit netif_rx net_dev_xmit ip_rcv ip_forward "
		  "__dev_queue_xmit net_dev_start_xmit net_dev_xmit");
	CHECK(fed[0].j.forwarded && fed[0].j.dir == DIR_SEND && fed[0].j.state == JOURNEY_COMPLETE);
	CHECK_STR(fed[1].steps, "netif_rx ip_rcv tcp_v4_rcv");
	CHECK(!fed[1].j.forwarded && fed[1].j.dir == DIR_RECV && fed[1].j.netns == 300);
	track_free(feed_track);
}

TEST(what_a_router_drops_is_dropped_on_its_way_out)
{
	feed_start(DIR_BOTH);
	feed_route();
	feed_step(22 * US, ip_route_input_noref, .skb = 1, .ifindex = 2);
	feed(23 * US, END, end, .skb = 1, .how = EV_END_DROPPED);
	feed_end();
	CHECK_INT(fed_n, 1);
	CHECK(fed[0].j.dir == DIR_SEND && fed[0].j.state == JOURNEY_DROPPED);
	track_free(feed_track);
}

TEST(a_packet_from_outside_is_forwarded_in_one_way_too)
{
	feed_start(DIR_BOTH);
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	feed_skb(10 * US, 1, EV_DIR_RECV, .netns = 100, .len = 50, .how = EV_BORN_NEW);
	feed_step(10 * US, napi_gro_receive, .skb = 1, .ifindex = 1);
	feed_step(11 * US, ip_rcv, .skb = 1, .ifindex = 1);
	/* Another one that began later is given later. */
	feed_skb(12 * US, 2, EV_DIR_RECV, .netns = 100, .how = EV_BORN_NEW);
	feed_step(12 * US, napi_gro_receive, .skb = 2, .ifindex = 1);
	feed(13 * US, END, end, .skb = 2, .how = EV_END_FREED);
	feed_step(14 * US, ip_forward, .skb = 1, .ifindex = 1);
	feed_step(15 * US, __dev_queue_xmit, .skb = 1, .ifindex = 2);
	feed_step(16 * US, net_dev_start_xmit, .skb = 1, .ifindex = 2);
	feed_step(17 * US, net_dev_xmit, .skb = 1, .ifindex = 2);
	feed(18 * US, END, end, .skb = 1, .how = EV_END_FREED);
	feed_end();
	CHECK_INT(fed_n, 2);
	CHECK_STR(fed[0].steps, "napi_gro_receive ip_rcv ip_forward __dev_queue_xmit net_dev_start_xmit net_dev_xmit");
	CHECK(fed[0].j.forwarded && fed[0].j.dir == DIR_SEND && fed[0].j.state == JOURNEY_COMPLETE);
	CHECK(fed[1].j.skb == 2);
	track_free(feed_track);
}

TEST(what_waits_in_a_queue_of_a_tunnel_is_waited_for)
{
	feed_start(DIR_BOTH);
	feed_on(0, EV_CTX_TASK, 7);
	feed_skb(10 * US, 1, EV_DIR_SEND, .netns = 100, .len = 50, .how = EV_BORN_NEW);
	feed_step(10 * US, net_dev_start_xmit, .skb = 1, .ifindex = 1);
	feed_step(11 * US, qdisc_enqueue, .skb = 1, .ifindex = 2);
	feed_step(12 * US, net_dev_xmit, .skb = 1, .ifindex = 1);
	feed_tick(900 * MS);
	CHECK_INT(fed_n, 0);
	feed_step(900 * MS, qdisc_dequeue, .skb = 1, .ifindex = 2);
	feed_end();
	CHECK_INT(fed_n, 1);
	CHECK_STR(fed[0].steps, "net_dev_start_xmit qdisc_enqueue net_dev_xmit qdisc_dequeue");
	track_free(feed_track);
}

TEST(nat_changes_the_addresses_and_not_the_packet)
{
	static const uint8_t new_src[EV_ADDR_LEN] = { [10] = 0xff, 0xff, 10, 9, 9, 1 };

	feed_start(DIR_BOTH);
	feed_route();
	feed_step(21 * US, nf_nat_manip_pkt, .skb = 1, .ifindex = 3, .arg = 0);
	feed(21 * US, NAT, nat, .skb = 1, .sport = 4000, .dport = 80, .saddr = { [10] = 0xff, 0xff, 10, 9, 9, 1 },
	     .daddr = FEED_SERVER);
	feed_arrival();
	feed(32 * US, END, end, .skb = 1, .how = EV_END_FREED);
	feed_end();
	CHECK_INT(fed_n, 2);
	for (unsigned int i = 0; i < 2; i++) {
		const struct journey *j = &fed[i].j;

		CHECK(j->nat && j->src.port == 1000 && j->nat_src.port == 4000 && j->nat_dst.port == 80);
		CHECK(!memcmp(j->nat_src.addr, new_src, EV_ADDR_LEN));
	}
	track_free(feed_track);
}

int main(void)
{
	return RUN(T(what_is_forwarded_is_one_way_out), T(what_a_router_drops_is_dropped_on_its_way_out),
		   T(a_packet_from_outside_is_forwarded_in_one_way_too), T(what_waits_in_a_queue_of_a_tunnel_is_waited_for),
		   T(nat_changes_the_addresses_and_not_the_packet));
}
