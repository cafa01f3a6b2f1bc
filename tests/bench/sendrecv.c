// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The work that costs are counted by: one process sends so many bytes to itself over loopback and
 * reads them, so many times.
 *
 *	sendrecv PORT [TIMES [BYTES]]
 *
 * Prints the nanoseconds that one send() and the recv() of it took, over all of them.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int times = argc > 2 ? atoi(argv[2]) : 2000, bytes = argc > 3 ? atoi(argv[3]) : 100, one = 1;
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0), server;
	static char buffer[65536];
	long long began;

	if (argc < 2 || times < 1 || bytes < 1 || bytes > (int)sizeof(buffer))
		return 2;
	at.sin_port = htons(atoi(argv[1]));
	if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(listener, (struct sockaddr *)&at, sizeof(at)) || listen(listener, 1))
		die("listen");
	if (connect(client, (struct sockaddr *)&at, sizeof(at)))
		die("connect");
	server = accept(listener, NULL, NULL);
	if (server < 0)
		die("accept");
	began = now_ns();
	for (int i = 0; i < times; i++)
		if (send(client, buffer, bytes, 0) != bytes || recv(server, buffer, bytes, MSG_WAITALL) != bytes)
			die("send or recv");
	printf("%lld\n", (now_ns() - began) / times);
	return 0;
}
