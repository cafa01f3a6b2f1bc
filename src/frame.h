/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames: what a CPU did besides running a task, and what was asked for when.
 * Counted: who keeps a step keeps its frame (step_list_add does).
 */
#ifndef SKBTRACE_FRAME_H
#define SKBTRACE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "names.h"

struct frame {
	uint32_t id;		/* its number on its CPU */
	uint16_t cpu;
	uint8_t what;		/* enum ev_frame */
	uint8_t raised_ctx;	/* enum ev_ctx; means something if raised_ns does */
	bool by_handler;	/* func is the handler of the irq that raised the softirq */
	uint32_t number;	/* irq, vector, index of the device of a poll */
	uint32_t tid;		/* task that it ran in, or interrupted */
	uint32_t raised_tid, raised_by;	/* by whom: task, irq or vector */
	uint64_t began_ns, raised_ns;	/* raised_ns 0: not known, or nothing raises it */
	const struct frame *parent;	/* NULL: the task, or not known */
	uint32_t parent_id;	/* its number; 0: the task */
	unsigned int depth;	/* in so many others */
	char name[EV_NAME_LEN + 1];	/* name of an irq, device of a poll; else empty */
	char raised_name[EV_NAME_LEN + 1];	/* name of the irq that raised it, or comm of the task; empty: not known */
	/* Function of a timer, tasklet or work item; handler of an irq; of a softirq what raised it, of these. Empty: not known. */
	char func[2 * EV_NAME_LEN + 1];
	/* The poll of this frame, or in it, once it is over. */
	bool polled;
	uint32_t work, budget;	/* packets taken, packets allowed (known of a poll from its beginning) */
	char dev[EV_NAME_LEN + 1];	/* its device; empty: the backlog */
	unsigned int refs;
};

/* The newest frames of each CPU; all zero is empty. */
struct frames {
	struct frame_cpu *cpus;
	unsigned int n;
};

/* "irq", "softirq" …; the name of a softirq's vector, or NULL. */
const char *frame_name(unsigned int what);
const char *softirq_name(unsigned int vector);

/* Takes a FRAME or POLL record. 0 or -ENOMEM. */
int frames_record(struct frames *f, const struct ev_head *rec, const struct names *names);
/* The frame of that number, if it was said; NULL: the task itself, or it was lost. */
const struct frame *frames_get(const struct frames *f, unsigned int cpu, uint32_t id);
void frames_free(struct frames *f);

/* The innermost frame of a kind that fr is or runs in, or NULL; fr may be NULL. */
const struct frame *frame_find(const struct frame *fr, unsigned int what);
/* Is one of them the other, or in it? NULL is not known, and may be any. */
bool frames_meet(const struct frame *a, const struct frame *b);

/* NULL is fine. */
void frame_hold(const struct frame *fr);
void frame_drop(const struct frame *fr);

#endif
