/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the terminal can show, and how many columns a string takes there. */
#ifndef SKBTRACE_TERM_H
#define SKBTRACE_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Columns of the terminal behind fd, else $COLUMNS, else 80; at least 40. */
unsigned int term_width(int fd);

/* Whether the environment's locale is a UTF-8 one. */
bool term_utf8(void);

/* For the next: of a code point above those that take one column. */
unsigned int term_rare_columns(uint32_t cp);

/* Columns that a code point takes: 0, 1 or 2. Does not depend on the locale. */
static inline unsigned int term_char_columns(uint32_t cp)
{
	/* Arrows, lines, blocks and shapes, which diagrams are drawn with, take one as well. */
	return cp < 0x300 || (cp >= 0x2500 && cp < 0x25fd) ? 1 : term_rare_columns(cp);
}

/* Columns that s takes; a byte that is not UTF-8 counts one. */
unsigned int term_columns(const char *s);

/* Bytes of the longest beginning of s that takes at most so many columns. */
size_t term_prefix(const char *s, unsigned int columns);

/*
 * Copies s to out (size bytes, always terminated), cut to so many columns;
 * what was cut ends in "…" ("..." in ASCII). Returns out.
 */
char *term_cut(char *out, size_t size, const char *s, unsigned int columns, bool ascii);

/*
 * A copy of s that is safe to print: nothing in it moves the cursor, hides or
 * reorders text. In ASCII the signs that diagrams use get spelled, and every
 * other byte above 0x7f becomes \xHH. The caller frees it; NULL on no memory.
 */
char *term_clean(const char *s, bool ascii);
/* Whether that copy would be the same. */
bool term_is_clean(const char *s, bool ascii);

#endif
