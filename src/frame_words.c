// SPDX-License-Identifier: GPL-2.0-or-later
/* Spells contexts: tasks, interrupts, softirqs, polls, timers. */
#include "frame_words.h"

#include <stdio.h>
#include <string.h>

const char *words_purpose(const char *func)
{
	static const struct { const char *func, *meaning; } known[] = {
		{ "tcp_write_timer", "retransmission or probe" },
		{ "tcp_delack_timer", "delayed ACK" },
		{ "tcp_keepalive_timer", "keepalive" },
		{ "tcp_compressed_ack_kick", "compressed ACK" },
		{ "tcp_pace_kick", "pacing" },
		{ "tcp_tasklet_func", "TSQ: the queue has room again" },
		{ "tcp_tsq_workfn", "TSQ: the queue has room again" },
		{ "reqsk_timer_handler", "SYN-ACK again" },
		{ "tw_timer_handler", "TIME_WAIT is over" },
		{ "neigh_timer_handler", "neighbour" },
		{ "qdisc_watchdog", "the qdisc's next packet is due" },
		{ "napi_watchdog", "deferred poll" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(known[i].func, func))
			return known[i].meaning;
	return NULL;
}

char *words_func(char out[WORDS_ROOM], const char *func)
{
	const char *purpose = words_purpose(func);

	if (purpose)
		snprintf(out, WORDS_ROOM, "%.80s (%s)", func, purpose);
	else
		snprintf(out, WORDS_ROOM, "%.80s", func);
	return out;
}

const char *words_vector(const struct step *s)
{
	const struct frame *fr = frame_find(s->frame, EV_FRAME_SOFTIRQ);
	const char *name = fr ? softirq_name(fr->number) : NULL;

	/* Its softirq may have been lost, but nothing else polls. */
	if (!fr && s->frame && s->frame->what == EV_FRAME_POLL)
		return "NET_RX";
	return name ? name : "";
}

bool step_in_ksoftirqd(const struct step *s)
{
	return s->ctx == EV_CTX_SOFTIRQ && !strncmp(s->comm, "ksoftirqd/", 10);
}

bool step_raised_itself(const struct step *s)
{
	const struct frame *fr = frame_find(s->frame, EV_FRAME_SOFTIRQ);

	return fr && fr->raised_ns && fr->raised_ctx == EV_CTX_TASK && fr->raised_tid == s->tid;
}

static bool raised_unnamed(const struct frame *softirq, const char *a, const char *b)
{
	const char *vector = softirq_name(softirq->number);

	return softirq->raised_ctx == EV_CTX_HARDIRQ && softirq->raised_by && !*softirq->raised_name &&
	       vector && (!strcmp(vector, a) || !strcmp(vector, b));
}

bool raised_by_tick(const struct frame *softirq)
{
	return raised_unnamed(softirq, "TIMER", "HRTIMER");
}

bool raised_by_ipi(const struct frame *softirq)
{
	return !*softirq->func && raised_unnamed(softirq, "NET_RX", "NET_TX");
}

static void say_softirq(char out[WORDS_ROOM], const struct step *s, const char *task,
			const char *guess)
{
	const char *vector = *words_vector(s) ? words_vector(s) : guess;
	char func[WORDS_ROOM] = "";

	if (s->frame && *s->frame->func && s->frame->what != EV_FRAME_SOFTIRQ)
		words_func(func, s->frame->func);
	if (step_in_ksoftirqd(s))
		snprintf(out, WORDS_ROOM, "%.16s · softirq%s%s%s%.90s", s->comm,
			 *vector ? " " : "", vector, *func ? " · " : "", func);
	else
		snprintf(out, WORDS_ROOM, "softirq%s%s in %.50s%s%.80s", *vector ? " " : "", vector,
			 task, *func ? " · " : "", func);
}

static void say_hardirq(char out[WORDS_ROOM], const struct step *s, const char *task)
{
	const struct frame *irq = frame_find(s->frame, EV_FRAME_IRQ);
	char func[WORDS_ROOM] = "";

	if (s->frame && *s->frame->func)
		words_func(func, s->frame->func);
	if (irq)
		snprintf(out, WORDS_ROOM, "irq %u%s%s%s%.80s", irq->number, *irq->name ? " " : "", irq->name,
			 *irq->func ? " · " : "", irq->func);
	else if (frame_find(s->frame, EV_FRAME_IPI))
		snprintf(out, WORDS_ROOM, "interrupt from another CPU");
	else if (s->frame)
		snprintf(out, WORDS_ROOM, "timer interrupt%s%.100s", *func ? " · " : "", func);
	else
		snprintf(out, WORDS_ROOM, "hard irq in %.100s", task);
}

static void say_task(char out[WORDS_ROOM], const struct step *s, const char *task)
{
	const char *what = s->frame ? frame_name(s->frame->what) : NULL;
	char func[WORDS_ROOM];

	if (!what)
		snprintf(out, WORDS_ROOM, "%s", task);
	else if (s->frame->what == EV_FRAME_POLL)
		snprintf(out, WORDS_ROOM, "%.80s · %s", task,
			 strncmp(s->comm, "napi/", 5) ? "busy poll" : "threaded NAPI");
	else if (*s->frame->func)
		snprintf(out, WORDS_ROOM, "%.50s · %s %.90s", task, what,
			 words_func(func, s->frame->func));
	else
		snprintf(out, WORDS_ROOM, "%.80s · %s", task, what);
}

char *words_context(char out[WORDS_ROOM], const struct step *s, const char *guess)
{
	char task[WORDS_ROOM];

	words_task(task, s->comm, s->tid, s->pid);
	switch (s->ctx) {
	case EV_CTX_SOFTIRQ:
		say_softirq(out, s, task, guess);
		break;
	case EV_CTX_HARDIRQ:
		say_hardirq(out, s, task);
		break;
	case EV_CTX_NMI:
		snprintf(out, WORDS_ROOM, "NMI in %.*s", WORDS_ROOM / 2, task);
		break;
	default:
		say_task(out, s, task);
	}
	return out;
}

/* Who raised it; the interrupts of the CPU's own timer and of other CPUs have no handler. */
static void say_raiser(char out[WORDS_ROOM], const struct frame *fr, const struct step *s, bool full)
{
	bool handler = full && fr->by_handler && *fr->func;

	const char *vector = softirq_name(fr->raised_by);
	char task[WORDS_ROOM];

	switch (fr->raised_ctx) {
	case EV_CTX_HARDIRQ:
		if (*fr->raised_name)
			snprintf(out, WORDS_ROOM, "raised by irq %u (%s%s%.40s)", fr->raised_by, fr->raised_name,
				 handler ? ", " : "", handler ? fr->func : "");
		else if (raised_by_tick(fr))
			snprintf(out, WORDS_ROOM, "raised by the tick");
		else if (*fr->func)
			snprintf(out, WORDS_ROOM, "raised by timer %.100s", words_func(task, fr->func));
		else if (raised_by_ipi(fr))
			snprintf(out, WORDS_ROOM, "raised by another CPU");
		else
			snprintf(out, WORDS_ROOM, "raised by interrupt %u", fr->raised_by);
		break;
	case EV_CTX_SOFTIRQ:
		snprintf(out, WORDS_ROOM, "raised by softirq %s", vector ? vector : "");
		break;
	case EV_CTX_NMI:
		snprintf(out, WORDS_ROOM, "raised by an NMI");
		break;
	default:
		if (step_raised_itself(s))
			snprintf(out, WORDS_ROOM, "raised there");
		else
			snprintf(out, WORDS_ROOM, "raised by %.80s",
				 words_task(task, fr->raised_name, fr->raised_tid, 0));
	}
}

char *words_raised(char out[WORDS_ROOM], const struct step *s, bool full)
{
	const struct frame *fr = frame_find(s->frame, EV_FRAME_SOFTIRQ);
	char raiser[WORDS_ROOM], time[WORDS_ROOM] = "", where[32] = "";
	uint64_t waited;

	*out = 0;
	if (!fr || !fr->raised_ns)
		return out;
	waited = fr->began_ns > fr->raised_ns ? fr->began_ns - fr->raised_ns : 0;
	say_raiser(raiser, fr, s, full);
	if (full || waited >= WORDS_WAIT_LEAST_NS)
		words_time(time, waited);
	if (full && !step_in_ksoftirqd(s) && fr->raised_ctx == EV_CTX_HARDIRQ)
		snprintf(where, sizeof(where), " · at irq exit");
	else if (full && step_raised_itself(s) && !step_in_ksoftirqd(s))
		snprintf(where, sizeof(where), " · at local_bh_enable");
	snprintf(out, WORDS_ROOM, "%.80s%s%.20s%s%s", raiser, *time ? " " : "", time,
		 *time ? " before" : "", where);
	return out;
}

char *words_poll(char out[WORDS_ROOM], const struct step *s, bool full)
{
	uint32_t nth = s->nth;
	const struct frame *fr = frame_find(s->frame, EV_FRAME_POLL);
	const char *dev;
	int n;

	*out = 0;
	if (!fr) {
		fr = frame_find(s->frame, EV_FRAME_SOFTIRQ);
		if (!fr || !fr->polled)
			return out;
	}
	dev = fr->what == EV_FRAME_POLL ? fr->name : fr->dev;
	n = snprintf(out, WORDS_ROOM, "polls %s", *dev ? dev : "the backlog");
	if (nth && (full || nth > 1 || fr->work > 1)) {
		n += snprintf(out + n, WORDS_ROOM - n, ": packet %u", nth);
		if (fr->polled && nth <= fr->work)
			n += snprintf(out + n, WORDS_ROOM - n, " of %u", fr->work);
	}
	if (full && fr->budget)
		snprintf(out + n, WORDS_ROOM - n, ", budget %u", fr->budget);
	return out;
}

char *words_wait(char out[WORDS_ROOM], uint64_t ns, const char *wait)
{
	bool where = !strncmp(wait, "in ", 3) || !strncmp(wait, "for ", 4);
	char time[WORDS_ROOM];

	words_time(time, ns);
	if (!strcmp(wait, "handed over"))
		snprintf(out, WORDS_ROOM, "after %.20s", time);
	else
		snprintf(out, WORDS_ROOM, "after %.20s%s %.100s", time, where ? "" : ":", wait);
	return out;
}

char *words_run(char out[WORDS_ROOM], const struct wake *w)
{
	char time[WORDS_ROOM];

	words_time(time, w->run_ns - w->t_ns);
	snprintf(out, WORDS_ROOM, "runs %.20s after it was woken", time);
	return out;
}
