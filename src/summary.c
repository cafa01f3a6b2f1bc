/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes the footer's lines. */
#include "summary.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "diagram_words.h"
#include "phrase.h"

enum { FOOTER_LINES_MAX = 12 + BALANCE_LINES };

static uint64_t count_of(const struct summary *s, const char *key)
{
	const char *v = s->counts ? cap_list_get(s->counts, key) : NULL;

	return v ? strtoull(v, NULL, 10) : 0;
}

static void put_count(FILE *out, const char *before, uint64_t n, const char *one, const char *many)
{
	fprintf(out, "%s%" PRIu64 " %s", before, n, n == 1 ? one : many);
}

/* Did the run record nothing but what was dropped? */
static bool only_drops(const struct summary *s)
{
	return s->world && cap_list_get(&s->world->meta, "only");
}

/* A packet that goes out and comes in on this host is two journeys. */
static const char *noun(const struct summary *s, uint64_t n)
{
	if (s->dirs == DIR_BOTH && !only_drops(s))
		return n == 1 ? "journey" : "journeys";
	return n == 1 ? "packet" : "packets";
}

/* The sum over all CPUs of what is counted for each. */
static uint64_t count_of_cpus(const struct summary *s, const char *key)
{
	size_t len = strlen(key);
	uint64_t n = 0;

	for (size_t i = 0; i < s->counts->n; i++)
		if (!strncmp(s->counts->pairs[i].key, key, len) && !strncmp(s->counts->pairs[i].key + len, "_cpu", 4))
			n += strtoull(s->counts->pairs[i].value, NULL, 10);
	return n;
}

/* Records that there was no room for: in a ring, or because what they begin to tell of could not be kept in mind. */
static void say_why_lost(FILE *out, const struct summary *s)
{
	static const char *const kinds[][2] = {
		{ "map_full_packets", "packets" }, { "map_full_sockets", "sockets" }, { "map_full_calls", "calls" },
	};
	uint64_t ring = count_of(s, "ring_full"), map = count_of(s, "map_full"), behind = count_of_cpus(s, "behind");
	const char *between = " of too many ";

	fputs(" (", out);
	if (ring)
		fprintf(out, "%" PRIu64 " because the ring was full", ring);
	if (behind && behind == ring)
		fputs(", all of them while skbtrace was behind", out);
	else if (behind)
		fprintf(out, ", %" PRIu64 " of them while skbtrace was behind", behind);
	if (ring)
		fputs(": --ring", out);
	if (map)
		fprintf(out, "%s%" PRIu64, ring ? "; " : "", map);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!count_of(s, kinds[i][0]))
			continue;
		fprintf(out, "%s%s", between, kinds[i][1]);
		between = ", ";
	}
	fputs(map ? " at a time: --in-flight)" : ")", out);
}

static void say_total(FILE *out, const struct summary *s)
{
	static const struct { enum journey_state state; const char *word; } states[] = {
		{ JOURNEY_DROPPED, "dropped" }, { JOURNEY_LOST, "with lost records" },
		{ JOURNEY_MIDWAY, "first seen midway" }, { JOURNEY_OPEN, "not over" },
		{ JOURNEY_NO_END, "lost sight of" },
	};
	const struct track_stats *st = s->st;

	put_count(out, "", st->journeys, noun(s, 1), noun(s, 2));
	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
		if (st->by_state[states[i].state])
			fprintf(out, " · %" PRIu64 " %s", st->by_state[states[i].state],
				states[i].word);
	if (!only_drops(s)) {
		put_count(out, " · ", st->calls, "call", "calls");
		put_count(out, " · ", st->steps, "step", "steps");
	}
	fprintf(out, " · %" PRIu64 " lost", st->lost);
	if (st->lost && (count_of(s, "ring_full") || count_of(s, "map_full")))
		say_why_lost(out, s);
	/* Nobody knows what such a run would have said. */
	if (count_of(s, "missed"))
		put_count(out, " · ", count_of(s, "missed"), "program run missed", "program runs missed");
}

/* Of those seen: a packet that goes out and comes in on this host is seen, and refused, twice. */
static uint64_t refused_of(const struct summary *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->counts->n; i++)
		if (!strncmp(s->counts->pairs[i].key, "reject_", strlen("reject_")))
			n += strtoull(s->counts->pairs[i].value, NULL, 10);
	return n;
}

/* All that passed, and what it cost to look at it. Only a recording has been told. */
static void say_cost(FILE *out, const struct summary *s)
{
	uint64_t runs = count_of(s, "program_runs"), cpu_us = count_of(s, "cpu_us");
	char time[WORDS_ROOM];

	if (!cpu_us)
		return;
	if (s->st->journeys) {
		put_count(out, "", count_of(s, "seen"), only_drops(s) ? "drop seen" : "packet seen",
			  only_drops(s) ? "drops seen" : "packets seen");
		fprintf(out, " · %" PRIu64 " matched · ", count_of(s, "seen") - refused_of(s));
	}
	fprintf(out, "skbtrace took %s of CPU time", words_time(time, cpu_us * 1000));
	if (runs)
		fprintf(out, " · its programs %s in %" PRIu64 " runs", words_time(time, count_of(s, "program_ns")), runs);
}

/* Nothing was drawn: what was there, and which part of the filter refused it. */
static void say_nothing(FILE *out, const struct summary *s)
{
	static const char prefix[] = "reject_";
	uint64_t seen = count_of(s, "seen");
	const char *between = ": ", *refused = " refused by";

	if (s->st->journeys || !s->counts || !cap_list_get(s->counts, "seen"))
		return;
	put_count(out, "", count_of(s, "matched"), "packet matched", "packets matched");
	fprintf(out, "; %" PRIu64 " seen%s", seen, only_drops(s) ? " to be dropped" : "");
	/* Which way it went is known only here. */
	if (only_drops(s) && count_of(s, "matched") && s->dirs != DIR_BOTH)
		fprintf(out, ", those that matched on their way %s", s->dirs == DIR_SEND ? "in" : "out");
	for (size_t i = 0; i < s->counts->n; i++) {
		const struct cap_pair *p = &s->counts->pairs[i];
		const char *name = p->key + sizeof(prefix) - 1;

		if (strncmp(p->key, prefix, sizeof(prefix) - 1) || !strtoull(p->value, NULL, 10))
			continue;
		if (!strcmp(name, "proto")) {
			fprintf(out, "%s%s of another protocol", between, p->value);
			between = ", ";
			continue;
		}
		fprintf(out, "%s%s%s ", between, p->value, refused);
		if (!strcmp(name, "owner"))
			fputs("--pid or --comm", out);
		else
			fprintf(out, "--%s", name);
		between = ", ";
		refused = " by";
	}
}

/* n were left out by an option, which the caller writes next. */
static void put_undrawn(FILE *out, const struct summary *s, uint64_t n, bool more)
{
	const char *what = !s->flows ? noun(s, n) : n == 1 ? "connection" : "connections";

	fprintf(out, "%" PRIu64 " %s%s %s not drawn ", n, more ? "more " : "", what,
		n == 1 ? "was" : "were");
}

static void say_refused(FILE *out, const struct summary *s)
{
	if (!s->refused)
		return;
	put_undrawn(out, s, s->refused, s->drawn);
	fputc('(', out);
	select_say_only(s->select, out);
	fputc(')', out);
}

static void say_faster(FILE *out, const struct summary *s)
{
	if (!s->faster)
		return;
	put_undrawn(out, s, s->faster, s->drawn);
	fprintf(out, "(--slowest %u)", s->select->slowest);
}

static void say_cut(FILE *out, const struct summary *s)
{
	if (s->why_cut)
		fprintf(out, "%s", s->why_cut);
}

/* A driver that is not there hides nothing. */
static bool of_absent_driver(const char *why)
{
	return !strncmp(why, "module ", 7);
}

/* What would not have been drawn anyway is not missing. */
static bool of_less_detail(const struct summary *s, const char *why)
{
	return !strcmp(why, STAGE_PROTO_OFF) || !strcmp(why, STAGE_DROPS_OFF) || (s->detail != DETAIL_FULL && !strcmp(why, STAGE_MINOR_OFF));
}

/* Is row i the first that is off for its reason? */
static bool first_of_reason(const struct cap_list *off, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (!strcmp(off->pairs[k].value, off->pairs[i].value))
			return false;
	return true;
}

static bool row_matters(const struct summary *s, const char *name)
{
	enum stage_id id = stage_by_name(name);

	return id != ST_NONE && (stages[id].dir == DIR_LIFE || stages[id].dir & s->dirs);
}

static void say_off(FILE *out, const struct summary *s)
{
	const struct cap_list *off = &s->world->off;
	const char *between = "not observed here: ";

	for (size_t i = 0; i < off->n; i++) {
		const char *one = NULL;
		unsigned int n = 0;

		if (!first_of_reason(off, i) || of_absent_driver(off->pairs[i].value) ||
		    of_less_detail(s, off->pairs[i].value))
			continue;
		for (size_t k = i; k < off->n; k++) {
			if (strcmp(off->pairs[k].value, off->pairs[i].value) ||
			    !row_matters(s, off->pairs[k].key))
				continue;
			one = off->pairs[k].key;
			n++;
		}
		if (n == 1)
			fprintf(out, "%s%s, %s", between, one, off->pairs[i].value);
		else if (n)
			fprintf(out, "%s%u rows, %s", between, n, off->pairs[i].value);
		if (n)
			between = " · ";
	}
	if (between[0] == ' ')
		fputs(" · skbtrace stages tells all", out);
}

/* Did the program that recorded this have that row? One that records now has all. */
static bool row_was_there(const struct summary *s, const char *name)
{
	const struct cap_list *l = &s->world->stages;

	for (size_t i = 0; i < l->n; i++) {
		if (!strcmp(l->pairs[i].value, name))
			return true;
	}
	return !l->n;
}

static void say_never(FILE *out, const struct summary *s)
{
	const char *between = "observed, never hit: ";

	for (unsigned int i = 1; i < ST_N; i++) {
		if (s->st->stage_hits[i] || !(stages[i].dir & s->dirs) ||
		    cap_list_get(&s->world->off, stages[i].name) || !row_was_there(s, stages[i].name))
			continue;
		fprintf(out, "%s%s", between, stages[i].name);
		between = ", ";
	}
}

static void say_no_tcp(FILE *out, const struct summary *s)
{
	if (s->tcp && !s->st->tcp)
		fputs("nothing of what TCP keeps was recorded: a run with --tcp does, where it follows a socket of TCP", out);
}

static void say_balance(FILE *out, const struct summary *s)
{
	balance_say_total(s->balance, out);
}

/* What was not seen may be what is missing. */
static bool balance_is_wrong(const struct summary *s)
{
	return s->balance && s->balance->wrong_n && !count_of(s, "missed") && !count_of(s, "map_full");
}

static void say_wrong(FILE *out, const struct summary *s)
{
	if (balance_is_wrong(s))
		balance_say_wrong(s->balance, out);
}

static int footer_add(struct footer *f, struct phrase *p, const struct summary *s,
		      void (*say)(FILE *out, const struct summary *s))
{
	say(p->out, s);
	return phrase_line(p, f->lines, &f->n);
}

static int footer_add_balance(struct footer *f, struct phrase *p, const struct summary *s)
{
	int err = footer_add(f, p, s, say_balance);

	for (unsigned int i = 0; i <= BALANCE_LINES && !err; i++) {
		balance_say_open(s->balance, i, p->out);
		err = phrase_line(p, f->lines, &f->n);
	}
	return err ? err : footer_add(f, p, s, say_wrong);
}

static int footer_add_all(struct footer *f, struct phrase *p, const struct summary *s)
{
	static void (*const first[])(FILE *out, const struct summary *s) = {
		say_total, say_cost, say_nothing, say_refused, say_faster,
	}, (*const last[])(FILE *out, const struct summary *s) = { say_cut, say_off, say_no_tcp, say_never };
	/* The last of the last only where all is to be said. */
	size_t last_n = sizeof(last) / sizeof(*last) - (s->detail != DETAIL_FULL);
	int err = 0;

	for (size_t i = 0; i < sizeof(first) / sizeof(*first) && !err; i++)
		err = footer_add(f, p, s, first[i]);
	if (!err && s->balance)
		err = footer_add_balance(f, p, s);
	for (size_t i = 0; i < last_n && !err; i++)
		err = footer_add(f, p, s, last[i]);
	return err;
}

int summary_make(struct footer *f, const struct summary *s)
{
	struct phrase p;
	int err;

	*f = (struct footer){
		.alarm = s->st->lost || s->why_cut || count_of(s, "missed") || balance_is_wrong(s),
	};
	f->lines = calloc(FOOTER_LINES_MAX, sizeof(char *));
	if (!f->lines)
		return -ENOMEM;
	err = phrase_begin(&p);
	if (err)
		return err;
	err = footer_add_all(f, &p, s);
	phrase_end(&p);
	return err;
}

void footer_free(struct footer *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->lines[i]);
	free(f->lines);
	*f = (struct footer){ 0 };
}
