/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frames that a CPU said last, and how long each of them lives. */
#include "frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * How many frames of a CPU are remembered for records that are still to come: at most one of each
 * slot of the kernel side is going on, but records of one moment change places.
 */
enum { RECENT = 16 };

/* The slots of the kernel side are five: what is said to be in more than so many is not believed. */
enum { DEEPEST = 8 };

struct frame_cpu {
	struct frame *recent[RECENT];
	unsigned int next;
};

static const char *const frame_names[EV_FRAME_N] = {
#define FRAME(NAME, name, meaning) [EV_FRAME_##NAME] = #name,
#include "frames.def"
#undef FRAME
};

/* include/linux/interrupt.h: the order of the vectors has been the same since 2.6.38. */
static const char *const vector_names[] = {
	"HI", "TIMER", "NET_TX", "NET_RX", "BLOCK", "IRQ_POLL", "TASKLET", "SCHED", "HRTIMER", "RCU",
};

const char *frame_name(unsigned int what)
{
	return what < EV_FRAME_N ? frame_names[what] : NULL;
}

const char *softirq_name(unsigned int vector)
{
	return vector < sizeof(vector_names) / sizeof(vector_names[0]) ? vector_names[vector] : NULL;
}

void frame_hold(const struct frame *fr)
{
	if (fr)
		((struct frame *)fr)->refs++;
}

void frame_drop(const struct frame *fr)
{
	if (!fr || --((struct frame *)fr)->refs)
		return;
	frame_drop(fr->parent);
	free((struct frame *)fr);
}

static struct frame_cpu *frames_cpu(struct frames *f, unsigned int cpu)
{
	if (cpu >= f->n) {
		struct frame_cpu *more = realloc(f->cpus, (cpu + 1) * sizeof(*more));

		if (!more)
			return NULL;
		memset(more + f->n, 0, (cpu + 1 - f->n) * sizeof(*more));
		f->cpus = more;
		f->n = cpu + 1;
	}
	return &f->cpus[cpu];
}

const struct frame *frames_get(const struct frames *f, unsigned int cpu, uint32_t id)
{
	if (!id || cpu >= f->n)
		return NULL;
	for (unsigned int i = 0; i < RECENT; i++) {
		/* Many polls may have been in one softirq since that was said. */
		for (const struct frame *fr = f->cpus[cpu].recent[i]; fr; fr = fr->parent)
			if (fr->id == id)
				return fr;
	}
	return NULL;
}

static void name_take(char out[EV_NAME_LEN + 1], const char *name)
{
	memcpy(out, name, EV_NAME_LEN);
	out[EV_NAME_LEN] = '\0';
}

/* A poll is said for a step that may be older than what its softirq was said for: then it comes first. */
static void frame_adopt(struct frame_cpu *c, const struct frame *parent)
{
	for (unsigned int i = 0; i < RECENT; i++) {
		struct frame *fr = c->recent[i];

		if (!fr || fr->parent || fr->parent_id != parent->id || parent->depth == DEEPEST)
			continue;
		fr->parent = parent;
		fr->depth = parent->depth + 1;
		frame_hold(parent);
	}
}

static int frame_new(struct frames *f, const struct rec_frame *r, const struct names *names)
{
	struct frame_cpu *c = frames_cpu(f, r->head.cpu);
	struct frame *fr = c ? calloc(1, sizeof(*fr)) : NULL;
	const char *name;

	if (!fr)
		return -ENOMEM;
	fr->refs = 1;
	fr->id = r->frame;
	fr->cpu = r->head.cpu;
	fr->what = r->what < EV_FRAME_N ? r->what : EV_FRAME_NONE;
	fr->number = r->number;
	fr->tid = r->head.tid;
	fr->began_ns = r->head.t_ns;
	fr->budget = r->budget;
	fr->raised_ns = r->raised_ns;
	fr->raised_ctx = r->raised_ctx < EV_CTX_N ? r->raised_ctx : EV_CTX_TASK;
	fr->raised_tid = r->raised_tid;
	fr->raised_by = r->raised_by;
	fr->by_handler = r->by_handler;
	name_take(fr->name, r->name);
	name_take(fr->raised_name, r->raised_name);
	if (fr->raised_ns && fr->raised_ctx == EV_CTX_TASK) {
		name = names_task(names, fr->raised_tid, NULL);
		if (name)
			strncpy(fr->raised_name, name, EV_NAME_LEN);
	}
	name = names_sym(names, r->func);
	if (name)
		strncpy(fr->func, name, sizeof(fr->func) - 1);
	/* One that is its own parent would never end. */
	fr->parent_id = r->parent < r->frame ? r->parent : 0;
	fr->parent = frames_get(f, fr->cpu, fr->parent_id);
	if (fr->parent && fr->parent->depth == DEEPEST)
		fr->parent = NULL;
	fr->depth = fr->parent ? fr->parent->depth + 1 : 0;
	frame_hold(fr->parent);
	frame_drop(c->recent[c->next]);
	c->recent[c->next] = fr;
	c->next = (c->next + 1) % RECENT;
	frame_adopt(c, fr);
	return 0;
}

int frames_record(struct frames *f, const struct ev_head *rec, const struct names *names)
{
	const struct rec_poll *r = (const void *)rec;
	struct frame *fr;

	/* 0 is the number of no frame: every one without a parent would be its child, itself too. */
	if (rec->kind == EV_FRAME)
		return ((const struct rec_frame *)rec)->frame ? frame_new(f, (const void *)rec, names) : 0;
	fr = (struct frame *)frames_get(f, rec->cpu, r->frame);
	if (!fr)
		return 0;
	fr->polled = true;
	fr->work = r->work;
	fr->budget = r->budget;
	name_take(fr->dev, r->name);
	return 0;
}

void frames_free(struct frames *f)
{
	for (unsigned int i = 0; i < f->n; i++)
		for (unsigned int k = 0; k < RECENT; k++)
			frame_drop(f->cpus[i].recent[k]);
	free(f->cpus);
	*f = (struct frames){ 0 };
}

const struct frame *frame_find(const struct frame *fr, unsigned int what)
{
	while (fr && fr->what != what)
		fr = fr->parent;
	return fr;
}

static bool frame_within(const struct frame *fr, const struct frame *outer)
{
	while (fr && (fr->cpu != outer->cpu || fr->id != outer->id))
		fr = fr->parent;
	return fr;
}

bool frames_meet(const struct frame *a, const struct frame *b)
{
	return !a || !b || frame_within(a, b) || frame_within(b, a);
}
