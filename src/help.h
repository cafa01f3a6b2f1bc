/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is printed for somebody who does not know the commands yet. */
#ifndef SKBTRACE_HELP_H
#define SKBTRACE_HELP_H

#include <stdio.h>

#include "opt.h"

/* NULL if there is no such command. */
const struct command *command_by_name(const char *name);
/* Says so, with the command that was probably meant. Returns EXIT_USAGE. */
int say_unknown_command(const char *name);
/* The most useful examples; all commands and examples. */
void help_short(FILE *out);
void help_long(FILE *out);

#endif
