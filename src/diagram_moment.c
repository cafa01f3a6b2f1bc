// SPDX-License-Identifier: GPL-2.0-or-later
/* The lines of a diagram that say what happened: a step, a call, a wake-up, an end. */
#include "diagram_draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "advice.h"
#include "frame_words.h"
#include "proto.h"
#include "render.h"

/* The lane that the packet goes on to from moment i: that of the next step, if it is another. */
static int crosses_to(const struct draw *w, size_t i)
{
	for (size_t k = i + 1; k < w->m.n; k++) {
		const struct moment *next = &w->m.v[k];

		bool calls = next->kind == MOMENT_CALL || next->kind == MOMENT_RETURN;

		if (next->hidden || (w->entities ? calls : next->kind == MOMENT_RUN))
			continue;
		/* A call is not where the packet goes; over a gap nobody knows. */
		if (calls || next->lost)
			return -1;
		return w->column[k] != w->column[i] ? w->column[k] : -1;
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

/* What came of it is a packet of its own. */
static bool was_copied(const struct journey *j)
{
	return j->steps.n && j->steps.v[j->steps.n - 1].stage == ST_skb_copy;
}

/* What of it another skb has now: one without a byte was queued for what its header says. */
static const char *what_went(const struct journey *j)
{
	return j->len ? "bytes" : j->tcp_flags & TCP_FIN ? "FIN" : j->tcp_flags & TCP_ACK ? "ACK" : "bytes";
}

/* What the end of an skb that was not dropped says beside it. */
static const char *end_note(char out[WORDS_ROOM], const struct moment *e, const struct journey *j)
{
	if (j->end_how == EV_END_COALESCED && j->fragment)
		return "the packet goes on in another skb";
	if (j->collapsed)
		return "its bytes were copied together with others";
	if (was_copied(j))
		return "a copy goes on in its place";
	if (j->end_how == EV_END_DEFERRED)
		snprintf(out, WORDS_ROOM, "its memory goes back to cpu%u, later", j->end_reason);
	else if (j->end_how == EV_END_COALESCED && j->into)
		snprintf(out, WORDS_ROOM, "its %s went into #%" PRIu64, what_went(j), j->into);
	else if (j->end_how == EV_END_COALESCED)
		snprintf(out, WORDS_ROOM, "its %s went into the skb before it", what_went(j));
	else if (j->end_reason_name[0])
		return j->end_reason_name;
	else
		return e->who.stage ? step_name(&e->who) : "";
	return out;
}

static struct item *draw_end_of_skb(struct draw *w, const struct moment *e, int lane)
{
	char reason[WORDS_ROOM], label[2 * WORDS_ROOM];
	const char *advice;
	struct item *it;

	if (w->j->state != JOURNEY_DROPPED) {
		it = draw_item(w, ITEM_STEP, words_end(w->j), end_note(reason, e, w->j));
	} else {
		words_reason(reason, w->j);
		advice = advice_for(w->j);
		snprintf(label, sizeof(label), "%s%s%s", reason, w->j->end_where[0] ? " in " : "",
			 w->j->end_where);
		it = draw_item(w, ITEM_DROP, label, advice ? advice : "");
	}
	if (it)
		it->lane = lane;
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

static struct item *draw_return(struct draw *w, size_t i)
{
	const struct call *c = w->j->call;
	char label[WORDS_ROOM], note[WORDS_ROOM], time[WORDS_ROOM], ret[WORDS_ROOM];
	struct item *it;

	snprintf(label, sizeof(label), "returns %.100s", words_return(ret, c->ret));
	snprintf(note, sizeof(note), "%.100s in the call", words_time(time, c->end_ns - c->start_ns));
	it = draw_item(w, w->entities ? ITEM_STEP : ITEM_RETURN, label, c->begin_seen ? note : "");
	if (!it)
		return NULL;
	it->lane = w->entities ? w->column[i] : returns_from(w, i);
	it->to = w->entities ? -1 : w->lane_at[LANE_APP];
	return it;
}

/* A softirq is raised, or begins. */
static struct item *draw_softirq(struct draw *w, const struct moment *e)
{
	const struct moment *next = e;
	char label[WORDS_ROOM], note[NOTE_ROOM] = "", words[WORDS_ROOM];
	bool full = w->detail == DETAIL_FULL;

	while (!*words_vector(&next->who) && next->kind == MOMENT_RAISE)
		next++;
	snprintf(label, sizeof(label), e->kind == MOMENT_RAISE ? "raises %s" : "%s begins",
		 words_vector(&next->who));
	if (e->kind == MOMENT_BEGIN) {
		if (w->last && w->last->kind != MOMENT_RAISE)
			note_add(note, words_raised(words, &e->who, full));
		if (*e->who.frame->func && !e->who.frame->by_handler)
			note_add(note, words_func(words, e->who.frame->func));
		if (w->detail != DETAIL_BRIEF)
			note_add(note, words_poll(words, draw_polled(w, e), full));
	}
	return draw_item(w, ITEM_STEP, label, note);
}

static struct item *draw_run(struct draw *w, const struct moment *e)
{
	char words[WORDS_ROOM];

	return draw_item(w, ITEM_STEP, "runs", strchr(words_run(words, e->wake), ' ') + 1);
}

/* Who runs has a lane: then the layer stands before the function. */
static struct item *draw_step(struct draw *w, const struct moment *e)
{
	char label[WORDS_ROOM], note[WORDS_ROOM], layered[2 * WORDS_ROOM];

	words_label(label, &e->who);
	words_note(note, &e->who);
	snprintf(layered, sizeof(layered), "%s: %s", lanes[e->lane].brief, label);
	return draw_item(w, ITEM_STEP, w->entities ? layered : label, note);
}

struct item *draw_moment(struct draw *w, size_t i)
{
	const struct moment *e = &w->m.v[i];
	char label[WORDS_ROOM];
	struct item *it = NULL;
	int to;

	switch (e->kind) {
	case MOMENT_END:
		return draw_end_of_skb(w, e, w->column[i]);
	case MOMENT_RETURN:
		return draw_return(w, i);
	case MOMENT_WAKE:
		it = draw_wake(w, e);
		break;
	case MOMENT_RUN:
		it = draw_run(w, e);
		break;
	case MOMENT_RAISE:
	case MOMENT_BEGIN:
		it = draw_softirq(w, e);
		break;
	case MOMENT_CALL:
		it = draw_item(w, ITEM_STEP, words_call(label, w->j->call), "");
		break;
	case MOMENT_STEP:
		it = draw_step(w, e);
		break;
	}
	if (!it)
		return NULL;
	it->lane = w->column[i];
	to = crosses_to(w, i);
	if (to >= 0) {
		it->kind = ITEM_CROSS;
		it->to = to;
	}
	return it;
}
