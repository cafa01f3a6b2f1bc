/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pipeline in every format and choice, and the promise that nothing in what it draws acts on a terminal. */
#ifndef SKBTRACE_FUZZ_DRAW_H
#define SKBTRACE_FUZZ_DRAW_H

#include <string.h>

#include "fuzz.h"
#include "pipeline.h"
#include "text.h"
#include "utf8.h"

struct fuzz_drawing {
	struct pipeline *pipeline;
	bool colour;
	FILE *out;
	char *text;
	size_t size;
};

/* how chooses format and directions, which what is drawn. */
static inline void fuzz_draw_begin(struct fuzz_drawing *d, uint8_t how, uint8_t which, const struct cap_world *world)
{
	struct pipeline_opts o = {
		.render = {
			.width = 40 + how, .ascii = how & 16, .colour = how & 32, .detail = how % 3,
			.lanes = how & 64 ? LANES_CONTEXT : LANES_LAYER,
		},
		.dirs = 1 + how % 3,
		.flows = how & 8,
		.packets = how & 64 ? 3 : 0,
		.select = {
			.only = which & 1 ? which >> 1 & ((1 << ONLY_N) - 1) : 0,
			.slower_ns = which, .slowest = which & 64 ? 1 + which % 3 : 0,
		},
		.stats = which & 128,
	};
	size_t formats = 0;

	while (renderers[formats])
		formats++;
	o.renderer = renderers[how / 3 % formats];
	*d = (struct fuzz_drawing){ .colour = o.render.colour };
	d->out = open_memstream(&d->text, &d->size);
	d->pipeline = pipeline_new(d->out, &o, world);
	PROMISE(d->pipeline);
}

static inline void fuzz_draw_end(struct fuzz_drawing *d, const struct cap_list *counts, const char *why_cut)
{
	uint32_t cp;
	size_t n;

	PROMISE(pipeline_finish(d->pipeline, counts, why_cut) >= 0);
	pipeline_free(d->pipeline);
	fclose(d->out);
	PROMISE(strlen(d->text) == d->size);
	for (const char *s = d->text; (n = utf8_next(s, &cp)); s += n)
		PROMISE(!text_is_control(cp) || cp == '\n' || (d->colour && cp == 033));
	free(d->text);
}

#endif
