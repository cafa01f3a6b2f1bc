// SPDX-License-Identifier: GPL-2.0-or-later
/* Spells any bytes as one line of text, and reads that back. */
#include "text.h"

#include "utf8.h"

bool text_is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) ||	/* C0, DEL, C1 */
	       cp == 0x061c || cp == 0x200e || cp == 0x200f ||	/* direction marks */
	       (cp >= 0x2028 && cp <= 0x202e) ||		/* separators, direction */
	       (cp >= 0x2066 && cp <= 0x2069) ||		/* isolates */
	       cp == UTF8_BAD;
}

void text_put(FILE *out, const char *s)
{
	uint32_t cp;
	size_t len;

	for (const char *p = s; (len = utf8_next(p, &cp)); p += len) {
		if (cp == '\\' || cp == '"')
			fprintf(out, "\\%c", (char)cp);
		else if (cp == '\n' || cp == '\t')
			fputs(cp == '\n' ? "\\n" : "\\t", out);
		else if (text_is_control(cp) || (cp == ' ' && (p == s || !p[1])))
			for (size_t i = 0; i < len; i++)
				fprintf(out, "\\x%02x", (unsigned char)p[i]);
		else
			fwrite(p, 1, len, out);
	}
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

long text_unescape(char *s)
{
	char *out = s, *start = s;

	while (*s) {
		if (*s != '\\') {
			*out++ = *s++;
			continue;
		}
		switch (s[1]) {
		case '\\':
		case '"':
			*out++ = s[1];
			break;
		case 'n':
			*out++ = '\n';
			break;
		case 't':
			*out++ = '\t';
			break;
		case 'x': {
			int high = hex_digit(s[2]), low = high < 0 ? -1 : hex_digit(s[3]);

			if (low < 0 || (high == 0 && low == 0))
				return -1;
			*out++ = (char)(high << 4 | low);
			s += 2;
			break;
		}
		default:
			return -1;
		}
		s += 2;
	}
	*out = '\0';
	return out - start;
}
