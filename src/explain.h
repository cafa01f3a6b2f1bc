/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of each function of the path without looking at a kernel (explain.def), as tables and as a page. */
#ifndef SKBTRACE_EXPLAIN_H
#define SKBTRACE_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "stage.h"

/* The stages by their own ids, then the functions that the compiler inlines. */
enum place_id {
	PLACE_NONE,
#define STAGE(name, ...) PLACE_##name,
#define FN(...)
#define TP(...)
#include "stages.def"
#undef STAGE
#undef FN
#undef TP
#define EXPLAIN(name, callers, text)
#define NEXT(name)
#define FATE(kind, words)
#define INLINED(name, ...) PLACE_##name,
#include "explain.def"
#undef EXPLAIN
#undef NEXT
#undef FATE
#undef INLINED
	PLACE_N
};

enum fate {
#define FATE_KIND(NAME, word) FATE_##NAME,
#include "fate.def"
#undef FATE_KIND
	FATES
};

/* One sentence's worth of facts about a place; static, never freed. */
struct place_facts {
	const char *name, *meaning, *source;
	const char *callers, *text;	/* NULL: explain.def has no entry */
	enum lane lane;
	enum stage_dir dir;
	bool inlined;
};

struct place_fate {
	enum fate kind;
	const char *words;
};

struct place_where {
	const char *kernels;	/* "5.10 and 6.1" */
	const char *file;
};

extern const char *const fate_words[FATES];

/* place: above PLACE_NONE, below PLACE_N. */
struct place_facts place_facts(enum place_id place);
/* How often explain.def explains it: once, or it is wrong. */
unsigned int place_entries(enum place_id place);

/* The nth place that may come next, or before, in the order of explain.def; PLACE_NONE: no more. */
enum place_id place_next(enum place_id place, unsigned int nth);
enum place_id place_before(enum place_id place, unsigned int nth);
/* The nth of what may happen, or of where it stands in other kernels; NULL: no more. */
const struct place_fate *place_fate(enum place_id place, unsigned int nth);
const struct place_where *place_where(enum place_id place, unsigned int nth);

/* By name of a stage, of an inlined function, or of what a stage is observed at; PLACE_NONE. */
enum place_id place_by_name(const char *name);
/* The nearest names to one that is none, the nearest first; NULL where nothing is close. */
void place_near(const char *typed, const char *near[2]);

/* The page of one place in so many columns (at least 40), and the list of all that can be asked for. */
void explain_print(FILE *out, enum place_id place, unsigned int width, bool ascii);
void explain_list(FILE *out);

#endif
