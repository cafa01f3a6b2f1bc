/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where everything of a text diagram stands, in columns from 0:
 *
 *	time delta bar rail lanes... label note
 */
#ifndef SKBTRACE_TEXT_LAYOUT_H
#define SKBTRACE_TEXT_LAYOUT_H

#include "render.h"

#define TEXT_TIME_ROOM 16	/* bytes for text_time */

struct text_lane {
	unsigned int x;
	size_t first, last;	/* items that visit it; the lifeline runs between them */
	bool visited;
};

struct text_layout {
	unsigned int width;
	bool timed;		/* there are times; else nothing has a place for one */
	unsigned int time_end, delta_end;	/* columns after the numbers, aligned right */
	unsigned int bar_x, bar_w;
	unsigned int rail_x;
	unsigned int words_x, note_x;
	bool stagger;		/* the lanes' names take turns on two lines */
	bool stacked;		/* no room at the right: words stand beneath */
	uint64_t delta_max;	/* ns */
	struct text_lane *lanes;
	struct text_words {
		unsigned int label, note;	/* columns that they take */
	} *words;		/* of each item */
};

/*
 * A time of at most 8 columns: microseconds with one decimal, from 100 ms on
 * with the unit that keeps it short. Returns how many.
 */
size_t text_time(char out[TEXT_TIME_ROOM], uint64_t ns);

/* Whether the item's words are a label and a note beside the lanes. */
bool text_item_is_step(const struct item *item);

/* Column of the note of item i on the line of its label; 0: it stands better beneath. */
unsigned int text_note_column(const struct text_layout *l, size_t i);

/* d: its strings are clean already. 0 or -ENOMEM; text_layout_free() in either case. */
int text_layout_make(struct text_layout *l, const struct diagram *d, const struct render_opts *o);
void text_layout_free(struct text_layout *l);

#endif
