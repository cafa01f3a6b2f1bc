/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the formats that become pictures say alike, whatever their spelling. */
#ifndef SKBTRACE_PICTURE_H
#define SKBTRACE_PICTURE_H

#include "diagram.h"

#define PICTURE_TIME_ROOM 32	/* bytes for picture_time */
#define PICTURE_WORDS_ROOM 64	/* bytes for picture_delta */

/* "12.4 µs", "142.8 ms", "2.61 s". */
void picture_time(char out[PICTURE_TIME_ROOM], uint64_t ns);

/*
 * What is worth saying about the time before item i: that it is the longest, or
 * was waiting and the context above it does not say so already. Else empty.
 */
void picture_delta(char out[PICTURE_WORDS_ROOM], const struct diagram *d, size_t i);

/* Whether an index is a lane of the diagram. */
bool picture_lane(const struct diagram *d, int lane);

/* Where the packet is before item i; -1: nowhere yet. */
int picture_lane_before(const struct diagram *d, size_t i);

/*
 * Pairs calls with their returns, so that a bar on the lifeline can show how
 * long each took: call[i] is +1 where item i enters lane `to`, -1 where it
 * leaves `lane`. The caller frees it; NULL on no memory.
 */
signed char *picture_calls(const struct diagram *d);

#endif
