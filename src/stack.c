// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads call stacks by the names of their functions. */
#include "stack.h"

#include <string.h>

#include "hook.h"

uint64_t stack_address(const struct rec_stack *r, unsigned int i)
{
	const uint64_t all[] = { r->a0, r->a1, r->a2, r->a3, r->a4, r->a5, r->a6, r->a7 };

	return i < r->count && i < sizeof(all) / sizeof(*all) ? all[i] : 0;
}

void stack_add(struct stack *s, const struct rec_stack *r)
{
	uint64_t address;

	for (unsigned int i = 0; s->n < STACK_MOST && (address = stack_address(r, i)); i++)
		s->at[s->n++] = address;
}

/* The compiler names clones FUNCTION.constprop.0, FUNCTION.isra.0, FUNCTION.part.0, FUNCTION.cold. */
static bool is_function(const char *symbol, const char *function)
{
	size_t n = strcspn(symbol, ".+");

	return strlen(function) == n && !memcmp(symbol, function, n);
}

/*
 * Who empties a queue, or makes room in one, does not do so for the packet that dies of it. Which way that was going;
 * 0: it is nobody of them.
 */
static enum stage_dir empties_queue(const char *symbol)
{
	static const struct { const char *function; enum stage_dir dir; } list[] = {
		{ "sk_stream_kill_queues", DIR_RECV }, { "inet_sock_destruct", DIR_RECV }, { "skb_queue_purge", DIR_RECV },
		{ "skb_queue_purge_reason", DIR_RECV }, { "__skb_queue_purge", DIR_RECV }, { "skb_rbtree_purge", DIR_RECV },
		{ "tcp_prune_ofo_queue", DIR_RECV }, { "inet_frag_rbtree_purge", DIR_RECV }, { "flush_backlog", DIR_RECV },
		{ "tcp_write_queue_purge", DIR_SEND }, { "neigh_invalidate", DIR_SEND }, { "arp_error_report", DIR_SEND },
		{ "ndisc_error_report", DIR_SEND }, { "qdisc_reset", DIR_SEND },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (is_function(symbol, list[i].function))
			return list[i].dir;
	return 0;
}

/* The row whose function it is; ST_NONE: no row has it, or what it says is no place on a way. */
static enum stage_id stage_of(const char *symbol)
{
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
		unsigned int n;
		const struct hook *h = hooks_of(id, &n);

		if (stages[id].dir == DIR_LIFE)
			continue;
		for (unsigned int i = 0; i < n; i++)
			if (h[i].kind == HOOK_FUNCTION && !(h[i].flags & ROW_RETURN) && is_function(symbol, h[i].symbol))
				return id;
	}
	return ST_NONE;
}

/* Functions that begin a context: what called them was interrupted, or had raised it, for whatever packet. */
static bool begins_context(const char *symbol, enum ev_ctx *ctx)
{
	static const struct { const char *function; enum ev_ctx ctx; } list[] = {
		{ "handle_softirqs", EV_CTX_SOFTIRQ }, { "__do_softirq", EV_CTX_SOFTIRQ },
		{ "__softirqentry_text_start", EV_CTX_SOFTIRQ }, { "do_softirq", EV_CTX_SOFTIRQ },
		{ "__handle_irq_event_percpu", EV_CTX_HARDIRQ }, { "handle_irq_event_percpu", EV_CTX_HARDIRQ },
		{ "handle_irq_event", EV_CTX_HARDIRQ }, { "__hrtimer_run_queues", EV_CTX_HARDIRQ },
		{ "__sysvec_irq_work", EV_CTX_HARDIRQ }, { "exc_nmi", EV_CTX_NMI },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		if (!is_function(symbol, list[i].function))
			continue;
		*ctx = list[i].ctx;
		return true;
	}
	return false;
}

/* The system call that the function is, or that leaves no more of itself on the stack; OP_NONE: another function, or call. */
static enum op call_of(const char *symbol)
{
	static const char *const prefixes[] = {
		"__x64_sys_", "__arm64_sys_", "__ia32_sys_", "__ia32_compat_sys_", "__se_sys_", "__sys_", "ksys_", "do_",
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		size_t n = strlen(prefixes[i]);

		for (unsigned int op = OP_NONE + 1; op < OP_N && !strncmp(symbol, prefixes[i], n); op++)
			if (is_function(symbol + n, op_names[op]))
				return op;
	}
	return OP_NONE;
}

/*
 * A stage farther out. What goes the other way than those within it belongs to another packet, which this one was
 * made for, unless it is the same that came in and is forwarded. False: there is no more of this packet.
 */
static bool way_add(struct stack_way *w, enum stage_id stage)
{
	enum stage_dir dir = stages[stage].dir;

	w->forwarded |= stage_forwards(stage);
	if (dir != DIR_BOTH && w->dir && dir != w->dir && !w->forwarded)
		return false;
	if (dir != DIR_BOTH && !w->dir)
		w->dir = dir;
	w->stages[w->n++] = stage;
	return true;
}

void stack_read(struct stack_way *w, const struct stack *s, const struct names *names, const char *reason)
{
	bool whole = false, over = false;

	*w = (struct stack_way){ .ctx = EV_CTX_TASK };
	if (reason && !strcmp(reason, "NEIGH_QUEUEFULL"))
		w->dir = DIR_SEND;
	w->queued = w->dir || (reason && !strcmp(reason, "QUEUE_PURGE"));
	for (unsigned int i = 0; i < s->n && !over; i++) {
		const char *symbol = names_sym(names, s->at[i]), *within = i ? names_sym(names, s->at[i - 1]) : NULL;
		enum stage_id stage;

		/* A function that is observed by fexit is there twice, about the trampoline that calls it. */
		if (!symbol || (within && !strncmp(within, "bpf_trampoline_", strlen("bpf_trampoline_"))))
			continue;
		if (!w->n && !w->dir)
			w->dir = empties_queue(symbol);
		w->queued |= !w->n && w->dir;
		stage = whole || w->queued ? ST_NONE : stage_of(symbol);
		if (stage != ST_NONE)
			whole = !way_add(w, stage);
		over = begins_context(symbol, &w->ctx);
		if (!over)
			w->op = call_of(symbol);
		over |= w->op != OP_NONE;
	}
	if (!w->dir)
		w->dir = w->ctx == EV_CTX_TASK && op_dirs[w->op] == DIR_SEND ? DIR_SEND : DIR_RECV;
}
