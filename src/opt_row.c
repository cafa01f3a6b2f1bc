// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of options, and how the value of one is read. */
#include "opt_row.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "number.h"
#include "plan.h"
#include "say.h"

struct word {
	const char *text;
	int number;
};

static const struct word dirs[] = {
	{ "send", DIR_SEND }, { "recv", DIR_RECV }, { "both", DIR_BOTH },
};
static const struct word list_formats[] = { { "text", 0 }, { "markdown", 0 } };
static const struct word details[] = {
	{ "brief", DETAIL_BRIEF }, { "normal", DETAIL_NORMAL }, { "full", DETAIL_FULL },
};
static const struct word lane_kinds[] = { { "layer", LANES_LAYER }, { "context", LANES_CONTEXT } };
static const struct word as[] = { { "packets", AS_PACKETS }, { "flow", AS_FLOW } };
static const struct word colours[] = { { "auto", 0 }, { "always", 1 }, { "never", -1 } };

#define LIST(name, words) \
	static const char *name(size_t i, int *number) \
	{ \
		*number = i < sizeof(words) / sizeof(words[0]) ? words[i].number : 0; \
		return i < sizeof(words) / sizeof(words[0]) ? words[i].text : NULL; \
	}
LIST(dir_list, dirs)
LIST(list_format_list, list_formats)
LIST(detail_list, details)
LIST(lane_list, lane_kinds)
LIST(as_list, as)
LIST(colour_list, colours)

/* Three lists are kept by those who act on them. */
static const char *format_list(size_t i, int *number)
{
	*number = 0;
	return renderers[i] ? renderers[i]->name : NULL;
}

static const char *backend_list(size_t i, int *number)
{
	enum backend b = BACK_NONE + 1 + i;

	*number = b;
	return b < BACK_N ? backend_names[b] : NULL;
}

static const char *only_list(size_t i, int *number)
{
	*number = i;
	return select_word(i);
}

#define FIELD(f) .where = offsetof(struct options, f), .size = sizeof(((struct options *)0)->f), \
	.text = _Generic(((struct options *)0)->f, const char *: true, default: false)
#define SET(f) .type = OPT_SET, .set = f
#define CHOOSE(f, words) .type = OPT_CHOOSE, .choose = f, .list = words
#define FLAG(f) .type = OPT_FLAG, FIELD(f)
#define COUNT(f, lo, hi, w) .type = OPT_COUNT, FIELD(f), .min = lo, .max = hi, .what = w
#define SECONDS(f, lo, hi, w) .type = OPT_SECONDS, FIELD(f), .min = lo, .max = hi, .what = w
#define SIZE(f, lo, hi, w) .type = OPT_SIZE, FIELD(f), .min = lo, .max = hi, .what = w
#define STRING(f) .type = OPT_STRING, FIELD(f)
#define WORD(f, words, w) .type = OPT_WORD, FIELD(f), .list = words, .what = w
#define CONST(f, v) .type = OPT_CONST, FIELD(f), .word = v
#define HELP .type = OPT_HELP
#define VERSION .type = OPT_VERSION
/* The type is some initializers with commas between: it takes two steps to pass it on. */
#define ROW(t, n, k, v, d, h, ...) \
	{ .takes = t, .name = n, .key = k, .value = v, .fallback = d, .help = h, __VA_ARGS__ },
#define OPTION(t, n, k, v, how, d, h) ROW(t, n, k, v, d, h, how)
#define TITLE(h) { .type = OPT_TITLE, .help = h },

const struct opt_row opt_rows[] = {
#include "opt.def"
};
const size_t opt_rows_n = sizeof(opt_rows) / sizeof(opt_rows[0]);

const char *opt_row_word(const struct opt_row *row, size_t i)
{
	int number;

	return row->list ? row->list(i, &number) : NULL;
}

PRINTF(3, 4) static void append(char *out, size_t n, const char *fmt, ...)
{
	size_t len = strlen(out);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(out + len, n - len, fmt, ap);
	va_end(ap);
}

char *opt_row_words(const struct opt_row *row, char *out, size_t n)
{
	const char *word;

	*out = '\0';
	for (size_t i = 0; (word = opt_row_word(row, i)); i++) {
		const char *before = opt_row_word(row, i + 1) ? ", " : " or ";

		append(out, n, "%s%s", i ? before : "", word);
	}
	return out;
}

char *opt_row_help(const struct opt_row *row, char *out, size_t n)
{
	char words[256];

	snprintf(out, n, "%s", row->help);
	if (*opt_row_words(row, words, sizeof(words)))
		append(out, n, "%s %s", strstr(row->help, " as") ? "" : ":", words);
	if (row->fallback)
		append(out, n, " (default %s)", row->fallback);
	return out;
}

void opt_each(unsigned int takes, void (*fn)(const struct opt_row *row, void *arg), void *arg)
{
	const struct opt_row *title = NULL;

	for (size_t i = 0; i < opt_rows_n; i++) {
		const struct opt_row *row = &opt_rows[i];

		if (row->type == OPT_TITLE) {
			title = row;
		} else if (row->takes & takes) {
			if (title)
				fn(title, arg);
			title = NULL;
			fn(row, arg);
		}
	}
}

/* "64K": the way that sizes are typed. */
static char *say_size(uint64_t v, char *out, size_t n)
{
	static const char units[] = { 0, 'K', 'M', 'G' };
	size_t i = 0;

	for (; i + 1 < sizeof(units) && v >= 1024 && !(v % 1024); i++)
		v /= 1024;
	snprintf(out, n, "%llu%.1s", (unsigned long long)v, i ? &units[i] : "");
	return out;
}

/* Says the range in the unit in which the value is typed. */
static char *say_range(const struct opt_row *row, char *out, size_t n)
{
	char lo[32], hi[32];

	switch (row->type) {
	case OPT_SIZE:
		snprintf(out, n, "%s is a power of two from %s to %s", row->what,
			 say_size(row->min, lo, sizeof(lo)), say_size(row->max, hi, sizeof(hi)));
		break;
	case OPT_SECONDS:
		snprintf(out, n, "%s is a number of seconds from %g to %llu with at most three decimals",
			 row->what, row->min / 1000.0, (unsigned long long)row->max / 1000);
		break;
	default:
		snprintf(out, n, "%s is a number from %llu to %llu", row->what,
			 (unsigned long long)row->min, (unsigned long long)row->max);
	}
	return out;
}

static int read_number(const struct opt_row *row, const char *arg, uint64_t *v)
{
	int err;

	if (row->type == OPT_SECONDS)
		err = number_parse_seconds(arg, v);
	else if (row->type == OPT_SIZE)
		err = number_parse_size(arg, v);
	else
		err = number_parse(arg, v);
	if (!err && (*v < row->min || *v > row->max))
		err = -ERANGE;
	if (!err && row->type == OPT_SIZE && (*v & (*v - 1)))
		err = -EINVAL;
	return err;
}

/* The word of the list that arg is, or NULL. */
static const char *find_word(const struct opt_row *row, const char *arg, int *number)
{
	const char *word;

	for (size_t i = 0; (word = row->list(i, number)); i++)
		if (!strcmp(word, arg))
			return word;
	return NULL;
}

int opt_row_apply(const struct opt_row *row, struct options *o, const char *label,
		  const char *arg, char *why, size_t n)
{
	void *field = (char *)o + row->where;
	const char *shown = arg && *arg ? arg : "\"\"", *word;
	char text[256];
	uint64_t v;
	int number;

	switch (row->type) {
	case OPT_SET:
		return row->set(&o->filter, arg, why, n);
	case OPT_CHOOSE:
		return row->choose(&o->select, arg, why, n);
	case OPT_FLAG:
		*(bool *)field = true;
		return 0;
	case OPT_COUNT:
	case OPT_SECONDS:
	case OPT_SIZE:
		if (read_number(row, arg, &v)) {
			snprintf(why, n, "%s %.60s: %s", label, shown,
				 say_range(row, text, sizeof(text)));
			return -EINVAL;
		}
		if (row->size == sizeof(uint64_t))
			*(uint64_t *)field = v;
		else
			*(unsigned int *)field = v;
		return 0;
	case OPT_STRING:
		if (!*arg) {
			snprintf(why, n, "%s \"\": the name of a file is not empty", label);
			return -EINVAL;
		}
		*(const char **)field = arg;
		return 0;
	case OPT_WORD:
		word = find_word(row, arg, &number);
		if (!word) {
			snprintf(why, n, "%s %.60s: %s is %s", label, shown, row->what,
				 opt_row_words(row, text, sizeof(text)));
			return -EINVAL;
		}
		if (row->text)
			*(const char **)field = word;
		else
			*(int *)field = number;
		return 0;
	case OPT_CONST:
		*(const char **)field = row->word;
		return 0;
	case OPT_TITLE:
	case OPT_HELP:
	case OPT_VERSION:
		break;
	}
	return 0;
}

static const char *word_of(const struct opt_row *row, const void *field)
{
	const char *word;
	int number;

	if (row->text)
		return *(const char *const *)field;
	for (size_t i = 0; (word = row->list(i, &number)); i++)
		if (number == *(const int *)field)
			return word;
	return NULL;
}

char *opt_row_spell(const struct opt_row *row, const struct options *o, char *out, size_t n)
{
	const void *field = (const char *)o + row->where;
	const char *word = NULL;
	uint64_t v = 0;

	*out = '\0';
	switch (row->type) {
	case OPT_FLAG:
		if (*(const bool *)field)
			snprintf(out, n, "--%s", row->name);
		break;
	case OPT_COUNT:
	case OPT_SIZE:
		v = row->size == sizeof(v) ? *(const uint64_t *)field :
					     *(const unsigned int *)field;
		if (v)
			snprintf(out, n, "--%s=%llu", row->name, (unsigned long long)v);
		break;
	case OPT_STRING:
	case OPT_WORD:
		word = row->type == OPT_WORD ? word_of(row, field) : *(const char *const *)field;
		if (word)
			snprintf(out, n, "--%s=%s", row->name, word);
		break;
	default:	/* nobody passes these on */
		break;
	}
	return out;
}
