/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a live run's records go: to a capture, to a pipeline, or to both. */
#ifndef SKBTRACE_LIVE_OUTPUT_H
#define SKBTRACE_LIVE_OUTPUT_H

#include "event.h"
#include "kernel.h"
#include "loader.h"
#include "opt.h"

struct live_output;

/* EXIT_OK, or an exit status after one sentence. */
int live_output_open(struct live_output **out, const struct options *o, enum stage_dir dirs, const char *verb,
		     bool draw, const struct kernel *k, const struct plan *p);
/* 0; 1: enough was drawn; negative: an output failed. */
int live_output_record(struct live_output *out, const struct ev_head *rec);
/* What was drawn reaches the reader, and what was recorded the file. */
int live_output_flush(struct live_output *out);
/* Counts something of a CPU, unless it is 0. */
void live_output_count(struct live_output *out, const char *what, unsigned int cpu, uint64_t n);
/* Counters, footer, end. err: what the run stopped with. Frees. Returns an exit status, errors said. */
int live_output_finish(struct live_output *out, const struct loader *l, int err);

#endif
