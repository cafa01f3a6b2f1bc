// SPDX-License-Identifier: GPL-2.0-or-later
/* Decides which columns the parts of a text diagram get; the words lose as little as possible. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "term.h"
#include "text_layout.h"

#define NUMBER_LEAST 5		/* columns: diagrams of up to a millisecond look alike */
#define WIDE_TERMINAL 120	/* columns from which the bar of the deltas is worth more room */
#define LABEL_LEAST 26		/* columns: the longest function name of the catalogue */
#define NOTE_LEAST 12		/* columns kept for notes when labels are long */
#define NOTE_WRAPS 28		/* columns in which a note may take several lines */

/* Tenths of a microsecond, as "12.3". */
static size_t microseconds(char out[TEXT_TIME_ROOM], uint32_t tenths)
{
	char *end = out + TEXT_TIME_ROOM - 1, *at = end;
	size_t n;

	*at = '\0';
	*--at = '0' + tenths % 10;
	*--at = '.';
	do {
		tenths /= 10;
		*--at = '0' + tenths % 10;
	} while (tenths >= 10);
	n = end - at;
	memmove(out, at, n + 1);
	return n;
}

size_t text_time(char out[TEXT_TIME_ROOM], uint64_t ns)
{
	static const uint64_t ms = 1000000, s = 1000000000;
	const uint32_t tenths = (ns + 50) / 100;

	/* By far most, and two in each line: printf would take as long as the rest of the line. */
	if (ns < 100 * ms)
		return microseconds(out, tenths);
	if (ns < s)
		return snprintf(out, TEXT_TIME_ROOM, "%.1fms", (double)ns / 1e6);
	if (ns < 1000 * s)
		return snprintf(out, TEXT_TIME_ROOM, "%.2fs", (double)ns / 1e9);
	return snprintf(out, TEXT_TIME_ROOM, "%.0fs", (double)ns / 1e9);
}

bool text_item_is_step(const struct item *item)
{
	return item->kind == ITEM_STEP || item->kind == ITEM_CROSS || item->kind == ITEM_RETURN;
}

static void visit(struct text_lane *lane, size_t at)
{
	if (!lane->visited)
		lane->first = at;
	lane->visited = true;
	lane->last = at;
}

static void find_visits(struct text_layout *l, const struct diagram *d)
{
	for (size_t i = 0; i < d->item_n; i++) {
		const struct item *item = &d->items[i];

		if (item->lane >= 0 && (size_t)item->lane < d->lane_n)
			visit(&l->lanes[item->lane], i);
		if (item->to >= 0 && (size_t)item->to < d->lane_n)
			visit(&l->lanes[item->to], i);
	}
}

static unsigned int name_columns(const struct diagram *d, size_t lane)
{
	return term_columns(d->lanes[lane].brief);
}

/* One line of names: each lane is as wide as its name. */
static void place_in_a_row(struct text_layout *l, const struct diagram *d)
{
	unsigned int x = l->rail_x + 2, end = x;

	for (size_t i = 0; i < d->lane_n; i++) {
		unsigned int name = name_columns(d, i);

		l->lanes[i].x = x;
		end = x + name;
		x += name + 1 > 4 ? name + 1 : 4;
	}
	l->words_x = end + 2;
	l->stagger = false;
}

/* Two lines of names that take turns: lanes stand as near as an arrow allows. */
static void place_staggered(struct text_layout *l, const struct diagram *d)
{
	unsigned int x = l->rail_x + 2;

	for (size_t i = 0; i < d->lane_n; i++) {
		if (i)
			x += 3;
		if (i > 1 && x < l->lanes[i - 2].x + name_columns(d, i - 2) + 1)
			x = l->lanes[i - 2].x + name_columns(d, i - 2) + 1;
		l->lanes[i].x = x;
	}
	l->words_x = x + 3;
	l->stagger = true;
}

/* The narrowest: names get cut, words stand beneath. */
static void place_stacked(struct text_layout *l, const struct diagram *d)
{
	for (size_t i = 0; i < d->lane_n; i++)
		l->lanes[i].x = l->rail_x + 2 + 2 * i;
	l->words_x = l->rail_x + 4;
	l->stagger = true;
	l->stacked = true;
}

/* Labels end where the longest does, as far as notes still get room of their own. */
static void place_notes(struct text_layout *l, const struct diagram *d)
{
	unsigned int label = 0, room = l->width > l->words_x ? l->width - l->words_x : 0;
	unsigned int most = room > LABEL_LEAST + NOTE_LEAST ? room - NOTE_LEAST : LABEL_LEAST;

	for (size_t i = 0; i < d->item_n; i++) {
		unsigned int columns = l->words[i].label;

		if (text_item_is_step(&d->items[i]) && columns > label && columns <= most)
			label = columns;
	}
	l->note_x = l->words_x + label + 2;
}

unsigned int text_note_column(const struct text_layout *l, size_t i)
{
	unsigned int label = l->words[i].label, note = l->words[i].note;
	unsigned int least = label ? l->words_x + label + 2 : l->words_x;
	unsigned int x = !label ? least : l->note_x > least ? l->note_x : least;

	if (l->stacked && label)
		return 0;
	if (x + note <= l->width || x + NOTE_WRAPS <= l->width || !label)
		return x;
	/* A note that is a little too long starts a little earlier. */
	return least + note <= l->width ? l->width - note : 0;
}

static size_t notes_that_fit(const struct text_layout *l, const struct diagram *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->item_n; i++)
		n += text_item_is_step(&d->items[i]) && text_note_column(l, i);
	return n;
}

/* Names side by side are easiest to read; they yield as soon as they cost a note its place. */
static void place_lanes(struct text_layout *l, const struct diagram *d)
{
	size_t best;

	place_staggered(l, d);
	if (l->words_x + LABEL_LEAST > l->width) {
		place_stacked(l, d);
		return;
	}
	place_notes(l, d);
	best = notes_that_fit(l, d);
	place_in_a_row(l, d);
	place_notes(l, d);
	if (l->words_x + LABEL_LEAST > l->width || notes_that_fit(l, d) < best) {
		place_staggered(l, d);
		place_notes(l, d);
	}
}

int text_layout_make(struct text_layout *l, const struct diagram *d, const struct render_opts *o)
{
	size_t time = NUMBER_LEAST, delta = NUMBER_LEAST, n;
	char number[TEXT_TIME_ROOM];

	*l = (struct text_layout){ .width = o->width };
	l->lanes = calloc(d->lane_n + 1, sizeof(*l->lanes));
	l->words = calloc(d->item_n + 1, sizeof(*l->words));
	if (!l->lanes || !l->words)
		return -ENOMEM;
	for (size_t i = 0; i < d->item_n; i++) {
		const struct item *item = &d->items[i];

		l->words[i].label = term_columns(item->label);
		l->words[i].note = term_columns(item->note);
		if (!item->timed)
			continue;
		l->timed = true;
		n = text_time(number, item->t_ns);
		if (n > time)
			time = n;
		n = text_time(number, item->delta_ns);
		if (n > delta)
			delta = n;
		if (item->delta_ns > l->delta_max)
			l->delta_max = item->delta_ns;
	}
	l->time_end = time;
	l->delta_end = l->time_end + delta + 1;
	l->bar_w = l->width >= WIDE_TERMINAL ? 4 : 1;
	l->bar_x = l->delta_end + 1;
	l->rail_x = l->timed ? l->bar_x + l->bar_w + 1 : 1;
	find_visits(l, d);
	place_lanes(l, d);
	return 0;
}

void text_layout_free(struct text_layout *l)
{
	free(l->lanes);
	free(l->words);
	l->lanes = NULL;
	l->words = NULL;
}
