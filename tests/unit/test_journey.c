// SPDX-License-Identifier: GPL-2.0-or-later
/* What a call and a way keep, and that a copy of it stands alone. */
#include "check.h"
#include "journey.h"

TEST(a_call_keeps_its_newest_wakes)
{
	struct call c = { .id = 1 }, copy;

	for (uint64_t i = 1; i <= CALL_WAKES + 4; i++) {
		const struct wake w = { .t_ns = i };

		CHECK_INT(call_wake_add(&c, &w), 0);
		CHECK_INT(c.wakes[c.wake_n - 1].t_ns, i);
	}
	CHECK_INT(c.wake_n, CALL_WAKES);
	CHECK_INT(c.wakes_lost, 4);
	CHECK_INT(call_copy(&copy, &c), 0);
	call_wakes_free(&c);
	CHECK_INT(copy.wake_n, CALL_WAKES);
	CHECK_INT(copy.wakes_lost, 4);
	for (unsigned int i = 0; i < copy.wake_n; i++)
		CHECK_INT(copy.wakes[i].t_ns, 5 + i);
	call_copy_free(&copy);
}

TEST(steps_stand_in_order_of_time)
{
	struct step_list l = { 0 };

	/* 0 3 6 … 1 4 7 … 2 5 8 … */
	for (uint64_t i = 0; i < 60; i++) {
		const struct step s = { .t_ns = i % 20 * 3 + i / 20 };

		CHECK_INT(step_list_add(&l, &s), 0);
	}
	CHECK_INT(l.n, 60);
	for (size_t i = 0; i < l.n; i++)
		CHECK_INT(l.v[i].t_ns, i);
	step_list_free(&l);
}

int main(void)
{
	return RUN(T(a_call_keeps_its_newest_wakes), T(steps_stand_in_order_of_time));
}
