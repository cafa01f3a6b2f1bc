// SPDX-License-Identifier: GPL-2.0-or-later
/* `skbtrace help`: the commands, the help of one, the man page or the completion. */
#include <stdio.h>
#include <string.h>

#include "help.h"
#include "near.h"
#include "opt_row.h"
#include "say.h"

static const struct example {
	const char *line, *meaning;
} examples[] = {
#define EXAMPLE(l, m) { l, m },
#include "example.def"
#undef EXAMPLE
};

const struct command *command_by_name(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

int say_unknown_command(const char *name)
{
	struct near n = { .typed = name };

	for (const struct command *c = commands; c->name; c++)
		if (c->meaning)
			near_offer(&n, c->name);
	if (n.best)
		say("unknown command %.60s; did you mean %s?", name, n.best);
	else
		say("unknown command %.60s; skbtrace --help lists them", *name ? name : "\"\"");
	return EXIT_USAGE;
}

static void print_examples(FILE *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fprintf(out, "  %s\n      %s\n", examples[i].line, examples[i].meaning);
}

void help_short(FILE *out)
{
	fputs("skbtrace follows packets through Linux and draws their way.\n\n", out);
	print_examples(out, 5);
	fputs("\nskbtrace --help lists the commands, skbtrace help COMMAND their options.\n", out);
}

void help_long(FILE *out)
{
	fputs("usage: skbtrace COMMAND [OPTIONS]\n\n"
	      "Follows each packet through Linux, function by function, and draws its way.\n\n"
	      "Commands:\n", out);
	for (const struct command *c = commands; c->name; c++)
		if (c->meaning)
			fprintf(out, "  %-10s%s\n", c->name, c->meaning);
	fputs("\nExamples:\n", out);
	print_examples(out, sizeof(examples) / sizeof(examples[0]));
	fputs("\nskbtrace help COMMAND prints the options of a command.\n", out);
}

int cmd_help(const struct command *self, const struct options *o)
{
	const struct command *c;

	(void)self;
	if (!strcmp(o->format, "man")) {
		opt_man(commands, stdout);
	} else if (!strcmp(o->format, "completion")) {
		opt_completion(commands, stdout);
	} else if (!o->input) {
		help_long(stdout);
	} else {
		c = command_by_name(o->input);
		if (!c)
			return say_unknown_command(o->input);
		opt_help(c, stdout);
	}
	return EXIT_OK;
}
