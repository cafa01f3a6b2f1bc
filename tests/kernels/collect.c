// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints what a kernel offers, from its files alone, as tests/unit/test_plan.c reads it:
 *
 *	collect VERSION VMLINUX CONFIG MODULES
 *
 * VMLINUX is the ELF file with .BTF, MODULES a folder with NAME.ko. tests/kernels/collect runs
 * this for each kernel of the cache.
 *
 * The program's own check decides, so that the frozen answers are those it would give there
 * with all the modules loaded.
 */
#include "../../src/kernel.c"

#include <stdio.h>

#include <bpf/libbpf.h>


static const char *const yes_no[] = { "no", "yes" };
static const char *const state_names[] = {
	[SYMBOL_ABSENT] = "absent",
	[SYMBOL_BARE] = "bare",
	[SYMBOL_TYPED] = "typed",
	[SYMBOL_OTHER] = "other",
};

/* -1: the kernel does not know the option. */
static int config_has(const char *path, const char *option)
{
	FILE *in = fopen(path, "re");
	size_t n = strlen(option);
	char line[4096];
	int has = -1;

	if (!in) {
		say("%s: %s", path, strerror(errno));
		exit(1);
	}
	while (fgets(line, sizeof(line), in)) {
		if (!strncmp(line, option, n) && !strncmp(line + n, "=y", 2))
			has = 1;
		else if (!strncmp(line, "# ", 2) && !strncmp(line + 2, option, n) && line[2 + n] == ' ')
			has = 0;
	}
	fclose(in);
	return has;
}

/* What the kernel answers to probe.c when an option is off, and when it came with a later version. */
static void print_backend(enum backend b, int has)
{
	if (has == 1)
		printf("backend\t%s\tyes\n", backend_names[b]);
	else
		printf("backend\t%s\tno\t%s\n", backend_names[b], probe_why(has ? -EINVAL : -EOPNOTSUPP));
}

static void print_backends(const char *config)
{
	int direct = config_has(config, "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS");
	int jit = config_has(config, "CONFIG_BPF_JIT");

	print_backend(BACK_TRACEPOINT, config_has(config, "CONFIG_BPF_EVENTS"));
	print_backend(BACK_KPROBE_MULTI, config_has(config, "CONFIG_FPROBE"));
	print_backend(BACK_FENTRY, jit == 1 ? direct : 0);
	print_backend(BACK_KPROBE, config_has(config, "CONFIG_KPROBE_EVENTS") == 1 ? 1 : 0);
}

/* As look_in_module() does, with a file in the place of the loaded module. */
static void look_in_file(struct kernel *k, struct btf *base, struct kernel_function *f, const char *folder)
{
	char path[4096];
	struct kernel_btf *btf;
	struct btf *file;
	const void *data;
	__u32 size;

	snprintf(path, sizeof(path), "%s/%s.ko", folder, f->hook->module);
	if (access(path, F_OK))
		return;
	f->state = SYMBOL_BARE;
	file = btf__parse_split(path, base);
	if (!file)
		return;
	data = btf__raw_data(file, &size);
	if (data && !kernel_btf_read(&btf, data, size, k->btf)) {
		look_in_types(btf, f);
		kernel_btf_close(btf);
	}
	btf__free(file);
}

static void print_position(unsigned int position)
{
	if (position == ROW_NO_ARG)
		printf("\tN");
	else
		printf("\t%u", position);
}

static void print_hook(const struct kernel_function *f)
{
	const struct hook *h = f->hook;

	if (h->kind == HOOK_FOUND)	/* no function of its own: a run finds some */
		return;
	if (h->kind == HOOK_TRACEPOINT)
		printf("tracepoint\t%s\t%s", h->group, h->symbol);
	else
		printf("function\t%s\t%s", h->module ? h->module : "-", h->symbol);
	print_position(h->skb);
	print_position(h->sk);
	print_position(h->sock);
	if (h->kind == HOOK_TRACEPOINT)
		printf("\t%s\n", yes_no[f->state == SYMBOL_TYPED]);
	else
		printf("\t%s\n", state_names[f->state]);
}

int main(int argc, char **argv)
{
	struct kernel k = { .btf = NULL };
	const void *data;
	struct btf *file;
	__u32 size;

	if (argc != 5) {
		say("usage: collect VERSION VMLINUX CONFIG MODULES");
		return 2;
	}
	libbpf_set_print(NULL);	/* a module without BTF is an answer */
	file = btf__parse(argv[2], NULL);
	data = file ? btf__raw_data(file, &size) : NULL;
	if (!data || kernel_btf_read(&k.btf, data, size, NULL)) {
		say("%s: %s", argv[2], strerror(errno));
		return 1;
	}
	if (list_functions(&k))
		return 1;
	look_in_vmlinux(&k);
	printf("# What Linux %s offers to skbtrace. Made by tests/kernels/collect; do not edit.\n", argv[1]);
	print_backends(argv[3]);
	printf("kfree_skb_has_reason\t%s\n", yes_no[kfree_skb_has_reason(&k)]);
	printf("# what\tof\tname\tskb\tsk\tsock\tis there\n");
	for (size_t i = 0; i < k.function_n; i++) {
		struct kernel_function *f = &k.functions[i];

		if (f->state == SYMBOL_ABSENT && f->hook->module)
			look_in_file(&k, file, f, argv[4]);
		print_hook(f);
	}
	free(k.functions);
	kernel_btf_close(k.btf);
	btf__free(file);
	return fflush(stdout) || ferror(stdout);
}
