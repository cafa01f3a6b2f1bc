// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes a capture file, section by section, each in one go. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cap_format.h"

struct cap_writer {
	int fd;
	int err;	/* of the first write that failed; nothing is written after it */
	size_t used;	/* bytes of records in section */
	char *section;	/* room for a section head, then CAP_BUFFER bytes */
};

static int write_all(struct cap_writer *w, const void *data, size_t n)
{
	const char *p = data;

	while (n && !w->err) {
		ssize_t done = write(w->fd, p, n);

		if (done > 0) {
			p += done;
			n -= done;
		} else if (!done) {
			w->err = -EIO;
		} else if (errno != EINTR) {
			w->err = -errno;
		}
	}
	return w->err;
}

/* data has room for a section head before its n bytes. */
static int write_section(struct cap_writer *w, uint32_t type, char *data, size_t n)
{
	struct cap_section_head head = { .type = type, .length = n };

	memcpy(data, &head, sizeof(head));
	return write_all(w, data, sizeof(head) + n);
}

static int write_list(struct cap_writer *w, uint32_t type, const struct cap_list *l)
{
	static const struct cap_section_head room;
	char *data = NULL;
	size_t size = 0;
	FILE *text;
	int err = 0;

	if (l->n > CAP_LINES_MAX)
		return -E2BIG;
	text = open_memstream(&data, &size);
	if (!text)
		return -ENOMEM;
	fwrite(&room, sizeof(room), 1, text);
	for (size_t i = 0; i < l->n && !err; i++) {
		off_t start = ftello(text);

		err = cap_text_put(text, &l->pairs[i]);
		if (!err && ftello(text) - start > CAP_LINE_MAX)
			err = -E2BIG;
	}
	if (!err && ferror(text))
		err = -ENOMEM;
	if (fclose(text) && !err)
		err = -ENOMEM;
	if (!err && size - sizeof(room) > CAP_WORLD_MAX)
		err = -E2BIG;
	if (!err)
		err = write_section(w, type, data, size - sizeof(room));
	free(data);
	return err;
}

/* What this program's stage numbers mean. */
static int write_catalogue(struct cap_writer *w)
{
	struct cap_list l = { 0 };
	int err = 0;

	for (unsigned int id = ST_NONE + 1; id < ST_N && !err; id++) {
		char key[16];

		snprintf(key, sizeof(key), "%u", id);
		err = cap_list_add(&l, key, "%s", stages[id].name);
	}
	if (!err)
		err = write_list(w, CAP_STAGES, &l);
	cap_list_free(&l);
	return err;
}

static int write_world(struct cap_writer *w, const struct cap_world *world)
{
	const struct cap_file_head head = {
		.magic = CAP_MAGIC, .version = CAP_VERSION, .order = CAP_ORDER,
	};
	int err;

	err = write_all(w, &head, sizeof(head));
	if (!err)
		err = write_list(w, CAP_META, &world->meta);
	if (!err)
		err = world->stages.n ? write_list(w, CAP_STAGES, &world->stages)
				      : write_catalogue(w);
	if (!err)
		err = write_list(w, CAP_REASONS, &world->reasons);
	if (!err)
		err = write_list(w, CAP_OFF, &world->off);
	return err;
}

int cap_create(struct cap_writer **out, const char *path, const struct cap_world *world)
{
	struct cap_writer *w = calloc(1, sizeof(*w));
	int err;

	*out = NULL;
	if (!w)
		return -ENOMEM;
	w->fd = -1;
	w->section = malloc(sizeof(struct cap_section_head) + CAP_BUFFER);
	if (!w->section) {
		err = -ENOMEM;
		goto fail;
	}
	w->fd = strcmp(path, "-") ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)
				  : STDOUT_FILENO;
	if (w->fd < 0) {
		err = -errno;
		goto fail;
	}
	err = write_world(w, world);
	if (err)
		goto fail;
	*out = w;
	return 0;

fail:
	cap_abandon(w);
	return err;
}

int cap_write(struct cap_writer *w, const void *records, size_t n)
{
	const char *p = records;

	while (n && !w->err) {
		struct ev_head head;

		if (n < sizeof(head))
			return -EINVAL;
		memcpy(&head, p, sizeof(head));
		if (head.size < sizeof(head) || head.size % 8 || head.size > EV_SIZE_MAX ||
		    head.size > n)
			return -EINVAL;
		if (w->used + head.size > CAP_BUFFER)
			cap_flush(w);
		memcpy(w->section + sizeof(struct cap_section_head) + w->used, p, head.size);
		w->used += head.size;
		p += head.size;
		n -= head.size;
	}
	return w->err;
}

int cap_flush(struct cap_writer *w)
{
	size_t n = w->used;

	w->used = 0;
	return n ? write_section(w, CAP_EVENTS, w->section, n) : w->err;
}

static int writer_free(struct cap_writer *w)
{
	int err = 0;

	if (!w)
		return 0;
	if (w->fd > STDERR_FILENO && close(w->fd))
		err = -errno;
	free(w->section);
	free(w);
	return err;
}

int cap_finish(struct cap_writer *w, const struct cap_list *counts)
{
	static const struct cap_list none;
	int err, closed;

	err = cap_flush(w);
	if (!err)
		err = write_list(w, CAP_COUNTS, counts ? counts : &none);
	if (!err)
		err = write_section(w, CAP_END, w->section, 0);
	closed = writer_free(w);
	return err ? err : closed;
}

void cap_abandon(struct cap_writer *w)
{
	writer_free(w);
}
