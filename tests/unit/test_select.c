// SPDX-License-Identifier: GPL-2.0-or-later
/* What --only reads, says, and chooses. */
#include <errno.h>

#include "check.h"
#include "select.h"

static char why[256];

static struct select chosen(const char *arg)
{
	struct select s = { 0 };

	CHECK_INT(select_set_only(&s, arg, why, sizeof(why)), 0);
	return s;
}

/* What is read is said again in the order of the list. */
static const char *again(const char *arg)
{
	struct select s = chosen(arg);
	static char text[256];
	FILE *out = fmemopen(text, sizeof(text), "w");

	select_say_only(&s, out);
	fclose(out);
	return text;
}

static const char *refused(const char *arg)
{
	struct select s = { 0 };

	why[0] = '\0';
	CHECK_INT(select_set_only(&s, arg, why, sizeof(why)), -EINVAL);
	return why;
}

TEST(words)
{
	struct select s = chosen("slower-than=3ms,slower-than=2ms");

	CHECK_STR(again("dropped"), "--only dropped");
	CHECK_STR(again("blocked,dropped,reordered,retransmitted"),
		  "--only dropped,retransmitted,reordered,blocked");
	CHECK_STR(again("slower-than=1.5s"), "--only slower-than=1500ms");
	CHECK_STR(again("slower-than=0s"), "--only slower-than=0s");
	CHECK_STR(again("slower-than=1001ns"), "--only slower-than=1001ns");
	CHECK_INT(s.slower_ns, 2000000);
	CHECK_INT(select_set_only(&s, "slower-than=7ms", why, sizeof(why)), 0);
	CHECK_INT(s.slower_ns, 2000000);
}

TEST(refusals)
{
	CHECK_STR(refused("dropped,blockd"), "--only blockd: did you mean blocked?");
	CHECK_STR(refused(","), "--only \"\": a choice is dropped, retransmitted, reordered, blocked"
		  " or slower-than=TIME");
	CHECK_STR(refused("slower-than=1m"),
		  "--only slower-than=1m: a time is a number and ns, us, ms or s, such as 250us");
	CHECK_STR(refused("blocked="), "--only blocked=: blocked takes no value");
}

TEST(nothing_given_is_all)
{
	const struct select s = { 0 };
	const struct journey j = { 0 };

	CHECK_INT(select_journey(&s, &j), 1);
}

TEST(one_word_suffices)
{
	const struct select s = chosen("dropped,retransmitted,reordered");
	struct journey j = { .state = JOURNEY_COMPLETE };

	CHECK_INT(select_journey(&s, &j), 0);
	j.reordered = true;
	CHECK_INT(select_journey(&s, &j), 1);
	j.reordered = false;
	j.retransmit = true;
	CHECK_INT(select_journey(&s, &j), 1);
	j.retransmit = false;
	j.state = JOURNEY_DROPPED;
	CHECK_INT(select_journey(&s, &j), 1);
}

/* A call of [100, 900] with a step of that stage at 300; the packet has steps at 400 and 500. */
static int of_call(const char *arg, enum stage_dir dir, enum stage_id stage)
{
	const struct select s = chosen(arg);
	struct step own[] = {
		{ .t_ns = 400, .stage = ST_ip_output }, { .t_ns = 500, .stage = ST_net_dev_xmit },
	};
	struct step made = { .t_ns = 300, .stage = stage };
	const struct call c = {
		.start_ns = 100, .end_ns = 900, .begin_seen = true, .end_seen = true,
		.steps = { &made, 1, 1 },
	};
	const struct journey j = {
		.dir = dir, .steps = { own, 2, 2 }, .call = &c, .call_n = dir == DIR_SEND,
	};

	return select_journey(&s, &j);
}

TEST(who_slept)
{
	CHECK_INT(of_call("blocked", DIR_SEND, ST_sk_stream_wait_memory), 1);
	CHECK_INT(of_call("blocked", DIR_SEND, ST_tcp_sendmsg), 0);
	CHECK_INT(of_call("blocked", DIR_RECV, ST_sk_wait_data), 1);
}

TEST(from_the_first_thing_to_the_last)
{
	CHECK_INT(of_call("slower-than=799ns", DIR_SEND, ST_tcp_sendmsg), 1);
	CHECK_INT(of_call("slower-than=800ns", DIR_SEND, ST_tcp_sendmsg), 0);
	/* A reader that waited began before the packet did. */
	CHECK_INT(of_call("slower-than=499ns", DIR_RECV, ST_tcp_recvmsg), 1);
	CHECK_INT(of_call("slower-than=500ns", DIR_RECV, ST_tcp_recvmsg), 0);
}

int main(void)
{
	return RUN(T(words), T(refusals), T(nothing_given_is_all), T(one_word_suffices),
		   T(who_slept), T(from_the_first_thing_to_the_last));
}
