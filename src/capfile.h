/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The capture file: sections, specified in docs/FORMAT.md.
 *
 * 16-byte file head (magic, version, byte order), then sections, each an
 * 16-byte head (type, flags, length) and its bytes. World sections come first
 * (META, STAGES, REASONS, OFF: text lines), then any number of EVENTS sections
 * (whole records), and last COUNTS and END. A file that was cut has no END:
 * the reader delivers what is whole and says so.
 */
#ifndef SKBTRACE_CAPFILE_H
#define SKBTRACE_CAPFILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "event.h"
#include "stage.h"

enum cap_section {
	CAP_META = 1,	/* "key value" lines */
	CAP_STAGES = 2,	/* "id name" lines: what the stage numbers of this file mean */
	CAP_REASONS = 3,/* "id NAME" lines: enum skb_drop_reason of the traced kernel */
	CAP_OFF = 4,	/* "stage why" lines: rows that were off */
	CAP_EVENTS = 5,	/* records, back to back */
	CAP_COUNTS = 6,	/* "key value" lines: counters at the end */
	CAP_END = 7,	/* empty: the capture is complete */
};

/* A list of "key value" lines, in order; keys may repeat. Owns its strings. */
struct cap_list {
	struct cap_pair { char *key, *value; } *pairs;
	size_t n, room;
};
int cap_list_add(struct cap_list *l, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The value of the first pair with that key, or NULL. */
const char *cap_list_get(const struct cap_list *l, const char *key);
void cap_list_free(struct cap_list *l);

/* What a capture knows of the machine it was made on. */
struct cap_world {
	struct cap_list meta, stages, reasons, off, counts;
};
void cap_world_free(struct cap_world *w);

/* ---- writing: all return 0 or -errno ---- */

struct cap_writer;
/*
 * Creates path (mode 0600; "-" is stdout) and writes the head and the world
 * sections but counts. Events are buffered into sections of up to 1 MiB.
 */
int cap_create(struct cap_writer **out, const char *path, const struct cap_world *world);
/* Appends n bytes of whole records. */
int cap_write(struct cap_writer *w, const void *records, size_t n);
/* Writes what is buffered as a section, so that a killed run loses nothing older. */
int cap_flush(struct cap_writer *w);
/* Flushes, writes COUNTS and END, closes, frees. */
int cap_finish(struct cap_writer *w, const struct cap_list *counts);
/* Closes and frees without END (after an error). NULL is fine. */
void cap_abandon(struct cap_writer *w);

/* ---- reading ---- */

struct cap_reader;
/*
 * Opens path ("-": stdin) and reads the world sections. On error returns
 * -errno or -EBADMSG and puts one plain sentence, which names the file, the
 * offset and the way out, into why.
 */
int cap_open(struct cap_reader **out, const char *path, char *why, size_t why_size);
/* The world; counts are filled once the end has been read. Owned by the reader. */
const struct cap_world *cap_world(const struct cap_reader *r);
/*
 * The next record: 1 and *rec (valid until the next call), 0 at the end,
 * negative with why filled when the file is damaged or cut; what came before
 * stays valid. Records are checked: size, kind-specific minimum, alignment
 * (rec is 8-byte aligned), stage number known to the file. Stage ids are
 * already translated to this program's (unknown stages become ST_NONE and
 * are counted). Records of an unknown kind are skipped and counted.
 */
int cap_next(struct cap_reader *r, const struct ev_head **rec, char *why, size_t why_size);
/* Records skipped because this version does not know their kind or stage. */
uint64_t cap_unknown(const struct cap_reader *r);
void cap_close(struct cap_reader *r);

#endif
