/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of ICMP: what a type and a code mean. */
#ifndef SKBTRACE_ICMP_WORDS_H
#define SKBTRACE_ICMP_WORDS_H

#include <stdbool.h>

#include "diagram_words.h"

/* ICMP, or ICMPv6. */
bool icmp_is(unsigned int proto);
/* Has it identifier and number (RFC 792, RFC 4443)? type: type << 8 | code. */
bool icmp_is_echo(unsigned int proto, unsigned int type);
/* Does it answer an echo? */
bool icmp_is_reply(unsigned int proto, unsigned int type);
/* "echo request", "port unreachable", "type 42, code 1". */
char *words_icmp(char out[WORDS_ROOM], unsigned int proto, unsigned int type);

#endif
