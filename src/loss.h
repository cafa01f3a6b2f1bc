/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Remembers where each CPU lost records, so that a way can be asked what it misses. */
#ifndef SKBTRACE_LOSS_H
#define SKBTRACE_LOSS_H

#include <stddef.h>
#include <stdint.h>

/* Between two neighbouring records of one CPU, n others were lost. */
struct loss_span {
	uint64_t from_ns, to_ns;
	uint64_t asker;		/* who was told of it last: nobody is told twice */
	uint32_t n;
};

struct loss {
	struct loss_cpu {
		struct loss_span *v;
		size_t n, room;
	} *cpus;
	unsigned int cpu_n;
	uint64_t total;
};

/* Spans of a CPU come in order of time. 0 or -ENOMEM. */
int loss_add(struct loss *l, unsigned int cpu, uint64_t from_ns, uint64_t to_ns, uint32_t n);
/*
 * Records that the CPU lost and that may lie between the two times. Each span
 * counts once per asker (a number other than 0 that was not used before).
 */
uint32_t loss_between(struct loss *l, unsigned int cpu, uint64_t from_ns, uint64_t to_ns,
		      uint64_t asker);
void loss_free(struct loss *l);

#endif
