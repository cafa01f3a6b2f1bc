// SPDX-License-Identifier: GPL-2.0-or-later
/* The lists of "key value" lines that a capture knows its world by. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cap_format.h"
#include "text.h"

/* Takes both strings, also when it fails. */
static int list_take(struct cap_list *l, char *key, char *value)
{
	if (!key || !value)
		goto no_memory;
	if (l->n == l->room) {
		size_t room = l->room ? 2 * l->room : 16;
		struct cap_pair *pairs = reallocarray(l->pairs, room, sizeof(*pairs));

		if (!pairs)
			goto no_memory;
		l->pairs = pairs;
		l->room = room;
	}
	l->pairs[l->n++] = (struct cap_pair){ .key = key, .value = value };
	return 0;

no_memory:
	free(key);
	free(value);
	return -ENOMEM;
}

int cap_list_add(struct cap_list *l, const char *key, const char *fmt, ...)
{
	char *value;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&value, fmt, args) < 0)
		value = NULL;
	va_end(args);
	return list_take(l, strdup(key), value);
}

const char *cap_list_get(const struct cap_list *l, const char *key)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->pairs[i].key, key))
			return l->pairs[i].value;
	return NULL;
}

void cap_list_free(struct cap_list *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++) {
		free(l->pairs[i].key);
		free(l->pairs[i].value);
	}
	free(l->pairs);
	*l = (struct cap_list){ 0 };
}

void cap_world_free(struct cap_world *w)
{
	if (!w)
		return;
	for (uint32_t type = CAP_META; type <= CAP_END; type++)
		cap_list_free(cap_section_list(w, type));
}

struct cap_list *cap_section_list(struct cap_world *w, uint32_t type)
{
	switch (type) {
	case CAP_META:
		return &w->meta;
	case CAP_STAGES:
		return &w->stages;
	case CAP_REASONS:
		return &w->reasons;
	case CAP_OFF:
		return &w->off;
	case CAP_COUNTS:
		return &w->counts;
	default:
		return NULL;
	}
}

const char *cap_section_name(uint32_t type)
{
	static const char *const names[] = {
		[CAP_META] = "META", [CAP_STAGES] = "STAGES", [CAP_REASONS] = "REASONS",
		[CAP_OFF] = "OFF", [CAP_EVENTS] = "EVENTS", [CAP_COUNTS] = "COUNTS",
		[CAP_END] = "END",
	};

	return type < sizeof(names) / sizeof(*names) ? names[type] : NULL;
}

const char *cap_input_name(const char *path)
{
	return strcmp(path, "-") ? path : "standard input";
}

int cap_text_put(FILE *out, const struct cap_pair *pair)
{
	/* A key is a word: the reader could not tell it from the value otherwise. */
	if (!*pair->key || pair->key[strcspn(pair->key, " \t\n\r\"\\")] || *pair->key == '#')
		return -EINVAL;
	text_put(out, pair->key);
	if (*pair->value) {
		fputc(' ', out);
		text_put(out, pair->value);
	}
	fputc('\n', out);
	return 0;
}

int cap_text_parse(struct cap_list *l, char *line, const char **wrong)
{
	static const char blanks[] = " \t\r";
	char *key = line + strspn(line, blanks), *value = key + strcspn(key, blanks);
	size_t n;

	if (value == key) {
		*wrong = "it has no key";
		return -EBADMSG;
	}
	if (*value)
		*value++ = '\0';
	value += strspn(value, blanks);
	for (n = strlen(value); n && strchr(blanks, value[n - 1]); n--)
		;
	value[n] = '\0';
	if (text_unescape(key) < 0 || text_unescape(value) < 0) {
		*wrong = "a backslash in it does not start \\\\, \\\", \\n, \\t or \\xHH";
		return -EBADMSG;
	}
	if (key[strcspn(key, " \t\n\r\"\\")] || *key == '#') {
		*wrong = "its key is not a plain word";
		return -EBADMSG;
	}
	return list_take(l, strdup(key), strdup(value));
}
