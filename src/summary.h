/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The footer: how much was seen, what was lost, what could not be seen and why. */
#ifndef SKBTRACE_SUMMARY_H
#define SKBTRACE_SUMMARY_H

#include "capfile.h"
#include "render.h"
#include "track.h"

/*
 * counts: the counters at the end, or NULL; why_cut: what is missing of the
 * stream, or NULL. 0 or -ENOMEM; f is to be freed in either case.
 */
int summary_make(struct footer *f, const struct track_stats *st, const struct cap_world *world,
		 const struct cap_list *counts, enum stage_dir dirs, enum detail detail,
		 const char *why_cut);
void footer_free(struct footer *f);

#endif
