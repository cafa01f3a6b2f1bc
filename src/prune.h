/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes out of a BPF program what its constants make unreachable. The kernel
 * does that too, but analyses everything first, and moves all that follows for
 * each branch that it takes out.
 */
#ifndef SKBTRACE_PRUNE_H
#define SKBTRACE_PRUNE_H

#include <stddef.h>
#include <stdint.h>

struct bpf_insn;

/* The map that holds the program's constants. */
struct prune_constants {
	int fd;
	const void *data;
	size_t size;
};

enum { PRUNE_GONE = -1 };

/*
 * Shortens a program that libbpf has relocated. to[i], for each of the n,
 * becomes the new place of instruction i, or of what follows it if it is only
 * no longer needed, or PRUNE_GONE if it cannot be reached. Returns the new
 * length, or -errno with nothing changed: -ENOTSUP for an instruction that is
 * not known here.
 */
int prune(struct bpf_insn *insns, size_t n, const struct prune_constants *c, int32_t *to);
/*
 * The same for the places of functions or of lines (.BTF.ext): n entries of
 * size bytes that begin with an instruction. Returns how many are left.
 */
size_t prune_places(void *entries, size_t n, size_t size, const int32_t *to);

#endif
