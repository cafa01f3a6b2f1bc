// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Traffic whose truth is known: one TCP connection, a request of so many bytes
 * and an answer of so many, each by one write() and as few read()s as it takes.
 *
 *	talk [-s NETNS] [-r REQUEST] [-a ANSWER] [-n TIMES] [-d] [-f] [-c to|msg|mmsg]
 *	     [-b ADDRESS] [-t DEVICE] [-p DEVICE | -m DEVICE] [-l FIFO | -g FIFO] ADDRESS PORT
 *
 * The server is another process (in network namespace NETNS); it listens
 * before the client connects, so that no wait is a guess. When both are done
 * it prints, one line each:
 *
 *	client pid 123 port 40000 wrote 78 read 100
 *	server pid 124 wrote 100 read 78
 *
 * -d: each side reads only after the bytes are there (no reader ever blocks);
 * otherwise it blocks in read() before they are sent. Either way a side writes
 * only when the other is at its place and has acknowledged what it got, so
 * that each packet of data meets the same stack in every run. The client stays
 * on the first CPU that it may use and the server on the second.
 * -n: asks and answers so many times, as fast as it goes, without these waits.
 * -l, -g: prints "client pid ... server pid ..." and waits for a line from the
 * fifo before it connects (-l), or when it is connected (-g).
 * -c: its calls are sendto() and recvfrom(), sendmsg() and recvmsg(), or
 * sendmmsg() and recvmmsg(), instead of write() and read().
 * -b: the server listens at this address: somebody on the way translates the other.
 * -f: its packets may be fragmented (DF is not set).
 * -t: the device no longer cuts packets of TCP up itself (TSO): the kernel does (GSO).
 * -p, -m: a packet socket takes all that arrives at the device meanwhile, in
 * its queue (-p) or in a mapped ring (-m), and "tap saw 12" is printed, too.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
	volatile long server_read, server_wrote;
	/* How often each side was about to wait for bytes. */
	volatile unsigned int server_waits, client_waits;
};

static struct shared *shared;
static size_t request = 78, answer = 100;
static unsigned int times = 1;
static bool data_first;
static enum { PLAIN, TO, MSG, MMSG } calls;

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

/* The nth of the CPUs that this process may use; where there are fewer, it stays free. */
static void stay_on_cpu(int nth)
{
	cpu_set_t all, one;

	if (sched_getaffinity(0, sizeof(all), &all))
		return;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all) || nth--)
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		sched_setaffinity(0, sizeof(one), &one);
		return;
	}
}

static char *buffer(size_t n)
{
	char *buf = malloc(n);

	if (!buf)
		die("malloc");
	memset(buf, 'x', n);
	return buf;
}

/* One message that holds all of it. */
static struct mmsghdr message(struct iovec *iov)
{
	return (struct mmsghdr){ .msg_hdr = { .msg_iov = iov, .msg_iovlen = 1 } };
}

static ssize_t get(int fd, char *buf, size_t n)
{
	struct iovec iov = { buf, n };
	struct mmsghdr m = message(&iov);

	switch (calls) {
	case TO: return recv(fd, buf, n, 0);
	case MSG: return recvmsg(fd, &m.msg_hdr, 0);
	case MMSG: return recvmmsg(fd, &m, 1, 0, NULL) == 1 ? (ssize_t)m.msg_len : -1;
	default: return read(fd, buf, n);
	}
}

static ssize_t put(int fd, char *buf, size_t n)
{
	struct iovec iov = { buf, n };
	struct mmsghdr m = message(&iov);

	switch (calls) {
	case TO: return send(fd, buf, n, 0);
	case MSG: return sendmsg(fd, &m.msg_hdr, 0);
	case MMSG: return sendmmsg(fd, &m, 1, 0) == 1 ? (ssize_t)m.msg_len : -1;
	default: return write(fd, buf, n);
	}
}

static long read_all(int fd, size_t want)
{
	char *buf = buffer(want);
	size_t have = 0;
	ssize_t n = 1;

	while (have < want && (n = get(fd, buf + have, want - have)) > 0)
		have += n;
	if (n < 0)
		die("read");
	free(buf);
	return have;
}

static long write_all(int fd, size_t n)
{
	char *buf = buffer(n);
	size_t done = 0;
	ssize_t wrote = 0;

	while (done < n && (wrote = put(fd, buf + done, n - done)) > 0)
		done += wrote;
	if (wrote < 0)
		die("write");
	free(buf);
	return done;
}

/* Says that this side waits now, and gets its bytes. */
static long take(int fd, size_t want, volatile unsigned int *waits)
{
	int there = 0;

	++*waits;
	while (data_first && (size_t)there < want) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		if (poll(&p, 1, -1) < 0 || ioctl(fd, FIONREAD, &there))
			die("poll");
		if (p.revents & (POLLHUP | POLLERR))
			break;
	}
	return read_all(fd, want);
}

/* The other side sleeps in the kernel: its state is S in /proc. */
static void wait_until_waits(pid_t pid, volatile unsigned int *waits, unsigned int n)
{
	char path[64], stat[256], *state;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	for (int tries = 0; times == 1 && tries < 1000000; tries++) {
		if (*waits >= n) {
			in = fopen(path, "re");
			if (!in || !fgets(stat, sizeof(stat), in))
				die(path);
			fclose(in);
			state = strrchr(stat, ')');
			if (state && state[2] == 'S')
				return;
		}
		sched_yield();
	}
	if (times > 1)
		return;
	fprintf(stderr, "talk: process %d never waited\n", pid);
	exit(1);
}

/* All that this side wrote has been acknowledged. */
static void wait_until_acked(int fd)
{
	int unacked = 1;

	while (times == 1 && !ioctl(fd, SIOCOUTQ, &unacked) && unacked)
		sched_yield();
}

/* The program that holds the fifo sends a line when it is ready. */
static void wait_for_line(const char *fifo)
{
	char line[16];
	FILE *in = fopen(fifo, "re");

	if (!in || !fgets(line, sizeof(line), in))
		die(fifo);
	fclose(in);
}

static void bind_tap(int fd, const char *device, int protocol)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET, .sll_protocol = htons(protocol), .sll_ifindex = if_nametoindex(device),
	};

	if (!at.sll_ifindex || bind(fd, (struct sockaddr *)&at, sizeof(at)))
		die(device);
}

/* A packet socket that takes what arrives at this device from now on. */
static int open_tap(const char *device, bool ring)
{
	struct tpacket_req room = {
		.tp_block_size = 1 << 16, .tp_block_nr = 4, .tp_frame_size = 1 << 11, .tp_frame_nr = 1 << 7,
	};
	int fd = socket(AF_PACKET, SOCK_RAW, 0), one = 1;

	if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one)) ||
	    (ring && setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &room, sizeof(room))))
		die("packet socket");
	bind_tap(fd, device, ETH_P_ALL);
	return fd;
}

/* How many it took. No packet has this protocol: the kernel waits until no more can come. */
static unsigned int stop_tap(int fd, const char *device)
{
	struct tpacket_stats stats;
	socklen_t len = sizeof(stats);

	bind_tap(fd, device, ETH_P_LOOP);
	if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len))
		die("packet socket");
	return stats.tp_packets;
}

/* What this socket sends, or those that it accepts, may be fragmented. */
static void allow_fragments(int fd)
{
	int how = IP_PMTUDISC_DONT;

	if (fd >= 0 && setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &how, sizeof(how)))
		die("IP_MTU_DISCOVER");
}

static void serve(int listener, pid_t client)
{
	int fd;

	stay_on_cpu(1);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Refused at once, it may be gone by now. */
	if (getppid() != client)
		exit(1);
	fd = accept(listener, NULL, NULL);
	if (fd < 0)
		die("accept");
	for (unsigned int i = 1; i <= times; i++) {
		shared->server_read += take(fd, request, &shared->server_waits);
		wait_until_waits(client, &shared->client_waits, i);
		shared->server_wrote += write_all(fd, answer);
		wait_until_acked(fd);
	}
	/* The client closes first: read() returns 0 then. */
	++shared->server_waits;
	read_all(fd, 1);
	close(fd);
	exit(0);
}

/* Of either family; the port is at the same place in both. */
union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static bool address(union address *to, const char *host, const char *port)
{
	in_port_t n = htons(strtoul(port, NULL, 10));

	memset(to, 0, sizeof(*to));
	if (inet_pton(AF_INET, host, &to->v4.sin_addr) == 1) {
		to->v4.sin_family = AF_INET;
		to->v4.sin_port = n;
		return true;
	}
	to->v6.sin6_family = AF_INET6;
	to->v6.sin6_port = n;
	return inet_pton(AF_INET6, host, &to->v6.sin6_addr) == 1;
}

static void no_tso(const char *device)
{
	struct ethtool_value off = { .cmd = ETHTOOL_STSO, .data = 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq req = { .ifr_data = (void *)&off };

	snprintf(req.ifr_name, sizeof(req.ifr_name), "%s", device);
	if (fd < 0 || ioctl(fd, SIOCETHTOOL, &req))
		die(device);
	close(fd);
}

int main(int argc, char **argv)
{
	union address to, at;
	union address local;
	socklen_t local_len = sizeof(local);
	const char *netns = NULL, *bound = NULL, *gate_before = NULL, *gate = NULL, *tapped = NULL;
	int opt, listener, fd, tap = -1, one = 1, status, home;
	bool fragments = false, ring = false;
	long wrote = 0, got = 0;
	pid_t pid, self = getpid();

	while ((opt = getopt(argc, argv, "s:b:r:a:n:dfc:t:p:m:l:g:")) != -1) {
		switch (opt) {
		case 's': netns = optarg; break;
		case 'b': bound = optarg; break;
		case 'r': request = strtoul(optarg, NULL, 10); break;
		case 'a': answer = strtoul(optarg, NULL, 10); break;
		case 'n': times = strtoul(optarg, NULL, 10); break;
		case 'd': data_first = true; break;
		case 't': no_tso(optarg); break;
		case 'f': fragments = true; break;
		case 'c': calls = !strcmp(optarg, "to") ? TO : !strcmp(optarg, "msg") ? MSG : MMSG; break;
		case 'p': tapped = optarg; break;
		case 'm': tapped = optarg; ring = true; break;
		case 'l': gate_before = optarg; break;
		case 'g': gate = optarg; break;
		default: return 2;
		}
	}
	if (argc - optind != 2 || !address(&to, argv[optind], argv[optind + 1]) ||
	    !address(&at, bound ? bound : argv[optind], argv[optind + 1]))
		return 2;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tapped)
		tap = open_tap(tapped, ring);
	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	enter_netns(netns);
	listener = socket(to.any.sa_family, SOCK_STREAM, 0);
	if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(listener, &at.any, sizeof(at)) || listen(listener, 1))
		die("listen");
	if (fragments)
		allow_fragments(listener);
	pid = fork();
	if (pid == 0)
		serve(listener, self);
	stay_on_cpu(0);
	close(listener);
	if (netns && setns(home, CLONE_NEWNET))
		die("setns");
	if (gate_before || gate) {
		printf("client pid %d server pid %d\n", getpid(), pid);
		fflush(stdout);
	}
	if (gate_before)
		wait_for_line(gate_before);
	fd = socket(to.any.sa_family, SOCK_STREAM, 0);
	if (fragments)
		allow_fragments(fd);
	if (fd < 0 || connect(fd, &to.any, sizeof(to)))
		die("connect");
	wait_until_waits(pid, &shared->server_waits, 1);
	if (gate)
		wait_for_line(gate);
	for (unsigned int i = 1; i <= times; i++) {
		wait_until_waits(pid, &shared->server_waits, i);
		wrote += write_all(fd, request);
		wait_until_acked(fd);
		got += take(fd, answer, &shared->client_waits);
	}
	wait_until_waits(pid, &shared->server_waits, times + 1);
	getsockname(fd, &local.any, &local_len);
	close(fd);
	if (waitpid(pid, &status, 0) != pid || status)
		return 1;
	printf("client pid %d port %d to %s wrote %ld read %ld\n", getpid(), ntohs(local.v4.sin_port), argv[optind], wrote,
	       got);
	printf("server pid %d wrote %ld read %ld\n", pid, shared->server_wrote, shared->server_read);
	if (tapped)
		printf("tap saw %u\n", stop_tap(tap, tapped));
	return 0;
}
