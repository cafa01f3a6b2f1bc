/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Brings the kernel side in: opens, configures and loads it, attaches the rows of a plan, takes it out again. */
#ifndef SKBTRACE_LOADER_H
#define SKBTRACE_LOADER_H

#include <sys/types.h>

#include "filter.h"
#include "kernel.h"
#include "plan.h"

struct loader;

struct loader_opts {
	struct filter filter;	/* resolved */
	enum stage_dir dirs;
	uint32_t ring;		/* bytes per CPU, power of two */
	uint32_t in_flight;	/* packets followed at a time, power of two of at least 64 */
	enum backend only;	/* BACK_NONE: the plan chooses */
	pid_t pid;		/* the process that is followed (--pid, or the command); 0: none */
	bool follow_forks;
	bool tcp;		/* also what TCP keeps of sockets */
	bool minor;		/* also the functions that are drawn in full detail only */
	bool drops;		/* nothing but what is dropped, as it is */
};

/* Loads everything; nothing is attached yet. 0, or -errno after one sentence. k must outlive it. */
int loader_open(struct loader **out, struct kernel *k, const struct loader_opts *o);
/* Attaches the rows of the plan; those that refuse fall back or are off. 0, or -errno after one sentence. */
int loader_attach(struct loader *l);
/* Finds the process that is followed, in the kernel's own terms. 0 or -errno. */
int loader_find_process(struct loader *l);
/* Finds the sockets that the followed processes have open. 0 or -errno. */
int loader_find_sockets(struct loader *l);
/* From now on records are written, or no longer. */
void loader_run(struct loader *l, bool on);
/* Sums the counters of all CPUs into list. */
int loader_counts(const struct loader *l, struct cap_list *out);
/* How many records a CPU has tried to write, and lost, by cause. */
struct loader_tally {
	uint64_t attempts, ring_full, map_full;
};
/* 0 or -errno. */
int loader_tally(const struct loader *l, unsigned int cpu, struct loader_tally *t);
/* Runs of programs that the kernel has skipped since the run began, up to now or its end. */
uint64_t loader_missed(const struct loader *l);
/* How often that may be asked, which is a system call for each program: nanoseconds; 0: the kernel does not count it. */
uint64_t loader_missed_every(const struct loader *l);
/* The function that a kernel address is in, as far as it fits; empty: not known. */
void loader_symbol(const struct loader *l, uint64_t address, char *out, size_t size);
/* Ids of packets that are still open in the kernel. */
unsigned int loader_open_ids(const struct loader *l);

const struct plan *loader_plan(const struct loader *l);
unsigned int loader_cpus(const struct loader *l);
int loader_ring_fd(const struct loader *l, unsigned int cpu);

/*
 * Detaches everything and frees. Where the kernel is slow to detach, a child
 * process is left to wait for it so that the caller can go on at once.
 */
void loader_close(struct loader *l);

#endif
