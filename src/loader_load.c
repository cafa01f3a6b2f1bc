// SPDX-License-Identifier: GPL-2.0-or-later
/* Opens and loads the BPF object, each program without what this run's constants make unreachable. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "kernel_types.h"
#include "loader_in.h"
#include "say.h"

/*
 * The programs that serve all rows of a back end are by far the largest, and most of a start goes
 * into their verification: each has a thread, beside libbpf that loads the others.
 */
struct shared {
	const struct attach_template *of;
	int template;
	int fd;
	pthread_t thread;
	bool begun, beside;
};

struct loading {
	struct loader *loader;
	void *functions, *lines;	/* of the program that is being loaded */
	struct shared shared[TEMPLATE_SHARED];
};

static void *shared_load(void *arg)
{
	struct shared *s = arg;

	if (s->template == TEMPLATE_KPROBE_MULTI)
		s->fd = attach_load(s->of, BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI, "row_multi");
	else if (s->template == TEMPLATE_KPROBE_ALL)
		s->fd = attach_load(s->of, BPF_PROG_TYPE_KPROBE, 0, "row_kprobes");
	else
		s->fd = attach_load(s->of, BPF_PROG_TYPE_RAW_TRACEPOINT, 0, "one_raw_tp");
	return NULL;
}

static void shared_begin(struct loading *l, int template)
{
	struct shared *s = &l->shared[template];

	s->of = &l->loader->templates[template];
	s->template = template;
	s->begun = true;
	s->beside = !pthread_create(&s->thread, NULL, shared_load, s);
	if (!s->beside)
		shared_load(s);
}

/* 0, or what the kernel answered to one of them. */
static int shared_end(struct loading *l)
{
	int err = 0;

	for (int i = 0; i < TEMPLATE_SHARED; i++) {
		struct shared *s = &l->shared[i];

		if (s->beside)
			pthread_join(s->thread, NULL);
		if (!s->begun)
			continue;
		l->loader->shared[i] = s->fd;
		if (s->fd < 0)
			err = s->fd;
	}
	return err;
}

/* Others go on in it from now on. */
static int put_one(const struct loader *l)
{
	__u32 at = 0, fd = l->shared[TEMPLATE_ONE_RAW_TP];

	if (!l->kernel->has_tracepoint_cookie || l->opts.drops)
		return 0;
	return bpf_map_update_elem(bpf_map__fd(l->skel->maps.one), &at, &fd, 0) ? -errno : 0;
}

static unsigned int template_of(const struct loader *l, const struct bpf_program *prog)
{
	const struct bpf_program *const templates[TEMPLATES] = {
		[TEMPLATE_ONE_RAW_TP] = l->skel->progs.one_raw_tp,
		[TEMPLATE_KPROBE_MULTI] = l->skel->progs.row_kprobe_multi,
		[TEMPLATE_KPROBE_ALL] = l->skel->progs.row_kprobe_all,
		[TEMPLATE_RAW_TP] = l->skel->progs.row_raw_tp,
		[TEMPLATE_ROW_TO_ONE] = l->skel->progs.row_to_one,
		[TEMPLATE_KPROBE] = l->skel->progs.row_kprobe,
		[TEMPLATE_ENTER] = l->skel->progs.sys_enter,
		[TEMPLATE_EXIT] = l->skel->progs.sys_exit,
	};
	unsigned int i = 0;

	while (i < TEMPLATES && templates[i] != prog)
		i++;
	return i;
}

static struct prune_constants constants_of(const struct loader *l)
{
	struct prune_constants c = { .fd = bpf_map__fd(l->skel->maps.rodata) };

	c.data = bpf_map__initial_value(l->skel->maps.rodata, &c.size);
	return c;
}

static void *copy_of(const void *data, size_t size)
{
	void *copy = malloc(size + 1);

	return copy && size ? memcpy(copy, data, size) : copy;
}

/* A template gets its word, and is pruned, when a copy is made of it. */
static int keep_template(struct loader *l, struct attach_template *t, const struct bpf_insn *insns, size_t n,
			 const struct bpf_prog_load_opts *opts)
{
	t->constants = constants_of(l);
	t->insns = copy_of(insns, n * sizeof(*insns));
	t->insn_n = n;
	t->btf_fd = opts->prog_btf_fd;
	t->function_n = opts->func_info_cnt;
	t->function_size = opts->func_info_rec_size;
	t->functions = copy_of(opts->func_info, t->function_n * t->function_size);
	return t->insns && t->functions ? 0 : -ENOMEM;
}

/* Of a program that is only copied, or loaded later, the kernel gets the least there is. */
static int load_nothing(struct bpf_program *prog, struct bpf_prog_load_opts *opts)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	opts->func_info_cnt = opts->line_info_cnt = 0;
	return bpf_program__set_insns(prog, insns, 2);
}

/* What is not pruned is loaded as it is: the kernel does it too. */
static int load_pruned(struct loading *l, struct bpf_program *prog, struct bpf_insn *insns, size_t n,
		       struct bpf_prog_load_opts *opts)
{
	struct prune_constants constants = constants_of(l->loader);
	int32_t *to = malloc(n * sizeof(*to));
	int left, err = -ENOMEM;

	free(l->functions);
	free(l->lines);
	l->functions = copy_of(opts->func_info, opts->func_info_cnt * opts->func_info_rec_size);
	l->lines = copy_of(opts->line_info, opts->line_info_cnt * opts->line_info_rec_size);
	if (!l->functions || !l->lines || !to)
		goto out;
	left = prune(insns, n, &constants, to);
	err = bpf_program__set_insns(prog, insns, left > 0 ? left : (int)n);
	if (err || left <= 0)
		goto out;
	opts->func_info = l->functions;
	opts->func_info_cnt = prune_places(l->functions, opts->func_info_cnt, opts->func_info_rec_size, to);
	opts->line_info = l->lines;
	opts->line_info_cnt = prune_places(l->lines, opts->line_info_cnt, opts->line_info_rec_size, to);
out:
	free(to);
	return err;
}

/* libbpf calls this for each program just before it loads it. */
static int prepare(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long cookie)
{
	struct loading *l = (struct loading *)cookie;
	unsigned int template = template_of(l->loader, prog);
	size_t n = bpf_program__insn_cnt(prog);
	struct bpf_insn *insns = copy_of(bpf_program__insns(prog), n * sizeof(*insns));
	int err = 0;

	if (!insns)
		return -ENOMEM;
	if (bpf_program__type(prog) == BPF_PROG_TYPE_TRACING)
		opts->attach_btf_id = prog == l->loader->skel->progs.process_meant ? l->loader->kernel->iter_task_id
										   : l->loader->kernel->iter_file_id;
	loader_calls(l->loader, insns, n, opts);
	if (template < TEMPLATES)
		err = keep_template(l->loader, &l->loader->templates[template], insns, n, opts);
	if (!err && template < TEMPLATE_SHARED)
		shared_begin(l, template);
	if (!err)
		err = template < TEMPLATE_ROWS ? load_nothing(prog, opts) : load_pruned(l, prog, insns, n, opts);
	free(insns);
	return err;
}

/* The sections whose programs are pruned or kept; the others stay libbpf's. */
static const struct {
	const char *section;
	enum bpf_prog_type type;
	enum bpf_attach_type attach;
} kinds[] = {
	{ "raw_tp+", BPF_PROG_TYPE_RAW_TRACEPOINT, 0 },
	{ "kprobe", BPF_PROG_TYPE_KPROBE, 0 },
	{ "kprobe.multi", BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI },
	{ "iter+", BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER },
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static int load(struct loading *l, int fd)
{
	struct skbtrace_bpf *skel;
	char types[32];
	LIBBPF_OPTS(bpf_object_open_opts, open_opts, .btf_custom_path = types);
	int err, refused;

	snprintf(types, sizeof(types), "/proc/self/fd/%d", fd);
	l->loader->skel = skel = skbtrace_bpf__open_opts(&open_opts);
	if (!skel) {
		err = -errno;
		say("cannot open the built-in BPF object: %s", strerror(-err));
		return err;
	}
	err = kernel_types_write(l->loader->kernel->btf, bpf_object__btf(skel->obj), fd);
	if (err) {
		say("cannot read the types of the kernel: %s", strerror(-err));
		return err;
	}
	loader_configure(l->loader);
	err = skbtrace_bpf__load(skel);
	refused = shared_end(l);
	if (!err)
		err = refused;
	if (!err)
		err = put_one(l->loader);
	/* Before 5.11 their memory counts as locked, and libbpf may raise that limit only with CAP_SYS_RESOURCE. */
	if (err)
		say("the kernel refuses the BPF programs: %s (-v shows what it says)%s", strerror(-err),
		    err == -EPERM ? "; before 5.11 it takes ulimit -l unlimited, too, or CAP_SYS_RESOURCE" : "");
	return err;
}

int loader_load(struct loader *l)
{
	struct loading loading = { .loader = l };
	LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .cookie = (long)&loading, .prog_prepare_load_fn = prepare);
	int fd = memfd_create("types", MFD_CLOEXEC), handlers[KINDS], err;

	if (fd < 0) {
		err = -errno;
		say("cannot make a file in memory: %s", strerror(-err));
		return err;
	}
	for (int i = 0; i < KINDS; i++)
		handlers[i] = libbpf_register_prog_handler(kinds[i].section, kinds[i].type, kinds[i].attach, &opts);
	err = load(&loading, fd);
	for (int i = 0; i < KINDS; i++)
		libbpf_unregister_prog_handler(handlers[i]);
	free(loading.functions);
	free(loading.lines);
	close(fd);
	return err;
}
