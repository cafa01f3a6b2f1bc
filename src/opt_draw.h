/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the options of a command to those of a pipeline: the same for a live run and a report. */
#ifndef SKBTRACE_OPT_DRAW_H
#define SKBTRACE_OPT_DRAW_H

#include <stdio.h>

#include "opt.h"
#include "pipeline.h"

/* out decides what "auto" means: colour and the terminal's width only where there is a terminal. */
void pipeline_opts_fill(struct pipeline_opts *po, const struct options *o, enum stage_dir dirs, FILE *out);

#endif
