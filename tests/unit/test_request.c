// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests of io_uring: several of one task at a time, run by whom it may be. */
#include "check.h"
#include "feed.h"

enum { TASK = 7, WORKER = 8 };

static void submits(uint64_t t, uint64_t id, uint32_t sock, uint16_t op, uint32_t seq)
{
	feed_on(0, EV_CTX_TASK, TASK);
	feed(t, CALL, call, .call = id, .sock = sock, .pid = TASK, .fd = 4, .op = op, .count = 10, .seq = seq);
}

static void completes(uint64_t t, uint64_t id, uint32_t sock, int64_t ret, uint32_t seq, uint16_t ran)
{
	feed(t, CALLEND, callend, .call = id, .sock = sock, .pid = TASK, .ret = ret, .seq = seq, .ran = ran);
}

/* Ten bytes go out in the context of feed_at, as a clone of skb o. */
static void leaves(uint64_t t, uint64_t o, uint32_t seq)
{
	feed_step(t, tcp_sendmsg, .sock = 5);
	feed_skb(t + 1, o, EV_DIR_SEND, .seq = seq, .len = 10);
	feed_step(t + 2, __tcp_transmit_skb, .skb = o, .sock = 5, .arg = 1);
	feed_skb(t + 3, o + 1, EV_DIR_SEND, .parent = o, .how = EV_BORN_CLONE, .seq = seq, .len = 10);
	feed_step(t + 4, ip_queue_xmit, .skb = o + 1, .sock = 5);
	feed_step(t + 5, net_dev_xmit, .skb = o + 1);
}

TEST(requests_that_complete_together_have_their_own_packets)
{
	feed_start(DIR_BOTH);
	feed_on(0, EV_CTX_TASK, TASK);
	feed_sock_out(1, 5);
	submits(10, 1, 5, OP_URING_SEND, 100);
	leaves(11, 1, 100);
	submits(20, 2, 5, OP_URING_SEND, 110);
	leaves(21, 3, 110);
	completes(30, 1, 5, 10, 110, EV_RAN_SUBMITTER);
	completes(31, 2, 5, 10, 120, EV_RAN_SUBMITTER);
	feed_end();
	CHECK_INT(fed_n, 2);
	CHECK_INT(fed_calls, 2);
	for (unsigned int i = 0; i < 2; i++) {
		CHECK_INT(fed[i].call.id, i + 1);
		CHECK_INT(fed[i].call.seq_from, 100 + 10 * i);
		CHECK_STR(fed[i].call_steps, "tcp_sendmsg");
	}
	track_free(feed_track);
}

TEST(a_worker_runs_the_request_of_another_task)
{
	feed_start(DIR_BOTH);
	feed_on(0, EV_CTX_TASK, TASK);
	feed_sock_out(1, 5);
	submits(10, 1, 5, OP_URING_SEND, 100);
	feed_on(1, EV_CTX_TASK, WORKER);
	feed(11, TASK, task, .pid = TASK, .comm = "iou-wrk-7");
	leaves(12, 1, 100);
	completes(20, 1, 5, 10, 110, EV_RAN_WORKER);
	feed_end();
	CHECK_INT(fed_n, 1);
	CHECK_STR(fed[0].call_steps, "tcp_sendmsg");
	CHECK_INT(fed[0].call.tid, TASK);
	CHECK_INT(fed[0].call.end_tid, WORKER);
	CHECK_STR(fed[0].call.end_comm, "iou-wrk-7");
	CHECK_INT(fed[0].call.ran, EV_RAN_WORKER);
	track_free(feed_track);
}

/* Its task goes on meanwhile, and calls. */
TEST(a_request_waits_while_its_task_calls)
{
	feed_start(DIR_BOTH);
	feed_on(0, EV_CTX_TASK, TASK);
	feed_sock_in(1, 9);
	submits(10, 1, 9, OP_URING_RECV, 100);
	feed(11, CALL, call, .call = 2, .sock = 9, .pid = TASK, .fd = 4, .op = OP_WRITE, .seq = 500);
	feed_step(12, tcp_sendmsg, .sock = 9);
	feed(13, CALLEND, callend, .call = 2, .sock = 9, .ret = 3, .seq = 503);
	feed_on(1, EV_CTX_SOFTIRQ, 0);
	feed_skb(20, 1, EV_DIR_RECV, .seq = 100, .len = 10, .tcp_flags = 0x18);
	feed_step(20, netif_receive_skb, .skb = 1);
	feed_step(21, tcp_queue_rcv, .skb = 1, .sock = 9);
	feed(22, WAKE, wake, .call = 1, .task = TASK, .sock = 9);
	feed(23, RUN, run, .call = 1, .task = TASK);
	feed_on(0, EV_CTX_TASK, TASK);
	feed_step(24, tcp_recvmsg, .sock = 9);
	completes(25, 1, 9, 10, 110, EV_RAN_TASK_WORK);
	feed_end();
	CHECK_INT(fed_calls, 2);
	CHECK_INT(fed_n, 1);
	CHECK_INT(fed[0].j.state, JOURNEY_COMPLETE);
	CHECK_INT(fed[0].call.id, 1);
	CHECK_INT(fed[0].call.start_ns, 10);
	CHECK_INT(fed[0].call.wake_n, 1);
	CHECK_STR(fed[0].call_steps, "tcp_recvmsg");
	track_free(feed_track);
}

TEST(the_bytes_of_a_request_lie_before_its_end)
{
	feed_start(DIR_BOTH);
	feed_on(0, EV_CTX_TASK, TASK);
	feed_sock_in(1, 9);
	submits(10, 1, 9, OP_URING_RECV, 100);
	feed_skb(20, 1, EV_DIR_RECV, .seq = 140, .len = 10, .tcp_flags = 0x18);
	feed_step(21, tcp_queue_rcv, .skb = 1, .sock = 9);
	feed_on(0, EV_CTX_TASK, TASK);
	completes(25, 1, 9, 10, 150, EV_RAN_TASK_WORK);
	feed_end();
	CHECK_INT(fed_n, 1);
	CHECK_INT(fed[0].call.id, 1);
	CHECK_INT(fed[0].call.seq_from, 140);
	CHECK_INT(fed[0].call.seq_to, 150);
	track_free(feed_track);
}

int main(void)
{
	return RUN(T(requests_that_complete_together_have_their_own_packets),
		   T(a_worker_runs_the_request_of_another_task),
		   T(a_request_waits_while_its_task_calls),
		   T(the_bytes_of_a_request_lie_before_its_end));
}
