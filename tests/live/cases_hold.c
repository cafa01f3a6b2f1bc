// SPDX-License-Identifier: GPL-2.0-or-later
/* What keeps bytes in the write queue, besides the other end: congestion window, pacing, TCP small queues. */
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cases.h"
#include "world.h"

/* One call writes n bytes and does not wait for them. Nothing of them may wait for a reader. */
static void write_at_once(struct pair *p, size_t n)
{
	put(p->client, n);
	until_there(p->server, n);
	take(p->server, n);
	pair_close(p);
}

/* No ACK comes: what the first congestion window lets out is all that leaves with the call. */
void case_cwnd(void)
{
	const struct pair_wish wish = { .mss = 1000, .sndbuf = 200000 };
	struct pair p;

	pair_make(&p, port, &wish);
	drop_all(p.client, true);
	put(p.client, 30000);
	until_dropped(p.client, 1);
	drop_all(p.client, false);
	until_there(p.server, 30000);
	take(p.server, 30000);
	pair_close(&p);
	say(&p, "wrote 30000");
}

static void write_soon(struct helper *h)
{
	h->waits = true;
	put(h->pair->client, 100);
}

/* It writes before there is a connection: the SYN is dropped, and must be sent again. */
void case_soon(void)
{
	struct helper writer = { .name = "writer", .run = write_soon };
	struct sockaddr_in at;
	int listener = listener_make(&at, port, NULL);
	struct pair p;

	drop_all(listener, true);
	p.client = must(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
	if (!connect(p.client, (struct sockaddr *)&at, sizeof(at)) || errno != EINPROGRESS)
		die("connect");
	must(fcntl(p.client, F_SETFL, 0), "fcntl");
	pair_ports(&p, port);
	writer.pair = &p;
	helper_start(&writer);
	helper_sleeps(&writer);
	drop_all(listener, false);
	p.server = must(accept(listener, NULL, NULL), "accept");
	close(listener);
	helper_join(&writer);
	until_there(p.server, 100);
	take(p.server, 100);
	pair_close(&p);
	say(&p, "wrote 100 writer %d", writer.tid);
}

void case_pacing(void)
{
	const struct pair_wish wish = { .mss = 1000, .sndbuf = 200000 };
	struct pair p;

	pair_make(&p, port, &wish);
	option(p.client, SOL_SOCKET, SO_MAX_PACING_RATE, 200000);
	write_at_once(&p, 30000);
	say(&p, "wrote 30000");
}

/* The device takes less than TCP has: only so much of a socket may wait there. */
void case_tsq(void)
{
	const struct pair_wish slow = { .at = "10.79.2.2", .there = world_peer(), .mss = 1000, .sndbuf = 400000 };
	struct pair p;

	if (slow.there < 0 || !world_put("slow", "1"))
		return;
	pair_make(&p, port, &slow);
	write_at_once(&p, 48000);
	say(&p, "wrote 48000");
}
