/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files share that draw a journey: the diagram that is being made. */
#ifndef SKBTRACE_DIAGRAM_DRAW_H
#define SKBTRACE_DIAGRAM_DRAW_H

#include "diagram_entity.h"
#include "diagram_words.h"

enum { NOTE_ROOM = 6 * WORDS_ROOM };

struct draw {
	struct diagram *d;
	const struct journey *j;
	struct moments m;
	int lane_at[LANE_N];	/* index of each layer in the diagram; -1: not visited, or entities are drawn */
	int *column;		/* of each moment that is shown: its lane in the diagram */
	int cpu_of[ENTITY_LANES];	/* where the entity of a lane ran last; -1: nowhere yet */
	const struct moment *last;	/* drawn last; NULL: none yet */
	uint64_t first_ns;
	int detail;		/* enum detail */
	bool roams;		/* it goes through several network namespaces */
	uint32_t netns;		/* that was said last */
	bool tells_tcp;
	const struct tcp *tcp;	/* what TCP kept that was said last; NULL: nothing yet */
	bool entities;		/* lanes are those who run, not layers */
	int err;
};

/* A new item with its words; NULL, and w->err, on no memory. */
struct item *draw_item(struct draw *w, enum item_kind kind, const char *label, const char *note);
/* Puts a fact behind those of a note. */
void note_add(char note[NOTE_ROOM], const char *fact);
/* The step of the same run by which the packet comes out of a poll; the moment's own if none does. */
const struct step *draw_polled(const struct draw *w, const struct moment *e);

/*
 * Says who runs from here on, after delta_ns of waiting for something (NULL: none); NULL: the same
 * as before, or no memory.
 */
struct item *draw_context(struct draw *w, const struct moment *e, uint64_t delta_ns, const char *wait);
/* What happened, on its lane, with where the packet goes on to. NULL: no memory. */
struct item *draw_moment(struct draw *w, size_t i);

#endif
