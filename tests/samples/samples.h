/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Diagrams made by hand, with invented figures, that show every kind of item. */
#ifndef SKBTRACE_SAMPLES_H
#define SKBTRACE_SAMPLES_H

#include "diagram.h"

#define US(t, delta) \
	.timed = true, .t_ns = (uint64_t)((t) * 1000), .delta_ns = (uint64_t)((delta) * 1000)
#define ON(n, ctx, what, why) \
	{ .kind = ITEM_CONTEXT, .lane = -1, .to = -1, .cpu = n, .context = ctx, .label = what, \
	  .note = why }
#define STEP(at, t, delta, what, why) \
	{ .kind = ITEM_STEP, .lane = at, .to = -1, US(t, delta), .label = what, .note = why }
#define CROSS(at, towards, t, delta, what, why) \
	{ .kind = ITEM_CROSS, .lane = at, .to = towards, US(t, delta), .label = what, .note = why }
#define BACK(at, towards, t, delta, what, why) \
	{ .kind = ITEM_RETURN, .lane = at, .to = towards, US(t, delta), .label = what, .note = why }
#define DROP(at, t, delta, what, why) \
	{ .kind = ITEM_DROP, .lane = at, .to = -1, US(t, delta), .label = what, .note = why }
#define GAP(what) { .kind = ITEM_GAP, .lane = -1, .to = -1, .label = what, .note = "" }
#define END(what) { .kind = ITEM_END, .lane = -1, .to = -1, .label = what, .note = "" }

struct sample {
	const char *name;
	struct diagram d;
};

extern const struct sample samples[];
extern const size_t sample_n;

#endif
