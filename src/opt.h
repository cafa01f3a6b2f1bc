/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line: one table of options and one of commands, from which parsing, help, man page and completion come. */
#ifndef SKBTRACE_OPT_H
#define SKBTRACE_OPT_H

#include <stdbool.h>
#include <stdint.h>

#include "filter.h"
#include "render.h"
#include "select.h"
#include "stage.h"

struct options {
	struct filter filter;
	struct select select;	/* --only, --slowest */
	bool stats;		/* --stats */
	uint64_t packets;	/* -n; 0: no end */
	uint64_t seconds_ms;	/* -t, milliseconds; 0: no end */
	const char *format;	/* -f; default "text" */
	const char *output;	/* -o; NULL or "-": stdout */
	const char *write;	/* -w FILE: keep the raw stream too */
	uint64_t ring;		/* --ring: bytes per CPU; power of two */
	uint64_t in_flight;	/* --in-flight: packets followed at a time; power of two */
	enum detail detail;	/* --detail */
	enum lane_kind lanes;	/* --lanes */
	bool tcp;		/* --tcp */
	bool drops;		/* a live run records nothing but what is dropped; not typed: what was typed asks for no more */
	unsigned int width;	/* --width; 0: the terminal's, or 80 */
	bool ascii;		/* --ascii, or a locale without UTF-8 */
	int colour;		/* --color: 0 auto, 1 always, -1 never */
	int as;			/* --as: what is drawn, enum opt_as */
	enum stage_dir dirs;	/* --dir of record and report: DIR_SEND, DIR_RECV, DIR_BOTH */
	const char *backend;	/* --backend: NULL (auto), "tracepoint", "fentry", "kprobe.multi", "kprobe" */
	bool verbose, quiet;
	const char *input;	/* the file of report, dump and undump; what help and explain are asked for; or NULL */
	char **command;		/* after --; NULL-terminated; NULL: none */
};

enum opt_as { AS_RECORDED, AS_PACKETS, AS_FLOW };

/* What a command takes: options of these groups, and what stands beside them. */
enum opt_takes {
	TAKES_FILTER = 1 << 0,
	TAKES_RUN = 1 << 1,	/* what only a live run has */
	TAKES_KEEP = 1 << 2,	/* -w */
	TAKES_DIR = 1 << 3,	/* --dir */
	TAKES_OUT = 1 << 4,	/* -o */
	TAKES_DRAW = 1 << 5,	/* how diagrams look */
	TAKES_LIST = 1 << 6,	/* how a list looks */
	TAKES_TOPIC = 1 << 7,	/* help: a command's name; --man, --completion */
	TAKES_GENERAL = 1 << 8,
	TAKES_FILE = 1 << 9,	/* an argument, FILE; required */
	TAKES_COMMAND = 1 << 10,	/* -- CMD ARGS */
	TAKES_SELECT = 1 << 11,	/* which journeys, or the flows that have one, are drawn */
	TAKES_AS = 1 << 12,	/* --as */
	TAKES_LANES = 1 << 13,	/* --lanes: diagrams of packets */
	TAKES_SLOWEST = 1 << 14,	/* --slowest: likewise */
	TAKES_STAGE = 1 << 15,	/* an argument, a name of the path */
	TAKES_TCP = 1 << 16,	/* --tcp: whoever observes or draws packets */
};

struct command {
	const char *name;
	const char *args;	/* for usage: "[FILTER] [-- CMD ARGS]" */
	const char *meaning;	/* one line; NULL: not for people, not listed */
	unsigned int groups;	/* enum opt_takes */
	int (*run)(const struct command *self, const struct options *o);	/* enum exit_status */
};

extern const struct command commands[];	/* ends with a NULL name */

/*
 * Parses argv, argv[0] being the command's name, with glibc's argp. Returns
 * EXIT_OK, or an exit status after having said one sentence; sets *done for
 * --help and --version. o points into argv; what names a thing of this machine
 * is not looked up yet (filter_resolve).
 */
int opt_parse(const struct command *c, int argc, char **argv, struct options *o, bool *done);

int cmd_follow(const struct command *self, const struct options *o);	/* send, recv and flow */
int cmd_record(const struct command *self, const struct options *o);
int cmd_report(const struct command *self, const struct options *o);
int cmd_dump(const struct command *self, const struct options *o);
int cmd_undump(const struct command *self, const struct options *o);
int cmd_stages(const struct command *self, const struct options *o);
int cmd_explain(const struct command *self, const struct options *o);
int cmd_doctor(const struct command *self, const struct options *o);
int cmd_demo(const struct command *self, const struct options *o);
int cmd_demo_exchange(const struct command *self, const struct options *o);
int cmd_help(const struct command *self, const struct options *o);

#endif
