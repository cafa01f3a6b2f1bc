// SPDX-License-Identifier: GPL-2.0-or-later
/* Datagrams that GRO makes one of, behind a tunnel: for a reader who asks for that, and hung on each other for one who does not. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dgram.h"
#include "world.h"

enum { TOGETHER = 5, LEN = 1000, TRIES = 20, BATCHES = 4 };

/* Sends some at once and reads them all, each time what there is. True if a call took more than one. */
static bool some(struct ends *e)
{
	static char sink[TOGETHER * LEN];
	struct pollfd ready = { .fd = e->server, .events = POLLIN };
	bool merged = false;
	ssize_t n;

	for (int i = 0; i < TOGETHER; i++)
		send_to(e, LEN);
	/* GRO lets all go at once: who reads them then finds them there. */
	must(poll(&ready, 1, -1), "poll");
	for (int left = TOGETHER * LEN; left > 0; left -= n) {
		n = must(recv(e->server, sink, sizeof(sink), 0), "recv");
		for (int i = 0; i < n / LEN; i++)
			said_read("recvfrom", LEN, n);
		merged |= n > LEN;
	}
	return merged;
}

void case_merged(void)
{
	const int on = 1;
	struct ends e;
	int tries = 0;

	ends_make(&e);
	must(setsockopt(e.server, SOL_UDP, UDP_GRO, &on, sizeof(on)), "UDP_GRO");
	/* The tick of the clock may have let the first ones go. */
	while (!some(&e))
		if (++tries == TRIES)
			die("GRO puts nothing together");
	ends_close(&e);
}

void case_listed(void)
{
	struct ends e;
	int peer = must(world_peer(), "the other namespace");

	world_feature("vxB", peer, "rx-gro-list", true);
	ends_make(&e);
	/* Each is read by itself, so that nothing tells here whether the tick of the clock kept them apart. */
	for (int i = 0; i < BATCHES; i++)
		some(&e);
	ends_close(&e);
	world_feature("vxB", peer, "rx-gro-list", false);
	close(peer);
}
