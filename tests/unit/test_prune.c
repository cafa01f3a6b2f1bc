// SPDX-License-Identifier: GPL-2.0-or-later
/* What constants make unreachable goes, and what stays still leads where it led. */
#include "check.h"
#include "prune.h"

#include <errno.h>

#include <linux/bpf.h>

#define MAP_FD 7

#define MOV(dst_, imm_) { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = dst_, .imm = imm_ }
#define AND(dst_, imm_) { .code = BPF_ALU64 | BPF_AND | BPF_K, .dst_reg = dst_, .imm = imm_ }
#define CONSTANTS(dst_, at_) \
	{ .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = dst_, .src_reg = BPF_PSEUDO_MAP_VALUE, .imm = MAP_FD }, \
	{ .imm = at_ }
#define WORD(dst_, low_, high_) \
	{ .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = dst_, .imm = low_ }, { .imm = high_ }
#define LOAD(size_, dst_, src_, off_) \
	{ .code = BPF_LDX | BPF_MEM | size_, .dst_reg = dst_, .src_reg = src_, .off = off_ }
#define JUMP(op_, dst_, imm_, off_) \
	{ .code = BPF_JMP | op_ | BPF_K, .dst_reg = dst_, .imm = imm_, .off = off_ }
#define STORE(size_, off_, src_) \
	{ .code = BPF_STX | BPF_MEM | size_, .dst_reg = BPF_REG_10, .src_reg = src_, .off = off_ }
#define COPY(dst_, src_) { .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = dst_, .src_reg = src_ }
#define ADD(dst_, imm_) { .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = dst_, .imm = imm_ }
#define GOTO(off_) { .code = BPF_JMP | BPF_JA, .off = off_ }
#define CALL(off_) { .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = off_ }
#define HELPER(id_) { .code = BPF_JMP | BPF_CALL, .imm = id_ }
#define EXIT { .code = BPF_JMP | BPF_EXIT }

static const uint8_t constants[] = { 0, 1, 0x34, 0x12, 0, 0, 0, 0 };
static int32_t to[32];

/* Prunes insns[n] and compares with want[want_n]. */
static void check(struct bpf_insn *insns, size_t n, const struct bpf_insn *want, int want_n)
{
	struct prune_constants c = { .fd = MAP_FD, .data = constants, .size = sizeof(constants) };

	CHECK_INT(prune(insns, n, &c, to), want_n);
	for (int i = 0; i < want_n; i++) {
		if (!memcmp(&insns[i], &want[i], sizeof(*want)))
			continue;
		printf("# instruction %d: code %#x, off %d, imm %d\n", i, insns[i].code, insns[i].off, insns[i].imm);
		check_failed = 1;
	}
}

#define PRUNES_TO(insns, ...) \
	do { \
		const struct bpf_insn want_[] = { __VA_ARGS__ }; \
		check(insns, sizeof(insns) / sizeof(insns[0]), want_, sizeof(want_) / sizeof(want_[0])); \
	} while (0)

TEST(a_branch_on_a_constant_is_settled)
{
	struct bpf_insn off[] = {
		CONSTANTS(1, 0), LOAD(BPF_B, 1, 1, 0), JUMP(BPF_JEQ, 1, 0, 2), MOV(0, 5), EXIT, MOV(0, 6), EXIT,
	};
	struct bpf_insn on[] = {
		CONSTANTS(1, 0), LOAD(BPF_B, 1, 1, 1), JUMP(BPF_JEQ, 1, 0, 2), MOV(0, 5), EXIT, MOV(0, 6), EXIT,
	};

	PRUNES_TO(off, CONSTANTS(1, 0), LOAD(BPF_B, 1, 1, 0), MOV(0, 6), EXIT);
	CHECK_INT(to[3], 3);
	CHECK_INT(to[4], PRUNE_GONE);
	CHECK_INT(to[6], 3);
	PRUNES_TO(on, CONSTANTS(1, 0), LOAD(BPF_B, 1, 1, 1), MOV(0, 5), EXIT);
	CHECK_INT(to[6], PRUNE_GONE);
}

TEST(jumps_over_what_went_are_shorter)
{
	struct bpf_insn insns[] = {
		JUMP(BPF_JEQ, 1, 9, 7), MOV(2, 0), JUMP(BPF_JEQ, 2, 0, 2), MOV(0, 1), GOTO(3), MOV(0, 2), GOTO(1),
		MOV(0, 3), EXIT,
	};

	PRUNES_TO(insns, JUMP(BPF_JEQ, 1, 9, 2), MOV(2, 0), MOV(0, 2), EXIT);
}

TEST(ways_that_disagree_know_nothing)
{
	struct bpf_insn insns[] = {
		MOV(2, 0), JUMP(BPF_JEQ, 1, 9, 1), MOV(2, 1), JUMP(BPF_JEQ, 2, 0, 1), MOV(0, 1), EXIT,
	}, want[sizeof(insns) / sizeof(insns[0])];

	memcpy(want, insns, sizeof(insns));
	check(insns, 6, want, 6);
}

TEST(a_helper_may_change_its_registers)
{
	struct bpf_insn insns[] = {
		MOV(1, 0), MOV(6, 0), HELPER(1), JUMP(BPF_JEQ, 1, 0, 1), MOV(0, 1), JUMP(BPF_JEQ, 6, 0, 1), MOV(0, 2), EXIT,
	};

	PRUNES_TO(insns, MOV(1, 0), MOV(6, 0), HELPER(1), JUMP(BPF_JEQ, 1, 0, 1), MOV(0, 1), EXIT);
}

TEST(functions_that_nobody_calls_go)
{
	struct bpf_insn insns[] = {
		MOV(2, 1), JUMP(BPF_JEQ, 2, 1, 1), CALL(2), CALL(3), EXIT,
		MOV(0, 1), EXIT,
		MOV(0, 2), EXIT,
	};

	PRUNES_TO(insns, MOV(2, 1), CALL(1), EXIT, MOV(0, 2), EXIT);
	CHECK_INT(to[5], PRUNE_GONE);
	CHECK_INT(to[7], 3);
}

TEST(an_argument_is_known_if_all_callers_agree)
{
	struct bpf_insn agree[] = {
		MOV(1, 4), CALL(3), MOV(1, 4), CALL(1), EXIT,
		AND(1, 4), JUMP(BPF_JNE, 1, 0, 1), MOV(0, 1), EXIT,
	};
	struct bpf_insn differ[] = {
		MOV(1, 4), CALL(3), MOV(1, 3), CALL(1), EXIT,
		AND(1, 4), JUMP(BPF_JNE, 1, 0, 1), MOV(0, 1), EXIT,
	}, want[9];

	PRUNES_TO(agree, MOV(1, 4), CALL(3), MOV(1, 4), CALL(1), EXIT, AND(1, 4), EXIT);
	memcpy(want, differ, sizeof(want));
	check(differ, 9, want, 9);
}

TEST(a_word_is_taken_apart)
{
	struct bpf_insn insns[] = {
		WORD(1, 0x12345678, 0xabc), { .code = BPF_ALU64 | BPF_RSH | BPF_K, .dst_reg = 1, .imm = 32 },
		AND(1, 0xff), JUMP(BPF_JEQ, 1, 0xbc, 1), MOV(0, 1), EXIT,
	};

	PRUNES_TO(insns, WORD(1, 0x12345678, 0xabc), { .code = BPF_ALU64 | BPF_RSH | BPF_K, .dst_reg = 1, .imm = 32 },
		  AND(1, 0xff), EXIT);
}

TEST(a_narrow_operation_keeps_32_bits)
{
	struct bpf_insn insns[] = {
		MOV(1, -1), { .code = BPF_ALU | BPF_ADD | BPF_K, .dst_reg = 1, .imm = 1 },
		JUMP(BPF_JEQ, 1, 0, 1), MOV(0, 1), EXIT,
	};

	PRUNES_TO(insns, MOV(1, -1), { .code = BPF_ALU | BPF_ADD | BPF_K, .dst_reg = 1, .imm = 1 }, EXIT);
}

TEST(a_loop_ends)
{
	struct bpf_insn insns[] = {
		MOV(1, 0), { .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 1, .imm = 1 }, JUMP(BPF_JLT, 1, 1000, -2), EXIT,
	}, want[4];

	memcpy(want, insns, sizeof(want));
	check(insns, 4, want, 4);
}

TEST(what_is_not_known_stays_whole)
{
	struct bpf_insn insns[] = { MOV(1, 0), { .code = BPF_LD | BPF_ABS }, EXIT }, want[3];

	memcpy(want, insns, sizeof(want));
	check(insns, 3, want, -ENOTSUP);
	CHECK(!memcmp(insns, want, sizeof(want)));
}

TEST(places_of_functions_and_lines_move)
{
	/* Instructions 0 and 4 stay, 2 is unreachable, 3 is a jump that is not needed: its line joins the next. */
	int32_t moved[] = { 0, 1, PRUNE_GONE, 2, 2 };
	uint32_t lines[][2] = { { 0, 10 }, { 2, 11 }, { 3, 12 }, { 4, 13 } };

	CHECK_INT(prune_places(lines, 4, sizeof(lines[0]), moved), 2);
	CHECK_INT(lines[0][0], 0);
	CHECK_INT(lines[0][1], 10);
	CHECK_INT(lines[1][0], 2);
	CHECK_INT(lines[1][1], 12);
}

TEST(what_is_kept_on_the_stack_is_known)
{
	struct bpf_insn insns[] = {
		MOV(1, 3), STORE(BPF_DW, -8, 1), STORE(BPF_W, -12, 1), HELPER(1), LOAD(BPF_DW, 2, 10, -8), JUMP(BPF_JEQ, 2, 3, 1),
		MOV(0, 1), LOAD(BPF_W, 3, 10, -12), JUMP(BPF_JEQ, 3, 3, 1), MOV(0, 2), EXIT,
	};

	PRUNES_TO(insns, MOV(1, 3), STORE(BPF_DW, -8, 1), STORE(BPF_W, -12, 1), HELPER(1), LOAD(BPF_DW, 2, 10, -8),
		  LOAD(BPF_W, 3, 10, -12), EXIT);
}

/* What a pointer leads to may be changed through it; what lies below where it was made to point may not. */
TEST(what_has_an_address_is_not_known)
{
	struct bpf_insn insns[] = {
		MOV(1, 0), STORE(BPF_DW, -8, 1), STORE(BPF_DW, -24, 1), COPY(2, 10), ADD(2, -16), HELPER(1),
		LOAD(BPF_DW, 3, 10, -8), JUMP(BPF_JEQ, 3, 0, 1), MOV(0, 1),
		LOAD(BPF_DW, 4, 10, -24), JUMP(BPF_JEQ, 4, 0, 1), MOV(0, 2), EXIT,
	};

	PRUNES_TO(insns, MOV(1, 0), STORE(BPF_DW, -8, 1), STORE(BPF_DW, -24, 1), COPY(2, 10), ADD(2, -16), HELPER(1),
		  LOAD(BPF_DW, 3, 10, -8), JUMP(BPF_JEQ, 3, 0, 1), MOV(0, 1), LOAD(BPF_DW, 4, 10, -24), EXIT);
}

/* Through a copy of r10 itself, or from a register. */
TEST(other_ways_to_the_stack_are_seen)
{
	struct bpf_insn through[] = {
		MOV(1, 0), STORE(BPF_DW, -8, 1), COPY(2, 10),
		{ .code = BPF_STX | BPF_MEM | BPF_DW, .dst_reg = 2, .src_reg = 7, .off = -8 },
		LOAD(BPF_DW, 3, 10, -8), JUMP(BPF_JEQ, 3, 0, 1), MOV(0, 1), EXIT,
	}, by[] = {
		MOV(1, 0), STORE(BPF_DW, -8, 1), MOV(2, -8),
		{ .code = BPF_ALU64 | BPF_ADD | BPF_X, .dst_reg = 2, .src_reg = 10 }, HELPER(1),
		LOAD(BPF_DW, 3, 10, -8), JUMP(BPF_JEQ, 3, 0, 1), MOV(0, 1), EXIT,
	}, want[9];

	memcpy(want, through, sizeof(through));
	check(through, 8, want, 8);
	memcpy(want, by, sizeof(by));
	check(by, 9, want, 9);
}

TEST(a_part_of_it_that_is_written_makes_it_unknown)
{
	struct bpf_insn insns[] = {
		MOV(1, 0), STORE(BPF_DW, -8, 1), STORE(BPF_W, -4, 7), LOAD(BPF_DW, 3, 10, -8), JUMP(BPF_JEQ, 3, 0, 1), MOV(0, 1), EXIT,
	}, want[7];

	memcpy(want, insns, sizeof(insns));
	check(insns, 7, want, 7);
}

TEST(each_function_has_a_stack_of_its_own)
{
	struct bpf_insn insns[] = {
		MOV(1, 0), STORE(BPF_DW, -8, 1), CALL(4), LOAD(BPF_DW, 3, 10, -8), JUMP(BPF_JEQ, 3, 0, 1), MOV(0, 1), EXIT,
		/* The pointer that is made here leads to this stack. */
		COPY(2, 10), ADD(2, -8), LOAD(BPF_DW, 3, 10, -8), JUMP(BPF_JEQ, 3, 0, 1), MOV(0, 2), EXIT,
	};

	PRUNES_TO(insns, MOV(1, 0), STORE(BPF_DW, -8, 1), CALL(2), LOAD(BPF_DW, 3, 10, -8), EXIT,
		  COPY(2, 10), ADD(2, -8), LOAD(BPF_DW, 3, 10, -8), JUMP(BPF_JEQ, 3, 0, 1), MOV(0, 2), EXIT);
}

int main(void)
{
	return RUN(T(a_branch_on_a_constant_is_settled), T(jumps_over_what_went_are_shorter),
		   T(ways_that_disagree_know_nothing), T(a_helper_may_change_its_registers),
		   T(functions_that_nobody_calls_go), T(an_argument_is_known_if_all_callers_agree), T(a_word_is_taken_apart),
		   T(a_narrow_operation_keeps_32_bits), T(a_loop_ends), T(what_is_not_known_stays_whole), T(places_of_functions_and_lines_move),
		   T(what_is_kept_on_the_stack_is_known), T(what_has_an_address_is_not_known), T(other_ways_to_the_stack_are_seen),
		   T(a_part_of_it_that_is_written_makes_it_unknown), T(each_function_has_a_stack_of_its_own));
}
