/* SPDX-License-Identifier: GPL-2.0-or-later */
/* io_uring by its system calls, as much of it as the cases need. */
#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <linux/io_uring.h>

struct ring {
	int fd;
	unsigned int *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
	unsigned int queued;	/* and not submitted */
	bool polled;		/* a thread of the kernel takes what is queued (IORING_SETUP_SQPOLL) */
	unsigned int *sq_flags;
};

/* False: this kernel has no io_uring, or lets nobody use it. */
bool ring_make(struct ring *r, unsigned int setup_flags);
void ring_free(struct ring *r);

/* Queues a request on n bytes at data; its fields may be changed until it is submitted. */
struct io_uring_sqe *ring_queue(struct ring *r, int opcode, int fd, void *data, unsigned int n);
/* Submits what is queued, and waits for so many completions. */
void ring_submit(struct ring *r, unsigned int wait);
/* What the next completion says; it is waited for. */
int ring_answer(struct ring *r);
/* The same; ends the program unless that is res. */
void ring_expect(struct ring *r, int res);

#endif
