// SPDX-License-Identifier: GPL-2.0-or-later
/* Says one sentence on stderr, in one write, harmless to the terminal. */
#include "say.h"

#include <errno.h>
#include <stdarg.h>

#include "text.h"
#include "utf8.h"

bool say_verbose;

/* "\xHH", not terminated. */
static size_t put_hex(char *out, unsigned char byte)
{
	static const char digits[] = "0123456789abcdef";

	out[0] = '\\';
	out[1] = 'x';
	out[2] = digits[byte >> 4];
	out[3] = digits[byte & 15];
	return 4;
}

char *escape_terminal(char *out, size_t size, const char *s)
{
	size_t len, at = 0;
	uint32_t cp;

	if (!size)
		return out;
	for (; (len = utf8_next(s, &cp)); s += len) {
		bool escape = text_is_control(cp);

		/* Whole or not at all: half an escape would read as text. */
		if (at + (escape ? 4 * len : len) >= size)
			break;
		for (size_t i = 0; i < len; i++) {
			if (escape)
				at += put_hex(out + at, s[i]);
			else
				out[at++] = s[i];
		}
	}
	out[at] = '\0';
	return out;
}

static void PRINTF(1, 0) say_args(const char *fmt, va_list args)
{
	char raw[2048], safe[4 * sizeof(raw)];
	int err = errno;

	vsnprintf(raw, sizeof(raw), fmt, args);
	fprintf(stderr, "skbtrace: %s\n", escape_terminal(safe, sizeof(safe), raw));
	errno = err;
}

void say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say_args(fmt, args);
	va_end(args);
}

void say_more(const char *fmt, ...)
{
	va_list args;

	if (!say_verbose)
		return;
	va_start(args, fmt);
	say_args(fmt, args);
	va_end(args);
}
