/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The footer: how much was seen, what was lost, what could not be seen and why. */
#ifndef SKBTRACE_SUMMARY_H
#define SKBTRACE_SUMMARY_H

#include "balance.h"
#include "capfile.h"
#include "render.h"
#include "select.h"
#include "track.h"

/* What it is made of. */
struct summary {
	const struct track_stats *st;
	const struct cap_world *world;
	const struct cap_list *counts;	/* the counters at the end; NULL: none */
	enum stage_dir dirs;
	const struct select *select;
	const struct balance *balance;	/* NULL: the end was not waited for */
	bool flows;		/* connections were drawn, not journeys; of those: */
	uint64_t drawn;
	uint64_t refused, faster;	/* not drawn because of --only, of --slowest */
	enum detail detail;
	bool tcp;		/* --tcp */
	const char *why_cut;	/* what is missing of the stream; NULL: nothing */
};

/* 0 or -ENOMEM; f is to be freed in either case. */
int summary_make(struct footer *f, const struct summary *s);
void footer_free(struct footer *f);

#endif
