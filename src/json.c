// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes JSON values one after another. */
#include "json.h"

#include <errno.h>
#include <inttypes.h>

#include "text.h"
#include "utf8.h"
#include "stream.h"

static void put_string(FILE *out, const char *s)
{
	const char *plain = s;
	uint32_t cp;
	size_t n;

	fputc('"', out);
	for (; (n = utf8_next(s, &cp)); s += n) {
		if (cp != '"' && cp != '\\' && cp != UTF8_BAD && !text_is_control(cp))
			continue;
		fwrite(plain, 1, s - plain, out);
		plain = s + n;
		if (cp == '"' || cp == '\\')
			fprintf(out, "\\%c", (char)cp);
		else if (cp == UTF8_BAD)
			fputs("\xef\xbf\xbd", out);
		else				/* no control character is above U+FFFF */
			fprintf(out, "\\u%04" PRIx32, cp);
	}
	fwrite(plain, 1, s - plain, out);
	fputc('"', out);
}

static void start(struct json *j, const char *key)
{
	if (j->comma)
		fputc(',', j->out);
	j->comma = true;
	if (key) {
		put_string(j->out, key);
		fputc(':', j->out);
	}
}

void json_open(struct json *j, const char *key, char bracket)
{
	start(j, key);
	fputc(bracket, j->out);
	j->comma = false;
}

void json_close(struct json *j, char bracket)
{
	fputc(bracket, j->out);
	j->comma = true;
}

void json_null(struct json *j, const char *key)
{
	start(j, key);
	fputs("null", j->out);
}

void json_bool(struct json *j, const char *key, bool v)
{
	start(j, key);
	fputs(v ? "true" : "false", j->out);
}

void json_u64(struct json *j, const char *key, uint64_t v)
{
	start(j, key);
	fprintf(j->out, "%" PRIu64, v);
}

void json_s64(struct json *j, const char *key, int64_t v)
{
	start(j, key);
	fprintf(j->out, "%" PRId64, v);
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
