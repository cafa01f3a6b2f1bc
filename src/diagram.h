/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sequence diagram without layout: lifelines and items in order of time.
 * diagram_journey.c makes it from a journey, talk_diagram.c from a conversation; a
 * renderer only spells it.
 */
#ifndef SKBTRACE_DIAGRAM_H
#define SKBTRACE_DIAGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum item_kind {
	ITEM_CONTEXT,	/* from here on another CPU or task entity runs: label says which, note why */
	ITEM_STEP,	/* something happened on lifeline lane */
	ITEM_CROSS,	/* the same, and the packet crosses from lane to lane `to` */
	ITEM_RETURN,	/* a call returns: arrow from lane back to `to` */
	ITEM_DROP,	/* the packet died on lane: label says reason, note advice or place */
	ITEM_GAP,	/* records were lost here: label says how many */
	ITEM_END,	/* closes the last context; label may say how it ended */
	ITEM_PHASE,	/* from here on another part of the story: label says which */
};

/*
 * Strings are UTF-8, already complete, not yet escaped for any output.
 * They are owned by the diagram.
 */
struct item {
	enum item_kind kind;
	int lane, to;		/* index into diagram.lanes; -1: none */
	bool timed;		/* t_ns and delta_ns mean something */
	bool slowest;		/* the largest delta of the journey */
	bool thin;		/* ITEM_CROSS: it carries no data, or is not seen but told by a call stack */
	bool minor;		/* ITEM_STEP: says little beside the others */
	bool inferred;		/* nobody saw it: the two around it, or a call stack, prove it */
	bool waited;		/* the delta before this item is waiting: nobody worked on it */
	uint64_t t_ns;		/* since the first item */
	uint64_t delta_ns;	/* since the previous timed item */
	unsigned int cpu;
	int context;		/* 0 task, 1 softirq, 2 hard irq: for the colour of a group */
	char *label;		/* function, queue, hook or verdict */
	char *note;		/* what it says; may be empty, never NULL */
};

struct diagram {
	char **title;		/* lines above the diagram, most important first */
	size_t title_n;
	struct lane_head { char *brief, *wide; } *lanes;	/* only those visited, in order of drawing */
	size_t lane_n;
	struct item *items;
	size_t item_n, item_room;
	bool complete;		/* nothing is missing from it */
};

struct journey;
/* Draws a journey into d, whatever d was; detail, lane_kind, tcp: of render.h. 0 or -ENOMEM. */
int diagram_make(struct diagram *d, const struct journey *j, int detail, int lane_kind, bool tcp);
void diagram_free(struct diagram *d);

/* For those who make one. A new item with its words, and a new lane; NULL, -1: no memory. */
struct item *diagram_item(struct diagram *d, enum item_kind kind, const char *label, const char *note);
int diagram_lane(struct diagram *d, const char *brief, const char *wide);
/* Marks the longest of the deltas, if there are enough to compare. */
void diagram_mark_slowest(struct diagram *d);

#endif
