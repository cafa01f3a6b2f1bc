// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * As much as TCP can carry over loopback: one process writes, another reads.
 *
 *	haste PORT MEGABYTES
 *
 * Prints megabytes a second, from the first write until the reader has seen the end.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 65536 };

static char chunk[CHUNK];

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static long must(long result, const char *what)
{
	if (result < 0) {
		perror(what);
		exit(1);
	}
	return result;
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int listener, fd, status;
	long long left;
	double began;

	if (argc != 3)
		return 2;
	at.sin_port = htons(atoi(argv[1]));
	left = atoll(argv[2]) << 20;
	listener = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
	must(bind(listener, (struct sockaddr *)&at, sizeof(at)), "bind");
	must(listen(listener, 1), "listen");
	if (!must(fork(), "fork")) {
		fd = must(accept(listener, NULL, NULL), "accept");
		while (must(read(fd, chunk, CHUNK), "read"))
			;
		return 0;
	}
	fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
	must(connect(fd, (struct sockaddr *)&at, sizeof(at)), "connect");
	began = now();
	while (left > 0)
		left -= must(write(fd, chunk, left < CHUNK ? left : CHUNK), "write");
	close(fd);
	must(wait(&status), "wait");
	printf("%.0f\n", (atoll(argv[2]) << 20) / 1e6 / (now() - began));
	return status ? 1 : 0;
}
