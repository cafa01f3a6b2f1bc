/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines above a diagram. */
#ifndef SKBTRACE_DIAGRAM_TITLE_H
#define SKBTRACE_DIAGRAM_TITLE_H

#include "diagram.h"
#include "journey.h"

/* Adds them to d. 0 or -ENOMEM. */
int diagram_title(struct diagram *d, const struct journey *j);

#endif
