/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads UTF-8 one code point at a time; whatever is not valid is seen byte by byte. */
#ifndef SKBTRACE_UTF8_H
#define SKBTRACE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* What *cp becomes for a byte that is no part of valid UTF-8; the byte is s[0]. */
#define UTF8_BAD 0xffffffffu

/* The code point at s, and how many bytes it takes: 1 to 4, or 0 at the end of the string. */
size_t utf8_decode(const char *s, uint32_t *cp);

/* The same; most text is ASCII. */
static inline size_t utf8_next(const char *s, uint32_t *cp)
{
	if ((unsigned char)*s >= 0x80)
		return utf8_decode(s, cp);
	*cp = *s;
	return *s != 0;
}

#endif
