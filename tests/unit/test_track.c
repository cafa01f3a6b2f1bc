// SPDX-License-Identifier: GPL-2.0-or-later
/* Records become journeys: which steps, which call, and what became of the packet. */
#include "check.h"
#include "feed.h"

#define MSEC 1000000ULL

/* A packet comes in on CPU 0 at t, up to the receive queue of socket 9. */
static void arrives(uint64_t t, uint64_t id, uint32_t seq, uint32_t len)
{
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	feed_skb(t, id, EV_DIR_RECV, .seq = seq, .len = len, .tcp_flags = 0x18);
	feed_step(t, netif_receive_skb, .skb = id);
	feed_step(t + 1, tcp_v4_rcv, .skb = id);
	feed_step(t + 2, tcp_queue_rcv, .skb = id, .sock = 9);
}

/* Task 7 reads on CPU 1. */
static void reads(uint64_t t, uint64_t id, uint32_t from, uint32_t to)
{
	feed_on(1, EV_CTX_TASK, 7);
	feed(t, CALL, call, .call = id, .sock = 9, .pid = 7, .fd = 4, .op = OP_READ, .seq = from);
	feed_step(t + 1, tcp_recvmsg, .sock = 9);
	feed(t + 2, CALLEND, callend, .call = id, .sock = 9, .ret = to - from, .seq = to);
}

/* The clone of O goes out on CPU 0 in the context of feed_at. */
static void clone_leaves(uint64_t t, uint64_t o, uint64_t id, uint32_t seq)
{
	feed_step(t, __tcp_transmit_skb, .skb = o, .sock = 5, .arg = 1);
	feed_skb(t + 1, id, EV_DIR_SEND, .parent = o, .how = EV_BORN_CLONE, .seq = seq, .len = 10);
	feed_step(t + 2, ip_queue_xmit, .skb = id, .sock = 5);
	feed_step(t + 3, net_dev_xmit, .skb = id);
}

TEST(a_send_begins_with_its_call)
{
	feed_start(DIR_BOTH);
	feed_on(0, EV_CTX_TASK, 7);
	feed_sock_out(1, 5);
	feed(10, CALL, call, .call = 1, .sock = 5, .pid = 7, .fd = 4, .op = OP_WRITE, .count = 10);
	feed_step(11, tcp_sendmsg, .sock = 5);
	feed_skb(12, 1, EV_DIR_SEND, .seq = 100, .len = 10);
	clone_leaves(13, 1, 2, 100);
	feed_step(17, tcp_push, .sock = 5);
	feed(18, CALLEND, callend, .call = 1, .sock = 5, .ret = 10, .seq = 110);
	feed_end();
	CHECK_INT(fed_n, 1);
	CHECK_INT(fed_calls, 1);
	CHECK_INT(fed[0].j.state, JOURNEY_COMPLETE);
	CHECK_INT(fed[0].j.number, 1);
	CHECK_INT(fed[0].j.start_ns, 10);
	CHECK_STR(fed[0].steps, "__tcp_transmit_skb ip_queue_xmit net_dev_xmit");
	CHECK_STR(fed[0].call_steps, "tcp_sendmsg");
	CHECK_INT(fed[0].call.ret, 10);
	track_free(feed_track);
}

TEST(the_same_bytes_again_are_a_retransmission)
{
	feed_start(DIR_BOTH);
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	feed_skb(12, 1, EV_DIR_SEND, .seq = 100, .len = 10);
	clone_leaves(13, 1, 2, 100);
	feed_step(300 * MSEC, __tcp_retransmit_skb, .skb = 1, .sock = 5);
	clone_leaves(300 * MSEC + 1, 1, 3, 100);
	feed_end();
	CHECK_INT(fed_n, 2);
	CHECK(!fed[0].j.retransmit);
	CHECK(fed[1].j.retransmit);
	CHECK_INT(fed[1].j.again.of, 1);
	CHECK(!fed[1].j.call);
	CHECK_STR(fed[1].steps, "__tcp_retransmit_skb __tcp_transmit_skb ip_queue_xmit net_dev_xmit");
	track_free(feed_track);
}

TEST(a_piece_of_a_gso_packet_is_no_retransmission)
{
	feed_start(DIR_SEND);
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	feed_skb(1, 1, EV_DIR_SEND, .seq = 100, .len = 20, .gso_size = 10, .gso_segs = 2);
	feed_step(2, net_dev_queue, .skb = 1);
	feed_skb(3, 2, EV_DIR_SEND, .seq = 110, .len = 10, .how = EV_BORN_MIDWAY);
	feed_step(4, net_dev_start_xmit, .skb = 2);
	feed_step(4, net_dev_xmit, .skb = 2);
	feed_skb(5, 3, EV_DIR_SEND, .seq = 110, .len = 10);
	feed_step(6, net_dev_queue, .skb = 3);
	feed_end();
	CHECK_INT(fed[1].j.segment_of, 1);
	CHECK(!fed[1].j.retransmit);
	CHECK_INT(fed[1].j.state, JOURNEY_COMPLETE);
	CHECK_INT(fed[2].j.segment_of, 0);
	CHECK(fed[2].j.retransmit);
	track_free(feed_track);
}

TEST(a_piece_of_a_gso_packet_that_a_queue_kept_is_no_retransmission)
{
	feed_start(DIR_SEND);
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	feed_skb(1, 1, EV_DIR_SEND, .seq = 100, .len = 20, .gso_size = 10, .gso_segs = 2);
	feed_step(2, net_dev_queue, .skb = 1);
	feed_skb(3, 2, EV_DIR_SEND, .seq = 120, .len = 20, .gso_size = 10, .gso_segs = 2);
	feed_step(4, net_dev_queue, .skb = 2);
	feed_skb(5, 3, EV_DIR_SEND, .seq = 110, .len = 10, .how = EV_BORN_MIDWAY);
	feed_step(6, net_dev_start_xmit, .skb = 3);
	feed_skb(7, 4, EV_DIR_SEND, .seq = 115, .len = 10, .how = EV_BORN_MIDWAY);
	feed_step(8, net_dev_start_xmit, .skb = 4);
	feed_end();
	CHECK_INT(fed[2].j.segment_of, 1);
	CHECK(!fed[2].j.retransmit);
	/* Bytes of two are a piece of neither. */
	CHECK_INT(fed[3].j.segment_of, 0);
	track_free(feed_track);
}

#define feed_datagram(t, id, ...) \
	feed(t, SKB, skb, .skb = id, .dir = EV_DIR_SEND, .proto = 17, .family = 4, .sport = 1000, .dport = 53, \
	     .saddr = FEED_CLIENT, .daddr = FEED_SERVER, __VA_ARGS__)

TEST(a_piece_of_a_datagram_is_of_the_one_that_was_just_cut_up)
{
	feed_start(DIR_SEND);
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	feed_datagram(1, 1, .len = 20, .gso_size = 10, .gso_segs = 2);
	feed_step(2, net_dev_queue, .skb = 1);
	feed_datagram(3, 2, .len = 20, .gso_size = 10, .gso_segs = 2);
	feed_step(4, net_dev_queue, .skb = 2);
	for (unsigned int whole = 1; whole < 3; whole++) {
		feed(10 * whole, END, end, .skb = whole, .how = EV_END_CONSUMED);
		for (unsigned int i = 1; i < 3; i++) {
			feed_datagram(10 * whole + i, 10 * whole + i, .len = 10, .how = EV_BORN_MIDWAY);
			feed_step(10 * whole + i, net_dev_start_xmit, .skb = 10 * whole + i);
		}
	}
	feed_end();
	CHECK_INT(fed_n, 6);
	for (unsigned int i = 0; i < fed_n; i++) {
		const struct journey *j = &fed[i].j;

		CHECK_INT(j->segment_of, j->len == 20 ? 0 : j->number < 5 ? 1 : 2);
	}
	track_free(feed_track);
}

TEST(a_datagram_that_gro_has_merged_does_not_wait_for_a_reader)
{
	feed_start(DIR_RECV);
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	feed(1, SKB, skb, .skb = 1, .dir = EV_DIR_RECV, .proto = 17, .family = 4, .sport = 1000, .dport = 53, .len = 10,
	     .saddr = FEED_CLIENT, .daddr = FEED_SERVER);
	feed_step(2, dev_gro_receive, .skb = 1);
	feed(3, END, end, .skb = 1, .how = EV_END_COALESCED);
	feed_end();
	CHECK_INT(fed_n, 1);
	CHECK_INT(fed[0].j.state, JOURNEY_COMPLETE);
	track_free(feed_track);
}

TEST(steps_of_the_socket_in_softirq_lead_to_the_packet)
{
	feed_start(DIR_BOTH);
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	feed_step(1, tcp_push, .sock = 5);
	feed_step(10 * MSEC, tcp_write_xmit, .sock = 5);
	feed_skb(10 * MSEC + 1, 1, EV_DIR_SEND, .seq = 100, .len = 10);
	clone_leaves(10 * MSEC + 2, 1, 2, 100);
	feed_end();
	/* tcp_push was ten milliseconds before: another story. */
	CHECK_STR(fed[0].steps, "tcp_write_xmit __tcp_transmit_skb ip_queue_xmit net_dev_xmit");
	track_free(feed_track);
}

TEST(the_steps_of_one_timer_are_one_story_however_long_it_takes)
{
	feed_start(DIR_BOTH);
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	feed(1, FRAME, frame, .frame = 1, .what = EV_FRAME_TIMER);
	feed_step(2, tcp_retransmit_timer, .sock = 5, .frame = 1);
	feed_step(10 * MSEC, tcp_write_xmit, .sock = 5, .frame = 1);
	feed_skb(20 * MSEC, 1, EV_DIR_SEND, .seq = 100, .len = 10);
	feed_step(20 * MSEC, ip_queue_xmit, .skb = 1, .sock = 5, .frame = 1);
	feed_step(20 * MSEC, net_dev_xmit, .skb = 1, .frame = 1);
	feed_end();
	CHECK_STR(fed[0].steps, "tcp_retransmit_timer tcp_write_xmit ip_queue_xmit net_dev_xmit");
	track_free(feed_track);
}

TEST(a_task_without_a_call_is_one_story_though_its_cpu_stands_still)
{
	feed_start(DIR_SEND);
	feed_on(1, EV_CTX_TASK, 7);	/* it exits: its sockets are closed in no call */
	feed_step(10, tcp_send_fin, .sock = 5);
	feed_step(11, tcp_write_xmit, .sock = 5);
	feed_skb(12, 1, EV_DIR_SEND, .seq = 100, .tcp_flags = 0x11, .sock = 5);
	feed_step(12 + 2 * MSEC, ip_queue_xmit, .skb = 1, .sock = 5);
	feed_end();
	CHECK_INT(fed_n, 1);
	CHECK_STR(fed[0].steps, "tcp_send_fin tcp_write_xmit ip_queue_xmit");
	track_free(feed_track);
}

TEST(what_a_call_sends_again_of_an_earlier_one_is_not_its_own)
{
	feed_start(DIR_SEND);
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	feed_skb(1, 1, EV_DIR_SEND, .seq = 100, .len = 10);
	feed_step(1, net_dev_xmit, .skb = 1);
	feed_on(0, EV_CTX_TASK, 7);
	feed(10, CALL, call, .call = 1, .sock = 5, .fd = 4, .op = OP_WRITE, .count = 10, .seq = 110);
	feed_skb(11, 2, EV_DIR_SEND, .seq = 110, .len = 10);
	feed_step(11, net_dev_xmit, .skb = 2, .sock = 5);
	feed_skb(12, 3, EV_DIR_SEND, .seq = 100, .len = 10);
	feed_step(12, net_dev_xmit, .skb = 3, .sock = 5);
	feed_skb(13, 4, EV_DIR_SEND, .seq = 110, .len = 10);
	feed_step(13, net_dev_xmit, .skb = 4, .sock = 5);
	feed(18, CALLEND, callend, .call = 1, .sock = 5, .ret = 10, .seq = 120);
	feed_end();
	CHECK(fed[1].j.call);
	CHECK(fed[2].j.retransmit && !fed[2].j.call);
	CHECK(fed[3].j.retransmit && fed[3].j.call);
	track_free(feed_track);
}

TEST(a_call_on_another_socket_did_not_send_it)
{
	feed_start(DIR_BOTH);
	feed_on(0, EV_CTX_TASK, 7);
	feed(10, CALL, call, .call = 1, .sock = 6, .fd = 4, .op = OP_WRITE, .count = 10);
	feed_skb(12, 1, EV_DIR_SEND, .seq = 100, .len = 10);
	clone_leaves(13, 1, 2, 100);
	feed(18, CALLEND, callend, .call = 1, .sock = 6, .ret = 10);
	feed_end();
	CHECK(!fed[0].j.call);
	track_free(feed_track);
}

TEST(the_call_that_took_the_bytes_is_the_reader)
{
	feed_start(DIR_BOTH);
	feed_sock_in(1, 9);
	arrives(10, 1, 100, 50);
	arrives(20, 2, 150, 50);
	reads(30, 1, 100, 120);
	reads(40, 2, 120, 200);
	feed_end();
	CHECK_INT(fed_n, 2);
	CHECK_INT(fed[0].j.number, 1);
	CHECK_INT(fed[0].call.id, 1);
	CHECK_INT(fed[0].j.readers, 2);
	CHECK_INT(fed[1].call.id, 2);
	CHECK_INT(fed[1].j.readers, 1);
	CHECK_INT(fed[1].j.state, JOURNEY_COMPLETE);
	track_free(feed_track);
}

TEST(sequence_numbers_wrap)
{
	feed_start(DIR_BOTH);
	feed_sock_in(1, 9);
	arrives(10, 1, 4294967290U, 10);
	reads(30, 1, 4294967290U, 4);
	feed_end();
	CHECK_INT(fed[0].j.state, JOURNEY_COMPLETE);
	CHECK_INT(fed[0].call.id, 1);
	track_free(feed_track);
}

TEST(what_nobody_read_is_open)
{
	feed_start(DIR_BOTH);
	feed_sock_in(1, 9);
	arrives(10, 1, 100, 50);
	reads(30, 1, 50, 100);
	feed_tick(9000 * MSEC);
	CHECK_INT(fed_n, 0);
	feed_tick(11000 * MSEC);
	CHECK_INT(fed_n, 1);
	CHECK_INT(fed[0].j.state, JOURNEY_OPEN);
	CHECK(!fed[0].j.call);
	feed_end();
	CHECK_INT(fed_n, 1);
	track_free(feed_track);
}

TEST(the_wake_up_is_a_step_of_the_packet)
{
	feed_start(DIR_BOTH);
	feed_sock_in(1, 9);
	arrives(10, 1, 100, 50);
	feed_step(14, sock_def_readable, .sock = 9);
	feed_step(15, sock_def_readable, .sock = 10);
	reads(30, 1, 100, 150);
	feed_end();
	CHECK_STR(fed[0].steps, "netif_receive_skb tcp_v4_rcv tcp_queue_rcv sock_def_readable");
	CHECK_STR(fed[0].call_steps, "tcp_recvmsg");
	track_free(feed_track);
}

TEST(the_reader_is_told_by_the_packet_that_was_missing)
{
	feed_start(DIR_BOTH);
	feed_sock_in(1, 9);
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	feed_skb(10, 1, EV_DIR_RECV, .seq = 150, .len = 50, .tcp_flags = 0x18);
	feed_step(10, tcp_v4_rcv, .skb = 1);
	feed_step(10, tcp_data_queue, .skb = 1, .sock = 9);
	arrives(20, 2, 100, 50);
	feed_step(23, tcp_try_coalesce, .skb = 1, .sock = 9);
	feed_step(24, sock_def_readable, .sock = 9);
	reads(30, 1, 100, 200);
	feed_end();
	CHECK_STR(fed[0].steps, "tcp_v4_rcv tcp_data_queue tcp_try_coalesce");
	CHECK_STR(fed[1].steps, "netif_receive_skb tcp_v4_rcv tcp_queue_rcv sock_def_readable");
	track_free(feed_track);
}

TEST(nobody_reads_what_was_dropped)
{
	feed_start(DIR_BOTH);
	feed_sock_in(1, 9);
	arrives(10, 1, 100, 50);
	arrives(20, 2, 100, 50);
	feed(23, END, end, .skb = 2, .how = EV_END_DROPPED);
	reads(30, 1, 100, 150);
	feed_end();
	CHECK(fed[fed[0].j.number == 1 ? 0 : 1].j.call);
	CHECK(!fed[fed[0].j.number == 1 ? 1 : 0].j.call);
	track_free(feed_track);
}

TEST(the_window_is_that_of_the_header_that_arrives)
{
	feed_start(DIR_BOTH);
	feed_on(0, EV_CTX_TASK, 7);
	feed_skb(10, 1, EV_DIR_SEND, .seq = 100);
	feed_step(11, ip_output, .skb = 1);
	feed_step(12, netif_rx, .skb = 1);
	feed_step(13, tcp_v4_rcv, .skb = 1, .arg = 0x10000 | 512);
	feed_skb(20, 2, EV_DIR_SEND, .seq = 100);
	feed_step(21, netif_rx, .skb = 2);
	feed_step(22, tcp_v4_rcv, .skb = 2);
	feed_skb(30, 3, EV_DIR_RECV, .seq = 200);
	feed_step(31, tcp_v4_rcv, .skb = 3, .arg = 0x70000 | 512);
	feed_end();
	for (unsigned int i = 0; i < fed_n; i++) {
		bool known = fed[i].j.number != 2 && fed[i].j.dir == DIR_RECV;

		CHECK_INT(fed[i].j.dsack, fed[i].j.number == 3);
		CHECK_INT(fed[i].j.sack, fed[i].j.number == 3);
		CHECK_INT(fed[i].j.window_known, known);
		CHECK_INT(fed[i].j.window, known ? 512 : 0);
	}
	CHECK_INT(fed_n, 4);
	track_free(feed_track);
}

TEST(what_turns_round_on_this_host_has_two_parts_of_one_number)
{
	feed_start(DIR_BOTH);
	feed_on(0, EV_CTX_TASK, 7);
	feed_skb(10, 1, EV_DIR_SEND, .seq = 100);
	feed_step(11, ip_output, .skb = 1);
	feed_step(12, nf_hook_slow, .skb = 1);
	feed_step(13, netif_rx, .skb = 1);
	feed_step(14, nf_hook_slow, .skb = 1);
	feed_step(15, net_dev_xmit, .skb = 1);
	feed(16, END, end, .skb = 1, .how = EV_END_FREED);
	feed_end();
	CHECK_INT(fed_n, 2);
	CHECK_INT(fed[0].j.number, 1);
	CHECK_INT(fed[1].j.number, 1);
	CHECK_STR(fed[fed[0].j.dir == DIR_SEND ? 0 : 1].steps, "ip_output nf_hook_slow net_dev_xmit");
	CHECK_STR(fed[fed[0].j.dir == DIR_SEND ? 1 : 0].steps, "netif_rx nf_hook_slow");
	track_free(feed_track);
}

TEST(the_outermost_driver_answers_last_however_late)
{
	feed_start(DIR_BOTH);
	feed_on(0, EV_CTX_TASK, 7);
	feed_skb(10, 1, EV_DIR_SEND, .seq = 100);
	feed_step(11, net_dev_start_xmit, .skb = 1);
	feed_step(12, net_dev_start_xmit, .skb = 1);
	feed_step(6 * MSEC, netif_rx, .skb = 1);
	feed_step(6 * MSEC + 1, net_dev_xmit, .skb = 1);
	feed_step(6 * MSEC + 2, net_dev_xmit, .skb = 1);
	feed_end();
	CHECK_INT(fed_n, 2);
	CHECK_STR(fed[fed[0].j.dir == DIR_SEND ? 0 : 1].steps,
		  "net_dev_start_xmit net_dev_start_xmit net_dev_xmit net_dev_xmit");
	track_free(feed_track);
}

TEST(a_drop_ends_at_once)
{
	feed_start(DIR_RECV);
	arrives(10, 1, 100, 50);
	feed(14, END, end, .skb = 1, .how = EV_END_DROPPED, .reason = 5, .location = 77);
	feed_tick(20 * MSEC);
	CHECK_INT(fed_n, 1);
	CHECK_INT(fed[0].j.state, JOURNEY_DROPPED);
	CHECK_INT(fed[0].j.end_reason, 5);
	track_free(feed_track);
}

TEST(what_a_driver_frees_after_it_was_sent_is_no_drop)
{
	feed_start(DIR_SEND);
	feed_on(0, EV_CTX_TASK, 7);
	feed_skb(10, 1, EV_DIR_SEND, .seq = 100);
	feed_step(11, net_dev_xmit, .skb = 1);
	feed(12, END, end, .skb = 1, .how = EV_END_DROPPED, .location = 77);
	feed_skb(20, 2, EV_DIR_SEND, .seq = 200);
	feed_step(21, net_dev_start_xmit, .skb = 2);
	feed(22, END, end, .skb = 2, .how = EV_END_DROPPED, .location = 77);
	/* The NIC was quicker than the answer, on another CPU. */
	feed_skb(30, 3, EV_DIR_SEND, .seq = 300);
	feed_step(31, net_dev_start_xmit, .skb = 3);
	feed_on(1, EV_CTX_SOFTIRQ, 0);
	feed(32, END, end, .skb = 3, .how = EV_END_DROPPED, .location = 77);
	feed_end();
	CHECK_INT(fed_n, 3);
	CHECK_INT(fed[0].j.state, JOURNEY_COMPLETE);
	CHECK_INT(fed[1].j.state, JOURNEY_DROPPED);
	CHECK_INT(fed[2].j.state, JOURNEY_COMPLETE);
	track_free(feed_track);
}

TEST(a_function_that_was_found_goes_by_its_name)
{
	feed_start(DIR_SEND);
	feed_on(0, EV_CTX_TASK, 7);
	feed_skb(10, 1, EV_DIR_SEND, .seq = 100);
	feed(11, SYM, sym, .addr = 0x100, .name = "igb_xmit_frame");
	feed_step(11, driver_xmit, .skb = 1, .arg = 0x100);
	feed_step(12, driver_xmit, .skb = 1, .arg = 0x200);
	feed_step(13, net_dev_xmit, .skb = 1);
	feed_end();
	CHECK_STR(fed[0].steps, "igb_xmit_frame driver_xmit net_dev_xmit");
	track_free(feed_track);
}

TEST(who_began_first_is_given_first_but_not_waited_for_long)
{
	feed_start(DIR_RECV);
	arrives(10, 1, 100, 50);
	arrives(20, 2, 150, 0);
	feed(25, END, end, .skb = 2, .how = EV_END_FREED);
	feed_tick(100 * MSEC);
	CHECK_INT(fed_n, 0);
	feed_tick(400 * MSEC);
	CHECK_INT(fed_n, 1);
	CHECK_INT(fed[0].j.number, 2);
	feed_end();
	CHECK_INT(fed[1].j.number, 1);
	track_free(feed_track);
}

TEST(only_a_hole_on_its_way_is_a_loss)
{
	feed_start(DIR_RECV);
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	feed_step(5, netif_rx, .skb = 9);
	feed_lose(3);
	arrives(10, 1, 100, 0);
	feed_lose(2);
	feed_step(14, tcp_ack, .skb = 1);
	feed(15, END, end, .skb = 1, .how = EV_END_FREED);
	feed_lose(7);
	arrives(20, 2, 100, 0);
	feed(25, END, end, .skb = 2, .how = EV_END_FREED);
	feed_end();
	CHECK_INT(fed[1].j.number, 2);
	CHECK_INT(fed[1].j.state, JOURNEY_LOST);
	CHECK_INT(fed[1].j.lost, 2);
	CHECK_INT(fed[1].lost[0], 0);
	CHECK_INT(fed[1].lost[3], 2);
	CHECK_INT(fed[2].j.number, 3);
	CHECK_INT(fed[2].j.state, JOURNEY_COMPLETE);
	CHECK_INT(track_stats(feed_track)->lost, 12);
	track_free(feed_track);
}

TEST(a_poll_that_is_said_late_keeps_its_time)
{
	feed_start(DIR_RECV);
	arrives(10, 1, 100, 0);
	feed_step(8, driver_poll, .skb = 1);
	feed_end();
	CHECK_STR(fed[0].steps, "driver_poll netif_receive_skb tcp_v4_rcv tcp_queue_rcv");
	CHECK_INT(fed[0].j.start_ns, 8);
	track_free(feed_track);
}

TEST(the_syn_makes_numbers_relative)
{
	feed_start(DIR_RECV);
	feed_skb(5, 7, EV_DIR_RECV, .seq = 99, .tcp_flags = 2);
	arrives(10, 1, 100, 20);
	feed_end();
	CHECK(fed[0].j.isn_known);
	CHECK_INT(fed[0].j.seq_rel, 1);
	CHECK(!fed[0].j.ack_isn_known);
	track_free(feed_track);
}

TEST(what_is_freed_behind_tcp_collapse_waits_on_in_another_skb)
{
	feed_start(DIR_RECV);
	feed_on(0, EV_CTX_SOFTIRQ, 7);
	for (int i = 1; i <= 3; i++) {
		feed_skb(i * 100, i, EV_DIR_RECV, .seq = i * 10, .len = 10);
		feed_step(i * 100, tcp_v4_rcv, .skb = i);
		feed_step(i * 100 + 1, tcp_v4_do_rcv, .skb = i, .sock = 1);
	}
	/* For the third; on another CPU something else is freed. */
	feed_step(400, tcp_collapse, .sock = 1);
	feed_on(1, EV_CTX_SOFTIRQ, 8);
	feed(401, END, end, .skb = 1);
	feed_on(0, EV_CTX_SOFTIRQ, 7);
	feed(402, END, end, .skb = 2);
	feed_step(403, tcp_queue_rcv, .skb = 3);
	feed(404, END, end, .skb = 3);
	feed_end();
	CHECK_INT(fed_n, 3);
	CHECK_INT(fed[0].j.end_how, EV_END_FREED);
	CHECK_INT(fed[1].j.end_how, EV_END_COALESCED);
	CHECK(fed[1].j.collapsed && !fed[0].j.collapsed && !fed[2].j.collapsed);
	CHECK_INT(fed[2].j.end_how, EV_END_FREED);
	CHECK_STR(fed[2].steps, "tcp_v4_rcv tcp_v4_do_rcv tcp_collapse tcp_queue_rcv");
	track_free(feed_track);
}

TEST(a_missed_run_is_told_to_what_was_on_its_way)
{
	feed_start(DIR_SEND);
	for (int i = 0; i < 3; i++) {
		feed_skb(100 + i * 1000, i + 1, EV_DIR_SEND);
		feed_step(100 + i * 1000, ip_queue_xmit, .skb = i + 1);
		feed_step(200 + i * 1000, net_dev_xmit, .skb = i + 1, .arg = 0);
		feed(300 + i * 1000, END, end, .skb = i + 1);
	}
	/* Told before the TICK that lets them go, and of the second alone. */
	feed_on(0, EV_CTX_TASK, 0);
	feed(1190, MISSED, missed, .runs = 7, .since_ns = 1150);
	feed_attempts[0]--;
	feed_tick(4000);
	feed_end();
	CHECK_INT(fed_n, 3);
	CHECK_INT(fed[0].j.missed, 0);
	CHECK_INT(fed[1].j.missed, 7);
	CHECK_INT(fed[1].j.state, JOURNEY_COMPLETE);
	CHECK_INT(fed[2].j.missed, 0);
	CHECK_INT(track_stats(feed_track)->lost, 0);
	track_free(feed_track);
}

TEST(without_a_call_what_was_lost_just_before_may_have_been_it)
{
	feed_start(DIR_SEND);
	feed_on(0, EV_CTX_TASK, 7);
	feed(50, TASK, task, .pid = 7);
	feed_lose(1);
	feed_skb(100, 1, EV_DIR_SEND);
	feed_step(100, ip_queue_xmit, .skb = 1);
	feed_step(200, net_dev_xmit, .skb = 1, .arg = 0);
	feed(300, END, end, .skb = 1);
	feed_end();
	CHECK_INT(fed[0].j.lost, 1);
	CHECK_INT(fed[0].j.state, JOURNEY_LOST);
	track_free(feed_track);
}

TEST(a_lost_return_does_not_hold_the_next_call)
{
	feed_start(DIR_BOTH);
	feed_sock_in(1, 9);
	feed_on(1, EV_CTX_TASK, 7);
	feed(5, CALL, call, .call = 1, .sock = 9, .op = OP_READ, .seq = 100);
	arrives(10, 1, 100, 20);
	reads(30, 2, 100, 120);
	feed_end();
	CHECK_INT(fed_calls, 2);
	CHECK_INT(fed[0].call.id, 2);
	track_free(feed_track);
}

TEST(other_directions_are_not_given)
{
	feed_start(DIR_SEND);
	arrives(10, 1, 100, 0);
	reads(30, 1, 100, 120);
	feed_end();
	CHECK_INT(fed_n, 0);
	CHECK_INT(fed_calls, 0);
	CHECK_INT(track_stats(feed_track)->steps, 0);
	track_free(feed_track);
}

TEST(what_arrives_out_of_its_turn_is_reordered)
{
	feed_start(DIR_RECV);
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	feed_skb(5, 1, EV_DIR_RECV, .seq = 99, .tcp_flags = 2);
	arrives(10, 2, 120, 20);
	arrives(20, 3, 140, 20);
	arrives(30, 4, 100, 20);
	arrives(40, 5, 160, 20);
	arrives(50, 6, 120, 20);
	feed_end();
	CHECK_INT(fed_n, 5);
	CHECK(fed[0].j.reordered && fed[1].j.reordered && fed[2].j.reordered);
	CHECK(!fed[3].j.reordered);
	CHECK(!fed[4].j.reordered);
	track_free(feed_track);
}

TEST(what_is_known_to_be_sent_again_is_not_reordered)
{
	feed_start(DIR_BOTH);
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	feed_skb(1, 1, EV_DIR_SEND, .seq = 100, .len = 10);
	clone_leaves(2, 1, 2, 100);
	feed_skb(10, 3, EV_DIR_SEND, .seq = 110, .len = 10);
	clone_leaves(11, 3, 4, 110);
	feed_step(20, netif_receive_skb, .skb = 4);
	feed_step(30, __tcp_retransmit_skb, .skb = 1, .sock = 5);
	clone_leaves(31, 1, 5, 100);
	feed_step(40, netif_receive_skb, .skb = 5);
	feed_end();
	CHECK_INT(fed_n, 5);
	for (unsigned int i = 0; i < fed_n; i++) {
		CHECK(!fed[i].j.reordered);
		CHECK_INT(fed[i].j.retransmit, fed[i].j.skb == 5);
		CHECK_INT(fed[i].j.again.of, fed[i].j.skb == 5 ? fed[0].j.number : 0);
	}
	track_free(feed_track);
}

TEST(a_hole_is_over_when_its_bytes_were_read_or_long_missed)
{
	feed_start(DIR_RECV);
	feed_sock_in(1, 9);
	arrives(10, 1, 100, 20);
	arrives(20, 2, 140, 20);
	reads(30, 1, 100, 160);
	arrives(40, 3, 160, 20);
	arrives(50, 4, 200, 20);
	arrives(60, 5, 220, 20);
	arrives(6000 * MSEC, 6, 240, 20);
	feed_end();
	CHECK_INT(fed_n, 6);
	CHECK(fed[1].j.reordered && !fed[2].j.reordered);
	CHECK(fed[3].j.reordered && fed[4].j.reordered && !fed[5].j.reordered);
	track_free(feed_track);
}

TEST(what_a_queue_lets_overtake_is_reordered)
{
	feed_start(DIR_SEND);
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	for (uint64_t id = 1; id <= 3; id++) {
		feed_skb(id * 10, id, EV_DIR_SEND, .seq = 90 + id * 10, .len = 10);
		feed_step(id * 10 + 1, ip_queue_xmit, .skb = id, .sock = 5);
		feed_step(id * 10 + 2, qdisc_enqueue, .skb = id);
	}
	feed_step(50, dev_hard_start_xmit, .skb = 2);
	feed_step(51, net_dev_xmit, .skb = 2);
	feed_step(60, dev_hard_start_xmit, .skb = 1);
	feed_step(61, net_dev_xmit, .skb = 1);
	feed_step(70, dev_hard_start_xmit, .skb = 3);
	feed_step(71, net_dev_xmit, .skb = 3);
	feed_end();
	CHECK_INT(fed_n, 3);
	CHECK(fed[0].j.reordered && !fed[1].j.reordered && !fed[2].j.reordered);
	track_free(feed_track);
}

TEST(freed_in_the_middle_nothing_leaks)
{
	feed_start(DIR_BOTH);
	feed_sock_in(1, 9);
	arrives(10, 1, 100, 50);
	feed_on(1, EV_CTX_TASK, 7);
	feed(20, CALL, call, .call = 1, .sock = 9, .op = OP_READ, .seq = 100);
	feed_tick(100 * MSEC);
	track_free(feed_track);
}

int main(void)
{
	return RUN(T(a_send_begins_with_its_call), T(the_same_bytes_again_are_a_retransmission),
		   T(a_datagram_that_gro_has_merged_does_not_wait_for_a_reader), T(a_piece_of_a_gso_packet_is_no_retransmission), T(a_piece_of_a_datagram_is_of_the_one_that_was_just_cut_up),
		   T(a_piece_of_a_gso_packet_that_a_queue_kept_is_no_retransmission),
		   T(steps_of_the_socket_in_softirq_lead_to_the_packet),
		   T(the_steps_of_one_timer_are_one_story_however_long_it_takes),
		   T(a_task_without_a_call_is_one_story_though_its_cpu_stands_still),
		   T(what_a_call_sends_again_of_an_earlier_one_is_not_its_own),
		   T(a_call_on_another_socket_did_not_send_it),
		   T(the_call_that_took_the_bytes_is_the_reader), T(sequence_numbers_wrap),
		   T(what_nobody_read_is_open), T(the_wake_up_is_a_step_of_the_packet),
		   T(the_reader_is_told_by_the_packet_that_was_missing),
		   T(nobody_reads_what_was_dropped),
		   T(the_window_is_that_of_the_header_that_arrives),
		   T(what_turns_round_on_this_host_has_two_parts_of_one_number),
		   T(the_outermost_driver_answers_last_however_late),
		   T(a_drop_ends_at_once), T(what_a_driver_frees_after_it_was_sent_is_no_drop),
		   T(a_function_that_was_found_goes_by_its_name), T(who_began_first_is_given_first_but_not_waited_for_long),
		   T(only_a_hole_on_its_way_is_a_loss),
		   T(a_poll_that_is_said_late_keeps_its_time), T(the_syn_makes_numbers_relative),
		   T(what_is_freed_behind_tcp_collapse_waits_on_in_another_skb),
		   T(a_missed_run_is_told_to_what_was_on_its_way),
		   T(without_a_call_what_was_lost_just_before_may_have_been_it),
		   T(a_lost_return_does_not_hold_the_next_call), T(other_directions_are_not_given),
		   T(what_arrives_out_of_its_turn_is_reordered),
		   T(what_is_known_to_be_sent_again_is_not_reordered),
		   T(a_hole_is_over_when_its_bytes_were_read_or_long_missed),
		   T(what_a_queue_lets_overtake_is_reordered),
		   T(freed_in_the_middle_nothing_leaks));
}
