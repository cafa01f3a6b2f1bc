// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel side has counted, and what the kernel has counted of it. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "loader_in.h"
#include "say.h"

/* What the kernel has counted of programs; the last two only where it was told to (kernel.bpf_stats_enabled). */
struct runs {
	unsigned long long missed, n, ns;
	size_t counted;	/* programs of which it counts the first */
};

static struct runs runs_of(int prog_fd, bool say)
{
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);
	bool counted;

	if (prog_fd < 0 || bpf_obj_get_info_by_fd(prog_fd, &info, &len))
		return (struct runs){ 0 };
	/* The kernel says how much of it it knows. */
	counted = len > offsetof(struct bpf_prog_info, recursion_misses);
	if (info.recursion_misses && say)
		say_more("%s: %llu runs were missed", info.name, (unsigned long long)info.recursion_misses);
	return (struct runs){ .missed = info.recursion_misses, .n = info.run_cnt, .ns = info.run_time_ns, .counted = counted };
}

static void add(struct runs *sum, struct runs more)
{
	sum->missed += more.missed;
	sum->n += more.n;
	sum->ns += more.ns;
	sum->counted += more.counted;
}

/*
 * Missed is what the kernel did not run since it does not run a program inside itself: it
 * was preempted, or interrupted where the kernel guards against that. Of two
 * programs at one place both must have been skipped, so at most the lesser number.
 */
static struct runs all_runs(const struct loader *l, bool say)
{
	struct runs sum = { 0 };
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, l->skel->obj) {
		int again = prog == l->skel->progs.sys_enter ? l->again[TEMPLATE_ENTER] :
			    prog == l->skel->progs.sys_exit ? l->again[TEMPLATE_EXIT] : 0;
		struct runs runs = runs_of(bpf_program__fd(prog), say);

		if (again) {
			struct runs second = runs_of(again, say);

			runs.missed = second.missed < runs.missed ? second.missed : runs.missed;
			second.missed = 0;
			add(&sum, second);
		}
		add(&sum, runs);
	}
	for (int i = 0; i < TEMPLATE_SHARED; i++)
		add(&sum, runs_of(l->shared[i], say));
	for (size_t i = 0; i < l->link_n; i++)
		if (l->links[i].prog != l->again[TEMPLATE_ENTER] && l->links[i].prog != l->again[TEMPLATE_EXIT])
			add(&sum, runs_of(l->links[i].prog, say));
	return sum;
}

void loader_count_from(struct loader *l)
{
	struct runs before = all_runs(l, false);

	l->missed_before = before.missed;
	l->counted = before.counted;
	l->missed = UINT64_MAX;
}

void loader_count_to(struct loader *l)
{
	l->missed = loader_missed(l);
}

uint64_t loader_missed(const struct loader *l)
{
	return l->missed != UINT64_MAX ? l->missed : all_runs(l, false).missed - l->missed_before;
}

uint64_t loader_missed_every(const struct loader *l)
{
	enum { NS_EACH = 100000 };	/* a hundredth or two of a CPU, whatever their number */

	return l->counted * NS_EACH;
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

static uint64_t without_room(const struct cfg_counts *c)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < FULL_N; i++)
		sum += c->map_full[i];
	return sum;
}

int loader_number_cpus(const struct loader *l)
{
	size_t stride;
	char *all = counts_read(l, &stride);
	__u32 zero = 0;
	int err = all ? 0 : -errno;

	for (unsigned int i = 0; all && i < l->cpus; i++)
		((struct cfg_counts *)(void *)(all + i * stride))->cpu = i;
	if (all && bpf_map_update_elem(bpf_map__fd(l->skel->maps.cpus), &zero, all, 0))
		err = -errno;
	free(all);
	return err;
}

int loader_tally(const struct loader *l, unsigned int cpu, struct loader_tally *t)
{
	size_t stride;
	char *all = counts_read(l, &stride);
	const struct cfg_counts *c;

	if (!all)
		return -errno;
	c = (const void *)(all + cpu * stride);
	*t = (struct loader_tally){ .attempts = c->attempts, .ring_full = c->ring_full, .map_full = without_room(c) };
	free(all);
	return 0;
}

/* 0 is said of sums only. */
static int add_of_cpu(struct cap_list *out, const char *what, unsigned int cpu, unsigned long long n)
{
	char key[32];

	snprintf(key, sizeof(key), "%s_cpu%u", what, cpu);
	return n ? cap_list_add(out, key, "%llu", n) : 0;
}

static int add_sum(struct cap_list *out, const char *key, unsigned long long n, bool always)
{
	return n || always ? cap_list_add(out, key, "%llu", n) : 0;
}

int loader_counts(const struct loader *l, struct cap_list *out)
{
	static const char *const full_keys[FULL_N] = {
		[FULL_PACKET] = "map_full_packets", [FULL_SOCKET] = "map_full_sockets", [FULL_CALL] = "map_full_calls",
	};
	static const char *const reject_keys[REJECT_N] = {
		[REJECT_PROTO] = "reject_proto", [REJECT_NETNS] = "reject_netns", [REJECT_HOST] = "reject_host",
		[REJECT_PORT] = "reject_port", [REJECT_SPORT] = "reject_sport", [REJECT_DPORT] = "reject_dport",
		[REJECT_IFACE] = "reject_iface", [REJECT_OWNER] = "reject_owner",
	};
	struct cfg_counts sum = { 0 };
	struct runs runs;
	size_t stride;
	char *all = counts_read(l, &stride);
	int err = 0;

	if (!all)
		return -errno;
	for (unsigned int i = 0; i < l->cpus && !err; i++) {
		const struct cfg_counts *c = (const void *)(all + i * stride);

		sum.ring_full += c->ring_full;
		sum.seen += c->seen;
		sum.matched += c->matched;
		for (unsigned int k = 0; k < FULL_N; k++)
			sum.map_full[k] += c->map_full[k];
		for (unsigned int r = 0; r < REJECT_N; r++)
			sum.rejected[r] += c->rejected[r];
		err = add_of_cpu(out, "attempts", i, c->attempts);
		err = err ? err : add_of_cpu(out, "ring_full", i, c->ring_full);
		err = err ? err : add_of_cpu(out, "map_full", i, without_room(c));
	}
	free(all);
	err = err ? err : add_sum(out, "ring_full", sum.ring_full, true);
	err = err ? err : add_sum(out, "map_full", without_room(&sum), true);
	for (unsigned int k = 0; k < FULL_N && !err; k++)
		err = add_sum(out, full_keys[k], sum.map_full[k], false);
	err = err ? err : add_sum(out, "seen", sum.seen, true);
	err = err ? err : add_sum(out, "matched", sum.matched, true);
	runs = all_runs(l, true);
	err = err ? err : add_sum(out, "missed", loader_missed(l), true);
	err = err ? err : add_costs(out, &runs);
	for (unsigned int r = 0; r < REJECT_N && !err; r++)
		err = add_sum(out, reject_keys[r], sum.rejected[r], false);
	return err;
}
