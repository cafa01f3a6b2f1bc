// SPDX-License-Identifier: GPL-2.0-or-later
/* However often the members of the heap are put off or brought forward, the earliest is first. */
#include "check.h"
#include "due.h"

enum { MEMBERS = 50 };

static struct due members[MEMBERS];

static struct due *earliest(void)
{
	struct due *first = NULL;

	for (int i = 0; i < MEMBERS; i++) {
		struct due *d = &members[i];

		if (!d->pos)
			continue;
		if (!first || d->at_ns < first->at_ns ||
		    (d->at_ns == first->at_ns && d->serial < first->serial))
			first = d;
	}
	return first;
}

TEST(the_earliest_is_first_whatever_moves)
{
	struct due_heap h = { 0 };
	uint64_t seed = 1;

	CHECK(!due_first(&h));
	for (int i = 0; i < MEMBERS; i++)
		members[i].serial = i + 1;
	for (int i = 0; i < 20000; i++) {
		struct due *d;

		seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
		d = &members[(seed >> 33) % MEMBERS];
		if (seed >> 60)
			CHECK_INT(due_set(&h, d, (seed >> 40) % 64), 0);
		else
			due_clear(&h, d);
		if (seed >> 30 & 1)
			CHECK(due_first(&h) == earliest());
	}
	for (struct due *d; (d = due_first(&h)); due_clear(&h, d))
		CHECK(d == earliest());
	CHECK(!earliest());
	due_free(&h);
}

int main(void)
{
	return RUN(T(the_earliest_is_first_whatever_moves));
}
