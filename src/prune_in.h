/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What prune.c knows at each instruction, and what prune_stack.c knows of the stack. */
#ifndef SKBTRACE_PRUNE_IN_H
#define SKBTRACE_PRUNE_IN_H

#include <stdbool.h>

#include <linux/bpf.h>

#include "prune.h"

enum { REGS = 11, ARGS = 6 };	/* r0 to r10; arguments are r1 to r5 */
enum { KEPT = 24 };		/* offsets of the stack that are followed; they are the same in all functions */
enum { STACK_SIZE = 512 };	/* of a function */

enum known {
	KNOWN_NOTHING,
	KNOWN_VALUE,
	KNOWN_ADDRESS,	/* value: where in the constants */
};

struct reg {
	uint64_t value;
	enum known known;
	uint8_t size;	/* on the stack: bytes there */
};

struct state {
	struct reg regs[REGS];
	struct reg kept[KEPT];
};

/* What holds whenever an instruction is reached, by whatever way. */
struct place {
	struct state state;
	bool reached;
	bool queued;
	int8_t branch;		/* of a conditional jump: enum branch */
};

struct walk {
	struct bpf_insn *insns;
	size_t n;
	const struct prune_constants *constants;
	struct place *places;
	int32_t *queue;		/* instructions to look at (again) */
	size_t queue_n;
	int16_t *floors;	/* of each instruction: stack_floors() */
	int16_t kept_at[KEPT];	/* offset from r10 */
	unsigned int kept_n;
};

static inline bool is_call_of_ours(const struct bpf_insn *i)
{
	return i->code == (BPF_JMP | BPF_CALL) && i->src_reg == BPF_PSEUDO_CALL;
}

/* For each instruction the lowest offset in its function that a pointer may lead to; what lies below is only spilled. */
void stack_floors(struct walk *w);
/* What a load from the stack finds, or is about to overwrite by a store. */
struct reg stack_load(const struct walk *w, long at, const struct reg *kept);
void stack_store(struct walk *w, long at, struct state *state);

#endif
