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

struct term_line *line_new(unsigned int width, bool colour)
{
	struct term_line *l = calloc(1, sizeof(*l) + width * sizeof(*l->cells));

	if (l) {
		l->width = width;
		l->colour = colour;
	}
	return l;
}

void line_free(struct term_line *l)
{
	free(l);
}

/* A cell that is overwritten takes the other half of its wide character with it. */
static void clear(struct term_line *l, unsigned int at)
{
	if (l->cells[at].half)
		l->cells[at - 1].n = 0;
	if (at + 1 < l->width && l->cells[at + 1].half)
		l->cells[at + 1].half = false;
	l->cells[at].half = false;
	l->cells[at].n = 0;
}

static void join(struct cell *c, const char *s, size_t n)
{
	if (c->n + n > CELL_ROOM)
		return;
	if (n == 1)
		c->text[c->n] = *s;
	else
		memcpy(c->text + c->n, s, n);
	c->n += n;
}

unsigned int line_put(struct term_line *l, unsigned int at, enum style style, const char *s)
{
	struct cell *last = NULL;
	uint32_t cp;
	size_t n;

	for (; (n = utf8_next(s, &cp)); s += n) {
		unsigned int columns = term_char_columns(cp);

		if (!columns) {
			if (last)
				join(last, s, n);
			continue;
		}
		if (at + columns > l->width)
			break;
		clear(l, at);
		if (columns == 2) {
			clear(l, at + 1);
			l->cells[at + 1].half = true;
		}
		last = &l->cells[at];
		last->style = style;
		join(last, s, n);
		at += columns;
		if (at > l->used)
			l->used = at;
	}
	return at;
}

void line_fill(struct term_line *l, unsigned int from, unsigned int to, enum style style,
	       const char *sign)
{
	while (from < to && from < l->width)
		from = line_put(l, from, style, sign);
}

static bool blank(const struct cell *c)
{
	return !c->half && (!c->n || (c->n == 1 && c->text[0] == ' '));
}

/* Text that is printed in one piece. */
struct piece {
	char text[1024];
	size_t n;
};

static void piece_out(struct piece *p, FILE *out)
{
	fwrite(p->text, 1, p->n, out);
	p->n = 0;
}

/* n: fewer than the room of a piece. Nearly all of it is single bytes. */
static inline void piece_add(struct piece *p, FILE *out, const char *s, size_t n)
{
	if (p->n + n > sizeof(p->text))
		piece_out(p, out);
	if (n == 1)
		p->text[p->n] = *s;
	else
		memcpy(p->text + p->n, s, n);
	p->n += n;
}

void line_end(struct term_line *l, FILE *out)
{
	struct piece piece = { .n = 0 };
	unsigned int n = l->used;
	enum style now = STYLE_PLAIN;
	char colour[16];

	while (n && blank(&l->cells[n - 1]))
		n--;
	for (unsigned int i = 0; i < n; i++) {
		const struct cell *c = &l->cells[i];

		if (c->half)
			continue;
		if (l->colour && c->style != now && !blank(c)) {
			now = c->style;
			piece_add(&piece, out, colour,
				  snprintf(colour, sizeof(colour), now == STYLE_PLAIN ? "\033[0m" : "\033[0;%sm", sgr[now]));
		}
		piece_add(&piece, out, c->n ? c->text : " ", c->n ? c->n : 1);
	}
	if (now != STYLE_PLAIN)
		piece_add(&piece, out, "\033[0m", 4);
	piece_add(&piece, out, "\n", 1);
	piece_out(&piece, out);
	for (unsigned int i = 0; i < l->used; i++)
		l->cells[i].n = l->cells[i].half = 0;
	l->used = 0;
}
