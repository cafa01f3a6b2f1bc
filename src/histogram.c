// SPDX-License-Identifier: GPL-2.0-or-later
/* Counts values by their leading bits. */
#include "histogram.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Values below HISTOGRAM_PARTS are octave 0; each power of two from there on begins another. */
static unsigned int octave_of(uint64_t value)
{
	return value < HISTOGRAM_PARTS ? 0 : 64 - __builtin_clzll(value) - HISTOGRAM_BITS;
}

static uint64_t octave_begin(unsigned int octave)
{
	return octave ? (uint64_t)HISTOGRAM_PARTS << (octave - 1) : 0;
}

/* How many values a part of the octave holds. */
static uint64_t part_width(unsigned int octave)
{
	return octave ? UINT64_C(1) << (octave - 1) : 1;
}

int histogram_add(struct histogram *h, uint64_t value)
{
	unsigned int octave = octave_of(value);

	if (!h->octaves[octave]) {
		h->octaves[octave] = calloc(HISTOGRAM_PARTS, sizeof(uint64_t));
		if (!h->octaves[octave])
			return -ENOMEM;
	}
	h->octaves[octave][(value - octave_begin(octave)) / part_width(octave)]++;
	h->count++;
	if (value > h->max)
		h->max = value;
	if (__builtin_add_overflow(h->sum, value, &h->sum))
		h->sum = UINT64_MAX;
	return 0;
}

uint64_t histogram_percentile(const struct histogram *h, unsigned int percent)
{
	/* The nearest rank, rounded up; count * percent might overflow. */
	uint64_t rank = h->count / 100 * percent + (h->count % 100 * percent + 99) / 100, n = 0;

	if (rank >= h->count)
		return h->max;
	for (unsigned int octave = 0; octave < HISTOGRAM_OCTAVES; octave++) {
		for (unsigned int i = 0; h->octaves[octave] && i < HISTOGRAM_PARTS; i++) {
			uint64_t width = part_width(octave);
			uint64_t middle = octave_begin(octave) + i * width + width / 2;

			n += h->octaves[octave][i];
			if (n >= rank)
				return middle < h->max ? middle : h->max;
		}
	}
	return h->max;
}

void histogram_free(struct histogram *h)
{
	for (unsigned int i = 0; i < HISTOGRAM_OCTAVES; i++)
		free(h->octaves[i]);
	memset(h, 0, sizeof(*h));
}
