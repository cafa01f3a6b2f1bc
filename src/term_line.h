/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of a terminal as cells: nothing written into it can move what stands beside it. */
#ifndef SKBTRACE_TERM_LINE_H
#define SKBTRACE_TERM_LINE_H

#include <stdbool.h>
#include <stdio.h>

/* What a cell is about; term_line.c says in which colour. */
enum style {
	STYLE_PLAIN,
	STYLE_TITLE,
	STYLE_QUIET,
	STYLE_TASK,
	STYLE_SOFTIRQ,
	STYLE_HARDIRQ,
	STYLE_SLOW,
	STYLE_WAIT,
	STYLE_ALARM,
	STYLE_DROP,
	STYLES
};

struct term_line;

/* NULL on no memory. */
struct term_line *line_new(unsigned int width, bool colour);
void line_free(struct term_line *l);

/*
 * Writes clean UTF-8 (term_clean) from column at; what does not fit is left
 * out. A wide character never loses a half. Returns the column after it.
 */
unsigned int line_put(struct term_line *l, unsigned int at, enum style style, const char *s);

/* Fills columns [from, to) with a sign of one column. */
void line_fill(struct term_line *l, unsigned int from, unsigned int to, enum style style,
	       const char *sign);

/* Prints the line without trailing blanks and empties it. */
void line_end(struct term_line *l, FILE *out);

#endif
