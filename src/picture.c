// SPDX-License-Identifier: GPL-2.0-or-later
/* Spells times, pairs calls and walks the items for the formats that become pictures. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diagram_words.h"
#include "fold.h"
#include "picture.h"

/* A note stands at one lane, and pushes all others away if it is wider than what is between two. */
enum { LINE_COLUMNS = 60 };

void picture_time(char out[PICTURE_TIME_ROOM], uint64_t ns)
{
	static const uint64_t ms = 1000000, s = 1000000000;
	const unsigned long long tenths = (ns + 50) / 100;	/* of a microsecond */

	if (ns < 100 * ms)
		snprintf(out, PICTURE_TIME_ROOM, "%llu.%llu µs", tenths / 10, tenths % 10);
	else if (ns < s)
		snprintf(out, PICTURE_TIME_ROOM, "%.1f ms", (double)ns / 1e6);
	else
		snprintf(out, PICTURE_TIME_ROOM, "%.2f s", (double)ns / 1e9);
}

void picture_delta(char out[PICTURE_WORDS_ROOM], const struct diagram *d, size_t i)
{
	const struct item *item = &d->items[i], *above = i ? item - 1 : NULL;
	char time[WORDS_ROOM];

	out[0] = 0;
	if (!item->timed || !(item->waited || item->slowest))
		return;
	words_time(time, item->delta_ns);
	if (strstr(item->note, time) ||
	    (above && above->kind == ITEM_CONTEXT && strstr(above->note, time)))
		return;
	if (item->waited)
		snprintf(out, PICTURE_WORDS_ROOM, "after %.40s of waiting", time);
	else
		snprintf(out, PICTURE_WORDS_ROOM, "after %.40s, the longest", time);
}

const char *picture_line(char line[PICTURE_LINE_ROOM], const char *note)
{
	static const char between[] = " · ";
	size_t n = fold_fit(note, LINE_COLUMNS, between, true);

	/* Marks take no column: there is no end to how many may stand in a line. */
	if (n >= PICTURE_LINE_ROOM)
		for (n = PICTURE_LINE_ROOM - 1; ((unsigned char)note[n] & 0xc0) == 0x80; n--)
			;
	snprintf(line, PICTURE_LINE_ROOM, "%.*s", (int)n, note);
	return fold_rest(note + n, between);
}

bool picture_lane(const struct diagram *d, int lane)
{
	return lane >= 0 && (size_t)lane < d->lane_n;
}

int picture_lane_before(const struct diagram *d, size_t i)
{
	while (i--) {
		if (picture_lane(d, d->items[i].to))
			return d->items[i].to;
		if (picture_lane(d, d->items[i].lane))
			return d->items[i].lane;
	}
	return -1;
}

/*
 * Pairs calls with their returns, so that a bar on the lifeline can show how
 * long each took: call[i] is +1 where item i enters lane `to`, -1 where it
 * leaves `lane`. The caller frees it; NULL on no memory.
 */
static signed char *picture_calls(const struct diagram *d)
{
	signed char *call = calloc(d->item_n + 1, 1);

	for (size_t i = 0; call && i < d->item_n; i++) {
		const struct item *end = &d->items[i];

		if (end->kind != ITEM_RETURN || !picture_lane(d, end->lane))
			continue;
		for (size_t j = 0; j < i; j++) {
			const struct item *start = &d->items[j];

			if (call[j] || start->kind != ITEM_CROSS || start->lane != end->to ||
			    start->to != end->lane)
				continue;
			call[j] = 1;
			call[i] = -1;
			break;
		}
	}
	return call;
}

int picture_items(FILE *out, const struct diagram *d, const struct picture_pen *pen)
{
	signed char *call = picture_calls(d);
	bool open = false;

	if (!call)
		return -ENOMEM;
	for (size_t i = 0; i < d->item_n; i++) {
		enum item_kind kind = d->items[i].kind;

		if (kind == ITEM_END)
			pen->end(out, d, i);
		if (open && (kind == ITEM_CONTEXT || kind == ITEM_PHASE || kind == ITEM_END)) {
			fputs(pen->close, out);
			open = false;
		}
		switch (kind) {
		case ITEM_CONTEXT:
		case ITEM_PHASE:
			pen->context(out, d, i);
			open = true;
			break;
		case ITEM_DROP:
			pen->drop(out, d, i);
			break;
		case ITEM_GAP:
			pen->gap(out, d, i);
			break;
		case ITEM_END:
			break;
		default:
			pen->step(out, d, i, call[i]);
		}
	}
	if (open)
		fputs(pen->close, out);
	free(call);
	return 0;
}
