// SPDX-License-Identifier: GPL-2.0-or-later
/* Names who ran, so that the same one gets the same lifeline. */
#include "diagram_entity.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame_words.h"

/* One that runs: two are the same if their whole names are. */
struct entity {
	char brief[WORDS_ROOM], wide[WORDS_ROOM];
};

static bool by_timer(const struct step *s)
{
	return s->frame && (s->frame->what == EV_FRAME_TIMER || s->frame->what == EV_FRAME_HRTIMER);
}

static void entity_of(struct entity *e, const struct step *s)
{
	const struct frame *irq = frame_find(s->frame, EV_FRAME_IRQ);
	bool tick = frame_find(s->frame, EV_FRAME_TICK), ipi = frame_find(s->frame, EV_FRAME_IPI);
	const char *what = s->ctx == EV_CTX_NMI ? "NMI" : by_timer(s) ? "timer" :
			   s->ctx != EV_CTX_HARDIRQ ? "softirq" : tick ? "tick" : ipi ? "IPI" : "interrupt";

	if (s->ctx == EV_CTX_TASK) {
		words_task(e->wide, s->comm, s->tid, s->pid);
		snprintf(e->brief, WORDS_ROOM, "%s", *s->comm && s->tid ? s->comm : e->wide);
	} else if (step_in_ksoftirqd(s)) {
		snprintf(e->wide, WORDS_ROOM, "%s", s->comm);
		snprintf(e->brief, WORDS_ROOM, "%s", s->comm);
	} else if (s->ctx == EV_CTX_HARDIRQ && irq) {
		snprintf(e->wide, WORDS_ROOM, "irq %u%s%s", irq->number, *irq->name ? " " : "", irq->name);
		snprintf(e->brief, WORDS_ROOM, "irq %u", irq->number);
	} else {
		snprintf(e->wide, WORDS_ROOM, "%s cpu%u", what, s->cpu);
		snprintf(e->brief, WORDS_ROOM, "%s", what);
	}
}

/* The lane of that name, a new one, or the last, which is for all others; -1: no memory. */
static int entity_lane(struct diagram *d, const struct entity *e)
{
	for (size_t i = 0; i < d->lane_n; i++)
		if (!strcmp(d->lanes[i].wide, e->wide))
			return i;
	if (d->lane_n < ENTITY_LANES - 1)
		return diagram_lane(d, e->brief, e->wide);
	if (d->lane_n < ENTITY_LANES)
		return diagram_lane(d, "others", "all others: too many for a lifeline each");
	return ENTITY_LANES - 1;
}

static int lane_rename(struct lane_head *lane, const char *brief)
{
	char *copy = strdup(brief);

	if (!copy)
		return -ENOMEM;
	free(lane->brief);
	lane->brief = copy;
	return 0;
}

/* Two of one short name are told by their whole names. */
static int lanes_differ(struct diagram *d)
{
	bool same[ENTITY_LANES] = { false };

	for (size_t i = 0; i < d->lane_n; i++)
		for (size_t k = 0; k < d->lane_n; k++)
			same[i] |= i != k && !strcmp(d->lanes[i].brief, d->lanes[k].brief);
	for (size_t i = 0; i < d->lane_n; i++)
		if (same[i] && lane_rename(&d->lanes[i], d->lanes[i].wide))
			return -ENOMEM;
	return 0;
}

int diagram_entities(struct diagram *d, const struct moments *m, int *column)
{
	struct entity e;

	for (size_t i = 0; i < m->n; i++) {
		if (m->v[i].hidden)
			continue;
		entity_of(&e, &m->v[i].who);
		column[i] = entity_lane(d, &e);
		if (column[i] < 0)
			return -ENOMEM;
	}
	return lanes_differ(d);
}
