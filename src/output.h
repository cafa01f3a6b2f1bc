/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a command's result goes: a file or standard output, with its errors said once. */
#ifndef SKBTRACE_OUTPUT_H
#define SKBTRACE_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

struct output {
	FILE *file;
	const char *name;	/* as messages say it */
};

/* path NULL or "-": standard output. EXIT_OK, or an exit status after one sentence. */
int output_open(struct output *o, const char *path);
/*
 * Flushes and closes. err: 0, or the -errno that writing it stopped with.
 * EXIT_OK, or an exit status after one sentence.
 */
int output_close(struct output *o, int err);

/* True, after one sentence, if writing path would destroy the input before it is read. */
bool output_is_input(const char *path, const char *input);

#endif
