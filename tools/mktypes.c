// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes vmlinux/vmlinux.h: of the kernel types in a BTF file, those and only
 * those fields that the list names. CO-RE finds each field by name in the
 * running kernel, so a handful of fields is all that the BPF side needs, and
 * the header stays small enough to read.
 *
 *	mktypes LIST [BTF] > vmlinux/vmlinux.h
 *
 * LIST has lines "struct: field field …"; a field may sit in an anonymous
 * struct or union of that struct. A type that is used by value comes first.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>

static const struct btf *btf;

static const struct btf_type *strip(__u32 id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	while (t && (btf_is_mod(t) || btf_is_typedef(t) || btf_is_type_tag(t)))
		t = btf__type_by_id(btf, t->type);
	return t;
}

static const char *name_of(const struct btf_type *t)
{
	return btf__name_by_offset(btf, t->name_off);
}

static void print_member(const struct btf_type *owner, const struct btf_member *m, int depth);

static void print_type(const struct btf_type *t, const char *name, int depth)
{
	static const char *const tabs = "\t\t\t\t";

	if (btf_is_int(t)) {
		const char *sign = btf_int_encoding(t) & BTF_INT_SIGNED ? "s" : "u";

		printf("__%s%u %s", sign, t->size * 8, name);
	} else if (btf_is_any_enum(t)) {
		printf("__u%u %s", t->size * 8, name);
	} else if (btf_is_ptr(t)) {
		const struct btf_type *to = t->type ? strip(t->type) : NULL;

		if (to && btf_is_composite(to) && *name_of(to))
			printf("%s %s *%s", btf_is_union(to) ? "union" : "struct", name_of(to), name);
		else if (to && btf_is_ptr(to))
			print_type(to, "", depth), printf("*%s", name);
		else
			printf("void *%s", name);
	} else if (btf_is_array(t)) {
		char with_bounds[128];

		snprintf(with_bounds, sizeof(with_bounds), "%s[%u]", name, btf_array(t)->nelems);
		print_type(strip(btf_array(t)->type), with_bounds, depth);
	} else if (btf_is_composite(t) && *name_of(t)) {
		printf("%s %s %s", btf_is_union(t) ? "union" : "struct", name_of(t), name);
	} else if (btf_is_composite(t)) {
		printf("%s {\n", btf_is_union(t) ? "union" : "struct");
		for (int i = 0; i < btf_vlen(t); i++)
			print_member(t, btf_members(t) + i, depth + 1);
		printf("%.*s} %s", depth, tabs, name);
	} else {
		fprintf(stderr, "mktypes: field %s has a type that is not supported\n", name);
		exit(1);
	}
}

static void print_member(const struct btf_type *owner, const struct btf_member *m, int depth)
{
	static const char *const tabs = "\t\t\t\t";

	__u32 bits = btf_member_bitfield_size(owner, m - btf_members(owner));

	printf("%.*s", depth, tabs);
	print_type(strip(m->type), btf__name_by_offset(btf, m->name_off), depth);
	if (bits)
		printf(" : %u", bits);
	printf(";\n");
}

/* Prints the named field of t, wherever its anonymous members hide it. */
static int find_field(const struct btf_type *t, const char *field)
{
	for (int i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = btf_members(t) + i;
		const char *name = btf__name_by_offset(btf, m->name_off);

		if (!strcmp(name, field)) {
			print_member(t, m, 1);
			return 1;
		}
		if (!*name && btf_is_composite(strip(m->type)) && find_field(strip(m->type), field))
			return 1;
	}
	return 0;
}

static int print_struct(char *line)
{
	char *name = strtok(line, " :\t\n"), *field;
	__s32 id;

	if (!name || *name == '#')
		return 0;
	id = btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT);
	if (id < 0) {
		fprintf(stderr, "mktypes: no struct %s in this BTF\n", name);
		return 1;
	}
	printf("\nstruct %s {\n", name);
	while ((field = strtok(NULL, " :\t\n"))) {
		if (!find_field(btf__type_by_id(btf, id), field)) {
			fprintf(stderr, "mktypes: struct %s has no field %s\n", name, field);
			return 1;
		}
	}
	printf("};\n");
	return 0;
}

int main(int argc, char **argv)
{
	const char *path = argc > 2 ? argv[2] : "/sys/kernel/btf/vmlinux";
	char line[1024];
	FILE *list;

	if (argc < 2) {
		fprintf(stderr, "usage: mktypes LIST [BTF]\n");
		return 2;
	}
	list = fopen(argv[1], "r");
	btf = btf__parse(path, NULL);
	if (!list || !btf) {
		fprintf(stderr, "mktypes: cannot read %s: %s\n", list ? path : argv[1], strerror(errno));
		return 1;
	}
	printf("/* SPDX-License-Identifier: GPL-2.0-only */\n"
	       "/* Made by tools/mktypes from vmlinux/types and the BTF of a kernel: do not edit. */\n"
	       "#ifndef __VMLINUX_H__\n#define __VMLINUX_H__\n\n"
	       "typedef unsigned char __u8;\ntypedef signed char __s8;\n"
	       "typedef unsigned short __u16;\ntypedef short __s16;\n"
	       "typedef unsigned int __u32;\ntypedef int __s32;\n"
	       "typedef unsigned long long __u64;\ntypedef long long __s64;\n"
	       "typedef __u16 __be16;\ntypedef __u32 __be32;\ntypedef __u64 __be64;\ntypedef __u32 __wsum;\n"
	       "\n#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)\n");
	while (fgets(line, sizeof(line), list))
		if (print_struct(line))
			return 1;
	printf("\n#pragma clang attribute pop\n\n#endif\n");
	return 0;
}
