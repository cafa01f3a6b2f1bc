// SPDX-License-Identifier: GPL-2.0-or-later
/* skbtrace stages: the catalogue, and whether this kernel has each row, by which back end, or why not. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel.h"
#include "opt.h"
#include "say.h"
#include "stream.h"

static const struct {
	enum stage_dir dir;
	const char *title;
} parts[] = {
	{ DIR_SEND, "The way out" },
	{ DIR_RECV, "The way in" },
	{ DIR_LIFE, "The end of an skb" },
};

/* A row of both ways is listed with the way out. */
static bool belongs(const struct stage *s, enum stage_dir dir)
{
	return s->dir == dir || (s->dir == DIR_BOTH && dir == DIR_SEND);
}

static void print_hooks(FILE *out, enum stage_id id)
{
	unsigned int n;
	const struct hook *h = hooks_of(id, &n);

	for (unsigned int i = 0; i < n; i++, h++) {
		if (h->kind == HOOK_TRACEPOINT)
			fprintf(out, "%stracepoint %s:%s", i ? ", " : "", h->group, h->symbol);
		else if (h->kind == HOOK_FOUND)
			fprintf(out, "%swhere `%s` of a device points", i ? ", " : "", h->symbol);
		else
			fprintf(out, "%s`%s`%s%s%s", i ? ", " : "", h->symbol, h->module ? " (" : "",
				h->module ? h->module : "", h->module ? ")" : "");
	}
}

/* The same on every machine: what docs/STAGES.md holds. */
static void print_markdown(FILE *out)
{
	fprintf(out, "# Stages\n\n"
		     "Every place in the kernel that skbtrace can observe, in the order in which a packet may pass\n"
		     "them. Of several ways to observe a stage the first that the running kernel offers is taken.\n"
		     "Printed by `skbtrace stages -f markdown`.\n");
	for (size_t p = 0; p < sizeof(parts) / sizeof(parts[0]); p++) {
		fprintf(out, "\n## %s\n\n| stage | layer | observed at | kernel source | meaning |\n"
			     "| --- | --- | --- | --- | --- |\n", parts[p].title);
		for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
			const struct stage *s = &stages[id];

			if (!belongs(s, parts[p].dir))
				continue;
			fprintf(out, "| `%s` | %s | ", s->name, lanes[s->lane].wide);
			print_hooks(out, id);
			fprintf(out, " | %s | %s |\n", s->source, s->meaning);
		}
	}
}

static void print_text(FILE *out, const struct plan *plan)
{
	unsigned int on = 0;

	for (size_t p = 0; p < sizeof(parts) / sizeof(parts[0]); p++) {
		fprintf(out, "%s%s\n", p ? "\n" : "", parts[p].title);
		for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
			const struct stage *s = &stages[id];
			const struct choice *c = plan ? &plan->choice[id] : NULL;

			if (!belongs(s, parts[p].dir))
				continue;
			on += c && c->hook;
			fprintf(out, "  %-26s %-6s %-12s  %s\n", s->name, lanes[s->lane].brief,
				!c ? "?" : backend_names[c->backend], s->meaning);
			if (c && !c->hook)
				fprintf(out, "  %-26s        off: %s\n", "", c->why);
		}
	}
	if (plan)
		fprintf(out, "\n%u of %d rows can be observed on this kernel.\n", on, ST_N - 1);
	else
		fprintf(out, "\n%d rows; run as root to see which of them this kernel has.\n", ST_N - 1);
}

int cmd_stages(const struct command *self, const struct options *o)
{
	bool to_file = o->output && strcmp(o->output, "-");
	FILE *out = to_file ? fopen(o->output, "we") : stdout;
	struct kernel *k = NULL;
	struct plan plan;
	int err;

	(void)self;
	if (!out) {
		say("cannot write %s: %s", o->output, strerror(errno));
		return EXIT_OUTPUT;
	}
	if (o->format && !strcmp(o->format, "markdown")) {
		print_markdown(out);
	} else if (geteuid() || kernel_open(&k)) {
		print_text(out, NULL);
	} else {
		plan_make(&plan, &k->facts, DIR_BOTH, BACK_NONE);
		print_text(out, &plan);
	}
	kernel_close(k);
	err = stream_flush(out);
	if (to_file && fclose(out) && !err)
		err = -errno;
	if (err) {
		say("cannot write %s: %s", to_file ? o->output : "standard output", strerror(-err));
		return EXIT_OUTPUT;
	}
	return EXIT_OK;
}
