// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes happen, one after the other, what TCP can do with bytes, and says what
 * it did. No case waits for a time: each waits for what it is about.
 *
 *	cases [-w WORLD] [-o] FIRST_PORT
 *
 * Each case has a port of its own, the servers are at 10.79.0.1. Printed is a
 * line for each, words in pairs:
 *
 *	epoll port 8100 peer 40000 main 4120 wrote 100 reader 4121
 *
 * peer is the client's port, main the thread that is both ends but for what a
 * reader or writer does, a thread on the second CPU.
 * -o makes just the cases that keep a CPU too busy to be recorded with others: the kernel may miss program
 * runs then (docs/LIMITS.md). WORLD: as world.h says. A case that this kernel does not have is not made, and
 * nothing is said of it.
 */
#include <errno.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "cases.h"
#include "world.h"

unsigned int port;
static const char *name;

void say(const struct pair *p, const char *format, ...)
{
	va_list ap;

	printf("%s port %u peer %u main %d ", name, p->port, p->peer, gettid());
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

/* ---- waiting for readiness ---- */

static void wait_by_epoll(struct helper *h)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int set = must(epoll_create1(0), "epoll_create1");

	must(epoll_ctl(set, EPOLL_CTL_ADD, h->pair->server, &ev), "epoll_ctl");
	h->waits = true;
	must(epoll_wait(set, &ev, 1, -1), "epoll_wait");
	take(h->pair->server, 100);
	close(set);
}

static void wait_by_poll(struct helper *h)
{
	struct pollfd p = { .fd = h->pair->server, .events = POLLIN };

	h->waits = true;
	must(poll(&p, 1, -1), "poll");
	take(h->pair->server, 100);
}

static void wait_by_select(struct helper *h)
{
	fd_set in;

	FD_ZERO(&in);
	FD_SET(h->pair->server, &in);
	h->waits = true;
	must(select(h->pair->server + 1, &in, NULL, NULL, NULL), "select");
	take(h->pair->server, 100);
}

static void wait_by(void (*how)(struct helper *h))
{
	struct helper reader = { .name = "reader", .run = how };
	struct pair p;

	pair_make(&p, port, NULL);
	reader.pair = &p;
	helper_start(&reader);
	helper_sleeps(&reader);
	put(p.client, 100);
	helper_join(&reader);
	pair_close(&p);
	say(&p, "wrote 100 reader %d", reader.tid);
}

static void case_epoll(void)
{
	wait_by(wait_by_epoll);
}

static void case_poll(void)
{
	wait_by(wait_by_poll);
}

static void case_select(void)
{
	wait_by(wait_by_select);
}

/* ---- the reader holds the socket while more arrives ---- */

static void read_slowly(struct helper *h)
{
	if (recv(h->pair->server, h->page, 100, 0) != 100)
		die("recv");
	take(h->pair->server, 50);
}

static void case_backlog(void)
{
	struct helper reader = { .name = "reader", .run = read_slowly };
	struct slow_page slow;
	struct pair p;

	pair_make(&p, port, NULL);
	slow_page_make(&slow);
	put(p.client, 100);
	until_acked(p.client);
	reader.pair = &p;
	reader.page = slow.at;
	helper_start(&reader);
	/* It copies, and so it has the socket. */
	slow_page_touched(&slow);
	put(p.client, 50);
	until_backlog(p.server);
	slow_page_give(&slow);
	helper_join(&reader);
	slow_page_free(&slow);
	pair_close(&p);
	say(&p, "wrote 150 reader %d", reader.tid);
}

/* ---- calls and segments ---- */

static void case_nodelay(void)
{
	struct pair p;

	pair_make(&p, port, NULL);
	option(p.client, IPPROTO_TCP, TCP_NODELAY, 1);
	for (int i = 0; i < 4; i++)
		put(p.client, 10);
	until_there(p.server, 40);
	take(p.server, 40);
	pair_close(&p);
	say(&p, "wrote 40");
}

static int unsent(int fd)
{
	int n = 0;

	must(ioctl(fd, SIOCOUTQNSD, &n), "SIOCOUTQNSD");
	return n;
}

/*
 * The first segment is not acknowledged before the timer of delayed ACKs; until
 * then Nagle's rule holds what is small. It is tried again where the timer came
 * between the calls.
 */
static void case_nagle(void)
{
	struct pair p;

	for (int tries = 0; tries < 20; tries++) {
		int held;

		pair_make(&p, port, NULL);
		option(p.server, IPPROTO_TCP, TCP_QUICKACK, 0);
		for (int i = 0; i < 4; i++)
			put(p.client, 10);
		held = unsent(p.client);
		until_there(p.server, 40);
		take(p.server, 40);
		pair_close(&p);
		if (held == 30) {
			say(&p, "wrote 40 held %d", held);
			return;
		}
	}
	errno = ETIMEDOUT;
	die("bytes that Nagle's rule holds");
}

static void read_all(struct helper *h)
{
	static char buf[65536];
	long n;

	while (h->moved < 60000 && (n = must(read(h->pair->server, buf, sizeof(buf)), "read")))
		h->moved += n;
}

static void case_many(void)
{
	const struct pair_wish usual = { .mss = 1448 };
	struct helper reader = { .name = "reader", .run = read_all };
	struct pair p;

	pair_make(&p, port, &usual);
	reader.pair = &p;
	helper_start(&reader);
	put(p.client, 60000);
	helper_join(&reader);
	pair_close(&p);
	say(&p, "wrote 60000 reader %d", reader.tid);
}

/* ---- nobody reads: the window closes, the writer waits ---- */

static void write_all(struct helper *h)
{
	h->waits = true;
	put(h->pair->client, 40000);
}

static void case_closed(void)
{
	const struct pair_wish small = { .mss = 1000, .rcvbuf = 8192, .sndbuf = 8192 };
	struct helper writer = { .name = "writer", .run = write_all };
	struct pair p;
	int reads = 0;

	pair_make(&p, port, &small);
	writer.pair = &p;
	helper_start(&writer);
	until_closed(p.client);
	helper_sleeps(&writer);
	for (long n = 0; n < 40000; reads++) {
		static char buf[8192];

		n += must(read(p.server, buf, sizeof(buf)), "read");
	}
	helper_join(&writer);
	pair_close(&p);
	say(&p, "wrote 40000 writer %d reads %d", writer.tid, reads);
}

/* ---- lost, late, twice ---- */

/* The first 100 bytes are dropped, and have come again. */
static void lose_one(struct pair *p)
{
	pair_make(p, port, NULL);
	drop_all(p->server, true);
	put(p->client, 100);
	until_dropped(p->server, 1);
	drop_all(p->server, false);
	until_there(p->server, 100);
}

static void case_probe(void)
{
	struct pair p;

	lose_one(&p);
	take(p.server, 100);
	pair_close(&p);
	say(&p, "wrote 100");
}

static void case_rto(void)
{
	if (!world_put("sysctl/tcp_early_retrans", "0"))
		return;
	case_probe();
	world_put("sysctl/tcp_early_retrans", "3");
}

/* What the kernel itself tells of the socket after a loss, and when: what comes next finds it so. */
static void case_kept(void)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);
	struct timespec now;
	struct pair p;

	if (!world_put("sysctl/tcp_early_retrans", "0"))
		return;
	lose_one(&p);
	until_acked(p.client);
	world_put("sysctl/tcp_early_retrans", "3");
	must(getsockopt(p.client, IPPROTO_TCP, TCP_INFO, &info, &len), "TCP_INFO");
	must(clock_gettime(CLOCK_MONOTONIC, &now), "clock_gettime");
	put(p.client, 50);
	until_there(p.server, 150);
	take(p.server, 150);
	pair_close(&p);
	say(&p, "wrote 150 t %lld.%09ld snd_cwnd %u snd_ssthresh %u srtt_us %u rttvar_us %u mss %u total_retrans %u ca_state %u",
	    (long long)now.tv_sec, now.tv_nsec, info.tcpi_snd_cwnd, info.tcpi_snd_ssthresh, info.tcpi_rtt,
	    info.tcpi_rttvar, info.tcpi_snd_mss, info.tcpi_total_retrans, info.tcpi_ca_state);
}

static void case_early(void)
{
	struct pair p;

	pair_make(&p, port, NULL);
	option(p.client, IPPROTO_TCP, TCP_NODELAY, 1);
	drop_all(p.server, true);
	put(p.client, 100);
	until_dropped(p.server, 1);
	drop_all(p.server, false);
	put(p.client, 50);
	until_there(p.server, 150);
	take(p.server, 150);
	pair_close(&p);
	say(&p, "wrote 150");
}

/* The ACK is dropped: the bytes come again. */
static void case_again(void)
{
	struct pair p;

	pair_make(&p, port, NULL);
	drop_all(p.client, true);
	put(p.client, 100);
	until_dropped(p.client, 1);
	drop_all(p.client, false);
	until_acked(p.client);
	take(p.server, 100);
	pair_close(&p);
	say(&p, "wrote 100");
}

/* ---- numbers wrap ---- */

static void case_wrap(void)
{
	const struct pair_wish late = { .isn = 0xffffff00 };
	struct pair p;

	pair_make(&p, port, &late);
	pass(&p, 1000);
	pass(&p, 500);
	pair_close(&p);
	say(&p, "wrote 1500 isn %u", late.isn);
}

/* The client is gone before the other end closes: what answers that FIN is no socket any more. */
static void case_timewait(void)
{
	struct pair p;

	pair_make(&p, port, NULL);
	pass(&p, 100);
	must(shutdown(p.client, SHUT_WR), "shutdown");
	until_fin_acked(p.client);
	pair_close(&p);
	say(&p, "wrote 100");
}

static const struct {
	const char *name;
	void (*make)(void);
	bool apart;	/* it has a recording of its own: -o */
} cases[] = {
	{ "epoll", case_epoll, false },
	{ "poll", case_poll, false },
	{ "select", case_select, false },
	{ "backlog", case_backlog, false },
	{ "nodelay", case_nodelay, false },
	{ "nagle", case_nagle, false },
	{ "many", case_many, false },
	{ "closed", case_closed, false },
	{ "probe", case_probe, false },
	{ "rto", case_rto, false },
	{ "kept", case_kept, false },
	{ "early", case_early, false },
	{ "again", case_again, false },
	{ "peek", case_peek, false },
	{ "partial", case_partial, false },
	{ "sendfile", case_sendfile, false },
	{ "splice", case_splice, false },
	{ "splice_out", case_splice_out, false },
	{ "vector", case_vector, false },
	{ "uring_send", case_uring_send, false },
	{ "uring_recv", case_uring_recv, false },
	{ "uring_both", case_uring_both, false },
	{ "uring_vector", case_uring_vector, false },
	{ "uring_worker", case_uring_worker, false },
	{ "uring_room", case_uring_room, false },
	{ "uring_whole", case_uring_whole, false },
	{ "uring_connect", case_uring_connect, false },
	{ "uring_shots", case_uring_shots, false },
	{ "uring_polled", case_uring_polled, false },
	{ "wrap", case_wrap, false },
	{ "timewait", case_timewait, false },
	{ "rps", case_rps, false },
	{ "ksoftirqd", case_ksoftirqd, true },
	{ "threaded", case_threaded, false },
	{ "cwnd", case_cwnd, false },
	{ "soon", case_soon, false },
	{ "pacing", case_pacing, false },
	{ "tsq", case_tsq, true },
	{ "partly", case_partly, false },
	{ "beyond", case_beyond, true },
	{ "echo", case_echo, false },
	{ "collapse", case_collapse, false },
	{ "piece", case_piece, false },
	{ "copied", case_copied, false },
};

int main(int argc, char **argv)
{
	bool apart = false;
	int opt;

	while ((opt = getopt(argc, argv, "ow:")) != -1) {
		if (opt == 'o')
			apart = true;
		else if (opt == 'w')
			world_is(optarg);
		else
			return 2;
	}
	if (optind + 1 != argc)
		return 2;
	port = atoi(argv[optind]);
	prctl(PR_SET_NAME, "cases");
	stay_on_cpu(0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (cases[i].apart != apart)
			continue;
		name = cases[i].name;
		cases[i].make();
		port++;
	}
	return 0;
}
