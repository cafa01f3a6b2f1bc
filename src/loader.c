// SPDX-License-Identifier: GPL-2.0-or-later
/* Opens, configures, loads and removes the kernel side. */
#include "loader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "attach.h"
#include "kernel_chain.h"
#include "loader_in.h"
#include "probe.h"
#include "say.h"
#include "sysop.h"

int loader_keep(struct loader *l, int link, int prog)
{
	struct attached *more;

	if (l->link_n == l->link_room) {
		more = realloc(l->links, (l->link_room = l->link_room * 2 + 16) * sizeof(*more));
		if (!more) {
			close(link);
			if (prog >= 0)
				close(prog);
			return -ENOMEM;
		}
		l->links = more;
	}
	l->links[l->link_n++] = (struct attached){ link, prog };
	return 0;
}

static bool plan_uses(const struct plan *p, enum backend b)
{
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++)
		if (p->choice[id].hook && p->choice[id].backend == b)
			return true;
	return false;
}

/* libbpf tells of every refusal; a refused row is no news for the user. */
static int quiet(enum libbpf_print_level level, const char *fmt, va_list args)
{
	if (!say_verbose || level == LIBBPF_DEBUG)
		return 0;
	return vfprintf(stderr, fmt, args);
}

/* The pid namespace of this process; 0: the first one, whose pids are the kernel's own (include/linux/proc_ns.h). */
static uint32_t own_pid_namespace(void)
{
	enum { PROC_PID_INIT_INO = 0xeffffffc };
	struct stat st;

	if (stat("/proc/self/ns/pid", &st) || st.st_ino == PROC_PID_INIT_INO)
		return 0;
	return st.st_ino;
}

/* So many packets as --in-flight says; half as many sockets, a quarter as many calls. */
static void set_room(struct loader *l)
{
	const struct skbtrace_bpf *s = l->skel;
	uint32_t in_flight = l->opts.drops ? 64 : l->opts.in_flight, sets = in_flight / CFG_SKB_WAYS;

	s->rodata->skb_sets_last = sets - 1;
	if (l->kernel->has_exchange)
		bpf_map__set_max_entries(s->maps.skb_sets, sets);
	else
		bpf_map__set_max_entries(s->maps.skbs, in_flight);
	bpf_map__set_max_entries(s->maps.socks, in_flight / 2);
	bpf_map__set_max_entries(s->maps.calls, in_flight / 4);
	bpf_map__set_max_entries(s->maps.requests, in_flight / 4);
	bpf_map__set_max_entries(s->maps.request_names, in_flight / 4);
}

/* A run for what is dropped alone has one program, and maybe the one that names addresses. */
static void load_drops(const struct loader *l)
{
	const struct skbtrace_bpf *s = l->skel;
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, s->obj)
		bpf_program__set_autoload(prog, prog == s->progs.skb_dropped ||
						(prog == s->progs.name_of && l->kernel->says_names));
}

void loader_configure(struct loader *l)
{
	struct skbtrace_bpf *s = l->skel;
	const struct filter *f = &l->opts.filter;
	bool owner = f->cfg.by_pid || f->cfg.by_comm, one = l->kernel->has_tracepoint_cookie, kprobes;

	memcpy((void *)&s->rodata->filter, &f->cfg, sizeof(f->cfg));
	s->rodata->exact_ends = plan_exact_ends(&l->plan);
	s->rodata->dirs = l->opts.dirs;
	s->rodata->one_program = one;
	s->rodata->tells_tcp = l->opts.tcp;
	s->rodata->read_as = loader_read_as(l->kernel);
	s->rodata->exchanges = l->kernel->has_exchange;
	if (l->plan.choice[ST_nft_do_chain].hook) {
		struct chain_places places = kernel_chain_places(l->kernel->btf);

		s->rodata->chain_table = places.table;
		s->rodata->chain_name = places.name;
		s->rodata->chain_rules = places.rules;
		s->rodata->chain_table_name = places.table_name;
	}
	set_room(l);
	s->rodata->pid_ns = own_pid_namespace();
	s->rodata->pid_meant = l->opts.pid;
	sysop_fill((uint8_t *)s->rodata->sysop, sizeof(s->rodata->sysop), l->opts.dirs, owner);
	sysop_fill_requests((uint8_t *)s->rodata->uringop, sizeof(s->rodata->uringop), l->opts.dirs, owner);
	s->rodata->uring = l->kernel->uring;
	s->rodata->drop_has_reason = l->kernel->kfree_skb_has_reason;
	s->bss->stopped = 1;
	bpf_map__set_max_entries(s->maps.rings, l->cpus);
	if (l->opts.drops) {
		load_drops(l);
		return;
	}

	bpf_program__set_autoload(s->progs.row_raw_tp, !one || plan_uses(&l->plan, BACK_FENTRY));
	bpf_program__set_autoload(s->progs.one_raw_tp, one);
	bpf_program__set_autoload(s->progs.row_to_one, one);
	/* What is found by its address cannot have fentry. */
	kprobes = plan_uses(&l->plan, BACK_KPROBE) || plan_uses(&l->plan, BACK_FENTRY);
	bpf_program__set_autoload(s->progs.row_kprobe, kprobes && !l->kernel->has_kprobe_cookie);
	bpf_program__set_autoload(s->progs.row_kprobe_all, kprobes && l->kernel->has_kprobe_cookie);
	bpf_program__set_autoload(s->progs.row_kprobe_multi, plan_uses(&l->plan, BACK_KPROBE_MULTI));
	bpf_program__set_autoload(s->progs.address_of, l->kernel->finds_names &&
						       plan_uses(&l->plan, BACK_KPROBE_MULTI));
	bpf_program__set_autoload(s->progs.name_of, l->kernel->says_names);
	bpf_program__set_autoload(s->progs.find_functions, loader_finds(l));
	bpf_program__set_autoload(s->progs.process_fork, l->opts.follow_forks);
	bpf_program__set_autoload(s->progs.process_meant, l->opts.pid && s->rodata->pid_ns);
	bpf_program__set_autoload(s->progs.sockets_before, owner);
	bpf_program__set_autoload(s->progs.uring_submit, l->kernel->uring != URING_NONE);
	bpf_program__set_autoload(s->progs.uring_complete, l->kernel->uring != URING_NONE);
	bpf_program__set_autoload(s->progs.uring_task_add, l->kernel->uring != URING_NONE);
	bpf_program__set_autoload(s->progs.uring_async, l->kernel->uring != URING_NONE);
	bpf_program__set_autoload(s->progs.uring_file, l->kernel->uring == URING_NAMES);
	bpf_program__set_autoload(s->progs.skb_dropped, false);
}

static int make_rings(struct loader *l)
{
	l->rings = malloc(l->cpus * sizeof(*l->rings));
	if (!l->rings)
		return -ENOMEM;
	for (unsigned int i = 0; i < l->cpus; i++)
		l->rings[i] = -1;
	for (__u32 i = 0; i < l->cpus; i++) {
		l->rings[i] = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "ring", 0, 0, l->opts.ring, NULL);
		if (l->rings[i] < 0)
			return l->rings[i];
		if (bpf_map_update_elem(bpf_map__fd(l->skel->maps.rings), &i, &l->rings[i], 0))
			return -errno;
	}
	return 0;
}

int loader_open(struct loader **out, struct kernel *k, const struct loader_opts *o)
{
	struct loader *l = calloc(1, sizeof(*l));
	int err = -ENOMEM, cpus = libbpf_num_possible_cpus();

	*out = NULL;
	if (!l)
		return -ENOMEM;
	l->kernel = k;
	l->opts = *o;
	l->cpus = cpus > 0 ? cpus : 1;
	for (int i = 0; i < TEMPLATE_SHARED; i++)
		l->shared[i] = -1;
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	libbpf_set_print(quiet);
	plan_make(&l->plan, &k->facts, o->dirs, o->only);
	if (!o->minor)
		plan_leave_minor(&l->plan);
	if (o->drops)
		plan_leave_drops(&l->plan);
	plan_leave_protocols(&l->plan, o->filter.cfg.proto);
	if (!k->facts.can[BACK_TRACEPOINT]) {
		say("cannot load BPF programs: %s", k->facts.cannot[BACK_TRACEPOINT]);
		err = -EPERM;
		goto fail;
	}
	err = loader_load(l);
	if (err)
		goto fail;
	err = loader_number_cpus(l);
	if (err) {
		say("cannot write the map of the CPUs: %s", strerror(-err));
		goto fail;
	}
	err = make_rings(l);
	if (err) {
		say("cannot make a ring buffer of %u bytes per CPU: %s (try a smaller --ring)", o->ring,
		    strerror(-err));
		goto fail;
	}
	*out = l;
	return 0;
fail:
	loader_close(l);
	return err;
}

/* Where one program serves all tracepoints it is told by the link where it is. */
static uint64_t cookie_of(const struct loader *l, enum row_place place)
{
	return l->kernel->has_tracepoint_cookie ? ROW_OF_PLACE(place) : 0;
}

/* Programs that are no rows. */
static int attach_helpers(struct loader *l)
{
	const struct {
		const struct bpf_program *prog;
		const char *tracepoint;
		bool optional;	/* not every kernel or architecture has it */
		enum row_place place;	/* of those that go on in the one program */
	} helpers[] = {
		/* What ends comes before what begins. */
		{ l->skel->progs.irq_end, "irq_handler_exit", false, 0 },
		{ l->skel->progs.irq_end, "local_timer_exit", true, 0 },
		{ l->skel->progs.irq_end, "call_function_single_exit", true, 0 },
		{ l->skel->progs.irq_begin, "irq_handler_entry", false, 0 },
		{ l->skel->progs.tick_begin, "local_timer_entry", true, 0 },
		{ l->skel->progs.ipi_begin, "call_function_single_entry", true, 0 },
		{ l->skel->progs.softirq_end, "softirq_exit", false, 0 },
		{ l->skel->progs.softirq_begin, "softirq_entry", false, 0 },
		{ l->skel->progs.softirq_raise, "softirq_raise", false, 0 },
		{ l->skel->progs.inner_end, "timer_expire_exit", false, 0 },
		{ l->skel->progs.inner_end, "tasklet_exit", true, 0 },
		{ l->skel->progs.timer_begin, "timer_expire_entry", false, 0 },
		{ l->skel->progs.tasklet_begin, "tasklet_entry", true, 0 },
		{ l->skel->progs.hrtimer_end, "hrtimer_expire_exit", false, 0 },
		{ l->skel->progs.hrtimer_begin, "hrtimer_expire_entry", false, 0 },
		{ l->skel->progs.work_end, "workqueue_execute_end", false, 0 },
		{ l->skel->progs.work_begin, "workqueue_execute_start", false, 0 },
		{ l->skel->progs.poll_end, "napi_poll", false, PLACE_POLL_END },
		{ l->skel->progs.task_waking, "sched_waking", false, PLACE_WAKING },
		{ l->skel->progs.task_switch, "sched_switch", false, 0 },
		{ l->skel->progs.uring_complete, "io_uring_complete", true, PLACE_URING_COMPLETE },
		{ l->skel->progs.uring_async, "io_uring_queue_async_work", true, 0 },
		{ l->skel->progs.uring_task_add, "io_uring_task_add", true, 0 },
		{ l->skel->progs.uring_submit, "io_uring_submit_req", true, PLACE_URING_SUBMIT },
		{ l->skel->progs.uring_submit, "io_uring_submit_sqe", true, PLACE_URING_SUBMIT },
		{ l->skel->progs.uring_file, "io_uring_file_get", true, 0 },
		{ l->skel->progs.sys_exit, "sys_exit", false, PLACE_SYS_EXIT },
		{ l->skel->progs.sys_enter, "sys_enter", false, PLACE_SYS_ENTER },
		{ l->skel->progs.sock_end, "tcp_destroy_sock", false, 0 },
		{ l->skel->progs.process_fork, "sched_process_fork", false, 0 },
		{ l->skel->progs.process_exit, "sched_process_exit", false, 0 },
		{ l->skel->progs.task_renamed, "task_rename", false, 0 },
		{ l->skel->progs.skb_dropped, "kfree_skb", false, 0 },
	};
	int err = 0, fd;

	for (size_t i = 0; i < sizeof(helpers) / sizeof(helpers[0]) && !err; i++) {
		if (!bpf_program__autoload(helpers[i].prog))
			continue;
		fd = attach_program(helpers[i].prog, cookie_of(l, helpers[i].place), helpers[i].tracepoint);
		if (fd == -ENOENT && helpers[i].optional)
			continue;
		if (fd < 0)
			say("cannot attach to tracepoint %s: %s", helpers[i].tracepoint, probe_why(fd));
		err = fd < 0 ? fd : loader_keep(l, fd, -1);
	}
	return err;
}

/* The second programs at system calls, where the first may be kept from running. */
static int attach_again(struct loader *l)
{
	static const struct {
		unsigned int template;
		const char *tracepoint;
		enum row_place place;
	} again[] = {
		{ TEMPLATE_EXIT, "sys_exit", PLACE_SYS_EXIT },
		{ TEMPLATE_ENTER, "sys_enter", PLACE_SYS_ENTER_AGAIN },
	};
	int err = 0;

	for (size_t i = 0; i < sizeof(again) / sizeof(again[0]) && l->preempt == PREEMPT_CAN && !err; i++) {
		struct attached a = attach_tracepoint(&l->templates[again[i].template], ROW_AGAIN,
						      cookie_of(l, again[i].place), again[i].tracepoint);

		if (a.link < 0)
			say("cannot attach to tracepoint %s again: %s", again[i].tracepoint, probe_why(a.link));
		err = a.link < 0 ? a.link : loader_keep(l, a.link, a.prog);
		if (!err)
			l->again[again[i].template] = a.prog;
	}
	return err;
}

int loader_attach(struct loader *l)
{
	struct multi entries, returns;
	unsigned int on = 0;
	int err, refused;

	if (l->opts.drops)
		return attach_helpers(l);
	loader_multi_begin(l, &entries, false);
	loader_multi_begin(l, &returns, true);
	err = attach_helpers(l);
	if (!err)
		err = attach_again(l);
	if (!err)
		err = loader_attach_found(l);
	refused = loader_multi_end(l, &entries);
	if (!refused)
		refused = loader_multi_end(l, &returns);
	if (err || refused)
		return err ? err : refused;
	err = loader_attach_rows(l);
	if (err)
		return err;
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++)
		on += l->plan.choice[id].hook && stages[id].dir != DIR_LIFE;
	if (!on) {
		say("not one row of the catalogue can be attached here; see skbtrace doctor");
		return -EPERM;
	}
	return 0;
}

/* Runs an iterator once. 0 or -errno. */
static int iterate(struct bpf_program *program)
{
	struct bpf_link *link = bpf_program__attach_iter(program, NULL);
	char nothing[64];
	int fd;

	if (!link)
		return -errno;
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd >= 0) {
		while (read(fd, nothing, sizeof(nothing)) > 0)
			;
		close(fd);
	}
	bpf_link__destroy(link);
	return fd < 0 ? fd : 0;
}

int loader_find_process(struct loader *l)
{
	__u32 key = l->opts.pid, one = 1;

	if (!key)
		return 0;
	if (bpf_program__autoload(l->skel->progs.process_meant))
		return iterate(l->skel->progs.process_meant);
	return bpf_map_update_elem(bpf_map__fd(l->skel->maps.pids), &key, &one, BPF_ANY) ? -errno : 0;
}

int loader_find_sockets(struct loader *l)
{
	return bpf_program__autoload(l->skel->progs.sockets_before) ? iterate(l->skel->progs.sockets_before) : 0;
}

void loader_run(struct loader *l, bool on)
{
	if (on)
		loader_count_from(l);
	__atomic_store_n(&l->skel->bss->stopped, !on, __ATOMIC_RELEASE);
	if (!on)
		loader_count_to(l);
}

/* Where each address has some places (bpf/skbs.bpf.h). */
static unsigned int open_ids_of_sets(const struct loader *l)
{
	struct bpf_map *map = l->skel->maps.skb_sets;
	__u64 *keys = calloc(1, bpf_map__value_size(map));
	unsigned int n = 0;

	for (__u32 at = 0; keys && at < bpf_map__max_entries(map); at++)
		for (int i = bpf_map_lookup_elem(bpf_map__fd(map), &at, keys) ? CFG_SKB_WAYS : 0; i < CFG_SKB_WAYS; i++)
			n += !!keys[i];
	free(keys);
	return n;
}

unsigned int loader_open_ids(const struct loader *l)
{
	int fd = bpf_map__fd(l->skel->maps.skbs);
	__u64 key, *prev = NULL;
	unsigned int n = 0;

	if (l->kernel->has_exchange)
		return open_ids_of_sets(l);
	while (!bpf_map_get_next_key(fd, prev, &key)) {
		n++;
		prev = &key;
	}
	return n;
}

const struct plan *loader_plan(const struct loader *l)
{
	return &l->plan;
}

unsigned int loader_cpus(const struct loader *l)
{
	return l->cpus;
}

int loader_ring_fd(const struct loader *l, unsigned int cpu)
{
	return l->rings[cpu];
}
