// SPDX-License-Identifier: GPL-2.0-or-later
/* Percentiles of a histogram against those of the sorted values, over all 64 bits. */
#include <stdint.h>

#include "check.h"
#include "histogram.h"

enum { VALUES = 20000 };

static struct histogram h;
static uint64_t values[VALUES];

static uint64_t next_random(void)
{
	static uint64_t x = 88172645463325252ULL;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

static int smaller(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The largest error of any percentile of values[0..n), as a part of the true value. */
static double error_of(size_t n)
{
	double worst = 0;

	h = (struct histogram){ 0 };
	for (size_t i = 0; i < n; i++)
		CHECK_INT(histogram_add(&h, values[i]), 0);
	qsort(values, n, sizeof(*values), smaller);
	CHECK(h.count == n && h.max == values[n - 1]);
	for (unsigned int percent = 1; percent <= 100; percent++) {
		uint64_t want = values[(n * percent + 99) / 100 - 1];
		uint64_t got = histogram_percentile(&h, percent);
		uint64_t off = got > want ? got - want : want - got;
		double error = want ? (double)off / want : off;

		if (error > worst)
			worst = error;
	}
	histogram_free(&h);
	return worst;
}

TEST(empty)
{
	h = (struct histogram){ 0 };
	CHECK_INT(histogram_percentile(&h, 50), 0);
	CHECK_INT(histogram_percentile(&h, 100), 0);
}

TEST(one_value_is_exact)
{
	static const uint64_t ones[] = { 0, 1, 63, 64, 127, 128, 1000003, UINT64_MAX };

	for (size_t i = 0; i < sizeof(ones) / sizeof(*ones); i++) {
		values[0] = ones[i];
		CHECK(error_of(1) == 0);
	}
}

TEST(small_values_are_exact)
{
	for (size_t i = 0; i < VALUES; i++)
		values[i] = next_random() % 128;
	CHECK(error_of(VALUES) == 0);
}

TEST(of_any_size_the_error_is_small)
{
	for (size_t i = 0; i < VALUES; i++)
		values[i] = next_random() >> next_random() % 64;
	CHECK(error_of(VALUES) <= 1.0 / 128);
}

TEST(of_one_octave_too)
{
	for (size_t i = 0; i < VALUES; i++)
		values[i] = (1ULL << 40) + next_random() % (1ULL << 40);
	CHECK(error_of(VALUES) <= 1.0 / 128);
}

TEST(few_values)
{
	for (size_t n = 1; n < 12; n++) {
		for (size_t i = 0; i < n; i++)
			values[i] = next_random() >> 40;
		CHECK(error_of(n) <= 1.0 / 128);
	}
}

TEST(the_sum_is_exact_or_at_its_end)
{
	h = (struct histogram){ 0 };
	histogram_add(&h, 1000003);
	histogram_add(&h, 5);
	CHECK(h.sum == 1000008);
	histogram_add(&h, UINT64_MAX);
	CHECK(h.sum == UINT64_MAX);
	CHECK(h.max == UINT64_MAX && h.count == 3);
	histogram_free(&h);
}

int main(void)
{
	return RUN(T(empty), T(one_value_is_exact), T(small_values_are_exact),
		   T(of_any_size_the_error_is_small), T(of_one_octave_too), T(few_values),
		   T(the_sum_is_exact_or_at_its_end));
}
