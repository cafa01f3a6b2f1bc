// SPDX-License-Identifier: GPL-2.0-or-later
/* The lists of advice.def, by reason and by function. */
#include "advice.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct advice {
	const char *about, *line;
};

static const struct advice reasons[] = {
#define ADVICE(reason, line) { #reason, line },
#define ADVICE_ICMP(reason, line)
#define ADVICE_IN(function, line)
#include "advice.def"
#undef ADVICE
#undef ADVICE_ICMP
#undef ADVICE_IN
};

static const struct advice icmp_reasons[] = {
#define ADVICE(reason, line)
#define ADVICE_ICMP(reason, line) { #reason, line },
#define ADVICE_IN(function, line)
#include "advice.def"
#undef ADVICE
#undef ADVICE_ICMP
#undef ADVICE_IN
};

static const struct advice functions[] = {
#define ADVICE(reason, line)
#define ADVICE_ICMP(reason, line)
#define ADVICE_IN(function, line) { #function, line },
#include "advice.def"
#undef ADVICE
#undef ADVICE_ICMP
#undef ADVICE_IN
};

/* The first n bytes of name against a list. */
static const char *look_up(const struct advice *list, size_t rows, const char *name, size_t n)
{
	for (size_t i = 0; i < rows; i++)
		if (strlen(list[i].about) == n && !memcmp(list[i].about, name, n))
			return list[i].line;
	return NULL;
}

const char *advice_for(const struct journey *j)
{
	const char *reason = j->end_reason_name;

	bool icmp = j->proto == IPPROTO_ICMP || j->proto == IPPROTO_ICMPV6;

	if (icmp && *reason) {
		const char *line = look_up(icmp_reasons, sizeof(icmp_reasons) / sizeof(*icmp_reasons), reason, strlen(reason));

		if (line)
			return line;
	}
	if (*reason && strcmp(reason, "NOT_SPECIFIED"))
		return look_up(reasons, sizeof(reasons) / sizeof(*reasons), reason, strlen(reason));
	/* A reason that has a number and no name is one, though nobody knows which. */
	if (j->end_how != EV_END_DROPPED || (j->end_reason && !*reason))
		return NULL;
	/* The compiler names clones FUNCTION.constprop.0, FUNCTION.part.0, FUNCTION.cold. */
	return look_up(functions, sizeof(functions) / sizeof(*functions), j->end_where,
		       strcspn(j->end_where, "."));
}
