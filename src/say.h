/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Says things to the user: one plain sentence on stderr, and the exit status that goes with it. */
#ifndef SKBTRACE_SAY_H
#define SKBTRACE_SAY_H

#include <stdbool.h>
#include <stdio.h>

#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Exit statuses; documented in the man page. A followed command's own status passes through. */
enum exit_status {
#define EXIT_STATUS(NAME, number, meaning) EXIT_##NAME = number,
#include "exit.def"
#undef EXIT_STATUS
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
