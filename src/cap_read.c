// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads a capture file front to back, believing nothing in it; pipes will do. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cap_format.h"
#include "record.h"
#include "say.h"

/* A capture is read in one go. */
enum { READ_BYTES = 65536 };

struct cap_reader {
	FILE *in;
	char *name;		/* as messages say it */
	struct cap_world world;
	uint16_t *stage_map;	/* the file's stage number to ours; 65536 of them */
	uint64_t at;		/* bytes read so far */
	uint64_t left;		/* bytes of the open EVENTS section not read yet */
	uint64_t unknown;
	uint32_t last_type;	/* of the known sections; they stand in order */
	struct cap_section_head next;	/* read, its bytes not yet */
	bool have_next;
	bool over;		/* END was read */
	int err;
	union {
		struct ev_head head;
		unsigned char bytes[EV_SIZE_MAX];
	} rec;
};

/* Writes the sentence, whose subject is the file; every later call fails too. */
static int PRINTF(5, 6) fail(struct cap_reader *r, char *why, size_t size, int err,
			     const char *fmt, ...)
{
	int n = snprintf(why, size, "%s ", r->name);
	va_list args;

	r->err = err;
	if (n >= 0 && (size_t)n < size) {
		va_start(args, fmt);
		vsnprintf(why + n, size - n, fmt, args);
		va_end(args);
	}
	return err;
}

/* What follows a sentence that says where the file was cut. */
static const char *rest_of(const struct cap_reader *r)
{
	return r->stage_map ? "; what is before it is used" : ", before its first event";
}

static int fail_memory(struct cap_reader *r, char *why, size_t size)
{
	return fail(r, why, size, -ENOMEM, "cannot be read: there is not enough memory");
}

/* All n bytes, or what there is before the end; -errno. */
static int take(struct cap_reader *r, void *out, size_t n, size_t *got, char *why, size_t size)
{
	errno = 0;
	*got = fread_unlocked(out, 1, n, r->in);
	r->at += *got;
	if (*got < n && ferror_unlocked(r->in))
		return fail(r, why, size, errno ? -errno : -EIO, "cannot be read: %s",
			    strerror(errno ? errno : EIO));
	return 0;
}

static int skip(struct cap_reader *r, uint64_t n, char *why, size_t size)
{
	char buf[4096];

	while (n) {
		size_t want = n < sizeof(buf) ? n : sizeof(buf), got;
		int err = take(r, buf, want, &got, why, size);

		if (err)
			return err;
		if (got < want)
			return fail(r, why, size, -ENODATA,
				    "ends in the middle of a section at byte %" PRIu64 "%s",
				    r->at, rest_of(r));
		n -= got;
	}
	return 0;
}

static int read_file_head(struct cap_reader *r, char *why, size_t size)
{
	struct cap_file_head head;
	size_t got;
	int err = take(r, &head, sizeof(head), &got, why, size);

	if (err)
		return err;
	if (got < sizeof(head) || memcmp(head.magic, CAP_MAGIC, sizeof(head.magic)) ||
	    (head.order != CAP_ORDER && head.order != CAP_ORDER_OTHER))
		return fail(r, why, size, -EBADMSG, "is not a skbtrace capture");
	if (head.order == CAP_ORDER_OTHER)
		return fail(r, why, size, -EBADMSG,
			    "was written on a machine of the other byte order; read it there");
	if (head.version > CAP_VERSION)
		return fail(r, why, size, -EBADMSG,
			    "was written by a newer skbtrace (format %" PRIu32
			    "; this one reads %d)", head.version, CAP_VERSION);
	if (!head.version)
		return fail(r, why, size, -EBADMSG, "is not a skbtrace capture");
	return 0;
}

/* Splits the text of a section into lines. */
static int parse_lines(struct cap_reader *r, struct cap_list *l, char *text, size_t n,
		       char *why, size_t size)
{
	const char *section = cap_section_name(r->last_type);
	char *end = text + n;

	if (memchr(text, 0, n) || (n && end[-1] != '\n'))
		return fail(r, why, size, -EBADMSG,
			    "is damaged: its section %s, up to byte %" PRIu64 ", is not text",
			    section, r->at);
	while (text < end) {
		char *line = text;
		const char *wrong = NULL;
		int err;

		text = memchr(text, '\n', end - text);
		*text++ = '\0';
		if (l->n == CAP_LINES_MAX || text - line > CAP_LINE_MAX)
			return fail(r, why, size, -EBADMSG,
				    "is damaged: too many or too long lines in its section %s",
				    section);
		err = cap_text_parse(l, line, &wrong);
		if (err == -ENOMEM)
			return fail_memory(r, why, size);
		if (err)
			return fail(r, why, size, err,
				    "is damaged: a line of its section %s cannot be read: %s",
				    section, wrong);
	}
	return 0;
}

/* Reads the bytes of r->next, a section of lines. */
static int read_lines(struct cap_reader *r, struct cap_list *l, char *why, size_t size)
{
	size_t n = r->next.length, got;
	char *text;
	int err;

	text = malloc(n + 1);
	if (!text)
		return fail_memory(r, why, size);
	err = take(r, text, n, &got, why, size);
	if (!err && got < n)
		err = fail(r, why, size, -ENODATA,
			   "ends in the middle of its section %s at byte %" PRIu64 "%s",
			   cap_section_name(r->next.type), r->at, rest_of(r));
	if (!err)
		err = parse_lines(r, l, text, n, why, size);
	free(text);
	return err;
}

/*
 * Checks the head of the next section. 1: it is in r->next; 0: the file ends
 * here, between sections; negative: it cannot be.
 */
static int read_section_head(struct cap_reader *r, char *why, size_t size)
{
	uint64_t start = r->at;
	const char *name;
	uint64_t limit;
	size_t got;
	int err;

	err = take(r, &r->next, sizeof(r->next), &got, why, size);
	if (err)
		return err;
	if (!got)
		return 0;
	if (got < sizeof(r->next))
		return fail(r, why, size, -ENODATA,
			    "ends in the middle of the head of a section at byte %" PRIu64 "%s",
			    r->at, rest_of(r));
	name = cap_section_name(r->next.type);
	if (r->next.flags || !r->next.type)
		return fail(r, why, size, -EBADMSG,
			    "is damaged, or newer than this skbtrace: the section at byte %" PRIu64
			    " is of an unknown kind", start);
	limit = r->next.type == CAP_END ? 0 : cap_section_list(&r->world, r->next.type)
		? CAP_WORLD_MAX : CAP_SECTION_MAX;
	if (r->next.length > limit || (r->next.type == CAP_EVENTS && r->next.length % 8))
		return fail(r, why, size, -EBADMSG,
			    "is damaged: the section at byte %" PRIu64 " cannot be %" PRIu64
			    " bytes long", start, r->next.length);
	if (!name)
		return 1;
	if (r->next.type < r->last_type ||
	    (r->next.type == r->last_type && r->next.type != CAP_EVENTS))
		return fail(r, why, size, -EBADMSG,
			    "is damaged: its section %s at byte %" PRIu64 " is not in its place",
			    name, start);
	r->last_type = r->next.type;
	return 1;
}

/* What the file's stage numbers mean here. Lines that make no sense map to nothing. */
static int map_stages(struct cap_reader *r, char *why, size_t size)
{
	const struct cap_list *l = &r->world.stages;

	r->stage_map = calloc(UINT16_MAX + 1, sizeof(*r->stage_map));
	if (!r->stage_map)
		return fail_memory(r, why, size);
	for (size_t i = l->n; i-- > 0;) {	/* backwards: of two lines, the first counts */
		char *end;
		unsigned long id = strtoul(l->pairs[i].key, &end, 10);

		if (!*end && id && id <= UINT16_MAX)
			r->stage_map[id] = stage_by_name(l->pairs[i].value);
	}
	return 0;
}

static int read_world(struct cap_reader *r, char *why, size_t size)
{
	for (;;) {
		struct cap_list *l;
		int err = read_section_head(r, why, size);

		if (err < 0)
			return err;
		if (!err || (r->next.type >= CAP_EVENTS && r->next.type <= CAP_END)) {
			r->have_next = err;
			return map_stages(r, why, size);
		}
		l = cap_section_list(&r->world, r->next.type);
		if (l) {
			err = read_lines(r, l, why, size);
		} else {
			r->unknown++;
			err = skip(r, r->next.length, why, size);
		}
		if (err)
			return err;
	}
}

int cap_open(struct cap_reader **out, const char *path, char *why, size_t why_size)
{
	struct cap_reader *r = calloc(1, sizeof(*r));
	int err;

	*out = NULL;
	if (!r || !(r->name = strdup(cap_input_name(path)))) {
		snprintf(why, why_size, "cannot open %s: %s", path, strerror(ENOMEM));
		cap_close(r);
		return -ENOMEM;
	}
	r->in = strcmp(path, "-") ? fopen(path, "re") : stdin;
	if (!r->in) {
		err = -errno;
		snprintf(why, why_size, "cannot open %s: %s", path, strerror(-err));
		goto fail;
	}
	setvbuf(r->in, NULL, _IOFBF, READ_BYTES);
	err = read_file_head(r, why, why_size);
	if (!err)
		err = read_world(r, why, why_size);
	if (err)
		goto fail;
	*out = r;
	return 0;

fail:
	cap_close(r);
	return err;
}

const struct cap_world *cap_world(const struct cap_reader *r)
{
	return &r->world;
}

/* The next section with records in it: 1; 0 at the end of the capture. */
static int next_events(struct cap_reader *r, char *why, size_t size)
{
	while (!r->over) {
		int err = r->have_next ? 1 : read_section_head(r, why, size);

		r->have_next = false;
		if (err < 0)
			return err;
		if (!err)
			return fail(r, why, size, -ENODATA,
				    "ends without its end at byte %" PRIu64
				    ": the recording was cut; what is there is used", r->at);
		if (r->next.type == CAP_EVENTS) {
			r->left = r->next.length;
			if (r->left)
				return 1;
		} else if (r->next.type == CAP_COUNTS) {
			err = read_lines(r, &r->world.counts, why, size);
		} else if (r->next.type == CAP_END) {
			r->over = true;
		} else {
			r->unknown++;
			err = skip(r, r->next.length, why, size);
		}
		if (err < 0)
			return err;
	}
	return 0;
}

/* One whole record into r->rec: 0, or why not. */
static int read_record(struct cap_reader *r, char *why, size_t size)
{
	struct ev_head *head = &r->rec.head;
	uint64_t start = r->at;
	size_t got, rest;
	int err;

	err = take(r, r->rec.bytes, 8, &got, why, size);
	if (err)
		return err;
	if (got < 8)
		goto cut;
	if (head->size < sizeof(*head) || head->size % 8 || head->size > EV_SIZE_MAX ||
	    head->size > r->left)
		return fail(r, why, size, -EBADMSG,
			    "is damaged: the record at byte %" PRIu64 " cannot be %u bytes long"
			    "; what is before it is used", start, head->size);
	rest = head->size - 8;
	err = take(r, r->rec.bytes + 8, rest, &got, why, size);
	if (err)
		return err;
	if (got < rest)
		goto cut;
	r->left -= head->size;
	return 0;

cut:
	return fail(r, why, size, -ENODATA,
		    "ends in the middle of a %s at byte %" PRIu64 "; what is before it is used",
		    r->at == start ? "section" : "record", r->at);
}

int cap_next(struct cap_reader *r, const struct ev_head **rec, char *why, size_t why_size)
{
	struct ev_head *head = &r->rec.head;

	if (r->err)
		return fail(r, why, why_size, r->err, "cannot be read any further");
	for (;;) {
		const struct record *kind;
		uint64_t start;
		int err;

		if (!r->left) {
			err = next_events(r, why, why_size);
			if (err <= 0)
				return err;
		}
		start = r->at;
		err = read_record(r, why, why_size);
		if (err)
			return err;
		kind = record_by_kind(head->kind);
		if (!kind) {
			r->unknown++;
			continue;
		}
		if (head->size < kind->size)
			return fail(r, why, why_size, -EBADMSG,
				    "is damaged: the %s record at byte %" PRIu64
				    " is shorter than such a record is; what is before it is used",
				    kind->name, start);
		if (head->stage) {
			head->stage = r->stage_map[head->stage];
			r->unknown += head->stage == ST_NONE;
		}
		record_pad_strings(kind, head);
		*rec = head;
		return 1;
	}
}

uint64_t cap_unknown(const struct cap_reader *r)
{
	return r->unknown;
}

void cap_close(struct cap_reader *r)
{
	if (!r)
		return;
	if (r->in && r->in != stdin)
		fclose(r->in);
	cap_world_free(&r->world);
	free(r->stage_map);
	free(r->name);
	free(r);
}
