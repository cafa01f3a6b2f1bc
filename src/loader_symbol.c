// SPDX-License-Identifier: GPL-2.0-or-later
/* Names the kernel's addresses while it runs. */
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>

#include "loader_in.h"

/* "tcp_v4_rcv"; of a module "nf_hook [nf_tables]"; what has no symbol stays a number. */
static void name_take(char *out, size_t size, const char *said)
{
	size_t n = strncmp(said, "0x", 2) ? strcspn(said, " ") : 0;

	snprintf(out, size, "%.*s", (int)n, said);
}

void loader_symbol(const struct loader *l, uint64_t address, char *out, size_t size)
{
	struct cfg_address a = { .address = address };
	LIBBPF_OPTS(bpf_test_run_opts, o, .ctx_in = &a, .ctx_size_in = sizeof(a));
	int fd = bpf_program__fd(l->skel->progs.name_of);

	if (fd >= 0 && !bpf_prog_test_run_opts(fd, &o) && a.name[0])
		name_take(out, size, a.name);
	else
		kernel_symbol(address, out, size);
}
