/* SPDX-License-Identifier: GPL-2.0-or-later */
/* records.def as tables: what a reader checks, dump prints and undump parses. */
#ifndef SKBTRACE_RECORD_H
#define SKBTRACE_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "event.h"

enum field_type {
	FIELD_U64, FIELD_S64, FIELD_HEX, FIELD_U32, FIELD_S32, FIELD_U16, FIELD_U8,
	FIELD_ADDR, FIELD_NAME,
};

struct field {
	const char *name;
	const char *meaning;
	enum field_type type;
};

struct record {
	const char *name;		/* NULL: no kind has this number */
	const char *meaning;
	size_t size;			/* of the struct, bytes */
	const struct field *fields;	/* after the head, back to back */
	size_t field_n;
	size_t name_n;			/* of the fields, those that are NAMEs */
};

/* By number of kind, or by name; NULL: unknown. */
const struct record *record_by_kind(unsigned int kind);
const struct record *record_by_name(const char *name, unsigned int *kind);

/* Bytes of a field. */
size_t field_size(enum field_type type);
/*
 * Bytes of the string that starts with field i: NAME fields that follow each
 * other hold one string. 0 if the field is not a NAME, or continues one.
 */
size_t field_string(const struct record *r, size_t i);

/* Makes every string of a record end in a zero and have only zeros after it. */
void record_pad_strings(const struct record *r, struct ev_head *rec);

/* True for kinds that the user space side makes itself: they are not numbered (attempt 0). */
bool record_is_made_here(unsigned int kind);

#endif
