// SPDX-License-Identifier: GPL-2.0-or-later
/* The page of `skbtrace explain`: one place of the path in words, and drawn between its neighbours. */
#include <string.h>

#include "explain.h"
#include "hook.h"
#include "term.h"

enum { TERM_COLUMNS = 12, NAME_COLUMNS = 28, NEAREST_MAX = 32, MEANING_LEAST = 16 };

struct page {
	FILE *out;
	unsigned int width;
	bool ascii;
};

/*
 * Prints text (ASCII) in lines from column indent on; the first line stands at
 * column at already. A word that is longer than a line gets one to itself.
 */
static void put_wrapped(const struct page *p, unsigned int at, unsigned int indent, const char *text)
{
	bool first = true;

	for (const char *word = text; *word; word += strspn(word, " ")) {
		unsigned int n = strcspn(word, " ");

		if (!first && at + 1 + n > p->width) {
			fprintf(p->out, "\n%*s", (int)indent, "");
			at = indent;
			first = true;
		}
		fprintf(p->out, "%s%.*s", first ? "" : " ", (int)n, word);
		at += n + !first;
		first = false;
		word += n;
	}
	fputc('\n', p->out);
}

static void put_term(const struct page *p, const char *term, const char *text)
{
	fprintf(p->out, "  %-*s", TERM_COLUMNS - 2, term);
	put_wrapped(p, TERM_COLUMNS, TERM_COLUMNS, text);
}

/* How a step's argument may read in a diagram; NULL: nothing stands there. */
static const char *example_of(enum stage_say say)
{
	switch (say) {
	case SAY_NONE:
		return NULL;
	case SAY_FUNCTION:
		return "by the name of the function that is called";
	case SAY_BYTES:
		return "78 B";
	case SAY_CWND:
		return "cwnd 10, in flight 0";
	case SAY_CLONE:
		return "a clone goes down";
	case SAY_DEV:
		return "eth0";
	case SAY_HOOK:
		return "nf_hook_slow, IPv4 (by the name of the hook, as POST_ROUTING)";
	case SAY_TXRC:
		return "eth0: taken by the driver";
	case SAY_CPU:
		return "for cpu0";
	case SAY_STATE:
		return "ESTABLISHED";
	case SAY_RCVQ:
		return "78 B wait in the queue";
	case SAY_VERDICT:
		return "accept, or refuse";
	case SAY_INTO:
		return "into which packet";
	case SAY_SEGMENT:
		return "in order, or why not";
	case SAY_NEIGH:
		return "the neighbour's state, and how many packets wait for it";
	case SAY_SOLICIT:
		return "the address that is asked for, and how often it was before";
	case SAY_LLADDR:
		return "the neighbour's state and link-layer address";
	case SAY_ICMP:
	case SAY_ICMP6:
		return "what the message says";
	case SAY_MTU:
		return "the MTU";
	case SAY_QDISC:
	case SAY_DIRECT:
		return "the qdisc, and what waits in it";
	case SAY_CHAIN:
		return "the chain, with its table";
	case SAY_RULE:
		return "the handle of the rule";
	case SAY_NAT:
		return "the addresses before and after";
	}
	return NULL;
}

/* How a stage is observed; true if a tracepoint is among the ways. */
static bool put_hooks(const struct page *p, enum stage_id id)
{
	unsigned int n;
	const struct hook *h = hooks_of(id, &n);
	bool everywhere = false;
	char line[256];

	for (unsigned int i = 0; i < n; i++, h++) {
		const char *term = i ? "or" : "observed";

		if (h->kind == HOOK_TRACEPOINT)
			snprintf(line, sizeof(line), "tracepoint %s:%s", h->group, h->symbol);
		else if (h->kind == HOOK_FOUND)
			snprintf(line, sizeof(line), "entry of the functions that `%s` of the devices in use points at,"
				 " by kprobe.multi or kprobe", h->symbol);
		else
			snprintf(line, sizeof(line), "%s of %s%s%s, by fentry, kprobe.multi or kprobe",
				 h->flags & ROW_RETURN ? "return" : "entry", h->symbol,
				 h->module ? " in module " : "", h->module ? h->module : "");
		put_term(p, term, line);
		everywhere |= h->kind == HOOK_TRACEPOINT;
	}
	return everywhere;
}

static void put_observed(const struct page *p, enum stage_id id)
{
	const struct stage *s = &stages[id];
	const char *example = example_of(s->say);

	if (!put_hooks(p, id))
		put_term(p, "", "not seen where only tracepoints can be used");
	put_term(p, "drawn", s->minor ?
		 "with --detail full, or where the packet crosses to another layer" : "always");
	if (example)
		put_term(p, "spelled", example);
}

/* Adds the rows nearest to place that can be observed, through inlined ones. */
static void collect(enum place_id place, enum place_id (*step)(enum place_id, unsigned int), enum place_id *list,
		    unsigned int *n, unsigned int depth)
{
	enum place_id to;

	for (unsigned int i = 0; depth && (to = step(place, i)); i++) {
		bool known = false;

		if (place_facts(to).inlined) {
			collect(to, step, list, n, depth - 1);
			continue;
		}
		for (unsigned int k = 0; k < *n; k++)
			known |= list[k] == to;
		if (!known && *n < NEAREST_MAX)
			list[(*n)++] = to;
	}
}

static void put_nearest(const struct page *p, const char *term,
			enum place_id (*step)(enum place_id, unsigned int), enum place_id place)
{
	enum place_id list[NEAREST_MAX];
	unsigned int n = 0, at = 0;
	char line[NEAREST_MAX * 32] = "";

	collect(place, step, list, &n, PLACE_N - ST_N);
	for (unsigned int i = 0; i < n && at < sizeof(line); i++)
		at += snprintf(line + at, sizeof(line) - at, "%s%s", i ? ", " : "",
			       place_facts(list[i]).name);
	if (n)
		put_term(p, term, line);
}

/* Where a diagram draws it although nobody saw it. */
static void put_proofs(const struct page *p, const char *name)
{
	static const struct {
		const char *name, *after, *before, *of;
	} proofs[] = {
#define INFERRED(name_, after_, before_, of_, source_) { #name_, #after_, #before_, of_ },
#include "inferred.def"
#undef INFERRED
	};
	const char *term = "drawn";
	char line[256];

	for (size_t i = 0; i < sizeof(proofs) / sizeof(proofs[0]); i++) {
		if (strcmp(proofs[i].name, name))
			continue;
		snprintf(line, sizeof(line), "as inlined, with --detail full, where %s%s%s%s is followed at once by %s",
			 proofs[i].after, *proofs[i].of ? " (" : "", proofs[i].of,
			 *proofs[i].of ? ")" : "", proofs[i].before);
		put_term(p, term, line);
		term = "or";
	}
	if (*term == 'd')
		put_term(p, term, "never: no two rows prove that it ran");
}

static void put_inlined(const struct page *p, enum place_id place)
{
	put_term(p, "observed", "never: on the kernels that skbtrace is tested with (5.10 to 7.3) the compiler"
		 " inlines it, so that at run time there is no such function.");
	put_nearest(p, "between", place_before, place);
	put_nearest(p, "and", place_next, place);
	put_proofs(p, place_facts(place).name);
}

/* sign: three columns. */
static void put_place(const struct page *p, const char *sign, enum place_id place)
{
	const unsigned int at = 8 + NAME_COLUMNS + 8;
	struct place_facts f = place_facts(place);
	char meaning[256];

	if (at + MEANING_LEAST > p->width) {
		fprintf(p->out, "     %s%s\n", sign, f.name);
		return;
	}
	term_cut(meaning, sizeof(meaning), f.inlined ? "(inlined)" : f.meaning, p->width - at, p->ascii);
	fprintf(p->out, "     %s%-*s %-5s  %s\n", sign, (int)NAME_COLUMNS, f.name, lanes[f.lane].brief,
		meaning);
}

static void put_path(const struct page *p, enum place_id place)
{
	bool end = place_facts(place).dir == DIR_LIFE;
	unsigned int i;

	fputs("\n  the way of a packet\n", p->out);
	/* Packets end nearly everywhere: only where it is the usual next step has it been written down. */
	if (end)
		fprintf(p->out, "     %s  any row%s\n", p->ascii ? "|" : "│",
			place_before(place, 0) ? "; often:" : "");
	for (i = 0; place_before(place, i); i++)
		put_place(p, p->ascii ? "|  " : "│  ", place_before(place, i));
	if (i || end)
		fprintf(p->out, "     %s\n", p->ascii ? "v" : "▼");
	put_place(p, p->ascii ? "*  " : "●  ", place);
	if (place_next(place, 0))
		fprintf(p->out, "     %s\n", p->ascii ? "|" : "│");
	for (i = 0; place_next(place, i); i++)
		put_place(p, place_next(place, i + 1) ? p->ascii ? "+> " : "├▶ " :
			  p->ascii ? "`> " : "└▶ ", place_next(place, i));
}

static void put_fates(const struct page *p, enum place_id place)
{
	const struct place_fate *f = place_fate(place, 0);

	if (!f)
		return;
	fputs("\n  what may happen to a packet here\n", p->out);
	for (unsigned int i = 0; (f = place_fate(place, i)); i++) {
		fprintf(p->out, "    %-10s", fate_words[f->kind]);
		put_wrapped(p, 14, 14, f->words);
	}
}

static void put_source(const struct page *p, enum place_id place, const char *source)
{
	const struct place_where *w = place_where(place, 0);
	char line[256];

	if (w)
		snprintf(line, sizeof(line), "%s (6.12); %s (%s)", source, w->file, w->kernels);
	else
		snprintf(line, sizeof(line), "%s (5.10 to 7.3)", source);
	put_term(p, "source", line);
}

void explain_print(FILE *out, enum place_id place, unsigned int width, bool ascii)
{
	static const char *const ways[] = {
		[DIR_SEND] = "on the way out", [DIR_RECV] = "on the way in", [DIR_BOTH] = "on both ways",
		[DIR_LIFE] = "where an skb ends",
	};
	const struct page p = { out, width, ascii };
	struct place_facts f = place_facts(place);

	fprintf(out, "%s: %s, %s\n  ", f.name, lanes[f.lane].wide, ways[f.dir]);
	put_wrapped(&p, 2, 2, f.meaning);
	fputs("\n  ", out);
	put_wrapped(&p, 2, 2, f.text ? f.text : "Not explained yet.");
	fputc('\n', out);
	if (f.callers)
		put_term(&p, "called by", f.callers);
	put_source(&p, place, f.source);
	if (f.inlined)
		put_inlined(&p, place);
	else
		put_observed(&p, (enum stage_id)place);
	put_fates(&p, place);
	put_path(&p, place);
}

void explain_list(FILE *out)
{
	static const struct {
		enum stage_dir dir;
		const char *title;
	} parts[] = {
		{ DIR_SEND, "The way out" }, { DIR_RECV, "The way in" }, { DIR_LIFE, "The end of an skb" },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		fprintf(out, "%s%s\n", i ? "\n" : "", parts[i].title);
		for (unsigned int p = PLACE_NONE + 1; p < PLACE_N; p++) {
			struct place_facts f = place_facts(p);

			if (f.dir == parts[i].dir || (f.dir == DIR_BOTH && parts[i].dir == DIR_SEND))
				fprintf(out, "  %-*s %-5s  %s%s\n", (int)NAME_COLUMNS, f.name,
					lanes[f.lane].brief, f.meaning, f.inlined ? " (inlined)" : "");
		}
	}
	fputs("\nskbtrace explain NAME says what one does and what may happen to a packet there.\n", out);
}
