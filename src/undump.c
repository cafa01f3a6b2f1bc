// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the text form of a capture and makes the capture of it. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cap_format.h"
#include "dump.h"
#include "record.h"
#include "say.h"
#include "undump_field.h"

/* Which lines may stand now; they only go forward. */
enum part { PART_WORLD, PART_RECORDS, PART_COUNTS, PART_OVER };

struct undump {
	const char *path;
	char *why;
	size_t why_size;
	const char *name;
	unsigned long line;
	enum part part;
	struct cap_world world;
	struct cap_writer *writer;	/* from the first line that is not of the world */
	uint32_t *last;			/* by CPU: the last number of a record */
};

/* One sentence about the line. */
static int PRINTF(2, 3) wrong(struct undump *u, const char *fmt, ...)
{
	int n = snprintf(u->why, u->why_size, "%s, line %lu: ", u->name, u->line);
	va_list args;

	if (n >= 0 && (size_t)n < u->why_size) {
		va_start(args, fmt);
		vsnprintf(u->why + n, u->why_size - n, fmt, args);
		va_end(args);
	}
	return -EBADMSG;
}

static int fail_write(struct undump *u, int err)
{
	snprintf(u->why, u->why_size, "cannot write %s: %s",
		 strcmp(u->path, "-") ? u->path : "standard output", strerror(-err));
	return err;
}

/* One line without its newline. 1; 0 at the end; -EBADMSG. */
static int read_line(struct undump *u, FILE *in, char **line, size_t *room)
{
	size_t n = 0;
	int c;

	u->line++;
	while ((c = getc_unlocked(in)) != EOF && c != '\n') {
		if (!c)
			return wrong(u, "a zero byte is not text");
		if (n + 1 >= *room) {
			char *more;

			if (n >= CAP_LINE_MAX)
				return wrong(u, "it is longer than %d bytes", CAP_LINE_MAX);
			more = realloc(*line, *room ? 2 * *room : 512);
			if (!more)
				return wrong(u, "there is not enough memory");
			*room = *room ? 2 * *room : 512;
			*line = more;
		}
		(*line)[n++] = (char)c;
	}
	if (c == EOF && ferror(in)) {
		snprintf(u->why, u->why_size, "cannot read %s: %s", u->name, strerror(errno));
		return -EBADMSG;
	}
	if (c == EOF && !n)
		return 0;
	if (!n)		/* also where there was no line yet */
		return *line || (*line = calloc(1, *room = 512)) ? (**line = '\0', 1)
			: wrong(u, "there is not enough memory");
	(*line)[n] = '\0';
	return 1;
}

/* Goes on to a later part of the text; the capture is made when its world is known. */
static int enter(struct undump *u, enum part part)
{
	int err;

	u->part = part;
	if (part == PART_WORLD || u->writer)
		return 0;
	err = cap_create(&u->writer, u->path, &u->world);
	return err ? fail_write(u, err) : 0;
}

/* The number that a stage has in the capture; -1: no such stage. */
static int stage_number(const struct undump *u, const char *name)
{
	const struct cap_list *l = &u->world.stages;

	if (!strcmp(name, "0"))
		return ST_NONE;
	if (!l->n)
		return stage_by_name(name) ? (int)stage_by_name(name) : -1;
	for (size_t i = 0; i < l->n; i++) {
		char *end;
		unsigned long id = strtoul(l->pairs[i].key, &end, 10);

		if (!strcmp(l->pairs[i].value, name) && !*end && id && id <= UINT16_MAX)
			return (int)id;
	}
	return -1;
}

static int put_record(struct undump *u, unsigned int kind, const struct record *r, char *text)
{
	union {
		struct ev_head head;
		unsigned char bytes[EV_SIZE_MAX];
	} rec = { .head = { .size = (uint16_t)r->size, .kind = (uint8_t)kind } };
	struct undump_seen seen = { 0 };
	struct undump_pair pair;
	char what[160];
	int err;

	for (;;) {
		err = undump_next(&text, &pair, what, sizeof(what));
		if (err < 0)
			return wrong(u, "%s", what);
		if (!err)
			break;
		if (!strcmp(pair.key, "stage")) {
			int id = stage_number(u, pair.value);

			if (id < 0)
				return wrong(u, "no stage is called \"%.64s\"", pair.value);
			rec.head.stage = (uint16_t)id;
		}
		if (undump_set(&rec.head, r, &pair, &seen, what, sizeof(what)))
			return wrong(u, "%s", what);
	}
	if (!seen.attempt && !record_is_made_here(kind))
		rec.head.attempt = u->last[rec.head.cpu] + 1;
	if (rec.head.attempt)
		u->last[rec.head.cpu] = rec.head.attempt;
	err = cap_write(u->writer, rec.bytes, r->size);
	return err ? fail_write(u, err) : 0;
}

static int add_pair(struct undump *u, struct cap_list *l, char *text)
{
	const char *what = "there is not enough memory";

	if (l->n == CAP_LINES_MAX)
		return wrong(u, "there are more than %d such lines", CAP_LINES_MAX);
	return cap_text_parse(l, text, &what) ? wrong(u, "%s", what) : 0;
}

static int put_line(struct undump *u, char *line)
{
	static const char blanks[] = " \t\r";
	static const struct {
		const char *word;
		enum cap_section section;
		enum part part;
	} words[] = {
		{ "meta", CAP_META, PART_WORLD },	{ "stage", CAP_STAGES, PART_WORLD },
		{ "reason", CAP_REASONS, PART_WORLD },	{ "off", CAP_OFF, PART_WORLD },
		{ "count", CAP_COUNTS, PART_COUNTS },
	};
	char *word = line + strspn(line, blanks), *rest = word + strcspn(word, blanks);
	const struct record *r;
	struct cap_list *l = NULL;
	enum part part = PART_RECORDS;
	unsigned int kind = 0;
	int err;

	if (!*word || *word == '#')
		return 0;
	if (*rest)
		*rest++ = '\0';
	rest += strspn(rest, blanks);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (!strcmp(word, words[i].word)) {
			l = cap_section_list(&u->world, words[i].section);
			part = words[i].part;
		}
	}
	r = l ? NULL : record_by_name(word, &kind);
	/* A record says at least one thing, so that a bare "end" is the end of the text. */
	if (kind == EV_END && (!*rest || *rest == '#'))
		part = PART_OVER;
	if (!l && !r)
		return wrong(u, "no line starts with \"%.64s\"", word);
	if (part < u->part || u->part == PART_OVER)
		return wrong(u, "\"%s\" cannot stand after %s", word,
			     u->part == PART_RECORDS ? "a record" :
			     u->part == PART_COUNTS ? "a count" : "the end");
	err = enter(u, part);
	if (err || part == PART_OVER)
		return err;
	return l ? add_pair(u, l, rest) : put_record(u, kind, r, rest);
}

int undump(FILE *in, const char *name, const char *path, char *why, size_t why_size)
{
	struct undump u = { .path = path, .name = name, .why = why, .why_size = why_size };
	char *line = NULL;
	size_t room = 0;
	int err;

	u.last = calloc(UINT16_MAX + 1, sizeof(*u.last));
	if (!u.last) {
		snprintf(why, why_size, "there is not enough memory");
		return -ENOMEM;
	}
	while ((err = read_line(&u, in, &line, &room)) > 0) {
		err = put_line(&u, line);
		if (err)
			break;
	}
	if (!err)
		err = enter(&u, u.part == PART_WORLD ? PART_RECORDS : u.part);
	if (!err && u.part == PART_OVER) {
		err = cap_finish(u.writer, &u.world.counts);
		u.writer = NULL;
		if (err)
			fail_write(&u, err);
	} else if (!err) {
		/* Without "end" it is the text of a capture that was cut. */
		err = cap_flush(u.writer);
		if (err)
			fail_write(&u, err);
	}
	cap_abandon(u.writer);
	cap_world_free(&u.world);
	free(u.last);
	free(line);
	return err;
}
