// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One process with many connections to itself:
 *
 *	many PORT PAIRS
 *
 * Prints "open" when all are, and for each line that it reads sends 10 bytes on the last one, reads them
 * at its other end, and prints "moved". Ends when its input does.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum { BYTES = 10 };

static void must(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int listener = socket(AF_INET, SOCK_STREAM, 0), pairs = argc > 2 ? atoi(argv[2]) : 0, one = 1;
	int client = -1, server = -1;
	struct rlimit files = { 2 * pairs + 64, 2 * pairs + 64 };
	char line[16], bytes[BYTES] = "";

	if (pairs < 1)
		return 2;
	at.sin_port = htons(atoi(argv[1]));
	must(!setrlimit(RLIMIT_NOFILE, &files), "setrlimit");
	must(!setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), "setsockopt");
	must(!bind(listener, (struct sockaddr *)&at, sizeof(at)) && !listen(listener, 16), "listen");
	for (int i = 0; i < pairs; i++) {
		client = socket(AF_INET, SOCK_STREAM, 0);
		must(!connect(client, (struct sockaddr *)&at, sizeof(at)), "connect");
		server = accept(listener, NULL, NULL);
		must(server >= 0, "accept");
	}
	puts("open");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		must(send(client, bytes, BYTES, 0) == BYTES, "send");
		must(recv(server, bytes, BYTES, MSG_WAITALL) == BYTES, "recv");
		puts("moved");
		fflush(stdout);
	}
	return 0;
}
