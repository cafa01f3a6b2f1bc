/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What TCP keeps of a socket, in words. */
#ifndef SKBTRACE_TCP_WORDS_H
#define SKBTRACE_TCP_WORDS_H

#include "tcp.h"

enum { TCP_WORDS_ROOM = 512 };

/* What is not as it was before; NULL: all that says something. Empty if nothing has changed. */
char *words_tcp(char out[TCP_WORDS_ROOM], const struct tcp *before, const struct tcp *now);

#endif
