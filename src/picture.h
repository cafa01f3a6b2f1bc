/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the formats that become pictures say alike, whatever their spelling. */
#ifndef SKBTRACE_PICTURE_H
#define SKBTRACE_PICTURE_H

#include "diagram.h"

#define PICTURE_TIME_ROOM 32	/* bytes for picture_time */
#define PICTURE_WORDS_ROOM 64	/* bytes for picture_delta */
#define PICTURE_LINE_ROOM 256	/* bytes for picture_line */

/* A moment: "12.4 µs", "142.8 ms", "2.61 s". What took how long is words_time()'s. */
void picture_time(char out[PICTURE_TIME_ROOM], uint64_t ns);

/*
 * What is worth saying about the time before item i: that it is the longest, or
 * was waiting and neither its note nor the context above it says so already. Else empty.
 */
void picture_delta(char out[PICTURE_WORDS_ROOM], const struct diagram *d, size_t i);

/*
 * Puts the first line of a note into line: no longer than what an arrow between
 * two lanes can bear. What comes after it; empty at the end.
 */
const char *picture_line(char line[PICTURE_LINE_ROOM], const char *note);

/* Whether an index is a lane of the diagram. */
bool picture_lane(const struct diagram *d, int lane);

/* Where the packet is before item i; -1: nowhere yet. */
int picture_lane_before(const struct diagram *d, size_t i);

/* How a format spells item i of a diagram. */
struct picture_pen {
	void (*context)(FILE *out, const struct diagram *d, size_t i);	/* opens a group */
	const char *close;	/* closes it */
	/* call: +1 where it enters lane `to` and will come back, -1 where it comes back, else 0 */
	void (*step)(FILE *out, const struct diagram *d, size_t i, int call);
	void (*drop)(FILE *out, const struct diagram *d, size_t i);
	void (*gap)(FILE *out, const struct diagram *d, size_t i);
	void (*end)(FILE *out, const struct diagram *d, size_t i);
};

/* Spells all items. 0 or -ENOMEM. */
int picture_items(FILE *out, const struct diagram *d, const struct picture_pen *pen);

#endif
