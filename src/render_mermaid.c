// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes Markdown: for each diagram a heading, what is known about it, and one
 * fenced block of Mermaid. Such a file opens as pictures in any viewer.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "diagram_words.h"
#include "picture.h"
#include "render_list.h"
#include "stream.h"
#include "text.h"
#include "utf8.h"

/* Sober, and readable on a dark page too: every colour that text stands on is set here. */
static const char setup[] =
	"%%{init: {\"theme\": \"base\", \"themeVariables\": {"
	"\"fontFamily\": \"DejaVu Sans, Verdana, sans-serif\", "
	"\"actorBkg\": \"#334155\", \"actorTextColor\": \"#ffffff\", \"actorBorder\": \"#334155\", "
	"\"actorLineColor\": \"#94a3b8\", \"signalColor\": \"#1e293b\", "
	"\"signalTextColor\": \"#0f172a\", \"noteBkgColor\": \"#ffffff\", "
	"\"noteBorderColor\": \"#cbd5e1\", \"noteTextColor\": \"#0f172a\", "
	"\"activationBkgColor\": \"#fde68a\", \"activationBorderColor\": \"#d97706\"}, "
	"\"sequence\": {\"mirrorActors\": ";
static const char setup_rest[] =
	", \"actorMargin\": 40, \"boxMargin\": 6, "
	"\"noteMargin\": 6, \"messageMargin\": 30, \"height\": 36}}}%%\n";

/* Mermaid ends lifelines at 2000 pixels unless the names stand at the bottom, too: there are more from so many items. */
enum { LONG_ITEMS = 30 };

/* Behind what a task, a softirq, a hard interrupt does. */
static const char *const context_colours[] = {
	"rgb(220, 252, 231)", "rgb(219, 234, 254)", "rgb(243, 232, 255)",
};
static const char phase_colour[] = "rgb(248, 250, 252)";
static const char drop_colour[] = "rgb(252, 165, 165)", gap_colour[] = "rgb(253, 230, 138)";

/* `end` closes a block wherever Mermaid meets it as a word. */
static bool is_end(const char *text, const char *s)
{
	return !strncasecmp(s, "end", 3) && !isalnum((unsigned char)s[3]) &&
	       (s == text || !isalnum((unsigned char)s[-1]));
}

/* Mermaid marks entities with these while it parses (its encodeEntities); text must not. */
static bool is_mark(uint32_t cp)
{
	return cp == 0xfb02 || cp == 0xb0 || cp == 0xb6 || cp == 0xdf;
}

/* Text of a diagram: what may mean anything to Mermaid or to HTML becomes #NUMBER;. */
static void put(FILE *out, const char *text)
{
	uint32_t cp;
	size_t n;

	for (const char *s = text; (n = utf8_next(s, &cp)); s += n) {
		if (text_is_control(cp))
			for (size_t i = 0; i < n; i++)
				fprintf(out, "#92;x%02x", (unsigned char)s[i]);
		else if ((cp < 0x80 && !isalnum((int)cp) && !strchr(" ._,()[]/+=-", (int)cp)) ||
			 is_mark(cp) || is_end(text, s))
			fprintf(out, "#%u;", cp);
		else
			fwrite(s, 1, n, out);
	}
}

/*
 * Text of Markdown: what could format, link or nest becomes an entity. A
 * bracket makes a link only together with what follows it.
 */
static void put_markdown(FILE *out, const char *s)
{
	uint32_t cp;
	size_t n;

	for (; (n = utf8_next(s, &cp)); s += n) {
		if (text_is_control(cp))
			for (size_t i = 0; i < n; i++)
				fprintf(out, "&#92;x%02x", (unsigned char)s[i]);
		else if (cp < 0x80 && !isalnum((int)cp) && !strchr(" .,/:()[=-", (int)cp) &&
			 !(cp == ']' && (s[1] == ' ' || !s[1])))
			fprintf(out, "&#%u;", cp);
		else
			fwrite(s, 1, n, out);
	}
}

/* What an arrow or note says: when and what, then the facts, one a line. */
static void put_words(FILE *out, const struct diagram *d, size_t i, const char *before)
{
	const struct item *item = &d->items[i];
	char time[PICTURE_TIME_ROOM], delta[PICTURE_WORDS_ROOM], line[PICTURE_LINE_ROOM];

	picture_time(time, item->t_ns);
	picture_delta(delta, d, i);
	if (item->timed)
		fprintf(out, "%s%s", time, *item->label || *before ? " · " : "");
	fputs(before, out);
	put(out, item->label);
	for (const char *note = item->note; *note;) {
		note = picture_line(line, note);
		fputs("<br/>", out);
		put(out, line);
	}
	if (*delta)
		fprintf(out, "<br/>%s", delta);
	fputc('\n', out);
}

/* How it ended is said where it ended, unless that is all well: the title says so then. */
static void put_end(FILE *out, const struct diagram *d, size_t i)
{
	int lane = picture_lane_before(d, i);

	if (lane < 0 || d->complete || !*d->items[i].label)
		return;
	fprintf(out, "    Note over l%d: ", lane);
	put_words(out, d, i, "");
}

/* A note from the first lane to the last. */
static void put_over_all(FILE *out, const struct diagram *d)
{
	if (d->lane_n > 1)
		fprintf(out, "Note over l0,l%zu: ", d->lane_n - 1);
	else
		fputs("Note over l0: ", out);
}

static void put_context(FILE *out, const struct diagram *d, size_t i)
{
	const struct item *item = &d->items[i];
	int kind = item->context >= 0 && item->context < 3 ? item->context : 0;

	fprintf(out, "    rect %s\n    ", item->kind == ITEM_PHASE ? phase_colour : context_colours[kind]);
	put_over_all(out, d);
	if (item->kind == ITEM_CONTEXT)
		fprintf(out, "cpu%u%s", item->cpu, *item->label ? " · " : "");
	put(out, item->label);
	if (*item->note) {
		fputs(" · ", out);
		put(out, item->note);
	}
	fputc('\n', out);
}

static void put_step(FILE *out, const struct diagram *d, size_t i, int call)
{
	const struct item *item = &d->items[i];
	const char *arrow = item->kind == ITEM_RETURN || item->thin ? "-->>" : "->>";

	if (!picture_lane(d, item->lane)) {
		fputs("    ", out);
		put_over_all(out, d);
	} else if (item->kind != ITEM_STEP && picture_lane(d, item->to)) {
		fprintf(out, "    l%d%sl%d: ", item->lane, arrow, item->to);
	} else {
		fprintf(out, "    Note over l%d: ", item->lane);
	}
	put_words(out, d, i, item->inferred ? "◌ " : "");
	if (call)
		fprintf(out, "    %s l%d\n", call > 0 ? "activate" : "deactivate",
			call > 0 ? item->to : item->lane);
}

static void put_drop(FILE *out, const struct diagram *d, size_t i)
{
	const struct item *item = &d->items[i];

	fprintf(out, "    rect %s\n    ", drop_colour);
	if (picture_lane(d, item->lane))
		fprintf(out, "Note over l%d: ", item->lane);
	else
		put_over_all(out, d);
	put_words(out, d, i, "✗ DROPPED ");
	if (picture_lane(d, item->lane))
		fprintf(out, "    l%d-xl%d: #160;\n", item->lane, item->lane);
	fputs("    end\n", out);
}

static void put_gap(FILE *out, const struct diagram *d, size_t i)
{
	fprintf(out, "    rect %s\n    ", gap_colour);
	put_over_all(out, d);
	put_words(out, d, i, "");
	fputs("    end\n", out);
}

static const struct picture_pen pen = {
	.context = put_context, .close = "    end\n", .step = put_step, .drop = put_drop,
	.gap = put_gap, .end = put_end,
};

static int mermaid_diagram(FILE *out, const struct render_opts *o, const struct diagram *d)
{
	int err = 0;

	(void)o;
	for (size_t i = 0; i < d->title_n; i++) {
		fputs(i ? "" : "## ", out);
		put_markdown(out, d->title[i]);
		fputs("\n\n", out);
	}
	if (d->lane_n) {
		fprintf(out, "```mermaid\n%s%s%ssequenceDiagram\n", setup,
			d->item_n > LONG_ITEMS ? "true" : "false", setup_rest);
		for (size_t i = 0; i < d->lane_n; i++) {
			fprintf(out, "    participant l%zu as ", i);
			put(out, d->lanes[i].wide);
			fputc('\n', out);
		}
		err = picture_items(out, d, &pen);
		fputs("```\n\n", out);
	}
	return err ? err : stream_error(out);
}

static void put_hop(FILE *out, const struct hop *h)
{
	char time[WORDS_ROOM];

	fputs("| ", out);
	put_markdown(out, h->from);
	fputs(" → ", out);
	put_markdown(out, h->to);
	if (h->wait) {
		fputs(" | ", out);
		put_markdown(out, h->wait);
	}
	fprintf(out, " | %" PRIu64, h->times.count);
	for (size_t i = 0; i < sizeof(hop_percents) / sizeof(*hop_percents); i++) {
		words_time(time, histogram_percentile(&h->times, hop_percents[i]));
		fprintf(out, " | %s", time);
	}
	fputs(" |\n", out);
}

static int mermaid_hops(FILE *out, const struct render_opts *o, const struct hop *const *hops)
{
	char time[WORDS_ROOM];

	(void)o;
	for (int waiting = 1; waiting >= 0; waiting--) {
		struct hop_part part = hops_part(hops, waiting);

		if (!part.count)
			continue;
		words_time(time, part.sum_ns);
		fprintf(out, "## %s: %s\n\n", hop_heading(waiting), time);
		fprintf(out, "| hop |%s count | p50 | p90 | p99 | max |\n", waiting ? " waits |" : "");
		fprintf(out, "| --- |%s ---: | ---: | ---: | ---: | ---: |\n", waiting ? " --- |" : "");
		for (size_t i = 0; i < HOPS_SHOWN && hops[i]; i++)
			if (!hops[i]->wait == !waiting)
				put_hop(out, hops[i]);
		words_time(time, part.rest_ns);
		if (part.rest)
			fprintf(out, "\n%zu more, %s together\n", part.rest, time);
		fputc('\n', out);
	}
	return stream_error(out);
}

static int mermaid_end(FILE *out, const struct render_opts *o, const struct footer *f)
{
	(void)o;
	for (size_t i = 0; i < f->n; i++) {
		fputs(f->alarm ? "**" : "", out);
		put_markdown(out, f->lines[i]);
		fputs(f->alarm ? "**\n\n" : "\n\n", out);
	}
	return stream_error(out);
}

const struct renderer render_mermaid = {
	.name = "mermaid",
	.meaning = "Markdown with a Mermaid sequence diagram for each packet",
	.diagram = mermaid_diagram,
	.hops = mermaid_hops,
	.end = mermaid_end,
};
