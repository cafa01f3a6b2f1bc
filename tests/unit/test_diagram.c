// SPDX-License-Identifier: GPL-2.0-or-later
/* Journeys become diagrams: lanes, crossings, contexts, gaps, words. */
#include <netinet/in.h>
#include <stdlib.h>

#include "check.h"
#include "diagram.h"
#include "diagram_words.h"
#include "journey.h"
#include "proto.h"
#include "render.h"

static struct diagram d;

/* A step of packet 1 by nc; of another packet, or of none; and in softirq on the idle CPU. */
#define AT(t, st, ...) OF(1, t, st, __VA_ARGS__)
#define OF(id, t, st, ...) \
	{ .skb = id, .t_ns = t, .stage = ST_##st, .tid = 7, .pid = 7, .comm = "nc", __VA_ARGS__ }
#define SOFTIRQ(t, st) { .skb = 1, .t_ns = t, .stage = ST_##st, .ctx = EV_CTX_SOFTIRQ }
#define STEPS(...) \
	{ .v = (struct step[]){ __VA_ARGS__ }, \
	  .n = sizeof((struct step[]){ __VA_ARGS__ }) / sizeof(struct step) }

/* The diagram in one line per item: kind, from lane, to lane, label. */
static const char *drawn_as(const struct journey *j, enum detail detail, enum lane_kind lane_kind)
{
	static const char kinds[] = "CS>RXGE";
	static char text[4096];
	size_t at = 0;

	diagram_free(&d);
	CHECK_INT(diagram_make(&d, j, detail, lane_kind, false), 0);
	text[0] = '\0';
	for (size_t i = 0; i < d.item_n; i++) {
		const struct item *it = &d.items[i];

		at += snprintf(text + at, sizeof(text) - at, "%c%s%s%s%s %s\n", kinds[it->kind],
			       it->lane >= 0 ? " " : "", it->lane >= 0 ? d.lanes[it->lane].brief : "",
			       it->to >= 0 ? " " : "", it->to >= 0 ? d.lanes[it->to].brief : "",
			       it->label);
	}
	return text;
}

static const char *drawn(const struct journey *j, enum detail detail)
{
	return drawn_as(j, detail, LANES_LAYER);
}

/* The note of the item with that label. */
static const char *note_of(const char *label)
{
	for (size_t i = 0; i < d.item_n; i++)
		if (!strcmp(d.items[i].label, label))
			return d.items[i].note;
	return NULL;
}

TEST(a_send_goes_through_its_lanes)
{
	const struct call c = {
		.tid = 7, .pid = 7, .comm = "nc", .op = OP_SENDTO, .fd = 5, .count = 78, .ret = 78,
		.start_ns = 1000, .end_ns = 9000, .begin_seen = true, .end_seen = true,
		.steps = STEPS(AT(1100, sock_sendmsg, .arg = 78), AT(1200, tcp_sendmsg),
			       AT(1300, tcp_push), AT(1400, tcp_write_xmit)),
	};
	const struct journey j = {
		.dir = DIR_SEND, .call = &c, .call_n = 4, .headed = true, .state = JOURNEY_COMPLETE,
		.steps = STEPS(AT(2000, ip_queue_xmit), AT(3000, ip_finish_output),
			       AT(4000, net_dev_xmit)),
	};

	CHECK_STR(drawn(&j, DETAIL_NORMAL),
		  "C nc[7]\n"
		  "> app sock sendto(fd 5, 78 B)\n"
		  "> sock TCP sock_sendmsg\n"
		  "S TCP tcp_sendmsg\n"
		  "> TCP IP tcp_write_xmit\n"
		  "> IP drv ip_queue_xmit\n"
		  "S drv net_dev_xmit\n"
		  "R sock app returns 78\n"
		  "E done\n");
	CHECK_STR(note_of("returns 78"), "8.0 µs in the call");
	CHECK(d.complete);
	CHECK_STR(drawn(&j, DETAIL_BRIEF),
		  "C nc[7]\n"
		  "> app sock sendto(fd 5, 78 B)\n"
		  "> sock TCP sock_sendmsg\n"
		  "> TCP IP tcp_sendmsg\n"
		  "> IP drv ip_queue_xmit\n"
		  "S drv net_dev_xmit\n"
		  "R sock app returns 78\n"
		  "E done\n");
	CHECK(strstr(drawn(&j, DETAIL_FULL), "S TCP tcp_push\n"));
	CHECK(strstr(drawn(&j, DETAIL_FULL), "> IP drv ip_finish_output\n"));
	diagram_free(&d);
}

TEST(a_blocked_reader_is_not_drawn_before_the_packet)
{
	const struct call c = {
		.tid = 7, .pid = 7, .comm = "nc", .op = OP_READ, .fd = 5, .count = 10, .ret = -11,
		.start_ns = 100, .end_ns = 90000, .begin_seen = true, .end_seen = true,
		.steps = STEPS(OF(0, 200, tcp_recvmsg), OF(0, 300, sk_wait_data),
			       OF(2, 80000, skb_copy_datagram_iter),
			       AT(81000, skb_copy_datagram_iter, .arg = 10)),
	};
	const struct journey j = {
		.dir = DIR_RECV, .call = &c, .call_first = 2, .call_n = 4, .headed = true, .skb = 1,
		.steps = STEPS(SOFTIRQ(50000, ip_rcv), SOFTIRQ(50300, tcp_v4_rcv)),
	};

	CHECK_STR(drawn(&j, DETAIL_NORMAL),
		  "C softirq NET_RX in swapper, idle\n"
		  "> IP TCP ip_rcv\n"
		  "> TCP sock tcp_v4_rcv\n"
		  "C nc[7]\n"
		  "S sock skb_copy_datagram_iter\n"
		  "R sock app returns -1 EAGAIN\n"
		  "E read\n");
	CHECK_STR(note_of("nc[7]"), "had been waiting 50.0 µs · runs after 30.7 µs");
	CHECK(d.items[4].waited);
	CHECK_INT(d.items[4].delta_ns, 30700);
	diagram_free(&d);
}

TEST(a_gap_stands_where_records_were_lost)
{
	const struct journey j = {
		.dir = DIR_RECV, .headed = true, .state = JOURNEY_LOST, .lost = 5, .lost_cpu = 2,
		.lost_after = 1,
		.steps = STEPS(AT(1, ip_rcv, .cpu = 2), AT(2, ip_rcv_core, .cpu = 2, .lost_before = 3),
			       AT(3, tcp_v4_rcv, .cpu = 2, .lost_before = 1)),
	};

	/* ip_rcv_core is hidden: its gap goes to the next step; no arrow crosses a gap. */
	CHECK_STR(drawn(&j, DETAIL_NORMAL),
		  "C nc[7]\n"
		  "S IP ip_rcv\n"
		  "G 4 records lost here on cpu2\n"
		  "S TCP tcp_v4_rcv\n"
		  "G 1 record lost here on cpu2\n"
		  "E \n");
	CHECK(!d.complete);
	CHECK(strstr(d.title[0], "incomplete: 5 records lost on cpu2"));
	diagram_free(&d);
}

TEST(a_drop_says_reason_place_and_advice)
{
	const struct journey j = {
		.dir = DIR_RECV, .headed = true, .state = JOURNEY_DROPPED, .ended = true,
		.end_how = EV_END_DROPPED, .end_ns = 5, .end_reason_name = "NO_SOCKET",
		.end_where = "tcp_v4_rcv", .end_step = { .tid = 7, .pid = 7, .comm = "nc" },
		.steps = STEPS(AT(1, tcp_v4_rcv)),
	};

	CHECK_STR(drawn(&j, DETAIL_BRIEF),
		  "C nc[7]\n"
		  "S TCP tcp_v4_rcv\n"
		  "X TCP NO_SOCKET in tcp_v4_rcv\n"
		  "E \n");
	CHECK(strstr(note_of("NO_SOCKET in tcp_v4_rcv"), "nobody listens"));
	CHECK_STR(d.title[1], "dropped: NO_SOCKET in tcp_v4_rcv");
	diagram_free(&d);
}

TEST(the_title_names_the_packet)
{
	struct journey j = {
		.number = 3, .dir = DIR_SEND, .headed = true, .family = 6, .proto = 6, .seq = 1001,
		.seq_rel = 1, .isn_known = true, .len = 78, .tcp_flags = 0x18, .dev = "eth0",
		.src = { .addr = { [0] = 0x20, 1, 0xd, 0xb8, [15] = 1 }, .port = 4 },
		.dst = { .addr = { [10] = 0xff, 0xff, 10, 0, 0, 2 }, .port = 80 },
		.steps = STEPS(AT(1, ip_output)),
	};

	drawn(&j, DETAIL_NORMAL);
	CHECK_STR(d.title[0], "TCP [2001:db8::1]:4 → 10.0.0.2:80 · [PSH, ACK] seq 1..79 (78 B) · eth0"
			      " · packet #3, complete");
	CHECK_STR(d.title[1], "sent by nc[7], not by a send call");
	j.state = JOURNEY_MIDWAY;
	j.isn_known = false;
	j.retransmit = true;
	j.again.of = 2;
	drawn(&j, DETAIL_NORMAL);
	CHECK_STR(d.title[0], "TCP [2001:db8::1]:4 → 10.0.0.2:80 · [PSH, ACK] seq 1001..1079 (78 B)"
			      " · eth0 · retransmission of #2 · packet #3,"
			      " incomplete: first seen at ip_output");
	j = (struct journey){ .dir = DIR_RECV, .state = JOURNEY_OPEN, .number = 1 };
	drawn(&j, DETAIL_NORMAL);
	CHECK_STR(d.title[0], "a packet whose headers were not seen · packet #1, not read yet");
	diagram_free(&d);
}

TEST(what_went_into_another_is_named)
{
	char out[WORDS_ROOM];
	struct journey j = {
		.dir = DIR_RECV, .headed = true, .state = JOURNEY_COMPLETE, .ended = true, .proto = IPPROTO_TCP,
		.end_how = EV_END_COALESCED, .end_ns = 5, .end_step = { .tid = 7, .pid = 7, .comm = "nc" },
		.steps = STEPS(AT(1, tcp_v4_rcv)), .len = 78, .tcp_flags = TCP_ACK,
	};

	drawn(&j, DETAIL_NORMAL);
	CHECK_STR(note_of("coalesced"), "its bytes went into the skb before it");
	j.into = 2;
	drawn(&j, DETAIL_NORMAL);
	CHECK_STR(note_of("coalesced"), "its bytes went into #2");
	j.len = 0;
	drawn(&j, DETAIL_NORMAL);
	CHECK_STR(note_of("coalesced"), "its ACK went into #2");
	j.tcp_flags |= TCP_FIN;
	drawn(&j, DETAIL_NORMAL);
	CHECK_STR(note_of("coalesced"), "its FIN went into #2");
	diagram_free(&d);
	CHECK_STR(words_proto(out, IPPROTO_UDPLITE), "UDP-Lite");
	CHECK_STR(words_proto(out, IPPROTO_GRE), "GRE");
	CHECK_STR(words_proto(out, 89), "IP protocol 89");
}

TEST(times_have_the_unit_that_keeps_them_short)
{
	char out[WORDS_ROOM];

	CHECK_STR(words_time(out, 0), "0.0 µs");
	CHECK_STR(words_time(out, 12449), "12.4 µs");
	CHECK_STR(words_time(out, 12450), "12.5 µs");
	CHECK_STR(words_time(out, 999949), "999.9 µs");
	CHECK_STR(words_time(out, 999950), "1.0 ms");
	CHECK_STR(words_time(out, 142800000), "142.8 ms");
	CHECK_STR(words_time(out, 2610000000), "2.61 s");
}

TEST(args_are_spelled_by_the_catalogue)
{
	char out[WORDS_ROOM];
	struct step s = { .stage = ST_nf_hook_slow, .arg = 0x203 };

	CHECK_STR(words_label(out, &s), "LOCAL_OUT");
	CHECK_STR(words_note(out, &s), "nf_hook_slow, IPv4");
	s.arg = 0xc63;
	CHECK_STR(words_label(out, &s), "nf_hook_slow");
	CHECK_STR(words_note(out, &s), "nf_hook_slow");
	s = (struct step){ .stage = ST_qdisc_enqueue };
	memcpy(&s.arg, "fq_codel", 8);
	CHECK_STR(words_note(out, &s), "fq_codel");
	s = (struct step){ .stage = ST_net_dev_xmit, .arg = 16, .dev = "eth0" };
	CHECK_STR(words_note(out, &s), "eth0: busy, goes back to the queue");
	s = (struct step){ .stage = ST_tcp_v4_do_rcv, .arg = 99 };
	CHECK_STR(words_note(out, &s), "state 99");
	CHECK_STR(words_flags(out, 0x12), "[SYN, ACK]");
	CHECK_STR(words_flags(out, 0), "[no flags]");
	CHECK_STR(words_return(out, -512), "-1 ERESTARTSYS");
	CHECK_STR(words_return(out, -4000), "-1, error 4000");
}

/* An interrupt raises the softirq in which the packet comes; the reader sleeps on another CPU. */
static struct frame rx = { .id = 1, .what = EV_FRAME_SOFTIRQ, .number = 3, .raised_ns = 4000, .began_ns = 9000,
			   .raised_ctx = EV_CTX_HARDIRQ, .raised_by = 27, .raised_name = "eth0-rx-0" };
static struct frame rx_again = { .id = 3, .what = EV_FRAME_SOFTIRQ, .number = 3, .began_ns = 10900 };
static struct frame rx_poll = { .id = 2, .what = EV_FRAME_POLL, .name = "eth0", .parent = &rx };

static const struct call woken = {
	.tid = 7, .pid = 7, .comm = "nc", .op = OP_READ, .fd = 5, .ret = 10, .start_ns = 100, .end_ns = 90000,
	.cpu_end = 1, .begin_seen = true, .end_seen = true, .wake_n = 1,
	.wakes = (struct wake[]){ { .t_ns = 11000, .run_ns = 46600, .run_cpu = 1,
		     .by = { .ctx = EV_CTX_SOFTIRQ, .frame = &rx_poll } } },
	.steps = STEPS(OF(0, 300, sk_wait_data), AT(50000, skb_copy_datagram_iter, .cpu = 1)),
};

TEST(a_wake_up_is_drawn_and_its_reader_says_since_when_it_runs)
{
	const struct journey j = {
		.dir = DIR_RECV, .skb = 1, .call = &woken, .call_first = 1, .call_n = 2, .headed = true, .state = JOURNEY_COMPLETE,
		.steps = STEPS({ .skb = 1, .t_ns = 10000, .stage = ST_ip_rcv, .ctx = EV_CTX_SOFTIRQ, .frame = &rx_poll }),
	};

	CHECK_STR(drawn(&j, DETAIL_NORMAL),
		  "C softirq NET_RX in swapper, idle\n"
		  "> IP sock ip_rcv\n"
		  "S sock wakes nc[7]\n"
		  "C nc[7]\n"
		  "S sock skb_copy_datagram_iter\n"
		  "R sock app returns 10\n"
		  "E read\n");
	CHECK_STR(note_of("softirq NET_RX in swapper, idle"),
		  "raised by irq 27 (eth0-rx-0) 5.0 µs before · polls eth0");
	CHECK_STR(note_of("wakes nc[7]"), "asleep 10.7 µs");
	CHECK_STR(note_of("nc[7]"), "runs 35.6 µs after it was woken");
	CHECK_STR(drawn_as(&j, DETAIL_NORMAL, LANES_CONTEXT),
		  "> irq 27 softirq raises NET_RX\n"
		  "S softirq NET_RX begins\n"
		  "S softirq IP: ip_rcv\n"
		  "> softirq nc wakes nc[7]\n"
		  "S nc runs\n"
		  "S nc sock: skb_copy_datagram_iter\n"
		  "S nc returns 10\n");
	CHECK_STR(note_of("runs"), "cpu1 · 35.6 µs after it was woken");
	diagram_free(&d);
}

TEST(another_softirq_is_another_context_but_in_brief)
{
	const struct journey j = {
		.dir = DIR_RECV, .skb = 1, .headed = true, .state = JOURNEY_COMPLETE,
		.steps = STEPS({ .skb = 1, .t_ns = 10000, .stage = ST_ip_rcv, .ctx = EV_CTX_SOFTIRQ, .frame = &rx_poll },
			       { .skb = 1, .t_ns = 10500, .stage = ST_ip_local_deliver, .ctx = EV_CTX_SOFTIRQ,
				 .frame = &rx },
			       { .skb = 1, .t_ns = 12000, .stage = ST_tcp_v4_rcv, .ctx = EV_CTX_SOFTIRQ,
				 .frame = &rx_again }),
	};
	const char *context = "C softirq NET_RX in swapper, idle\n";
	const char *first = strstr(drawn(&j, DETAIL_NORMAL), context);

	CHECK(first && strstr(first + 1, context) && !strstr(strstr(first + 1, context) + 1, context));
	first = strstr(drawn(&j, DETAIL_BRIEF), context);
	CHECK(first && !strstr(first + 1, context));
	diagram_free(&d);
}

TEST(more_entities_than_lanes_share_the_last)
{
	struct step steps[12];
	struct journey j = { .dir = DIR_RECV, .skb = 1, .headed = true, .state = JOURNEY_COMPLETE,
			     .steps = { .v = steps, .n = 12 } };

	for (unsigned int i = 0; i < 12; i++)
		steps[i] = (struct step){ .skb = 1, .t_ns = 1000 * i, .stage = ST_ip_rcv, .tid = i + 1,
					  .comm = "many" };
	drawn_as(&j, DETAIL_FULL, LANES_CONTEXT);
	CHECK_INT(d.lane_n, 9);
	CHECK_STR(d.lanes[0].brief, "many[1]");
	CHECK_STR(d.lanes[8].brief, "others");
	diagram_free(&d);
}

int main(void)
{
	return RUN(T(a_send_goes_through_its_lanes),
		   T(a_blocked_reader_is_not_drawn_before_the_packet),
		   T(a_gap_stands_where_records_were_lost), T(a_drop_says_reason_place_and_advice),
		   T(the_title_names_the_packet), T(what_went_into_another_is_named),
		   T(times_have_the_unit_that_keeps_them_short),
		   T(args_are_spelled_by_the_catalogue),
		   T(a_wake_up_is_drawn_and_its_reader_says_since_when_it_runs),
		   T(another_softirq_is_another_context_but_in_brief),
		   T(more_entities_than_lanes_share_the_last));
}
