// SPDX-License-Identifier: GPL-2.0-or-later
/* Parses the command line of one command; what is wrong is said in one sentence of our own. */
#include "opt.h"

#include <argp.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "near.h"
#include "opt_row.h"
#include "say.h"

enum {
	ROWS_MAX = 64,
	KEY_LONG = 256,	/* argp takes a key beyond a char for an option without a letter */
};

struct parse {
	const struct command *c;
	struct options *o;
	bool *done;
	int status;	/* not EXIT_OK: already said */
	int at;		/* the word that argp reads next: the culprit if it gives up */
	bool quoted;	/* there was a -- */
};

static int row_key(const struct opt_row *row)
{
	return row->key ? row->key : KEY_LONG + (int)(row - opt_rows);
}

static bool row_taken(const struct opt_row *row, const struct command *c)
{
	return row->name && row->takes & c->groups;
}

static const struct opt_row *row_by_key(const struct command *c, int key)
{
	for (size_t i = 0; i < opt_rows_n; i++)
		if (row_taken(&opt_rows[i], c) && row_key(&opt_rows[i]) == key)
			return &opt_rows[i];
	return NULL;
}

PRINTF(2, 3) static error_t fail(struct parse *p, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	say("%s", text);
	p->status = EXIT_USAGE;
	return EINVAL;
}

/* The option as it was typed, long or short: "-n" or "--packets". */
static void row_label(const struct opt_row *row, const char *typed, char *out, size_t n)
{
	if (!row->key || (typed && !strncmp(typed, "--", 2)))
		snprintf(out, n, "--%s", row->name);
	else
		snprintf(out, n, "-%c", row->key);
}

static error_t parse_option(struct parse *p, struct argp_state *state, int key, char *arg)
{
	const struct opt_row *row = row_by_key(p->c, key);
	char why[512], label[64];

	if (!row)
		return ARGP_ERR_UNKNOWN;
	if (row->type == OPT_HELP || row->type == OPT_VERSION) {
		if (row->type == OPT_HELP)
			opt_help(p->c, stdout);
		else
			printf("skbtrace %s\n", SKBTRACE_VERSION);
		/* Ends the parse: moving argp on by hand would skip out of a word of several letters. */
		*p->done = true;
		return ECANCELED;
	}
	row_label(row, state->argv[p->at], label, sizeof(label));
	if (opt_row_apply(row, p->o, label, arg, why, sizeof(why)))
		return fail(p, "%s", why);
	return 0;
}

static error_t parse_argument(struct parse *p, struct argp_state *state, char *arg)
{
	const struct command *c = p->c;

	if (state->quoted && state->next > state->quoted && c->groups & TAKES_COMMAND) {
		p->o->command = &state->argv[state->next - 1];
		state->next = state->argc;
		return 0;
	}
	if (c->groups & (TAKES_FILE | TAKES_TOPIC | TAKES_STAGE)) {
		if (p->o->input)
			return fail(p, "%s: unexpected argument %.60s behind %.60s", c->name, arg,
				    p->o->input);
		if (!*arg)
			return fail(p, "%s \"\": an argument is not empty", c->name);
		p->o->input = arg;
		return 0;
	}
	if (c->groups & TAKES_COMMAND)
		return fail(p, "%s: unexpected argument %.60s; a command to follow stands behind --",
			    c->name, arg);
	return fail(p, "%s: unexpected argument %.60s", c->name, arg);
}

static error_t parse_key(int key, char *arg, struct argp_state *state)
{
	struct parse *p = state->input;
	error_t err;

	switch (key) {
	case ARGP_KEY_ARG:
		err = parse_argument(p, state, arg);
		break;
	case ARGP_KEY_SUCCESS:
		p->quoted = state->quoted;
		return 0;
	default:
		err = parse_option(p, state, key, arg);
	}
	if (!err)
		p->at = state->next;
	return err;
}

static int fail_unknown(struct parse *p, const char *dashes, const char *name, size_t len)
{
	char typed[64];
	struct near n = { .typed = typed };

	snprintf(typed, sizeof(typed), "%.*s", (int)len, name);
	for (size_t i = 0; i < opt_rows_n; i++) {
		const struct opt_row *row = &opt_rows[i];

		if (row_taken(row, p->c)) {
			near_offer(&n, row->name);
		} else if (row->name && (dashes[1] ? !strcmp(row->name, typed) :
						     row->key == *typed)) {
			fail(p, "%s has no option %s%s; other commands have", p->c->name, dashes,
			     typed);
			return p->status;
		}
	}
	if (dashes[1] && n.best)
		fail(p, "unknown option --%s; did you mean --%s?", typed, n.best);
	else
		fail(p, "unknown option %s%s; skbtrace %s --help lists those that are known", dashes,
		     typed, p->c->name);
	return p->status;
}

static int fail_value(struct parse *p, const struct opt_row *row, const char *typed)
{
	char label[64];

	row_label(row, typed, label, sizeof(label));
	if (row->value)
		fail(p, "%s needs a value, %s %s", label, label, row->value);
	else
		fail(p, "%s takes no value", label);
	return p->status;
}

static int fail_long(struct parse *p, const char *word)
{
	const char *name = word + 2;
	size_t len = strcspn(name, "=");
	const struct opt_row *found[2] = { NULL, NULL };
	size_t n = 0;

	for (size_t i = 0; i < opt_rows_n; i++) {
		const struct opt_row *row = &opt_rows[i];

		if (!row_taken(row, p->c) || strncmp(row->name, name, len))
			continue;
		if (!row->name[len])
			return fail_value(p, row, word);
		found[n > 0] = row;
		n++;
	}
	if (!n || !len)
		return fail_unknown(p, "--", name, len);
	if (n == 1)
		return fail_value(p, found[0], word);
	fail(p, "--%.*s may be --%s or --%s; write it out", (int)len, name, found[0]->name,
	     found[1]->name);
	return p->status;
}

/* argp gave up at this word and does not say why: finds it out. */
static int fail_word(struct parse *p, const char *word)
{
	if (word && !strncmp(word, "--", 2))
		return fail_long(p, word);
	for (const char *s = word && *word == '-' ? word + 1 : ""; *s; s++) {
		const struct opt_row *row = row_by_key(p->c, *s);

		if (!row)
			return fail_unknown(p, "-", s, 1);
		if (row->value)
			return fail_value(p, row, word);
	}
	say("%s: the command line cannot be read", p->c->name);
	return EXIT_INTERNAL;
}

/* The locale that programs draw in: the first of these that is set and not empty. */
static bool locale_is_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *v = getenv(names[i]);

		if (v && *v)
			return strcasestr(v, "UTF-8") || strcasestr(v, "UTF8");
	}
	return false;
}

static void set_defaults(struct options *o)
{
	char why[256];

	memset(o, 0, sizeof(*o));
	for (size_t i = 0; i < opt_rows_n; i++)
		if (opt_rows[i].fallback)
			opt_row_apply(&opt_rows[i], o, "", opt_rows[i].fallback, why, sizeof(why));
}

static int check_filter(struct parse *p)
{
	const struct filter *f = &p->o->filter;
	struct filter rest = *f;
	char why[512];

	rest.all = false;
	if (f->all && !filter_empty(&rest))
		fail(p, "--all follows every packet: leave out --all or the filter");
	else if (filter_empty(f) && !p->o->command)
		fail(p, "%s: nothing says what to follow; give a filter such as --port 80,"
		     " or --all, or -- CMD", p->c->name);
	else if (filter_check(f, why, sizeof(why))) {
		say("%s", why);
		return EXIT_NOTHING;
	}
	return p->status;
}

/* What no option can tell alone. */
static int check_options(struct parse *p)
{
	const struct options *o = p->o;

	if (p->quoted && p->c->groups & TAKES_COMMAND && !o->command)
		fail(p, "%s: nothing stands behind --; a command to follow belongs there",
		     p->c->name);
	else if (p->c->groups & TAKES_FILE && !o->input)
		fail(p, "%s needs a file: skbtrace %s %s", p->c->name, p->c->name, p->c->args);
	else if (o->verbose && o->quiet)
		fail(p, "--verbose and --quiet contradict each other");
	else if (o->write && !strcmp(o->write, o->output ? o->output : "-"))
		fail(p, "-w %.60s: the diagrams go there already; keep the events in another file",
		     o->write);
	else if (p->c->groups & TAKES_FILTER)
		return check_filter(p);
	return p->status;
}

int opt_parse(const struct command *c, int argc, char **argv, struct options *o, bool *done)
{
	struct argp_option options[ROWS_MAX] = { 0 };
	struct argp argp = { .options = options, .parser = parse_key };
	struct parse p = { .c = c, .o = o, .done = done, .at = 1 };
	const char *no_color = getenv("NO_COLOR");
	size_t n = 0;
	error_t err;

	*done = false;
	for (size_t i = 0; i < opt_rows_n && n + 1 < ROWS_MAX; i++) {
		const struct opt_row *row = &opt_rows[i];

		if (row_taken(row, c))
			options[n++] = (struct argp_option){
				.name = row->name, .key = row_key(row), .arg = row->value,
			};
	}
	set_defaults(o);
	err = argp_parse(&argp, argc, argv, ARGP_SILENT | ARGP_IN_ORDER, NULL, &p);
	if (err == ENOMEM) {
		say("out of memory");
		return EXIT_INTERNAL;
	}
	if (*done)
		return EXIT_OK;
	if (err)
		return p.status ? p.status : fail_word(&p, p.at < argc ? argv[p.at] : NULL);
	if (!o->colour && no_color && *no_color)
		o->colour = -1;
	if (!locale_is_utf8())
		o->ascii = true;
	return check_options(&p);
}
