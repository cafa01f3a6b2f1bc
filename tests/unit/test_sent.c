// SPDX-License-Identifier: GPL-2.0-or-later
/* What was sent and is not acknowledged: found by its bytes, gone with the ACK, bounded without one. */
#include "check.h"
#include "sent.h"

static struct sent_log l;

/* The nth packet has ten bytes. */
static void sends(uint32_t first, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		struct sent s = { .from = first + 10 * i, .to = first + 10 * i + 10, .number = i + 1 };

		CHECK_INT(sent_add(&l, &s), 0);
	}
}

/* The number of the first that has bytes of these, 0 if none has. */
static uint64_t first_of(uint32_t from, uint32_t to, unsigned int count)
{
	uint32_t n;
	const struct sent *s = sent_find(&l, from, to, &n);

	CHECK_INT(n, count);
	return s ? s->number : 0;
}

TEST(bytes_are_found_in_the_packets_that_had_them)
{
	sends(100, 3);
	CHECK_INT(first_of(100, 110, 1), 1);
	CHECK_INT(first_of(113, 115, 1), 2);
	CHECK_INT(first_of(110, 130, 2), 2);
	CHECK_INT(first_of(109, 131, 3), 1);
	CHECK_INT(first_of(90, 100, 0), 0);
	CHECK_INT(first_of(130, 140, 0), 0);
	sent_clear(&l);
	CHECK_INT(first_of(100, 110, 0), 0);
}

TEST(what_is_acknowledged_is_gone_when_all_of_it_is)
{
	sends(100, 3);
	sent_acked(&l, 90);
	sent_acked(&l, 119);
	CHECK_INT(l.n, 2);
	CHECK_INT(first_of(100, 130, 2), 2);
	sent_acked(&l, 130);
	CHECK_INT(l.n, 0);
	CHECK(!l.v);
}

TEST(numbers_wrap)
{
	sends(0xfffffff5, 3);
	CHECK_INT(first_of(0xfffffffe, 2, 2), 1);
	CHECK_INT(first_of(9, 10, 1), 3);
	sent_acked(&l, 5);
	CHECK_INT(l.n, 2);
	sent_clear(&l);
}

TEST(without_an_ack_the_oldest_are_given_up)
{
	sends(100, 10 * SENT_MAX);
	CHECK(l.n <= SENT_MAX && l.room <= SENT_MAX);
	CHECK_INT(first_of(100, 110, 0), 0);
	CHECK_INT(first_of(100 + 100 * SENT_MAX - 10, 100 + 100 * SENT_MAX, 1), 10 * SENT_MAX);
	sent_clear(&l);
}

int main(void)
{
	return RUN(T(bytes_are_found_in_the_packets_that_had_them), T(what_is_acknowledged_is_gone_when_all_of_it_is),
		   T(numbers_wrap), T(without_an_ack_the_oldest_are_given_up));
}
