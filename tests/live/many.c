// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One process with many connections to itself:
 *
 *	many PORT PAIRS
 *
 * Prints "open" when all are, and does what the lines that it reads say: "pile N" sends 10 bytes on each of the
 * first N, and only then reads them at the other ends; "wait N" has so many processes read there, all waiting at
 * a time, before it sends. Then it prints "moved". Ends when its input does.
 */
#include <arpa/inet.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BYTES = 10 };

struct pair {
	int client, server;
};

static void must(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}

static void send_on(int client)
{
	static const char bytes[BYTES];

	must(send(client, bytes, BYTES, 0) == BYTES, "send");
}

static void read_on(int server)
{
	char bytes[BYTES];

	must(recv(server, bytes, BYTES, MSG_WAITALL) == BYTES, "recv");
}

static void pile(const struct pair *pairs, int n)
{
	for (int i = 0; i < n; i++)
		send_on(pairs[i].client);
	for (int i = 0; i < n; i++)
		read_on(pairs[i].server);
}

/* A process that does nothing else than read sleeps there. */
static void until_asleep(pid_t pid)
{
	char path[32], line[256] = "", state = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	while (state != 'S') {
		FILE *in = fopen(path, "r");

		must(in && fgets(line, sizeof(line), in) && sscanf(strrchr(line, ')'), ") %c", &state) == 1, path);
		fclose(in);
		sched_yield();
	}
}

static void wait_for(const struct pair *pairs, int n)
{
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();

		if (!pid) {
			read_on(pairs[i].server);
			_exit(0);
		}
		must(pid > 0, "fork");
		until_asleep(pid);
	}
	for (int i = 0; i < n; i++)
		send_on(pairs[i].client);
	while (wait(NULL) > 0)
		;
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int listener = socket(AF_INET, SOCK_STREAM, 0), n = argc > 2 ? atoi(argv[2]) : 0, one = 1, wanted;
	struct pair *pairs = calloc(n + 1, sizeof(*pairs));
	struct rlimit files = { 2 * n + 64, 2 * n + 64 };
	char line[32], what[8];

	if (n < 1 || !pairs)
		return 2;
	at.sin_port = htons(atoi(argv[1]));
	must(!setrlimit(RLIMIT_NOFILE, &files), "setrlimit");
	must(!setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), "setsockopt");
	must(!bind(listener, (struct sockaddr *)&at, sizeof(at)) && !listen(listener, 16), "listen");
	for (int i = 0; i < n; i++) {
		pairs[i].client = socket(AF_INET, SOCK_STREAM, 0);
		must(!connect(pairs[i].client, (struct sockaddr *)&at, sizeof(at)), "connect");
		pairs[i].server = accept(listener, NULL, NULL);
		must(pairs[i].server >= 0, "accept");
	}
	puts("open");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		must(sscanf(line, "%7s %d", what, &wanted) == 2 && wanted <= n, "what to do");
		if (!strcmp(what, "pile"))
			pile(pairs, wanted);
		else
			wait_for(pairs, wanted);
		puts("moved");
		fflush(stdout);
	}
	return 0;
}
