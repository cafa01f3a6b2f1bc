// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A BPF ring buffer from the reader's side (kernel/bpf/ringbuf.c; the layout
 * is part of the kernel's interface: one page with the consumer position, one
 * with the producer position, then the data mapped twice in a row).
 */
#include "live_ring.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct ring {
	unsigned long *consumer;
	unsigned long *producer;
	char *data;
	size_t bytes, page;
	unsigned long round;	/* consumer position when the last round began */
};

int ring_open(struct ring **out, int fd, size_t bytes)
{
	struct ring *r = calloc(1, sizeof(*r));
	void *map;
	int err;

	*out = NULL;
	if (!r)
		return -ENOMEM;
	r->bytes = bytes;
	r->page = sysconf(_SC_PAGESIZE);
	map = mmap(NULL, r->page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		goto fail;
	r->consumer = map;
	map = mmap(NULL, r->page + 2 * bytes, PROT_READ, MAP_SHARED, fd, r->page);
	if (map == MAP_FAILED)
		goto fail;
	r->producer = map;
	r->data = (char *)map + r->page;
	*out = r;
	return 0;
fail:
	err = -errno;
	ring_close(r);
	return err;
}

void ring_close(struct ring *r)
{
	if (!r)
		return;
	if (r->producer)
		munmap(r->producer, r->page + 2 * r->bytes);
	if (r->consumer)
		munmap(r->consumer, r->page);
	free(r);
}

unsigned long ring_head(const struct ring *r)
{
	return __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
}

bool ring_was_full(const struct ring *r, size_t largest)
{
	/* The consumer has only moved on since, so there was never less room than this says. */
	return ring_head(r) - r->round + BPF_RINGBUF_HDR_SZ + largest > r->bytes;
}

int ring_read(struct ring *r, unsigned long head, int (*take)(void *ctx, const void *rec, size_t size), void *ctx)
{
	unsigned long at = *r->consumer;
	int answer = 0;

	r->round = at;
	while (at < head && !answer) {
		const uint32_t *len = (const void *)(r->data + (at & (r->bytes - 1)));
		uint32_t word = __atomic_load_n(len, __ATOMIC_ACQUIRE), size = word & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);

		if (word & BPF_RINGBUF_BUSY_BIT)
			break;
		if (!(word & BPF_RINGBUF_DISCARD_BIT))
			answer = take(ctx, (const char *)len + BPF_RINGBUF_HDR_SZ, size);
		at += (size + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8;
		__atomic_store_n(r->consumer, at, __ATOMIC_RELEASE);
	}
	return answer;
}
