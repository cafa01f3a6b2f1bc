// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints the manual page, skbtrace.8: the tables, with what only prose can say between them. */
#include <stdio.h>
#include <string.h>

#include "opt_row.h"
#include "say.h"

/* Text for troff: a hyphen that can be typed, no escape, no request at the start of a line. */
static void put(FILE *out, const char *s)
{
	if (*s == '.' || *s == '\'')
		fputs("\\&", out);
	for (; *s; s++) {
		if (*s == '-')
			fputs("\\-", out);
		else if (*s == '\\')
			fputs("\\e", out);
		else
			fputc(*s, out);
	}
}

static void put_section(FILE *out, const char *name, const char *text)
{
	fprintf(out, ".SH %s\n", name);
	if (text) {
		put(out, text);
		fputc('\n', out);
	}
}

static void put_paragraph(FILE *out, const char *text)
{
	fputs(".PP\n", out);
	put(out, text);
	fputc('\n', out);
}

/* A term in bold and what it means. */
static void put_term(FILE *out, const char *term, const char *rest, const char *meaning)
{
	fputs(".TP\n\\fB", out);
	put(out, term);
	fputs("\\fR", out);
	if (rest && *rest) {
		fputc(' ', out);
		put(out, rest);
	}
	fputc('\n', out);
	put(out, meaning);
	fputc('\n', out);
}

struct place {
	const struct command *commands;
	FILE *out;
};

/* "send, recv": who has this option, unless all have it or the word FILTER tells. */
static void put_takers(const struct place *p, const struct opt_row *row)
{
	bool first = true;

	if (row->takes & (TAKES_GENERAL | TAKES_FILTER))
		return;
	fputs(" (", p->out);
	for (const struct command *c = p->commands; c->name; c++) {
		if (!c->meaning || !(c->groups & row->takes))
			continue;
		fprintf(p->out, "%s%s", first ? "" : ", ", c->name);
		first = false;
	}
	fputs(")", p->out);
}

static void put_row(const struct opt_row *row, void *arg)
{
	const struct place *p = arg;
	char help[512];

	if (row->type == OPT_TITLE) {
		fputs(".SS ", p->out);
		put(p->out, row->help);
		fputc('\n', p->out);
		return;
	}
	fputs(".TP\n", p->out);
	if (row->key)
		fprintf(p->out, "\\fB\\-%c\\fR, ", row->key);
	fputs("\\fB\\-\\-", p->out);
	put(p->out, row->name);
	fputs("\\fR", p->out);
	if (row->value) {
		fputs(" \\fI", p->out);
		put(p->out, row->value);
		fputs("\\fR", p->out);
	}
	fputc('\n', p->out);
	put(p->out, opt_row_help(row, help, sizeof(help)));
	put_takers(p, row);
	fputc('\n', p->out);
}

static void put_commands(const struct command *list, FILE *out)
{
	put_section(out, "COMMANDS", NULL);
	for (const struct command *c = list; c->name; c++)
		if (c->meaning)
			put_term(out, c->name, c->args, c->meaning);
	put_paragraph(out, "send, recv and record run until -n or -t says enough, until Ctrl-C, or"
		      " until the command behind -- ends. They then leave nothing attached in the"
		      " kernel.");
}

static void put_exit_statuses(FILE *out)
{
	static const struct {
		int number;
		const char *meaning;
	} rows[] = {
#define EXIT_STATUS(NAME, number, meaning) { number, meaning },
#include "exit.def"
#undef EXIT_STATUS
	};
	char number[16];

	put_section(out, "EXIT STATUS", NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(number, sizeof(number), "%d", rows[i].number);
		put_term(out, number, NULL, rows[i].meaning);
	}
	put_paragraph(out, "With a command behind --, its own exit status is passed on; if a signal"
		      " ended it, 128 and the number of the signal.");
}

static void put_examples(FILE *out)
{
	static const struct {
		const char *line, *meaning;
	} rows[] = {
#define EXAMPLE(l, m) { l, m },
#include "example.def"
#undef EXAMPLE
	};

	put_section(out, "EXAMPLES", NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		put_term(out, rows[i].line, NULL, rows[i].meaning);
}

static void put_environment(FILE *out)
{
	put_section(out, "ENVIRONMENT", NULL);
	put_term(out, "NO_COLOR", NULL, "if set and not empty, --color auto means never");
	put_term(out, "LC_ALL, LC_CTYPE, LANG", NULL,
		 "the first of these that is set names the locale; if that is not one of UTF-8,"
		 " --ascii is the default");
}

static void put_files(FILE *out)
{
	put_section(out, "FILES", NULL);
	put_term(out, "/sys/kernel/btf/vmlinux", NULL,
		 "the types of the running kernel, by which its structures are read");
	put_term(out, "/run/netns", NULL, "the names of network namespaces");
	put_term(out, "/etc/services", NULL, "the names of ports");
}

void opt_man(const struct command *list, FILE *out)
{
	struct place p = { list, out };

	fputs(".\\\" Printed by skbtrace help --man; change src/opt.def, src/main.c or"
	      " src/opt_man.c instead.\n", out);
	fprintf(out, ".TH SKBTRACE 8 \"\" \"skbtrace %s\" \"System Administration\"\n",
		SKBTRACE_VERSION);
	put_section(out, "NAME", "skbtrace - follow packets through Linux and draw their way");
	put_section(out, "SYNOPSIS", NULL);
	fputs(".B skbtrace\n.I COMMAND\n.RI [ OPTIONS ]\n", out);
	put_section(out, "DESCRIPTION", "skbtrace follows each packet (each skb, the structure that"
		    " holds it in the kernel) from the system call that sends it to the driver, or"
		    " from the interrupt to the system call that reads it, and draws its way as a"
		    " sequence diagram: as text, for Mermaid, for PlantUML, or as JSON.");
	put_paragraph(out, "The filter is decided in the kernel. Each of its options must match."
		      " A run without any is asked for with --all. A command behind -- is run and"
		      " followed, and the run stops when it ends.");
	put_paragraph(out, "What was lost, cut or could not be observed is said in the footer.");
	put_commands(list, out);
	put_section(out, "OPTIONS", NULL);
	opt_each(~0u, put_row, &p);
	put_exit_statuses(out);
	put_environment(out);
	put_files(out);
	put_examples(out);
	put_section(out, "NOTES", "Two other works bear this name: a tool in Go around bpftrace, by"
		    " Yandex, and an old patch for the kernel. Neither has to do with this one.");
	put_section(out, "SEE ALSO", NULL);
	fputs(".BR bpftool (8),\n.BR tcpdump (8),\n.BR ss (8),\n.BR ip\\-netns (8)\n", out);
}
