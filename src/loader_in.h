/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the loader share. */
#ifndef SKBTRACE_LOADER_IN_H
#define SKBTRACE_LOADER_IN_H

#include "config.h"
#include "loader.h"
#include "skbtrace.skel.h"

struct loader {
	struct skbtrace_bpf *skel;
	struct kernel *kernel;
	struct loader_opts opts;
	struct plan plan;
	int *links;
	size_t link_n, link_room;
	int *rings;		/* per CPU */
	unsigned int cpus;
	bool slow_detach;	/* fentry or kprobe links exist */
};

#endif
