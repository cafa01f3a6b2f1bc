// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes JSON values one after another. */
#include "json.h"

#include <errno.h>
#include <inttypes.h>

#include "text.h"
#include "utf8.h"
#include "stream.h"

/* A journey is a thousand short pieces: one thread writes, and the stream need not be locked for each. */
static void put_char(FILE *out, char c)
{
	putc_unlocked(c, out);
}

static void put_bytes(FILE *out, const char *s, size_t n)
{
	enum { SHORT = 24 };	/* up to here the call costs more than the bytes */

	if (n > SHORT)
		fwrite_unlocked(s, 1, n, out);
	else
		while (n--)
			put_char(out, *s++);
}

static void put_u64(FILE *out, uint64_t v)
{
	char digits[20], *at = digits + sizeof(digits);

	do
		*--at = '0' + v % 10;
	while (v /= 10);
	put_bytes(out, at, digits + sizeof(digits) - at);
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static void put_string(FILE *out, const char *s)
{
	const char *plain = s;
	uint32_t cp;
	size_t n;

	put_char(out, '"');
	for (; (n = utf8_next(s, &cp)); s += n) {
		if (is_plain(cp < 0x80 ? cp : 0) || (cp >= 0x80 && cp != UTF8_BAD && !text_is_control(cp)))
			continue;
		put_bytes(out, plain, s - plain);
		plain = s + n;
		if (cp == '"' || cp == '\\')
			fprintf(out, "\\%c", (char)cp);
		else if (cp == UTF8_BAD)
			fputs("\xef\xbf\xbd", out);
		else				/* no control character is above U+FFFF */
			fprintf(out, "\\u%04" PRIx32, cp);
	}
	put_bytes(out, plain, s - plain);
	put_char(out, '"');
}

static void start(struct json *j, const char *key)
{
	if (j->comma)
		put_char(j->out, ',');
	j->comma = true;
	if (key) {
		put_string(j->out, key);
		put_char(j->out, ':');
	}
}

void json_open(struct json *j, const char *key, char bracket)
{
	start(j, key);
	put_char(j->out, bracket);
	j->comma = false;
}

void json_close(struct json *j, char bracket)
{
	put_char(j->out, bracket);
	j->comma = true;
}

void json_null(struct json *j, const char *key)
{
	start(j, key);
	put_bytes(j->out, "null", 4);
}

void json_bool(struct json *j, const char *key, bool v)
{
	start(j, key);
	put_bytes(j->out, v ? "true" : "false", v ? 4 : 5);
}

void json_u64(struct json *j, const char *key, uint64_t v)
{
	start(j, key);
	put_u64(j->out, v);
}

void json_s64(struct json *j, const char *key, int64_t v)
{
	start(j, key);
	if (v < 0)
		put_char(j->out, '-');
	put_u64(j->out, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void json_string(struct json *j, const char *key, const char *s)
{
	if (!s) {
		json_null(j, key);
		return;
	}
	start(j, key);
	put_string(j->out, s);
}

void json_name(struct json *j, const char *key, const char *s)
{
	json_string(j, key, *s ? s : NULL);
}

int json_end_line(struct json *j)
{
	fputc('\n', j->out);
	j->comma = false;
	return stream_error(j->out);
}
