// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Traffic whose truth is known: one TCP connection, a request of so many bytes
 * and an answer of so many, each by one write() and as few read()s as it takes.
 *
 *	talk [-s NETNS] [-r REQUEST] [-a ANSWER] [-d] ADDRESS PORT
 *
 * The server is another process (in network namespace NETNS); it listens
 * before the client connects, so that no wait is a guess. When both are done
 * it prints, one line each:
 *
 *	client pid 123 port 40000 wrote 78 read 100
 *	server pid 124 wrote 100 read 78
 *
 * -d: the server reads only after the bytes are there (the reader never blocks);
 * otherwise it blocks in read() before they are sent.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
	long server_read, server_wrote;
	bool server_reads;	/* the server is about to block in read() */
};

static struct shared *shared;
static size_t request = 78, answer = 100;
static bool data_first;

static void die(const char *what)
{
	fprintf(stderr, "talk: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void enter_netns(const char *name)
{
	char path[256];
	int fd;

	if (!name)
		return;
	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(path);
	close(fd);
}

static long read_all(int fd, size_t want)
{
	char *buf = malloc(want);
	size_t have = 0;
	ssize_t n = 1;

	while (buf && have < want && (n = read(fd, buf + have, want - have)) > 0)
		have += n;
	if (n < 0)
		die("read");
	free(buf);
	return have;
}

static long write_all(int fd, size_t n)
{
	char *buf = malloc(n);
	size_t done = 0;
	ssize_t wrote = 0;

	if (!buf)
		die("malloc");
	memset(buf, 'x', n);
	while (done < n && (wrote = write(fd, buf + done, n - done)) > 0)
		done += wrote;
	if (wrote < 0)
		die("write");
	free(buf);
	return done;
}

static void serve(int listener)
{
	int fd = accept(listener, NULL, NULL), there = 0;

	if (fd < 0)
		die("accept");
	while (data_first && (size_t)there < request) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		poll(&p, 1, -1);
		ioctl(fd, FIONREAD, &there);
	}
	shared->server_reads = true;
	shared->server_read = read_all(fd, request);
	shared->server_wrote = write_all(fd, answer);
	/* The client closes first: read() returns 0 then. */
	read_all(fd, 1);
	close(fd);
	exit(0);
}

/* The server sleeps in the kernel: its state is S in /proc. */
static void wait_until_blocked(pid_t pid)
{
	char path[64], stat[256], *state;
	FILE *in;

	for (int tries = 0; tries < 100000; tries++) {
		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		in = fopen(path, "re");
		if (!in || !fgets(stat, sizeof(stat), in))
			die(path);
		fclose(in);
		state = strrchr(stat, ')');
		if (shared->server_reads && state && state[2] == 'S')
			return;
		sched_yield();
	}
	fprintf(stderr, "talk: the server never blocked\n");
	exit(1);
}

int main(int argc, char **argv)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM }, *to;
	struct sockaddr_storage local;
	socklen_t local_len = sizeof(local);
	const char *netns = NULL;
	int opt, listener, fd, one = 1, status, home;
	char port[16];
	long wrote, got;
	pid_t pid;

	while ((opt = getopt(argc, argv, "s:r:a:d")) != -1) {
		switch (opt) {
		case 's': netns = optarg; break;
		case 'r': request = strtoul(optarg, NULL, 10); break;
		case 'a': answer = strtoul(optarg, NULL, 10); break;
		case 'd': data_first = true; break;
		default: return 2;
		}
	}
	if (argc - optind != 2 || getaddrinfo(argv[optind], argv[optind + 1], &hints, &to))
		return 2;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	enter_netns(netns);
	listener = socket(to->ai_family, SOCK_STREAM, 0);
	if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(listener, to->ai_addr, to->ai_addrlen) || listen(listener, 1))
		die("listen");
	pid = fork();
	if (pid == 0)
		serve(listener);
	close(listener);
	if (netns && setns(home, CLONE_NEWNET))
		die("setns");
	fd = socket(to->ai_family, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, to->ai_addr, to->ai_addrlen))
		die("connect");
	if (!data_first)
		wait_until_blocked(pid);
	wrote = write_all(fd, request);
	got = read_all(fd, answer);
	getsockname(fd, (struct sockaddr *)&local, &local_len);
	getnameinfo((struct sockaddr *)&local, local_len, NULL, 0, port, sizeof(port), NI_NUMERICSERV);
	close(fd);
	if (waitpid(pid, &status, 0) != pid || status)
		return 1;
	printf("client pid %d port %s wrote %ld read %ld\n", getpid(), port, wrote, got);
	printf("server pid %d wrote %ld read %ld\n", pid, shared->server_wrote, shared->server_read);
	return 0;
}
