// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any command line: refused with a sentence and a status, or parsed. One
 * argument on a line; the first byte chooses the command.
 */
#include <string.h>

#include "fuzz.h"
#include "opt.h"
#include "say.h"

enum { ARGS_MAX = 32 };

/* Commands with the same groups as the real ones, which cannot be linked without a kernel side. */
#define RUNS(name) \
	int name(const struct command *self, const struct options *o) \
	{ \
		(void)self; \
		(void)o; \
		return EXIT_OK; \
	}
static RUNS(run_nothing)

const struct command commands[] = {
	{ "send", "FILTER [OPTIONS] [-- CMD ARGS]", "follow", TAKES_FILTER | TAKES_RUN |
	  TAKES_KEEP | TAKES_OUT | TAKES_SELECT | TAKES_DRAW | TAKES_COMMAND | TAKES_GENERAL, run_nothing },
	{ "record", "FILTER [OPTIONS] [-- CMD ARGS]", "keep", TAKES_FILTER | TAKES_RUN | TAKES_DIR |
	  TAKES_OUT | TAKES_COMMAND | TAKES_GENERAL, run_nothing },
	{ "report", "FILE [OPTIONS]", "draw", TAKES_FILE | TAKES_OUT | TAKES_DIR | TAKES_SELECT |
	  TAKES_DRAW | TAKES_GENERAL, run_nothing },
	{ "stages", "[OPTIONS]", "list", TAKES_LIST | TAKES_OUT | TAKES_GENERAL, run_nothing },
	{ "help", "[COMMAND]", "print", TAKES_TOPIC | TAKES_GENERAL, run_nothing },
	{ 0 },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *argv[ARGS_MAX + 2], text[4096], *line = text, said[512];
	const struct command *c;
	struct options o;
	bool done = false;
	int argc = 0, status;

	if (!n || n > sizeof(text))
		return 0;
	c = &commands[data[0] % (sizeof(commands) / sizeof(*commands) - 1)];
	memcpy(text, data + 1, n - 1);
	text[n - 1] = '\0';
	argv[argc++] = (char *)(uintptr_t)c->name;
	for (char *word; argc <= ARGS_MAX && (word = strsep(&line, "\n"));)
		argv[argc++] = word;
	argv[argc] = NULL;
	status = opt_parse(c, argc, argv, &o, &done);
	PROMISE(status == EXIT_OK || status == EXIT_USAGE || status == EXIT_NOTHING);
	if (status == EXIT_OK && !done) {
		filter_say(&o.filter, said, sizeof(said));
		PROMISE(strlen(said) < sizeof(said));
		PROMISE(!(c->groups & TAKES_FILE) || o.input);
	}
	return 0;
}
