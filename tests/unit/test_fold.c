// SPDX-License-Identifier: GPL-2.0-or-later
/* Words are folded into lines where a reader would. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fold.h"

static const char between[] = " · ";

/* s in lines of so many columns, with | between them. */
static const char *folded(const char *s, unsigned int columns)
{
	static char lines[512];
	size_t at = 0;

	for (lines[0] = '\0'; *s;) {
		size_t n = fold_fit(s, columns, between, true);

		at += snprintf(lines + at, sizeof(lines) - at, "%s%.*s", at ? "|" : "", (int)n, s);
		s = fold_rest(s + n, between);
	}
	return lines;
}

TEST(a_line_ends_between_two_facts)
{
	CHECK_STR(folded("in order · cwnd 10 · srtt 85 µs", 31), "in order · cwnd 10 · srtt 85 µs");
	CHECK_STR(folded("in order · cwnd 10 · srtt 85 µs", 30), "in order · cwnd 10|srtt 85 µs");
	CHECK_STR(folded("in order · cwnd 10 · srtt 85 µs", 18), "in order · cwnd 10|srtt 85 µs");
	CHECK_STR(folded("in order · cwnd 10 · srtt 85 µs", 12), "in order|cwnd 10|srtt 85 µs");
}

TEST(else_of_a_clause_if_that_fills_the_line)
{
	CHECK_STR(folded("the buffer is full: its reader is slow", 22), "the buffer is full:|its reader is slow");
	CHECK_STR(folded("full: its reader is too slow for it", 22), "full: its reader is|too slow for it");
	CHECK_STR(folded("a segment, [PSH, ACK], of #4", 16), "a segment,|[PSH, ACK], of|#4");
}

TEST(else_of_a_word_but_a_number_keeps_its_unit)
{
	CHECK_STR(folded("send window 65536 B of it", 17), "send window|65536 B of it");
	CHECK_STR(folded("it waits for 20 µs at least", 15), "it waits for|20 µs at least");
	CHECK_STR(folded("read by writer[4, thread 5]", 22), "read by|writer[4, thread 5]");
	CHECK_STR(folded("seq 1448726380 (100 B) more", 16), "seq 1448726380|(100 B) more");
	CHECK_STR(folded("5 lost (5 because the ring was full)", 16), "5 lost|(5 because the|ring was full)");
	CHECK_STR(folded("1448726380 B or so", 10), "1448726380|B or so");
}

TEST(what_is_one_word_is_cut)
{
	CHECK_STR(folded("ααααααα", 3), "ααα|ααα|α");
	CHECK_INT(fold_fit("longer than that", 4, between, false), 0);
	CHECK_INT(fold_fit("longer", 0, between, true), 6);
	CHECK_INT(fold_fit("", 0, between, true), 0);
}

int main(void)
{
	return RUN(T(a_line_ends_between_two_facts), T(else_of_a_clause_if_that_fills_the_line),
		   T(else_of_a_word_but_a_number_keeps_its_unit), T(what_is_one_word_is_cut));
}
