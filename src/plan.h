/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chooses, for each row, how this kernel can show it. Pure: what the kernel offers comes in as facts. */
#ifndef SKBTRACE_PLAN_H
#define SKBTRACE_PLAN_H

#include <stdbool.h>

#include "hook.h"

/* Best first for functions: docs/LIMITS.md has the measured reasons. */
enum backend {
	BACK_NONE,
	BACK_TRACEPOINT,
	BACK_KPROBE_MULTI,
	BACK_FENTRY,
	BACK_KPROBE,
	BACK_N
};
extern const char *const backend_names[BACK_N];
/* By name as in --backend, or BACK_NONE. */
enum backend backend_by_name(const char *name);

enum symbol_state {
	SYMBOL_ABSENT,	/* no such function: never existed here, inlined, or its module is not loaded */
	SYMBOL_BARE,	/* exists, but no BTF describes it: fentry cannot reach it */
	SYMBOL_TYPED,	/* exists, and its arguments are what the catalogue says */
	SYMBOL_OTHER,	/* exists, but its arguments are not what the catalogue says */
};

/* What a kernel offers. */
struct facts {
	bool can[BACK_N];
	const char *cannot[BACK_N];	/* why not, in a few words */
	enum symbol_state (*function)(void *ctx, const struct hook *h);
	bool (*tracepoint)(void *ctx, const struct hook *h);
	void *ctx;
};

struct choice {
	const struct hook *hook;	/* NULL: off */
	enum backend backend;
	char why[80];			/* it is off; empty if it is on */
};

struct plan {
	struct choice choice[ST_N];
};

/*
 * Rows of dirs and LIFE. only: BACK_NONE, or the one back end that functions
 * may use (BACK_TRACEPOINT: none).
 */
void plan_make(struct plan *p, const struct facts *f, enum stage_dir dirs, enum backend only);
/*
 * Turns off the functions that are drawn in full detail only: most of what a run costs the traffic
 * is their number. What a tracepoint shows stays, it costs less.
 */
void plan_leave_minor(struct plan *p);
/* Turns off all but the drop itself. */
void plan_leave_drops(struct plan *p);
/* Turns off the rows of other transport protocols than this IP protocol; 0: any. */
void plan_leave_protocols(struct plan *p, unsigned int proto);
/* The choice failed when it was tried: takes the next, or turns the row off with why. True if there is a next. */
bool plan_next(struct plan *p, const struct facts *f, enum stage_id stage, enum backend only, const char *why);
/* Turns a row off. */
void plan_off(struct plan *p, enum stage_id stage, const char *why);
/* True if dirs need this row. */
bool plan_wants(enum stage_id stage, enum stage_dir dirs);
/* Rows that see the end of every skb are on. */
bool plan_exact_ends(const struct plan *p);

#endif
