/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text form of a capture, there and back; specified in docs/FORMAT.md. */
#ifndef SKBTRACE_DUMP_H
#define SKBTRACE_DUMP_H

#include <stdio.h>

#include "capfile.h"

/* Each writes whole lines: 0, or -errno when out failed. */
int dump_world(FILE *out, const struct cap_world *world);
/* rec is of a known kind, its stage a number of this program (as cap_next() gives them). */
int dump_record(FILE *out, const struct ev_head *rec);
/* The counts, and that the capture is complete. */
int dump_end(FILE *out, const struct cap_list *counts);

/*
 * Reads the text in, which messages call name, and makes the capture at path
 * ("-": stdout). 0; -EBADMSG: the text is wrong or cannot be read; any other
 * -errno: the capture cannot be written. why then holds one sentence, with
 * the number of the line.
 */
int undump(FILE *in, const char *name, const char *path, char *why, size_t why_size);

#endif
