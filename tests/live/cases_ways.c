// SPDX-License-Identifier: GPL-2.0-or-later
/* Ways to read and to write. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "cases.h"

void case_peek(void)
{
	char buf[100];
	struct pair p;

	pair_make(&p, port, NULL);
	put(p.client, 100);
	until_there(p.server, 100);
	must(recv(p.server, buf, 60, MSG_PEEK), "recv");
	must(recv(p.server, buf, 100, 0), "recv");
	pair_close(&p);
	say(&p, "wrote 100");
}

void case_partial(void)
{
	struct pair p;

	pair_make(&p, port, NULL);
	put(p.client, 1000);
	until_there(p.server, 1000);
	take(p.server, 300);
	take(p.server, 700);
	pair_close(&p);
	say(&p, "wrote 1000");
}

void case_sendfile(void)
{
	int file = must(memfd_create("file", MFD_CLOEXEC), "memfd_create");
	struct pair p;

	must(ftruncate(file, 5000), "ftruncate");
	pair_make(&p, port, NULL);
	if (sendfile(p.client, file, NULL, 5000) != 5000)
		die("sendfile");
	until_there(p.server, 5000);
	take(p.server, 5000);
	pair_close(&p);
	close(file);
	say(&p, "wrote 5000");
}

void case_splice(void)
{
	struct pair p;
	int pipes[2];

	must(pipe(pipes), "pipe");
	put(pipes[1], 700);
	pair_make(&p, port, NULL);
	if (splice(pipes[0], NULL, p.client, NULL, 700, 0) != 700)
		die("splice");
	until_there(p.server, 700);
	take(p.server, 700);
	pair_close(&p);
	close(pipes[0]);
	close(pipes[1]);
	say(&p, "wrote 700");
}

static void splice_one(struct helper *h)
{
	int *pipes = h->page;

	h->waits = true;
	if (splice(h->pair->server, NULL, pipes[1], NULL, 1000, 0) != 700)
		die("splice");
}

/* Out of the socket, into a pipe; it waits for the bytes. */
void case_splice_out(void)
{
	struct helper reader = { .name = "reader", .run = splice_one };
	struct pair p;
	int pipes[2];

	must(pipe(pipes), "pipe");
	pair_make(&p, port, NULL);
	reader.pair = &p;
	reader.page = pipes;
	helper_start(&reader);
	helper_sleeps(&reader);
	put(p.client, 700);
	helper_join(&reader);
	take(pipes[0], 700);
	pair_close(&p);
	close(pipes[0]);
	close(pipes[1]);
	say(&p, "wrote 700 reader %d", reader.tid);
}

/* A socket has no place to write to or read from: -1 is the one that is allowed. */
void case_vector(void)
{
	char first[10] = { 0 }, second[20] = { 0 };
	struct iovec v[2] = { { first, sizeof(first) }, { second, sizeof(second) } };
	struct pair p;

	pair_make(&p, port, NULL);
	must(writev(p.client, v, 2), "writev");
	must(pwritev2(p.client, v, 2, -1, 0), "pwritev2");
	until_there(p.server, 60);
	must(readv(p.server, v, 2), "readv");
	must(preadv2(p.server, v, 2, -1, 0), "preadv2");
	pair_close(&p);
	say(&p, "wrote 60");
}
