// SPDX-License-Identifier: GPL-2.0-or-later
/* Copies a diagram and makes its strings harmless on the way. */
#include <errno.h>
#include <stdlib.h>

#include "term.h"
#include "text_clean.h"

void text_clean_free(struct diagram *to, const struct diagram *d)
{
	for (size_t i = 0; i < to->title_n && to->title; i++)
		free(to->title[i]);
	for (size_t i = 0; i < to->lane_n && to->lanes; i++)
		free(to->lanes[i].brief);
	for (size_t i = 0; i < to->item_n && to->items; i++) {
		if (to->items[i].label != d->items[i].label)
			free(to->items[i].label);
		if (to->items[i].note != d->items[i].note)
			free(to->items[i].note);
	}
	free(to->title);
	free(to->lanes);
	free(to->items);
}

static char *clean_words(char *s, bool only_ascii)
{
	return term_is_clean(s, only_ascii) ? s : term_clean(s, only_ascii);
}

int text_clean_copy(struct diagram *to, const struct diagram *d, bool only_ascii)
{
	bool ok;

	*to = *d;
	to->title = calloc(d->title_n + 1, sizeof(*to->title));
	to->lanes = calloc(d->lane_n + 1, sizeof(*to->lanes));
	to->items = calloc(d->item_n + 1, sizeof(*to->items));
	ok = to->title && to->lanes && to->items;
	for (size_t i = 0; ok && i < d->title_n; i++)
		ok = (to->title[i] = term_clean(d->title[i], only_ascii));
	for (size_t i = 0; ok && i < d->lane_n; i++)
		ok = (to->lanes[i].brief = term_clean(d->lanes[i].brief, only_ascii));
	for (size_t i = 0; ok && i < d->item_n; i++) {
		to->items[i] = d->items[i];
		to->items[i].label = clean_words(d->items[i].label, only_ascii);
		to->items[i].note = clean_words(d->items[i].note, only_ascii);
		ok = to->items[i].label && to->items[i].note;
	}
	return ok ? 0 : -ENOMEM;
}
