// SPDX-License-Identifier: GPL-2.0-or-later
/* Whatever comes in whatever order, turns are as if all that wait were sorted. */
#include <stdbool.h>

#include "check.h"
#include "turns.h"

enum { CPUS = 3, WAIT_MAX = 2000 };

static struct turns t;
static uint64_t seed, arrivals;

/* What waits, for who looks at all of it. */
static struct waiting {
	uint64_t t_ns, arrival;
	uint32_t attempt;
	unsigned int cpu;
} wait_list[WAIT_MAX];
static size_t wait_n;

static unsigned int any(unsigned int below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (seed >> 33) % below;
}

static void add(unsigned int cpu, uint32_t attempt, uint64_t t_ns, unsigned int size)
{
	union {
		struct ev_head head;
		struct rec_sockend r;
		unsigned char bytes[EV_SIZE_MAX];
	} u = { .head = { .size = size, .cpu = cpu, .attempt = attempt, .t_ns = ~t_ns } };

	/* Says which one it is; its time is not asked for. */
	u.r.sock = arrivals;
	CHECK_INT(turns_add(&t, &u.head, t_ns), 0);
	wait_list[wait_n++] = (struct waiting){ t_ns, arrivals++, attempt, cpu };
}

static bool before(const struct waiting *a, const struct waiting *b)
{
	if (a->t_ns != b->t_ns)
		return a->t_ns < b->t_ns;
	if (a->cpu != b->cpu)
		return a->cpu < b->cpu;
	return a->attempt != b->attempt ? a->attempt < b->attempt : a->arrival < b->arrival;
}

/* One turn, compared with the least of all that wait; false: nobody had one. */
static bool next(uint64_t upto_ns)
{
	const struct rec_sockend *got = (const void *)turns_next(&t, upto_ns);
	size_t least = 0;

	for (size_t i = 1; i < wait_n; i++)
		if (before(&wait_list[i], &wait_list[least]))
			least = i;
	if (!wait_n || wait_list[least].t_ns > upto_ns) {
		CHECK(!got);
		return false;
	}
	CHECK(got);
	if (!got)
		return false;
	CHECK_INT(got->head.t_ns, wait_list[least].t_ns);
	CHECK_INT(got->head.cpu, wait_list[least].cpu);
	CHECK_INT(got->head.attempt, wait_list[least].attempt);
	CHECK_INT(got->sock, wait_list[least].arrival);
	wait_list[least] = wait_list[--wait_n];
	return true;
}

/* Times that mostly grow, by `step` or not at all, and now and then go back by up to `back`. */
static void stream(unsigned int step, unsigned int back, unsigned int late)
{
	uint64_t now[CPUS] = { 0 }, upto = 0;
	uint32_t attempts[CPUS] = { 0 };

	for (int i = 0; i < 4000; i++) {
		unsigned int cpu = any(CPUS), turns = any(4);
		uint64_t t_ns = now[cpu] += any(step);

		if (!any(late))
			t_ns -= any(back) % (t_ns + 1);
		if (wait_n < WAIT_MAX)
			add(cpu, any(3) ? ++attempts[cpu] : 0, t_ns, 32 + 8 * any(28));
		upto = t_ns > 100 ? t_ns - 100 : 0;
		while (turns-- && next(any(2) ? upto : UINT64_MAX))
			;
	}
	while (next(UINT64_MAX))
		;
	CHECK_INT(wait_n, 0);
	turns_free(&t);
}

TEST(turns_are_those_of_a_sort)
{
	seed = 1;
	for (int i = 0; i < 8; i++) {
		stream(1000, 5000, 50);		/* as a kernel writes them */
		stream(2, 3, 2);		/* most of one moment */
		stream(10, 100000, 1);		/* in no order */
	}
}

TEST(what_was_given_stays_while_others_come)
{
	const struct ev_head *given;
	unsigned char copy[256];

	add(0, 1, 0, 256);
	for (uint64_t i = 1; i < 1000; i++) {
		given = turns_next(&t, UINT64_MAX);
		memcpy(copy, given, sizeof(copy));
		wait_n = 0;
		/* Of its queue, so that it moves to the next chunk; of another one; and late. */
		for (int n = 0; n < 70; n++)
			add(0, 0, i, 256);
		add(1, 0, i, 256);
		add(0, 0, i - 1, 256);
		CHECK(!memcmp(given, copy, sizeof(copy)));
	}
	turns_free(&t);
}

int main(void)
{
	return RUN(T(turns_are_those_of_a_sort), T(what_was_given_stays_while_others_come));
}
