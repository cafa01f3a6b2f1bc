// SPDX-License-Identifier: GPL-2.0-or-later
/* The list of inferred.def, by the two rows that prove each. */
#include "inferred.h"

#include <string.h>

#include "moment.h"

static const struct {
	const char *name;
	enum stage_id after, before;
	const char *of;		/* empty: always */
} list[] = {
#define INFERRED(name, after, before, of, source) { #name, ST_##after, ST_##before, of },
#include "inferred.def"
#undef INFERRED
};

size_t inferred_between(const char *names[INFERRED_MOST], const struct step *a, const struct step *b)
{
	const char *function = a ? step_function(a) : NULL;
	size_t n = 0;

	if (!a || b->from_stack || b->lost_before || !same_runner(a, b))
		return 0;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]) && n < INFERRED_MOST; i++)
		if (list[i].after == a->stage && list[i].before == b->stage &&
		    (!*list[i].of || (function && !strcmp(list[i].of, function))))
			names[n++] = list[i].name;
	return n;
}
