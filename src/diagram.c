/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a diagram is made of: its memory, items and lanes. */
#include "diagram.h"

#include <stdlib.h>
#include <string.h>

void diagram_free(struct diagram *d)
{
	for (size_t i = 0; i < d->title_n; i++)
		free(d->title[i]);
	for (size_t i = 0; i < d->lane_n; i++) {
		free(d->lanes[i].brief);
		free(d->lanes[i].wide);
	}
	for (size_t i = 0; i < d->item_n; i++) {
		free(d->items[i].label);
		free(d->items[i].note);
	}
	free(d->title);
	free(d->lanes);
	free(d->items);
	*d = (struct diagram){ 0 };
}

struct item *diagram_item(struct diagram *d, enum item_kind kind, const char *label, const char *note)
{
	struct item *it;

	if (d->item_n == d->item_room) {
		size_t room = d->item_room ? d->item_room * 2 : 32;
		struct item *more = realloc(d->items, room * sizeof(*more));

		if (!more)
			return NULL;
		d->items = more;
		d->item_room = room;
	}
	it = &d->items[d->item_n++];
	*it = (struct item){ .kind = kind, .lane = -1, .to = -1 };
	it->label = strdup(label);
	it->note = strdup(note);
	return it->label && it->note ? it : NULL;
}

int diagram_lane(struct diagram *d, const char *brief, const char *wide)
{
	struct lane_head *more = realloc(d->lanes, (d->lane_n + 1) * sizeof(*more));

	if (!more)
		return -1;
	d->lanes = more;
	d->lanes[d->lane_n] = (struct lane_head){ .brief = strdup(brief), .wide = strdup(wide) };
	d->lane_n++;
	return d->lanes[d->lane_n - 1].brief && d->lanes[d->lane_n - 1].wide ? (int)d->lane_n - 1 : -1;
}

void diagram_mark_slowest(struct diagram *d)
{
	struct item *slowest = NULL;
	size_t timed = 0;

	for (size_t i = 0; i < d->item_n; i++) {
		if (!d->items[i].timed)
			continue;
		/* Before the first there is no time. */
		if (timed++ && (!slowest || d->items[i].delta_ns > slowest->delta_ns))
			slowest = &d->items[i];
	}
	/* Of two deltas one is always larger: that says nothing. */
	if (timed > 3 && slowest->delta_ns)
		slowest->slowest = true;
}
