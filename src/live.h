/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A live run: from attach to detach, with the stream teed to a capture and to a pipeline. */
#ifndef SKBTRACE_LIVE_H
#define SKBTRACE_LIVE_H

#include "opt.h"

/*
 * Follows until Ctrl-C, the packet or time limit, or the end of the command.
 * draw: draw diagrams (else only record to o->write or o->output). Returns an
 * exit status; errors have been said.
 */
int live_run(const struct options *o, enum stage_dir dirs, const char *verb, bool draw);

#endif
