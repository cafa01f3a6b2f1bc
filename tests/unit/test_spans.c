// SPDX-License-Identifier: GPL-2.0-or-later
/* Sets of bytes against the plainest set there is, an array of flags. */
#include "check.h"
#include "spans.h"

enum { PLACES = 96 };

static struct spans s;

static void begin(void)
{
	spans_free(&s);
}

/* "0-10 20-30 =20" */
static const char *spell(void)
{
	static char text[512];
	size_t at = 0;

	for (size_t i = 0; i < s.n; i++)
		at += snprintf(text + at, sizeof(text) - at, "%llu-%llu ",
			       (unsigned long long)s.v[i].from, (unsigned long long)s.v[i].to);
	snprintf(text + at, sizeof(text) - at, "=%llu", (unsigned long long)s.total);
	return text;
}

TEST(what_touches_is_one)
{
	begin();
	CHECK_INT(spans_add(&s, 0, 10, NULL), 0);
	CHECK_INT(spans_add(&s, 20, 30, NULL), 0);
	CHECK_STR(spell(), "0-10 20-30 =20");
	CHECK_INT(spans_add(&s, 10, 20, NULL), 0);
	CHECK_STR(spell(), "0-30 =30");
	CHECK_INT(spans_add(&s, 5, 5, NULL), 0);
	CHECK_INT(spans_add(&s, 5, 29, NULL), 0);
	CHECK_STR(spell(), "0-30 =30");
}

TEST(the_first_new_run_is_told)
{
	struct span fresh;

	begin();
	spans_add(&s, 10, 20, &fresh);
	CHECK(fresh.from == 10 && fresh.to == 20);
	spans_add(&s, 12, 18, &fresh);
	CHECK(fresh.from == fresh.to);
	spans_add(&s, 15, 25, &fresh);
	CHECK(fresh.from == 20 && fresh.to == 25);
	spans_add(&s, 0, 30, &fresh);
	CHECK(fresh.from == 0 && fresh.to == 10);
}

TEST(too_many_gaps_close_the_first)
{
	begin();
	for (uint64_t i = 0; i <= SPANS_MAX; i++) {
		CHECK(!s.crowded);
		CHECK_INT(spans_add(&s, i * 10, i * 10 + 1, NULL), 0);
	}
	CHECK(s.crowded);
	CHECK_INT(s.n, SPANS_MAX);
	CHECK_INT(s.v[0].to, 11);
}

static uint64_t lcg(uint64_t *seed, uint64_t below)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (*seed >> 33) % below;
}

static void compare(const unsigned char *flags)
{
	size_t runs = 0, total = 0, end = 0;

	for (size_t i = 0; i < PLACES; i++) {
		runs += flags[i] && (!i || !flags[i - 1]);
		total += flags[i];
		end = flags[i] ? i + 1 : end;
	}
	CHECK_INT(s.n, runs);
	CHECK_INT(s.total, total);
	CHECK_INT(spans_end(&s), end);
}

TEST(many_changes_are_those_of_an_array)
{
	unsigned char flags[PLACES] = { 0 };
	struct spans other = { 0 };
	uint64_t seed = 1;

	begin();
	spans_add(&other, 7, 31, NULL);
	spans_add(&other, 50, 70, NULL);
	for (int round = 0; round < 200000 && !check_failed; round++) {
		uint64_t from = lcg(&seed, PLACES), to = from + lcg(&seed, PLACES - from + 1);
		bool add = lcg(&seed, 2);
		size_t within = 0, minus = 0, run = from;
		struct span fresh;

		CHECK_INT(add ? spans_add(&s, from, to, &fresh) : spans_cut(&s, from, to), 0);
		if (add && fresh.from < fresh.to) {
			CHECK(fresh.from >= from && fresh.to <= to);
			for (uint64_t i = from; i < fresh.to; i++)
				CHECK_INT(flags[i], i < fresh.from);
		}
		memset(flags + from, add, to - from);
		compare(flags);
		for (uint64_t i = from; i < to; i++)
			within += flags[i];
		CHECK_INT(spans_within(&s, from, to), within);
		for (uint64_t i = from; i < PLACES; i++)
			minus += flags[i] && !((i >= 7 && i < 31) || (i >= 50 && i < 70));
		CHECK_INT(spans_minus(&s, &other, from), minus);
		while (run < PLACES && flags[run])
			run++;
		CHECK_INT(spans_run(&s, from), run);
	}
	spans_free(&other);
	begin();
}

int main(void)
{
	return RUN(T(what_touches_is_one), T(the_first_new_run_is_told),
		   T(too_many_gaps_close_the_first), T(many_changes_are_those_of_an_array));
}
