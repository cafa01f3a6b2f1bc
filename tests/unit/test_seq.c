// SPDX-License-Identifier: GPL-2.0-or-later
/* Which bytes of a flow have come, in every order, across the wrap, and with holes that nobody fills. */
#include "check.h"
#include "seq.h"

static struct seq_seen s;

/* Adds packets of 10 bytes by their place in the flow; answers one letter for each. */
static const char *came(uint32_t first, const char *places)
{
	static const char letters[] = { 'n', 'e', 'l', 'a' };
	static char answer[64];
	size_t i;

	for (i = 0; places[i]; i++)
		answer[i] = letters[seq_seen_add(&s, first + 10 * (places[i] - 'a'), 10)];
	answer[i] = '\0';
	return answer;
}

TEST(in_order_is_next)
{
	s = (struct seq_seen){ 0 };
	CHECK_STR(came(1000, "abcd"), "nnnn");
	CHECK_INT(s.next, 1040);
	CHECK_INT(s.n, 0);
}

TEST(early_until_the_hole_is_filled)
{
	s = (struct seq_seen){ 0 };
	CHECK_STR(came(1000, "acdbe"), "neeln");
	CHECK_INT(s.next, 1050);
	CHECK_INT(s.n, 0);
}

TEST(several_holes)
{
	s = (struct seq_seen){ 0 };
	CHECK_STR(came(0, "aeicgbdfhj"), "neeeelllln");
	CHECK_INT(s.next, 100);
	CHECK_INT(s.n, 0);
}

TEST(again_is_neither_early_nor_late)
{
	s = (struct seq_seen){ 0 };
	CHECK_STR(came(0, "abbdadc"), "nnaeaal");
}

TEST(the_beginning_is_known)
{
	seq_seen_begin(&s, 1000);
	CHECK_STR(came(1000, "ba"), "el");
	CHECK_INT(s.next, 1020);
}

TEST(the_wrap_changes_nothing)
{
	s = (struct seq_seen){ 0 };
	CHECK_STR(came(UINT32_MAX - 14, "acdbe"), "neeln");
	CHECK_INT(s.next, (uint32_t)(UINT32_MAX - 14 + 50));
}

TEST(partly_new_is_new)
{
	s = (struct seq_seen){ 0 };
	came(1000, "a");
	CHECK_INT(seq_seen_add(&s, 1005, 10), SEQ_NEXT);
	CHECK_INT(s.next, 1015);
	came(1000, "d");
	CHECK_INT(seq_seen_add(&s, 1025, 10), SEQ_EARLY);
	CHECK_INT(s.n, 1);
	CHECK_INT(s.islands[0].from, 1025);
	CHECK_INT(s.islands[0].to, 1040);
}

TEST(more_holes_than_fit_give_up_the_first)
{
	s = (struct seq_seen){ 0 };
	CHECK_STR(came(0, "acegikmoqsu"), "neeeeeeeeee");
	CHECK_INT(s.n, SEQ_ISLANDS);
	CHECK_INT(s.next, 50);
	CHECK_STR(came(0, "bf"), "al");
}

TEST(what_was_read_has_come)
{
	s = (struct seq_seen){ 0 };
	came(0, "acf");
	seq_seen_pass(&s, 25);
	CHECK_INT(s.next, 30);
	CHECK_INT(s.n, 1);
	seq_seen_pass(&s, 5);
	CHECK_INT(s.next, 30);
	CHECK_STR(came(0, "dh"), "le");
	seq_seen_close(&s);
	CHECK_INT(s.next, 80);
	CHECK_INT(s.n, 0);
	CHECK_STR(came(0, "i"), "n");
}

int main(void)
{
	return RUN(T(in_order_is_next), T(early_until_the_hole_is_filled), T(several_holes),
		   T(again_is_neither_early_nor_late), T(the_beginning_is_known),
		   T(the_wrap_changes_nothing), T(partly_new_is_new),
		   T(more_holes_than_fit_give_up_the_first), T(what_was_read_has_come));
}
