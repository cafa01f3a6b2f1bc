// SPDX-License-Identifier: GPL-2.0-or-later
/* Chooses a hook and a back end for each row, and says why a row is off. */
#include "plan.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

const char *const backend_names[BACK_N] = {
	[BACK_NONE] = "off",
	[BACK_TRACEPOINT] = "tracepoint",
	[BACK_KPROBE_MULTI] = "kprobe.multi",
	[BACK_FENTRY] = "fentry",
	[BACK_KPROBE] = "kprobe",
};

enum backend backend_by_name(const char *name)
{
	for (unsigned int b = BACK_TRACEPOINT; b < BACK_N; b++)
		if (!strcmp(backend_names[b], name))
			return b;
	return BACK_NONE;
}

bool plan_wants(enum stage_id stage, enum stage_dir dirs)
{
	return stages[stage].dir == DIR_LIFE || (stages[stage].dir & dirs);
}

static void off(struct choice *c, const char *why)
{
	c->hook = NULL;
	c->backend = BACK_NONE;
	snprintf(c->why, sizeof(c->why), "%s", why);
}

static bool try_hook(struct choice *c, const struct facts *f, const struct hook *h, enum backend first,
		     enum backend only)
{
	enum symbol_state state;

	if (h->kind == HOOK_TRACEPOINT) {
		if (first > BACK_TRACEPOINT)
			return false;
		if (!f->tracepoint(f->ctx, h)) {
			snprintf(c->why, sizeof(c->why), "this kernel has no tracepoint %s", h->symbol);
			return false;
		}
		c->hook = h;
		c->backend = BACK_TRACEPOINT;
		return true;
	}
	if ((h->flags & ROW_OLD) && f->can[BACK_KPROBE_MULTI]) {
		snprintf(c->why, sizeof(c->why), "inlined or renamed by the compiler since 5.18");
		return false;
	}
	/* Known by its address alone, which fentry cannot use. */
	state = h->kind == HOOK_FOUND ? SYMBOL_BARE : f->function(f->ctx, h);
	if (state == SYMBOL_ABSENT && h->module)
		snprintf(c->why, sizeof(c->why), "module %s is not loaded", h->module);
	else if (state == SYMBOL_ABSENT)
		snprintf(c->why, sizeof(c->why), "no such function here, or inlined");
	else if (state == SYMBOL_OTHER)
		snprintf(c->why, sizeof(c->why), "its arguments differ on this kernel");
	if (state == SYMBOL_ABSENT || state == SYMBOL_OTHER)
		return false;
	for (enum backend b = first > BACK_KPROBE_MULTI ? first : BACK_KPROBE_MULTI; b < BACK_N; b++) {
		if (only != BACK_NONE && b != only)
			continue;
		if (!f->can[b]) {
			/* Of several reasons the one of fentry says most: every kernel with BTF has it. */
			if (!c->why[0] || b == BACK_FENTRY)
				snprintf(c->why, sizeof(c->why), "%.60s", f->cannot[b] ? f->cannot[b] : "not possible");
			continue;
		}
		if (b == BACK_FENTRY && state != SYMBOL_TYPED) {
			snprintf(c->why, sizeof(c->why), "no BTF describes it, and fentry needs that");
			continue;
		}
		c->hook = h;
		c->backend = b;
		return true;
	}
	if (only == BACK_TRACEPOINT)
		snprintf(c->why, sizeof(c->why), "functions are off (--backend tracepoint)");
	return false;
}

/* Tries what comes after (from, backend) in the order of preference. */
static bool choose(struct choice *c, const struct facts *f, enum stage_id stage, const struct hook *from,
		   enum backend backend, enum backend only)
{
	unsigned int n;
	const struct hook *h = hooks_of(stage, &n), *end = h + n;

	c->why[0] = '\0';
	c->hook = NULL;
	c->backend = BACK_NONE;
	for (h = from ? from : h; h < end; h++, backend = BACK_NONE)
		if (try_hook(c, f, h, backend + 1, only)) {
			c->why[0] = '\0';
			return true;
		}
	return false;
}

void plan_make(struct plan *p, const struct facts *f, enum stage_dir dirs, enum backend only)
{
	memset(p, 0, sizeof(*p));
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
		if (plan_wants(id, dirs))
			choose(&p->choice[id], f, id, NULL, BACK_NONE, only);
		else
			off(&p->choice[id], "not needed for this command");
	}
}

void plan_leave_minor(struct plan *p)
{
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
		const struct hook *h = p->choice[id].hook;

		/* Needed for what comes out of a poll (which device is polled, what a packet is), and for what goes into another. */
		if (h && stages[id].minor && h->kind == HOOK_FUNCTION && h->read != READ_NAPI && h->read != READ_GRO &&
		    h->read != READ_INTO)
			off(&p->choice[id], STAGE_MINOR_OFF);
	}
}

void plan_leave_drops(struct plan *p)
{
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++)
		if (id != ST_kfree_skb)
			off(&p->choice[id], STAGE_DROPS_OFF);
}

/* May a packet of that protocol pass the stage? What reports an error about one may. */
static bool is_passed_by(const struct stage *s, unsigned int proto)
{
	switch (s->lane) {
	case LANE_TCP:
		return proto == IPPROTO_TCP;
	case LANE_UDP:
		return proto == IPPROTO_UDP;
	case LANE_ICMP:
		return s->dir == DIR_BOTH || proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;
	case LANE_RAW:
		return proto != IPPROTO_TCP && proto != IPPROTO_UDP;
	default:
		return true;
	}
}

void plan_leave_protocols(struct plan *p, unsigned int proto)
{
	for (unsigned int id = ST_NONE + 1; id < ST_N && proto; id++)
		if (p->choice[id].hook && !is_passed_by(&stages[id], proto))
			off(&p->choice[id], STAGE_PROTO_OFF);
}

bool plan_next(struct plan *p, const struct facts *f, enum stage_id stage, enum backend only, const char *why)
{
	struct choice *c = &p->choice[stage], old = *c;

	if (choose(c, f, stage, old.hook, old.backend, only))
		return true;
	off(c, why);
	return false;
}

void plan_off(struct plan *p, enum stage_id stage, const char *why)
{
	if (p->choice[stage].hook)
		off(&p->choice[stage], why);
}

bool plan_exact_ends(const struct plan *p)
{
	return p->choice[ST_skb_release_head_state].hook && p->choice[ST_kfree_skb_partial].hook;
}
