// SPDX-License-Identifier: GPL-2.0-or-later
/* What the filter options accept, refuse and say back. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "filter.h"

static char why[512], said[256];

/* One option on an empty filter: the sentence, or "" if it was taken. */
#define REFUSED(set, arg) \
	(memset(&f, 0, sizeof(f)), why[0] = '\0', (void)set(&f, arg, why, sizeof(why)), why)
#define SAID() filter_say(&f, said, sizeof(said))

TEST(ports)
{
	struct filter f;

	CHECK_STR(REFUSED(filter_set_port, "80"), "");
	CHECK_INT(f.cfg.port, 80);
	CHECK_STR(REFUSED(filter_set_port, "65535"), "");
	CHECK_STR(REFUSED(filter_set_port, "http"), "");
	CHECK_INT(f.cfg.port, 80);
	CHECK_STR(REFUSED(filter_set_sport, "1"), "");
	CHECK_INT(f.cfg.sport, 1);
	CHECK_STR(REFUSED(filter_set_dport, "0443"), "");
	CHECK_INT(f.cfg.dport, 443);
	CHECK_STR(REFUSED(filter_set_port, "70000"),
		  "--port 70000: a port is a number from 1 to 65535");
	CHECK_STR(REFUSED(filter_set_port, "0"), "--port 0: a port is a number from 1 to 65535");
	CHECK_STR(REFUSED(filter_set_sport, "-1"), "--sport -1: a port is a number from 1 to 65535");
	CHECK_STR(REFUSED(filter_set_dport, "80x"), "--dport 80x: a port is a number from 1 to 65535");
	CHECK_STR(REFUSED(filter_set_port, ""), "--port \"\": a port is a number from 1 to 65535");
	CHECK(*REFUSED(filter_set_port, " 80"));
	CHECK(*REFUSED(filter_set_port, "0x50"));
	CHECK(*REFUSED(filter_set_port, "80,81"));
	CHECK(*REFUSED(filter_set_port, "18446744073709551697"));	/* 2^64 + 81 */
	CHECK(strstr(REFUSED(filter_set_port, "nosuchservice"), "no service of this name"));
}

TEST(hosts)
{
	static const struct { const char *arg, *back; } good[] = {
		{ "10.1.2.3", "host 10.1.2.3" },
		{ "10.1.2.3/32", "host 10.1.2.3" },
		{ "10.1.2.3/8", "host 10.0.0.0/8" },
		{ "10.255.255.255/9", "host 10.128.0.0/9" },
		{ "0.0.0.0/0", "host 0.0.0.0/0" },
		{ "::1", "host ::1" },
		{ "2001:db8::1/33", "host 2001:db8::/33" },
		{ "::/0", "host ::/0" },
		{ "::ffff:10.0.0.1", "host 10.0.0.1" },
		{ "::ffff:10.0.0.1/104", "host 10.0.0.0/8" },
	};
	static const char *const bad[] = {
		"", "/", "/8", "example.com", "localhost", "10.0.0", "10.0.0.256", "10.0.0.1/33",
		"10.0.0.1/", "10.0.0.1/x", "10.0.0.1/8/8", "::1/129", "::g", "fe80::1%eth0",
		"10.0.0.1/-1", "01111111111111111111111111111111111111111111111111111111111111111",
	};
	struct filter f;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CHECK_STR(REFUSED(filter_set_host, good[i].arg), "");
		CHECK_STR(SAID(), good[i].back);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK(!strncmp(REFUSED(filter_set_host, bad[i]), "--host ", 7));
		CHECK(!f.cfg.by_host);
	}
	CHECK_STR(REFUSED(filter_set_host, "10.0.0.0/40"), "--host 10.0.0.0/40: the prefix of an"
		  " IPv4 address is a number from 0 to 32");
	CHECK(strstr(REFUSED(filter_set_host, "localhost"), "names are not looked up"));
	CHECK(strstr(REFUSED(filter_set_host, "fe80::1%eth0"), "--iface"));
}

TEST(host_bytes)
{
	static const unsigned char addr[16] = { [10] = 0xff, 0xff, 192, 168, 16, 0 };
	static const unsigned char mask[16] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf0, 0,
	};
	struct filter f;

	CHECK_STR(REFUSED(filter_set_host, "192.168.31.7/20"), "");
	CHECK(!memcmp(f.cfg.host, addr, 16));
	CHECK(!memcmp(f.cfg.host_mask, mask, 16));
}

TEST(protocols)
{
	struct filter f;

	CHECK_STR(REFUSED(filter_set_proto, "TCP"), "");
	CHECK_INT(f.cfg.proto, 6);
	CHECK_STR(SAID(), "proto tcp");
	CHECK_STR(REFUSED(filter_set_proto, "17"), "");
	CHECK_STR(SAID(), "proto udp");
	CHECK_STR(REFUSED(filter_set_proto, "253"), "");
	CHECK_STR(SAID(), "proto 253");
	CHECK(*REFUSED(filter_set_proto, "0"));
	CHECK(*REFUSED(filter_set_proto, "256"));
	CHECK(*REFUSED(filter_set_proto, ""));
	CHECK_STR(REFUSED(filter_set_proto, "tpc"), "--proto tpc: a protocol is a name such as tcp"
		  " or udp, or a number from 1 to 255");
}

TEST(owners)
{
	struct filter f;

	CHECK_STR(REFUSED(filter_set_pid, "4121"), "");
	CHECK_INT(f.pid, 4121);
	CHECK_INT(f.cfg.by_pid, 1);
	CHECK_STR(SAID(), "pid 4121");
	CHECK_STR(REFUSED(filter_set_pid, "0"), "--pid 0: a process is a number from 1 to 4194304");
	CHECK(*REFUSED(filter_set_pid, "4194305"));
	CHECK(*REFUSED(filter_set_pid, "self"));
	CHECK_STR(REFUSED(filter_set_comm, "curl"), "");
	CHECK_STR(SAID(), "comm curl");
	CHECK_STR(REFUSED(filter_set_comm, "fifteen-letters"), "");
	CHECK_STR(SAID(), "comm fifteen-letters");
	CHECK_STR(REFUSED(filter_set_comm, "chromium-browser"), "--comm chromium-browser: the kernel"
		  " keeps the first 15 bytes of a name; say --comm chromium-browse");
	CHECK(*REFUSED(filter_set_comm, ""));
}

TEST(places)
{
	struct filter f;

	CHECK_STR(REFUSED(filter_set_iface, "eth0.100"), "");
	CHECK_STR(SAID(), "iface eth0.100");
	CHECK(*REFUSED(filter_set_iface, ""));
	CHECK(*REFUSED(filter_set_iface, "sixteen-letters-"));
	CHECK(*REFUSED(filter_set_iface, "a/b"));
	CHECK(*REFUSED(filter_set_iface, "a b"));
	CHECK(*REFUSED(filter_set_iface, ".."));
	CHECK_STR(REFUSED(filter_set_netns, "blue"), "");
	CHECK_STR(SAID(), "netns blue");
	CHECK(*REFUSED(filter_set_netns, ""));
}

TEST(twice)
{
	struct filter f = { 0 };

	CHECK_INT(filter_set_port(&f, "80", why, sizeof(why)), 0);
	CHECK_INT(filter_set_port(&f, "80", why, sizeof(why)), -EINVAL);
	CHECK_STR(why, "--port is given twice: a packet would have to match both");
	CHECK_INT(filter_set_host(&f, "::/0", why, sizeof(why)), 0);
	CHECK_INT(filter_set_host(&f, "::/0", why, sizeof(why)), -EINVAL);
	CHECK_INT(filter_set_pid(&f, "1", why, sizeof(why)), 0);
	CHECK_INT(filter_set_pid(&f, "1", why, sizeof(why)), -EINVAL);
	CHECK_STR(why, "--pid is given twice: a packet would have to match both");
}

TEST(together)
{
	struct filter f = { 0 };
	char small[12];

	CHECK(filter_empty(&f));
	CHECK_STR(SAID(), "all packets");
	f.all = true;
	CHECK(!filter_empty(&f));
	f.all = false;
	CHECK_INT(filter_set_port(&f, "8080", why, sizeof(why)), 0);
	CHECK_INT(filter_set_host(&f, "10.0.0.0/8", why, sizeof(why)), 0);
	CHECK_INT(filter_set_iface(&f, "eth0", why, sizeof(why)), 0);
	CHECK(!filter_empty(&f));
	CHECK_STR(SAID(), "port 8080 and host 10.0.0.0/8 and iface eth0");
	CHECK_STR(filter_say(&f, small, sizeof(small)), "port 8080 a");
	CHECK_INT(filter_check(&f, why, sizeof(why)), 0);
}

/* The sentence of filter_check() for these options, or "" if something can match. */
static const char *checked(const char *proto, const char *host, const char *port, const char *sport,
			   const char *dport)
{
	struct filter f = { 0 };

	why[0] = '\0';
	if ((proto && filter_set_proto(&f, proto, why, sizeof(why))) ||
	    (host && filter_set_host(&f, host, why, sizeof(why))) ||
	    (port && filter_set_port(&f, port, why, sizeof(why))) ||
	    (sport && filter_set_sport(&f, sport, why, sizeof(why))) ||
	    (dport && filter_set_dport(&f, dport, why, sizeof(why))))
		return "a setter refused";
	filter_check(&f, why, sizeof(why));
	return why;
}

TEST(nothing_can_match)
{
	CHECK_STR(checked("tcp", "::1", "80", NULL, NULL), "");
	CHECK_STR(checked("tcp", "10.0.0.1", "80", "80", "1024"), "");
	CHECK_STR(checked(NULL, NULL, "80", "81", NULL), "");
	CHECK_STR(checked("icmp", NULL, "80", NULL, NULL),
		  "--proto icmp with --port can match nothing: icmp has no ports");
	CHECK_STR(checked("icmp", NULL, NULL, NULL, "80"),
		  "--proto icmp with --dport can match nothing: icmp has no ports");
	CHECK_STR(checked("icmp", "::1", NULL, NULL, NULL),
		  "--proto icmp with this --host can match nothing: icmp is of IPv4");
	CHECK_STR(checked("icmpv6", "10.0.0.0/8", NULL, NULL, NULL),
		  "--proto icmpv6 with this --host can match nothing: icmpv6 is of IPv6");
	CHECK_STR(checked(NULL, NULL, "80", "81", "82"), "--port 80 with --sport 81 and --dport 82"
		  " can match nothing: neither end is 80");
}

TEST(resolve)
{
	struct filter f = { 0 };

	CHECK_INT(filter_resolve(&f, why, sizeof(why)), 0);
	f.pid = getpid();
	f.iface = "lo";
	CHECK_INT(filter_resolve(&f, why, sizeof(why)), 0);
	CHECK_INT(f.cfg.ifindex, 1);
	f.iface = "nosuchdev0";
	CHECK_INT(filter_resolve(&f, why, sizeof(why)), -ENOENT);
	CHECK_STR(why, "--iface nosuchdev0: no such device");
	f = (struct filter){ .pid = 4194304 };	/* a pid is less than PID_MAX_LIMIT */
	CHECK_INT(filter_resolve(&f, why, sizeof(why)), -ENOENT);
	CHECK_STR(why, "--pid 4194304: no such process");
}

TEST(resolve_netns)
{
	struct filter f = { .netns = "no-such-namespace" };
	char pid[16];

	CHECK_INT(filter_resolve(&f, why, sizeof(why)), -ENOENT);
	CHECK_STR(why, "--netns no-such-namespace: no such network namespace");
	f.netns = "/proc/self/ns/uts";
	CHECK_INT(filter_resolve(&f, why, sizeof(why)), -ENOENT);
	CHECK_STR(why, "--netns /proc/self/ns/uts: not a network namespace");
	f.netns = "/dev/null";
	CHECK_INT(filter_resolve(&f, why, sizeof(why)), -ENOENT);
	f.netns = "4194304";
	CHECK_INT(filter_resolve(&f, why, sizeof(why)), -ENOENT);
	CHECK_STR(why, "--netns 4194304: no such process, and no namespace of this name");
	f.netns = "18446744073709551615";
	CHECK_INT(filter_resolve(&f, why, sizeof(why)), -ENOENT);

	f.netns = "/proc/self/ns/net";
	CHECK_INT(filter_resolve(&f, why, sizeof(why)), 0);
	CHECK(f.cfg.netns);
	unsigned int inode = f.cfg.netns;

	f.cfg.netns = 0;
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	f.netns = pid;
	CHECK_INT(filter_resolve(&f, why, sizeof(why)), 0);
	CHECK_INT(f.cfg.netns, inode);
	f.cfg.netns = 0;
	snprintf(pid, sizeof(pid), "%u", inode);
	CHECK_INT(filter_resolve(&f, why, sizeof(why)), 0);
	CHECK_INT(f.cfg.netns, inode);
}

/* A device is looked up inside the namespace, and we are still in ours afterwards. */
TEST(resolve_inside)
{
	int ready[2], err;
	char byte, pid[16], mine[64] = "", after[64] = "";
	struct filter f = { .netns = pid, .iface = "lo" };
	pid_t child;

	CHECK(!pipe(ready));
	CHECK(readlink("/proc/self/ns/net", mine, sizeof(mine) - 1) > 0);
	child = fork();
	if (!child) {
		err = unshare(CLONE_NEWNET) && unshare(CLONE_NEWUSER | CLONE_NEWNET);
		_exit(write(ready[1], err ? "n" : "y", 1) == 1 ? pause() : 1);
	}
	CHECK(read(ready[0], &byte, 1) == 1);
	snprintf(pid, sizeof(pid), "%d", (int)child);
	err = filter_resolve(&f, why, sizeof(why));
	if (byte == 'y' && err != -EPERM) {
		CHECK_INT(err, 0);
		CHECK_INT(f.cfg.ifindex, 1);
		f.iface = "nosuchdev0";
		CHECK_INT(filter_resolve(&f, why, sizeof(why)), -ENOENT);
		CHECK(strstr(why, "--iface nosuchdev0: no such device in the namespace "));
	} else {
		printf("# no second namespace for this user: only the refusal was seen\n");
		CHECK(err == -EPERM || byte == 'n');
	}
	CHECK(readlink("/proc/self/ns/net", after, sizeof(after) - 1) > 0);
	CHECK_STR(after, mine);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

int main(void)
{
	return RUN(T(ports), T(hosts), T(host_bytes), T(protocols), T(owners), T(places), T(twice),
		   T(together), T(nothing_can_match), T(resolve), T(resolve_netns),
		   T(resolve_inside));
}
