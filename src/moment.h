/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a diagram will show of a journey, in order of time: steps, call, wake-up, return, end. */
#ifndef SKBTRACE_MOMENT_H
#define SKBTRACE_MOMENT_H

#include "journey.h"

enum moment_kind {
	MOMENT_CALL, MOMENT_STEP, MOMENT_RETURN, MOMENT_END,
	MOMENT_WAKE,	/* the task that sleeps in the call is woken */
	MOMENT_RUN,	/* it runs again */
	MOMENT_RAISE,	/* a softirq is raised that the packet will be worked on in */
	MOMENT_BEGIN,	/* it begins */
};

struct moment {
	enum moment_kind kind;
	uint64_t t_ns;
	struct step who;	/* the step itself; for the others who ran where */
	const struct wake *wake;	/* of MOMENT_WAKE and MOMENT_RUN */
	enum lane lane;
	uint32_t lost;		/* records that may be missing before it */
	bool own;		/* of the packet, not of its call */
	bool hidden;
	size_t place;		/* decides between moments of one time */
};

struct moments {
	struct moment *v;
	size_t n;
	bool blocked;		/* recv: the call had begun before the packet had arrived, and no wake-up tells it */
	uint64_t blocked_ns;	/* for so long */
	struct frame *raisers;	/* the interrupts that raised softirqs */
};

/* detail: enum detail. 0 or -ENOMEM. */
int moments_make(struct moments *m, const struct journey *j, int detail);
/* Adds how each softirq was raised and began that is met on the way. 0 or -ENOMEM. */
int moments_add_frames(struct moments *m, int detail);
/* Did the same task run in the same context on the same CPU, in the same softirq and poll? */
bool same_runner(const struct step *a, const struct step *b);
/*
 * What the packet waited for between two moments that follow one another, if
 * nobody worked on it there (wait.def); NULL: somebody did.
 */
const char *moment_wait(const struct moment *before, const struct moment *e);
/* Did the task only move to another CPU? */
bool moment_moved(const struct moment *before, const struct moment *e);
void moments_free(struct moments *m);

/* How long the task of that call had slept when it was woken; 0: it was not seen to fall asleep. */
uint64_t wake_slept(const struct call *c, const struct wake *w);
/* Did somebody sleep for it in a call: the reader before it arrived, or the writer before it was sent? */
bool journey_blocked(const struct journey *j);
/* From the first thing of the journey to its last, whatever the detail. 0 or -ENOMEM. */
int journey_span(const struct journey *j, uint64_t *ns);

#endif
