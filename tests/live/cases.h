/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the cases share. */
#ifndef CASES_H
#define CASES_H

#include "pair.h"

/* Of the case that is made: that of its server. */
extern unsigned int port;

/* The truth of the case that was just made. */
void say(const struct pair *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- cases_ways.c: ways to read and to write ---- */

void case_peek(void);
void case_partial(void);
void case_sendfile(void);
void case_splice(void);
void case_splice_out(void);
void case_vector(void);

/* ---- cases_uring.c ---- */

void case_uring_send(void);
void case_uring_recv(void);
void case_uring_both(void);
void case_uring_vector(void);
void case_uring_worker(void);
void case_uring_room(void);
void case_uring_whole(void);
void case_uring_connect(void);
void case_uring_shots(void);
void case_uring_polled(void);

/* ---- cases_cpu.c: other CPUs, other tasks ---- */

void case_rps(void);
void case_threaded(void);
void case_ksoftirqd(void);

/* ---- cases_hold.c: what keeps bytes in the write queue ---- */

void case_cwnd(void);
void case_soon(void);
void case_pacing(void);
void case_tsq(void);

/* ---- cases_odd.c: segments that are not just the next bytes ---- */

void case_partly(void);
void case_beyond(void);
void case_echo(void);
void case_collapse(void);
void case_piece(void);
void case_copied(void);

#endif
