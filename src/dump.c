// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints a capture as text, one line per line of its world and per record. */
#include "dump.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "addr.h"
#include "cap_format.h"
#include "record.h"
#include "stream.h"
#include "text.h"
#include "word.h"

static int put_list(FILE *out, const char *word, const struct cap_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		int err;

		fprintf(out, "%s ", word);
		err = cap_text_put(out, &l->pairs[i]);
		if (err)
			return err;
	}
	return stream_error(out);
}

int dump_world(FILE *out, const struct cap_world *world)
{
	int err = put_list(out, "meta", &world->meta);

	if (!err)
		err = put_list(out, "stage", &world->stages);
	if (!err)
		err = put_list(out, "reason", &world->reasons);
	if (!err)
		err = put_list(out, "off", &world->off);
	return err;
}

int dump_end(FILE *out, const struct cap_list *counts)
{
	int err = put_list(out, "count", counts);

	if (err)
		return err;
	fputs("end\n", out);
	return stream_error(out);
}

/* An integer field as stored; signed ones extended to 64 bits. */
static uint64_t load(enum field_type type, const unsigned char *p)
{
	uint64_t u64;
	uint32_t u32;
	int32_t s32;
	uint16_t u16;

	switch (type) {
	case FIELD_U32:
		memcpy(&u32, p, 4);
		return u32;
	case FIELD_S32:
		memcpy(&s32, p, 4);
		return (uint64_t)(int64_t)s32;
	case FIELD_U16:
		memcpy(&u16, p, 2);
		return u16;
	case FIELD_U8:
		return *p;
	default:
		memcpy(&u64, p, 8);
		return u64;
	}
}

static void put_number(FILE *out, enum field_type type, uint64_t v, const struct words *w)
{
	if (w)
		word_put(out, w, v);
	else if (type == FIELD_S64 || type == FIELD_S32)
		fprintf(out, "%" PRId64, (int64_t)v);
	else if (type == FIELD_HEX || v >> 32)	/* large ones are ids: CPU << 48 | count */
		fprintf(out, "0x%" PRIx64, v);
	else
		fprintf(out, "%" PRIu64, v);
}

static void put_string(FILE *out, const char *field, const unsigned char *p, size_t n)
{
	char s[EV_SIZE_MAX];

	memcpy(s, p, n);
	s[n - 1] = '\0';
	if (!*s)
		return;
	fprintf(out, " %s=\"", field);
	text_put(out, s);
	fputc('"', out);
}

static void put_field(FILE *out, unsigned int kind, const struct record *r, size_t i,
		      const unsigned char *p)
{
	static const unsigned char none[EV_ADDR_LEN];
	const struct field *f = &r->fields[i];
	char text[ADDR_TEXT_LEN];
	const struct words *w;
	uint64_t v;

	switch (f->type) {
	case FIELD_ADDR:
		if (memcmp(p, none, sizeof(none)))
			fprintf(out, " %s=%s", f->name, addr_text(text, p));
		break;
	case FIELD_NAME:
		if (field_string(r, i))
			put_string(out, f->name, p, field_string(r, i));
		break;
	default:
		v = load(f->type, p);
		w = words_of(kind, f->name);
		if (v || (w && word_has_zero(w))) {
			fprintf(out, " %s=", f->name);
			put_number(out, f->type, v, w);
		}
	}
}

int dump_record(FILE *out, const struct ev_head *rec)
{
	const struct record *r = record_by_kind(rec->kind);
	const unsigned char *p = (const unsigned char *)(rec + 1);

	if (!r || rec->size < r->size)
		return -EINVAL;
	fprintf(out, "%s t=%" PRIu64 ".%09u cpu=%u ctx=", r->name, (uint64_t)rec->t_ns / 1000000000,
		(unsigned int)(rec->t_ns % 1000000000), rec->cpu);
	word_put(out, &words_ctx, rec->ctx);
	if (rec->stage != ST_NONE && rec->stage < ST_N)
		fprintf(out, " stage=%s", stages[rec->stage].name);
	else if (rec->kind == EV_STEP)
		fputs(" stage=0", out);
	if (rec->attempt || !record_is_made_here(rec->kind))
		fprintf(out, " n=%u", rec->attempt);
	if (rec->tid)
		fprintf(out, " tid=%u", rec->tid);
	for (size_t i = 0; i < r->field_n; i++) {
		put_field(out, rec->kind, r, i, p);
		p += field_size(r->fields[i].type);
	}
	fputc('\n', out);
	return stream_error(out);
}
