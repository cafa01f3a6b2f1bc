// SPDX-License-Identifier: GPL-2.0-or-later
/* Follows constants through a BPF program and drops what they leave unreachable. */
#include "prune_in.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bpf.h>

enum branch { BRANCH_UNSEEN, BRANCH_TAKEN = 1, BRANCH_NOT_TAKEN = 2, BRANCH_BOTH = 3 };

static bool is_pair(const struct bpf_insn *i)
{
	return i->code == (BPF_LD | BPF_IMM | BPF_DW);
}

static bool is_jump(const struct bpf_insn *i)
{
	unsigned int class = BPF_CLASS(i->code), op = BPF_OP(i->code);

	return (class == BPF_JMP || class == BPF_JMP32) && op != BPF_CALL && op != BPF_EXIT;
}

/* Makes what is known at a place hold for this way there, too. True: less is known than before. */
static bool meet(struct reg *known, const struct reg *more, unsigned int n)
{
	bool changed = false;

	for (unsigned int r = 0; r < n; r++) {
		if (known[r].known == KNOWN_NOTHING ||
		    (known[r].known == more[r].known && known[r].value == more[r].value && known[r].size == more[r].size))
			continue;
		known[r] = (struct reg){ .known = KNOWN_NOTHING };
		changed = true;
	}
	return changed;
}

/* Control can go from somewhere to target, with these registers and what is on the stack. */
static int flow(struct walk *w, long target, const struct state *state)
{
	struct place *p;
	bool changed;

	if (target < 0 || target >= (long)w->n)
		return -EINVAL;
	p = &w->places[target];
	changed = !p->reached;
	if (!p->reached) {
		p->state = *state;
		p->reached = true;
	}
	changed |= meet(p->state.regs, state->regs, REGS);
	changed |= meet(p->state.kept, state->kept, KEPT);
	if (changed && !p->queued) {
		p->queued = true;
		w->queue[w->queue_n++] = target;
	}
	return 0;
}

static struct reg read_constant(const struct walk *w, struct reg address, const struct bpf_insn *i)
{
	static const size_t sizes[] = { [BPF_W >> 3] = 4, [BPF_H >> 3] = 2, [BPF_B >> 3] = 1, [BPF_DW >> 3] = 8 };
	size_t size = sizes[BPF_SIZE(i->code) >> 3];
	uint64_t at = address.value + i->off;
	const char *from = (const char *)w->constants->data + at;
	struct reg out = { .known = KNOWN_NOTHING };
	uint8_t b;
	uint16_t h;
	uint32_t v;

	if (BPF_MODE(i->code) != BPF_MEM || address.known != KNOWN_ADDRESS || at >= w->constants->size ||
	    size > w->constants->size - at)
		return out;
	out.known = KNOWN_VALUE;
	switch (size) {
	case 1:
		memcpy(&b, from, size);
		out.value = b;
		break;
	case 2:
		memcpy(&h, from, size);
		out.value = h;
		break;
	case 4:
		memcpy(&v, from, size);
		out.value = v;
		break;
	default:
		memcpy(&out.value, from, size);
	}
	return out;
}

/* What an operation makes of two values; false: not known. */
static bool compute(unsigned int op, bool wide, uint64_t a, uint64_t b, uint64_t *out)
{
	unsigned int shift = b & (wide ? 63 : 31);

	if (!wide) {
		a = (uint32_t)a;
		b = (uint32_t)b;
	}
	switch (op) {
	case BPF_ADD: a += b; break;
	case BPF_SUB: a -= b; break;
	case BPF_MUL: a *= b; break;
	case BPF_OR: a |= b; break;
	case BPF_AND: a &= b; break;
	case BPF_XOR: a ^= b; break;
	case BPF_LSH: a <<= shift; break;
	case BPF_RSH: a >>= shift; break;
	case BPF_ARSH: a = wide ? (uint64_t)((int64_t)a >> shift) : (uint64_t)((int32_t)a >> shift); break;
	case BPF_NEG: a = -a; break;
	case BPF_MOV: a = b; break;
	default: return false;
	}
	*out = wide ? a : (uint32_t)a;
	return true;
}

static struct reg operand(const struct bpf_insn *i, const struct reg *regs)
{
	if (BPF_SRC(i->code) == BPF_X)
		return regs[i->src_reg];
	return (struct reg){ .known = KNOWN_VALUE, .value = (int64_t)i->imm };
}

static void do_alu(const struct bpf_insn *i, struct reg *regs)
{
	bool wide = BPF_CLASS(i->code) == BPF_ALU64;
	struct reg *dst = &regs[i->dst_reg], src = operand(i, regs);
	unsigned int op = BPF_OP(i->code);

	if (i->off) {	/* signed division, sign extension */
		dst->known = KNOWN_NOTHING;
	} else if (wide && op == BPF_MOV) {
		*dst = src;
	} else if (wide && op == BPF_ADD && dst->known == KNOWN_ADDRESS && src.known == KNOWN_VALUE) {
		dst->value += src.value;
	} else if (src.known != KNOWN_VALUE || (op != BPF_MOV && dst->known != KNOWN_VALUE) ||
		   !compute(op, wide, dst->value, src.value, &dst->value)) {
		dst->known = KNOWN_NOTHING;
	} else {
		dst->known = KNOWN_VALUE;
	}
}

static enum branch compare(const struct bpf_insn *i, const struct reg *regs)
{
	struct reg a = regs[i->dst_reg], b = operand(i, regs);
	bool wide = BPF_CLASS(i->code) == BPF_JMP, yes;
	int64_t sa = wide ? (int64_t)a.value : (int32_t)a.value, sb = wide ? (int64_t)b.value : (int32_t)b.value;
	uint64_t ua = wide ? a.value : (uint32_t)a.value, ub = wide ? b.value : (uint32_t)b.value;

	if (BPF_OP(i->code) == BPF_JA)
		return BRANCH_TAKEN;
	if (a.known != KNOWN_VALUE || b.known != KNOWN_VALUE)
		return BRANCH_BOTH;
	switch (BPF_OP(i->code)) {
	case BPF_JEQ: yes = ua == ub; break;
	case BPF_JNE: yes = ua != ub; break;
	case BPF_JGT: yes = ua > ub; break;
	case BPF_JGE: yes = ua >= ub; break;
	case BPF_JLT: yes = ua < ub; break;
	case BPF_JLE: yes = ua <= ub; break;
	case BPF_JSET: yes = ua & ub; break;
	case BPF_JSGT: yes = sa > sb; break;
	case BPF_JSGE: yes = sa >= sb; break;
	case BPF_JSLT: yes = sa < sb; break;
	case BPF_JSLE: yes = sa <= sb; break;
	default: return BRANCH_BOTH;
	}
	return yes ? BRANCH_TAKEN : BRANCH_NOT_TAKEN;
}

/* Of a call: what the callee finds, and what the caller finds afterwards. */
static int do_call(struct walk *w, long at, struct state *state)
{
	const struct bpf_insn *i = &w->insns[at];
	struct state callee = { 0 };	/* its stack is its own */
	int err = 0;

	if (is_call_of_ours(i)) {
		memcpy(callee.regs + 1, state->regs + 1, (ARGS - 1) * sizeof(*callee.regs));
		err = flow(w, at + i->imm + 1, &callee);
	}
	memset(state->regs, 0, ARGS * sizeof(*state->regs));
	return err ? err : flow(w, at + 1, state);
}

static int do_pair(struct walk *w, long at, struct state *state)
{
	const struct bpf_insn *i = &w->insns[at];
	struct reg *dst = &state->regs[i->dst_reg];

	if (at + 1 == (long)w->n || i->src_reg == BPF_PSEUDO_FUNC)
		return -ENOTSUP;
	dst->known = KNOWN_NOTHING;
	if (!i->src_reg) {
		dst->known = KNOWN_VALUE;
		dst->value = (uint32_t)i[0].imm | (uint64_t)(uint32_t)i[1].imm << 32;
	} else if (i->src_reg == BPF_PSEUDO_MAP_VALUE && i[0].imm == w->constants->fd) {
		dst->known = KNOWN_ADDRESS;
		dst->value = (uint32_t)i[1].imm;
	}
	return flow(w, at + 2, state);
}

static int do_jump(struct walk *w, long at, const struct state *state)
{
	const struct bpf_insn *i = &w->insns[at];
	enum branch way = compare(i, state->regs);
	int err = 0;

	if (i->code == (BPF_JMP32 | BPF_JA))
		return -ENOTSUP;
	w->places[at].branch |= way;
	if (way & BRANCH_TAKEN)
		err = flow(w, at + i->off + 1, state);
	if (!err && (way & BRANCH_NOT_TAKEN))
		err = flow(w, at + 1, state);
	return err;
}

static int step(struct walk *w, long at)
{
	const struct bpf_insn *i = &w->insns[at];
	struct state state = w->places[at].state;
	struct reg *regs = state.regs;

	if (i->dst_reg >= REGS || (i->src_reg >= REGS && !is_pair(i)))
		return -ENOTSUP;
	if (is_pair(i))
		return do_pair(w, at, &state);
	if (is_jump(i))
		return do_jump(w, at, &state);
	switch (BPF_CLASS(i->code)) {
	case BPF_ALU:
	case BPF_ALU64:
		do_alu(i, regs);
		break;
	case BPF_LDX:
		regs[i->dst_reg] = i->src_reg == BPF_REG_10 ? stack_load(w, at, state.kept)
							    : read_constant(w, regs[i->src_reg], i);
		break;
	case BPF_STX:
		/* An atomic operation may leave what it found in one of these. */
		if (BPF_MODE(i->code) != BPF_MEM) {
			regs[i->src_reg].known = KNOWN_NOTHING;
			regs[i->dst_reg].known = KNOWN_NOTHING;
			regs[0].known = KNOWN_NOTHING;
		}
		stack_store(w, at, &state);
		break;
	case BPF_ST:
		stack_store(w, at, &state);
		break;
	case BPF_JMP:
		return BPF_OP(i->code) == BPF_EXIT ? 0 : do_call(w, at, &state);
	default:
		return -ENOTSUP;
	}
	return flow(w, at + 1, &state);
}

/* A conditional jump that always goes one way becomes a plain one, or is not needed. */
static void settle(struct walk *w)
{
	for (size_t i = 0; i < w->n; i++) {
		if (!w->places[i].reached || !is_jump(&w->insns[i]))
			continue;
		if (w->places[i].branch == BRANCH_TAKEN)
			w->insns[i] = (struct bpf_insn){ .code = BPF_JMP | BPF_JA, .off = w->insns[i].off };
		else if (w->places[i].branch == BRANCH_NOT_TAKEN)
			w->insns[i] = (struct bpf_insn){ .code = BPF_JMP | BPF_JA };
	}
}

/* to: where each instruction goes, or would if it stayed. Returns how many stay. */
static int lay_out(const struct walk *w, const bool *stays, int32_t *to)
{
	int32_t at = 0;

	for (size_t i = 0; i < w->n; i++) {
		to[i] = at;
		at += stays[i];
	}
	return at;
}

/* Jumps to what comes next anyway go too; each may make another one such. */
static int drop_jumps(const struct walk *w, bool *stays, int32_t *to)
{
	int n = lay_out(w, stays, to);
	bool changed;

	do {
		changed = false;
		for (size_t i = 0; i < w->n; i++)
			if (stays[i] && w->insns[i].code == (BPF_JMP | BPF_JA) &&
			    to[i + w->insns[i].off + 1] == to[i] + 1) {
				stays[i] = false;
				changed = true;
			}
		n = lay_out(w, stays, to);
	} while (changed);
	return n;
}

static void move(struct walk *w, const bool *stays, int32_t *to)
{
	for (size_t i = 0; i < w->n; i++) {
		struct bpf_insn insn = w->insns[i];

		if (!stays[i])
			continue;
		if (is_jump(&insn))
			insn.off = to[i + insn.off + 1] - to[i] - 1;
		else if (is_call_of_ours(&insn))
			insn.imm = to[i + insn.imm + 1] - to[i] - 1;
		w->insns[to[i]] = insn;
		/* The second half of a pair is no instruction of its own. */
		if (is_pair(&insn)) {
			w->insns[to[i] + 1] = w->insns[i + 1];
			i++;
		}
	}
	for (size_t i = 0; i < w->n; i++)
		if (!w->places[i].reached)
			to[i] = PRUNE_GONE;
}

int prune(struct bpf_insn *insns, size_t n, const struct prune_constants *c, int32_t *to)
{
	struct walk w = { .insns = insns, .n = n, .constants = c };
	const struct state nothing = { 0 };
	bool *stays = calloc(n, sizeof(*stays));
	int err = -ENOMEM;

	w.places = calloc(n, sizeof(*w.places));
	w.queue = malloc(n * sizeof(*w.queue));
	w.floors = malloc(n * sizeof(*w.floors));
	if (!w.places || !w.queue || !w.floors || !stays)
		goto out;
	stack_floors(&w);
	err = flow(&w, 0, &nothing);
	while (!err && w.queue_n) {
		long at = w.queue[--w.queue_n];

		w.places[at].queued = false;
		err = step(&w, at);
	}
	if (err)
		goto out;
	settle(&w);
	for (size_t i = 0; i < n; i++)
		stays[i] = w.places[i].reached || (i && is_pair(&insns[i - 1]) && w.places[i - 1].reached);
	err = drop_jumps(&w, stays, to);
	move(&w, stays, to);
out:
	free(w.places);
	free(w.queue);
	free(w.floors);
	free(stays);
	return err;
}

size_t prune_places(void *entries, size_t n, size_t size, const int32_t *to)
{
	int32_t last = PRUNE_GONE;
	char *out = entries;

	for (size_t i = 0; i < n; i++) {
		const char *entry = (const char *)entries + i * size;
		uint32_t insn;
		int32_t place;

		memcpy(&insn, entry, sizeof(insn));
		place = to[insn];
		if (place == PRUNE_GONE || place == last)
			continue;
		memmove(out, entry, size);
		memcpy(out, &place, sizeof(place));
		out += size;
		last = place;
	}
	return (out - (char *)entries) / size;
}
