/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attaches one copy of a template, or one multi link; each back end's few system calls. */
#ifndef SKBTRACE_ATTACH_H
#define SKBTRACE_ATTACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bpf/bpf.h>

#include "prune.h"

struct bpf_insn;
struct bpf_program;
struct kernel_function;

/* A program as libbpf has relocated it; the rows are copies. */
struct attach_template {
	struct bpf_insn *insns;
	size_t insn_n;
	struct prune_constants constants;
	int btf_fd;		/* 0: the kernel takes none */
	void *functions;	/* where they begin; of function_n entries of function_size bytes */
	size_t function_n, function_size;
};

/* Loads the program as it is; its descriptor, or -errno. */
int attach_load(const struct attach_template *t, enum bpf_prog_type type, enum bpf_attach_type attach,
		const char *name);
/* What closing link detaches, or -errno; prog is the program that it alone has. Both are the caller's to close. */
struct attached {
	int link, prog;
};
/* cookie: 0, or since 6.10 what the program gets as such. */
struct attached attach_tracepoint(const struct attach_template *t, uint64_t word, uint64_t cookie, const char *name);
struct attached attach_fentry(const struct attach_template *t, uint64_t word, const struct kernel_function *f);
/* At the entry, or return, of a function: by its name, or NULL and the address where it begins. */
struct attached attach_kprobe(const struct attach_template *t, uint64_t word, const char *symbol, uint64_t address);
/* The same by a program for all, which gets the word as its cookie (5.15); prog is -1 then. */
struct attached attach_kprobe_cookie(int prog_fd, uint64_t word, const char *symbol, uint64_t address);
/* The others return the link alone: its program is known already. */
/* All symbols at once, words as cookies; their entries, or their returns. */
int attach_kprobe_multi(int prog_fd, const char **symbols, const uint64_t *words, size_t n,
			bool returns);
/* The same by what attach_addresses has found. */
int attach_kprobe_multi_at(int prog_fd, const uint64_t *addresses, const uint64_t *words, size_t n, bool returns);
/* Asks the program address_of for each symbol. 0, or -ENOENT if one of them is not told. */
int attach_addresses(int prog_fd, const char **symbols, uint64_t *addresses, size_t n);
/* A program that libbpf has loaded, at a tracepoint. */
int attach_program(const struct bpf_program *prog, uint64_t cookie, const char *tracepoint);

#endif
