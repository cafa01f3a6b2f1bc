// SPDX-License-Identifier: GPL-2.0-or-later
/* Bytes that io_uring moves: at once, when they come, by a worker, by the thread that polls the queue. */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "cases.h"
#include "ring.h"

static char data[4096];

/* Two requests in one go, on one socket: each has its bytes. */
void case_uring_send(void)
{
	struct ring ring;
	struct pair p;

	if (!ring_make(&ring, 0))
		return;
	pair_make(&p, port, NULL);
	ring_queue(&ring, IORING_OP_SEND, p.client, data, 100);
	ring_queue(&ring, IORING_OP_SEND, p.client, data, 200);
	ring_submit(&ring, 2);
	ring_expect(&ring, 100);
	ring_expect(&ring, 200);
	until_there(p.server, 300);
	ring_queue(&ring, IORING_OP_RECV, p.server, data, 50);
	ring_queue(&ring, IORING_OP_RECV, p.server, data, 4096);
	ring_submit(&ring, 2);
	ring_expect(&ring, 50);
	ring_expect(&ring, 250);
	ring_free(&ring);
	pair_close(&p);
	say(&p, "wrote 300");
}

static void recv_armed(struct helper *h)
{
	struct ring *ring = h->page;

	/* The thread that submits it is the one that runs it when the bytes come. */
	ring_queue(ring, IORING_OP_RECV, h->pair->server, data, 1000);
	ring_submit(ring, 0);
	h->waits = true;
	ring_submit(ring, 1);
	ring_expect(ring, 100);
}

/* Armed before the bytes come. */
void case_uring_recv(void)
{
	struct helper reader = { .name = "reader", .run = recv_armed };
	struct ring ring;
	struct pair p;

	if (!ring_make(&ring, 0))
		return;
	pair_make(&p, port, NULL);
	reader.pair = &p;
	reader.page = &ring;
	helper_start(&reader);
	helper_sleeps(&reader);
	put(p.client, 100);
	helper_join(&reader);
	ring_free(&ring);
	pair_close(&p);
	say(&p, "wrote 100 reader %d", reader.tid);
}

/* The other ways to say the same. */
void case_uring_vector(void)
{
	struct iovec v = { data, 30 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	struct ring ring;
	struct pair p;

	if (!ring_make(&ring, 0))
		return;
	pair_make(&p, port, NULL);
	ring_queue(&ring, IORING_OP_WRITE, p.client, data, 10);
	ring_queue(&ring, IORING_OP_WRITEV, p.client, &v, 1);
	ring_queue(&ring, IORING_OP_SENDMSG, p.client, &m, 1);
	ring_submit(&ring, 3);
	ring_expect(&ring, 10);
	ring_expect(&ring, 30);
	ring_expect(&ring, 30);
	until_there(p.server, 70);
	ring_queue(&ring, IORING_OP_READ, p.server, data, 10);
	ring_queue(&ring, IORING_OP_READV, p.server, &v, 1);
	ring_queue(&ring, IORING_OP_RECVMSG, p.server, &m, 1);
	ring_submit(&ring, 3);
	ring_expect(&ring, 10);
	ring_expect(&ring, 30);
	ring_expect(&ring, 30);
	ring_free(&ring);
	pair_close(&p);
	say(&p, "wrote 70");
}

/* Asked to, io_uring gives a request to a worker. */
void case_uring_worker(void)
{
	struct ring ring;
	struct pair p;

	if (!ring_make(&ring, 0))
		return;
	pair_make(&p, port, NULL);
	ring_queue(&ring, IORING_OP_SEND, p.client, data, 100)->flags = IOSQE_ASYNC;
	ring_submit(&ring, 1);
	ring_expect(&ring, 100);
	until_there(p.server, 100);
	ring_queue(&ring, IORING_OP_RECV, p.server, data, 100)->flags = IOSQE_ASYNC;
	ring_submit(&ring, 1);
	ring_expect(&ring, 100);
	ring_free(&ring);
	pair_close(&p);
	say(&p, "wrote 100");
}

/* A thread of the kernel takes what is queued. */
void case_uring_polled(void)
{
	struct ring ring;
	struct pair p;

	if (!ring_make(&ring, IORING_SETUP_SQPOLL))
		return;
	pair_make(&p, port, NULL);
	ring_queue(&ring, IORING_OP_SEND, p.client, data, 100);
	ring_submit(&ring, 1);
	ring_expect(&ring, 100);
	until_there(p.server, 100);
	take(p.server, 100);
	ring_free(&ring);
	pair_close(&p);
	say(&p, "wrote 100");
}
