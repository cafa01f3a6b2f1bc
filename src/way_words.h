/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spells what a packet meets between hosts: queues, neighbours, ICMP, network namespaces. */
#ifndef SKBTRACE_WAY_WORDS_H
#define SKBTRACE_WAY_WORDS_H

#include "diagram_words.h"

/* What the step says of a queueing discipline, a neighbour, ICMP; empty if it is about none of them. */
char *words_way(char out[WORDS_ROOM], const struct step *s);
/* The network namespace of the step; empty: not known. */
char *words_host(char out[WORDS_ROOM], const struct step *s);
/* What conntrack takes a packet for, by ctinfo; NULL: not known. */
const char *ct_state(unsigned int info);
/* Do the steps of the journey lie in more than one? */
bool journey_roams(const struct journey *j);

#endif
