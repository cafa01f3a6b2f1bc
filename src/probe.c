// SPDX-License-Identifier: GPL-2.0-or-later
/* Tries each back end of this kernel. */
#include "probe.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

static const struct bpf_insn return_0[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
	{ .code = BPF_JMP | BPF_EXIT },
};

static int load(enum bpf_prog_type type, const struct bpf_insn *insns, size_t n, enum bpf_attach_type attach,
		int btf_id)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach, .attach_btf_id = btf_id);

	return bpf_prog_load(type, "skbtrace_try", "GPL", insns, n, &opts);
}

const char *probe_why(int err)
{
	switch (-err) {
	case EPERM:
	case EACCES:
		return "the kernel forbids it (lockdown, or a missing capability)";
	case EOPNOTSUPP:
	case 524:	/* the kernel's own ENOTSUPP */
		return "this kernel is built without it";
	case EINVAL:
		return "this kernel does not know it";
	case ENOENT:
		return "no such function or tracepoint";
	case EBUSY:
		return "somebody else uses it";
	}
	return strerror(-err);
}

static int try_fentry(int id)
{
	int fd;

	if (id < 0)
		return id;
	fd = load(BPF_PROG_TYPE_TRACING, return_0, 2, BPF_TRACE_FENTRY, id);
	if (fd < 0)
		return fd;
	/* Only loaded, not attached: attaching is what detaching is slow for. */
	close(fd);
	return 0;
}

/*
 * A link to no function at all is refused as such (EINVAL) where multi links
 * exist: cheaper than one to attach and detach, or to look up in vain. A kernel
 * that does not know them says EINVAL too, so its BTF has to name them.
 */
static int try_kprobe_multi(bool named)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .kprobe_multi.cnt = 0);
	int fd = load(BPF_PROG_TYPE_KPROBE, return_0, 2, BPF_TRACE_KPROBE_MULTI, 0), link;

	if (fd < 0)
		return fd;
	link = bpf_link_create(fd, 0, BPF_TRACE_KPROBE_MULTI, &opts);
	close(fd);
	if (link >= 0)
		close(link);
	return named && link == -EINVAL ? 0 : link < 0 && named ? link : -EOPNOTSUPP;
}

static int try_kprobe(void)
{
	if (access("/sys/bus/event_source/devices/kprobe/type", R_OK))
		return -EOPNOTSUPP;
	return 0;
}

static int try_tracepoint(void)
{
	int fd = load(BPF_PROG_TYPE_RAW_TRACEPOINT, return_0, 2, 0, 0);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

void probe_backends(int function, bool names_multi, struct facts *f)
{
	int err[BACK_N] = {
		[BACK_TRACEPOINT] = try_tracepoint(),
		[BACK_KPROBE_MULTI] = try_kprobe_multi(names_multi),
		[BACK_FENTRY] = try_fentry(function),
		[BACK_KPROBE] = try_kprobe(),
	};

	for (unsigned int b = BACK_TRACEPOINT; b < BACK_N; b++) {
		f->can[b] = !err[b];
		f->cannot[b] = err[b] ? probe_why(err[b]) : NULL;
	}
}

static bool loads(const struct bpf_insn *insns, size_t n)
{
	int fd = load(BPF_PROG_TYPE_RAW_TRACEPOINT, insns, n, 0, 0);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

bool probe_tracepoint_cookie(void)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_get_attach_cookie },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return loads(insns, 3);
}

bool probe_exchange(void)
{
	/* include/uapi/linux/bpf.h of 5.12 */
	enum { ATOMIC = 0xc0, CMPXCHG = 0xf1 };
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_10, .off = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_1 },
		{ .code = BPF_STX | ATOMIC | BPF_DW, .dst_reg = BPF_REG_10, .src_reg = BPF_REG_1, .off = -8, .imm = CMPXCHG },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return loads(insns, 6);
}
