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
void case_uring_vector(void);
void case_uring_worker(void);
void case_uring_polled(void);

#endif
