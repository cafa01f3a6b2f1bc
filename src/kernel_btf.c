// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads BTF: finds where each type begins. */
#include "kernel_btf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/btf.h>

struct kernel_btf {
	const struct kernel_btf *base;
	void *mapped;		/* to be given back */
	size_t size;		/* of mapped */
	const char *types, *strings;
	uint32_t strings_size, first, end;
	uint32_t strings_first;	/* offsets of strings go on where those of the base end */
	uint32_t *at;		/* id - first -> offset in types */
};

size_t kernel_btf_size(const struct btf_type *t)
{
	switch (btf_kind(t)) {
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		return sizeof(*t);
	case BTF_KIND_INT:
		return sizeof(*t) + sizeof(__u32);
	case BTF_KIND_ARRAY:
		return sizeof(*t) + sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return sizeof(*t) + btf_vlen(t) * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return sizeof(*t) + btf_vlen(t) * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return sizeof(*t) + btf_vlen(t) * sizeof(struct btf_enum64);
	case BTF_KIND_FUNC_PROTO:
		return sizeof(*t) + btf_vlen(t) * sizeof(struct btf_param);
	case BTF_KIND_VAR:
		return sizeof(*t) + sizeof(struct btf_var);
	case BTF_KIND_DATASEC:
		return sizeof(*t) + btf_vlen(t) * sizeof(struct btf_var_secinfo);
	case BTF_KIND_DECL_TAG:
		return sizeof(*t) + sizeof(struct btf_decl_tag);
	}
	return 0;
}

static int find_types(struct kernel_btf *b, uint32_t size)
{
	/* Most types are small: 24 bytes each is about what kernels have. */
	uint32_t room = size / 24 + 16, n = 0;

	b->at = malloc(room * sizeof(*b->at));
	if (!b->at)
		return -ENOMEM;
	for (uint32_t at = 0; at < size; n++) {
		size_t bytes;

		if (size - at < sizeof(struct btf_type))
			return -EINVAL;
		bytes = kernel_btf_size((const struct btf_type *)(b->types + at));
		if (!bytes || bytes > size - at)
			return -EINVAL;
		if (n == room) {
			uint32_t *more = realloc(b->at, (room *= 2) * sizeof(*b->at));

			if (!more)
				return -ENOMEM;
			b->at = more;
		}
		b->at[n] = at;
		at += bytes;
	}
	b->end = b->first + n;
	return 0;
}

int kernel_btf_read(struct kernel_btf **out, const void *data, size_t size, const struct kernel_btf *base)
{
	const struct btf_header *h = data;
	struct kernel_btf *b;
	int err;

	*out = NULL;
	if (size < sizeof(*h) || h->magic != BTF_MAGIC || h->hdr_len > size ||
	    (uint64_t)h->type_off + h->type_len > size - h->hdr_len ||
	    (uint64_t)h->str_off + h->str_len > size - h->hdr_len || h->type_off % 4)
		return -EINVAL;
	b = calloc(1, sizeof(*b));
	if (!b)
		return -ENOMEM;
	b->base = base;
	b->types = (const char *)data + h->hdr_len + h->type_off;
	b->strings = (const char *)data + h->hdr_len + h->str_off;
	b->strings_size = h->str_len;
	b->strings_first = base ? base->strings_first + base->strings_size : 0;
	b->first = base ? base->end : 1;
	err = h->str_len && b->strings[h->str_len - 1] ? -EINVAL : find_types(b, h->type_len);
	if (err) {
		kernel_btf_close(b);
		return err;
	}
	*out = b;
	return 0;
}

/* Reads all of a file into memory that was mapped for it: sysfs gives a page at a time. */
static int read_file(int fd, char *data, size_t size)
{
	while (size) {
		ssize_t n = read(fd, data, size);

		if (n <= 0)
			return n ? -errno : -EINVAL;
		data += n;
		size -= n;
	}
	return 0;
}

static int open_fd(struct kernel_btf **out, int fd, const struct kernel_btf *base)
{
	struct stat st;
	void *data;
	int err = 0;

	if (fstat(fd, &st))
		return -errno;
	/* As it lies in the kernel (vmlinux, from 6.16 on), or a copy. */
	data = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED) {
		data = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (data == MAP_FAILED)
			return -errno;
		err = read_file(fd, data, st.st_size);
	}
	if (!err)
		err = kernel_btf_read(out, data, st.st_size, base);
	if (err) {
		munmap(data, st.st_size);
		return err;
	}
	(*out)->mapped = data;
	(*out)->size = st.st_size;
	return 0;
}

int kernel_btf_open(struct kernel_btf **out, const char *name, const struct kernel_btf *base)
{
	char path[128];
	int fd, err;

	*out = NULL;
	snprintf(path, sizeof(path), "/sys/kernel/btf/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = open_fd(out, fd, base);
	close(fd);
	return err;
}

void kernel_btf_close(struct kernel_btf *b)
{
	if (!b)
		return;
	if (b->mapped)
		munmap(b->mapped, b->size);
	free(b->at);
	free(b);
}

uint32_t kernel_btf_first(const struct kernel_btf *b)
{
	return b->first;
}

uint32_t kernel_btf_end(const struct kernel_btf *b)
{
	return b->end;
}

const struct btf_type *kernel_btf_type(const struct kernel_btf *b, uint32_t id)
{
	if (id < b->first)
		return b->base && id ? kernel_btf_type(b->base, id) : NULL;
	return id < b->end ? (const struct btf_type *)(b->types + b->at[id - b->first]) : NULL;
}

const char *kernel_btf_name(const struct kernel_btf *b, uint32_t offset)
{
	if (offset < b->strings_first)
		return kernel_btf_name(b->base, offset);
	offset -= b->strings_first;
	return offset < b->strings_size ? b->strings + offset : "";
}
