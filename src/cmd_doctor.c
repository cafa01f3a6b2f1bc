// SPDX-License-Identifier: GPL-2.0-or-later
/* skbtrace doctor: everything that could make a run show nothing, each with its remedy. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "kernel.h"
#include "kernel_privilege.h"
#include "loader.h"
#include "opt.h"
#include "say.h"

enum verdict { GOOD, NOTE, BAD };

static unsigned int bad;

static void tell(enum verdict v, const char *what, const char *remedy)
{
	static const char *const marks[] = { "ok  ", "note", "BAD " };

	printf("%s  %s\n", marks[v], what);
	if (remedy && *remedy)
		printf("      %s\n", remedy);
	bad += v == BAD;
}

/* The first line of a file, or "". */
static const char *first_line(const char *path, char *out, size_t size)
{
	FILE *in = fopen(path, "re");

	*out = '\0';
	if (in && !fgets(out, size, in))
		*out = '\0';
	if (in)
		fclose(in);
	out[strcspn(out, "\n")] = '\0';
	return out;
}

static void check_environment(void)
{
	char line[128], what[256];
	struct utsname u;

	uname(&u);
	snprintf(what, sizeof(what), "kernel %s on %s", u.release, u.machine);
	tell(GOOD, what, "");
	snprintf(what, sizeof(what), "you have %s%s", privilege_suffices() ? "" : "not ", privilege_needed());
	tell(privilege_suffices() ? GOOD : BAD, what,
	     privilege_suffices() ? "" : "run it with sudo: BPF programs are loaded and kernel memory is read");
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		tell(BAD, "the kernel has no BTF",
		     "it must be built with CONFIG_DEBUG_INFO_BTF=y; most distributions do since 2020");
	else
		tell(GOOD, "the kernel has BTF", "");
	if (strstr(first_line("/sys/kernel/security/lockdown", line, sizeof(line)), "[confidentiality]"))
		tell(BAD, "the kernel is locked down (confidentiality): BPF may not read its memory",
		     "boot with lockdown=integrity or without Secure Boot's lockdown");
	else if (strstr(line, "[integrity]"))
		tell(NOTE, "the kernel is locked down (integrity): functions may be out of reach, tracepoints are not",
		     "diagrams are shorter; boot without lockdown for all rows");
	first_line("/proc/sys/kernel/unprivileged_bpf_disabled", line, sizeof(line));
	if (!strcmp(first_line("/proc/sys/net/core/bpf_jit_enable", line, sizeof(line)), "0"))
		tell(NOTE, "the BPF JIT is off: each event costs several times more",
		     "sysctl net.core.bpf_jit_enable=1");
}

static void check_backends(const struct kernel *k)
{
	char what[256];

	for (unsigned int b = BACK_TRACEPOINT; b < BACK_N; b++) {
		if (k->facts.can[b]) {
			snprintf(what, sizeof(what), "%s works", backend_names[b]);
			tell(GOOD, what, "");
			continue;
		}
		snprintf(what, sizeof(what), "no %s: %s", backend_names[b], k->facts.cannot[b]);
		tell(b == BACK_TRACEPOINT ? BAD : NOTE, what, "");
	}
	if (!k->facts.can[BACK_KPROBE_MULTI] && !k->facts.can[BACK_FENTRY] && !k->facts.can[BACK_KPROBE])
		tell(NOTE, "functions cannot be observed, only tracepoints",
		     "send and recv draw shorter diagrams here; they stay true");
}

static void check_rows(const struct kernel *k, enum stage_dir dir, const char *verb)
{
	unsigned int on = 0, all = 0;
	struct plan plan;
	char what[128];

	plan_make(&plan, &k->facts, dir, BACK_NONE);
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
		if (stages[id].dir == DIR_LIFE || !plan_wants(id, dir))
			continue;
		all++;
		on += !!plan.choice[id].hook;
	}
	snprintf(what, sizeof(what), "%s: %u of %u rows can be observed", verb, on, all);
	tell(on ? GOOD : BAD, what, on == all ? "" : "skbtrace stages names the others and why they are off");
	if (!plan_exact_ends(&plan))
		tell(NOTE, "the end of an skb cannot always be seen on this kernel",
		     "a packet is then followed to its last stage; a reused address starts a new one");
}

/* The proof: the programs are loaded and attached, and taken out again. */
static void check_load(struct kernel *k)
{
	struct loader_opts o = { .dirs = DIR_BOTH, .ring = 65536, .in_flight = 64, .filter.all = true };
	struct loader *l;

	if (loader_open(&l, k, &o)) {
		tell(BAD, "the kernel refuses the programs of skbtrace", "report this with the output of skbtrace doctor -v");
		return;
	}
	if (loader_attach(l))
		tell(BAD, "the programs load but cannot be attached", "another tracer may hold what they need");
	else
		tell(GOOD, "all programs load and attach, and are gone again", "");
	loader_close(l);
}

int cmd_doctor(const struct command *self, const struct options *o)
{
	struct kernel *k;

	(void)self;
	(void)o;
	bad = 0;
	check_environment();
	if (bad) {
		printf("\nA run would show nothing until this is mended.\n");
		return geteuid() ? EXIT_PRIVILEGE : EXIT_KERNEL;
	}
	if (kernel_open(&k))
		return EXIT_KERNEL;
	check_backends(k);
	check_rows(k, DIR_SEND, "send");
	check_rows(k, DIR_RECV, "recv");
	check_load(k);
	kernel_close(k);
	printf("\n%s\n", bad ? "A run would show nothing until this is mended."
			     : "Nothing here keeps a run from showing packets. If it shows none, its footer tells which\n"
			       "filter refused what was seen; sockets of other processes, other namespaces and\n"
			       "protocols other than TCP, UDP and ICMP are not followed unless the filter lets them.");
	return bad ? EXIT_KERNEL : EXIT_OK;
}
