/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Says things to the user: one plain sentence on stderr, and the exit status that goes with it. */
#ifndef SKBTRACE_SAY_H
#define SKBTRACE_SAY_H

#include <stdbool.h>
#include <stdio.h>

#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Exit statuses; documented in the man page. A followed command's own status passes through. */
enum exit_status {
	EXIT_OK = 0,
	EXIT_INTERNAL = 1,	/* a defect or an unexpected answer of the system */
	EXIT_USAGE = 2,		/* bad option, number, address, port, or combination */
	EXIT_PRIVILEGE = 3,	/* not root, or the kernel forbids it */
	EXIT_KERNEL = 4,	/* this kernel lacks something that is needed (BTF, ring buffer) */
	EXIT_NOTHING = 5,	/* no such device, process, namespace; a filter that can match nothing */
	EXIT_INPUT = 6,		/* a capture that is truncated, foreign, newer or damaged */
	EXIT_OUTPUT = 7,	/* cannot write: full disk, closed pipe, permission */
	EXIT_COMMAND = 127,	/* the command after -- could not be run */
};

/* "skbtrace: MESSAGE\n" on stderr. Control characters in it are escaped. */
void say(const char *fmt, ...) PRINTF(1, 2);
/* Only with --verbose. */
void say_more(const char *fmt, ...) PRINTF(1, 2);
extern bool say_verbose;

/*
 * Copies s to out (size bytes, always terminated) so that nothing in it can
 * act on a terminal: control bytes, DEL and bytes that are not valid UTF-8
 * become \xHH. Returns out.
 */
char *escape_terminal(char *out, size_t size, const char *s);

#endif
