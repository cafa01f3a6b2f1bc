// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of commands, and how one of them is chosen and run. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "help.h"
#include "say.h"
#include "stream.h"

enum {
	TAKES_LIVE = TAKES_FILTER | TAKES_RUN | TAKES_OUT | TAKES_COMMAND | TAKES_GENERAL,
	TAKES_FILES = TAKES_FILE | TAKES_OUT | TAKES_GENERAL,
};

const struct command commands[] = {
	{ "send", "FILTER [OPTIONS] [-- CMD ARGS]",
	  "follow what leaves, from the system call to the driver",
	  TAKES_LIVE | TAKES_KEEP | TAKES_SELECT | TAKES_SLOWEST | TAKES_DRAW | TAKES_LANES | TAKES_TCP, cmd_follow },
	{ "recv", "FILTER [OPTIONS] [-- CMD ARGS]",
	  "follow what arrives, from the interrupt to the reader",
	  TAKES_LIVE | TAKES_KEEP | TAKES_SELECT | TAKES_SLOWEST | TAKES_DRAW | TAKES_LANES | TAKES_TCP, cmd_follow },
	{ "flow", "FILTER [OPTIONS] [-- CMD ARGS]",
	  "follow both, and draw each connection between its two programs",
	  TAKES_LIVE | TAKES_KEEP | TAKES_SELECT | TAKES_DRAW | TAKES_TCP, cmd_follow },
	{ "record", "FILTER [OPTIONS] [-- CMD ARGS]",
	  "keep what is observed in a file, draw nothing",
	  TAKES_LIVE | TAKES_DIR | TAKES_TCP, cmd_record },
	{ "report", "FILE [OPTIONS]",
	  "draw what was recorded; needs no root and no kernel",
	  TAKES_FILES | TAKES_DIR | TAKES_AS | TAKES_SELECT | TAKES_SLOWEST | TAKES_DRAW | TAKES_LANES |
	  TAKES_TCP,
	  cmd_report },
	{ "dump", "FILE [OPTIONS]",
	  "print a recorded file as text, one record on a line",
	  TAKES_FILES, cmd_dump },
	{ "undump", "FILE [OPTIONS]",
	  "make a recorded file of such text",
	  TAKES_FILES, cmd_undump },
	{ "stages", "[OPTIONS]",
	  "list the functions and tracepoints that it knows",
	  TAKES_LIST | TAKES_OUT | TAKES_GENERAL, cmd_stages },
	{ "explain", "[STAGE] [OPTIONS]",
	  "say what a function of the path does, and what may happen to a packet there",
	  TAKES_STAGE | TAKES_GENERAL, cmd_explain },
	{ "doctor", "[OPTIONS]",
	  "say what can be observed on this machine, and what not and why",
	  TAKES_GENERAL, cmd_doctor },
	{ "demo", "[OPTIONS]",
	  "follow an HTTP request over loopback, both ways",
	  TAKES_DRAW | TAKES_GENERAL, cmd_demo },
	{ "demo-exchange", "PORT", NULL, TAKES_FILE | TAKES_GENERAL, cmd_demo_exchange },
	{ "help", "[COMMAND]",
	  "print the commands, or the options of one",
	  TAKES_TOPIC | TAKES_GENERAL, cmd_help },
	{ 0 },
};

/* What is still in the buffer may not fit on the disk, or nobody reads it any more. */
static int finish(int status)
{
	int err = stream_flush(stdout);

	if (!err || status != EXIT_OK)
		return status;
	say("cannot write to standard output: %s", strerror(-err));
	return EXIT_OUTPUT;
}

static int run_command(int argc, char **argv)
{
	const struct command *c = command_by_name(argv[0]);
	struct options o;
	bool done;
	int status;

	if (!c)
		return say_unknown_command(argv[0]);
	status = opt_parse(c, argc, argv, &o, &done);
	if (status != EXIT_OK || done)
		return status;
	say_verbose = o.verbose;
	return c->run(c, &o);
}

int main(int argc, char **argv)
{
	/* A closed pipe is an error of write(), and gets its sentence. */
	signal(SIGPIPE, SIG_IGN);
	/* Widths of characters are the locale's; numbers and sorting stay the same everywhere. */
	setlocale(LC_CTYPE, "");

	if (argc < 2) {
		help_short(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		help_long(stdout);
		return finish(EXIT_OK);
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		printf("skbtrace %s\n", SKBTRACE_VERSION);
		return finish(EXIT_OK);
	}
	if (*argv[1] == '-') {
		say("%.60s: a command comes first, as in skbtrace send --port 80", argv[1]);
		return EXIT_USAGE;
	}
	return finish(run_command(argc - 1, argv + 1));
}
