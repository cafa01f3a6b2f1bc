/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a journey to a diagram: lifelines, and what is drawn on them in order of time. */
#include "diagram_draw.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diagram_title.h"
#include "frame_words.h"
#include "inferred.h"
#include "render.h"
#include "tcp_words.h"
#include "way_words.h"

/* A new item with its words; NULL, and w->err, on no memory. */
struct item *draw_item(struct draw *w, enum item_kind kind, const char *label, const char *note)
{
	struct item *it = w->err ? NULL : diagram_item(w->d, kind, label, note);

	if (!it)
		w->err = -ENOMEM;
	return it;
}

void note_add(char note[NOTE_ROOM], const char *fact)
{
	size_t n = strlen(note);

	if (*fact)
		snprintf(note + n, NOTE_ROOM - n, "%s%s", n ? " · " : "", fact);
}

static int draw_layers(struct draw *w)
{
	bool visited[LANE_N] = { false };

	for (size_t i = 0; i < w->m.n; i++) {
		if (w->m.v[i].hidden)
			continue;
		visited[w->m.v[i].lane] = true;
	}
	for (int i = 0; i < LANE_N; i++) {
		int lane = w->j->dir == DIR_SEND ? i : LANE_N - 1 - i;

		if (!visited[lane])
			continue;
		w->lane_at[lane] = diagram_lane(w->d, lanes[lane].brief, lanes[lane].wide);
		if (w->lane_at[lane] < 0)
			return -ENOMEM;
	}
	for (size_t i = 0; i < w->m.n; i++)
		w->column[i] = w->lane_at[w->m.v[i].lane];
	return 0;
}

static int draw_lanes(struct draw *w)
{
	for (int i = 0; i < LANE_N; i++)
		w->lane_at[i] = -1;
	for (int i = 0; i < ENTITY_LANES; i++)
		w->cpu_of[i] = -1;
	w->column = calloc(w->m.n + 1, sizeof(*w->column));
	if (!w->column)
		return -ENOMEM;
	return w->entities ? diagram_entities(w->d, &w->m, w->column) : draw_layers(w);
}

static void draw_gap(struct draw *w, uint32_t lost, unsigned int cpu)
{
	char label[WORDS_ROOM];
	struct item *it;

	if (!lost)
		return;
	snprintf(label, sizeof(label), "%u record%s lost here on cpu%u", lost, lost == 1 ? "" : "s",
		 cpu);
	it = draw_item(w, ITEM_GAP, label, "steps may be missing");
	if (it)
		it->cpu = cpu;
}

static void item_place(const struct draw *w, struct item *it, const struct moment *e)
{
	it->t_ns = e->t_ns - w->first_ns;
	it->cpu = e->who.cpu;
	it->context = e->who.ctx < EV_CTX_HARDIRQ ? e->who.ctx : EV_CTX_HARDIRQ;
}

/* Puts a fact before or behind the note of an item. */
static void item_fact(struct draw *w, struct item *it, const char *fact, bool before)
{
	char note[NOTE_ROOM] = "", *more;

	note_add(note, before ? fact : it->note);
	note_add(note, before ? it->note : fact);
	more = strdup(note);
	if (!more) {
		w->err = -ENOMEM;
		return;
	}
	free(it->note);
	it->note = more;
}

/* What waited, and no context says so, says it where it goes on. */
static void say_waited(struct draw *w, struct item *it, uint64_t ns, const char *wait)
{
	char words[WORDS_ROOM];

	/* Who goes on stands on a lane of its own: that it was handed over is seen. */
	if (w->entities && !strcmp(wait, "handed over"))
		return;
	if (ns >= WORDS_WAIT_LEAST_NS || w->detail == DETAIL_FULL)
		item_fact(w, it, words_wait(words, ns, wait), false);
}

/* A task and its CPU are two; an interrupt, too, comes to any. */
static void say_cpu(struct draw *w, struct item *it, const struct moment *e)
{
	char cpu[16];

	if (!w->entities || it->lane < 0 || w->cpu_of[it->lane] == e->who.cpu)
		return;
	w->cpu_of[it->lane] = e->who.cpu;
	snprintf(cpu, sizeof(cpu), "cpu%u", e->who.cpu);
	item_fact(w, it, cpu, true);
}

/* Where nothing says who runs, what comes to another network namespace says it itself. */
static void say_netns(struct draw *w, struct item *it, const struct moment *e)
{
	char words[WORDS_ROOM];

	if (!w->roams || !w->entities || e->kind != MOMENT_STEP || !e->who.netns || w->netns == e->who.netns)
		return;
	w->netns = e->who.netns;
	item_fact(w, it, words_host(words, &e->who), true);
}

/* What TCP keeps of the socket stands behind a step where it is not what was said last. */
static void say_tcp(struct draw *w, struct item *it, const struct moment *e)
{
	char words[TCP_WORDS_ROOM];

	if (!w->tells_tcp || e->kind != MOMENT_STEP || !e->who.tcp)
		return;
	item_fact(w, it, words_tcp(words, w->tcp, e->who.tcp), false);
	w->tcp = e->who.tcp;
}

/* Does the moment say itself how long was waited, or is it plain from who went before? */
static bool wait_is_said(const struct draw *w, const struct moment *e)
{
	return e->kind == MOMENT_WAKE || e->kind == MOMENT_RUN || e->kind == MOMENT_BEGIN ||
	       (w->last && w->last->kind == MOMENT_BEGIN);
}

/* What the compiler inlined on the way from the step before to this one stands between them, without a time. */
static void draw_inferred(struct draw *w, size_t i)
{
	const struct moment *e = &w->m.v[i];
	const char *names[INFERRED_MOST];
	size_t n = 0;

	if (w->detail == DETAIL_FULL && e->kind == MOMENT_STEP && w->last && w->last->kind == MOMENT_STEP && !e->lost)
		n = inferred_between(names, &w->last->who, &e->who);
	for (size_t k = 0; k < n; k++) {
		struct item *it = draw_item(w, ITEM_STEP, names[k], "inlined");

		if (!it)
			return;
		it->lane = w->column[w->last - w->m.v];
		it->inferred = true;
	}
}

/* It has its place in the order, and no time. */
static bool is_from_stack(const struct moment *e)
{
	return e->kind == MOMENT_STEP && e->who.from_stack;
}

/* What a call stack tells, and the end of it: nothing to measure. */
static void draw_untimed(struct draw *w, struct item *it, const struct moment *e)
{
	it->inferred = it->thin = is_from_stack(e);
	say_cpu(w, it, e);
	w->last = e;
}

static void draw_moments(struct draw *w)
{
	struct item *it;

	for (size_t i = 0; i < w->m.n && !w->err; i++) {
		const struct moment *e = &w->m.v[i];
		const char *wait;
		uint64_t delta;
		bool changes;

		if (e->hidden)
			continue;
		if (!w->last)
			w->first_ns = e->t_ns;
		delta = w->last ? e->t_ns - w->last->t_ns : 0;
		wait = delta ? moment_wait(w->last, e) : NULL;
		draw_gap(w, e->lost, e->who.cpu);
		it = draw_context(w, e, delta, wait);
		changes = it;
		if (it)
			item_place(w, it, e);
		else
			draw_inferred(w, i);
		/* That a task runs again is its context; that it is dropped is its end. */
		if (is_from_stack(e) && e->who.stage == ST_kfree_skb) {
			w->last = e;
			continue;
		}
		if (w->entities || e->kind != MOMENT_RUN)
			it = draw_moment(w, i);
		if (!it)
			continue;
		item_place(w, it, e);
		if (w->j->from_stack) {
			draw_untimed(w, it, e);
			continue;
		}
		it->timed = true;
		it->delta_ns = delta;
		it->waited = wait;
		if (wait && !changes && !wait_is_said(w, e))
			say_waited(w, it, delta, wait);
		say_netns(w, it, e);
		say_cpu(w, it, e);
		say_tcp(w, it, e);
		w->last = e;
	}
	diagram_mark_slowest(w->d);
}

static const char *end_words(const struct journey *j)
{
	switch (j->state) {
	case JOURNEY_COMPLETE:
		return j->dir == DIR_RECV && j->call ? "read" : "done";
	case JOURNEY_OPEN:
		return j->dir == DIR_RECV ? "not read yet" : "not seen again";
	case JOURNEY_NO_END:
		return "lost sight of: its address became another packet";
	default:
		return "";
	}
}

int diagram_make(struct diagram *d, const struct journey *j, int detail, int lane_kind, bool tcp)
{
	struct draw w = {
		.d = d, .j = j, .detail = detail, .entities = lane_kind == LANES_CONTEXT, .tells_tcp = tcp,
	};

	*d = (struct diagram){ 0 };
	w.roams = journey_roams(j);
	d->complete = !j->from_stack && !j->lost && !j->missed && (j->state == JOURNEY_COMPLETE || j->state == JOURNEY_DROPPED);
	w.err = diagram_title(d, j);
	if (!w.err)
		w.err = moments_make(&w.m, j, detail);
	if (!w.err && w.entities)
		w.err = moments_add_frames(&w.m, detail);
	if (!w.err)
		w.err = draw_lanes(&w);
	if (!w.err)
		draw_moments(&w);
	draw_gap(&w, j->lost_after, j->lost_cpu);
	/* It closes a context; without one it is worth a line if it tells something. */
	if (!w.entities || !d->complete)
		draw_item(&w, ITEM_END, end_words(j), "");
	moments_free(&w.m);
	free(w.column);
	if (w.err)
		diagram_free(d);
	return w.err;
}
