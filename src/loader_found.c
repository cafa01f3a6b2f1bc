// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the functions that the devices in use point at, and attaches their rows to them. */
#include <errno.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "loader_in.h"
#include "probe.h"
#include "say.h"

/* Each run of the program walks over 128 devices, queues and namespaces at most. */
enum { WALK_RUNS = 4096 };

/* Walks over all devices. 0 or -errno. */
static int found_walk(const struct loader *l)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int err = 0;

	for (int i = 0; i < WALK_RUNS && !l->skel->bss->walk.done && !err; i++)
		err = bpf_prog_test_run_opts(bpf_program__fd(l->skel->progs.find_functions), &opts);
	return err;
}

static enum stage_id found_stage(enum cfg_found what)
{
	static const enum stage_id of[] = {
		[FOUND_XMIT] = ST_driver_xmit, [FOUND_POLL] = ST_driver_poll, [FOUND_ENQUEUE] = ST_qdisc_enqueue,
	};

	return of[what];
}

/* Does this run observe such functions? */
static bool found_is_wanted(const struct loader *l, enum cfg_found what)
{
	const struct hook *h = l->plan.choice[found_stage(what)].hook;

	return h && h->kind == HOOK_FOUND;
}

bool loader_finds(const struct loader *l)
{
	for (enum cfg_found what = FOUND_XMIT; what <= FOUND_ENQUEUE; what++)
		if (found_is_wanted(l, what))
			return true;
	return false;
}

/* Those whose rows this run has, into addresses and words. */
static size_t found_list(struct loader *l, uint64_t *addresses, uint64_t *words)
{
	int fd = bpf_map__fd(l->skel->maps.functions);
	uint64_t key, *last = NULL;
	uint32_t what;
	size_t n = 0;

	while (n + 1 < CFG_FOUND_MAX && !bpf_map_get_next_key(fd, last, &key)) {
		last = &key;
		if (bpf_map_lookup_elem(fd, &key, &what) || !found_is_wanted(l, what))
			continue;
		addresses[n] = key;
		words[n] = hook_word(found_stage(what), l->plan.choice[found_stage(what)].hook) | ROW_OF_NTH(n + 1);
		l->skel->bss->found[++n] = key;
	}
	return n;
}

/* One by one: a function that cannot be probed takes none of the others with it. */
static int found_attach(struct loader *l, const uint64_t *addresses, const uint64_t *words, size_t n)
{
	int err = 0;

	for (size_t i = 0; i < n && !err; i++) {
		struct attached a = { .prog = -1 };

		if (l->plan.choice[ROW_STAGE(words[i])].backend == BACK_KPROBE_MULTI) {
			a.link = attach_kprobe_multi_at(l->shared[TEMPLATE_KPROBE_MULTI], &addresses[i], &words[i], 1, false);
		} else {
			a = loader_attach_kprobe(l, words[i], NULL, addresses[i]);
			l->slow_detach |= a.link >= 0;
		}
		if (a.link >= 0)
			err = loader_keep(l, a.link, a.prog);
		else
			say_more("function at 0x%llx: %s", (unsigned long long)addresses[i], probe_why(a.link));
	}
	return err;
}

int loader_attach_found(struct loader *l)
{
	uint64_t addresses[CFG_FOUND_MAX], words[CFG_FOUND_MAX];
	size_t n;
	int fd, err;

	if (!loader_finds(l))
		return 0;
	err = found_walk(l);
	if (err) {
		for (enum cfg_found what = FOUND_XMIT; what <= FOUND_ENQUEUE; what++)
			if (found_is_wanted(l, what))
				plan_off(&l->plan, found_stage(what), "this kernel does not let one walk over its devices");
		return 0;
	}
	n = found_list(l, addresses, words);
	if (n && l->plan.choice[ROW_STAGE(words[0])].backend == BACK_KPROBE_MULTI) {
		fd = attach_kprobe_multi_at(l->shared[TEMPLATE_KPROBE_MULTI], addresses, words, n, false);
		if (fd >= 0)
			return loader_keep(l, fd, -1);
	}
	return found_attach(l, addresses, words, n);
}
