// SPDX-License-Identifier: GPL-2.0-or-later
/* Draws a diagram for a terminal: lifelines are narrow columns, the words stand at their right. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"
#include "render_list.h"
#include "stream.h"
#include "term.h"
#include "term_line.h"
#include "text_clean.h"
#include "text_hops.h"
#include "text_layout.h"

/* Each is one column wide but for those said to be words. */
struct glyphs {
	const char *dot, *hollow, *dotted, *dash, *ret, *right, *left, *life;
	const char *drop, *heavy;
	const char *rail, *rail_first, *rail_next, *rail_end;
	const char *torn, *wait, *dead;
	const char *bar[9];		/* from nothing to full, in eighths of a column */
	const char *unit, *delta;	/* words */
	const char *between, *advice;	/* words */
};

static const struct glyphs unicode = {
	.dot = "●", .hollow = "○", .dotted = "◌", .dash = "─", .ret = "╌", .right = "▶", .left = "◀", .life = "┆",
	.drop = "✗", .heavy = "━", .rail = "│", .rail_first = "┌", .rail_next = "├",
	.rail_end = "└", .torn = "╌", .wait = "▒", .dead = "╳",
	.bar = { " ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" },
	.unit = "µs", .delta = "Δ", .between = " · ", .advice = "→ ",
};

static const struct glyphs ascii = {
	.dot = "*", .hollow = "o", .dotted = ".", .dash = "-", .ret = ".", .right = ">", .left = "<", .life = ":",
	.drop = "x", .heavy = "=", .rail = "|", .rail_first = ",", .rail_next = "+",
	.rail_end = "`", .torn = "-", .wait = "~", .dead = "x",
	.bar = { " ", " ", " ", " ", ".", "-", "-", "=", "#" },
	.unit = "us", .delta = "delta", .between = " - ", .advice = "-> ",
};

/* What a diagram is drawn with. */
struct pen {
	FILE *out;
	struct term_line *line;
	const struct glyphs *g;
	struct diagram d;		/* a copy of the diagram; its strings are clean */
	struct text_layout at;
	size_t i;			/* the item that is drawn */
	enum style context;		/* colour of who runs */
	bool railed, ascii;
};

static const enum style context_styles[] = { STYLE_TASK, STYLE_SOFTIRQ, STYLE_HARDIRQ };

static enum style item_style(const struct item *item)
{
	return context_styles[item->context >= 0 && item->context < 3 ? item->context : 0];
}

static void put_right(struct pen *p, unsigned int end, enum style style, const char *s)
{
	unsigned int columns = term_columns(s);

	line_put(p->line, end > columns ? end - columns : 0, style, s);
}

/* What stands on every line: who runs, and the lifelines that go on. */
static void put_lifelines(struct pen *p, bool beneath)
{
	if (p->railed)
		line_put(p->line, p->at.rail_x, p->context, p->g->rail);
	for (size_t i = 0; i < p->d.lane_n; i++) {
		const struct text_lane *lane = &p->at.lanes[i];

		if (lane->visited && p->i >= lane->first && p->i + beneath <= lane->last)
			line_put(p->line, lane->x, STYLE_QUIET, p->g->life);
	}
}

static void next_line(struct pen *p)
{
	line_end(p->line, p->out);
	put_lifelines(p, true);
}

/*
 * Writes words from column x, and what does not fit beneath from column rest.
 * Leaves the last line open; returns the column after it.
 */
static unsigned int put_words(struct pen *p, unsigned int x, unsigned int rest, enum style style,
			      const char *s)
{
	char piece[1024];

	while (*s) {
		unsigned int room = p->at.width > x ? p->at.width - x : 0;
		size_t n = fold_fit(s, room, p->g->between, x <= rest);

		/* Nearly always all of it. */
		if (!s[n]) {
			x = line_put(p->line, x, style, s);
			break;
		}
		snprintf(piece, sizeof(piece), "%.*s", (int)n, s);
		if (n)
			x = line_put(p->line, x, style, piece);
		s = n ? fold_rest(s + n, p->g->between) : s;
		if (!*s)
			break;
		next_line(p);
		x = rest;
	}
	/* A lifeline at the right keeps its distance from the last word. */
	if (x < p->at.width)
		line_put(p->line, x, STYLE_PLAIN, " ");
	return x;
}

/* How much of the way went by since the item before: the eye finds the longest at once. */
static void put_bar(struct pen *p, const struct item *item)
{
	uint64_t eighths = p->at.delta_max ?
		(uint64_t)((double)item->delta_ns / p->at.delta_max * p->at.bar_w * 8 + 0.5) : 0;
	enum style style = item->waited ? STYLE_WAIT : item->slowest ? STYLE_SLOW : STYLE_QUIET;
	unsigned int x = p->at.bar_x;

	if (item->waited) {
		line_fill(p->line, x, x + (eighths < 8 ? 1 : eighths / 8), style, p->g->wait);
		return;
	}
	if (item->slowest && eighths < 8)
		eighths = 8;
	if (eighths < 2)
		return;
	for (; eighths >= 8; eighths -= 8)
		x = line_put(p->line, x, style, p->g->bar[8]);
	line_put(p->line, x, style, p->g->bar[eighths]);
}

static void put_times(struct pen *p, const struct item *item)
{
	char number[TEXT_TIME_ROOM];

	if (!item->timed)
		return;
	text_time(number, item->t_ns);
	put_right(p, p->at.time_end, STYLE_PLAIN, number);
	if (!item->delta_ns)
		return;
	text_time(number, item->delta_ns);
	put_right(p, p->at.delta_end,
		  item->slowest ? STYLE_SLOW : item->waited ? STYLE_WAIT : STYLE_QUIET, number);
	put_bar(p, item);
}

static unsigned int lane_x(const struct pen *p, int lane)
{
	return lane >= 0 && (size_t)lane < p->d.lane_n ? p->at.lanes[lane].x : p->at.rail_x + 2;
}

static void put_arrow(struct pen *p, const struct item *item)
{
	const char *dash = item->kind == ITEM_RETURN || item->thin ? p->g->ret : p->g->dash;
	unsigned int from = lane_x(p, item->lane), to = lane_x(p, item->to);

	if (item->kind != ITEM_STEP && item->to >= 0 && from < to) {
		line_fill(p->line, from + 1, to, p->context, dash);
		line_put(p->line, to, p->context, p->g->right);
	} else if (item->kind != ITEM_STEP && item->to >= 0 && to < from) {
		line_fill(p->line, to + 1, from, p->context, dash);
		line_put(p->line, to, p->context, p->g->left);
	}
	line_put(p->line, from, item->minor || item->inferred ? STYLE_QUIET : p->context,
		 item->inferred ? p->g->dotted : item->minor ? p->g->hollow : p->g->dot);
}

static void draw_step(struct pen *p, struct item *item)
{
	unsigned int words = p->at.words_x, x;
	char label[1024];

	/* Where no context was opened, each says its own. */
	if (!p->railed)
		p->context = item_style(item);
	put_times(p, item);
	put_arrow(p, item);
	if (p->at.stacked)
		next_line(p);
	if (p->at.words[p->i].label > p->at.width - words)
		term_cut(label, sizeof(label), item->label, p->at.width - words, p->ascii);
	put_words(p, words, words, item->minor || item->inferred ? STYLE_QUIET : STYLE_TITLE,
		  p->at.words[p->i].label > p->at.width - words ? label : item->label);
	if (!*item->note)
		return;
	x = text_note_column(&p->at, p->i);
	if (!x) {
		next_line(p);
		x = words + 2;
	}
	put_words(p, x, x, item->inferred ? STYLE_QUIET : STYLE_PLAIN, item->note);
}

/* The loudest line there is: a heavy bar from the place of death to the reason. */
static void draw_drop(struct pen *p, struct item *item)
{
	unsigned int x = lane_x(p, item->lane), words = p->at.words_x;

	put_times(p, item);
	line_fill(p->line, x + 1, p->at.stacked ? p->at.width : words - 1, STYLE_DROP, p->g->heavy);
	line_put(p->line, x, STYLE_DROP, p->g->drop);
	if (p->at.stacked)
		next_line(p);
	words = put_words(p, words, words, STYLE_DROP, "DROPPED ");
	put_words(p, words, p->at.words_x + 2, STYLE_DROP, item->label);
	if (!*item->note)
		return;
	next_line(p);
	words = put_words(p, p->at.words_x, p->at.words_x, STYLE_DROP, p->g->advice);
	put_words(p, words, p->at.words_x + 2, STYLE_PLAIN, item->note);
}

/* Does the first of these facts fit on a line that is filled up to column x, after the mark between facts? */
static bool fact_fits(const struct pen *p, unsigned int x, const char *s)
{
	size_t n = fold_fit(s, p->at.width > x + 3 ? p->at.width - x - 3 : 0, p->g->between, false);

	return !s[n] || !strncmp(s + n, p->g->between, strlen(p->g->between));
}

static void draw_context(struct pen *p, struct item *item)
{
	unsigned int x = p->at.rail_x + 2, end;
	char cpu[32];

	if (item->kind == ITEM_CONTEXT)
		p->context = item_style(item);
	put_times(p, item);
	line_put(p->line, p->at.rail_x, p->context, p->railed ? p->g->rail_next : p->g->rail_first);
	p->railed = true;
	if (item->kind == ITEM_PHASE) {
		end = put_words(p, x, x + 2, STYLE_TITLE, item->label);
	} else {
		snprintf(cpu, sizeof(cpu), "cpu%u%s", item->cpu, *item->label ? p->g->between : "");
		end = put_words(p, x, x, p->context, cpu);
		end = put_words(p, end, x + 2, p->context, item->label);
	}
	if (!*item->note)
		return;
	if (fact_fits(p, end, item->note) || !fact_fits(p, x, item->note)) {
		end = put_words(p, end, x + 2, p->context, p->g->between);
	} else {
		next_line(p);
		end = x + 2;
	}
	put_words(p, end, x + 2, item->waited ? STYLE_WAIT : STYLE_PLAIN, item->note);
}

static void draw_end(struct pen *p, struct item *item)
{
	unsigned int x = p->at.rail_x + 2;

	put_times(p, item);
	if (p->railed)
		line_put(p->line, p->at.rail_x, p->context, p->g->rail_end);
	p->railed = false;
	x = put_words(p, x, x, STYLE_PLAIN, item->label);
	if (*item->note)
		put_words(p, *item->label ? x + 2 : x, p->at.rail_x + 2, STYLE_PLAIN, item->note);
}

/* The paper is torn from edge to edge. */
static void draw_gap(struct pen *p, struct item *item)
{
	unsigned int x = 6;

	line_fill(p->line, 1, x, STYLE_ALARM, p->g->torn);
	x = put_words(p, x + 1, x + 1, STYLE_ALARM, item->label);
	if (*item->note) {
		x = put_words(p, x, 7, STYLE_ALARM, p->g->between);
		x = put_words(p, x, 7, STYLE_ALARM, item->note);
	}
	line_fill(p->line, x + 1, p->at.width, STYLE_ALARM, p->g->torn);
}

static void draw_item(struct pen *p, struct item *item)
{
	put_lifelines(p, false);
	switch (item->kind) {
	case ITEM_CONTEXT:
	case ITEM_PHASE:
		draw_context(p, item);
		break;
	case ITEM_DROP:
		draw_drop(p, item);
		break;
	case ITEM_GAP:
		draw_gap(p, item);
		break;
	case ITEM_END:
		draw_end(p, item);
		break;
	default:
		draw_step(p, item);
	}
	line_end(p->line, p->out);
}

static void draw_titles(struct pen *p)
{
	/* No lifeline has begun yet, or goes on. */
	p->i = p->d.item_n;
	for (size_t i = 0; i < p->d.title_n; i++) {
		put_words(p, 0, 4, i ? STYLE_PLAIN : STYLE_TITLE, p->d.title[i]);
		line_end(p->line, p->out);
	}
}

static void draw_names(struct pen *p)
{
	bool two = p->at.stagger && p->d.lane_n > 1;

	if (p->at.timed) {
		put_right(p, p->at.time_end, STYLE_QUIET, p->g->unit);
		put_right(p, p->at.delta_end, STYLE_QUIET, p->g->delta);
	}
	for (size_t turn = 0; turn <= two; turn++) {
		for (size_t i = turn; i < p->d.lane_n; i += 1 + two) {
			if (p->at.stacked)
				p->d.lanes[i].brief[term_prefix(p->d.lanes[i].brief, 3)] = 0;
			line_put(p->line, p->at.lanes[i].x, STYLE_TITLE, p->d.lanes[i].brief);
		}
		line_end(p->line, p->out);
	}
}

static int text_diagram(FILE *out, const struct render_opts *o, const struct diagram *d)
{
	struct pen p = { .out = out, .g = o->ascii ? &ascii : &unicode, .ascii = o->ascii };
	int err = text_clean_copy(&p.d, d, o->ascii);

	if (!err)
		err = text_layout_make(&p.at, &p.d, o);
	p.line = line_new(o->width, o->colour);
	if (!err && !p.line)
		err = -ENOMEM;
	if (!err) {
		draw_titles(&p);
		if (p.d.title_n)
			fputc('\n', out);
		if (p.d.item_n)
			draw_names(&p);
		for (p.i = 0; p.i < p.d.item_n; p.i++)
			draw_item(&p, &p.d.items[p.i]);
		if (p.d.item_n)
			fputc('\n', out);
		err = stream_error(out);
	}
	line_free(p.line);
	text_layout_free(&p.at);
	text_clean_free(&p.d, d);
	return err;
}

static int text_end(FILE *out, const struct render_opts *o, const struct footer *f)
{
	struct pen p = { .out = out, .g = o->ascii ? &ascii : &unicode, .at.width = o->width };
	int err = 0;

	p.line = line_new(o->width, o->colour);
	if (!p.line)
		return -ENOMEM;
	for (size_t i = 0; !err && i < f->n; i++) {
		char *line = term_clean(f->lines[i], o->ascii);
		enum style style = f->alarm ? STYLE_ALARM : STYLE_QUIET;

		if (line) {
			unsigned int x = f->alarm ? put_words(&p, 1, 1, style, "! ") : 1;

			put_words(&p, x, 3, style, line);
			line_end(p.line, out);
		} else {
			err = -ENOMEM;
		}
		free(line);
	}
	line_free(p.line);
	return err ? err : stream_error(out);
}

const struct renderer render_text = {
	.name = "text",
	.meaning = "sequence diagrams for the terminal",
	.diagram = text_diagram,
	.hops = text_hops,
	.end = text_end,
};
