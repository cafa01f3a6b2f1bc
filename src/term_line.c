// SPDX-License-Identifier: GPL-2.0-or-later
/* Composes a line of a terminal cell by cell and prints it with few colour changes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "term.h"
#include "term_line.h"
#include "utf8.h"

#define CELL_ROOM 24	/* bytes: a character and a few marks that combine with it */

struct cell {
	char text[CELL_ROOM];	/* empty: a blank, or the right half of a wide character */
	uint8_t n;		/* bytes of it */
	uint8_t style;
	bool half;		/* covered by the wide character at its left */
};

struct term_line {
	unsigned int width;
	unsigned int used;	/* cells; those behind are blank */
	bool colour;
	bool halves;		/* a wide character was put into it */
	char *piece;		/* room for all of it, as it is printed */
	struct cell cells[];
};

/* The 16 colours that every terminal's user has chosen to be readable; ECMA-48 SGR. */
static const char *const sgr[STYLES] = {
	[STYLE_PLAIN] = "0",
	[STYLE_TITLE] = "1",
	[STYLE_QUIET] = "2",
	[STYLE_TASK] = "32",
	[STYLE_SOFTIRQ] = "36",
	[STYLE_HARDIRQ] = "35",
	[STYLE_SLOW] = "1;33",
	[STYLE_WAIT] = "33",
	[STYLE_ALARM] = "1;33",
	[STYLE_DROP] = "1;31",
};

/* Bytes that a cell takes at most, with the change of colour before it. */
enum { COLOUR_ROOM = 16, PIECE_ROOM = CELL_ROOM + COLOUR_ROOM };

struct term_line *line_new(unsigned int width, bool colour)
{
	struct term_line *l = calloc(1, sizeof(*l) + width * sizeof(*l->cells));

	if (!l)
		return NULL;
	l->width = width;
	l->colour = colour;
	l->piece = malloc((width + 1) * PIECE_ROOM);
	if (!l->piece) {
		free(l);
		return NULL;
	}
	return l;
}

void line_free(struct term_line *l)
{
	if (l)
		free(l->piece);
	free(l);
}

/* A cell that is overwritten takes the other half of its wide character with it. */
static void clear(struct term_line *l, unsigned int at)
{
	if (l->halves) {
		if (l->cells[at].half)
			l->cells[at - 1].n = 0;
		if (at + 1 < l->width && l->cells[at + 1].half)
			l->cells[at + 1].half = false;
		l->cells[at].half = false;
	}
	l->cells[at].n = 0;
}

static void join(struct cell *c, const char *s, size_t n)
{
	if (c->n + n > CELL_ROOM)
		return;
	memcpy(c->text + c->n, s, n);
	c->n += n;
}

/* A character of one byte and one column, as nearly all are. */
static struct cell *put_byte(struct term_line *l, unsigned int at, enum style style, char byte)
{
	struct cell *c = &l->cells[at];

	if (l->halves)
		clear(l, at);
	c->text[0] = byte;
	c->n = 1;
	c->style = style;
	return c;
}

unsigned int line_put(struct term_line *l, unsigned int at, enum style style, const char *s)
{
	struct cell *last = NULL;

	for (;;) {
		unsigned int columns;
		uint32_t cp;
		size_t n;

		for (; (signed char)*s > 0 && at < l->width; s++)
			last = put_byte(l, at++, style, *s);
		n = utf8_next(s, &cp);
		if (!n)
			break;
		columns = term_char_columns(cp);
		if (!columns) {
			if (last)
				join(last, s, n);
			s += n;
			continue;
		}
		if (at + columns > l->width)
			break;
		clear(l, at);
		if (columns == 2) {
			l->halves = true;
			clear(l, at + 1);
			l->cells[at + 1].half = true;
		}
		last = &l->cells[at];
		last->style = style;
		join(last, s, n);
		at += columns;
		s += n;
	}
	if (last && at > l->used)
		l->used = at;
	return at;
}

void line_fill(struct term_line *l, unsigned int from, unsigned int to, enum style style,
	       const char *sign)
{
	size_t n = strlen(sign);

	for (; from < to && from < l->width; from++) {
		clear(l, from);
		l->cells[from].style = style;
		join(&l->cells[from], sign, n);
		if (from >= l->used)
			l->used = from + 1;
	}
}

static bool blank(const struct cell *c)
{
	return !c->half && (!c->n || (c->n == 1 && c->text[0] == ' '));
}

static char *put_colour(char *to, enum style style)
{
	return to + snprintf(to, COLOUR_ROOM, style == STYLE_PLAIN ? "\033[0m" : "\033[0;%sm", sgr[style]);
}

void line_end(struct term_line *l, FILE *out)
{
	unsigned int n = l->used;
	enum style now = STYLE_PLAIN;
	char *to = l->piece;

	while (n && blank(&l->cells[n - 1]))
		n--;
	for (unsigned int i = 0; i < n; i++) {
		const struct cell *c = &l->cells[i];

		if (c->half)
			continue;
		if (l->colour && c->style != now && !blank(c)) {
			now = c->style;
			to = put_colour(to, now);
		}
		if (c->n > 1)
			to = mempcpy(to, c->text, c->n);
		else
			*to++ = c->n ? c->text[0] : ' ';
	}
	if (now != STYLE_PLAIN)
		to = mempcpy(to, "\033[0m", 4);
	*to++ = '\n';
	fwrite_unlocked(l->piece, 1, to - l->piece, out);
	for (unsigned int i = 0; i < l->used; i++)
		l->cells[i].n = l->cells[i].half = 0;
	l->used = 0;
	l->halves = false;
}
