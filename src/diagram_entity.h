/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Task entities as lifelines: processes, threads of the kernel, interrupts, the softirqs of a CPU. */
#ifndef SKBTRACE_DIAGRAM_ENTITY_H
#define SKBTRACE_DIAGRAM_ENTITY_H

#include "diagram.h"
#include "moment.h"

/* More lifelines than these do not fit; what comes later shares the last. */
enum { ENTITY_LANES = 9 };

/* Adds a lane for each entity that is shown, in order of appearance; column[i] is that of moment i. 0 or -ENOMEM. */
int diagram_entities(struct diagram *d, const struct moments *m, int *column);

#endif
