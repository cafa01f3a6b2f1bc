// SPDX-License-Identifier: GPL-2.0-or-later
/* Echoes through ping sockets and raw sockets, and the error that answers a datagram nobody listens for. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "dgram.h"

enum { ECHO = 56, RAW_HEAD = 20, ICMP_HEAD = 8 };

/* An echo request with that many bytes behind its header. */
static size_t echo_make(unsigned char *p, unsigned int id)
{
	unsigned int sum = 0;

	memset(p, 0, ICMP_HEAD + ECHO);
	p[0] = place->family == AF_INET ? ICMP_ECHO : ICMPV6_ECHO_REQUEST;
	p[4] = id >> 8;
	p[5] = id;
	p[7] = 1;	/* the first */
	/* The kernel computes it for ICMPv6 and for ping sockets. */
	for (size_t i = 0; i < ICMP_HEAD + ECHO; i += 2)
		sum += p[i] << 8 | p[i + 1];
	sum = (sum >> 16) + (sum & 0xffff);
	sum = ~(sum + (sum >> 16));
	p[2] = sum >> 8;
	p[3] = sum;
	return ICMP_HEAD + ECHO;
}

static int icmp_socket(int type)
{
	return must(socket(place->family, type, place->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6),
		    "an ICMP socket");
}

/* The kernel answers; the identifier of a ping socket is what it is bound to. */
void case_ping(void)
{
	struct sockaddr_storage to, own;
	unsigned char p[256];
	socklen_t len = address(&to, place->at, 0), own_len = address(&own, place->family == AF_INET ? "0.0.0.0" : "::", port);
	int fd = icmp_socket(SOCK_DGRAM);
	size_t n = echo_make(p, 0);

	must(bind(fd, (struct sockaddr *)&own, own_len), "bind");
	if (sendto(fd, p, n, 0, (struct sockaddr *)&to, len) != (ssize_t)n)
		die("sendto");
	said_icmp("sent", "request", ECHO);
	said_icmp("answered", "request", ECHO);
	said_icmp("answers", "reply", ECHO);
	if (recv(fd, p, sizeof(p), 0) != (ssize_t)n)
		die("recv");
	said_icmp("read", "reply", ECHO);
	close(fd);
}

/* It reads none of the replies until all have come, and has room for some of them. */
void case_pingfull(void)
{
	enum { MANY = 8 };
	struct sockaddr_storage to, own;
	unsigned char p[256];
	socklen_t len = address(&to, place->at, 0), own_len = address(&own, place->family == AF_INET ? "0.0.0.0" : "::", port);
	int fd = icmp_socket(SOCK_DGRAM), n = 0;
	size_t size = echo_make(p, 0);

	option(fd, SOL_SOCKET, SO_RCVBUF, 1);
	must(bind(fd, (struct sockaddr *)&own, own_len), "bind");
	for (int i = 0; i < MANY; i++) {
		if (sendto(fd, p, size, 0, (struct sockaddr *)&to, len) != (ssize_t)size)
			die("sendto");
		said_icmp("sent", "request", ECHO);
	}
	for (; recv(fd, p, sizeof(p), MSG_DONTWAIT) == (ssize_t)size; n++)
		said_icmp("read", "reply", ECHO);
	if (errno != EAGAIN)
		die("recv");
	for (; n < MANY; n++)
		said_icmp("dropped", "reply", ECHO);
	close(fd);
}

/* A raw socket gets clones: of its own request, too, where that arrives on this host. */
void case_raw(void)
{
	bool v4 = place->family == AF_INET;
	unsigned char p[256];
	struct sockaddr_storage to;
	socklen_t len = address(&to, place->at, 0);
	int fd = icmp_socket(SOCK_RAW), types[2] = { 0 };
	size_t n = echo_make(p, port), head = v4 ? RAW_HEAD : 0;

	if (sendto(fd, p, n, 0, (struct sockaddr *)&to, len) != (ssize_t)n)
		die("sendto");
	said_icmp("sent", "request", ECHO);
	said_icmp("answered", "request", ECHO);
	said_icmp("answers", "reply", ECHO);
	for (int i = 0; i < 2;) {
		if (recv(fd, p, sizeof(p), 0) < (ssize_t)(head + ICMP_HEAD))
			die("recv");
		/* Others may send ICMP, too. */
		if (p[head + 4] != port >> 8 || p[head + 5] != (port & 0xff))
			continue;
		types[i++] = p[head];
	}
	for (int i = 0; i < 2; i++)
		said_icmp("cloned", types[i] == ICMP_ECHO || types[i] == ICMPV6_ECHO_REQUEST ? "request" : "reply", ECHO);
	close(fd);
}

/* No socket has that port: the kernel says so, and the sender learns of it. */
void case_unreachable(void)
{
	struct sockaddr_storage to;
	socklen_t len = address(&to, place->at, port);
	int fd = must(socket(place->family, SOCK_DGRAM, 0), "socket");
	char byte[40] = { 0 };

	must(connect(fd, (struct sockaddr *)&to, len), "connect");
	if (send(fd, byte, sizeof(byte), 0) != sizeof(byte))
		die("send");
	said_sent("sendto", sizeof(byte));
	said_dropped(sizeof(byte));
	/* It waits for the error where that is still on its way. */
	if (recv(fd, byte, sizeof(byte), 0) != -1 || errno != ECONNREFUSED)
		die("an error");
	said_icmp("tells", "unreachable", 0);
	close(fd);
}
