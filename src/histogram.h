/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How often which value came, in bounded memory: each power of two is cut into
 * 64 equal parts, and what is said of a value in a part is its middle. So a
 * percentile is at most 1/128 (0.8 %) off; below 128 it is exact, as are count,
 * sum and maximum always.
 */
#ifndef SKBTRACE_HISTOGRAM_H
#define SKBTRACE_HISTOGRAM_H

#include <stdint.h>

enum {
	HISTOGRAM_BITS = 6,
	HISTOGRAM_PARTS = 1 << HISTOGRAM_BITS,
	HISTOGRAM_OCTAVES = 64 - HISTOGRAM_BITS + 1,
};

/* All zero is empty. */
struct histogram {
	uint64_t count, max;
	uint64_t sum;		/* UINT64_MAX if it is larger */
	uint64_t *octaves[HISTOGRAM_OCTAVES];	/* HISTOGRAM_PARTS counts; NULL: nothing came */
};

/* 0 or -ENOMEM. */
int histogram_add(struct histogram *h, uint64_t value);
/* The smallest value that percent of all do not exceed, 1 to 100; 0 if nothing came. */
uint64_t histogram_percentile(const struct histogram *h, unsigned int percent);
void histogram_free(struct histogram *h);

#endif
