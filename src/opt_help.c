// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints the help of one command, made of the table of options. */
#include <stdio.h>
#include <string.h>

#include "opt_row.h"

enum { COLUMNS = 80, HELP_AT = 26 };

/* Prints text from column at on, broken between words; ends the line. */
static void print_wrapped(FILE *out, const char *text, int at)
{
	int col = at;

	while (*text) {
		int len = strcspn(text, " ");

		if (col > at && col + 1 + len > COLUMNS) {
			fprintf(out, "\n%*s", at, "");
			col = at;
		} else if (col > at) {
			fputc(' ', out);
			col++;
		}
		fwrite(text, 1, len, out);
		col += len;
		text += len + strspn(text + len, " ");
	}
	fputc('\n', out);
}

static void print_row(const struct opt_row *row, void *arg)
{
	char left[64], help[512];
	FILE *out = arg;
	int len;

	if (row->type == OPT_TITLE) {
		fprintf(out, "\n%s:\n", row->help);
		return;
	}
	if (row->key)
		len = snprintf(left, sizeof(left), "  -%c, --%s", row->key, row->name);
	else
		len = snprintf(left, sizeof(left), "      --%s", row->name);
	if (row->value)
		len += snprintf(left + len, sizeof(left) - len, " %s", row->value);
	fputs(left, out);
	/* Two blanks at least between an option and its words, or they get a line of their own. */
	if (len > HELP_AT - 2)
		fprintf(out, "\n%*s", HELP_AT, "");
	else
		fprintf(out, "%*s", HELP_AT - len, "");
	print_wrapped(out, opt_row_help(row, help, sizeof(help)), HELP_AT);
}

void opt_help(const struct command *c, FILE *out)
{
	fprintf(out, "usage: skbtrace %s%s%s\n\n", c->name, *c->args ? " " : "", c->args);
	if (c->meaning)
		print_wrapped(out, c->meaning, 0);
	opt_each(c->groups, print_row, out);
}
