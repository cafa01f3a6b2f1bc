/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of a diagram: each function writes into the caller's buffer and returns it. */
#ifndef SKBTRACE_DIAGRAM_WORDS_H
#define SKBTRACE_DIAGRAM_WORDS_H

#include "journey.h"

enum { WORDS_ROOM = 160 };

/* "12.4 µs", "142.8 ms", "2.61 s". */
char *words_time(char out[WORDS_ROOM], uint64_t ns);
/* "10.0.0.1:80", "[2001:db8::1]:80"; without the port where the protocol has none. */
char *words_endpoint(char out[WORDS_ROOM], const struct endpoint *e, bool ports);
/* "TCP", "UDP", "IP protocol 89". */
char *words_proto(char out[WORDS_ROOM], unsigned int number);
/* "[SYN, ACK]". */
char *words_flags(char out[WORDS_ROOM], unsigned int tcp_flags);
/* What a diagram calls the step, and what the step says besides (may be empty). */
char *words_label(char out[WORDS_ROOM], const struct step *s);
char *words_note(char out[WORDS_ROOM], const struct step *s);
/* "curl[4121]", "swapper, idle", "task 4121". */
char *words_task(char out[WORDS_ROOM], const char *comm, uint32_t tid, uint32_t pid);
/* "sendto(fd 5, 78 B)". */
char *words_call(char out[WORDS_ROOM], const struct call *c);
/* Who ran a request of io_uring, if not who submitted it at once; else empty. */
char *words_ran(char out[WORDS_ROOM], const struct call *c);
/* "78", "-1 EAGAIN". */
char *words_return(char out[WORDS_ROOM], int64_t ret);
/* What became of the skb: "freed", "coalesced", "dropped". */
const char *words_end(const struct journey *j);
/* "NO_SOCKET", "no reason given", "reason 14". */
char *words_reason(char out[WORDS_ROOM], const struct journey *j);

/* Of which packets a retransmission has the bytes: "retransmission of #4", "a part of #4, sent again". */
char *words_again(char out[WORDS_ROOM], const struct journey *j);

#endif
