/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of opt.def as a table, and what parsing, help, man page and completion ask of a row. */
#ifndef SKBTRACE_OPT_ROW_H
#define SKBTRACE_OPT_ROW_H

#include "opt.h"

enum opt_type {
	OPT_TITLE,	/* help is a heading; no option */
	OPT_SET,
	OPT_CHOOSE,
	OPT_FLAG,
	OPT_COUNT,
	OPT_SECONDS,
	OPT_SIZE,
	OPT_STRING,
	OPT_WORD,
	OPT_CONST,
	OPT_HELP,
	OPT_VERSION,
};

/* The i-th word of a list and the number that it stands for, or NULL after the last. */
typedef const char *opt_list(size_t i, int *number);

struct opt_row {
	unsigned int takes;	/* enum opt_takes */
	const char *name;	/* NULL: a heading */
	char key;		/* its letter, or 0 */
	const char *value;	/* NULL: takes none */
	const char *fallback;	/* the default, as typed; NULL: none */
	const char *help;
	enum opt_type type;
	size_t where, size;	/* the field of struct options */
	bool text;		/* the field is a string */
	uint64_t min, max;
	const char *what;	/* "a port": begins the sentence that says what is right */
	const char *word;	/* of OPT_CONST */
	opt_list *list;		/* of OPT_WORD, OPT_CHOOSE */
	int (*set)(struct filter *f, const char *arg, char *why, size_t n);
	int (*choose)(struct select *s, const char *arg, char *why, size_t n);
};

extern const struct opt_row opt_rows[];
extern const size_t opt_rows_n;

/* The i-th word that row accepts, or NULL after the last (or if it accepts any). */
const char *opt_row_word(const struct opt_row *row, size_t i);
/* "text, mermaid or json"; empty if row accepts any word. Returns out. */
char *opt_row_words(const struct opt_row *row, char *out, size_t n);
/* The help with words and default: "how much is drawn: brief, normal or full (default normal)". */
char *opt_row_help(const struct opt_row *row, char *out, size_t n);
/* Reads arg into o. 0, or -EINVAL and a sentence that names the option as label. */
int opt_row_apply(const struct opt_row *row, struct options *o, const char *label,
		  const char *arg, char *why, size_t n);

/* The option as somebody would type it to get what o has: "--width=100"; empty if unset. */
char *opt_row_spell(const struct opt_row *row, const struct options *o, char *out, size_t n);

/* --help of one command. */
void opt_help(const struct command *c, FILE *out);
/* The rows that c takes, with their headings: calls fn for each. */
void opt_each(unsigned int takes, void (*fn)(const struct opt_row *row, void *arg), void *arg);
/* skbtrace.8 and the completion for bash, whole. commands ends with a NULL name. */
void opt_man(const struct command *list, FILE *out);
void opt_completion(const struct command *list, FILE *out);

#endif
