/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's description of its own types (BTF), read where it lies. libbpf
 * has a reader too, which copies all 5 MB of it, twice in a run.
 */
#ifndef SKBTRACE_KERNEL_BTF_H
#define SKBTRACE_KERNEL_BTF_H

#include <stddef.h>
#include <stdint.h>

#include <linux/btf.h>

struct kernel_btf;

/* "vmlinux", or a module that is loaded: its types stand on those of base, which must outlive it. 0 or -errno. */
int kernel_btf_open(struct kernel_btf **out, const char *name, const struct kernel_btf *base);
/* The same of bytes that stay the caller's. */
int kernel_btf_read(struct kernel_btf **out, const void *data, size_t size, const struct kernel_btf *base);
void kernel_btf_close(struct kernel_btf *b);

/* Its own types have the ids from first to end - 1; vmlinux begins with 1. */
uint32_t kernel_btf_first(const struct kernel_btf *b);
uint32_t kernel_btf_end(const struct kernel_btf *b);
/* Of any id, the base's too; NULL for 0 (void) and for what does not exist. */
const struct btf_type *kernel_btf_type(const struct kernel_btf *b, uint32_t id);
/* The bytes of a type of its kind and size; 0 for a kind that is not known here. */
size_t kernel_btf_size(const struct btf_type *t);
const char *kernel_btf_name(const struct kernel_btf *b, uint32_t offset);

#endif
