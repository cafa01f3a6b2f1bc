// SPDX-License-Identifier: GPL-2.0-or-later
/* Segments that are not just the next bytes: partly old, beyond the window; and what else answers data. */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cases.h"
#include "world.h"

/*
 * The ACK of the first segment is lost, and so is the second segment: the
 * retransmission timer sends both as one, half of which is there already.
 */
void case_partly(void)
{
	struct pair p;

	if (!world_put("sysctl/tcp_early_retrans", "0"))
		return;
	pair_make(&p, port, NULL);
	option(p.client, IPPROTO_TCP, TCP_NODELAY, 1);
	drop_all(p.client, true);
	/* Read, so that its data is the sender's alone again: only such segments are joined. */
	pass(&p, 100);
	until_dropped(p.client, 1);
	drop_all(p.server, true);
	put(p.client, 50);
	until_dropped(p.server, 1);
	drop_all(p.server, false);
	drop_all(p.client, false);
	until_there(p.server, 50);
	take(p.server, 50);
	pair_close(&p);
	world_put("sysctl/tcp_early_retrans", "3");
	say(&p, "wrote 150");
}

/* The window is closed, and the sender is made to believe that it is not. */
void case_beyond(void)
{
	const struct pair_wish small = {
		.at = "10.79.2.2", .there = world_peer(), .mss = 1000, .rcvbuf = 8192, .sndbuf = 100000,
	};
	struct tcp_repair_window window;
	socklen_t len = sizeof(window);
	struct pair p;

	if (small.there < 0)
		return;
	pair_make(&p, port, &small);
	put(p.client, 16000);
	until_closed(p.client);
	option(p.client, IPPROTO_TCP, TCP_REPAIR, TCP_REPAIR_ON);
	must(getsockopt(p.client, IPPROTO_TCP, TCP_REPAIR_WINDOW, &window, &len), "getsockopt");
	window.snd_wnd = 3000;	/* three segments, on a way where each is a packet */
	must(setsockopt(p.client, IPPROTO_TCP, TCP_REPAIR_WINDOW, &window, len), "setsockopt");
	option(p.client, IPPROTO_TCP, TCP_REPAIR, TCP_REPAIR_OFF_NO_WP);
	/* It sends what is queued. */
	option(p.client, IPPROTO_TCP, TCP_NODELAY, 1);
	until_dropped(p.server, 2);
	for (long n = 0; n < 16000;) {
		static char buf[8192];

		n += must(read(p.server, buf, sizeof(buf)), "read");
	}
	pair_close(&p);
	say(&p, "wrote 16000");
}

/* The server answers before its ACK is due: one packet is both. */
void case_echo(void)
{
	struct pair p;

	pair_make(&p, port, NULL);
	option(p.server, IPPROTO_TCP, TCP_QUICKACK, 0);
	pass(&p, 100);
	put(p.server, 60);
	until_there(p.client, 60);
	take(p.client, 60);
	pair_close(&p);
	say(&p, "wrote 100 back 60");
}

/* A counter of TcpExt of this network namespace; -1: this kernel has none of that name. */
static long counted(const char *name)
{
	FILE *in = fopen("/proc/net/netstat", "r");
	char names[8192], values[8192];
	long n = -1;

	must(in && fgets(names, sizeof(names), in) && fgets(values, sizeof(values), in) ? 0 : -1, "netstat");
	fclose(in);
	for (char *a, *b, *key = strtok_r(names, " ", &a), *value = strtok_r(values, " ", &b); key && value;
	     key = strtok_r(NULL, " ", &a), value = strtok_r(NULL, " ", &b))
		if (!strcmp(key, name))
			n = atol(value);
	return n;
}

/* Small segments that nobody reads fill the receive buffer with their heads: the kernel copies them together. */
void case_collapse(void)
{
	const struct pair_wish small = { .rcvbuf = 4096 };
	long before = counted("TCPRcvCollapsed");
	char there[4096];
	struct pair p;
	int n = 0;

	pair_make(&p, port, &small);
	option(p.client, IPPROTO_TCP, TCP_NODELAY, 1);
	while (counted("TCPRcvCollapsed") == before && n < (int)sizeof(there)) {
		put(p.client, 1);
		until_there(p.server, ++n);
	}
	until_there(p.server, n);
	take(p.server, n);
	pair_close(&p);
	say(&p, "wrote %d", n);
}

/* Of one packet of several segments all is lost, and a part is sent again first. */
void case_piece(void)
{
	const struct pair_wish short_ones = { .mss = 1000 };
	struct pair p;
	socklen_t len = sizeof(int);
	int mss;

	pair_make(&p, port, &short_ones);
	must(getsockopt(p.client, IPPROTO_TCP, TCP_MAXSEG, &mss, &len), "getsockopt");
	option(p.client, IPPROTO_TCP, TCP_NODELAY, 1);
	drop_all(p.server, true);
	/* Two are always let go in one packet (net.ipv4.tcp_min_tso_segs); of more a slow round trip makes several. */
	put(p.client, 2 * mss);
	until_dropped(p.server, 1);
	drop_all(p.server, false);
	until_there(p.server, 2 * mss);
	take(p.server, 2 * mss);
	pair_close(&p);
	say(&p, "wrote %d", 2 * mss);
}

/*
 * A queue damages it (netem), in a copy: the skb is a clone of that in the write queue. SO_PRIORITY names the class
 * that does, 1:2; what is sent again goes by the other.
 */
void case_copied(void)
{
	const struct pair_wish damaging = { .at = "10.79.3.2", .there = world_peer() };
	struct pair p;

	if (damaging.there < 0 || !world_put("damages", ""))
		return;
	pair_make(&p, port, &damaging);
	option(p.client, IPPROTO_TCP, TCP_NODELAY, 1);
	option(p.client, SOL_SOCKET, SO_PRIORITY, 1 << 16 | 2);
	put(p.client, 100);
	option(p.client, SOL_SOCKET, SO_PRIORITY, 0);
	until_there(p.server, 100);
	take(p.server, 100);
	pair_close(&p);
	say(&p, "wrote 100");
}
