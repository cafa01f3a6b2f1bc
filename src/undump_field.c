// SPDX-License-Identifier: GPL-2.0-or-later
/* Parses one key=value of a record's line. */
#include "undump_field.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "addr.h"
#include "say.h"
#include "text.h"
#include "word.h"

static const char blanks[] = " \t\r";

static int PRINTF(3, 4) bad(char *what, size_t size, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, size, fmt, args);
	va_end(args);
	return -EBADMSG;
}

/* The quote that closes a string which starts at s; NULL: none. */
static char *closing_quote(char *s)
{
	for (; *s && *s != '"'; s++)
		if (*s == '\\' && s[1])
			s++;
	return *s ? s : NULL;
}

int undump_next(char **text, struct undump_pair *pair, char *what, size_t size)
{
	char *key = *text + strspn(*text, blanks), *value, *end;

	if (!*key || *key == '#')
		return 0;
	value = key + strcspn(key, "= \t\r");
	if (*value != '=' || value == key)
		return bad(what, size, "\"%.*s\" is not field=value", (int)strcspn(key, blanks),
			   key);
	*value++ = '\0';
	pair->key = key;
	pair->quoted = *value == '"';
	if (pair->quoted) {
		end = closing_quote(++value);
		if (!end)
			return bad(what, size, "the string of %.32s has no closing quote", key);
		*end++ = '\0';
		if (*end && !strchr(blanks, *end))
			return bad(what, size, "something follows the string of %.32s", key);
	} else {
		end = value + strcspn(value, blanks);
		if (*end)
			*end++ = '\0';
	}
	if (text_unescape(value) < 0)
		return bad(what, size, "a backslash in %.32s does not start an escape", key);
	pair->value = value;
	*text = end;
	return 1;
}

/* Decimal, or hexadecimal after 0x; nothing else around it. -EINVAL, -ERANGE. */
static int parse_number(const char *s, uint64_t max, uint64_t *out)
{
	unsigned int base = s[0] == '0' && (s[1] == 'x' || s[1] == 'X') ? 16 : 10;
	uint64_t v = 0;

	if (base == 16)
		s += 2;
	if (!*s)
		return -EINVAL;
	for (; *s; s++) {
		unsigned int digit = *s >= '0' && *s <= '9' ? *s - '0' :
				     *s >= 'a' && *s <= 'f' ? *s - 'a' + 10 :
				     *s >= 'A' && *s <= 'F' ? *s - 'A' + 10 : 16;

		if (digit >= base)
			return -EINVAL;
		if (v > (UINT64_MAX - digit) / base)
			return -ERANGE;
		v = v * base + digit;
	}
	*out = v;
	return v > max ? -ERANGE : 0;
}

/* Seconds with up to nine decimals, as nanoseconds. */
static int parse_time(char *s, uint64_t *out)
{
	char *dot = strchr(s, '.');
	uint64_t seconds, fraction = 0;
	int err;

	if (dot)
		*dot++ = '\0';
	err = strpbrk(s, "xX") ? -EINVAL
		: parse_number(s, UINT64_MAX / 1000000000, &seconds);
	if (dot)
		dot[-1] = '.';	/* a message shows it whole */
	if (err)
		return err;
	if (dot) {
		size_t n = strlen(dot);

		if (!n || n > 9 || strspn(dot, "0123456789") != n)
			return -EINVAL;
		parse_number(dot, UINT64_MAX, &fraction);
		for (; n < 9; n++)
			fraction *= 10;
	}
	*out = seconds * 1000000000 + fraction;
	return *out < fraction ? -ERANGE : 0;
}

static int bad_number(int err, const struct undump_pair *p, char *what, size_t size)
{
	return bad(what, size, err == -ERANGE ? "%.32s=%.64s does not fit its field"
		   : "%.32s=%.64s is not a number", p->key, p->value);
}

/* A number, or a word if the field has words. */
static int parse_value(const struct undump_pair *p, const struct words *w, uint64_t max,
		       uint64_t *out, char *what, size_t size)
{
	int err;

	if (w && word_parse(w, p->value, out))
		return 0;
	err = parse_number(p->value, max, out);
	if (err && w && !(*p->value >= '0' && *p->value <= '9'))
		return bad(what, size, "%.32s cannot be \"%.64s\"", p->key, p->value);
	return err ? bad_number(err, p, what, size) : 0;
}

static int set_signed(const struct undump_pair *p, int64_t min, unsigned char *at, size_t bytes,
		      char *what, size_t size)
{
	bool minus = *p->value == '-';
	uint64_t v;
	int64_t s;
	int err = parse_number(p->value + minus, minus ? (uint64_t)-(min + 1) + 1
			       : (uint64_t)-(min + 1), &v);

	if (err)
		return bad_number(err, p, what, size);
	s = minus ? (int64_t)-v : (int64_t)v;
	if (bytes == 4)
		memcpy(at, &(int32_t){ (int32_t)s }, 4);
	else
		memcpy(at, &s, 8);
	return 0;
}

static int set_field(unsigned int kind, const struct record *r, size_t i, unsigned char *at,
		     const struct undump_pair *p, char *what, size_t size)
{
	const struct field *f = &r->fields[i];
	const struct words *w = words_of(kind, f->name);
	uint64_t v;
	int err;

	switch (f->type) {
	case FIELD_ADDR:
		return addr_parse(at, p->value) ? 0
			: bad(what, size, "%.32s=%.64s is not an address", p->key, p->value);
	case FIELD_NAME:
		if (strlen(p->value) >= field_string(r, i))
			return bad(what, size, "%.32s is longer than %zu bytes", p->key,
				   field_string(r, i) - 1);
		memcpy(at, p->value, strlen(p->value));
		return 0;
	case FIELD_S64:
		return set_signed(p, INT64_MIN, at, 8, what, size);
	case FIELD_S32:
		return set_signed(p, INT32_MIN, at, 4, what, size);
	case FIELD_U32:
		err = parse_value(p, w, UINT32_MAX, &v, what, size);
		memcpy(at, &(uint32_t){ err ? 0 : (uint32_t)v }, 4);
		return err;
	case FIELD_U16:
		err = parse_value(p, w, UINT16_MAX, &v, what, size);
		memcpy(at, &(uint16_t){ err ? 0 : (uint16_t)v }, 2);
		return err;
	case FIELD_U8:
		err = parse_value(p, w, UINT8_MAX, &v, what, size);
		*at = err ? 0 : (unsigned char)v;
		return err;
	default:
		err = parse_value(p, w, UINT64_MAX, &v, what, size);
		memcpy(at, &(uint64_t){ err ? 0 : v }, 8);
		return err;
	}
}

/* A field of the head: 1 if the key is one, 0 if not, -EBADMSG. */
static int set_head(struct ev_head *rec, const struct undump_pair *p, struct undump_seen *seen,
		    char *what, size_t size)
{
	static const char *const keys[] = { "t", "cpu", "ctx", "stage", "n", "tid" };
	enum { T, CPU, CTX, STAGE, N, TID, HEAD_N };
	uint64_t v = 0;
	unsigned int i;
	int err;

	_Static_assert(HEAD_N <= sizeof(seen->head) / sizeof(*seen->head), "room for all of them");
	for (i = 0; i < HEAD_N && strcmp(keys[i], p->key); i++)
		;
	if (i == HEAD_N)
		return 0;
	if (seen->head[i])
		return bad(what, size, "%s is said twice", p->key);
	seen->head[i] = true;
	switch (i) {
	case T:
		err = parse_time(p->value, &v);
		if (err)
			return bad(what, size, "t=%.64s is not a time in seconds", p->value);
		rec->t_ns = v;
		return 1;
	case STAGE:
		return 1;
	case CTX:
		err = parse_value(p, &words_ctx, UINT8_MAX, &v, what, size);
		rec->ctx = (uint8_t)v;
		break;
	case CPU:
		err = parse_value(p, NULL, UINT16_MAX, &v, what, size);
		rec->cpu = (uint16_t)v;
		break;
	default:
		err = parse_value(p, NULL, UINT32_MAX, &v, what, size);
		*(i == N ? &rec->attempt : &rec->tid) = (uint32_t)v;
		seen->attempt |= i == N;
	}
	return err ? err : 1;
}

int undump_set(struct ev_head *rec, const struct record *r, const struct undump_pair *pair,
	       struct undump_seen *seen, char *what, size_t size)
{
	unsigned char *at = (unsigned char *)(rec + 1);
	int err = set_head(rec, pair, seen, what, size);

	if (err)
		return err < 0 ? err : 0;
	for (size_t i = 0; i < r->field_n; i++) {
		const struct field *f = &r->fields[i];

		if (!strcmp(f->name, pair->key) && (f->type != FIELD_NAME || field_string(r, i))) {
			if (seen->field[i])
				return bad(what, size, "%s is said twice", pair->key);
			seen->field[i] = true;
			return set_field(rec->kind, r, i, at, pair, what, size);
		}
		at += field_size(f->type);
	}
	return bad(what, size, "a %s record has no field \"%.64s\"", r->name, pair->key);
}
