/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What TCP kept of a socket as it passed a step. Counted: who keeps a step
 * keeps it (step_list_add does).
 */
#ifndef SKBTRACE_TCP_H
#define SKBTRACE_TCP_H

#include <stdint.h>

#include "event.h"

struct tcp {
	struct rec_tcp r;
	unsigned int refs;
};

/* snd_ssthresh before there was a loss: include/net/tcp.h, TCP_INFINITE_SSTHRESH. */
enum { TCP_NO_THRESHOLD = 0x7fffffff };

/* A copy with one holder; NULL on no memory. */
const struct tcp *tcp_new(const struct rec_tcp *r);
/* NULL is fine. */
void tcp_hold(const struct tcp *t);
void tcp_drop(const struct tcp *t);

/* "Open", "Recovery"; NULL: a state without a name. */
const char *tcp_ca_name(const struct tcp *t);

#endif
