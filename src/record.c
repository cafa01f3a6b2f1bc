// SPDX-License-Identifier: GPL-2.0-or-later
/* The kinds of records and their fields as tables, made from records.def. */
#include "record.h"

#include <string.h>

#define REC(num, NAME, name, what) static const struct field fields_##name[] = {
#define F_U64(f, m) { #f, m, FIELD_U64 },
#define F_S64(f, m) { #f, m, FIELD_S64 },
#define F_HEX(f, m) { #f, m, FIELD_HEX },
#define F_U32(f, m) { #f, m, FIELD_U32 },
#define F_S32(f, m) { #f, m, FIELD_S32 },
#define F_U16(f, m) { #f, m, FIELD_U16 },
#define F_U8(f, m) { #f, m, FIELD_U8 },
#define F_ADDR(f, m) { #f, m, FIELD_ADDR },
#define F_NAME(f, m) { #f, m, FIELD_NAME },
#define END_REC };
#include "records.def"
#include "records_undef.h"

static const struct record records[] = {
#define REC(num, NAME, id, what) \
	[num] = { #id, what, sizeof(struct rec_##id), fields_##id, \
		  sizeof(fields_##id) / sizeof(*fields_##id), 0
#define F_U64(f, m)
#define F_S64(f, m)
#define F_HEX(f, m)
#define F_U32(f, m)
#define F_S32(f, m)
#define F_U16(f, m)
#define F_U8(f, m)
#define F_ADDR(f, m)
#define F_NAME(f, m) + 1
#define END_REC },
#include "records.def"
#include "records_undef.h"
};

#define RECORDS (sizeof(records) / sizeof(*records))
_Static_assert(RECORDS <= 256, "the kind of a record is one byte");

const struct record *record_by_kind(unsigned int kind)
{
	return kind < RECORDS && records[kind].name ? &records[kind] : NULL;
}

const struct record *record_by_name(const char *name, unsigned int *kind)
{
	for (unsigned int i = 0; i < RECORDS; i++) {
		if (records[i].name && !strcmp(records[i].name, name)) {
			*kind = i;
			return &records[i];
		}
	}
	return NULL;
}

size_t field_size(enum field_type type)
{
	switch (type) {
	case FIELD_U64:
	case FIELD_S64:
	case FIELD_HEX:
		return 8;
	case FIELD_U32:
	case FIELD_S32:
		return 4;
	case FIELD_U16:
		return 2;
	case FIELD_U8:
		return 1;
	case FIELD_ADDR:
		return EV_ADDR_LEN;
	case FIELD_NAME:
		return EV_NAME_LEN;
	}
	return 0;
}

size_t field_string(const struct record *r, size_t i)
{
	size_t n = 0;

	if (i && r->fields[i - 1].type == FIELD_NAME)
		return 0;
	for (; i < r->field_n && r->fields[i].type == FIELD_NAME; i++)
		n += EV_NAME_LEN;
	return n;
}

void record_pad_strings(const struct record *r, struct ev_head *rec)
{
	size_t at = sizeof(*rec);

	for (size_t i = 0; r->name_n && i < r->field_n; i++) {
		size_t n = field_string(r, i);
		char *s = (char *)rec + at;

		if (n) {
			size_t len = strnlen(s, n - 1);

			memset(s + len, 0, n - len);
		}
		at += field_size(r->fields[i].type);
	}
}

bool record_is_made_here(unsigned int kind)
{
	return kind == EV_TICK || kind == EV_TALLY || kind == EV_MISSED || kind == EV_SYM || kind == EV_NSNAME;
}
