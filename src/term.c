// SPDX-License-Identifier: GPL-2.0-or-later
/* Asks the terminal for its size and measures text as it will stand there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>

#include "say.h"
#include "term.h"
#include "text.h"
#include "utf8.h"

#define WIDTH_LEAST 40
#define WIDTH_MOST 1000
#define WIDTH_USUAL 80

unsigned int term_width(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	unsigned long n = 0;

	if (!ioctl(fd, TIOCGWINSZ, &size))
		n = size.ws_col;
	if (!n && columns)
		n = strtoul(columns, NULL, 10);
	if (!n)
		n = WIDTH_USUAL;
	return n < WIDTH_LEAST ? WIDTH_LEAST : n > WIDTH_MOST ? WIDTH_MOST : n;
}

/* The environment is asked, not the C library: a name it has no data for still says what
 * the terminal speaks, and setlocale() would change how other code prints numbers. */
bool term_utf8(void)
{
	static const char *const order[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		const char *value = getenv(order[i]);

		if (value && *value)
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

struct range { uint32_t first, last; };

/* They are in order, and do not meet. */
static bool in_ranges(const struct range *r, size_t n, uint32_t cp)
{
	size_t from = 0;

	while (from < n) {
		size_t at = (from + n) / 2;

		if (cp < r[at].first)
			n = at;
		else if (cp > r[at].last)
			from = at + 1;
		else
			return true;
	}
	return false;
}
#define IN(table, cp) in_ranges(table, sizeof(table) / sizeof(*(table)), cp)

/* Combining marks (general categories Mn and Me), by block: a name may hold any of them. */
static const struct range combining[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x05bf, 0x05bf },
	{ 0x05c1, 0x05c2 }, { 0x05c4, 0x05c5 }, { 0x0610, 0x061a }, { 0x064b, 0x065f },
	{ 0x0670, 0x0670 }, { 0x06d6, 0x06dc }, { 0x06df, 0x06e4 }, { 0x06e7, 0x06e8 },
	{ 0x06ea, 0x06ed }, { 0x0711, 0x0711 }, { 0x0730, 0x074a }, { 0x0900, 0x0902 },
	{ 0x093c, 0x093c }, { 0x0941, 0x0948 }, { 0x094d, 0x094d }, { 0x0e31, 0x0e31 },
	{ 0x0e34, 0x0e3a }, { 0x0e47, 0x0e4e }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff },
	{ 0x20d0, 0x20ff }, { 0x302a, 0x302d }, { 0x3099, 0x309a }, { 0xfe00, 0xfe0f },
	{ 0xfe20, 0xfe2f }, { 0xe0100, 0xe01ef },
};

/* East Asian Width W and F (Unicode annex 11), neighbouring blocks joined. */
static const struct range wide[] = {
	{ 0x1100, 0x115f }, { 0x231a, 0x231b }, { 0x2329, 0x232a }, { 0x23e9, 0x23ec },
	{ 0x23f0, 0x23f0 }, { 0x23f3, 0x23f3 }, { 0x25fd, 0x25fe }, { 0x2614, 0x2615 },
	{ 0x2648, 0x2653 }, { 0x267f, 0x267f }, { 0x2693, 0x2693 }, { 0x26a1, 0x26a1 },
	{ 0x26aa, 0x26ab }, { 0x26bd, 0x26be }, { 0x26c4, 0x26c5 }, { 0x26ce, 0x26ce },
	{ 0x26d4, 0x26d4 }, { 0x26ea, 0x26ea }, { 0x26f2, 0x26f3 }, { 0x26f5, 0x26f5 },
	{ 0x26fa, 0x26fa }, { 0x26fd, 0x26fd }, { 0x2705, 0x2705 }, { 0x270a, 0x270b },
	{ 0x2728, 0x2728 }, { 0x274c, 0x274c }, { 0x274e, 0x274e }, { 0x2753, 0x2755 },
	{ 0x2757, 0x2757 }, { 0x2795, 0x2797 }, { 0x27b0, 0x27b0 }, { 0x27bf, 0x27bf },
	{ 0x2b1b, 0x2b1c }, { 0x2b50, 0x2b50 }, { 0x2b55, 0x2b55 }, { 0x2e80, 0x303e },
	{ 0x3041, 0x33ff }, { 0x3400, 0x4dbf }, { 0x4e00, 0xa4cf }, { 0xa960, 0xa97f },
	{ 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe10, 0xfe19 }, { 0xfe30, 0xfe6f },
	{ 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x16fe0, 0x18aff }, { 0x1aff0, 0x1b2ff },
	{ 0x1f004, 0x1f004 }, { 0x1f0cf, 0x1f0cf }, { 0x1f18e, 0x1f18e }, { 0x1f191, 0x1f19a },
	{ 0x1f200, 0x1f320 }, { 0x1f32d, 0x1f335 }, { 0x1f337, 0x1f37c }, { 0x1f37e, 0x1f393 },
	{ 0x1f3a0, 0x1f3ca }, { 0x1f3cf, 0x1f3d3 }, { 0x1f3e0, 0x1f3f0 }, { 0x1f3f4, 0x1f3f4 },
	{ 0x1f3f8, 0x1f43e }, { 0x1f440, 0x1f440 }, { 0x1f442, 0x1f4fc }, { 0x1f4ff, 0x1f53d },
	{ 0x1f54b, 0x1f567 }, { 0x1f57a, 0x1f57a }, { 0x1f595, 0x1f596 }, { 0x1f5a4, 0x1f5a4 },
	{ 0x1f5fb, 0x1f64f }, { 0x1f680, 0x1f6c5 }, { 0x1f6cc, 0x1f6d2 }, { 0x1f6d5, 0x1f6df },
	{ 0x1f6eb, 0x1f6ec }, { 0x1f6f4, 0x1f6ff }, { 0x1f7e0, 0x1f7ff }, { 0x1f90c, 0x1f9ff },
	{ 0x1fa70, 0x1faff }, { 0x20000, 0x3fffd },
};

/* Invisible, or able to reorder a line: C1, joiners, directional marks, separators, tags. */
static const struct range unsafe[] = {
	{ 0x80, 0x9f }, { 0xad, 0xad }, { 0x61c, 0x61c }, { 0x115f, 0x1160 }, { 0x180e, 0x180e },
	{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x3164, 0x3164 },
	{ 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe0fff },
};

unsigned int term_rare_columns(uint32_t cp)
{
	return IN(combining, cp) ? 0 : IN(wide, cp) ? 2 : 1;
}

unsigned int term_columns(const char *s)
{
	unsigned int columns = 0;
	uint32_t cp;
	size_t n;

	for (;; s += n) {
		for (; (signed char)*s > 0; s++)
			columns++;
		n = utf8_next(s, &cp);
		if (!n)
			return columns;
		columns += term_char_columns(cp);
	}
}

size_t term_prefix(const char *s, unsigned int columns)
{
	unsigned int used = 0;
	size_t at = 0, n;
	uint32_t cp;

	for (;; at += n) {
		for (; (signed char)s[at] > 0 && used < columns; at++)
			used++;
		n = utf8_next(s + at, &cp);
		used += n ? term_char_columns(cp) : 0;
		if (!n || used > columns)
			return at;
	}
}

char *term_cut(char *out, size_t size, const char *s, unsigned int columns, bool ascii)
{
	const char *dots = ascii ? "..." : "…";
	unsigned int dots_columns = ascii ? 3 : 1;
	bool whole = term_columns(s) <= columns, room = columns > dots_columns;
	size_t n = term_prefix(s, whole || !room ? columns : columns - dots_columns);

	snprintf(out, size, "%.*s%s", (int)n, s, whole || !room ? "" : dots);
	return out;
}

/* The signs that diagrams are written with, as ASCII says them. */
static const struct { uint32_t cp; const char *ascii; } spelled[] = {
	{ 0x2192, "->" }, { 0x2190, "<-" }, { 0x21c4, "<->" }, { 0x00b7, "-" }, { 0x00b5, "u" }, { 0x03bc, "u" },
	{ 0x2026, "..." }, { 0x00d7, "x" }, { 0x2013, "-" }, { 0x2014, "-" }, { 0x2212, "-" },
	{ 0x2264, "<=" }, { 0x2265, ">=" }, { 0x0394, "d" }, { 0x2018, "'" }, { 0x2019, "'" },
	{ 0x201c, "\"" }, { 0x201d, "\"" },
};

static const char *ascii_spelling(uint32_t cp)
{
	for (size_t i = 0; i < sizeof(spelled) / sizeof(*spelled); i++)
		if (spelled[i].cp == cp)
			return spelled[i].ascii;
	return NULL;
}

static char *put_hex(char *to, const char *from, size_t n)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*to++ = '\\';
		*to++ = 'x';
		*to++ = digit[(from[i] >> 4) & 15];
		*to++ = digit[from[i] & 15];
	}
	return to;
}

static char *clean_slowly(const char *s, bool ascii)
{
	/* At its longest each byte becomes the four of \xHH, and only once: that is ASCII. */
	size_t size = strlen(s) * 4 + 1, n;
	char *safe = malloc(size), *out = malloc(size * 4), *to = out;
	uint32_t cp;

	if (!safe || !out) {
		free(safe);
		free(out);
		return NULL;
	}
	s = escape_terminal(safe, size, s);
	for (; (n = utf8_next(s, &cp)); s += n) {
		const char *spelling = ascii && cp >= 0x80 ? ascii_spelling(cp) : NULL;

		if (spelling)
			to = stpcpy(to, spelling);
		else if ((ascii && cp >= 0x80) || cp == UTF8_BAD || IN(unsafe, cp))
			to = put_hex(to, s, n);
		else
			to = mempcpy(to, s, n);
	}
	*to = 0;
	free(safe);
	return out;
}

bool term_is_clean(const char *s, bool ascii)
{
	uint32_t cp;
	size_t n;

	for (;; s += n) {
		/* Nearly all of it is what it will be. */
		while (*s >= ' ' && *s < 0x7f)
			s++;
		if ((signed char)*s >= 0)
			return !*s;
		n = utf8_decode(s, &cp);
		if (ascii || cp == UTF8_BAD || text_is_control(cp) || IN(unsafe, cp))
			return false;
	}
}

char *term_clean(const char *s, bool ascii)
{
	return term_is_clean(s, ascii) ? strdup(s) : clean_slowly(s, ascii);
}
