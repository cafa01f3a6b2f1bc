/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every fuzz target needs: promises that end the run, files that are memory. */
#ifndef SKBTRACE_FUZZ_H
#define SKBTRACE_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define PROMISE(cond) \
	do { \
		if (!(cond)) { \
			fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #cond); \
			abort(); \
		} \
	} while (0)

/* A file in memory that has a path; the same one each time, emptied by fuzz_file(). */
struct fuzz_file {
	int fd;
	char path[32];
};

static inline void fuzz_file(struct fuzz_file *f, const void *data, size_t n)
{
	if (!*f->path) {
		f->fd = memfd_create("fuzz", MFD_CLOEXEC);
		PROMISE(f->fd >= 0);
		snprintf(f->path, sizeof(f->path), "/proc/self/fd/%d", f->fd);
	}
	PROMISE(!ftruncate(f->fd, 0) && pwrite(f->fd, data, n, 0) == (ssize_t)n);
}

#endif
