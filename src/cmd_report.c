// SPDX-License-Identifier: GPL-2.0-or-later
/* skbtrace report: draws what was recorded, as the live run would have drawn it. */
#include <stdlib.h>
#include <string.h>

#include "cap_format.h"
#include "confine.h"
#include "opt_draw.h"
#include "output.h"
#include "say.h"

/* Which way the recorded packets went. */
static enum stage_dir recorded_dirs(const struct cap_world *world)
{
	const char *dirs = cap_list_get(&world->meta, "dirs");

	if (dirs && !strcmp(dirs, "send"))
		return DIR_SEND;
	if (dirs && !strcmp(dirs, "recv"))
		return DIR_RECV;
	return DIR_BOTH;
}

/* Whether the recording run drew conversations. With nothing but dropped packets there are none. */
static bool recorded_flows(const struct cap_world *world)
{
	const char *verb = cap_list_get(&world->meta, "verb");

	return verb && !strcmp(verb, "flow") && !cap_list_get(&world->meta, "only");
}

/* How many packets the recording was to stop after; 0: no such limit. */
static uint64_t recorded_packets(const struct cap_world *world)
{
	const char *packets = cap_list_get(&world->meta, "packets");

	return packets ? strtoull(packets, NULL, 10) : 0;
}

/*
 * Feeds the pipeline; 0 or -errno of it. *cut: what cap_next() ended with. When
 * enough is drawn the rest is read all the same: the counts stand at the end.
 */
static int feed(struct pipeline *p, struct cap_reader *r, int *cut, char *why, size_t why_size)
{
	const struct ev_head *rec;
	int err = 0;

	while ((*cut = cap_next(r, &rec, why, why_size)) > 0) {
		if (!err)
			err = pipeline_record(p, rec);
		if (err < 0)
			return err;
	}
	return pipeline_finish(p, *cut ? NULL : &cap_world(r)->counts, *cut ? why : NULL);
}

static int report(struct cap_reader *r, const struct options *o, enum stage_dir dirs)
{
	bool flows = o->as == AS_RECORDED ? recorded_flows(cap_world(r)) : o->as == AS_FLOW;
	struct pipeline_opts po;
	struct pipeline *p;
	struct output out;
	char why[512];
	int err, cut = 0, status;

	if (flows && o->select.slowest) {
		say("--slowest chooses packets; with a flow it has nothing to choose from: --as packets");
		return EXIT_USAGE;
	}
	if (flows && o->lanes != LANES_LAYER) {
		say("--lanes is for single packets; the lifelines of a flow are its two programs: --as packets");
		return EXIT_USAGE;
	}
	status = output_open(&out, o->output);
	if (status != EXIT_OK)
		return status;
	pipeline_opts_fill(&po, o, dirs, out.file);
	po.flows = flows;
	if (!po.packets)
		po.packets = recorded_packets(cap_world(r));
	p = pipeline_new(out.file, &po, cap_world(r));
	if (!p) {
		output_close(&out, 0);
		say("out of memory");
		return EXIT_INTERNAL;
	}
	/* All is open. Without seccomp it goes on as it is: nothing that it reads is trusted either way. */
	confine();
	err = feed(p, r, &cut, why, sizeof(why));
	pipeline_free(p);
	status = output_close(&out, err < 0 ? err : 0);
	if (cut < 0) {
		say("%s", why);
		status = status == EXIT_OK ? EXIT_INPUT : status;
	}
	if (cap_unknown(r))
		say("%s has %llu records or sections that this skbtrace does not know; "
		    "they are left out", cap_input_name(o->input),
		    (unsigned long long)cap_unknown(r));
	return status;
}

int cmd_report(const struct command *self, const struct options *o)
{
	enum stage_dir dirs = o->dirs ? o->dirs : DIR_BOTH, there;
	struct cap_reader *r;
	char why[512];
	int status;

	(void)self;
	if (output_is_input(o->output, o->input))
		return EXIT_USAGE;
	if (cap_open(&r, o->input, why, sizeof(why))) {
		say("%s", why);
		return EXIT_INPUT;
	}
	there = recorded_dirs(cap_world(r));
	if (dirs & there) {
		status = report(r, o, dirs & there);
	} else {
		say("%s holds only packets that %s", cap_input_name(o->input),
		    there == DIR_SEND ? "were sent" : "arrived");
		status = EXIT_NOTHING;
	}
	cap_close(r);
	return status;
}
