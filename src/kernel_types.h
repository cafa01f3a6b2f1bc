/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few types of the kernel that the object's relocations can ask for.
 * libbpf looks for each of its own types among all 150,000 of the kernel; among
 * these it finds them at once.
 */
#ifndef SKBTRACE_KERNEL_TYPES_H
#define SKBTRACE_KERNEL_TYPES_H

struct btf;
struct kernel_btf;

/*
 * Writes to fd, as BTF: the kernel's structs, unions and enums that have the
 * name of one of wanted, with the members that have the name of one of
 * wanted's, and what these are made of. Pointers lead nowhere: a relocation
 * ends at them. 0 or -errno.
 */
int kernel_types_write(const struct kernel_btf *from, const struct btf *wanted, int fd);

#endif
