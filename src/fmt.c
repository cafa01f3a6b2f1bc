/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small printf: one pass over the format, numbers by division, no stream behind it. */
#include "fmt.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER_ROOM = 24 };

/* What is written, and how much would have been, had there been room. */
struct sink {
	char *out;
	size_t size, n;
};

static void put(struct sink *k, const char *s, size_t n)
{
	size_t room = k->n < k->size ? k->size - k->n : 0;

	if (room)
		memcpy(k->out + k->n, s, n < room ? n : room);
	k->n += n;
}

static void put_padding(struct sink *k, char sign, size_t n)
{
	for (; n; n--)
		put(k, &sign, 1);
}

/* One conversion, as it stands behind its %. */
struct spec {
	bool zeros;
	unsigned int width;
	unsigned int most;	/* bytes of a string */
	unsigned int longs;	/* of the number: 0, or 1 for those of 64 bits */
	char what;
};

static const char *read_digits(const char *f, unsigned int *n)
{
	for (*n = 0; *f >= '0' && *f <= '9'; f++)
		*n = *n * 10 + (*f - '0');
	return f;
}

/* Reads one at f, behind the %; returns what is behind it, or NULL: it is not known here. most is INT_MAX + 1 for ".*". */
static const char *read_spec(const char *f, struct spec *s)
{
	*s = (struct spec){ .zeros = *f == '0', .most = UINT_MAX };
	f = read_digits(f + s->zeros, &s->width);
	if (f[0] == '.' && f[1] == '*') {
		s->most = INT_MAX + 1u;
		f += 2;
	} else if (*f == '.') {
		f = read_digits(f + 1, &s->most);
	}
	_Static_assert(sizeof(long) == 8 && sizeof(size_t) == 8 && sizeof(intmax_t) == 8, "l, ll, z and j are alike");
	for (; *f == 'l' || *f == 'z' || *f == 'j'; f++)
		s->longs = 1;
	s->what = *f;
	/* A precision means something else for numbers; zeros in front of strings mean nothing. */
	if (!s->what || !strchr("sciudx%", s->what) || (s->what != 's' && s->most != UINT_MAX) ||
	    (s->zeros && (s->what == 's' || s->what == 'c' || s->what == '%')))
		return NULL;
	return f + 1;
}

static void put_number(struct sink *k, const struct spec *s, uint64_t value, bool negative)
{
	static const char digits[] = "0123456789abcdef";
	char text[NUMBER_ROOM], *at = text + sizeof(text);
	size_t n;

	if (s->what == 'x') {
		do
			*--at = digits[value & 15];
		while (value >>= 4);
	} else {
		do
			*--at = digits[value % 10];
		while (value /= 10);
	}
	n = text + sizeof(text) - at + negative;
	if (!s->zeros && s->width > n)
		put_padding(k, ' ', s->width - n);
	if (negative)
		put(k, "-", 1);
	if (s->zeros && s->width > n)
		put_padding(k, '0', s->width - n);
	put(k, at, text + sizeof(text) - at);
}

static void put_string(struct sink *k, const struct spec *s, const char *text)
{
	size_t n = strnlen(text, s->most);

	if (s->width > n)
		put_padding(k, ' ', s->width - n);
	put(k, text, n);
}

static void put_arg(struct sink *k, struct spec *s, va_list *args)
{
	int64_t value;
	char sign;

	switch (s->what) {
	case 's':
		if (s->most == INT_MAX + 1u) {
			int most = va_arg(*args, int);

			s->most = most < 0 ? UINT_MAX : (unsigned int)most;
		}
		put_string(k, s, va_arg(*args, const char *));
		break;
	case 'c':
		sign = (char)va_arg(*args, int);
		if (s->width > 1)
			put_padding(k, ' ', s->width - 1);
		put(k, &sign, 1);
		break;
	case 'd':
	case 'i':
		value = s->longs ? va_arg(*args, int64_t) : va_arg(*args, int);
		put_number(k, s, value < 0 ? -(uint64_t)value : (uint64_t)value, value < 0);
		break;
	case '%':
		put(k, "%", 1);
		break;
	default:
		put_number(k, s, s->longs ? va_arg(*args, uint64_t) : va_arg(*args, unsigned int), false);
	}
}

int fmt_vput(char *out, size_t size, const char *format, va_list args)
{
	struct sink k = { .out = out, .size = size ? size - 1 : 0 };
	va_list here;

	va_copy(here, args);
	for (const char *f = format; *f;) {
		const char *end = strchrnul(f, '%');
		struct spec s;

		put(&k, f, end - f);
		f = end;
		if (!*f)
			break;
		f = read_spec(f + 1, &s);
		if (!f) {
			va_end(here);
			return vsnprintf(out, size, format, args);
		}
		put_arg(&k, &s, &here);
	}
	va_end(here);
	if (size)
		out[k.n < k.size ? k.n : k.size] = '\0';
	return k.n > INT_MAX ? -1 : (int)k.n;
}

int fmt_put(char *out, size_t size, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = fmt_vput(out, size, format, args);
	va_end(args);
	return n;
}
