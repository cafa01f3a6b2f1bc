// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes two tables, of where packets waited and of where they were worked on. */
#include "text_hops.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "diagram_words.h"
#include "stream.h"
#include "term.h"
#include "term_line.h"
#include "text_layout.h"

enum {
	NUMBERS_X = 1,
	WORDS_ENOUGH = 36,	/* columns: one long name, or what it waits for */
	WORDS_INDENT = 2,
};

struct table {
	FILE *out;
	struct term_line *line;
	unsigned int width;
	unsigned int count_end, time_w;	/* columns: where the count ends, what a time takes */
	unsigned int words_x;
	bool stacked;		/* words stand beneath the numbers */
	bool ascii;
	int err;
};

static unsigned int at_least(unsigned int a, size_t b)
{
	return b > a ? b : a;
}

/* The numbers take what they need, the words get the rest. */
static void table_layout(struct table *t, const struct hop *const *hops)
{
	unsigned int count_w = strlen("count"), time_w = strlen("p50");
	char text[32];

	for (size_t i = 0; i < HOPS_SHOWN && hops[i]; i++) {
		const struct histogram *times = &hops[i]->times;

		snprintf(text, sizeof(text), "%" PRIu64, times->count);
		count_w = at_least(count_w, strlen(text));
		for (size_t k = 0; k < sizeof(hop_percents) / sizeof(*hop_percents); k++) {
			text_time(text, histogram_percentile(times, hop_percents[k]));
			time_w = at_least(time_w, strlen(text));
		}
	}
	t->count_end = NUMBERS_X + count_w;
	t->time_w = time_w + 1;
	t->words_x = t->count_end + 4 * t->time_w + 2;
	t->stacked = t->words_x + WORDS_ENOUGH > t->width;
	if (t->stacked)
		t->words_x = NUMBERS_X + WORDS_INDENT;
}

static void put_right(struct table *t, unsigned int end, enum style style, const char *s)
{
	unsigned int columns = term_columns(s);

	line_put(t->line, end > columns ? end - columns : 0, style, s);
}

/* Writes a piece of words from column x, or beneath if it does not fit there; returns the column after it. */
static unsigned int put_piece(struct table *t, unsigned int x, enum style style, const char *s)
{
	char *clean = term_clean(s, t->ascii), cut[256];

	if (!clean) {
		t->err = -ENOMEM;
		return x;
	}
	if (x > t->words_x && x + term_columns(clean) > t->width) {
		line_end(t->line, t->out);
		x = t->words_x + WORDS_INDENT;
	}
	x = line_put(t->line, x, style, term_cut(cut, sizeof(cut), clean, t->width - x, t->ascii));
	free(clean);
	return x;
}

static void put_hop(struct table *t, const struct hop *h)
{
	char text[64];
	unsigned int x;

	snprintf(text, sizeof(text), "%" PRIu64, h->times.count);
	put_right(t, t->count_end, STYLE_QUIET, text);
	for (size_t i = 0; i < sizeof(hop_percents) / sizeof(*hop_percents); i++) {
		text_time(text, histogram_percentile(&h->times, hop_percents[i]));
		put_right(t, t->count_end + (i + 1) * t->time_w, STYLE_PLAIN, text);
	}
	if (t->stacked)
		line_end(t->line, t->out);
	x = put_piece(t, t->words_x, STYLE_TITLE, h->from);
	snprintf(text, sizeof(text), "→ %s", h->to);
	x = put_piece(t, x + 1, STYLE_TITLE, text);
	if (h->wait)
		put_piece(t, x + 2, STYLE_WAIT, h->wait);
	line_end(t->line, t->out);
}

static void put_names(struct table *t)
{
	static const char *const names[] = { "p50", "p90", "p99", "max" };

	put_right(t, t->count_end, STYLE_QUIET, "count");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		put_right(t, t->count_end + (i + 1) * t->time_w, STYLE_QUIET, names[i]);
	put_piece(t, t->count_end + 4 * t->time_w + 2, STYLE_QUIET, "µs");
	line_end(t->line, t->out);
}

static void put_part(struct table *t, const struct hop *const *hops, bool waiting)
{
	struct hop_part part = hops_part(hops, waiting);
	char text[2 * WORDS_ROOM], time[WORDS_ROOM];

	if (!part.count)
		return;
	line_put(t->line, 1, waiting ? STYLE_WAIT : STYLE_QUIET,
		 t->ascii ? waiting ? "~" : "#" : waiting ? "▒" : "█");
	snprintf(text, sizeof(text), "%s: %s", hop_heading(waiting),
		 words_time(time, part.sum_ns));
	put_piece(t, 3, STYLE_TITLE, text);
	line_end(t->line, t->out);
	put_names(t);
	for (size_t i = 0; i < HOPS_SHOWN && hops[i]; i++)
		if (!hops[i]->wait == !waiting)
			put_hop(t, hops[i]);
	if (part.rest) {
		snprintf(text, sizeof(text), "%zu more, %s together", part.rest,
			 words_time(time, part.rest_ns));
		put_piece(t, t->words_x, STYLE_QUIET, text);
		line_end(t->line, t->out);
	}
	fputc('\n', t->out);
}

int text_hops(FILE *out, const struct render_opts *o, const struct hop *const *hops)
{
	struct table t = { .out = out, .width = o->width, .ascii = o->ascii };

	t.line = line_new(o->width, o->colour);
	if (!t.line)
		return -ENOMEM;
	table_layout(&t, hops);
	put_part(&t, hops, true);
	put_part(&t, hops, false);
	line_free(t.line);
	return t.err ? t.err : stream_error(out);
}
