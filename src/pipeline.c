/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Joins tracker, diagram, renderer and footer; a live run and a report differ only in who feeds it. */
#include "pipeline.h"

#include <errno.h>
#include <stdlib.h>

#include "slowest.h"
#include "summary.h"

enum { PIPELINE_ENOUGH = 1 };

struct pipeline {
	struct pipeline_opts o;
	FILE *out;
	const struct cap_world *world;
	struct track *track;
	struct slowest slowest;	/* drawn at the end */
	struct hops hops;
	uint64_t chosen, drawn;
	bool begun;
};

static int pipeline_begin(struct pipeline *p)
{
	if (p->begun)
		return 0;
	p->begun = true;
	return p->o.renderer->begin ? p->o.renderer->begin(p->out, &p->o.render) : 0;
}

static int pipeline_diagram(struct pipeline *p, const struct journey *j)
{
	struct diagram d;
	int err = diagram_make(&d, j, p->o.render.detail);

	if (err)
		return err;
	err = p->o.renderer->diagram(p->out, &p->o.render, &d);
	diagram_free(&d);
	return err;
}

static int pipeline_draw(struct pipeline *p, const struct journey *j)
{
	int err = pipeline_begin(p);

	if (!err && p->o.renderer->diagram)
		err = pipeline_diagram(p, j);
	if (!err && p->o.renderer->journey)
		err = p->o.renderer->journey(p->out, &p->o.render, j);
	p->drawn++;
	return err;
}

static int pipeline_journey(void *ctx, const struct journey *j)
{
	struct pipeline *p = ctx;
	int chosen = select_journey(&p->o.select, j), err;

	if (chosen <= 0)
		return chosen;
	err = p->o.stats ? hops_add(&p->hops, j, p->o.render.detail) : 0;
	if (err)
		return err;
	err = p->slowest.max ? slowest_offer(&p->slowest, j) : pipeline_draw(p, j);
	if (err)
		return err;
	return ++p->chosen == p->o.packets ? PIPELINE_ENOUGH : 0;
}

static int pipeline_call(void *ctx, const struct call *c)
{
	struct pipeline *p = ctx;
	int err = pipeline_begin(p);

	if (!err && p->o.renderer->call)
		err = p->o.renderer->call(p->out, &p->o.render, c);
	return err;
}

struct pipeline *pipeline_new(FILE *out, const struct pipeline_opts *o,
			      const struct cap_world *world)
{
	struct pipeline *p = calloc(1, sizeof(*p));
	struct track_sink sink = { .journey = pipeline_journey, .call = pipeline_call, .ctx = p };

	if (!p)
		return NULL;
	p->o = *o;
	p->slowest.max = o->select.slowest;
	p->out = out;
	p->world = world;
	p->track = track_new(o->dirs, world, &sink);
	if (!p->track) {
		free(p);
		return NULL;
	}
	return p;
}

int pipeline_record(struct pipeline *p, const struct ev_head *rec)
{
	return track_record(p->track, rec);
}

static int pipeline_hops(struct pipeline *p)
{
	const struct hop **hops;
	int err;

	if (!p->o.stats || !p->o.renderer->hops)
		return 0;
	hops = hops_sorted(&p->hops);
	err = hops ? p->o.renderer->hops(p->out, &p->o.render, hops) : -ENOMEM;
	free(hops);
	return err;
}

int pipeline_finish(struct pipeline *p, const struct cap_list *counts, const char *why_cut)
{
	struct footer f = { 0 };
	struct summary s = {
		.st = track_stats(p->track), .world = p->world, .counts = counts,
		.dirs = p->o.dirs, .select = &p->o.select, .why_cut = why_cut,
	};
	int err = track_finish(p->track, counts);

	if (err < 0)
		return err;
	err = pipeline_begin(p);
	for (size_t i = 0; i < p->slowest.n && !err; i++)
		err = pipeline_draw(p, &p->slowest.v[i].j);
	if (!err)
		err = pipeline_hops(p);
	if (err)
		return err;
	s.chosen = p->chosen;
	s.drawn = p->drawn;
	err = summary_make(&f, &s, p->o.render.detail);
	if (!err && p->o.renderer->end)
		err = p->o.renderer->end(p->out, &p->o.render, &f);
	footer_free(&f);
	return err;
}

const struct track_stats *pipeline_stats(const struct pipeline *p)
{
	return track_stats(p->track);
}

void pipeline_free(struct pipeline *p)
{
	if (!p)
		return;
	track_free(p->track);
	slowest_free(&p->slowest);
	hops_free(&p->hops);
	free(p);
}
