// SPDX-License-Identifier: GPL-2.0-or-later
/* The lines of a diagram that say who runs from there on, and why. */
#include "diagram_draw.h"

#include <stdio.h>
#include <string.h>

#include "frame_words.h"
#include "way_words.h"
#include "render.h"

/*
 * The step by which it comes out of a poll: what leads there, net_rx_action and the driver's own
 * steps, comes before packets are counted. Else one that is in the poll, else the moment's own.
 */
const struct step *draw_polled(const struct draw *w, const struct moment *e)
{
	const struct step *own = &e->who, *in_poll = NULL;

	for (; e < w->m.v + w->m.n && same_runner(&e->who, own); e++) {
		if (e->who.nth)
			return &e->who;
		if (!in_poll && frame_find(e->who.frame, EV_FRAME_POLL))
			in_poll = &e->who;
	}
	return in_poll ? in_poll : own;
}

/*
 * Where no frame tells the vector it is sure only where packets come in: nothing else calls those
 * functions.
 */
static const char *vector_guess(const struct draw *w, const struct moment *e)
{
	/* A call stack has the poll that it came out of, or something else has raised the softirq. */
	if (w->j->from_stack)
		return stages[w->j->steps.v[0].stage].dir == DIR_RECV ? "NET_RX" : "";
	return w->j->dir == DIR_RECV && e->kind == MOMENT_STEP ? "NET_RX" : "";
}

/* Is it the first that the blocked reader does? */
static bool by_reader(const struct draw *w, const struct moment *e)
{
	return w->m.blocked && e->who.ctx == EV_CTX_TASK && w->j->call &&
	       e->who.tid == w->j->call->tid && !e->own;
}

/* Where a way begins nothing may tell the network namespace yet: then that of the first step which does. */
static const struct step *host_of(const struct draw *w, const struct moment *e)
{
	while (!w->netns && e < w->m.v + w->m.n - 1 && (e->kind != MOMENT_STEP || !e->who.netns))
		e++;
	return &e->who;
}

/* Does the packet come to another network namespace than the one that was said last? */
static bool roams_to(const struct draw *w, const struct moment *e)
{
	const struct step *s = host_of(w, e);

	return w->roams && e->kind != MOMENT_RETURN && s->stage != ST_net_dev_xmit && s->netns && s->netns != w->netns;
}

/* Why this one runs from here on, since when it was wanted, and how long nobody worked on the packet. */
static void note_context(char note[NOTE_ROOM], struct draw *w, const struct moment *e,
			 uint64_t delta_ns, const char *wait)
{
	bool full = w->detail == DETAIL_FULL;
	char words[WORDS_ROOM], after[WORDS_ROOM];

	*note = '\0';
	if (roams_to(w, e))
		note_add(note, words_host(words, host_of(w, e)));
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
	note_add(note, words_poll(words, draw_polled(w, e), full));
}

/* At little detail a task that goes from one softirq into the next is the same. */
static bool context_stays(const struct draw *w, const struct moment *e)
{
	const struct step *a = &w->last->who, *b = &e->who;

	return same_runner(a, b) || (w->detail == DETAIL_BRIEF && a->cpu == b->cpu &&
				     a->ctx == b->ctx && a->tid == b->tid);
}

/* Says who runs from here on; NULL: the same as before, or no memory. */
struct item *draw_context(struct draw *w, const struct moment *e, uint64_t delta_ns,
				 const char *wait)
{
	char label[WORDS_ROOM], note[NOTE_ROOM];
	struct item *it;

	if (w->entities || (w->last && context_stays(w, e) && !roams_to(w, e)))
		return NULL;
	words_context(label, &e->who, vector_guess(w, e));
	note_context(note, w, e, delta_ns, wait);
	if (roams_to(w, e))
		w->netns = host_of(w, e)->netns;
	it = draw_item(w, ITEM_CONTEXT, label, note);
	if (it)
		it->waited = wait;
	return it;
}
