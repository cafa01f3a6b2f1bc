// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes happen, one after the other, what can become of datagrams, and says what it did.
 *
 *	dgram [-w WORLD] [-x CASES] FIRST_PORT	all of them, but for those whose names begin so
 *	dgram -b -w WORLD PORT		one alone, of many datagrams
 *
 * Each case has a port of its own, also as the identifier of its echoes. Printed is a line for each
 * datagram that left, was read, or must have died, words in pairs:
 *
 *	case mmsg-lo-4 port 8300 what sent proto udp op sendmmsg len 10 tid 4120
 *	case mmsg-lo-4 port 8300 what read proto udp op recvmmsg len 10 tid 4120 ret 3
 *	case full-lo-4 port 8301 what dropped proto udp len 1000
 *
 * WORLD: as world.h says.
 */
#include "dgram.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "world.h"

enum { MANY = 3, ROOM = 65536 };

unsigned int port;
const struct place *place;
static const char *name;
static char bytes[ROOM], sink[ROOM];

/* ---- the truth ---- */

static void say_begin(const char *what, const char *proto)
{
	printf("case %s-%s port %u what %s proto %s", name, place->name, port, what, proto);
}

static void say_end(void)
{
	putchar('\n');
	fflush(stdout);
}

void said_gso(const char *op, size_t len, size_t piece)
{
	say_begin("sent", "udp");
	printf(" op %s len %zu tid %d", op, len, gettid());
	if (piece)
		printf(" piece %zu", piece);
	say_end();
}

void said_sent(const char *op, size_t len)
{
	said_gso(op, len, 0);
}

void said_read_by(int tid, const char *op, size_t len, long ret)
{
	say_begin("read", "udp");
	printf(" op %s len %zu tid %d ret %ld", op, len, tid, ret);
	say_end();
}

void said_read(const char *op, size_t len, long ret)
{
	said_read_by(gettid(), op, len, ret);
}

void said_dropped(size_t len)
{
	say_begin("dropped", "udp");
	printf(" len %zu", len);
	say_end();
}

void said_icmp(const char *word, const char *type, size_t len)
{
	say_begin(word, place->family == AF_INET ? "icmp" : "icmpv6");
	printf(" type %s len %zu tid %d", type, len, gettid());
	say_end();
}

void said_segment(const char *what)
{
	say_begin(what, "tcp");
	printf(" op sendto len 0 tid %d", gettid());
	say_end();
}

/* ---- sockets ---- */

socklen_t address(struct sockaddr_storage *a, const char *at, unsigned int its_port)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)a;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)a;

	memset(a, 0, sizeof(*a));
	if (place->family == AF_INET) {
		*v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(its_port) };
		inet_pton(AF_INET, at, &v4->sin_addr);
		return sizeof(*v4);
	}
	*v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons(its_port) };
	inet_pton(AF_INET6, at, &v6->sin6_addr);
	return sizeof(*v6);
}

int server_make(const struct sockaddr_storage *at, socklen_t len)
{
	int home = must(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "netns"), peer, fd;

	peer = place->there ? world_peer() : -1;
	if (peer >= 0)
		must(setns(peer, CLONE_NEWNET), "setns");
	fd = must(socket(place->family, SOCK_DGRAM, 0), "socket");
	if (peer >= 0)
		must(setns(home, CLONE_NEWNET), "setns");
	must(bind(fd, (const struct sockaddr *)at, len), "bind");
	close(home);
	return fd;
}

void ends_make(struct ends *e)
{
	e->len = address(&e->at, place->at, port);
	e->server = server_make(&e->at, e->len);
	e->client = must(socket(place->family, SOCK_DGRAM, 0), "socket");
}

void ends_close(struct ends *e)
{
	close(e->client);
	close(e->server);
}

static void ends_connect(struct ends *e)
{
	must(connect(e->client, (struct sockaddr *)&e->at, e->len), "connect");
}

void send_to(struct ends *e, size_t n)
{
	if (sendto(e->client, bytes, n, 0, (struct sockaddr *)&e->at, e->len) != (ssize_t)n)
		die("sendto");
	said_sent("sendto", n);
}

/* Waits for it if it is not there yet. */
static void read_one(int fd, size_t n)
{
	if (recv(fd, sink, sizeof(sink), 0) != (ssize_t)n)
		die("recv");
	said_read("recvfrom", n, n);
}

/* ---- the cases ---- */

/* No end is connected, and the client has no port before it sends. */
static void case_plain(void)
{
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	struct ends e;

	ends_make(&e);
	send_to(&e, 100);
	if (recvfrom(e.server, sink, sizeof(sink), 0, (struct sockaddr *)&from, &len) != 100)
		die("recvfrom");
	said_read("recvfrom", 100, 100);
	if (sendto(e.server, bytes, 200, 0, (struct sockaddr *)&from, len) != 200)
		die("sendto");
	said_sent("sendto", 200);
	read_one(e.client, 200);
	ends_close(&e);
}

static void case_connected(void)
{
	struct ends e;

	ends_make(&e);
	ends_connect(&e);
	put(e.client, 50);
	said_sent("write", 50);
	take(e.server, 50);
	said_read("read", 50, 50);
	if (send(e.client, bytes, 60, 0) != 60)
		die("send");
	said_sent("sendto", 60);
	read_one(e.server, 60);
	ends_close(&e);
}

static void case_msg(void)
{
	struct iovec v[2] = { { bytes, 30 }, { bytes, 40 } }, to = { sink, sizeof(sink) };
	struct ends e;
	struct msghdr out = { .msg_iov = v, .msg_iovlen = 2 }, in = { .msg_iov = &to, .msg_iovlen = 1 };

	ends_make(&e);
	out.msg_name = &e.at;
	out.msg_namelen = e.len;
	if (sendmsg(e.client, &out, 0) != 70)
		die("sendmsg");
	said_sent("sendmsg", 70);
	if (recvmsg(e.server, &in, 0) != 70)
		die("recvmsg");
	said_read("recvmsg", 70, 70);
	ends_close(&e);
}

static void case_mmsg(void)
{
	struct mmsghdr out[MANY] = { 0 }, in[MANY] = { 0 };
	struct iovec from[MANY], to[MANY];
	struct ends e;

	ends_make(&e);
	for (int i = 0; i < MANY; i++) {
		from[i] = (struct iovec){ bytes, 10 * (i + 1) };
		to[i] = (struct iovec){ sink, sizeof(sink) };
		out[i].msg_hdr = (struct msghdr){ .msg_name = &e.at, .msg_namelen = e.len,
						  .msg_iov = &from[i], .msg_iovlen = 1 };
		in[i].msg_hdr = (struct msghdr){ .msg_iov = &to[i], .msg_iovlen = 1 };
	}
	if (sendmmsg(e.client, out, MANY, 0) != MANY)
		die("sendmmsg");
	for (int i = 0; i < MANY; i++)
		said_sent("sendmmsg", 10 * (i + 1));
	/* It takes what is there; MSG_WAITFORONE would stop at the first that is not. */
	if (recvmmsg(e.server, in, MANY, 0, NULL) != MANY)
		die("recvmmsg");
	for (int i = 0; i < MANY; i++)
		said_read("recvmmsg", 10 * (i + 1), MANY);
	ends_close(&e);
}

/* Two calls make one datagram; it leaves with the second. */
static void case_more(void)
{
	struct ends e;

	ends_make(&e);
	ends_connect(&e);
	if (send(e.client, bytes, 10, MSG_MORE) != 10 || send(e.client, bytes, 20, 0) != 20)
		die("send");
	said_sent("sendto", 30);
	read_one(e.server, 30);
	ends_close(&e);
}

/* One call, one skb, and as many datagrams as the reader wants to have. */
static void gso(bool whole)
{
	enum { PIECE = 1000, PIECES = 3 };
	struct ends e;

	ends_make(&e);
	ends_connect(&e);
	option(e.client, IPPROTO_UDP, UDP_SEGMENT, PIECE);
	if (whole)
		option(e.server, IPPROTO_UDP, UDP_GRO, 1);
	if (send(e.client, bytes, PIECE * PIECES, 0) != PIECE * PIECES)
		die("send");
	said_gso("sendto", PIECE * PIECES, PIECE);
	/* Where loopback takes no such packet it is cut up before, and GRO has no part in it. */
	for (long left = PIECE * PIECES, n; left > 0; left -= n) {
		n = must(recv(e.server, sink, sizeof(sink), 0), "recv");
		said_read("recvfrom", n, n);
	}
	ends_close(&e);
}

static void case_gso(void)
{
	gso(false);
}

static void case_gro(void)
{
	gso(true);
}

static void case_peek(void)
{
	struct ends e;

	ends_make(&e);
	send_to(&e, 80);
	if (recv(e.server, sink, sizeof(sink), MSG_PEEK) != 80)
		die("recv");
	read_one(e.server, 80);
	ends_close(&e);
}

/* The reader has room for less: the rest is gone. */
static void case_short(void)
{
	struct ends e;

	ends_make(&e);
	send_to(&e, 90);
	if (recv(e.server, sink, 10, 0) != 10)
		die("recv");
	said_read("recvfrom", 90, 10);
	ends_close(&e);
}

static void case_empty(void)
{
	struct ends e;

	ends_make(&e);
	send_to(&e, 0);
	read_one(e.server, 0);
	ends_close(&e);
}

/* ---- a reader that waits ---- */

struct waiting {
	struct ends ends;
	bool polls;
};

static void wait_for_one(struct helper *h)
{
	struct waiting *w = h->page;
	struct pollfd p = { .fd = w->ends.server, .events = POLLIN };

	h->waits = true;
	if (w->polls)
		must(poll(&p, 1, -1), "poll");
	if (recv(w->ends.server, sink, sizeof(sink), 0) != 70)
		die("recv");
}

static void waits(bool polls)
{
	struct waiting w = { .polls = polls };
	struct helper reader = { .name = "reader", .run = wait_for_one, .page = &w };

	ends_make(&w.ends);
	helper_start(&reader);
	helper_sleeps(&reader);
	send_to(&w.ends, 70);
	helper_join(&reader);
	said_read_by(reader.tid, "recvfrom", 70, 70);
	ends_close(&w.ends);
}

static void case_blocked(void)
{
	waits(false);
}

static void case_poll(void)
{
	waits(true);
}

/* ---- what dies ---- */

/* Nobody reads until the buffer is full. */
static void case_full(void)
{
	enum { SENT = 20, LEN = 1000 };
	int n = 0;
	struct ends e;

	ends_make(&e);
	option(e.server, SOL_SOCKET, SO_RCVBUF, 1);
	for (int i = 0; i < SENT; i++)
		send_to(&e, LEN);
	for (; recv(e.server, sink, sizeof(sink), MSG_DONTWAIT) == LEN; n++)
		said_read("recvfrom", LEN, LEN);
	if (errno != EAGAIN)
		die("recv");
	for (; n < SENT; n++)
		said_dropped(LEN);
	ends_close(&e);
}

/* A rule of the other namespace drops what comes to this port. */
static void case_barred(void)
{
	struct ends e;

	ends_make(&e);
	send_to(&e, 300);
	said_dropped(300);
	ends_close(&e);
}

/* ---- all of them ---- */

static const struct place places[] = {
	{ "lo-4", AF_INET, "10.79.0.1", false }, { "lo-6", AF_INET6, "::1", false },
	{ "veth-4", AF_INET, "10.79.1.2", true }, { "veth-6", AF_INET6, "fd79:1::2", true },
	{ "vxlan-4", AF_INET, "10.79.6.2", true }, { "vxlan-6", AF_INET6, "fd79:6::2", true },
};

enum { VETH_4 = 2, VXLAN_4 = 4 };	/* in places */
enum { LO_ONLY = 1, THERE_ONLY, THERE_4_ONLY, THERE_6_ONLY, THERE_HOOKED, THERE_4_HOOKED, VXLAN_ONLY };

static const struct {
	const char *name;
	void (*make)(void);
	int where;
} cases[] = {
	{ "plain", case_plain, 0 },
	{ "connected", case_connected, 0 },
	{ "msg", case_msg, LO_ONLY },
	{ "mmsg", case_mmsg, LO_ONLY },
	{ "more", case_more, LO_ONLY },
	{ "uncork", case_uncork, LO_ONLY },
	{ "gso", case_gso, LO_ONLY },
	{ "gro", case_gro, LO_ONLY },
	{ "peek", case_peek, LO_ONLY },
	{ "short", case_short, LO_ONLY },
	{ "empty", case_empty, LO_ONLY },
	{ "blocked", case_blocked, 0 },
	{ "poll", case_poll, LO_ONLY },
	{ "full", case_full, LO_ONLY },
	{ "unreachable", case_unreachable, 0 },
	{ "ping", case_ping, 0 },
	{ "pingfull", case_pingfull, LO_ONLY },
	{ "raw", case_raw, LO_ONLY },
	{ "rawfull", case_rawfull, LO_ONLY },
	{ "checksum", case_checksum, THERE_ONLY },
	{ "hops", case_hops, THERE_ONLY },
	{ "source", case_source, THERE_4_ONLY },
	{ "segment", case_segment, THERE_ONLY },
	{ "vswitch", case_vswitch, THERE_4_ONLY },
	{ "options", case_options, 0 },
	{ "segments", case_segments, THERE_6_ONLY },
	{ "group", case_group, THERE_ONLY },
	{ "groups", case_groups, THERE_ONLY },
	{ "large", case_large, THERE_ONLY },
	{ "queued", case_queued, THERE_HOOKED },
	{ "barred", case_barred, THERE_4_HOOKED },
	{ "merged", case_merged, VXLAN_ONLY },
	{ "listed", case_listed, VXLAN_ONLY },
};

/* by_name: it is asked for, and so is what must have been made for it. */
static bool happens(int where, bool by_name)
{
	bool vxlan = place >= &places[VXLAN_4];

	if (vxlan != (where == VXLAN_ONLY))
		return false;
	switch (where) {
	case LO_ONLY:
		return !place->there;
	case THERE_ONLY:
		return place->there;
	case THERE_HOOKED:
		return place->there && by_name;
	case THERE_4_HOOKED:
		return place->there && place->family == AF_INET && by_name;
	case VXLAN_ONLY:
		return by_name;
	case THERE_4_ONLY:
		return place->there && place->family == AF_INET;
	case THERE_6_ONLY:
		return place->there && place->family == AF_INET6;
	}
	return true;
}

int main(int argc, char **argv)
{
	const char *but = "", *only = NULL;
	bool busy = false;
	int opt;

	while ((opt = getopt(argc, argv, "bo:w:x:")) != -1) {
		if (opt == 'b')
			busy = true;
		else if (opt == 'o')
			only = optarg;
		else if (opt == 'x')
			but = optarg;
		else if (opt == 'w')
			world_is(optarg);
		else
			return 2;
	}
	if (optind + 1 != argc)
		return 2;
	port = atoi(argv[optind]);
	prctl(PR_SET_NAME, "dgram");
	stay_on_cpu(0);
	if (busy) {
		place = &places[VETH_4];
		name = "busy";
		case_busy();
		return 0;
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (size_t k = 0; k < sizeof(places) / sizeof(*places); k++) {
			place = &places[k];
			if (!happens(cases[i].where, only) || (*but && !strncmp(cases[i].name, but, strlen(but))) ||
			    (only && strcmp(cases[i].name, only)))
				continue;
			name = cases[i].name;
			cases[i].make();
			port++;
		}
	}
	return 0;
}
