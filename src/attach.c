// SPDX-License-Identifier: GPL-2.0-or-later
/* The system calls behind each back end. */
#include "attach.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "config.h"
#include "kernel.h"
#include "row.h"
#include "say.h"

/* Writes word where the template has its own. */
static void set_word(struct bpf_insn *insns, size_t n, uint64_t word)
{
	for (size_t i = 0; i + 1 < n; i++) {
		if (insns[i].code != (BPF_LD | BPF_IMM | BPF_DW) || insns[i].src_reg)
			continue;
		if ((uint32_t)insns[i].imm != (uint32_t)ROW_MAGIC ||
		    (uint32_t)insns[i + 1].imm != (uint32_t)(ROW_MAGIC >> 32))
			continue;
		insns[i].imm = (uint32_t)word;
		insns[i + 1].imm = (uint32_t)(word >> 32);
	}
}

/* With -v: the end of what the verifier says of a program that it refuses. */
static void say_refusal(enum bpf_prog_type type, const char *name, const struct bpf_insn *insns, size_t n,
			struct bpf_prog_load_opts *opts)
{
	enum { LOG = 16 << 20, SHOWN = 2000 };
	char *log = say_verbose ? malloc(LOG) : NULL;
	size_t len;
	int fd;

	if (!log)
		return;
	log[0] = 0;
	opts->log_buf = log;
	opts->log_size = LOG;
	opts->log_level = 1;
	fd = bpf_prog_load(type, name, "GPL", insns, n, opts);
	if (fd >= 0)
		close(fd);
	len = strlen(log);
	for (char *rest, *line = strtok_r(log + (len > SHOWN ? len - SHOWN : 0), "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		say("%s: %s", name, line);
	free(log);
}

/*
 * A copy of a template whose row word is word: libbpf has relocated the
 * instructions (maps, CO-RE), and the word stands in one 16-byte load.
 * What this row does not need is left out. With the places of its functions the
 * kernel verifies each once, not for each call.
 */
static int copy_load(const struct attach_template *t, enum bpf_prog_type type, enum bpf_attach_type attach,
		     uint64_t word, const char *name, int btf_id, int btf_fd)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach, .attach_btf_id = btf_id,
		    .attach_btf_obj_fd = btf_fd, .prog_btf_fd = t->btf_fd,
		    .func_info_cnt = t->function_n, .func_info_rec_size = t->function_size);
	size_t n = t->insn_n, places = t->function_n * t->function_size;
	struct bpf_insn *insns = malloc(n * sizeof(*insns));
	int32_t *to = malloc(n * sizeof(*to));
	void *functions = malloc(places + 1);
	int pruned, fd = -ENOMEM;
	char short_name[16];

	if (!insns || !to || !functions)
		goto out;
	memcpy(insns, t->insns, n * sizeof(*insns));
	memcpy(functions, t->functions, places);
	opts.func_info = functions;
	set_word(insns, n, word);
	pruned = prune(insns, n, &t->constants, to);
	if (pruned > 0) {
		n = pruned;
		opts.func_info_cnt = prune_places(functions, t->function_n, t->function_size, to);
	}
	snprintf(short_name, sizeof(short_name), "%.15s", name);
	fd = bpf_prog_load(type, short_name, "GPL", insns, n, &opts);
	if (fd < 0)
		say_refusal(type, short_name, insns, n, &opts);
out:
	free(insns);
	free(to);
	free(functions);
	return fd;
}

int attach_load(const struct attach_template *t, enum bpf_prog_type type, enum bpf_attach_type attach,
		const char *name)
{
	return copy_load(t, type, attach, 0, name, 0, 0);
}

static int open_link(int prog_fd, const char *name, uint64_t cookie)
{
	/* include/uapi/linux/bpf.h of 6.10: the headers that this is built with may be older. */
	struct {
		uint64_t name;
		uint32_t prog_fd, pad;
		uint64_t cookie;
	} attr = { .name = (uintptr_t)name, .prog_fd = prog_fd, .cookie = cookie };
	int fd = syscall(SYS_bpf, BPF_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr));

	return fd < 0 ? -errno : fd;
}

static struct attached refused(int err, int prog)
{
	if (prog >= 0)
		close(prog);
	return (struct attached){ .link = err, .prog = -1 };
}

static struct attached open_copy(const char *name, uint64_t cookie, int prog)
{
	int link = prog < 0 ? prog : open_link(prog, name, cookie);

	return link < 0 ? refused(link, prog) : (struct attached){ link, prog };
}

struct attached attach_tracepoint(const struct attach_template *t, uint64_t word, uint64_t cookie, const char *name)
{
	return open_copy(name, cookie, copy_load(t, BPF_PROG_TYPE_RAW_TRACEPOINT, 0, word, name, 0, 0));
}

int attach_program(const struct bpf_program *prog, uint64_t cookie, const char *tracepoint)
{
	return open_link(bpf_program__fd(prog), tracepoint, cookie);
}

/* The descriptor of a module's BTF object: the kernel wants it beside the type id. */
static int module_btf_fd(const char *module)
{
	char name[64];
	__u32 id = 0;

	while (!bpf_btf_get_next_id(id, &id)) {
		struct bpf_btf_info info = { .name = (uintptr_t)name, .name_len = sizeof(name) };
		__u32 len = sizeof(info);
		int fd = bpf_btf_get_fd_by_id(id);

		if (fd < 0)
			continue;
		if (!bpf_obj_get_info_by_fd(fd, &info, &len) && info.kernel_btf && !strcmp(name, module))
			return fd;
		close(fd);
	}
	return -ENOENT;
}

struct attached attach_fentry(const struct attach_template *t, uint64_t word, const struct kernel_function *f)
{
	int btf_fd = 0, fd;

	if (f->in_module) {
		btf_fd = module_btf_fd(f->hook->module);
		if (btf_fd < 0)
			return refused(btf_fd, -1);
	}
	fd = copy_load(t, BPF_PROG_TYPE_TRACING,
		       ROW_FLAGS(word) & ROW_RETURN ? BPF_TRACE_FEXIT : BPF_TRACE_FENTRY, word, f->symbol, f->btf_id, btf_fd);
	if (btf_fd > 0)
		close(btf_fd);
	return open_copy(NULL, 0, fd);
}

/* The number of a dynamic PMU, from sysfs; -1 without one. */
static int kprobe_type(void)
{
	FILE *in = fopen("/sys/bus/event_source/devices/kprobe/type", "re");
	int type = -1;

	if (!in)
		return -1;
	if (fscanf(in, "%d", &type) != 1)
		type = -1;
	fclose(in);
	return type;
}

/* The event of a kprobe, or -errno. */
static int open_event(uint64_t word, const char *symbol, uint64_t address)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr), .type = kprobe_type(), .config1 = (uintptr_t)symbol, .config2 = address,
		/* format/retprobe of that PMU: bit 0 */
		.config = !!(ROW_FLAGS(word) & ROW_RETURN),
	};
	int event;

	if ((int)attr.type < 0)
		return -EOPNOTSUPP;
	event = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	return event < 0 ? -errno : event;
}

struct attached attach_kprobe(const struct attach_template *t, uint64_t word, const char *symbol, uint64_t address)
{
	int fd = copy_load(t, BPF_PROG_TYPE_KPROBE, 0, word, symbol ? symbol : "found", 0, 0), event, err;

	if (fd < 0)
		return refused(fd, -1);
	event = open_event(word, symbol, address);
	if (event < 0)
		return refused(event, fd);
	err = ioctl(event, PERF_EVENT_IOC_SET_BPF, fd) || ioctl(event, PERF_EVENT_IOC_ENABLE, 0) ? -errno : 0;
	if (err) {
		close(event);
		return refused(err, fd);
	}
	return (struct attached){ event, fd };
}

struct attached attach_kprobe_cookie(int prog_fd, uint64_t word, const char *symbol, uint64_t address)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .perf_event.bpf_cookie = word);
	int event = open_event(word, symbol, address), link;

	if (event < 0)
		return refused(event, -1);
	/* From its opening on it is enabled. */
	link = bpf_link_create(prog_fd, event, BPF_PERF_EVENT, &opts);
	close(event);	/* the link has it */
	return (struct attached){ link, -1 };
}

int attach_kprobe_multi(int prog_fd, const char **symbols, const uint64_t *words, size_t n,
			bool returns)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .kprobe_multi.cnt = n, .kprobe_multi.syms = symbols,
		    .kprobe_multi.cookies = (const __u64 *)words,
		    .kprobe_multi.flags = returns ? BPF_F_KPROBE_MULTI_RETURN : 0);

	return bpf_link_create(prog_fd, 0, BPF_TRACE_KPROBE_MULTI, &opts);
}

int attach_kprobe_multi_at(int prog_fd, const uint64_t *addresses, const uint64_t *words, size_t n, bool returns)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .kprobe_multi.cnt = n,
		    .kprobe_multi.addrs = (const unsigned long *)addresses,
		    .kprobe_multi.cookies = (const __u64 *)words,
		    .kprobe_multi.flags = returns ? BPF_F_KPROBE_MULTI_RETURN : 0);

	return bpf_link_create(prog_fd, 0, BPF_TRACE_KPROBE_MULTI, &opts);
}

int attach_addresses(int prog_fd, const char **symbols, uint64_t *addresses, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct cfg_address a;
		LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &a, .ctx_size_in = sizeof(a));
		int err;

		memset(&a, 0, sizeof(a));
		snprintf(a.name, sizeof(a.name), "%s", symbols[i]);
		err = bpf_prog_test_run_opts(prog_fd, &opts);
		if (err || !a.address)
			return -ENOENT;
		addresses[i] = a.address;
	}
	return 0;
}
