/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads the kernel's memory. A helper takes more than a hundred instructions to
 * read eight bytes; where programs may cast a number to a pointer (6.2), a
 * load does it. Both give 0 for what cannot be read.
 */
#ifndef SKBTRACE_FIELD_BPF_H
#define SKBTRACE_FIELD_BPF_H

/*
 * The kernel's id of struct pt_regs, as whose words anything is read: the verifier then takes what is
 * loaded for a number, which the functions that take numbers want. 0: the helper it is.
 */
const volatile __u32 read_as;

/* bpf_rdonly_cast: the loader makes a call of that of it. */
static void *(*const kernel_cast)(const void *at, __u32 type) = (void *)CFG_CALL_CAST;

/* What is at that place, of that type. */
#define PEEK(at) \
	({ \
		__typeof__((__typeof__(*(at)))0) value_ = 0; \
		if (read_as) \
			value_ = *(__typeof__(value_) *)kernel_cast(at, read_as); \
		else \
			bpf_probe_read_kernel(&value_, sizeof(value_), at); \
		value_; \
	})

/* So many bytes, eight or four at a time. 0, or negative where the helper says that they cannot be read. */
static __always_inline long peek_bytes(void *to, __u32 size, const void *from)
{
	const __u64 *at;

	if (!read_as)
		return bpf_probe_read_kernel(to, size, from);
	at = kernel_cast(from, read_as);
	for (__u32 i = 0; i < size / 8; i++)
		((__u64 *)to)[i] = at[i];
	if (size & 4)
		((__u32 *)to)[size / 4 - 1] = ((const __u32 *)at)[size / 4 - 1];
	return 0;
}

/* FIELD(p, a, b): p->a->b, wherever this kernel has them. */
#define FIELD_1(p, a) \
	({ \
		__typeof__(p) base_ = (p); \
		PEEK(__builtin_preserve_access_index(&base_->a)); \
	})
#define FIELD_2(p, a, b) FIELD_1(FIELD_1(p, a), b)
#define FIELD_3(p, a, b, c) FIELD_1(FIELD_2(p, a, b), c)
#define FIELD_N(a, b, c, n, ...) FIELD_##n
#define FIELD(p, ...) FIELD_N(__VA_ARGS__, 3, 2, 1)(p, __VA_ARGS__)

#endif
