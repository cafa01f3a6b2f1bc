// SPDX-License-Identifier: GPL-2.0-or-later
/* skbtrace dump and undump: a capture as text, and text as a capture. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cap_format.h"
#include "confine.h"
#include "dump.h"
#include "opt.h"
#include "output.h"
#include "say.h"

/* 0; -errno of the output in *out_err; or what cap_next() said, in why. */
static int dump_all(FILE *out, struct cap_reader *r, int *out_err, char *why, size_t why_size)
{
	const struct ev_head *rec;
	int err;

	*out_err = dump_world(out, cap_world(r));
	while (!*out_err) {
		err = cap_next(r, &rec, why, why_size);
		if (err < 0)
			return err;
		*out_err = err ? dump_record(out, rec) : dump_end(out, &cap_world(r)->counts);
		if (!err)
			break;
	}
	return 0;
}

int cmd_dump(const struct command *self, const struct options *o)
{
	struct cap_reader *r;
	struct output out;
	char why[512];
	int err, out_err, status;

	(void)self;
	if (output_is_input(o->output, o->input))
		return EXIT_USAGE;
	if (cap_open(&r, o->input, why, sizeof(why))) {
		say("%s", why);
		return EXIT_INPUT;
	}
	status = output_open(&out, o->output);
	if (status != EXIT_OK)
		goto close;
	confine();
	err = dump_all(out.file, r, &out_err, why, sizeof(why));
	status = output_close(&out, out_err);
	if (err) {
		say("%s", why);
		status = EXIT_INPUT;
	} else if (cap_unknown(r)) {
		say("%s has %llu records or sections that this skbtrace does not know; "
		    "they are left out", cap_input_name(o->input),
		    (unsigned long long)cap_unknown(r));
	}
close:
	cap_close(r);
	return status;
}

/* Where the capture may go; EXIT_OK, or an exit status after one sentence. */
static int check_output(const struct options *o)
{
	if (!o->output)
		say("undump needs -o FILE, the capture to make");
	else if (!strcmp(o->output, "-") && isatty(STDOUT_FILENO))
		say("a capture is not text: write it to a file with -o FILE");
	else if (!output_is_input(o->output, o->input))
		return EXIT_OK;
	return EXIT_USAGE;
}

int cmd_undump(const struct command *self, const struct options *o)
{
	const char *name = cap_input_name(o->input);
	bool from_stdin = !strcmp(o->input, "-");
	FILE *in = from_stdin ? stdin : fopen(o->input, "re");
	char why[512];
	int err, status;

	(void)self;
	if (!in) {
		say("cannot open %s: %s", name, strerror(errno));
		return EXIT_INPUT;
	}
	status = check_output(o);
	if (status == EXIT_OK) {
		err = undump(in, name, o->output, why, sizeof(why));
		if (err)
			say("%s", why);
		status = !err ? EXIT_OK : err == -EBADMSG ? EXIT_INPUT : EXIT_OUTPUT;
	}
	if (!from_stdin)
		fclose(in);
	return status;
}
