/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of text that is written as to a stream, and kept in a list if anything was written. */
#ifndef SKBTRACE_PHRASE_H
#define SKBTRACE_PHRASE_H

#include <stddef.h>
#include <stdio.h>

struct phrase {
	FILE *out;	/* write here */
	char *text;
	size_t size;
};

/* 0 or -ENOMEM. */
int phrase_begin(struct phrase *p);
/* Adds it to list as its nth string unless it is empty. 0 or -ENOMEM. */
int phrase_end(struct phrase *p, char **list, size_t *n);

#endif
