/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Things of one kind, one behind the other, each as what differs from the one before: steps of a way, and packets of a
 * connection, have most of their words alike.
 */
#ifndef SKBTRACE_PACK_H
#define SKBTRACE_PACK_H

#include <stddef.h>

/* A thing has at most so many bytes, and a multiple of 8. */
enum { PACK_THING_MAX = 1024 };

/* All zero is empty. Whatever the things point to is not its business. */
struct pack {
	unsigned char *bytes;
	size_t n, room;
};

/* Adds one that follows before (the first: a thing of zeros). 0 or -ENOMEM. */
int pack_add(struct pack *k, const void *thing, const void *before, size_t size);
/* Reads the one at *at, and moves *at behind it. thing: the one before it (the first: zeros), becomes it. */
void pack_next(const struct pack *k, size_t *at, void *thing, size_t size);
/* Nothing more will be added: gives back what is too much. */
void pack_close(struct pack *k);
void pack_free(struct pack *k);

#endif
