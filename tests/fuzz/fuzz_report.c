// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any sequence of records through the pipeline in every format. Ids, CPUs and
 * times are taken from small ranges, so that records meet each other.
 *
 * The first byte chooses format and directions, the last one what is drawn; then each record is a byte
 * for its kind, one for what is special about it, and bytes for its fields.
 */
#include <string.h>

#include "fuzz.h"
#include "pipeline.h"
#include "record.h"
#include "text.h"
#include "utf8.h"

struct input {
	const uint8_t *p;
	size_t n;
};

static uint8_t next(struct input *in)
{
	return in->n ? (in->n--, *in->p++) : 0;
}

/* One byte makes most fields: small numbers often, now and then the far ends of the type. */
static void fill_field(struct input *in, enum field_type type, unsigned char *at)
{
	uint8_t b = next(in);
	uint64_t v = b < 240 ? b & 15 : b == 255 ? UINT64_MAX : UINT64_C(1) << ((b - 240) * 4 + 3);

	switch (type) {
	case FIELD_ADDR:
		memset(at, 0, EV_ADDR_LEN);
		at[10] = at[11] = 0xff;
		at[15] = b & 1;
		break;
	case FIELD_NAME:
		for (int i = 0; i < EV_NAME_LEN - 1 && b; i++, b = next(in))
			at[i] = b;
		break;
	default:
		memcpy(at, &v, field_size(type));
	}
}

static void feed(struct pipeline *p, struct input *in)
{
	uint32_t attempt[4] = { 0 };
	uint64_t t_ns = 1000000;

	while (in->n) {
		union {
			struct ev_head head;
			unsigned char bytes[EV_SIZE_MAX];
		} rec = { 0 };
		unsigned int kind = next(in) % 12, odd = next(in);
		const struct record *r = record_by_kind(kind);
		size_t at = sizeof(rec.head);

		if (!r)
			continue;
		t_ns += odd & 16 ? -(uint64_t)(odd & 15) : odd & 15;
		rec.head = (struct ev_head){
			.size = (uint16_t)r->size, .kind = (uint8_t)kind, .ctx = next(in) % 5,
			.cpu = odd >> 6, .stage = next(in) % ST_N, .tid = odd & 3, .t_ns = t_ns,
		};
		if (!record_is_made_here(kind))
			rec.head.attempt = attempt[rec.head.cpu] += 1 + (odd & 32 ? next(in) : 0);
		for (size_t i = 0; i < r->field_n; i++) {
			fill_field(in, r->fields[i].type, rec.bytes + at);
			at += field_size(r->fields[i].type);
		}
		record_pad_strings(r, &rec.head);
		if (pipeline_record(p, &rec.head))
			return;
	}
}

/* Whatever names were in the records: nothing in the output acts on a terminal but colours. */
static void check_text(const char *s, bool colour)
{
	uint32_t cp;
	size_t n;

	for (; (n = utf8_next(s, &cp)); s += n)
		PROMISE(!text_is_control(cp) || cp == '\n' || (colour && cp == 033));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = { data, n };
	uint8_t how = next(&in), which = n ? data[n - 1] : 0;
	struct cap_world world = { 0 };
	struct pipeline_opts o = {
		.render = {
			.width = 40 + how, .ascii = how & 16, .colour = how & 32, .detail = how % 3,
			.lanes = how & 64 ? LANES_CONTEXT : LANES_LAYER,
		},
		.dirs = 1 + how % 3,
		.flows = how & 8,
		.packets = how & 64 ? 3 : 0,
		.select = {
			.only = which & 1 ? which >> 1 & ((1 << ONLY_N) - 1) : 0,
			.slower_ns = which, .slowest = which & 64 ? 1 + which % 3 : 0,
		},
		.stats = which & 128,
	};
	size_t formats = 0, size = 0;
	struct pipeline *p;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);

	while (renderers[formats])
		formats++;
	o.renderer = renderers[how / 3 % formats];
	p = pipeline_new(out, &o, &world);
	PROMISE(p);
	feed(p, &in);
	PROMISE(pipeline_finish(p, how & 128 ? &world.counts : NULL,
				how & 128 ? NULL : "it was cut") >= 0);
	pipeline_free(p);
	fclose(out);
	PROMISE(strlen(text) == size);
	check_text(text, o.render.colour);
	free(text);
	return 0;
}
