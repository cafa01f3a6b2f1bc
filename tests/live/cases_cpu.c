// SPDX-License-Identifier: GPL-2.0-or-later
/* Other CPUs, other tasks: who does the work of a softirq. */
#include <linux/ethtool.h>
#include <unistd.h>

#include "cases.h"
#include "world.h"

static const char rps[] = "here/class/net/lo/queues/rx-0/rps_cpus";

static bool rps_on(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN) >= 2 && world_put(rps, "2");
}

void case_rps(void)
{
	struct pair p;

	if (!rps_on())
		return;
	pair_make(&p, port, NULL);
	pass(&p, 100);
	pair_close(&p);
	world_put(rps, "0");
	say(&p, "wrote 100");
}

/* A veth polls as a NIC does once it has GRO, and packets of one that cannot segment them. */
void case_threaded(void)
{
	struct pair_wish there = { .at = "10.79.1.2", .there = world_peer() };
	struct pair p;

	if (there.there < 0)
		return;
	world_ethtool("vethB", there.there, ETHTOOL_SGRO, 1);
	world_ethtool("vethA", -1, ETHTOOL_STSO, 0);
	if (!world_put("there/class/net/vethB/threaded", "1"))
		return;
	pair_make(&p, port, &there);
	pass(&p, 100);
	pair_close(&p);
	world_put("there/class/net/vethB/threaded", "0");
	say(&p, "wrote 100");
}

/*
 * Many small segments, each ACK of which sends the next: all in one softirq of
 * the second CPU. It may take one packet at a time, ten times (kernel/softirq.c:
 * MAX_SOFTIRQ_RESTART), then ksoftirqd goes on.
 */
void case_ksoftirqd(void)
{
	static const char queue[] = "there/class/net/vethB/queues/rx-0/rps_cpus";
	const struct pair_wish small = { .at = "10.79.1.2", .there = world_peer(), .mss = 88 };
	struct pair p;

	if (small.there < 0 || sysconf(_SC_NPROCESSORS_ONLN) < 2 || !world_put("little", "1") || !world_put(queue, "2"))
		return;
	pair_make(&p, port, &small);
	pass(&p, 6000);
	pair_close(&p);
	world_put(queue, "0");
	say(&p, "wrote 6000");
}
