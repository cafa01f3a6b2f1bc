/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one list of output formats, in the order of help. A new one is a word here and its file. */
#ifndef SKBTRACE_RENDER_LIST_H
#define SKBTRACE_RENDER_LIST_H

#include "render.h"

#define RENDERERS(ROW) \
	ROW(text) \
	ROW(mermaid) \
	ROW(plantuml) \
	ROW(json)

#define RENDERER_DECLARE(name) extern const struct renderer render_##name;
RENDERERS(RENDERER_DECLARE)
#undef RENDERER_DECLARE

#endif
