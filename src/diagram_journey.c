/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a journey to a diagram: lifelines, contexts, steps, crossings, gaps. */
#include "diagram.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diagram_title.h"
#include "diagram_words.h"
#include "frame_words.h"
#include "moment.h"
#include "render.h"

enum { NOTE_ROOM = 3 * WORDS_ROOM };

/* A diagram that is being made. */
struct draw {
	struct diagram *d;
	const struct journey *j;
	struct moments m;
	int lane_at[LANE_N];	/* index of each lane in the diagram; -1: not visited */
	const struct moment *last;	/* drawn last; NULL: none yet */
	uint64_t first_ns;
	int detail;		/* enum detail */
	int err;
};

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

/*
 * Where no frame tells the vector it is sure only where packets come in: nothing else calls those
 * functions.
 */
static const char *vector_guess(const struct draw *w, const struct moment *e)
{
	return w->j->dir == DIR_RECV && e->kind == MOMENT_STEP ? "NET_RX" : "";
}

static void note_add(char note[NOTE_ROOM], const char *fact)
{
	size_t n = strlen(note);

	if (*fact)
		snprintf(note + n, NOTE_ROOM - n, "%s%s", n ? " · " : "", fact);
}

/* Is it the first that the blocked reader does? */
static bool by_reader(const struct draw *w, const struct moment *e)
{
	return w->m.blocked && e->who.ctx == EV_CTX_TASK && w->j->call &&
	       e->who.tid == w->j->call->tid && !e->own;
}

/* Which packet of its poll it is: the driver's own steps come before that is counted. */
static uint32_t nth_of(const struct draw *w, const struct moment *e)
{
	const struct moment *end = w->m.v + w->m.n;
	const struct moment *first = e;

	while (e < end && !e->who.nth && e->who.frame && frames_meet(e->who.frame, first->who.frame))
		e++;
	return e < end && e->who.frame && frames_meet(e->who.frame, first->who.frame) ? e->who.nth : 0;
}

/* Why this one runs from here on, since when it was wanted, and how long nobody worked on the packet. */
static void note_context(char note[NOTE_ROOM], struct draw *w, const struct moment *e,
			 uint64_t delta_ns, const char *wait)
{
	bool full = w->detail == DETAIL_FULL;
	char words[WORDS_ROOM], after[WORDS_ROOM];

	*note = '\0';
	if (e->kind == MOMENT_RUN) {
		note_add(note, words_run(words, e->wake));
	} else if (by_reader(w, e)) {
		snprintf(note, NOTE_ROOM, "had been waiting %s", words_time(words, w->m.blocked_ns));
		snprintf(words, sizeof(words), "runs after %.20s", words_time(after, delta_ns));
		note_add(note, words);
		w->m.blocked = false;
	} else if (w->last && moment_moved(w->last, e)) {
		note_add(note, "moved here");
	} else if (wait && e->kind != MOMENT_WAKE) {
		note_add(note, words_wait(words, delta_ns, wait));
	}
	if (w->detail == DETAIL_BRIEF)
		return;
	/* Who raises it in its own task was there a moment ago. */
	if (full || !*note || !step_raised_itself(&e->who))
		note_add(note, words_raised(words, &e->who, full));
	note_add(note, words_poll(words, &e->who, nth_of(w, e), full));
}

/* At little detail a task that goes from one softirq into the next is the same. */
static bool context_stays(const struct draw *w, const struct moment *e)
{
	const struct step *a = &w->last->who, *b = &e->who;

	return same_runner(a, b) || (w->detail == DETAIL_BRIEF && a->cpu == b->cpu &&
				     a->ctx == b->ctx && a->tid == b->tid);
}

/* Says who runs from here on; NULL: the same as before, or no memory. */
static struct item *draw_context(struct draw *w, const struct moment *e, uint64_t delta_ns,
				 const char *wait)
{
	char label[WORDS_ROOM], note[NOTE_ROOM];
	struct item *it;

	if (w->last && context_stays(w, e))
		return NULL;
	words_context(label, &e->who, vector_guess(w, e));
	note_context(note, w, e, delta_ns, wait);
	it = draw_item(w, ITEM_CONTEXT, label, note);
	if (it)
		it->waited = wait;
	return it;
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

		if (next->hidden || next->kind == MOMENT_RUN)
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

static struct item *draw_wake(struct draw *w, const struct moment *e)
{
	const struct call *c = w->j->call;
	char label[WORDS_ROOM], note[WORDS_ROOM] = "", task[WORDS_ROOM], time[WORDS_ROOM];
	uint64_t slept = wake_slept(c, e->wake);

	snprintf(label, sizeof(label), "wakes %.100s", words_task(task, c->comm, c->tid, c->pid));
	if (slept)
		snprintf(note, sizeof(note), "asleep %.20s", words_time(time, slept));
	else if (c->begin_seen)
		snprintf(note, sizeof(note), "%.20s in the call",
			 words_time(time, e->t_ns - c->start_ns));
	return draw_item(w, ITEM_STEP, label, note);
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
	if (e->kind == MOMENT_WAKE)
		it = draw_wake(w, e);
	else if (e->kind == MOMENT_CALL)
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

static void item_place(const struct draw *w, struct item *it, const struct moment *e)
{
	it->t_ns = e->t_ns - w->first_ns;
	it->cpu = e->who.cpu;
	it->context = e->who.ctx < EV_CTX_HARDIRQ ? e->who.ctx : EV_CTX_HARDIRQ;
}

/* What waited in one context for itself, as in a queue, says so where it goes on. */
static void say_waited(struct draw *w, struct item *it, uint64_t ns, const char *wait)
{
	char words[WORDS_ROOM], note[NOTE_ROOM];
	char *more;

	if (ns < WORDS_WAIT_LEAST_NS && w->detail != DETAIL_FULL)
		return;
	snprintf(note, sizeof(note), "%s", it->note);
	note_add(note, words_wait(words, ns, wait));
	more = strdup(note);
	if (!more) {
		w->err = -ENOMEM;
		return;
	}
	free(it->note);
	it->note = more;
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
		/* That a task runs again is its context. */
		if (e->kind != MOMENT_RUN)
			it = draw_moment(w, i);
		if (!it)
			continue;
		item_place(w, it, e);
		it->timed = true;
		it->delta_ns = delta;
		it->waited = wait;
		if (wait && !changes && e->kind != MOMENT_WAKE)
			say_waited(w, it, delta, wait);
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
	struct draw w = { .d = d, .j = j, .detail = detail };

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
