// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints the completion for bash: a list of words for each place that the tables know. */
#include <stdio.h>
#include <string.h>

#include "explain.h"
#include "opt_row.h"

/* What stands for a value, by its name in opt.def; other values are not completed. */
static const struct {
	const char *value, *reply;
} values[] = {
	{ "FILE", "compgen -f -- \"$cur\"" },
	{ "DEV", "compgen -W \"$(command ls /sys/class/net 2>/dev/null)\" -- \"$cur\"" },
	{ "NETNS", "compgen -W \"$(command ls /run/netns 2>/dev/null)\" -- \"$cur\"" },
	{ "PID", "compgen -W \"$(cd /proc && echo [0-9]*)\" -- \"$cur\"" },
	{ "PROTO", "compgen -W \"tcp\" -- \"$cur\"" },
	{ "PORT", "compgen -s -- \"$cur\"" },
};

struct place {
	const struct command *commands;
	FILE *out;
};

static void put_names(const struct opt_row *row, void *arg)
{
	FILE *out = arg;

	if (row->type == OPT_TITLE)
		return;
	if (row->key)
		fprintf(out, " -%c", row->key);
	fprintf(out, " --%s", row->name);
}

/* "CMD:--opt|CMD:-o)" for each command: the words of -f are not the same everywhere. */
static void put_value(const struct opt_row *row, void *arg)
{
	const struct place *p = arg;
	const char *word, *reply = NULL, *before = "\t";

	for (size_t i = 0; row->value && i < sizeof(values) / sizeof(values[0]); i++)
		if (!strcmp(values[i].value, row->value))
			reply = values[i].reply;
	if (row->type == OPT_TITLE || !row->value)
		return;
	for (const struct command *c = p->commands; c->name; c++) {
		if (!c->meaning || !(c->groups & row->takes))
			continue;
		fprintf(p->out, "%s%s:--%s", before, c->name, row->name);
		before = " | ";
		if (row->key)
			fprintf(p->out, " | %s:-%c", c->name, row->key);
	}
	fputs(")\n", p->out);
	if (opt_row_word(row, 0)) {
		fputs("\t\tmapfile -t COMPREPLY < <(compgen -W \"", p->out);
		for (size_t i = 0; (word = opt_row_word(row, i)); i++)
			fprintf(p->out, "%s%s", i ? " " : "", word);
		fputs("\" -- \"$cur\")\n", p->out);
	} else if (reply) {
		fprintf(p->out, "\t\tmapfile -t COMPREPLY < <(%s)\n", reply);
	}
	fputs("\t\treturn ;;\n", p->out);
}

static void put_commands(const struct command *list, FILE *out)
{
	fputs("\tlocal commands=\"", out);
	for (const struct command *c = list; c->name; c++)
		if (c->meaning)
			fprintf(out, "%s%s", c == list ? "" : " ", c->name);
	fputs("\"\n", out);
}

static void put_stages(FILE *out)
{
	fputs("\tlocal stages=\"", out);
	for (unsigned int p = PLACE_NONE + 1; p < PLACE_N; p++)
		fprintf(out, "%s%s", p == PLACE_NONE + 1 ? "" : " ", place_facts(p).name);
	fputs("\"\n", out);
}

void opt_completion(const struct command *list, FILE *out)
{
	struct place p = { list, out };

	fputs("# bash completion for skbtrace; printed by skbtrace help --completion\n"
	      "_skbtrace()\n{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	      "\tlocal command=${COMP_WORDS[1]} i\n", out);
	put_commands(list, out);
	put_stages(out);
	fputs("\tCOMPREPLY=()\n"
	      "\tif [ \"$COMP_CWORD\" = 1 ]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$commands --help --version\" -- \"$cur\")\n"
	      "\t\treturn\n\tfi\n"
	      "\t# What stands behind -- is another command's.\n"
	      "\tfor ((i = 2; i < COMP_CWORD; i++)); do\n"
	      "\t\tif [ \"${COMP_WORDS[i]}\" = -- ]; then\n"
	      "\t\t\tif declare -F _command_offset >/dev/null; then\n"
	      "\t\t\t\t_command_offset $((i + 1))\n"
	      "\t\t\telse\n"
	      "\t\t\t\tmapfile -t COMPREPLY < <(compgen -c -f -- \"$cur\")\n"
	      "\t\t\tfi\n"
	      "\t\t\treturn\n\t\tfi\n\tdone\n"
	      "\tcase $command:$prev in\n", out);
	opt_each(~0u, put_value, &p);
	fputs("\tesac\n\tcase $command in\n", out);
	for (const struct command *c = list; c->name; c++) {
		if (!c->meaning)
			continue;
		fprintf(out, "\t%s)\n\t\tset -- \"", c->name);
		opt_each(c->groups, put_names, out);
		fputs("\"", out);
		fputs(c->groups & TAKES_FILE ? " file ;;\n" : c->groups & TAKES_TOPIC ?
		      " commands ;;\n" : c->groups & TAKES_STAGE ? " stages ;;\n" : " none ;;\n", out);
	}
	fputs("\t*)\n\t\treturn ;;\n\tesac\n"
	      "\tif [[ $cur == -* ]]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\")\n"
	      "\telif [ \"$2\" = file ]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	      "\telif [ \"$2\" = commands ]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$commands\" -- \"$cur\")\n"
	      "\telif [ \"$2\" = stages ]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$stages\" -- \"$cur\")\n"
	      "\tfi\n}\n"
	      "complete -o filenames -F _skbtrace skbtrace\n", out);
}
