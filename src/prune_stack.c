// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Constants that the compiler keeps on the stack for want of registers. A pointer to the stack leads to an object at
 * or above where it was made to point, so what is only named directly, below all such places, changes by its name only.
 */
#include <stddef.h>

#include "prune_in.h"

static unsigned int size_of(const struct bpf_insn *i)
{
	switch (BPF_SIZE(i->code)) {
	case BPF_B: return 1;
	case BPF_H: return 2;
	case BPF_W: return 4;
	default: return 8;
	}
}

/* Where below r10 an instruction makes a pointer point, or goes through one; 0: it does not. */
static int points_at(const struct bpf_insn *i)
{
	unsigned int class = BPF_CLASS(i->code), base = class == BPF_LDX ? i->src_reg : i->dst_reg;
	int at = 0;

	if (i->code == (BPF_ALU64 | BPF_ADD | BPF_X) && i->src_reg == BPF_REG_10)
		at = -STACK_SIZE;	/* by how much is not looked for */
	else if (i->code == (BPF_ALU64 | BPF_ADD | BPF_K))
		at = i->imm;
	else if (i->code == (BPF_ALU64 | BPF_SUB | BPF_K))
		at = -i->imm;
	else if ((class == BPF_LDX || class == BPF_STX || class == BPF_ST) && base != BPF_REG_10)
		at = i->off;
	/* An atomic operation on the stack is no way of keeping anything. */
	else if (class == BPF_STX && BPF_MODE(i->code) != BPF_MEM)
		at = i->off;
	return at < 0 && at >= -STACK_SIZE ? at : 0;
}

void stack_floors(struct walk *w)
{
	int16_t floor = 0;
	size_t from = 0;

	/* Functions follow one another: each begins where it is called. */
	for (size_t i = 0; i < w->n; i++)
		w->floors[i] = 0;
	for (size_t i = 0; i < w->n; i++)
		if (is_call_of_ours(&w->insns[i]) && i + w->insns[i].imm + 1 < w->n)
			w->floors[i + w->insns[i].imm + 1] = 1;
	for (size_t i = 0; i <= w->n; i++) {
		if (i == w->n || w->floors[i] == 1) {
			for (; from < i; from++)
				w->floors[from] = floor;
			floor = 0;
		}
		if (i < w->n && points_at(&w->insns[i]) < floor)
			floor = points_at(&w->insns[i]);
	}
}

struct reg stack_load(const struct walk *w, long at, const struct reg *kept)
{
	const struct bpf_insn *i = &w->insns[at];
	unsigned int size = size_of(i);

	if (BPF_MODE(i->code) != BPF_MEM)
		return (struct reg){ 0 };
	for (unsigned int k = 0; k < w->kept_n; k++)
		if (w->kept_at[k] == i->off && kept[k].size == size)
			return (struct reg){ .known = kept[k].known, .value = kept[k].value };
	return (struct reg){ 0 };
}

/* The place of that offset among those that are followed; it is given one if there is room. */
static struct reg *kept_place(struct walk *w, int off, struct reg *kept)
{
	for (unsigned int k = 0; k < w->kept_n; k++)
		if (w->kept_at[k] == off)
			return &kept[k];
	if (w->kept_n == KEPT)
		return NULL;
	w->kept_at[w->kept_n] = off;
	return &kept[w->kept_n++];
}

void stack_store(struct walk *w, long at, struct state *state)
{
	const struct bpf_insn *i = &w->insns[at];
	int size = size_of(i), from = i->off, to = from + size;
	struct reg value = { .known = KNOWN_VALUE, .value = (int64_t)i->imm };
	struct reg *place;

	if (i->dst_reg != BPF_REG_10)
		return;
	for (unsigned int k = 0; k < w->kept_n; k++)
		if (w->kept_at[k] < to && w->kept_at[k] + state->kept[k].size > from)
			state->kept[k] = (struct reg){ 0 };
	if (BPF_CLASS(i->code) == BPF_STX)
		value = state->regs[i->src_reg];
	if (value.known != KNOWN_VALUE || BPF_MODE(i->code) != BPF_MEM || to > w->floors[at])
		return;
	place = kept_place(w, from, state->kept);
	if (!place)
		return;
	if (size < 8)
		value.value &= (1ull << size * 8) - 1;
	value.size = size;
	*place = value;
}
