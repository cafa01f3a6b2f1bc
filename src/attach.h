/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attaches one copy of a template, or one multi link; each back end's few system calls. */
#ifndef SKBTRACE_ATTACH_H
#define SKBTRACE_ATTACH_H

#include <stddef.h>
#include <stdint.h>

struct bpf_program;
struct kernel_function;

/* Each returns a file descriptor whose closing detaches, or -errno. */
int attach_tracepoint(const struct bpf_program *tmpl, uint64_t word, const char *name);
/* The program itself, the word as cookie (6.10). */
int attach_tracepoint_cookie(const struct bpf_program *prog, uint64_t word, const char *name);
int attach_fentry(const struct bpf_program *tmpl, uint64_t word, const struct kernel_function *f);
int attach_kprobe(const struct bpf_program *tmpl, uint64_t word, const char *symbol);
/* All symbols at once, words as cookies. */
int attach_kprobe_multi(const struct bpf_program *prog, const char **symbols, const uint64_t *words, size_t n);
/* A program that libbpf has loaded, at a tracepoint. */
int attach_program(const struct bpf_program *prog, const char *tracepoint);

#endif
