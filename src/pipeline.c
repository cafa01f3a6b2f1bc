/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Joins tracker, diagram, renderer and footer; a live run and a report differ only in who feeds it. */
#include "pipeline.h"

#include <errno.h>
#include <stdlib.h>

#include "slowest.h"
#include "summary.h"
#include "talk_diagram.h"

enum { PIPELINE_ENOUGH = 1 };

struct pipeline {
	struct pipeline_opts o;
	FILE *out;
	const struct cap_world *world;
	struct track *track;
	struct slowest slowest;	/* drawn at the end */
	struct hops hops;
	struct talks *talks;	/* NULL: packets are drawn */
	struct balance balance;
	uint64_t chosen, drawn, talked;
	uint64_t refused;	/* what was not drawn because of --only */
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
	int err = diagram_make(&d, j, p->o.render.detail, p->o.render.lanes, p->o.render.tcp);

	if (err)
		return err;
	err = p->o.renderer->diagram(p->out, &p->o.render, &d);
	diagram_free(&d);
	return err;
}

static int pipeline_draw(struct pipeline *p, const struct journey *j)
{
	int err = pipeline_begin(p);

	if (!err && p->o.renderer->diagram && !p->talks)
		err = pipeline_diagram(p, j);
	if (!err && p->o.renderer->journey)
		err = p->o.renderer->journey(p->out, &p->o.render, j);
	p->drawn++;
	return err;
}

static int pipeline_journey(void *ctx, const struct journey *j)
{
	struct pipeline *p = ctx;
	int chosen = select_journey(&p->o.select, j), err = 0;

	if (chosen < 0)
		return chosen;
	if (chosen && p->o.stats)
		err = hops_add(&p->hops, j, p->o.render.detail);
	if (!err && chosen)
		err = p->slowest.max ? slowest_offer(&p->slowest, j) : pipeline_draw(p, j);
	p->chosen += !!chosen;
	p->refused += !chosen && !p->talks;
	if (!err && p->talks)
		return talks_journey(p->talks, j, chosen);
	if (err)
		return err;
	return chosen && p->chosen == p->o.packets ? PIPELINE_ENOUGH : 0;
}

static int pipeline_call(void *ctx, const struct call *c)
{
	struct pipeline *p = ctx;
	int err = pipeline_begin(p);

	if (!err && p->o.renderer->call)
		err = p->o.renderer->call(p->out, &p->o.render, c);
	if (!err && p->talks)
		err = talks_call(p->talks, c);
	return err;
}

static int pipeline_connection(void *ctx, const struct account_sum *ways, size_t n)
{
	struct pipeline *p = ctx;
	int err = pipeline_begin(p);

	balance_add(&p->balance, ways, n);
	if (!err && p->o.renderer->connection)
		err = p->o.renderer->connection(p->out, &p->o.render, ways, n);
	return err;
}

static int pipeline_talk(void *ctx, const struct talk *t)
{
	struct pipeline *p = ctx;
	struct talk_view v;
	struct diagram d;
	int err;

	if (p->o.select.only && !t->chosen) {
		p->refused++;
		return 0;
	}
	err = talk_view_make(&v, t, p->o.render.detail == DETAIL_FULL);
	if (!err && p->o.renderer->diagram) {
		err = talk_diagram_make(&d, &v, p->o.render.detail, p->o.render.tcp);
		if (!err) {
			err = p->o.renderer->diagram(p->out, &p->o.render, &d);
			diagram_free(&d);
		}
	}
	if (!err && p->o.renderer->talk)
		err = p->o.renderer->talk(p->out, &p->o.render, &v);
	talk_view_free(&v);
	if (err)
		return err;
	return ++p->talked == p->o.packets ? PIPELINE_ENOUGH : 0;
}

struct pipeline *pipeline_new(FILE *out, const struct pipeline_opts *o,
			      const struct cap_world *world)
{
	struct pipeline *p = calloc(1, sizeof(*p));
	struct track_sink sink = { .journey = pipeline_journey, .call = pipeline_call,
				   .connection = pipeline_connection, .ctx = p };

	if (!p)
		return NULL;
	p->o = *o;
	p->slowest.max = o->select.slowest;
	p->out = out;
	p->world = world;
	p->track = track_new(o->dirs, world, &sink);
	p->talks = o->flows ? talks_new(pipeline_talk, p) : NULL;
	if (!p->track || (o->flows && !p->talks)) {
		pipeline_free(p);
		return NULL;
	}
	return p;
}

int pipeline_record(struct pipeline *p, const struct ev_head *rec)
{
	int err = track_record(p->track, rec);

	return err || !p->talks ? err : talks_look(p->talks, track_now(p->track));
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
		.dirs = p->o.dirs, .flows = p->o.flows, .select = &p->o.select, .why_cut = why_cut,
		.detail = p->o.render.detail, .tcp = p->o.render.tcp,
	};
	int err = track_finish(p->track, counts);

	/* Stopped early: bytes were still on their way. */
	s.balance = err ? NULL : &p->balance;
	if (!err && p->talks)
		err = talks_finish(p->talks);
	if (err < 0)
		return err;
	err = pipeline_begin(p);
	for (size_t i = 0; i < p->slowest.n && !err; i++)
		err = pipeline_draw(p, &p->slowest.v[i].j);
	if (!err)
		err = pipeline_hops(p);
	if (err)
		return err;
	s.drawn = p->talks ? p->talked : p->drawn;
	s.refused = p->refused;
	s.faster = p->chosen - p->drawn;
	err = summary_make(&f, &s);
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
	talks_free(p->talks);
	track_free(p->track);
	slowest_free(&p->slowest);
	hops_free(&p->hops);
	free(p);
}
