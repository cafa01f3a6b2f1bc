// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any sequence of records through the pipeline in every format. Ids, CPUs and
 * times are taken from small ranges, so that records meet each other.
 *
 * The first byte chooses format and directions, the last one what is drawn; then each record is a byte
 * for its kind, one for what is special about it, and bytes for its fields.
 */
#include <string.h>

#include "fuzz_draw.h"
#include "record.h"

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

/* Behind the last kind. */
static unsigned int kinds(void)
{
	static unsigned int n;

	while (!n || record_by_kind(n))
		n++;
	return n;
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
		unsigned int kind = next(in) % kinds(), odd = next(in);
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct input in = { data, n };
	uint8_t how = next(&in), which = n ? data[n - 1] : 0;
	struct cap_world world = { 0 };
	struct fuzz_drawing d;

	fuzz_draw_begin(&d, how, which, &world);
	feed(d.pipeline, &in);
	fuzz_draw_end(&d, how & 128 ? &world.counts : NULL, how & 128 ? NULL : "it was cut");
	return 0;
}
