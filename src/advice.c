// SPDX-License-Identifier: GPL-2.0-or-later
/* The list of advice.def, by reason. */
#include "advice.h"

#include <stddef.h>
#include <string.h>

const char *advice_for(const char *reason)
{
	static const struct { const char *reason, *advice; } known[] = {
#define ADVICE(reason, advice) { #reason, advice },
#include "advice.def"
#undef ADVICE
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(known[i].reason, reason))
			return known[i].advice;
	return NULL;
}
