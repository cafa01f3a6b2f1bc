// SPDX-License-Identifier: GPL-2.0-or-later
/* Contexts are spelled: who ran, who had raised it, which poll, how long it waited. */
#include "check.h"
#include "frame_words.h"

static char out[WORDS_ROOM];

static struct frame softirq(unsigned int vector)
{
	return (struct frame){ .id = 1, .what = EV_FRAME_SOFTIRQ, .number = vector, .tid = 7,
			       .began_ns = 5000 };
}

static struct step step_in(const struct frame *fr, unsigned int ctx, const char *comm)
{
	struct step s = { .tid = 7, .pid = 7, .ctx = ctx, .frame = fr };

	strncpy(s.comm, comm, sizeof(s.comm) - 1);
	return s;
}

TEST(softirqs_are_told_by_their_vector_and_their_task)
{
	struct frame rx = softirq(3), odd = softirq(77);
	struct frame timer = { .id = 2, .what = EV_FRAME_TIMER, .parent = &rx, .func = "tcp_delack_timer" };
	struct step s = step_in(&rx, EV_CTX_SOFTIRQ, "curl");

	CHECK_STR(words_context(out, &s, ""), "softirq NET_RX in curl[7]");
	s = step_in(NULL, EV_CTX_SOFTIRQ, "curl");
	CHECK_STR(words_context(out, &s, ""), "softirq in curl[7]");
	CHECK_STR(words_context(out, &s, "NET_RX"), "softirq NET_RX in curl[7]");
	s = step_in(&odd, EV_CTX_SOFTIRQ, "curl");
	CHECK_STR(words_context(out, &s, ""), "softirq in curl[7]");
	s = step_in(&rx, EV_CTX_SOFTIRQ, "ksoftirqd/1");
	CHECK_STR(words_context(out, &s, ""), "ksoftirqd/1 · softirq NET_RX");
	rx.number = 1;
	s = step_in(&timer, EV_CTX_SOFTIRQ, "curl");
	CHECK_STR(words_context(out, &s, "NET_RX"),
		  "softirq TIMER in curl[7] · tcp_delack_timer (delayed ACK)");
	timer.parent = NULL;
	timer.what = EV_FRAME_POLL;
	*timer.func = '\0';
	CHECK_STR(words_context(out, &s, ""), "softirq NET_RX in curl[7]");
}

TEST(interrupts_and_threads_are_told_by_what_they_do)
{
	struct frame irq = { .what = EV_FRAME_IRQ, .number = 27, .name = "eth0-rx-0" };
	struct frame tick = { .what = EV_FRAME_TICK };
	struct frame hrtimer = { .what = EV_FRAME_HRTIMER, .parent = &tick, .func = "tcp_pace_kick" };
	struct frame poll = { .what = EV_FRAME_POLL, .name = "eth0" };
	struct frame work = { .what = EV_FRAME_WORK, .func = "some_work" };
	struct step s = step_in(&irq, EV_CTX_HARDIRQ, "curl");

	CHECK_STR(words_context(out, &s, ""), "irq 27 eth0-rx-0");
	strcpy(irq.func, "igb_msix_ring");
	CHECK_STR(words_context(out, &s, ""), "irq 27 eth0-rx-0 · igb_msix_ring");
	s.frame = &hrtimer;
	CHECK_STR(words_context(out, &s, ""), "timer interrupt · tcp_pace_kick (pacing)");
	s.frame = NULL;
	CHECK_STR(words_context(out, &s, ""), "hard irq in curl[7]");
	s = step_in(&poll, EV_CTX_TASK, "napi/eth0-33");
	CHECK_STR(words_context(out, &s, ""), "napi/eth0-33[7] · threaded NAPI");
	s = step_in(&poll, EV_CTX_TASK, "curl");
	CHECK_STR(words_context(out, &s, ""), "curl[7] · busy poll");
	s = step_in(&work, EV_CTX_TASK, "kworker/1:2");
	CHECK_STR(words_context(out, &s, ""), "kworker/1:2[7] · work some_work");
	work.what = EV_FRAME_NONE;
	CHECK_STR(words_context(out, &s, ""), "kworker/1:2[7]");
}

TEST(who_raised_a_softirq_is_said_and_how_long_before)
{
	struct frame rx = softirq(3);
	struct step s = step_in(&rx, EV_CTX_SOFTIRQ, "curl");

	CHECK_STR(words_raised(out, &s, true), "");
	rx.raised_ns = 1900;
	rx.raised_ctx = EV_CTX_HARDIRQ;
	rx.raised_by = 27;
	strcpy(rx.raised_name, "eth0-rx-0");
	CHECK_STR(words_raised(out, &s, false), "raised by irq 27 (eth0-rx-0) 3.1 µs before");
	CHECK_STR(words_raised(out, &s, true), "raised by irq 27 (eth0-rx-0) 3.1 µs before · at irq exit");
	strcpy(rx.func, "qdisc_watchdog");
	CHECK_STR(words_raised(out, &s, true), "raised by irq 27 (eth0-rx-0) 3.1 µs before · at irq exit");
	strcpy(rx.func, "igb_msix_ring");
	rx.by_handler = true;
	CHECK_STR(words_raised(out, &s, false), "raised by irq 27 (eth0-rx-0) 3.1 µs before");
	CHECK_STR(words_raised(out, &s, true), "raised by irq 27 (eth0-rx-0, igb_msix_ring) 3.1 µs before · at irq exit");
	*rx.func = 0;
	rx.by_handler = false;
	rx.raised_ns = 4500;
	CHECK_STR(words_raised(out, &s, false), "raised by irq 27 (eth0-rx-0)");
	*rx.raised_name = '\0';
	CHECK_STR(words_raised(out, &s, false), "raised by another CPU");
	rx.number = 7;
	CHECK_STR(words_raised(out, &s, false), "raised by interrupt 27");
	rx.number = 1;
	CHECK_STR(words_raised(out, &s, false), "raised by the tick");
	rx.raised_ctx = EV_CTX_SOFTIRQ;
	rx.raised_by = 3;
	CHECK_STR(words_raised(out, &s, false), "raised by softirq NET_RX");
	rx.raised_ctx = EV_CTX_TASK;
	rx.raised_tid = 7;
	CHECK_STR(words_raised(out, &s, true), "raised there 0.5 µs before · at local_bh_enable");
	CHECK(step_raised_itself(&s));
	rx.raised_tid = 8;
	strcpy(rx.raised_name, "nginx");
	CHECK_STR(words_raised(out, &s, false), "raised by nginx[8]");
	CHECK(!step_raised_itself(&s));
	s = step_in(&rx, EV_CTX_SOFTIRQ, "ksoftirqd/1");
	rx.raised_ctx = EV_CTX_HARDIRQ;
	CHECK(!strstr(words_raised(out, &s, true), "irq exit"));
}

TEST(a_poll_tells_its_device_and_the_place_in_its_batch)
{
	struct frame rx = softirq(3);
	struct frame poll = { .id = 2, .what = EV_FRAME_POLL, .name = "eth0", .budget = 64, .parent = &rx };
	struct step s = step_in(&poll, EV_CTX_SOFTIRQ, "curl");

	s.nth = 1;
	CHECK_STR(words_poll(out, &s, false), "polls eth0");
	s.nth = 3;
	CHECK_STR(words_poll(out, &s, false), "polls eth0: packet 3");
	poll.polled = true;
	poll.work = 5;
	s.nth = 3;
	CHECK_STR(words_poll(out, &s, false), "polls eth0: packet 3 of 5");
	s.nth = 1;
	CHECK_STR(words_poll(out, &s, true), "polls eth0: packet 1 of 5, budget 64");
	s.nth = 6;
	CHECK_STR(words_poll(out, &s, false), "polls eth0: packet 6");
	s.frame = &rx;
	s.nth = 1;
	CHECK_STR(words_poll(out, &s, true), "");
	rx.polled = true;
	rx.work = 1;
	s.nth = 1;
	CHECK_STR(words_poll(out, &s, false), "polls the backlog");
}

TEST(waits_are_told_with_what_was_waited_for)
{
	CHECK_STR(words_wait(out, 1200000, "in the qdisc"), "after 1.2 ms in the qdisc");
	CHECK_STR(words_wait(out, 100, "the reader wakes up"), "after 0.1 µs: the reader wakes up");
	CHECK_STR(words_wait(out, 100, "handed over"), "after 0.1 µs");
	CHECK_STR(words_run(out, &(struct wake){ .t_ns = 400, .run_ns = 36000 }),
		  "runs 35.6 µs after it was woken");
}

TEST(frames_meet_if_one_is_in_the_other)
{
	struct frame a = softirq(3), b = softirq(3);
	struct frame poll = { .id = 2, .what = EV_FRAME_POLL, .parent = &a };
	struct frame next = { .id = 3, .what = EV_FRAME_POLL, .parent = &a };

	b.id = 4;
	CHECK(frames_meet(&poll, &a) && frames_meet(&a, &poll) && frames_meet(&a, &a));
	CHECK(!frames_meet(&poll, &next) && !frames_meet(&a, &b) && !frames_meet(&poll, &b));
	CHECK(frames_meet(NULL, &a) && frames_meet(&a, NULL));
	next.cpu = 1;
	CHECK(!frames_meet(&next, &poll));
}

int main(void)
{
	return RUN(T(softirqs_are_told_by_their_vector_and_their_task),
		   T(interrupts_and_threads_are_told_by_what_they_do),
		   T(who_raised_a_softirq_is_said_and_how_long_before),
		   T(a_poll_tells_its_device_and_the_place_in_its_batch),
		   T(waits_are_told_with_what_was_waited_for),
		   T(frames_meet_if_one_is_in_the_other));
}
