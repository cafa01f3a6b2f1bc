// SPDX-License-Identifier: GPL-2.0-or-later
/* Datagrams that arrive and die, because of what they are or whom they are for. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "dgram.h"

/* So few bytes that the sum is looked at when it arrives: CHECKSUM_BREAK of include/linux/skbuff.h is 76. */
enum { LEN = 40, UDP_HEAD = 8 };

/* A reader waits for it, but its sum is wrong. A raw socket leaves the header to us. */
void case_checksum(void)
{
	unsigned char p[UDP_HEAD + LEN] = { 0 };
	struct sockaddr_storage to;
	socklen_t len = address(&to, place->at, 0);
	struct ends e;
	int raw = must(socket(place->family, SOCK_RAW, IPPROTO_UDP), "a raw socket");

	ends_make(&e);
	p[0] = p[2] = port >> 8;
	p[1] = p[3] = port;
	p[5] = sizeof(p);
	/* The bytes are zeros, so the right sum is that of addresses and ports: never this one. */
	p[6] = 0x12;
	p[7] = 0x34;
	if (sendto(raw, p, sizeof(p), 0, (struct sockaddr *)&to, len) != sizeof(p))
		die("sendto");
	said_sent("sendto", LEN);
	said_dropped(LEN);
	close(raw);
	ends_close(&e);
}

/* It may pass no router, and has to. The router says so. */
void case_hops(void)
{
	bool v4 = place->family == AF_INET;
	struct sockaddr_storage to;
	socklen_t len = address(&to, v4 ? "10.79.9.9" : "fd79:9::9", port);
	int fd = must(socket(place->family, SOCK_DGRAM, 0), "socket");
	struct pollfd told = { .fd = fd };
	char bytes[LEN] = { 0 };

	option(fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_TTL : IPV6_UNICAST_HOPS, 1);
	option(fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_RECVERR : IPV6_RECVERR, 1);
	if (sendto(fd, bytes, LEN, 0, (struct sockaddr *)&to, len) != LEN)
		die("sendto");
	said_sent("sendto", LEN);
	said_dropped(LEN);
	must(poll(&told, 1, -1), "poll");
	if (recv(fd, bytes, LEN, MSG_DONTWAIT) != -1 || errno != EHOSTUNREACH)
		die("an error");
	said_icmp("tells", "exceeded", 0);
	close(fd);
}

/* Its source is an address to which the other host has no route, and it looks (rp_filter). */
void case_source(void)
{
	struct sockaddr_storage from;
	socklen_t len = address(&from, "10.79.0.1", 0);
	char bytes[LEN] = { 0 };
	struct ends e;

	ends_make(&e);
	must(bind(e.client, (struct sockaddr *)&from, len), "bind");
	if (sendto(e.client, bytes, LEN, 0, (struct sockaddr *)&e.at, e.len) != LEN)
		die("sendto");
	said_sent("sendto", LEN);
	said_dropped(LEN);
	ends_close(&e);
}

/* A SYN whose sum is wrong: it is looked at before anybody asks who listens. */
void case_segment(void)
{
	unsigned char p[20] = { 0 };
	struct sockaddr_storage to;
	socklen_t len = address(&to, place->at, 0);
	int raw = must(socket(place->family, SOCK_RAW, IPPROTO_TCP), "a raw socket");

	p[0] = p[2] = port >> 8;
	p[1] = p[3] = port;
	p[12] = sizeof(p) / 4 << 4;
	p[13] = 2;	/* SYN */
	/* All else is zeros, so the right sum is that of addresses, ports and flags: never this one. */
	p[16] = 0x12;
	p[17] = 0x34;
	if (sendto(raw, p, sizeof(p), 0, (struct sockaddr *)&to, len) != sizeof(p))
		die("sendto");
	said_segment("sent");
	said_segment("dropped");
	close(raw);
}

/* A raw socket gets a clone of each; one is more than it has room for, so of two it gets one. Their reader gets both. */
void case_rawfull(void)
{
	enum { LARGE = 2000 };
	static char bytes[LARGE + 64];	/* the raw socket of IPv4 gets the headers, too */
	int raw = must(socket(place->family, SOCK_RAW, IPPROTO_UDP), "a raw socket");
	struct ends e;

	option(raw, SOL_SOCKET, SO_RCVBUF, 1);
	ends_make(&e);
	for (int i = 0; i < 2; i++) {
		if (sendto(e.client, bytes, LARGE, 0, (struct sockaddr *)&e.at, e.len) != LARGE)
			die("sendto");
		said_sent("sendto", LARGE);
		if (recv(e.server, bytes, LARGE, 0) != LARGE)
			die("recv");
		said_read("recvfrom", LARGE, LARGE);
	}
	if (recv(raw, bytes, sizeof(bytes), MSG_DONTWAIT) < LARGE || recv(raw, bytes, sizeof(bytes), MSG_DONTWAIT) != -1)
		die("a full socket");
	said_dropped(LARGE);
	close(raw);
	ends_close(&e);
}
