// SPDX-License-Identifier: GPL-2.0-or-later
/* Records of several CPUs come out in order of time, as ticks allow; holes are losses. */
#include "check.h"
#include "map.h"
#include "order.h"

static struct order *o;

static void add(unsigned int cpu, uint32_t attempt, uint64_t t_ns)
{
	const struct rec_sockend r = {
		.head = { .size = sizeof(r), .kind = EV_SOCKEND, .cpu = cpu, .attempt = attempt,
			  .t_ns = t_ns },
	};

	CHECK_INT(order_add(o, &r.head), 0);
}

static void tick(uint64_t t_ns)
{
	const struct rec_tick r = {
		.head = { .size = sizeof(r), .kind = EV_TICK, .t_ns = t_ns },
	};

	CHECK_INT(order_add(o, &r.head), 0);
}

static void tally(unsigned int cpu, uint64_t attempts, uint64_t t_ns)
{
	const struct rec_tally r = {
		.head = { .size = sizeof(r), .kind = EV_TALLY, .cpu = cpu, .t_ns = t_ns },
		.attempts = attempts,
	};

	CHECK_INT(order_add(o, &r.head), 0);
}

/* What comes out now: "time+lost-found" each, "=lost" if it was told before; ticks left out. */
static const char *out(void)
{
	static char text[512];
	struct ordered r;
	size_t at = 0;

	text[0] = '\0';
	while (order_next(o, &r)) {
		if (r.rec->kind == EV_TICK)
			continue;
		at += snprintf(text + at, sizeof(text) - at, "%s%llu", at ? " " : "",
			       (unsigned long long)r.rec->t_ns);
		if (r.lost)
			at += snprintf(text + at, sizeof(text) - at, r.told ? "=%u" : "+%u", r.lost);
		if (r.found)
			at += snprintf(text + at, sizeof(text) - at, "-%u", r.found);
	}
	return text;
}

TEST(time_decides_across_cpus)
{
	o = order_new();
	add(1, 1, 30);
	add(1, 2, 50);
	add(0, 1, 10);
	add(0, 2, 40);
	CHECK_STR(out(), "");
	order_end(o);
	CHECK_STR(out(), "10 30 40 50");
	order_free(o);
}

TEST(a_tick_lets_go_of_what_is_old_enough)
{
	o = order_new();
	add(0, 1, 1000000);
	add(0, 2, 3000000);
	tick(ORDER_SLACK_NS + 2000000);
	CHECK_STR(out(), "1000000");
	add(1, 1, 2500000);
	order_end(o);
	CHECK_STR(out(), "2500000 3000000");
	order_free(o);
}

TEST(one_moment_goes_by_cpu_and_number)
{
	o = order_new();
	add(1, 1, 7);
	add(0, 2, 7);
	add(0, 1, 7);
	order_end(o);
	CHECK_STR(out(), "7 7 7");
	order_free(o);
}

TEST(a_hole_in_the_numbers_is_a_loss_of_that_cpu)
{
	o = order_new();
	add(0, 1, 10);
	add(1, 3, 15);
	add(0, 5, 20);
	add(0, 6, 30);
	order_end(o);
	CHECK_STR(out(), "10 15+2 20+3 30");
	order_free(o);
}

TEST(a_late_number_is_no_loss)
{
	o = order_new();
	add(0, 1, 10);
	add(0, 3, 12);		/* the interrupt wrote first */
	add(0, 2, 11);
	add(0, 4, 13);
	order_end(o);
	CHECK_STR(out(), "10 11 12 13");
	order_free(o);
}

TEST(the_end_tells_what_never_came)
{
	uint64_t since;

	o = order_new();
	add(0, 1, 10);
	add(0, 2, 20);
	CHECK_INT(order_missing_at_end(o, 0, 2, &since), 0);
	CHECK_INT(order_missing_at_end(o, 0, 5, &since), 3);
	CHECK_INT(since, 20);
	CHECK_INT(order_missing_at_end(o, 9, 4, &since), 4);
	CHECK_INT(since, 0);
	order_free(o);
}

TEST(a_tally_is_told_in_its_turn)
{
	uint64_t since;

	o = order_new();
	add(0, 1, 10);
	add(1, 1, 900);
	tally(0, 4, 1000);
	tick(ORDER_SLACK_NS + 1000);
	CHECK_STR(out(), "10 900 1000+3");
	add(0, 6, 2000);
	CHECK_INT(order_missing_at_end(o, 0, 7, &since), 1);
	CHECK_INT(since, 2000);
	order_end(o);
	CHECK_STR(out(), "2000+1");
	order_free(o);
}

TEST(a_tally_of_what_came_tells_nothing)
{
	o = order_new();
	add(0, 1, 10);
	tally(0, 1, 1000);
	tally(1, 0, 1000);
	add(0, 2, 2000);
	order_end(o);
	CHECK_STR(out(), "10 1000 1000 2000");
	order_free(o);
}

TEST(a_long_loss_is_told_before_its_end)
{
	uint64_t soon = 10 + ORDER_TELL_NS, late = 10 * ORDER_TELL_NS;

	o = order_new();
	add(0, 1, 10);
	tally(0, 3, late);
	tick(late);
	CHECK_STR(out(), "10 100000010+2");
	add(0, 5, late);
	order_end(o);
	/* What begins with the last tally is a loss of its own. */
	CHECK_STR(out(), "1000000000+1");
	order_free(o);

	o = order_new();
	add(0, 1, 10);
	add(1, 1, soon);
	add(0, 4, late);
	order_end(o);
	CHECK_STR(out(), "10 100000010+2 100000010 1000000000=2");
	order_free(o);
}

TEST(what_was_told_to_be_lost_is_found_again)
{
	uint64_t late = 10 * ORDER_TELL_NS;

	o = order_new();
	add(0, 1, 10);
	tally(0, 3, late);
	tick(late);
	CHECK_STR(out(), "10 100000010+2");
	add(0, 3, late - 20);
	add(0, 4, late + 20);
	add(0, 5, late + 30);
	order_end(o);
	CHECK_STR(out(), "999999980-1 1000000020=1 1000000030");
	order_free(o);
}

TEST(a_number_that_wraps_goes_on)
{
	o = order_new();
	add(0, UINT32_MAX / 2, 1);
	add(0, UINT32_MAX - 1, 10);
	add(0, UINT32_MAX, 20);
	add(0, 1, 30);
	order_end(o);
	CHECK_STR(out(), "1+2147483646 10+2147483646 20 30+1");
	order_free(o);
}

TEST(a_map_finds_what_is_left_after_removals)
{
	struct map m = { 0 };
	static int things[3000];

	for (uint64_t i = 0; i < 3000; i++)
		CHECK_INT(map_put(&m, i * 7919, &things[i]), 0);
	for (uint64_t i = 0; i < 3000; i += 3)
		CHECK(map_del(&m, i * 7919) == &things[i]);
	for (uint64_t i = 0; i < 3000; i++)
		CHECK(map_get(&m, i * 7919) == (i % 3 ? &things[i] : NULL));
	CHECK_INT(m.n, 2000);
	CHECK(!map_del(&m, 1));
	map_free(&m, NULL);
	CHECK(!map_get(&m, 7919));
}

int main(void)
{
	return RUN(T(time_decides_across_cpus), T(a_tick_lets_go_of_what_is_old_enough),
		   T(one_moment_goes_by_cpu_and_number),
		   T(a_hole_in_the_numbers_is_a_loss_of_that_cpu), T(a_late_number_is_no_loss),
		   T(the_end_tells_what_never_came),
		   T(a_tally_is_told_in_its_turn), T(a_tally_of_what_came_tells_nothing),
		   T(a_long_loss_is_told_before_its_end), T(what_was_told_to_be_lost_is_found_again),
		   T(a_number_that_wraps_goes_on),
		   T(a_map_finds_what_is_left_after_removals));
}
