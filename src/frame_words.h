/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of contexts: who ran, what made the CPU run it, and since when it
 * was wanted. Each function writes into the caller's buffer and returns it.
 */
#ifndef SKBTRACE_FRAME_WORDS_H
#define SKBTRACE_FRAME_WORDS_H

#include "diagram_words.h"
#include "journey.h"

/* From so many ns on, what was raised or woken waited long enough to be worth a word. */
enum { WORDS_WAIT_LEAST_NS = 1000 };

/* "NET_RX"; "" if no frame tells which softirq it was. */
const char *words_vector(const struct step *s);
/*
 * Who ran, without the CPU: "softirq NET_RX in curl[4121]", "irq 27 eth0-rx-0",
 * "ksoftirqd/0 · softirq NET_RX". guess: the vector where no frame tells it; "": not sure.
 */
char *words_context(char out[WORDS_ROOM], const struct step *s, const char *guess);
/*
 * Who had raised the softirq: "raised by irq 27 (eth0-rx-0) 3.1 µs before". Empty: not known.
 * full: with times of less than a microsecond, and where it was entered.
 */
char *words_raised(char out[WORDS_ROOM], const struct step *s, bool full);
/*
 * "polls eth0", "polls eth0: packet 3 of 5, budget 64". Empty: it is in no poll.
 */
char *words_poll(char out[WORDS_ROOM], const struct step *s, bool full);
/* "delayed ACK": what that function of the network's timers, tasklets and work items is for; NULL: not known. */
const char *words_purpose(const char *func);
/* "tcp_delack_timer (delayed ACK)"; func is not empty. */
char *words_func(char out[WORDS_ROOM], const char *func);
/* "after 1.2 ms in the qdisc"; wait: what moment_wait() says. */
char *words_wait(char out[WORDS_ROOM], uint64_t ns, const char *wait);
/* "runs 35.6 µs after it was woken". */
char *words_run(char out[WORDS_ROOM], const struct wake *w);

/* Was the softirq raised by the CPU's own timer? That has no handler, and asks for timers alone. */
bool raised_by_tick(const struct frame *softirq);
/* By an interrupt of another CPU? That has no handler either; of the two only it asks for NET_RX. */
bool raised_by_ipi(const struct frame *softirq);
/* Are the softirqs run by the thread that is there for them? */
bool step_in_ksoftirqd(const struct step *s);
/* Was the softirq raised by what it interrupts, or called it? */
bool step_raised_itself(const struct step *s);

#endif
