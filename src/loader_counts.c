// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel side has counted, and what the kernel has counted of it. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "loader_in.h"
#include "say.h"

static bool is_program(int fd, __u32 id)
{
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);

	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &len) && info.id == id;
}

/* Is it one that has many links, or libbpf's, and is counted already? */
static bool owns_program(const struct loader *l, __u32 id)
{
	struct bpf_program *prog;

	for (int i = 0; i < TEMPLATE_SHARED; i++)
		if (is_program(l->shared[i], id))
			return true;
	bpf_object__for_each_program(prog, l->skel->obj)
		if (is_program(bpf_program__fd(prog), id))
			return true;
	return false;
}

static unsigned long long misses_of(int prog_fd)
{
	struct bpf_prog_info info;
	__u32 len = sizeof(info);

	memset(&info, 0, sizeof(info));
	if (prog_fd < 0 || bpf_obj_get_info_by_fd(prog_fd, &info, &len))
		return 0;
	if (info.recursion_misses)
		say_more("%s: %llu runs were missed", info.name, (unsigned long long)info.recursion_misses);
	return info.recursion_misses;
}

/* Of the copy that a link holds; 0 if it is no copy. */
static unsigned long long misses_of_link(const struct loader *l, int link_fd)
{
	unsigned long long misses = 0;
	struct bpf_link_info link;
	__u32 len = sizeof(link);
	int fd;

	memset(&link, 0, sizeof(link));
	if (bpf_obj_get_info_by_fd(link_fd, &link, &len) || !link.prog_id || owns_program(l, link.prog_id))
		return 0;
	fd = bpf_prog_get_fd_by_id(link.prog_id);
	misses = misses_of(fd);
	if (fd >= 0)
		close(fd);
	return misses;
}

/*
 * What is missing because the kernel does not run a program inside itself: it
 * was preempted, or interrupted where the kernel guards against that. Of two
 * programs at one place both must have been skipped, so at most the lesser number.
 */
static unsigned long long missed_runs(const struct loader *l)
{
	unsigned long long sum = 0;
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, l->skel->obj) {
		int again = prog == l->skel->progs.sys_enter ? l->again[TEMPLATE_ENTER] :
			    prog == l->skel->progs.sys_exit ? l->again[TEMPLATE_EXIT] : 0;
		unsigned long long misses = misses_of(bpf_program__fd(prog)), second;

		if (again) {
			second = misses_of_link(l, again);
			misses = second < misses ? second : misses;
		}
		sum += misses;
	}
	for (int i = 0; i < TEMPLATE_SHARED; i++)
		sum += misses_of(l->shared[i]);
	for (size_t i = 0; i < l->link_n; i++)
		if (l->links[i] != l->again[TEMPLATE_ENTER] && l->links[i] != l->again[TEMPLATE_EXIT])
			sum += misses_of_link(l, l->links[i]);
	return sum;
}

/* What all CPUs have counted, each at a multiple of *stride; the caller frees it. NULL: errno says why. */
static char *counts_read(const struct loader *l, size_t *stride)
{
	char *all;
	__u32 zero = 0;

	*stride = (bpf_map__value_size(l->skel->maps.cpus) + 7) / 8 * 8;
	all = calloc(l->cpus, *stride);
	if (!all || bpf_map_lookup_elem(bpf_map__fd(l->skel->maps.cpus), &zero, all)) {
		free(all);
		return NULL;
	}
	return all;
}

int loader_tally(const struct loader *l, unsigned int cpu, uint64_t *attempts, uint64_t *lost)
{
	size_t stride;
	char *all = counts_read(l, &stride);
	const struct cfg_counts *c;

	if (!all)
		return -errno;
	c = (const void *)(all + cpu * stride);
	*attempts = c->attempts;
	*lost = c->ring_full;
	free(all);
	return 0;
}

int loader_counts(const struct loader *l, struct cap_list *out)
{
	static const char *const keys[] = { "ring_full", "map_full", "seen", "matched" };
	static const char *const reject_keys[REJECT_N] = {
		[REJECT_PROTO] = "reject_proto", [REJECT_NETNS] = "reject_netns", [REJECT_HOST] = "reject_host",
		[REJECT_PORT] = "reject_port", [REJECT_SPORT] = "reject_sport", [REJECT_DPORT] = "reject_dport",
		[REJECT_IFACE] = "reject_iface", [REJECT_OWNER] = "reject_owner",
	};
	size_t stride;
	char *all = counts_read(l, &stride), key[32];
	__u64 sum[4] = { 0 }, rejected[REJECT_N] = { 0 };
	int err = 0;

	if (!all)
		return -errno;
	for (unsigned int i = 0; i < l->cpus && !err; i++) {
		const struct cfg_counts *c = (const void *)(all + i * stride);

		sum[0] += c->ring_full;
		sum[1] += c->map_full;
		sum[2] += c->seen;
		sum[3] += c->matched;
		for (unsigned int r = 0; r < REJECT_N; r++)
			rejected[r] += c->rejected[r];
		snprintf(key, sizeof(key), "attempts_cpu%u", i);
		if (c->attempts)
			err = cap_list_add(out, key, "%llu", (unsigned long long)c->attempts);
	}
	for (unsigned int i = 0; i < 4 && !err; i++)
		err = cap_list_add(out, keys[i], "%llu", (unsigned long long)sum[i]);
	if (!err)
		err = cap_list_add(out, "missed", "%llu", missed_runs(l));
	for (unsigned int r = 0; r < REJECT_N && !err; r++)
		if (rejected[r])
			err = cap_list_add(out, reject_keys[r], "%llu", (unsigned long long)rejected[r]);
	free(all);
	return err;
}
