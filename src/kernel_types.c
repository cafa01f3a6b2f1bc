// SPDX-License-Identifier: GPL-2.0-or-later
/* Copies chosen types out of the kernel's BTF. */
#include "kernel_types.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/btf.h>

#include "kernel_btf.h"
#include "map.h"

struct bytes {
	char *data;
	size_t n, room;
};

struct pick {
	const struct kernel_btf *from;
	struct map names;	/* hash of a wanted name -> itself; two names with one hash take a type too much */
	uint32_t *ids;		/* id there -> id here; 0: not copied */
	uint32_t n;
	struct bytes types, strings;
	int err;
};

static char *bytes_add(struct bytes *b, const void *data, size_t n)
{
	if (n > b->room - b->n) {
		size_t room = (b->room + n) * 2;
		char *more = realloc(b->data, room);

		if (!more)
			return NULL;
		b->data = more;
		b->room = room;
	}
	memcpy(b->data + b->n, data, n);
	b->n += n;
	return b->data + b->n - n;
}

/* FNV-1a of a name without its flavour: libbpf finds struct sk_buff for sk_buff___old too. */
static uint64_t hash_of(const char *name)
{
	uint64_t h = 0xcbf29ce484222325ull;

	for (; *name && (name[0] != '_' || strncmp(name, "___", 3)); name++)
		h = (h ^ (unsigned char)*name) * 0x100000001b3ull;
	return h;
}

static void want(struct pick *p, const char *name)
{
	if (*name && !p->err)
		p->err = map_put(&p->names, hash_of(name), p);
}

static void want_all(struct pick *p, const struct btf *wanted)
{
	uint32_t n = btf__type_cnt(wanted);

	for (uint32_t id = 1; id < n; id++) {
		const struct btf_type *t = btf__type_by_id(wanted, id);

		if (!btf_is_composite(t) && !btf_is_any_enum(t))
			continue;
		want(p, btf__name_by_offset(wanted, t->name_off));
		for (int i = 0; btf_is_composite(t) && i < btf_vlen(t); i++)
			want(p, btf__name_by_offset(wanted, btf_members(t)[i].name_off));
	}
}

static bool is_wanted(const struct pick *p, uint32_t name_off)
{
	return map_get(&p->names, hash_of(kernel_btf_name(p->from, name_off)));
}

static uint32_t copy_name(struct pick *p, uint32_t offset)
{
	const char *name = kernel_btf_name(p->from, offset);
	uint32_t at = p->strings.n;

	if (!*name)
		return 0;
	if (!bytes_add(&p->strings, name, strlen(name) + 1))
		p->err = -ENOMEM;
	return at;
}

static uint32_t copy_type(struct pick *p, uint32_t id);

/* The members that somebody may ask for; those without a name may hold them. */
static void copy_members(struct pick *p, struct btf_type *t)
{
	struct btf_member *m = btf_members(t);
	uint32_t kept = 0;

	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		if (m[i].name_off && !is_wanted(p, m[i].name_off))
			continue;
		m[kept] = m[i];
		m[kept].name_off = copy_name(p, m[i].name_off);
		m[kept++].type = copy_type(p, m[i].type);
	}
	t->info = (t->info & ~0xffffu) | kept;
}

/* Of the two kinds of enum both begin with the name. */
static void copy_values(struct pick *p, struct btf_type *t)
{
	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		uint32_t *name = btf_is_enum64(t) ? &btf_enum64(t)[i].name_off : &btf_enum(t)[i].name_off;

		*name = copy_name(p, *name);
	}
}

/* Its id here, after what it is made of; 0: void. */
static uint32_t copy_type(struct pick *p, uint32_t id)
{
	const struct btf_type *from = kernel_btf_type(p->from, id);
	struct btf_type *t;

	if (!from || p->err)
		return 0;
	if (p->ids[id])
		return p->ids[id];
	t = malloc(kernel_btf_size(from));
	if (!t) {
		p->err = -ENOMEM;
		return 0;
	}
	memcpy(t, from, kernel_btf_size(from));
	t->name_off = copy_name(p, from->name_off);
	if (btf_is_composite(t)) {
		copy_members(p, t);
	} else if (btf_is_any_enum(t)) {
		copy_values(p, t);
	} else if (btf_is_array(t)) {
		btf_array(t)->type = copy_type(p, btf_array(t)->type);
		btf_array(t)->index_type = copy_type(p, btf_array(t)->index_type);
	} else if (btf_is_ptr(t)) {
		t->type = 0;
	} else if (btf_is_mod(t) || btf_is_typedef(t) || btf_is_type_tag(t)) {
		t->type = copy_type(p, t->type);
	} else if (!btf_is_int(t) && !btf_is_float(t) && !btf_is_fwd(t)) {
		p->err = -EINVAL;	/* nothing else can be a member */
	}
	if (!bytes_add(&p->types, t, kernel_btf_size(t)))
		p->err = -ENOMEM;
	free(t);
	return p->ids[id] = ++p->n;
}

static int write_all(int fd, const void *data, size_t size)
{
	ssize_t n = write(fd, data, size);

	return n < 0 ? -errno : (size_t)n == size ? 0 : -EIO;
}

int kernel_types_write(const struct kernel_btf *from, const struct btf *wanted, int fd)
{
	struct pick p = { .from = from };
	uint32_t end = kernel_btf_end(from);
	struct btf_header h = { .magic = BTF_MAGIC, .version = BTF_VERSION, .hdr_len = sizeof(h) };

	p.ids = calloc(end, sizeof(*p.ids));
	if (!p.ids || !bytes_add(&p.strings, "", 1))
		p.err = -ENOMEM;
	want_all(&p, wanted);
	for (uint32_t id = kernel_btf_first(from); id < end && !p.err; id++) {
		const struct btf_type *t = kernel_btf_type(from, id);

		if ((btf_is_composite(t) || btf_is_any_enum(t)) && t->name_off && is_wanted(&p, t->name_off))
			copy_type(&p, id);
	}
	h.type_len = p.types.n;
	h.str_off = p.types.n;
	h.str_len = p.strings.n;
	if (!p.err)
		p.err = write_all(fd, &h, sizeof(h));
	if (!p.err)
		p.err = write_all(fd, p.types.data, p.types.n);
	if (!p.err)
		p.err = write_all(fd, p.strings.data, p.strings.n);
	map_free(&p.names, NULL);
	free(p.ids);
	free(p.types.data);
	free(p.strings.data);
	return p.err;
}
