// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads --only, and decides by it. */
#include "select.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "moment.h"
#include "near.h"
#include "number.h"

static const struct {
	const char *word, *shown;
} words[ONLY_N] = {
#define ONLY(NAME, word, value, test) [ONLY_##NAME] = { word, word value },
#include "only.def"
#undef ONLY
};

static const char time_advice[] = "a time is a number and ns, us, ms or s, such as 250us";

const char *select_word(size_t i)
{
	return i < ONLY_N ? words[i].shown : NULL;
}

static bool word_timed(size_t i)
{
	return strchr(words[i].shown, '=');
}

static int set_slower(struct select *s, const char *time, char *why, size_t n)
{
	uint64_t ns;
	int err = number_parse_time(time, &ns);

	if (err) {
		snprintf(why, n, "--only %s=%.60s: %s", words[ONLY_SLOWER].word, time,
			 err == -ERANGE ? "that is too long" : time_advice);
		return -EINVAL;
	}
	/* Of two the lower includes the other. */
	if (!(s->only & 1 << ONLY_SLOWER) || ns < s->slower_ns)
		s->slower_ns = ns;
	return 0;
}

static int word_unknown(const char *typed, char *why, size_t n)
{
	struct near near = { .typed = typed };
	size_t at = snprintf(why, n, "--only %.60s: ", *typed ? typed : "\"\"");

	for (size_t i = 0; i < ONLY_N; i++)
		near_offer(&near, words[i].word);
	if (near.best) {
		snprintf(why + at, n - at, "did you mean %s?", near.best);
		return -EINVAL;
	}
	for (size_t i = 0; i < ONLY_N && at < n; i++)
		at += snprintf(why + at, n - at, "%s%s",
			       !i ? "a choice is " : i + 1 < ONLY_N ? ", " : " or ", words[i].shown);
	return -EINVAL;
}

static int set_word(struct select *s, char *typed, char *why, size_t n)
{
	char *value = strchr(typed, '=');
	size_t i;

	if (value)
		*value++ = '\0';
	for (i = 0; i < ONLY_N && strcmp(words[i].word, typed); i++)
		;
	if (i == ONLY_N)
		return word_unknown(typed, why, n);
	if (value && !word_timed(i)) {
		snprintf(why, n, "--only %s=%.60s: %s takes no value", typed, value, typed);
		return -EINVAL;
	}
	if (word_timed(i) && set_slower(s, value ? value : "", why, n))
		return -EINVAL;
	s->only |= 1 << i;
	return 0;
}

int select_set_only(struct select *s, const char *arg, char *why, size_t n)
{
	char typed[128];

	for (;; arg++) {
		size_t len = strcspn(arg, ",");

		snprintf(typed, sizeof(typed), "%.*s", (int)len, arg);
		if (set_word(s, typed, why, n))
			return -EINVAL;
		arg += len;
		if (!*arg)
			return 0;
	}
}

bool select_only_dropped(const struct select *s)
{
	return s->only == 1 << ONLY_DROPPED;
}

static int journey_slower(const struct journey *j, uint64_t ns)
{
	uint64_t span;
	int err = journey_span(j, &span);

	return err ? err : span > ns;
}

int select_journey(const struct select *s, const struct journey *j)
{
	int holds = !s->only;

#define ONLY(NAME, word, value, test) \
	if (!holds && s->only & 1 << ONLY_##NAME) \
		holds = test;
#include "only.def"
#undef ONLY
	return holds;
}

/* In the largest unit that leaves no decimals. */
static void say_time(FILE *out, uint64_t ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	size_t i = 0;

	for (; i < 3 && !(ns % 1000); i++)
		ns /= 1000;
	fprintf(out, "%" PRIu64 "%s", ns, units[i]);
}

void select_say_only(const struct select *s, FILE *out)
{
	const char *between = "--only ";

	for (size_t i = 0; i < ONLY_N; i++) {
		if (!(s->only & 1 << i))
			continue;
		fprintf(out, "%s%s", between, words[i].word);
		if (word_timed(i)) {
			fputc('=', out);
			say_time(out, s->slower_ns);
		}
		between = ",";
	}
}
