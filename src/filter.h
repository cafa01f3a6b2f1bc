/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filters as the user writes them: parsed, checked, said back. No kernel needed. */
#ifndef SKBTRACE_FILTER_H
#define SKBTRACE_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "config.h"

struct filter {
	struct cfg_filter cfg;	/* ifindex, ifnetns and netns are resolved by filter_resolve */
	pid_t pid;		/* 0: any */
	const char *iface;	/* NULL: any */
	const char *netns;	/* NULL: any; name, path, pid or inode number */
	bool all;		/* --all */
};

/*
 * Each parses one argument of the option of that name into f. 0, or -EINVAL
 * with one plain sentence (no trailing dot or newline needed) in why.
 */
int filter_set_port(struct filter *f, const char *arg, char *why, size_t n);
int filter_set_sport(struct filter *f, const char *arg, char *why, size_t n);
int filter_set_dport(struct filter *f, const char *arg, char *why, size_t n);
int filter_set_host(struct filter *f, const char *arg, char *why, size_t n);
int filter_set_proto(struct filter *f, const char *arg, char *why, size_t n);
int filter_set_pid(struct filter *f, const char *arg, char *why, size_t n);
int filter_set_comm(struct filter *f, const char *arg, char *why, size_t n);
int filter_set_iface(struct filter *f, const char *arg, char *why, size_t n);
int filter_set_netns(struct filter *f, const char *arg, char *why, size_t n);

/* True if nothing is set (and --all is not given). */
bool filter_empty(const struct filter *f);
/* -EINVAL and why if the filter can match nothing (for example --proto udp --port 0, v4 host with …). */
int filter_check(const struct filter *f, char *why, size_t n);
/*
 * Looks up device, process and namespace on this machine. -ENOENT and why if
 * there is no such thing. The device is looked up in the chosen namespace.
 */
int filter_resolve(struct filter *f, char *why, size_t n);
/* "port 8080 and host 10.0.0.0/8": for the capture's meta and messages. Returns out. */
char *filter_say(const struct filter *f, char *out, size_t n);
/* Names of enum cfg_reject as options: "--port". */
extern const char *const reject_names[REJECT_N];

#endif
