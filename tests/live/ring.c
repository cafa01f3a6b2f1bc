// SPDX-License-Identifier: GPL-2.0-or-later
/* The rings that io_uring shares with a program, and the two system calls of them (io_uring(7)). */
#include "ring.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pair.h"

enum { ENTRIES = 8 };

static void *ring_map(const struct ring *r, size_t size, off_t what)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd, what);

	if (at == MAP_FAILED)
		die("mmap of io_uring");
	return at;
}

bool ring_make(struct ring *r, unsigned int setup_flags)
{
	struct io_uring_params p = { .flags = setup_flags, .sq_thread_idle = 10000 };
	char *sq, *cq;

	*r = (struct ring){ .fd = syscall(__NR_io_uring_setup, ENTRIES, &p) };
	if (r->fd == -1 && (errno == ENOSYS || errno == EPERM))
		return false;
	must(r->fd, "io_uring_setup");
	sq = ring_map(r, p.sq_off.array + p.sq_entries * sizeof(unsigned int), IORING_OFF_SQ_RING);
	cq = ring_map(r, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
	r->sqes = ring_map(r, p.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
	r->sq_tail = (void *)(sq + p.sq_off.tail);
	r->sq_mask = (void *)(sq + p.sq_off.ring_mask);
	r->sq_array = (void *)(sq + p.sq_off.array);
	r->sq_flags = (void *)(sq + p.sq_off.flags);
	r->cq_head = (void *)(cq + p.cq_off.head);
	r->cq_tail = (void *)(cq + p.cq_off.tail);
	r->cq_mask = (void *)(cq + p.cq_off.ring_mask);
	r->cqes = (void *)(cq + p.cq_off.cqes);
	r->polled = setup_flags & IORING_SETUP_SQPOLL;
	return true;
}

/* What is mapped goes with the process. */
void ring_free(struct ring *r)
{
	close(r->fd);
}

struct io_uring_sqe *ring_queue(struct ring *r, int opcode, int fd, void *data, unsigned int n)
{
	unsigned int at = (*r->sq_tail + r->queued) & *r->sq_mask;
	struct io_uring_sqe *sqe = &r->sqes[at];

	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = opcode;
	sqe->fd = fd;
	sqe->addr = (unsigned long)data;
	sqe->len = n;
	sqe->user_data = at + 1;
	r->sq_array[at] = at;
	r->queued++;
	return sqe;
}

void ring_submit(struct ring *r, unsigned int wait)
{
	unsigned int n = r->queued, flags = wait ? IORING_ENTER_GETEVENTS : 0;

	__atomic_store_n(r->sq_tail, *r->sq_tail + n, __ATOMIC_RELEASE);
	r->queued = 0;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (r->polled && *(volatile unsigned int *)r->sq_flags & IORING_SQ_NEED_WAKEUP)
		flags |= IORING_ENTER_SQ_WAKEUP;
	if (must(syscall(__NR_io_uring_enter, r->fd, r->polled ? 0 : n, wait, flags, NULL, 0), "io_uring_enter") !=
	    (r->polled ? 0 : n))
		die("io_uring_enter");
}

int ring_answer(struct ring *r)
{
	unsigned int head = *r->cq_head;
	int res;

	if (__atomic_load_n(r->cq_tail, __ATOMIC_ACQUIRE) == head)
		ring_submit(r, 1);
	res = r->cqes[head & *r->cq_mask].res;
	__atomic_store_n(r->cq_head, head + 1, __ATOMIC_RELEASE);
	return res;
}

void ring_expect(struct ring *r, int res)
{
	int answer = ring_answer(r);

	if (answer == res)
		return;
	fprintf(stderr, "cases: a request completes with %d, not %d\n", answer, res);
	errno = EIO;
	die("io_uring");
}
