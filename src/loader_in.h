/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the loader share. */
#ifndef SKBTRACE_LOADER_IN_H
#define SKBTRACE_LOADER_IN_H

#include <pthread.h>

#include "attach.h"
#include "config.h"
#include "loader.h"
#include "skbtrace.skel.h"

/*
 * What programs are made of besides those that libbpf loads: the large ones that serve all tracepoints and all
 * functions (by kprobe.multi, or by a kprobe each), the copies for the rows of a back end (those of tracepoints
 * may only lead to the large one), and the second programs at system calls.
 */
enum {
	TEMPLATE_ONE_RAW_TP, TEMPLATE_KPROBE_MULTI, TEMPLATE_KPROBE_ALL, TEMPLATE_SHARED,
	TEMPLATE_RAW_TP = TEMPLATE_SHARED, TEMPLATE_ROW_TO_ONE, TEMPLATE_KPROBE, TEMPLATE_ROWS,
	TEMPLATE_ENTER = TEMPLATE_ROWS, TEMPLATE_EXIT, TEMPLATES
};

struct loader {
	struct skbtrace_bpf *skel;
	struct kernel *kernel;
	struct loader_opts opts;
	struct plan plan;
	enum { PREEMPT_UNKNOWN, PREEMPT_CANNOT, PREEMPT_CAN } preempt;	/* programs can turn preemption off */
	struct attach_template templates[TEMPLATES];
	int shared[TEMPLATE_SHARED];	/* programs; -1: not of this run */
	int again[TEMPLATES];	/* second programs; 0: none */
	struct attached *links;
	size_t link_n, link_room;
	int *rings;		/* per CPU */
	unsigned int cpus;
	uint64_t missed_before;	/* runs of programs that the kernel had skipped when it began … */
	uint64_t missed;	/* … and since, when it ended; UINT64_MAX: it has not */
	size_t counted;		/* programs of which the kernel counts that; 0: it does not (before 5.12) */
	bool slow_detach;	/* there are links of functions */
};

/* One link: entries of functions, or returns. The kernel takes its time to look the symbols up. */
struct multi {
	int prog;
	bool returns, beside;
	bool by_address;	/* attached to addresses */
	int asks;		/* program that tells where a symbol is; negative: none */
	const char *symbols[ST_N];
	uint64_t addresses[ST_N];
	uint64_t words[ST_N];
	size_t n;
	int fd;
	pthread_t thread;
};

/* Begins to attach them, in a thread; m is to stay until the end. */
void loader_multi_begin(const struct loader *l, struct multi *m, bool returns);
/* Waits for it; what was refused is off then. 0 or -ENOMEM. */
int loader_multi_end(struct loader *l, struct multi *m);
/* Attaches the rows that have a program each; what is refused is off then. 0 or -ENOMEM. */
int loader_attach_rows(struct loader *l);
/* At a function, by its name, or NULL and its address. */
struct attached loader_attach_kprobe(const struct loader *l, uint64_t word, const char *symbol, uint64_t address);
/* Does this run observe functions that are found only when it begins? */
bool loader_finds(const struct loader *l);
/* Attaches the rows whose functions are found only now. 0 or -ENOMEM. */
int loader_attach_found(struct loader *l);
/* Takes the descriptors of a link and of the program that it alone has, or -1; closes them on -ENOMEM. 0 or -ENOMEM. */
int loader_keep(struct loader *l, int link, int prog);
/* What the kernel counts of programs also while they do nothing belongs to the run from here on, and up to here. */
void loader_count_from(struct loader *l);
void loader_count_to(struct loader *l);
/* Sets what this run needs, between opening and loading. */
void loader_configure(struct loader *l);
/* Opens, configures and loads the object into l->skel. 0, or -errno after one sentence. */
int loader_load(struct loader *l);
/* Tells each CPU its number. Before the first program runs. 0 or -errno. */
int loader_number_cpus(const struct loader *l);
/*
 * Makes calls of the kernel's functions of CFG_CALL_PREEMPT_DISABLE and its
 * like, or nothing. opts: those that the program will be loaded with.
 */
struct bpf_prog_load_opts;
void loader_calls(struct loader *l, struct bpf_insn *insns, size_t n, const struct bpf_prog_load_opts *opts);
/* The type as whose words programs may read the kernel's memory (bpf/field.bpf.h); 0: by the helper. */
unsigned int loader_read_as(const struct kernel *k);

#endif
