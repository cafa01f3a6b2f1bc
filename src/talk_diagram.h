/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A conversation as a diagram: a ladder between the programs at its ends. */
#ifndef SKBTRACE_TALK_DIAGRAM_H
#define SKBTRACE_TALK_DIAGRAM_H

#include "diagram.h"
#include "talk_view.h"
#include "tcp_words.h"

/* Draws it into d, whatever d was; detail, tcp: of render.h. 0 or -ENOMEM. */
int talk_diagram_make(struct diagram *d, const struct talk_view *v, int detail, bool tcp);

/* ---- talk_title.c, for talk_diagram.c ---- */

/* Adds the lines above it. 0 or -ENOMEM. */
int talk_title(struct diagram *d, const struct talk_view *v);
/* The device at an end: of the first packet that says it; empty: none does. */
const char *talk_dev(const struct talk_view *v, int end);

/* ---- talk_words.c, for talk_diagram.c: into the caller's buffer, which they return ---- */

enum { TALK_WORDS_ROOM = 512 };

/* What stands beside the event; brief: an arrival has no line of its own. */
char *talk_label(char out[TALK_WORDS_ROOM], const struct talk_view *v, const struct talk_event *e);
char *talk_note(char out[TALK_WORDS_ROOM], const struct talk_view *v, const struct talk_event *e, int detail);

/* ---- talk_tcp_words.c, likewise ---- */

/* Adds what TCP keeps of the socket there, as far as it is news for its end; told: of that end, {0} at first. */
void talk_note_tcp(char out[TALK_WORDS_ROOM], const struct talk_view *v, const struct talk_event *e,
		   struct tcp_told *told, int detail);

#endif
