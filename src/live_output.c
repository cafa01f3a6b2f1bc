// SPDX-License-Identifier: GPL-2.0-or-later
/* Tees a live run's records, and writes what a capture must know of its world. */
#include "live_output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "opt_draw.h"
#include "say.h"

struct live_output {
	struct cap_world world;
	struct cap_writer *capture;	/* NULL: none */
	const char *capture_name;
	struct pipeline *pipeline;	/* NULL: nothing is drawn */
	FILE *out;
	const char *out_name;
	bool capture_failed;
	bool enough;		/* was drawn: what still comes is only recorded */
};

static int fill_meta(struct cap_list *m, const struct options *o, enum stage_dir dirs, const char *verb,
		     const struct plan *p)
{
	static const char *const dir_names[] = { "", "send", "recv", "both" };
	struct timespec real, mono;
	struct utsname u;
	char filter[256];
	unsigned int on = 0;
	int err;

	uname(&u);
	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_MONOTONIC, &mono);
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++)
		on += stages[id].dir != DIR_LIFE && p->choice[id].hook;
	err = cap_list_add(m, "skbtrace", "%s", SKBTRACE_VERSION);
	err = err ? err : cap_list_add(m, "verb", "%s", verb);
	err = err ? err : cap_list_add(m, "dirs", "%s", dir_names[dirs]);
	err = err ? err : cap_list_add(m, "filter", "%s", filter_say(&o->filter, filter, sizeof(filter)));
	err = err ? err : cap_list_add(m, "packets", "%llu", (unsigned long long)o->packets);
	err = err ? err : cap_list_add(m, "kernel", "%s", u.release);
	err = err ? err : cap_list_add(m, "machine", "%s", u.machine);
	err = err ? err : cap_list_add(m, "realtime_offset_ns", "%lld",
				       (long long)(real.tv_sec - mono.tv_sec) * 1000000000ll + real.tv_nsec - mono.tv_nsec);
	err = err ? err : cap_list_add(m, "rows_on", "%u", on);
	if (!err && o->drops)
		err = cap_list_add(m, "only", "dropped");
	return err;
}

static int fill_world(struct cap_world *w, const struct options *o, enum stage_dir dirs, const char *verb,
		      const struct kernel *k, const struct plan *p)
{
	int err = fill_meta(&w->meta, o, dirs, verb, p);
	char key[16];

	for (unsigned int id = ST_NONE + 1; id < ST_N && !err; id++) {
		snprintf(key, sizeof(key), "%u", id);
		err = cap_list_add(&w->stages, key, "%s", stages[id].name);
		if (!err && plan_wants(id, dirs) && !p->choice[id].hook)
			err = cap_list_add(&w->off, stages[id].name, "%s", p->choice[id].why);
	}
	return err ? err : kernel_reasons_list(&k->reasons, k->btf, &w->reasons);
}

int live_output_open(struct live_output **out, const struct options *o, enum stage_dir dirs, const char *verb,
		     bool draw, const struct kernel *k, const struct plan *p)
{
	struct live_output *l = calloc(1, sizeof(*l));
	const char *capture = draw ? o->write : o->output;
	int err = l ? fill_world(&l->world, o, dirs, verb, k, p) : -ENOMEM;

	*out = NULL;
	if (err)
		goto no_memory;
	if (capture) {
		l->capture_name = capture;
		err = cap_create(&l->capture, capture, &l->world);
		if (err) {
			say("cannot write %s: %s", capture, strerror(-err));
			live_output_finish(l, NULL, 0);
			return EXIT_OUTPUT;
		}
	}
	if (draw) {
		bool to_file = o->output && strcmp(o->output, "-");
		struct pipeline_opts po;

		l->out_name = to_file ? o->output : "standard output";
		l->out = to_file ? fopen(o->output, "we") : stdout;
		if (!l->out) {
			say("cannot write %s: %s", o->output, strerror(errno));
			live_output_finish(l, NULL, 0);
			return EXIT_OUTPUT;
		}
		pipeline_opts_fill(&po, o, dirs, l->out);
		l->pipeline = pipeline_new(l->out, &po, &l->world);
		if (!l->pipeline)
			goto no_memory;
	}
	*out = l;
	return EXIT_OK;
no_memory:
	say("out of memory");
	if (l)
		live_output_finish(l, NULL, 0);
	return EXIT_INTERNAL;
}

static int capture_result(struct live_output *l, int err)
{
	if (err && !l->capture_failed) {
		l->capture_failed = true;
		say("cannot write %s: %s; what was written before is kept", l->capture_name, strerror(-err));
	}
	return err;
}

int live_output_record(struct live_output *l, const struct ev_head *rec)
{
	if (l->capture) {
		int err = capture_result(l, cap_write(l->capture, rec, rec->size));

		if (err)
			return err;
	}
	if (l->pipeline && !l->enough) {
		int err = pipeline_record(l->pipeline, rec);

		l->enough = err > 0;
		return err;
	}
	return 0;
}

int live_output_flush(struct live_output *l)
{
	if (l->out && fflush(l->out))
		return -errno;
	return l->capture ? capture_result(l, cap_flush(l->capture)) : 0;
}

void live_output_count(struct live_output *l, const char *what, unsigned int cpu, uint64_t n)
{
	char key[32];

	snprintf(key, sizeof(key), "%s_cpu%u", what, cpu);
	if (n)
		cap_list_add(&l->world.counts, key, "%llu", (unsigned long long)n);
}

int live_output_finish(struct live_output *l, const struct loader *loader, int err)
{
	int status = EXIT_OK, result;

	if (loader)
		loader_counts(loader, &l->world.counts);
	if (l->pipeline && err >= 0) {
		result = pipeline_finish(l->pipeline, &l->world.counts, NULL);
		err = result < 0 ? result : err;
	}
	if (l->capture_failed) {
		cap_abandon(l->capture);
		status = EXIT_OUTPUT;
	} else if (l->capture && loader) {
		result = capture_result(l, cap_finish(l->capture, &l->world.counts));
		status = result ? EXIT_OUTPUT : status;
	} else {
		cap_abandon(l->capture);
	}
	if (l->out && fflush(l->out) && err >= 0)
		err = -errno;
	if (err < 0 && !l->capture_failed) {
		say("cannot write %s: %s", l->out_name ? l->out_name : "the output", strerror(-err));
		status = EXIT_OUTPUT;
	}
	pipeline_free(l->pipeline);
	if (l->out && l->out != stdout)
		fclose(l->out);
	cap_world_free(&l->world);
	free(l);
	return status;
}
