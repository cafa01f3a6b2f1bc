// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the nearest of some words: insert, delete, replace and swap count one each. */
#include "near.h"

#include <string.h>

enum { WORD_MAX = 32 };

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Damerau's distance in its restricted form (optimal string alignment). */
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
	size_t d[WORD_MAX + 1][WORD_MAX + 1];

	for (size_t i = 0; i <= na; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= nb; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= na; i++) {
		for (size_t j = 1; j <= nb; j++) {
			size_t v = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			v = min(v, min(d[i - 1][j], d[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				v = min(v, d[i - 2][j - 2] + 1);
			d[i][j] = v;
		}
	}
	return d[na][nb];
}

void near_offer(struct near *n, const char *word)
{
	size_t nt = strlen(n->typed), nw = strlen(word), d;

	if (!nt || nt > WORD_MAX || nw > WORD_MAX)
		return;
	/* The beginning of a word means that word, however much is missing. */
	d = nt < nw && !strncmp(n->typed, word, nt) ? 1 : distance(n->typed, nt, word, nw);
	/* A third of the letters may be wrong; beyond that a guess is noise. */
	if (d > (nt < nw ? nw : nt) / 3 + (nt < 4) || (n->best && d >= n->distance))
		return;
	n->best = word;
	n->distance = d;
}
