// SPDX-License-Identifier: GPL-2.0-or-later
/* What keeps bytes in the write queue, besides the other end: congestion window, pacing, TCP small queues. */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

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
