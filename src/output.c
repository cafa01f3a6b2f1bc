// SPDX-License-Identifier: GPL-2.0-or-later
/* Opens and closes what a command writes to. */
#include "output.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "say.h"
#include "stream.h"

static bool is_stdio(const char *path)
{
	return !path || !strcmp(path, "-");
}

int output_open(struct output *o, const char *path)
{
	o->name = is_stdio(path) ? "standard output" : path;
	o->file = is_stdio(path) ? stdout : fopen(path, "we");
	if (o->file)
		return EXIT_OK;
	say("cannot write %s: %s", o->name, strerror(errno));
	return EXIT_OUTPUT;
}

int output_close(struct output *o, int err)
{
	if (!err)
		err = stream_flush(o->file);
	if (o->file != stdout && fclose(o->file) && !err)
		err = -errno;
	o->file = NULL;
	if (!err)
		return EXIT_OK;
	if (err == -ENOMEM) {
		say("out of memory");
		return EXIT_INTERNAL;
	}
	say("cannot write %s: %s", o->name, strerror(-err));
	return EXIT_OUTPUT;
}

bool output_is_input(const char *path, const char *input)
{
	struct stat to, from;
	int err;

	if (is_stdio(path) || stat(path, &to) || !S_ISREG(to.st_mode))
		return false;
	err = is_stdio(input) ? fstat(STDIN_FILENO, &from) : stat(input, &from);
	if (err || to.st_dev != from.st_dev || to.st_ino != from.st_ino)
		return false;
	say("-o %s: that is the file to read; write to another", path);
	return true;
}
