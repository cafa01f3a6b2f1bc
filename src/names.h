/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that the stream and the world of a capture say: tasks, devices, symbols, drop reasons. */
#ifndef SKBTRACE_NAMES_H
#define SKBTRACE_NAMES_H

#include "capfile.h"
#include "map.h"

struct names {
	struct map tasks, devs, dev_any, syms, reasons, qdiscs, hosts, tables, chains;
};

/* 0 or -ENOMEM. */
int names_init(struct names *n, const struct cap_world *world);
void names_free(struct names *n);

/* Takes a TASK, DEV, SYM, QDISC, CHAIN or NSNAME record; others are none of its business. 0 or -ENOMEM. */
int names_record(struct names *n, const struct ev_head *rec);

/* comm of a task; *pid becomes its process if it is known. NULL: not known. */
const char *names_task(const struct names *n, uint32_t tid, uint32_t *pid);
/*
 * Name of a device. With netns 0 (not known) only a name that this index has
 * in every namespace that was seen. NULL: not known.
 */
const char *names_dev(const struct names *n, uint32_t netns, uint32_t ifindex);
/* Symbol of a kernel address, or NULL. */
const char *names_sym(const struct names *n, uint64_t addr);
/* Kind of a queueing discipline by its number, or NULL. */
const char *names_qdisc(const struct names *n, uint32_t qdisc);
/* Name of a chain of nftables by its number, and of its table in *table; or NULL. */
const char *names_chain(const struct names *n, uint32_t chain, const char **table);
/* Name of a network namespace, or NULL. */
const char *names_host(const struct names *n, uint32_t netns);
/* Name of a drop reason by the traced kernel, without its common prefix; or NULL. */
const char *names_reason(const struct names *n, uint32_t reason);

#endif
