/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the call stack tells in which a packet was dropped: the part of its way that is on it, and who runs. */
#ifndef SKBTRACE_STACK_H
#define SKBTRACE_STACK_H

#include "event.h"
#include "names.h"
#include "stage.h"

/* So many addresses are kept of one; the kernel side says no more. */
enum { STACK_MOST = 48 };

struct stack {
	uint64_t at[STACK_MOST];	/* the innermost first */
	unsigned int n;
};

/* What is known of the way. Only what was called in the context that dropped it has to do with it. */
struct stack_way {
	uint16_t stages[STACK_MOST];	/* enum stage_id, the innermost first */
	unsigned int n;
	enum stage_dir dir;	/* DIR_SEND, DIR_RECV */
	enum ev_ctx ctx;
	uint16_t op;		/* enum op: the system call that it was dropped in; OP_NONE: none, or not a known one */
	bool forwarded;		/* it had arrived, and was on its way out */
	bool queued;		/* it was dropped out of a queue: nothing of the stack is its way */
};

/* The i-th address of a record; 0: it has no more. */
uint64_t stack_address(const struct rec_stack *r, unsigned int i);
void stack_add(struct stack *s, const struct rec_stack *r);
/* names: the symbols of its addresses. reason: why it was dropped; NULL: not known. */
void stack_read(struct stack_way *w, const struct stack *s, const struct names *names, const char *reason);

#endif
