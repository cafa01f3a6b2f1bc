// SPDX-License-Identifier: GPL-2.0-or-later
/* Bytes that io_uring moves: at once, when they come, by a worker, by the thread that polls the queue. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
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
	/* Nagle would keep the second back, for an ACK to send it, where that of the first is late. */
	option(p.client, IPPROTO_TCP, TCP_NODELAY, 1);
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

/* Two wait, and what comes is for both; who is first is the kernel's to say. */
void case_uring_both(void)
{
	struct ring ring;
	struct pair p;

	if (!ring_make(&ring, 0))
		return;
	pair_make(&p, port, NULL);
	ring_queue(&ring, IORING_OP_RECV, p.server, data, 50);
	ring_queue(&ring, IORING_OP_RECV, p.server, data, 50);
	ring_submit(&ring, 0);
	put(p.client, 100);
	ring_submit(&ring, 2);
	ring_expect(&ring, 50);
	ring_expect(&ring, 50);
	ring_free(&ring);
	pair_close(&p);
	say(&p, "wrote 100");
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

static void send_all(struct helper *h)
{
	struct ring *ring = h->page;
	static char much[100000];

	ring_queue(ring, IORING_OP_SEND, h->pair->client, much, sizeof(much))->msg_flags = MSG_WAITALL;
	ring_submit(ring, 0);
	h->waits = true;
	ring_submit(ring, 1);
	ring_expect(ring, sizeof(much));
}

/* It is written as the reader makes room: in many goes, and yet it is one. */
void case_uring_room(void)
{
	const struct pair_wish small = { .mss = 1000, .rcvbuf = 8192, .sndbuf = 8192 };
	struct helper writer = { .name = "writer", .run = send_all };
	struct ring ring;
	struct pair p;

	if (!ring_make(&ring, 0))
		return;
	pair_make(&p, port, &small);
	writer.pair = &p;
	writer.page = &ring;
	helper_start(&writer);
	until_closed(p.client);
	helper_sleeps(&writer);
	for (long n = 0; n < 100000;) {
		static char buf[8192];

		n += must(read(p.server, buf, sizeof(buf)), "read");
	}
	helper_join(&writer);
	ring_free(&ring);
	pair_close(&p);
	say(&p, "wrote 100000 writer %d", writer.tid);
}

/* What comes in pieces fills one request, of a registered file, that has the name of another. */
void case_uring_whole(void)
{
	struct io_uring_sqe *sqe;
	struct ring ring;
	struct pair p;

	if (!ring_make(&ring, 0))
		return;
	pair_make(&p, port, NULL);
	must(syscall(__NR_io_uring_register, ring.fd, IORING_REGISTER_FILES, &p.server, 1), "io_uring_register");
	sqe = ring_queue(&ring, IORING_OP_RECV, 0, data, 300);
	sqe->flags = IOSQE_FIXED_FILE;
	sqe->msg_flags = MSG_WAITALL;
	ring_submit(&ring, 0);
	put(p.client, 100);
	until_acked(p.client);
	put(p.client, 200);
	until_acked(p.client);
	ring_expect(&ring, 300);
	/* A ring is taken apart behind its program's back: while it holds the socket no close() of that is the last. */
	must(syscall(__NR_io_uring_register, ring.fd, IORING_UNREGISTER_FILES, NULL, 0), "io_uring_register");
	ring_free(&ring);
	pair_close(&p);
	say(&p, "wrote 300");
}

/* The handshake by requests; the accept waits for the connect. */
void case_uring_connect(void)
{
	struct ring accepts, connects;
	struct sockaddr_in at;
	struct pair p;
	int listener;

	if (!ring_make(&accepts, 0) || !ring_make(&connects, 0))
		return;
	listener = listener_make(&at, port, NULL);
	ring_queue(&accepts, IORING_OP_ACCEPT, listener, NULL, 0);
	ring_submit(&accepts, 0);
	p.client = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
	ring_queue(&connects, IORING_OP_CONNECT, p.client, &at, 0)->off = sizeof(at);
	ring_submit(&connects, 1);
	ring_expect(&connects, 0);
	p.server = ring_answer(&accepts);
	close(listener);
	pair_ports(&p, port);
	ring_free(&accepts);
	ring_free(&connects);
	pass(&p, 100);
	pair_close(&p);
	say(&p, "wrote 100 server %d", p.server);
}

/* One request that completes with all that comes, each time into a buffer that it was given. Before 6.0 it is refused. */
void case_uring_shots(void)
{
	struct io_uring_sqe *sqe;
	struct ring ring;
	struct pair p;
	bool shots;

	if (!ring_make(&ring, 0))
		return;
	pair_make(&p, port, NULL);
	sqe = ring_queue(&ring, IORING_OP_PROVIDE_BUFFERS, 4, data, 100);
	sqe->buf_group = 1;
	ring_submit(&ring, 1);
	ring_expect(&ring, 0);
	sqe = ring_queue(&ring, IORING_OP_RECV, p.server, NULL, 0);
	sqe->ioprio = IORING_RECV_MULTISHOT;
	sqe->flags = IOSQE_BUFFER_SELECT;
	sqe->buf_group = 1;
	ring_submit(&ring, 0);
	put(p.client, 100);
	shots = ring_answer(&ring) == 100;
	if (shots) {
		put(p.client, 60);
		ring_expect(&ring, 60);
		shutdown(p.client, SHUT_WR);
		ring_expect(&ring, 0);
	} else {
		take(p.server, 100);
	}
	ring_free(&ring);
	pair_close(&p);
	say(&p, "wrote %d shots %d", shots ? 160 : 100, shots ? 2 : 0);
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
