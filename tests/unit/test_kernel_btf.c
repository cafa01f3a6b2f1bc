// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's types: each is found by its id, and what relocations ask for is copied whole. */
#include "../../src/kernel_btf.c"
#include "../../src/kernel_types.c"

#include <bpf/libbpf.h>

#include "check.h"

/* A small kernel: struct pair { int first; struct { const char *second; }; struct inner in[3]; int other; }. */
static struct btf *make_kernel(void)
{
	struct btf *btf = btf__new_empty();
	int integer = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int text = btf__add_ptr(btf, btf__add_const(btf, btf__add_int(btf, "char", 1, BTF_INT_CHAR)));
	int number = btf__add_typedef(btf, "number", integer), inner, anonymous, array;

	btf__add_func(btf, "run", BTF_FUNC_STATIC, btf__add_func_proto(btf, integer));
	inner = btf__add_struct(btf, "inner", 8);
	btf__add_field(btf, "deep", number, 0, 0);
	btf__add_field(btf, "unasked", integer, 32, 0);
	array = btf__add_array(btf, integer, inner, 3);
	anonymous = btf__add_struct(btf, NULL, 8);
	btf__add_field(btf, "second", text, 0, 0);
	btf__add_struct(btf, "unwanted", 4);
	btf__add_field(btf, "first", integer, 0, 0);
	btf__add_struct(btf, "pair", 44);
	btf__add_field(btf, "first", integer, 0, 0);
	btf__add_field(btf, NULL, anonymous, 64, 0);
	btf__add_field(btf, "in", array, 128, 0);
	btf__add_field(btf, "other", integer, 320, 0);
	btf__add_enum(btf, "why", 4);
	btf__add_enum_value(btf, "WHY_NOT", 1);
	btf__add_enum_value(btf, "WHY_TWO", 2);
	return btf;
}

/* What an object names: a flavour of pair with three of its members, inner with one, why. */
static struct btf *make_wanted(void)
{
	struct btf *btf = btf__new_empty();
	int integer = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);

	btf__add_struct(btf, "pair___old", 12);
	btf__add_field(btf, "first", integer, 0, 0);
	btf__add_field(btf, "second", integer, 32, 0);
	btf__add_field(btf, "in", integer, 64, 0);
	btf__add_struct(btf, "inner", 4);
	btf__add_field(btf, "deep", integer, 0, 0);
	btf__add_enum(btf, "why", 4);
	btf__add_enum_value(btf, "WHY_TWO", 2);
	return btf;
}

static const char *name_of(const struct btf *btf, __u32 id)
{
	return btf__name_by_offset(btf, btf__type_by_id(btf, id)->name_off);
}

TEST(every_id_is_a_type)
{
	struct btf *made = make_kernel();
	struct kernel_btf *b;
	const void *data;
	__u32 size;

	data = btf__raw_data(made, &size);
	CHECK_INT(kernel_btf_read(&b, data, size, NULL), 0);
	CHECK_INT(kernel_btf_first(b), 1);
	CHECK_INT(kernel_btf_end(b), btf__type_cnt(made));
	for (__u32 id = 1; id < btf__type_cnt(made); id++) {
		const struct btf_type *t = kernel_btf_type(b, id);

		CHECK_INT(btf_kind(t), btf_kind(btf__type_by_id(made, id)));
		CHECK_STR(kernel_btf_name(b, t->name_off), name_of(made, id));
	}
	CHECK(!kernel_btf_type(b, 0));
	CHECK(!kernel_btf_type(b, kernel_btf_end(b)));
	kernel_btf_close(b);
	btf__free(made);
}

TEST(a_module_goes_on_where_vmlinux_ends)
{
	struct btf *made = make_kernel(), *module = btf__new_empty_split(made);
	int id = btf__add_ptr(module, btf__find_by_name(made, "pair"));
	struct kernel_btf *b, *m;
	const void *data;
	__u32 size;

	btf__add_struct(module, "private", 4);
	data = btf__raw_data(made, &size);
	CHECK_INT(kernel_btf_read(&b, data, size, NULL), 0);
	data = btf__raw_data(module, &size);
	CHECK_INT(kernel_btf_read(&m, data, size, b), 0);
	CHECK_INT(kernel_btf_first(m), id);
	CHECK_INT(kernel_btf_end(m), id + 2);
	CHECK_STR(kernel_btf_name(m, kernel_btf_type(m, kernel_btf_type(m, id)->type)->name_off), "pair");
	CHECK_STR(kernel_btf_name(m, kernel_btf_type(m, id + 1)->name_off), "private");
	kernel_btf_close(m);
	kernel_btf_close(b);
	btf__free(module);
	btf__free(made);
}

TEST(what_is_cut_is_refused)
{
	struct btf *made = make_kernel();
	struct kernel_btf *b;
	const void *data;
	__u32 size;
	char *copy;

	data = btf__raw_data(made, &size);
	/* Copies of just that size: a sanitizer sees what is read beyond. */
	for (__u32 n = 0; n < size; n++) {
		copy = malloc(n + 1);
		memcpy(copy, data, n);
		CHECK_INT(kernel_btf_read(&b, copy, n, NULL), -EINVAL);
		free(copy);
	}
	btf__free(made);
}

TEST(the_wanted_types_are_copied)
{
	struct btf *made = make_kernel(), *wanted = make_wanted(), *got;
	FILE *file = tmpfile();
	const struct btf_type *t, *in;
	struct kernel_btf *b;
	char path[32];
	const void *data;
	__u32 size;

	data = btf__raw_data(made, &size);
	CHECK_INT(kernel_btf_read(&b, data, size, NULL), 0);
	CHECK_INT(kernel_types_write(b, wanted, fileno(file)), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(file));
	got = btf__parse(path, NULL);
	CHECK(!libbpf_get_error(got));
	CHECK(btf__find_by_name(got, "unwanted") < 0);
	CHECK(btf__find_by_name(got, "run") < 0);
	t = btf__type_by_id(got, btf__find_by_name_kind(got, "pair", BTF_KIND_STRUCT));
	CHECK_INT(t->size, 44);
	CHECK_INT(btf_vlen(t), 3);
	CHECK_STR(btf__name_by_offset(got, btf_members(t)[0].name_off), "first");
	CHECK_STR(btf__name_by_offset(got, btf_members(t)[1].name_off), "");
	CHECK_INT(btf_members(t)[1].offset, 64);
	in = btf__type_by_id(got, btf_members(t)[1].type);
	CHECK_STR(btf__name_by_offset(got, btf_members(in)[0].name_off), "second");
	CHECK(btf_is_ptr(btf__type_by_id(got, btf_members(in)[0].type)));
	CHECK_STR(btf__name_by_offset(got, btf_members(t)[2].name_off), "in");
	CHECK_INT(btf_members(t)[2].offset, 128);
	in = btf__type_by_id(got, btf_members(t)[2].type);
	CHECK_INT(btf_array(in)->nelems, 3);
	in = btf__type_by_id(got, btf_array(in)->type);
	CHECK_STR(btf__name_by_offset(got, in->name_off), "inner");
	CHECK_INT(in->size, 8);
	CHECK_INT(btf_vlen(in), 1);
	CHECK_INT(btf__resolve_size(got, btf_members(in)[0].type), 4);
	t = btf__type_by_id(got, btf__find_by_name_kind(got, "why", BTF_KIND_ENUM));
	CHECK_INT(btf_vlen(t), 2);
	CHECK_STR(btf__name_by_offset(got, btf_enum(t)[1].name_off), "WHY_TWO");
	btf__free(got);
	fclose(file);
	kernel_btf_close(b);
	btf__free(wanted);
	btf__free(made);
}

int main(void)
{
	return RUN(T(every_id_is_a_type), T(a_module_goes_on_where_vmlinux_ends), T(what_is_cut_is_refused),
		   T(the_wanted_types_are_copied));
}
