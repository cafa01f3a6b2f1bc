/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of text that are written as to a stream, and kept in a list if anything was written. */
#ifndef SKBTRACE_PHRASE_H
#define SKBTRACE_PHRASE_H

#include <stddef.h>
#include <stdio.h>

struct phrase {
	FILE *out;	/* write here */
	char *text;
	size_t size;
};

/* 0 or -ENOMEM. A stream costs more than a line: one serves all lines of a list. */
int phrase_begin(struct phrase *p);
/* What was written since the last line is one; adds a copy to list as its nth string unless it is empty. 0 or -ENOMEM. */
int phrase_line(struct phrase *p, char **list, size_t *n);
void phrase_end(struct phrase *p);

#endif
