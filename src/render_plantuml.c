// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes PlantUML: one @startuml ... @enduml for each diagram. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "diagram_words.h"
#include "picture.h"
#include "render_list.h"
#include "stream.h"
#include "text.h"
#include "utf8.h"

static const char setup[] =
	"hide footbox\n"
	"skinparam shadowing false\n"
	"skinparam defaultFontName DejaVu Sans\n"
	"skinparam titleFontSize 14\n"
	"skinparam titleFontStyle plain\n"
	"skinparam participantPadding 6\n"
	"skinparam ParticipantBackgroundColor #334155\n"
	"skinparam ParticipantBorderColor #334155\n"
	"skinparam ParticipantFontColor #ffffff\n"
	"skinparam NoteBackgroundColor #ffffff\n"
	"skinparam NoteBorderColor #cbd5e1\n"
	"skinparam ArrowColor #1e293b\n"
	"skinparam sequence {\n"
	"  LifeLineBorderColor #94a3b8\n"
	"  LifeLineBackgroundColor #fde68a\n"
	"  GroupBorderColor #94a3b8\n"
	"  GroupHeaderFontColor #0f172a\n"
	"  GroupHeaderFontSize 13\n"
	"}\n";

/* Behind what a task, a softirq, a hard interrupt does: the tab with the name, and the rest. */
static const char *const context_colours[] = {
	"#86efac #f0fdf4", "#93c5fd #eff6ff", "#d8b4fe #faf5ff",
};

static const char phase_colours[] = "#e2e8f0 #ffffff";

/* Whatever might mean something to the preprocessor, the parser or Creole becomes <U+....>. */
static void put(FILE *out, const char *s)
{
	uint32_t cp, before = 0;
	size_t n;

	for (; (n = utf8_next(s, &cp)); s += n, before = cp) {
		if (text_is_control(cp))
			for (size_t i = 0; i < n; i++)
				fprintf(out, "<U+005C>x%02x", (unsigned char)s[i]);
		/* Two of a kind are Creole's marks; one alone is a plain sign. */
		else if (cp < 0x80 && !isalnum((int)cp) &&
			 (!strchr(" ._,()/+=-:#", (int)cp) || (cp == before && cp != ' ') ||
			  (uint32_t)(unsigned char)s[1] == cp))
			fprintf(out, "<U+%04X>", cp);
		else
			fwrite(s, 1, n, out);
	}
}

static void put_words(FILE *out, const struct diagram *d, size_t i)
{
	const struct item *item = &d->items[i];
	char time[PICTURE_TIME_ROOM], delta[PICTURE_WORDS_ROOM], line[PICTURE_LINE_ROOM];

	picture_time(time, item->t_ns);
	picture_delta(delta, d, i);
	if (item->timed)
		fprintf(out, "<color:#64748b>%s</color>  ", time);
	put(out, item->label);
	for (const char *note = item->note; *note;) {
		note = picture_line(line, note);
		fputs("\\n", out);
		put(out, line);
	}
	if (*delta)
		fprintf(out, "\\n%s", delta);
	fputc('\n', out);
}

/* A wait is a gap in the lifelines, above the context that ends it. */
static void put_wait(FILE *out, const struct item *item)
{
	char time[WORDS_ROOM];

	words_time(time, item->delta_ns);
	fprintf(out, "...%s of waiting...\n", time);
}

static void put_context(FILE *out, const struct diagram *d, size_t i)
{
	const struct item *item = &d->items[i];
	int kind = item->context >= 0 && item->context < 3 ? item->context : 0;

	if (item->timed || (i + 1 < d->item_n && d->items[i + 1].waited))
		put_wait(out, item->timed ? item : item + 1);
	if (item->kind == ITEM_PHASE)
		fprintf(out, "group%s ", phase_colours);
	else
		fprintf(out, "group%s cpu%u%s", context_colours[kind], item->cpu,
			*item->label ? " · " : "");
	put(out, item->label);
	if (*item->note) {
		fputs(" · ", out);
		put(out, item->note);
	}
	/* A group is as wide as what it holds. */
	fputc('\n', out);
	if (d->lane_n > 1)
		fprintf(out, "l0 -[hidden]> l%zu\n", d->lane_n - 1);
}

static void put_over(FILE *out, const struct diagram *d, int lane, const char *shape,
		     const char *colour)
{
	if (picture_lane(d, lane))
		fprintf(out, "%s over l%d %s: ", shape, lane, colour);
	else if (d->lane_n > 1)
		fprintf(out, "%s over l0, l%zu %s: ", shape, d->lane_n - 1, colour);
	else
		fprintf(out, "%s over l0 %s: ", shape, colour);
}

/* How it ended is said where it ended, unless that is all well: the title says so then. */
static void put_end(FILE *out, const struct diagram *d, size_t i)
{
	int lane = picture_lane_before(d, i);

	if (lane < 0 || d->complete || !*d->items[i].label)
		return;
	put_over(out, d, lane, "rnote", "#ffffff");
	put_words(out, d, i);
}

static void put_step(FILE *out, const struct diagram *d, size_t i, int call)
{
	const struct item *item = &d->items[i];

	if (item->kind != ITEM_STEP && picture_lane(d, item->lane) && picture_lane(d, item->to))
		fprintf(out, "l%d %s l%d : ", item->lane, item->kind == ITEM_RETURN || item->thin ? "-->" : "->",
			item->to);
	else
		put_over(out, d, item->lane, "rnote", item->inferred ? "#f1f5f9" : "#ffffff");
	if (item->inferred)
		fputs("◌ ", out);
	put_words(out, d, i);
	if (call)
		fprintf(out, "%s l%d\n", call > 0 ? "activate" : "deactivate",
			call > 0 ? item->to : item->lane);
}

static void put_drop(FILE *out, const struct diagram *d, size_t i)
{
	const struct item *item = &d->items[i];

	if (picture_lane(d, item->lane))
		fprintf(out, "l%d -[#dc2626]>x l%d : <color:#dc2626>**DROPPED**</color>\n",
			item->lane, item->lane);
	put_over(out, d, item->lane, "hnote", "#fca5a5");
	put_words(out, d, i);
}

static void put_gap(FILE *out, const struct diagram *d, size_t i)
{
	put_over(out, d, -1, "hnote", "#fde68a");
	put_words(out, d, i);
}

static const struct picture_pen pen = {
	.context = put_context, .close = "end\n", .step = put_step, .drop = put_drop,
	.gap = put_gap, .end = put_end,
};

static int plantuml_diagram(FILE *out, const struct render_opts *o, const struct diagram *d)
{
	int err = 0;

	(void)o;
	fprintf(out, "@startuml\n%s", setup);
	for (size_t i = 0; i < d->title_n; i++) {
		fputs(i ? "\\n" : "title <b>", out);
		put(out, d->title[i]);
		fputs(i ? "" : "</b>", out);
	}
	fputs(d->title_n ? "\n" : "", out);
	for (size_t i = 0; i < d->lane_n; i++) {
		fputs("participant \"", out);
		put(out, d->lanes[i].wide);
		fprintf(out, "\" as l%zu\n", i);
	}
	err = picture_items(out, d, &pen);
	fputs("@enduml\n\n", out);
	return err ? err : stream_error(out);
}

/* Between diagrams PlantUML reads nothing, but a comment keeps the words where people look. */
static int plantuml_end(FILE *out, const struct render_opts *o, const struct footer *f)
{
	(void)o;
	for (size_t i = 0; i < f->n; i++) {
		fputs(f->alarm ? "' ! " : "' ", out);
		put(out, f->lines[i]);
		fputc('\n', out);
	}
	return stream_error(out);
}

const struct renderer render_plantuml = {
	.name = "plantuml",
	.meaning = "a PlantUML sequence diagram for each packet",
	.diagram = plantuml_diagram,
	.end = plantuml_end,
};
