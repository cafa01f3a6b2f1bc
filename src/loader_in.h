/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the loader share. */
#ifndef SKBTRACE_LOADER_IN_H
#define SKBTRACE_LOADER_IN_H

#include "attach.h"
#include "config.h"
#include "loader.h"
#include "skbtrace.skel.h"

/* The programs that the rows of a back end are copies of. */
enum { TEMPLATE_RAW_TP, TEMPLATE_KPROBE, TEMPLATES };

struct loader {
	struct skbtrace_bpf *skel;
	struct kernel *kernel;
	struct loader_opts opts;
	struct plan plan;
	struct attach_template templates[TEMPLATES];
	int *links;
	size_t link_n, link_room;
	int *rings;		/* per CPU */
	unsigned int cpus;
	bool slow_detach;	/* fentry or kprobe links exist */
};

/* Sets what this run needs, between opening and loading. */
void loader_configure(struct loader *l);
/* Opens, configures and loads the object into l->skel. 0, or -errno after one sentence. */
int loader_load(struct loader *l);

#endif
