// SPDX-License-Identifier: GPL-2.0-or-later
/* What made TCP send a packet, and why its bytes had waited: by what is known of both ends. */
#include <string.h>

#include "check.h"
#include "talk_view.h"

enum { PSH = 8, ACK = 16 };
enum { CLIENT_TID = 7, SERVER_TID = 8, CLIENT_SOCK = 1, SERVER_SOCK = 2 };

static struct talks *talks;
static uint64_t numbers;

/* Of the packet that was sent last. */
static struct talk_pass last;
static char last_func[32];

static int give(void *ctx, const struct talk *t)
{
	struct talk_view v;

	(void)ctx;
	CHECK_INT(talk_view_make(&v, t, false), 0);
	for (size_t i = 0; i < v.pass_n; i++)
		if (v.passes[i].send)
			last = v.passes[i];
	snprintf(last_func, sizeof(last_func), "%s", last.cause_func ? last.cause_func : "");
	talk_view_free(&v);
	return 0;
}

static void start(void)
{
	numbers = 0;
	memset(&last, 0, sizeof(last));
	talks = talks_new(give, NULL);
}

static void end(void)
{
	CHECK_INT(talks_finish(talks), 0);
	talks_free(talks);
}

static const struct endpoint client = { .addr = { [15] = 7 }, .port = 40000 };
static const struct endpoint server = { .addr = { [15] = 8 }, .port = 80 };

/* One step is enough of a way: who took it, and where. */
struct at {
	uint64_t t_ns;
	uint8_t ctx;
	uint32_t tid;
	const struct frame *frame;
};

static uint64_t goes(enum stage_dir dir, bool from_client, struct at at, uint32_t seq, uint32_t len, uint32_t ack,
		     uint16_t window)
{
	struct step s = {
		.t_ns = at.t_ns, .ctx = at.ctx, .tid = at.tid, .frame = at.frame, .len = len,
		.stage = dir == DIR_SEND ? ST___tcp_transmit_skb : ST_tcp_v4_rcv, .skb = ++numbers,
	};
	struct journey j = {
		.number = numbers, .skb = numbers, .dir = dir, .state = JOURNEY_COMPLETE, .start_ns = at.t_ns,
		.seq = seq, .ack = ack, .len = len, .headed = true, .proto = 6, .window = window, .window_known = true,
		.tcp_flags = len ? PSH | ACK : ACK,
		.sock = from_client == (dir == DIR_SEND) ? CLIENT_SOCK : SERVER_SOCK, .steps = { &s, 1, 1 },
		.src = from_client ? client : server, .dst = from_client ? server : client,
	};

	CHECK_INT(talks_journey(talks, &j, false), 0);
	return numbers;
}

/* A call of the client. xmit: what tcp_write_xmit() said in it; 0: it was not asked. */
static void calls(enum op op, uint64_t from_ns, uint64_t to_ns, uint32_t seq_from, uint32_t seq_to, uint64_t xmit)
{
	struct step s = { .t_ns = from_ns, .stage = ST_tcp_write_xmit, .arg = xmit, .tid = CLIENT_TID };
	struct call c = {
		.id = ++numbers, .start_ns = from_ns, .end_ns = to_ns, .op = op, .tid = CLIENT_TID, .pid = CLIENT_TID,
		.ret = seq_to - seq_from, .seq_from = seq_from, .seq_to = seq_to, .begin_seen = true, .end_seen = true,
		.sock = CLIENT_SOCK, .proto = 6, .local = client, .remote = server, .steps = { &s, !!xmit, 1 },
	};

	CHECK_INT(talks_call(talks, &c), 0);
}

/* 100 B have left and wait for their ACK; 50 B more are written. window: of the ACK that came before that. */
static void writes_behind_another(uint64_t xmit, uint16_t window)
{
	goes(DIR_RECV, false, (struct at){ 50, EV_CTX_SOFTIRQ, 0, NULL }, 1, 0, 1, window);
	calls(OP_WRITE, 100, 120, 1, 101, 0);
	goes(DIR_SEND, true, (struct at){ 110, EV_CTX_TASK, CLIENT_TID, NULL }, 1, 100, 1, 64);
	calls(OP_WRITE, 200, 220, 101, 151, xmit);
	goes(DIR_RECV, false, (struct at){ 900, EV_CTX_SOFTIRQ, CLIENT_TID, NULL }, 1, 0, 101, 64);
	goes(DIR_SEND, true, (struct at){ 920, EV_CTX_SOFTIRQ, CLIENT_TID, NULL }, 101, 50, 1, 64);
}

TEST(data_goes_out_in_the_call_that_wrote_it)
{
	start();
	calls(OP_WRITE, 100, 120, 1, 101, 0);
	goes(DIR_SEND, true, (struct at){ 110, EV_CTX_TASK, CLIENT_TID, NULL }, 1, 100, 1, 64);
	end();
	CHECK_INT(last.cause, CAUSE_CALL);
	CHECK_INT(last.cause_op, OP_WRITE);
	CHECK_INT(last.queued_ns, 0);
}

TEST(a_small_segment_waits_for_the_ack_of_another)
{
	start();
	writes_behind_another(0, 64);
	end();
	CHECK_INT(last.cause, CAUSE_ARRIVAL);
	CHECK_INT(last.queued_ns, 700);
	CHECK_INT(last.hold, HOLD_NAGLE);
}

TEST(what_tcp_itself_says_comes_before_what_may_be_inferred)
{
	start();
	writes_behind_another(10ULL << 32 | 10, 64);
	end();
	CHECK_INT(last.hold, HOLD_CWND);
	start();
	writes_behind_another(10ULL << 32 | 1, 0);
	end();
	CHECK_INT(last.hold, HOLD_CLOSED);
}

TEST(more_in_flight_is_not_called_nagle)
{
	start();
	goes(DIR_RECV, false, (struct at){ 50, EV_CTX_SOFTIRQ, 0, NULL }, 1, 0, 1, 64);
	calls(OP_WRITE, 100, 120, 1, 201, 0);
	goes(DIR_SEND, true, (struct at){ 110, EV_CTX_TASK, CLIENT_TID, NULL }, 1, 100, 1, 64);
	goes(DIR_SEND, true, (struct at){ 111, EV_CTX_TASK, CLIENT_TID, NULL }, 101, 100, 1, 64);
	calls(OP_WRITE, 200, 220, 201, 251, 0);
	goes(DIR_RECV, false, (struct at){ 900, EV_CTX_SOFTIRQ, 0, NULL }, 1, 0, 201, 64);
	goes(DIR_SEND, true, (struct at){ 920, EV_CTX_SOFTIRQ, 0, NULL }, 201, 50, 1, 64);
	end();
	CHECK_INT(last.queued_ns, 700);
	CHECK_INT(last.hold, HOLD_UNKNOWN);
}

TEST(an_ack_may_be_late_by_a_timer_and_says_how_much)
{
	struct frame timer = { .what = EV_FRAME_TIMER, .func = "tcp_delack_timer", .refs = 1 };

	start();
	goes(DIR_RECV, false, (struct at){ 100, EV_CTX_SOFTIRQ, 0, NULL }, 1, 10, 1, 64);
	goes(DIR_SEND, true, (struct at){ 500, EV_CTX_SOFTIRQ, 0, &timer }, 1, 0, 11, 64);
	end();
	CHECK_INT(last.cause, CAUSE_LATER);
	CHECK_INT(last.acks_after_ns, 400);
	CHECK_STR(last_func, "tcp_delack_timer");
}

TEST(an_ack_may_be_sent_by_who_reads)
{
	start();
	calls(OP_READ, 50, 600, 1, 11, 0);
	goes(DIR_RECV, false, (struct at){ 100, EV_CTX_SOFTIRQ, CLIENT_TID, NULL }, 1, 10, 1, 64);
	goes(DIR_SEND, true, (struct at){ 500, EV_CTX_TASK, CLIENT_TID, NULL }, 1, 0, 11, 64);
	end();
	CHECK_INT(last.cause, CAUSE_CALL);
	CHECK_INT(last.cause_op, OP_READ);
}

TEST(what_comes_out_of_the_backlog_is_answered_in_the_task)
{
	uint64_t came;

	start();
	calls(OP_READ, 50, 600, 1, 11, 0);
	came = goes(DIR_RECV, false, (struct at){ 400, EV_CTX_TASK, CLIENT_TID, NULL }, 1, 10, 1, 64);
	goes(DIR_SEND, true, (struct at){ 500, EV_CTX_TASK, CLIENT_TID, NULL }, 1, 0, 11, 64);
	end();
	CHECK_INT(last.cause, CAUSE_ARRIVAL);
	CHECK_INT(last.cause_pass, came);
}

int main(void)
{
	return RUN(T(data_goes_out_in_the_call_that_wrote_it), T(a_small_segment_waits_for_the_ack_of_another),
		   T(what_tcp_itself_says_comes_before_what_may_be_inferred), T(more_in_flight_is_not_called_nagle),
		   T(an_ack_may_be_late_by_a_timer_and_says_how_much), T(an_ack_may_be_sent_by_who_reads),
		   T(what_comes_out_of_the_backlog_is_answered_in_the_task));
}
