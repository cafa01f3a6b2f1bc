/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a journey to a diagram: lifelines, contexts, steps, crossings, gaps. */
#include "diagram.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "diagram_title.h"
#include "diagram_words.h"
#include "moment.h"

/* A diagram that is being made. */
struct draw {
	struct diagram *d;
	const struct journey *j;
	struct moments m;
	int lane_at[LANE_N];	/* index of each lane in the diagram; -1: not visited */
	const struct moment *last;	/* drawn last; NULL: none yet */
	uint64_t first_ns;
	int err;
};

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

/* A new item with its words; NULL, and w->err, on no memory. */
static struct item *draw_item(struct draw *w, enum item_kind kind, const char *label,
			      const char *note)
{
	struct item *it = w->err ? NULL : diagram_item(w->d, kind, label, note);

	if (!it)
		w->err = -ENOMEM;
	return it;
}

static void draw_lanes(struct draw *w)
{
	bool visited[LANE_N] = { false };

	for (size_t i = 0; i < w->m.n; i++) {
		if (w->m.v[i].hidden)
			continue;
		visited[w->m.v[i].lane] = true;
	}
	for (int i = 0; i < LANE_N && !w->err; i++) {
		int lane = w->j->dir == DIR_SEND ? i : LANE_N - 1 - i;

		w->lane_at[lane] = -1;
		if (!visited[lane])
			continue;
		w->lane_at[lane] = diagram_lane(w->d, lanes[lane].brief, lanes[lane].wide);
		if (w->lane_at[lane] < 0)
			w->err = -ENOMEM;
	}
}

/* The vector is sure only where packets come in: nothing else calls those functions. */
static const char *vector_of(const struct draw *w, const struct moment *e)
{
	return w->j->dir == DIR_RECV && e->kind == MOMENT_STEP ? "NET_RX" : "";
}

/* Says who runs from here on, and how long nobody worked on the packet before. */
static void draw_context(struct draw *w, const struct moment *e, uint64_t delta_ns, bool waited)
{
	char label[WORDS_ROOM], note[2 * WORDS_ROOM] = "", blocked[WORDS_ROOM];
	char after[WORDS_ROOM];
	bool reader;
	struct item *it;

	if (w->last && same_runner(&w->last->who, &e->who))
		return;
	reader = w->m.blocked && e->who.ctx == EV_CTX_TASK && w->j->call &&
		 e->who.tid == w->j->call->tid && !e->own;
	words_context(label, &e->who, vector_of(w, e));
	words_time(after, delta_ns);
	if (reader)
		snprintf(note, sizeof(note), "had been waiting %s · runs after %s",
			 words_time(blocked, w->m.blocked_ns), after);
	else if (w->last && moment_moved(w->last, e))
		snprintf(note, sizeof(note), "moved here");
	else if (waited)
		snprintf(note, sizeof(note), "after %s", after);
	w->m.blocked &= !reader;
	it = draw_item(w, ITEM_CONTEXT, label, note);
	if (!it)
		return;
	it->cpu = e->who.cpu;
	it->context = e->who.ctx < EV_CTX_HARDIRQ ? e->who.ctx : EV_CTX_HARDIRQ;
	it->waited = waited;
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

/* The lane that the packet goes on to from moment i: that of the next step, if it is another. */
static int crosses_to(const struct draw *w, size_t i)
{
	const struct moment *e = &w->m.v[i];

	for (size_t k = i + 1; k < w->m.n; k++) {
		const struct moment *next = &w->m.v[k];

		if (next->hidden)
			continue;
		/* A call is not where the packet goes; over a gap nobody knows. */
		if (next->kind == MOMENT_CALL || next->kind == MOMENT_RETURN || next->lost)
			return -1;
		return next->lane != e->lane ? w->lane_at[next->lane] : -1;
	}
	return -1;
}

/* The lane that a return comes back from: below the application, where the call went in. */
static int returns_from(const struct draw *w, size_t i)
{
	for (size_t k = i; k-- > 0;) {
		const struct moment *e = &w->m.v[k];

		if (e->hidden || e->kind != MOMENT_STEP)
			continue;
		if (w->lane_at[LANE_SOCK] >= 0)
			return w->lane_at[LANE_SOCK];
		return w->lane_at[e->lane];
	}
	return w->lane_at[LANE_APP];
}

static struct item *draw_end_of_skb(struct draw *w, const struct moment *e)
{
	char reason[WORDS_ROOM], label[2 * WORDS_ROOM];
	const char *advice;
	struct item *it;

	if (w->j->state != JOURNEY_DROPPED) {
		bool moved = w->j->end_how == EV_END_COALESCED;

		it = draw_item(w, ITEM_STEP, words_end(w->j),
			       moved ? "its bytes went into the skb before it" :
			       w->j->end_reason_name[0] ? w->j->end_reason_name :
			       e->who.stage ? stages[e->who.stage].name : "");
	} else {
		words_reason(reason, w->j);
		advice = words_advice(reason);
		snprintf(label, sizeof(label), "%s%s%s", reason, w->j->end_where[0] ? " in " : "",
			 w->j->end_where);
		it = draw_item(w, ITEM_DROP, label, advice ? advice : "");
	}
	if (it)
		it->lane = w->lane_at[e->lane];
	return it;
}

static struct item *draw_moment(struct draw *w, size_t i)
{
	const struct moment *e = &w->m.v[i];
	const struct call *c = w->j->call;
	char label[WORDS_ROOM], note[WORDS_ROOM], time[WORDS_ROOM], ret[WORDS_ROOM];
	struct item *it;
	int to;

	if (e->kind == MOMENT_END)
		return draw_end_of_skb(w, e);
	if (e->kind == MOMENT_RETURN) {
		snprintf(label, sizeof(label), "returns %.100s", words_return(ret, c->ret));
		snprintf(note, sizeof(note), "%.100s in the call",
			 words_time(time, c->end_ns - c->start_ns));
		it = draw_item(w, ITEM_RETURN, label, c->begin_seen ? note : "");
		if (it) {
			it->lane = returns_from(w, i);
			it->to = w->lane_at[LANE_APP];
		}
		return it;
	}
	if (e->kind == MOMENT_CALL)
		it = draw_item(w, ITEM_STEP, words_call(label, c), "");
	else
		it = draw_item(w, ITEM_STEP, words_label(label, &e->who),
			       words_note(note, &e->who));
	if (!it)
		return NULL;
	it->lane = w->lane_at[e->lane];
	to = crosses_to(w, i);
	if (to >= 0) {
		it->kind = ITEM_CROSS;
		it->to = to;
	}
	return it;
}

static void draw_moments(struct draw *w)
{
	struct item *it;

	for (size_t i = 0; i < w->m.n && !w->err; i++) {
		const struct moment *e = &w->m.v[i];
		uint64_t delta;
		bool waited;

		if (e->hidden)
			continue;
		if (!w->last)
			w->first_ns = e->t_ns;
		delta = w->last ? e->t_ns - w->last->t_ns : 0;
		waited = delta && moment_wait(w->last, e);
		draw_gap(w, e->lost, e->who.cpu);
		draw_context(w, e, delta, waited);
		it = draw_moment(w, i);
		if (!it)
			return;
		it->timed = true;
		it->t_ns = e->t_ns - w->first_ns;
		it->delta_ns = delta;
		it->waited = waited;
		it->cpu = e->who.cpu;
		it->context = e->who.ctx < EV_CTX_HARDIRQ ? e->who.ctx : EV_CTX_HARDIRQ;
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

int diagram_make(struct diagram *d, const struct journey *j, int detail)
{
	struct draw w = { .d = d, .j = j };

	*d = (struct diagram){ 0 };
	d->complete = !j->lost && (j->state == JOURNEY_COMPLETE || j->state == JOURNEY_DROPPED);
	w.err = diagram_title(d, j);
	if (!w.err)
		w.err = moments_make(&w.m, j, detail);
	if (!w.err)
		draw_lanes(&w);
	if (!w.err)
		draw_moments(&w);
	draw_gap(&w, j->lost_after, j->lost_cpu);
	draw_item(&w, ITEM_END, end_words(j), "");
	moments_free(&w.m);
	if (w.err)
		diagram_free(d);
	return w.err;
}
