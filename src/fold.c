// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds where words are folded into lines. */
#include "fold.h"

#include <ctype.h>
#include <string.h>

#include "term.h"

/* Does s[i] stand between two brackets, as in "[PSH, ACK]"? */
static bool in_brackets(const char *s, size_t i)
{
	while (i && !strchr("[]()", s[--i]))
		;
	return s[i] == '[' || s[i] == '(';
}

/* May a line end before the blank at s[i]? Where a clause ends … */
static bool ends_clause(const char *s, size_t i)
{
	return s[i] == ' ' && strchr(",;:", s[i - 1]) && !in_brackets(s, i);
}

/* … or a word, but not between a number and its unit. */
static bool ends_word(const char *s, size_t i)
{
	unsigned char next = s[i + 1];

	return s[i] == ' ' && !(isdigit((unsigned char)s[i - 1]) && (isalpha(next) || next >= 0x80)) && !in_brackets(s, i);
}

size_t fold_fit(const char *s, unsigned int columns, const char *between, bool must)
{
	size_t n = term_prefix(s, columns), end;

	if (!s[n])
		return n;
	for (end = n; end > n / 2; end--)
		if (!strncmp(s + end, between, strlen(between)))
			return end;
	for (end = n; end > n / 4 * 3; end--)
		if (ends_clause(s, end))
			return end;
	for (end = n; end; end--)
		if (ends_word(s, end))
			return end;
	for (end = n; end; end--)
		if (s[end] == ' ')
			return end;
	return !must ? 0 : n ? n : strlen(s);
}

const char *fold_rest(const char *s, const char *between)
{
	const char *mark = between + 1;

	s += strspn(s, " ");
	return strncmp(s, mark, strlen(mark)) ? s : s + strlen(mark);
}
