// SPDX-License-Identifier: GPL-2.0-or-later
/* Which hops a journey has, which of them are waiting, and in which order they are told. */
#include <inttypes.h>

#include "check.h"
#include "hops.h"
#include "render.h"

enum { TASK = 7, OTHER = 8 };

static struct hops h;

#define STEP(t, name, ...) { .t_ns = t, .stage = ST_##name, __VA_ARGS__ }
#define STEPS(v) { v, sizeof(v) / sizeof(*(v)), sizeof(v) / sizeof(*(v)) }

/* All hops as text, one on a line; then they are forgotten. */
static const char *told(void)
{
	static char text[4096];
	const struct hop **v = hops_sorted(&h);
	size_t at = 0;

	text[0] = '\0';
	for (size_t i = 0; v[i]; i++)
		at += snprintf(text + at, sizeof(text) - at, "%s>%s %" PRIu64 "x%" PRIu64 "%s%s\n",
			       v[i]->from, v[i]->to, v[i]->times.count, v[i]->times.sum,
			       v[i]->wait ? " " : "", v[i]->wait ? v[i]->wait : "");
	free(v);
	hops_free(&h);
	return text;
}

TEST(the_return_of_the_call_does_not_cut_a_wait)
{
	struct step made[] = { STEP(110, tcp_sendmsg, .tid = TASK) };
	struct step own[] = {
		STEP(120, qdisc_enqueue, .tid = TASK),
		STEP(400, qdisc_dequeue, .ctx = EV_CTX_SOFTIRQ, .tid = OTHER),
		STEP(410, net_dev_xmit, .ctx = EV_CTX_SOFTIRQ, .tid = OTHER),
	};
	const struct call c = {
		.op = OP_WRITE, .tid = TASK, .start_ns = 100, .end_ns = 150, .begin_seen = true,
		.end_seen = true, .steps = STEPS(made),
	};
	const struct journey j = {
		.dir = DIR_SEND, .steps = STEPS(own), .call = &c, .call_n = 1, .ended = true,
		.end_how = EV_END_CONSUMED, .end_ns = 1000, .end_step = { .tid = OTHER, .cpu = 1 },
	};

	CHECK_INT(hops_add(&h, &j, DETAIL_NORMAL), 0);
	CHECK_INT(hops_add(&h, &j, DETAIL_NORMAL), 0);
	CHECK_STR(told(),
		  "net_dev_xmit>freed 2x1180 in the device, until it is done\n"
		  "qdisc_enqueue>qdisc_dequeue 2x560 in the qdisc\n"
		  "qdisc_enqueue>returns 2x60\n"
		  "write>tcp_sendmsg 2x20\n"
		  "tcp_sendmsg>qdisc_enqueue 2x20\n"
		  "qdisc_dequeue>net_dev_xmit 2x20\n");
}

TEST(in_a_queue_nobody_works_whoever_goes_on)
{
	struct step own[] = {
		STEP(0, qdisc_enqueue, .tid = TASK), STEP(10, qdisc_dequeue, .tid = TASK),
		STEP(30, __dev_queue_xmit, .tid = TASK, .cpu = 1),
	};
	const struct journey j = { .dir = DIR_SEND, .steps = STEPS(own) };

	CHECK_INT(hops_add(&h, &j, DETAIL_NORMAL), 0);
	CHECK_STR(told(), "qdisc_dequeue>__dev_queue_xmit 1x20\n"
			  "qdisc_enqueue>qdisc_dequeue 1x10 in the qdisc\n");
}

TEST(who_drops_it_is_at_work)
{
	struct step own[] = { STEP(0, ip_output, .tid = TASK), STEP(5, qdisc_enqueue, .tid = TASK) };
	const struct journey j = {
		.dir = DIR_SEND, .steps = STEPS(own), .state = JOURNEY_DROPPED, .ended = true,
		.end_how = EV_END_DROPPED, .end_ns = 25, .end_step = { .tid = TASK },
	};

	CHECK_INT(hops_add(&h, &j, DETAIL_NORMAL), 0);
	CHECK_STR(told(), "qdisc_enqueue>dropped 1x20\nip_output>qdisc_enqueue 1x5\n");
}

TEST(over_a_gap_there_is_no_hop)
{
	struct step own[] = {
		STEP(0, ip_rcv), STEP(10, ip_rcv_core, .lost_before = 2), STEP(30, tcp_v4_rcv),
		STEP(60, tcp_ack),
	};
	const struct journey j = { .dir = DIR_RECV, .steps = STEPS(own), .lost = 2 };

	CHECK_INT(hops_add(&h, &j, DETAIL_NORMAL), 0);
	CHECK_STR(told(), "tcp_v4_rcv>tcp_ack 1x30\n");
	CHECK_INT(hops_add(&h, &j, DETAIL_FULL), 0);
	CHECK_STR(told(), "tcp_v4_rcv>tcp_ack 1x30\nip_rcv_core>tcp_v4_rcv 1x20\n");
}

TEST(the_hooks_of_netfilter_are_told_apart)
{
	struct step own[] = {
		STEP(0, nf_hook_slow, .arg = 2 << 8 | 3), STEP(10, ip_output),
		STEP(20, nf_hook_slow, .arg = 2 << 8 | 4), STEP(50, ip_output),
	};
	const struct journey j = { .dir = DIR_SEND, .steps = STEPS(own) };

	CHECK_INT(hops_add(&h, &j, DETAIL_NORMAL), 0);
	CHECK_STR(told(), "POST_ROUTING>ip_output 1x30\nip_output>POST_ROUTING 1x10\n"
			  "LOCAL_OUT>ip_output 1x10\n");
}

TEST(beyond_what_is_shown_is_summed)
{
	struct step own[] = { STEP(0, ip_output), STEP(1, ip_output) };
	const struct journey j = { .dir = DIR_SEND, .steps = STEPS(own) };
	const struct hop **v;
	struct hop_part part;

	/* Each pair of stages is one hop, and the later ones are slower. */
	for (unsigned int i = 0; i < HOPS_SHOWN + 3; i++) {
		own[0].stage = i < HOPS_SHOWN ? ST_ip_output : ST_tcp_ack;
		own[1].stage = 1 + i % HOPS_SHOWN;
		own[1].t_ns = i + 1;
		CHECK_INT(hops_add(&h, &j, DETAIL_FULL), 0);
	}
	v = hops_sorted(&h);
	part = hops_part(v, false);
	CHECK_INT(part.count, HOPS_SHOWN + 3);
	CHECK_INT(part.sum_ns, (HOPS_SHOWN + 3) * (HOPS_SHOWN + 4) / 2);
	CHECK_INT(part.rest, 3);
	CHECK_INT(part.rest_ns, 1 + 2 + 3);
	CHECK_INT(hops_part(v, true).count, 0);
	free(v);
	hops_free(&h);
}

TEST(hand_offs_are_told_from_their_own_beginnings)
{
	struct frame softirq = { .id = 1, .what = EV_FRAME_SOFTIRQ, .number = 3, .raised_ns = 40, .began_ns = 90 };
	struct frame next = { .id = 2, .what = EV_FRAME_SOFTIRQ, .number = 3, .began_ns = 90 };
	struct frame poll = { .id = 3, .what = EV_FRAME_POLL, .parent = &softirq };
	struct step own[] = {
		STEP(100, netif_receive_skb, .ctx = EV_CTX_SOFTIRQ, .frame = &poll),
		STEP(110, tcp_data_ready, .ctx = EV_CTX_SOFTIRQ, .frame = &poll),
		STEP(150, tcp_ack, .ctx = EV_CTX_SOFTIRQ, .frame = &poll),
	};
	struct step made[] = {
		STEP(20, sk_wait_data, .tid = TASK),
		STEP(420, skb_copy_datagram_iter, .skb = 1, .tid = TASK, .cpu = 1),
	};
	struct call c = {
		.op = OP_READ, .tid = TASK, .start_ns = 10, .end_ns = 500, .begin_seen = true, .end_seen = true,
		.cpu_end = 1, .steps = STEPS(made), .wake_n = 1,
		.wakes = (struct wake[]){ { .t_ns = 120, .run_ns = 400, .run_cpu = 1,
			     .by = { .t_ns = 120, .ctx = EV_CTX_SOFTIRQ, .frame = &poll } } },
	};
	const struct journey j = {
		.dir = DIR_RECV, .skb = 1, .steps = STEPS(own), .call = &c, .call_first = 1, .call_n = 2,
	};

	CHECK_INT(hops_add(&h, &j, DETAIL_FULL), 0);
	CHECK_STR(told(),
		  "wake-up>runs 1x280 woken, not running yet\n"
		  "skb_copy_datagram_iter>returns 1x80\n"
		  "softirq NET_RX raised>begins 1x50 raised, not running yet\n"
		  "wake-up>tcp_ack 1x30\n"
		  "runs>skb_copy_datagram_iter 1x20\n"
		  "netif_receive_skb>tcp_data_ready 1x10\n"
		  "tcp_data_ready>wake-up 1x10\n");
	/* It is not known when that one was raised; the task is not seen to run. */
	poll.parent = &next;
	c.wakes[0].run_ns = 0;
	CHECK_INT(hops_add(&h, &j, DETAIL_FULL), 0);
	CHECK(!strstr(told(), "raised"));
}

int main(void)
{
	return RUN(T(hand_offs_are_told_from_their_own_beginnings),
		   T(the_return_of_the_call_does_not_cut_a_wait),
		   T(in_a_queue_nobody_works_whoever_goes_on), T(who_drops_it_is_at_work),
		   T(over_a_gap_there_is_no_hop), T(the_hooks_of_netfilter_are_told_apart),
		   T(beyond_what_is_shown_is_summed));
}
