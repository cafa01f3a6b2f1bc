/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What TCP keeps of a socket, in words. */
#ifndef SKBTRACE_TCP_WORDS_H
#define SKBTRACE_TCP_WORDS_H

#include <stdbool.h>

#include "tcp.h"

enum { TCP_WORDS_ROOM = 512 };

/* What was told of a socket; {0} at first. */
struct tcp_told {
	bool any;
	struct rec_tcp r;	/* as it stood when each field was told last */
	const struct tcp *last;	/* of words_tcp */
};

/* What is not as it was before; NULL: all that says something. Empty if nothing has changed. */
char *words_tcp(char out[TCP_WORDS_ROOM], const struct tcp *before, const struct tcp *now);
/*
 * The same in few words, of what matters to both ends: what moves with each
 * packet (round trip time, windows) is told when it is more than a quarter off.
 */
char *words_tcp_brief(char out[TCP_WORDS_ROOM], struct tcp_told *told, const struct tcp *now);

#endif
