// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel side has counted, and what the kernel has counted of it. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
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

/* What the kernel has counted of programs; the last two only where it was told to (kernel.bpf_stats_enabled). */
struct runs {
	unsigned long long missed, n, ns;
};

static struct runs runs_of(int prog_fd)
{
	struct bpf_prog_info info;
	__u32 len = sizeof(info);

	memset(&info, 0, sizeof(info));
	if (prog_fd < 0 || bpf_obj_get_info_by_fd(prog_fd, &info, &len))
		return (struct runs){ 0 };
	if (info.recursion_misses)
		say_more("%s: %llu runs were missed", info.name, (unsigned long long)info.recursion_misses);
	return (struct runs){ .missed = info.recursion_misses, .n = info.run_cnt, .ns = info.run_time_ns };
}

/* Of the copy that a link holds; nothing if it is no copy. */
static struct runs runs_of_link(const struct loader *l, int link_fd)
{
	struct bpf_link_info link;
	__u32 len = sizeof(link);
	struct runs runs;
	int fd;

	memset(&link, 0, sizeof(link));
	if (bpf_obj_get_info_by_fd(link_fd, &link, &len) || !link.prog_id || owns_program(l, link.prog_id))
		return (struct runs){ 0 };
	fd = bpf_prog_get_fd_by_id(link.prog_id);
	runs = runs_of(fd);
	if (fd >= 0)
		close(fd);
	return runs;
}

static void add(struct runs *sum, struct runs more)
{
	sum->missed += more.missed;
	sum->n += more.n;
	sum->ns += more.ns;
}

/*
 * Missed is what the kernel did not run since it does not run a program inside itself: it
 * was preempted, or interrupted where the kernel guards against that. Of two
 * programs at one place both must have been skipped, so at most the lesser number.
 */
static struct runs all_runs(const struct loader *l)
{
	struct runs sum = { 0 };
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, l->skel->obj) {
		int again = prog == l->skel->progs.sys_enter ? l->again[TEMPLATE_ENTER] :
			    prog == l->skel->progs.sys_exit ? l->again[TEMPLATE_EXIT] : 0;
		struct runs runs = runs_of(bpf_program__fd(prog));

		if (again) {
			struct runs second = runs_of_link(l, again);

			runs.missed = second.missed < runs.missed ? second.missed : runs.missed;
			second.missed = 0;
			add(&sum, second);
		}
		add(&sum, runs);
	}
	for (int i = 0; i < TEMPLATE_SHARED; i++)
		add(&sum, runs_of(l->shared[i]));
	for (size_t i = 0; i < l->link_n; i++)
		if (l->links[i] != l->again[TEMPLATE_ENTER] && l->links[i] != l->again[TEMPLATE_EXIT])
			add(&sum, runs_of_link(l, l->links[i]));
	return sum;
}

/* What this run has cost: microseconds of CPU time of this process, and nanoseconds of its programs. */
static int add_costs(struct cap_list *out, const struct runs *runs)
{
	struct rusage used;
	int err = 0;

	if (!getrusage(RUSAGE_SELF, &used))
		err = cap_list_add(out, "cpu_us", "%lld",
				   (long long)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
				   used.ru_utime.tv_usec + used.ru_stime.tv_usec);
	if (!err && runs->n) {
		err = cap_list_add(out, "program_runs", "%llu", runs->n);
		err = err ? err : cap_list_add(out, "program_ns", "%llu", runs->ns);
	}
	return err;
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
	struct runs runs;
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
		snprintf(key, sizeof(key), "ring_full_cpu%u", i);
		if (!err && c->ring_full)
			err = cap_list_add(out, key, "%llu", (unsigned long long)c->ring_full);
	}
	for (unsigned int i = 0; i < 4 && !err; i++)
		err = cap_list_add(out, keys[i], "%llu", (unsigned long long)sum[i]);
	runs = all_runs(l);
	if (!err)
		err = cap_list_add(out, "missed", "%llu", runs.missed);
	if (!err)
		err = add_costs(out, &runs);
	for (unsigned int r = 0; r < REJECT_N && !err; r++)
		if (rejected[r])
			err = cap_list_add(out, reject_keys[r], "%llu", (unsigned long long)rejected[r]);
	free(all);
	return err;
}
