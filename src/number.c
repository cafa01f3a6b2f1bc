// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the numbers of the command line. */
#include "number.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads digits up to the first that is none, which *end gets. */
static int parse_digits(const char *s, const char **end, uint64_t *out)
{
	uint64_t v = 0;

	if (!digit(*s))
		return -EINVAL;
	for (; digit(*s); s++) {
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*s - '0'), &v))
			return -ERANGE;
	}
	*end = s;
	*out = v;
	return 0;
}

int number_parse(const char *s, uint64_t *out)
{
	const char *end;
	uint64_t v;
	int err = parse_digits(s, &end, &v);

	if (err)
		return err;
	if (*end)
		return -EINVAL;
	*out = v;
	return 0;
}

int number_parse_seconds(const char *s, uint64_t *ms)
{
	unsigned int scale = 1000;
	const char *end;
	uint64_t v;
	int err = parse_digits(s, &end, &v);

	if (err)
		return err;
	if (__builtin_mul_overflow(v, 1000, &v))
		return -ERANGE;
	if (*end == '.') {
		if (!digit(*++end))
			return -EINVAL;
		for (; digit(*end) && scale > 1; end++) {
			scale /= 10;
			if (__builtin_add_overflow(v, (uint64_t)(*end - '0') * scale, &v))
				return -ERANGE;
		}
	}
	if (*end)
		return -EINVAL;
	*ms = v;
	return 0;
}

int number_parse_time(const char *s, uint64_t *ns)
{
	static const struct { const char *name; uint64_t ns; } units[] = {
		{ "ns", 1 }, { "us", 1000 }, { "µs", 1000 }, { "ms", 1000000 }, { "s", 1000000000 },
	};
	const char *end, *decimals = NULL;
	uint64_t v, unit = 0;
	int err = parse_digits(s, &end, &v);

	if (err)
		return err;
	if (*end == '.') {
		if (!digit(*++end))
			return -EINVAL;
		for (decimals = end; digit(*end); end++)
			;
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(end, units[i].name))
			unit = units[i].ns;
	if (!unit)
		return -EINVAL;
	if (__builtin_mul_overflow(v, unit, &v))
		return -ERANGE;
	for (; decimals && digit(*decimals); decimals++) {
		if (unit % 10)
			return -EINVAL;
		unit /= 10;
		if (__builtin_add_overflow(v, (uint64_t)(*decimals - '0') * unit, &v))
			return -ERANGE;
	}
	*ns = v;
	return 0;
}

int number_parse_size(const char *s, uint64_t *bytes)
{
	unsigned int shift = 0;
	const char *end;
	uint64_t v;
	int err = parse_digits(s, &end, &v);

	if (err)
		return err;
	switch (*end) {
	case 'G': case 'g':
		shift += 10;
		/* fall through */
	case 'M': case 'm':
		shift += 10;
		/* fall through */
	case 'K': case 'k':
		shift += 10;
		end++;
		break;
	}
	if (*end)
		return -EINVAL;
	if (__builtin_mul_overflow(v, UINT64_C(1) << shift, &v))
		return -ERANGE;
	*bytes = v;
	return 0;
}
