// SPDX-License-Identifier: GPL-2.0-or-later
/* explain.def as tables, and how a name is found in them. */
#include "explain.h"

#include <string.h>

#include "hook.h"
#include "near.h"

enum item_kind { ITEM_EXPLAIN, ITEM_NEXT, ITEM_FATE, ITEM_WHERE };

/* explain.def line by line: an entry opens with ITEM_EXPLAIN, what follows is about it. */
struct item {
	enum item_kind kind;
	enum place_id place;	/* EXPLAIN: of this; NEXT: to this */
	const char *callers, *text;
	struct place_fate fate;
	struct place_where where;
};

static const struct item items[] = {
#define EXPLAIN(name_, callers_, text_) \
	{ .kind = ITEM_EXPLAIN, .place = PLACE_##name_, .callers = callers_, .text = text_ },
#define INLINED(name_, lane_, dir_, source_, meaning_, callers_, text_) \
	EXPLAIN(name_, callers_, text_)
#define NEXT(name_) { .kind = ITEM_NEXT, .place = PLACE_##name_ },
#define FATE(kind_, words_) { .kind = ITEM_FATE, .fate = { FATE_##kind_, words_ } },
#define WHERE(kernels_, file_) { .kind = ITEM_WHERE, .where = { kernels_, file_ } },
#include "explain.def"
#undef EXPLAIN
#undef INLINED
#undef NEXT
#undef FATE
};

static const struct item *const items_end = items + sizeof(items) / sizeof(items[0]);

static const struct place_facts inlined[] = {
#define EXPLAIN(name, callers, text)
#define NEXT(name)
#define FATE(kind, words)
#define INLINED(name_, lane_, dir_, source_, meaning_, callers_, text_) \
	[PLACE_##name_ - ST_N] = { \
		.name = #name_, .meaning = meaning_, .source = source_, \
		.lane = LANE_##lane_, .dir = DIR_##dir_, .inlined = true, \
	},
#include "explain.def"
#undef EXPLAIN
#undef INLINED
#undef NEXT
#undef FATE
};

_Static_assert(PLACE_N - (int)ST_N == sizeof(inlined) / sizeof(inlined[0]), "places begin with the stages");

const char *const fate_words[FATES] = {
#define FATE_KIND(NAME, word) [FATE_##NAME] = word,
#include "fate.def"
#undef FATE_KIND
};

static const struct item *entry_of(enum place_id place)
{
	for (const struct item *i = items; i < items_end; i++)
		if (i->kind == ITEM_EXPLAIN && i->place == place)
			return i;
	return NULL;
}

unsigned int place_entries(enum place_id place)
{
	unsigned int n = 0;

	for (const struct item *i = items; i < items_end; i++)
		n += i->kind == ITEM_EXPLAIN && i->place == place;
	return n;
}

struct place_facts place_facts(enum place_id place)
{
	const struct item *entry = entry_of(place);
	struct place_facts f;

	if ((int)place < (int)ST_N)
		f = (struct place_facts){
			.name = stages[place].name, .meaning = stages[place].meaning,
			.source = stages[place].source, .lane = stages[place].lane,
			.dir = stages[place].dir,
		};
	else
		f = inlined[place - ST_N];
	f.callers = entry ? entry->callers : NULL;
	f.text = entry ? entry->text : NULL;
	return f;
}

/* The nth item of a kind in the entry of a place. */
static const struct item *item_of(enum place_id place, enum item_kind kind, unsigned int nth)
{
	const struct item *i = entry_of(place);

	for (i = i ? i + 1 : items_end; i < items_end && i->kind != ITEM_EXPLAIN; i++)
		if (i->kind == kind && !nth--)
			return i;
	return NULL;
}

enum place_id place_next(enum place_id place, unsigned int nth)
{
	const struct item *i = item_of(place, ITEM_NEXT, nth);

	return i ? i->place : PLACE_NONE;
}

enum place_id place_before(enum place_id place, unsigned int nth)
{
	enum place_id at = PLACE_NONE;

	for (const struct item *i = items; i < items_end; i++) {
		if (i->kind == ITEM_EXPLAIN)
			at = i->place;
		else if (i->kind == ITEM_NEXT && i->place == place && !nth--)
			return at;
	}
	return PLACE_NONE;
}

const struct place_fate *place_fate(enum place_id place, unsigned int nth)
{
	const struct item *i = item_of(place, ITEM_FATE, nth);

	return i ? &i->fate : NULL;
}

const struct place_where *place_where(enum place_id place, unsigned int nth)
{
	const struct item *i = item_of(place, ITEM_WHERE, nth);

	return i ? &i->where : NULL;
}

enum place_id place_by_name(const char *name)
{
	for (unsigned int p = PLACE_NONE + 1; p < PLACE_N; p++)
		if (!strcmp(place_facts(p).name, name))
			return p;
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
		unsigned int n;
		const struct hook *h = hooks_of(id, &n);

		for (; n; n--, h++)
			if (h->kind != HOOK_FOUND && !strcmp(h->symbol, name))
				return (enum place_id)id;
	}
	return PLACE_NONE;
}

void place_near(const char *typed, const char *near[2])
{
	for (unsigned int i = 0; i < 2; i++) {
		struct near n = { .typed = typed };

		for (unsigned int p = PLACE_NONE + 1; p < PLACE_N; p++) {
			struct place_facts f = place_facts(p);

			if (!i || f.name != near[0])
				near_offer(&n, f.name);
		}
		near[i] = n.best;
	}
}
