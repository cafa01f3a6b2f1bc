// SPDX-License-Identifier: GPL-2.0-or-later
/* Datagrams of a cork, with options in their headers, by way of a segment, to a group, and larger than a packet. */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include <linux/udp.h>

#include "dgram.h"
#include "world.h"

enum { LEN = 40, LARGE = 4000 };

static void send_one(int fd, const struct sockaddr_storage *to, socklen_t len)
{
	static const char bytes[LEN];

	if (sendto(fd, bytes, LEN, 0, (const struct sockaddr *)to, len) != LEN)
		die("sendto");
	said_sent("sendto", LEN);
}

static void read_one(int fd)
{
	char bytes[LEN];

	if (recv(fd, bytes, LEN, 0) != LEN)
		die("recv");
	said_read("recvfrom", LEN, LEN);
}

/* The end of a cork by an option of the socket lets the datagram go: it is of no call. */
void case_uncork(void)
{
	static const char bytes[LEN];
	struct ends e;

	ends_make(&e);
	must(connect(e.client, (struct sockaddr *)&e.at, e.len), "connect");
	option(e.client, IPPROTO_UDP, UDP_CORK, 1);
	if (send(e.client, bytes, LEN / 4, 0) != LEN / 4 || send(e.client, bytes, LEN - LEN / 4, 0) != LEN - LEN / 4)
		die("send");
	option(e.client, IPPROTO_UDP, UDP_CORK, 0);
	said_sent("setsockopt", LEN);
	read_one(e.server);
	ends_close(&e);
}

/*
 * Between the IP header and that of UDP stands more: options of IPv4, or, in IPv6, a header for each hop and one for
 * the destination.
 */
void case_options(void)
{
	/* RFC 791: no operation, three times, and the end. */
	static const unsigned char v4[] = { 1, 1, 1, 0 };
	/* RFC 8200: next header (the kernel writes it), length in eights after the first, and PadN of four bytes. */
	static const unsigned char v6[] = { 0, 0, 1, 4, 0, 0, 0, 0 };
	struct ends e;

	ends_make(&e);
	if (place->family == AF_INET) {
		must(setsockopt(e.client, IPPROTO_IP, IP_OPTIONS, v4, sizeof(v4)), "IP_OPTIONS");
	} else {
		must(setsockopt(e.client, IPPROTO_IPV6, IPV6_HOPOPTS, v6, sizeof(v6)), "IPV6_HOPOPTS");
		must(setsockopt(e.client, IPPROTO_IPV6, IPV6_DSTOPTS, v6, sizeof(v6)), "IPV6_DSTOPTS");
	}
	send_one(e.client, &e.at, e.len);
	read_one(e.server);
	ends_close(&e);
}

/* A routing header (RFC 8754) takes it to another address of its reader's host first: one segment is left there. */
void case_segments(void)
{
	struct {
		unsigned char next, eights, type, left, last, flags;
		unsigned short tag;
		struct in6_addr segments[2];	/* the kernel puts the destination into the first */
	} by = { .eights = 4, .type = 4, .left = 1, .last = 1 };
	int client = must(socket(place->family, SOCK_DGRAM, 0), "socket"), server;
	struct sockaddr_storage to;
	socklen_t len = address(&to, "fd79:1::3", port);

	inet_pton(AF_INET6, place->at, &by.segments[1]);
	server = server_make(&to, len);
	must(setsockopt(client, IPPROTO_IPV6, IPV6_RTHDR, &by, sizeof(by)), "IPV6_RTHDR");
	send_one(client, &to, len);
	read_one(server);
	close(server);
	close(client);
}

/* The group, at the port of the case; a client of it, which sends from vethA. */
static int group_make(struct sockaddr_storage *group, socklen_t *len)
{
	bool v4 = place->family == AF_INET;
	int client = must(socket(place->family, SOCK_DGRAM, 0), "socket");
	struct ip_mreqn from = { .imr_ifindex = if_nametoindex("vethA") };

	*len = address(group, v4 ? "239.79.0.1" : "ff15::79", port);
	if (v4)
		must(setsockopt(client, IPPROTO_IP, IP_MULTICAST_IF, &from, sizeof(from)), "IP_MULTICAST_IF");
	else
		option(client, IPPROTO_IPV6, IPV6_MULTICAST_IF, from.imr_ifindex);
	return client;
}

static void group_join(int reader, const struct sockaddr_storage *group, socklen_t len, unsigned int device)
{
	struct group_req join = { .gr_interface = device };

	memcpy(&join.gr_group, group, len);
	must(setsockopt(reader, place->family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6, MCAST_JOIN_GROUP, &join, sizeof(join)),
	     "MCAST_JOIN_GROUP");
}

/* One host has joined the group. */
void case_group(void)
{
	struct sockaddr_storage to, any;
	socklen_t len;
	int client = group_make(&to, &len), server;

	address(&any, place->family == AF_INET ? "0.0.0.0" : "::", port);
	server = server_make(&any, len);
	group_join(server, &to, len, world_device("vethB"));
	send_one(client, &to, len);
	read_one(server);
	close(server);
	close(client);
}

/* So has the sender's, by two readers, who get clones: the one by one of what the other gets. */
void case_groups(void)
{
	struct sockaddr_storage to, any;
	socklen_t len;
	int client = group_make(&to, &len), server, here[2];

	address(&any, place->family == AF_INET ? "0.0.0.0" : "::", port);
	server = server_make(&any, len);
	group_join(server, &to, len, world_device("vethB"));
	for (int i = 0; i < 2; i++) {
		here[i] = must(socket(place->family, SOCK_DGRAM, 0), "socket");
		option(here[i], SOL_SOCKET, SO_REUSEADDR, 1);
		must(bind(here[i], (const struct sockaddr *)&any, len), "bind");
		group_join(here[i], &to, len, if_nametoindex("vethA"));
	}
	send_one(client, &to, len);
	read_one(server);
	for (int i = 0; i < 2; i++) {
		read_one(here[i]);
		close(here[i]);
	}
	close(server);
	close(client);
}

/* Three packets hold it: fragments, which only its reader's host puts together. */
void case_large(void)
{
	static char bytes[LARGE];
	struct ends e;

	ends_make(&e);
	if (sendto(e.client, bytes, LARGE, 0, (const struct sockaddr *)&e.at, e.len) != LARGE)
		die("sendto");
	said_sent("sendto", LARGE);
	if (recv(e.server, bytes, LARGE, 0) != LARGE)
		die("recv");
	said_read("recvfrom", LARGE, LARGE);
	ends_close(&e);
}
