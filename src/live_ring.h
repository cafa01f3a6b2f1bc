/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads one BPF ring buffer, up to a point that is fixed before reading. */
#ifndef SKBTRACE_LIVE_RING_H
#define SKBTRACE_LIVE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring;

/* fd is the map's; bytes its size. 0 or -errno. */
int ring_open(struct ring **out, int fd, size_t bytes);
void ring_close(struct ring *r);
/* Where the kernel has got to. */
unsigned long ring_head(const struct ring *r);
/*
 * Could the kernel have found no room for a record of at most so many bytes
 * since the last ring_read began? False is certain, true is not.
 */
bool ring_was_full(const struct ring *r, size_t largest);
/*
 * Gives every committed record before head to take, in order; stops at one
 * that is still being written. 0, or take's first non-zero answer (that record
 * counts as taken).
 */
int ring_read(struct ring *r, unsigned long head, int (*take)(void *ctx, const void *rec, size_t size), void *ctx);

#endif
