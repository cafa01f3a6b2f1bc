// SPDX-License-Identifier: GPL-2.0-or-later
/* More datagrams than a driver takes: what finds no room goes back to its queue. */
#include <dirent.h>
#include <linux/ethtool.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dgram.h"
#include "world.h"

enum { LEN = 40 };
enum { SENT = 300 };	/* drivers/net/veth.c, VETH_RING_SIZE: 256 */

/* The thread of the NAPI of that device; -1: there is none. */
static int napi_thread(const char *device)
{
	char path[64], name[64], begin[32];
	DIR *all = opendir("/proc");
	struct dirent *d;
	int found = -1;

	snprintf(begin, sizeof(begin), "napi/%s-", device);
	while (all && found < 0 && (d = readdir(all))) {
		FILE *in;

		snprintf(path, sizeof(path), "/proc/%.16s/comm", d->d_name);
		in = atoi(d->d_name) ? fopen(path, "r") : NULL;
		if (in && fgets(name, sizeof(name), in) && !strncmp(name, begin, strlen(begin)))
			found = atoi(d->d_name);
		if (in)
			fclose(in);
	}
	if (all)
		closedir(all);
	return found;
}

/* Before all others, or no more; false: nobody may here. */
static bool go_first(bool first)
{
	struct sched_param param = { .sched_priority = first };

	return !sched_setscheduler(0, first ? SCHED_FIFO : SCHED_OTHER, &param);
}

/* Does its driver drop what its ring has no room for? */
static bool drops(void)
{
	FILE *in = fopen("/run/here/class/net/vethG/statistics/tx_dropped", "r");
	long n = -1;

	must(in && fscanf(in, "%ld", &n) == 1 ? 0 : -1, "tx_dropped");
	fclose(in);
	return n > 0;
}

static void send_some(struct ends *e, int n)
{
	static const char bytes[LEN];

	while (n--)
		if (sendto(e->client, bytes, LEN, 0, (struct sockaddr *)&e->at, e->len) != LEN)
			die("sendto");
}

static void read_some(struct ends *e, int n)
{
	char bytes[LEN];

	while (n--)
		if (recv(e->server, bytes, LEN, 0) != LEN)
			die("recv");
}

static void said_busy(void)
{
	for (int i = 0; i < SENT; i++) {
		said_sent("sendto", LEN);
		said_read("recvfrom", LEN, LEN);
	}
}

/*
 * Nobody takes packets out of the ring of the other device until it is full: the thread that does may run on this CPU
 * only, where this one goes before all others. What is left in the queue is sent when that thread has run.
 */
void case_busy(void)
{
	struct ends e = { .len = address(&e.at, "10.79.4.2", port) };
	int thread, peer = world_peer();
	cpu_set_t here;

	if (peer < 0)
		return;
	/* It polls for what GRO may put together: of one that does not cut up itself. */
	world_ethtool("vethH", peer, ETHTOOL_SGRO, 1);
	world_ethtool("vethG", -1, ETHTOOL_STSO, 0);
	close(peer);
	if (!world_put("there/class/net/vethH/threaded", "1"))
		return;
	thread = must(napi_thread("vethH"), "the thread of NAPI");
	e.server = server_make(&e.at, e.len);
	e.client = must(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	option(e.server, SOL_SOCKET, SO_RCVBUFFORCE, 1 << 20);
	option(e.client, SOL_SOCKET, SO_SNDBUFFORCE, 1 << 20);
	CPU_ZERO(&here);
	CPU_SET(must(sched_getcpu(), "CPU"), &here);
	must(sched_setaffinity(thread, sizeof(here), &here), "affinity of NAPI");
	if (!go_first(true)) {
		ends_close(&e);
		return;
	}
	send_some(&e, SENT);
	go_first(false);
	if (!drops()) {
		read_some(&e, SENT);
		said_busy();
	}
	ends_close(&e);
}
