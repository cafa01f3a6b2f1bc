// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds an output format by its name. */
#include <string.h>

#include "render_list.h"

#define RENDERER_ROW(name) &render_##name,
const struct renderer *const renderers[] = { RENDERERS(RENDERER_ROW) NULL };
#undef RENDERER_ROW

const struct renderer *renderer_by_name(const char *name)
{
	for (const struct renderer *const *r = renderers; *r; r++)
		if (!strcmp((*r)->name, name))
			return *r;
	return NULL;
}
