/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From records to output: track, diagram, renderer and footer joined; live runs and report use the same. */
#ifndef SKBTRACE_PIPELINE_H
#define SKBTRACE_PIPELINE_H

#include "capfile.h"
#include "render.h"
#include "select.h"
#include "track.h"

struct pipeline;

struct pipeline_opts {
	const struct renderer *renderer;
	struct render_opts render;
	enum stage_dir dirs;
	struct select select;	/* which journeys are drawn */
	bool stats;		/* tell how long the hops of those took */
	bool flows;		/* draw conversations: those with such a journey */
	uint64_t packets;	/* stop after so many that are drawn; 0: no end */
};

/* NULL on no memory. out stays the caller's. world must outlive it. */
struct pipeline *pipeline_new(FILE *out, const struct pipeline_opts *o, const struct cap_world *world);
/* 0; 1: enough packets were drawn; -errno when out failed (or -ENOMEM). */
int pipeline_record(struct pipeline *p, const struct ev_head *rec);
/* Draws what is still open, then the footer. counts may be NULL (a cut capture). why_cut: NULL or what is missing. */
int pipeline_finish(struct pipeline *p, const struct cap_list *counts, const char *why_cut);
const struct track_stats *pipeline_stats(const struct pipeline *p);
void pipeline_free(struct pipeline *p);

#endif
