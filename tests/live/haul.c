// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A long haul whose truth is known: eight TCP connections between two network
 * namespaces, both ways at once, calls of random size, over a wire that loses
 * and swaps packets.
 *
 *	haul DIR PORT WRITES
 *
 * The wire is this program: a tun device in either namespace, and what comes
 * out of one goes into the other, but for what a seed chooses. At either end a
 * process makes WRITES calls that write, on connections that it picks, and
 * another one reads until all has come. Needs root; the namespaces are its own.
 *
 * What is in DIR afterwards, one line for each call: "CONNECTION BYTES", in
 * the order of the calls, in client.write, client.read, server.write and
 * server.read. It prints "client write pid 123" for each of these four, and
 * "wire carried 9 lost 9 swapped 9". Connection n has the client's port 41000 + n.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	CONNECTIONS = 8, FIRST_PORT = 41000,
	CALL_MAX = 1200,	/* bytes, of either kind of call */
	PACKET_MAX = 2048,
	QUIET = 200,		/* the handshakes pass unharmed */
	LOSE = 300, SWAP = 150,	/* one in so many */
	SWAP_MS = 2,		/* so long a packet waits to be overtaken */
};

static const char *dir;
static unsigned int port;
static unsigned long writes;

static void die(const char *what)
{
	fprintf(stderr, "haul: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long must(long result, const char *what)
{
	if (result < 0)
		die(what);
	return result;
}

/* The high bits of a linear congruence (Knuth's MMIX). */
static unsigned int any(uint64_t *seed, unsigned int below)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (*seed >> 33) % below;
}

static struct sockaddr_in address(const char *host, unsigned int of_port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(of_port) };

	inet_pton(AF_INET, host, &a.sin_addr);
	return a;
}

/* ---- the wire ---- */

/* A tun device of this namespace with that address, up. */
static int tun_open(const char *host)
{
	struct ifreq req = { .ifr_name = "haul", .ifr_flags = IFF_TUN | IFF_NO_PI };
	struct sockaddr_in at = address(host, 0), mask = address("255.255.255.0", 0);
	struct ethtool_value gso = { .cmd = ETHTOOL_SGSO, .data = 0 };
	int fd = must(open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK), "/dev/net/tun");
	int sock = must(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");

	must(ioctl(fd, TUNSETIFF, &req), "tun");
	memcpy(&req.ifr_addr, &at, sizeof(at));
	must(ioctl(sock, SIOCSIFADDR, &req), "address");
	memcpy(&req.ifr_netmask, &mask, sizeof(mask));
	must(ioctl(sock, SIOCSIFNETMASK, &req), "mask");
	/* Each packet of the wire is one skb of TCP. */
	req.ifr_data = (void *)&gso;
	must(ioctl(sock, SIOCETHTOOL, &req), "gso");
	req.ifr_flags = IFF_UP | IFF_RUNNING;
	must(ioctl(sock, SIOCSIFFLAGS, &req), "up");
	close(sock);
	return fd;
}

/* One way of the wire. */
struct way {
	int from, to;
	uint64_t seed;
	unsigned long carried, lost, swapped;
	size_t held;		/* bytes of a packet that is to be overtaken; 0: none */
	unsigned char packet[PACKET_MAX], hold[PACKET_MAX];
};

static void way_put(struct way *w, const void *packet, size_t n)
{
	/* A device that is not up yet, or any more, takes none. */
	if (write(w->to, packet, n) < 0 && errno != EIO)
		die("write to the wire");
	w->carried++;
}

static void way_release(struct way *w)
{
	if (w->held)
		way_put(w, w->hold, w->held);
	w->held = 0;
}

static void way_carry(struct way *w)
{
	ssize_t n;

	while ((n = read(w->from, w->packet, sizeof(w->packet))) > 0) {
		unsigned int turn = any(&w->seed, LOSE * SWAP);
		bool harm = w->carried > QUIET;

		if (harm && turn % LOSE == 0) {
			w->lost++;
		} else if (harm && turn % SWAP == 1 && !w->held) {
			memcpy(w->hold, w->packet, w->held = n);
			w->swapped++;
		} else {
			way_put(w, w->packet, n);
			way_release(w);
		}
	}
}

/* Until both ends have ended. */
static void wire_run(struct way ways[2])
{
	for (int ends = 2; ends;) {
		struct pollfd fds[2] = { { ways[0].from, POLLIN, 0 }, { ways[1].from, POLLIN, 0 } };
		int status, n = must(poll(fds, 2, SWAP_MS), "poll");

		for (int i = 0; i < 2; i++) {
			if (fds[i].revents)
				way_carry(&ways[i]);
			else if (!n)
				way_release(&ways[i]);
		}
		while (ends && waitpid(-1, &status, WNOHANG) > 0) {
			if (status)
				exit(1);
			ends--;
		}
	}
	printf("wire carried %lu lost %lu swapped %lu\n", ways[0].carried + ways[1].carried,
	       ways[0].lost + ways[1].lost, ways[0].swapped + ways[1].swapped);
}

/* ---- the ends ---- */

static FILE *log_open(const char *end, const char *what)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.%s", dir, end, what);
	f = fopen(path, "we");
	if (!f)
		die(path);
	printf("%s %s pid %d\n", end, what, getpid());
	fflush(stdout);
	return f;
}

static void end_write(const int socks[CONNECTIONS], const char *end)
{
	static const char bytes[CALL_MAX];
	uint64_t seed = end[0];
	FILE *log = log_open(end, "write");

	for (unsigned long i = 0; i < writes; i++) {
		unsigned int which = any(&seed, CONNECTIONS);
		size_t n = 1 + any(&seed, CALL_MAX);

		if (must(write(socks[which], bytes, n), "write") != (ssize_t)n)
			die("a write was cut");
		fprintf(log, "%u %zu\n", which, n);
	}
	for (int i = 0; i < CONNECTIONS; i++)
		must(shutdown(socks[i], SHUT_WR), "shutdown");
	fclose(log);
}

static void end_read(const int socks[CONNECTIONS], const char *end)
{
	struct pollfd fds[CONNECTIONS];
	uint64_t seed = end[0] + 1;
	char bytes[CALL_MAX];
	FILE *log = log_open(end, "read");

	for (int i = 0; i < CONNECTIONS; i++)
		fds[i] = (struct pollfd){ .fd = socks[i], .events = POLLIN };
	for (int open_n = CONNECTIONS; open_n;) {
		must(poll(fds, CONNECTIONS, -1), "poll");
		for (int i = 0; i < CONNECTIONS; i++) {
			ssize_t n;

			if (fds[i].fd < 0 || !fds[i].revents)
				continue;
			n = must(read(socks[i], bytes, 1 + any(&seed, CALL_MAX)), "read");
			fprintf(log, "%d %zd\n", i, n);
			if (!n) {
				fds[i].fd = -1;
				open_n--;
			}
		}
	}
	fclose(log);
}

/* Its own process: it writes, and a child of it reads. */
static void end_run(const int socks[CONNECTIONS], const char *end)
{
	pid_t reader = must(fork(), "fork");
	int status;

	if (!reader) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		end_read(socks, end);
		exit(0);
	}
	end_write(socks, end);
	must(waitpid(reader, &status, 0), "wait");
	exit(status ? 1 : 0);
}

static void client(int ready)
{
	struct sockaddr_in to = address("10.80.0.2", port);
	int socks[CONNECTIONS];
	char byte;

	if (read(ready, &byte, 1) != 1)
		exit(1);
	for (int i = 0; i < CONNECTIONS; i++) {
		struct sockaddr_in from = address("10.80.0.1", FIRST_PORT + i);

		socks[i] = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
		must(bind(socks[i], (void *)&from, sizeof(from)), "bind");
		must(connect(socks[i], (void *)&to, sizeof(to)), "connect");
	}
	end_run(socks, "client");
}

static void server(int ready)
{
	struct sockaddr_in at = address("10.80.0.2", port);
	int listener = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
	int socks[CONNECTIONS];

	must(bind(listener, (void *)&at, sizeof(at)), "bind");
	must(listen(listener, CONNECTIONS), "listen");
	must(write(ready, "", 1), "ready");
	/* One connects after the other, so they come in their order. */
	for (int i = 0; i < CONNECTIONS; i++)
		socks[i] = must(accept(listener, NULL, NULL), "accept");
	close(listener);
	end_run(socks, "server");
}

static void begin(void (*end)(int), int ready)
{
	if (must(fork(), "fork"))
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	end(ready);
}

int main(int argc, char **argv)
{
	static struct way ways[2] = { { .seed = 1 }, { .seed = 2 } };
	int ready[2];

	if (argc != 4) {
		fputs("usage: haul DIR PORT WRITES\n", stderr);
		return 2;
	}
	dir = argv[1];
	port = strtoul(argv[2], NULL, 10);
	writes = strtoul(argv[3], NULL, 10);
	must(pipe2(ready, O_CLOEXEC), "pipe");
	must(unshare(CLONE_NEWNET), "unshare");
	ways[0].from = ways[1].to = tun_open("10.80.0.1");
	begin(client, ready[0]);
	must(unshare(CLONE_NEWNET), "unshare");
	ways[1].from = ways[0].to = tun_open("10.80.0.2");
	begin(server, ready[1]);
	close(ready[0]);
	close(ready[1]);
	wire_run(ways);
	return 0;
}
