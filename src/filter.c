// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the filter options of the command line and refuses what can match nothing. */
#include "filter.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "number.h"
#include "proto.h"
#include "say.h"

/* PID_MAX_LIMIT of include/linux/threads.h on 64 bit: no pid is greater. */
enum { PID_LIMIT = 4 * 1024 * 1024 };
/* TASK_COMM_LEN of include/linux/sched.h and IFNAMSIZ, both with the final zero. */
enum { COMM_SIZE = 16, IFACE_SIZE = 16 };
/* Bits of ::ffff:0:0/96, before the 32 of an IPv4 address. */
enum { V4_BITS = 96 };

const char *const reject_names[REJECT_N] = {
	[REJECT_PROTO] = "--proto",
	[REJECT_NETNS] = "--netns",
	[REJECT_HOST] = "--host",
	[REJECT_PORT] = "--port",
	[REJECT_SPORT] = "--sport",
	[REJECT_DPORT] = "--dport",
	[REJECT_IFACE] = "--iface",
	[REJECT_OWNER] = "--pid or --comm",
};

PRINTF(3, 4) static int refuse(char *why, size_t n, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, n, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* What was typed, short enough that the rest of the sentence is seen. */
struct shown { char s[64]; };

static struct shown show(const char *arg)
{
	struct shown v;

	if (strlen(arg) < sizeof(v.s))
		snprintf(v.s, sizeof(v.s), "%s", *arg ? arg : "\"\"");
	else
		snprintf(v.s, sizeof(v.s), "%.*s...", (int)sizeof(v.s) - 4, arg);
	return v;
}

static int refuse_twice(const char *opt, char *why, size_t n)
{
	return refuse(why, n, "%s is given twice: a packet would have to match both", opt);
}

/* A static glibc reads /etc/services through libraries that may not be there: numbers only, then. */
static const struct servent *service_by_name(const char *name)
{
#ifdef SKBTRACE_STATIC
	(void)name;
	return NULL;
#else
	return getservbyname(name, NULL);
#endif
}

static int set_port(uint16_t *port, const char *opt, const char *arg, char *why, size_t n)
{
	const struct servent *service;
	uint64_t v;
	int err;

	if (*port)
		return refuse_twice(opt, why, n);
	err = number_parse(arg, &v);
	if (!err && v >= 1 && v <= UINT16_MAX) {
		*port = v;
		return 0;
	}
	if (!*arg || strchr("0123456789+-", *arg))
		return refuse(why, n, "%s %s: a port is a number from 1 to 65535",
			      opt, show(arg).s);
	service = service_by_name(arg);
	if (!service)
		return refuse(why, n, "%s %s: no service of this name is in /etc/services;"
			      " a port is a number from 1 to 65535", opt, show(arg).s);
	*port = ntohs(service->s_port);
	return 0;
}

int filter_set_port(struct filter *f, const char *arg, char *why, size_t n)
{
	return set_port(&f->cfg.port, "--port", arg, why, n);
}

int filter_set_sport(struct filter *f, const char *arg, char *why, size_t n)
{
	return set_port(&f->cfg.sport, "--sport", arg, why, n);
}

int filter_set_dport(struct filter *f, const char *arg, char *why, size_t n)
{
	return set_port(&f->cfg.dport, "--dport", arg, why, n);
}

/* Reads an address into its 16 bytes; how many of its bits are implied, or -EINVAL. */
static int parse_address(const char *text, uint8_t addr[16])
{
	if (inet_pton(AF_INET, text, addr + 12) == 1) {
		memset(addr, 0, 10);
		memset(addr + 10, 0xff, 2);
		return V4_BITS;
	}
	return inet_pton(AF_INET6, text, addr) == 1 ? 0 : -EINVAL;
}

int filter_set_host(struct filter *f, const char *arg, char *why, size_t n)
{
	const char *slash = strchr(arg, '/'), *zone = strchr(arg, '%');
	size_t len = slash ? (size_t)(slash - arg) : strlen(arg);
	char text[INET6_ADDRSTRLEN];
	uint8_t addr[16];
	uint64_t bits;
	int implied = -EINVAL;

	if (f->cfg.by_host)
		return refuse_twice("--host", why, n);
	if (zone && zone > arg && zone[1])
		return refuse(why, n, "--host %s: an address without %%; name the device with"
			      " --iface", show(arg).s);
	if (len < sizeof(text)) {
		memcpy(text, arg, len);
		text[len] = '\0';
		implied = parse_address(text, addr);
	}
	if (implied < 0)
		return refuse(why, n, "--host %s: not an address; names are not looked up,"
			      " give an IPv4 or IPv6 address or a prefix like 10.0.0.0/8",
			      show(arg).s);
	bits = 128 - implied;
	if (slash && (number_parse(slash + 1, &bits) || bits > 128 - (unsigned int)implied))
		return refuse(why, n, "--host %s: the prefix of an IPv%d address is a number"
			      " from 0 to %d", show(arg).s, implied ? 4 : 6, 128 - implied);
	bits += implied;
	for (unsigned int i = 0; i < 16; i++) {
		unsigned int left = bits > i * 8 ? bits - i * 8 : 0;

		f->cfg.host_mask[i] = left >= 8 ? 0xff : 0xff00 >> left;
		f->cfg.host[i] = addr[i] & f->cfg.host_mask[i];
	}
	f->cfg.by_host = 1;
	return 0;
}

int filter_set_proto(struct filter *f, const char *arg, char *why, size_t n)
{
	const struct proto *p = proto_by_name(arg);
	uint64_t v;

	if (f->cfg.proto)
		return refuse_twice("--proto", why, n);
	if (!p && (number_parse(arg, &v) || v < 1 || v > UINT8_MAX))
		return refuse(why, n, "--proto %s: a protocol is a name such as tcp or udp,"
			      " or a number from 1 to 255", show(arg).s);
	f->cfg.proto = p ? p->number : v;
	return 0;
}

int filter_set_pid(struct filter *f, const char *arg, char *why, size_t n)
{
	uint64_t v;

	if (f->pid)
		return refuse_twice("--pid", why, n);
	if (number_parse(arg, &v) || v < 1 || v > PID_LIMIT)
		return refuse(why, n, "--pid %s: a process is a number from 1 to %d",
			      show(arg).s, PID_LIMIT);
	f->pid = v;
	f->cfg.by_pid = 1;
	return 0;
}

int filter_set_comm(struct filter *f, const char *arg, char *why, size_t n)
{
	if (f->cfg.by_comm)
		return refuse_twice("--comm", why, n);
	if (!*arg)
		return refuse(why, n, "--comm \"\": the name of a program is not empty");
	if (strlen(arg) >= COMM_SIZE)
		return refuse(why, n, "--comm %s: the kernel keeps the first %d bytes of a name;"
			      " say --comm %.*s", show(arg).s, COMM_SIZE - 1, COMM_SIZE - 1, arg);
	memset(f->cfg.comm, 0, sizeof(f->cfg.comm));
	memcpy(f->cfg.comm, arg, strlen(arg));
	f->cfg.by_comm = 1;
	return 0;
}

/* As dev_valid_name() of net/core/dev.c: tells a typo from a missing device. */
static bool iface_valid(const char *s)
{
	return *s && strlen(s) < IFACE_SIZE && strcmp(s, ".") && strcmp(s, "..") &&
	       !s[strcspn(s, "/: \t\n\v\f\r")];
}

int filter_set_iface(struct filter *f, const char *arg, char *why, size_t n)
{
	if (f->iface)
		return refuse_twice("--iface", why, n);
	if (!iface_valid(arg))
		return refuse(why, n, "--iface %s: the name of a device has 1 to %d bytes,"
			      " no blank, colon or slash", show(arg).s, IFACE_SIZE - 1);
	f->iface = arg;
	return 0;
}

int filter_set_netns(struct filter *f, const char *arg, char *why, size_t n)
{
	if (f->netns)
		return refuse_twice("--netns", why, n);
	if (!*arg)
		return refuse(why, n, "--netns \"\": give a namespace's name, path, inode number"
			      " or one of its processes");
	f->netns = arg;
	return 0;
}

bool filter_empty(const struct filter *f)
{
	const struct cfg_filter *c = &f->cfg;

	return !f->all && !c->port && !c->sport && !c->dport && !c->proto && !c->by_host && !c->by_pid &&
	       !c->by_comm && !f->pid && !f->iface && !f->netns;
}

/* IN_V4, IN_V6 or both: which addresses --host lets through. */
static unsigned int host_families(const struct cfg_filter *c)
{
	static const uint8_t v4[12] = { [10] = 0xff, [11] = 0xff };
	unsigned int exact = 0;

	if (!c->by_host)
		return IN_BOTH;
	for (unsigned int i = 0; i < sizeof(v4); i++) {
		if (c->host[i] != (v4[i] & c->host_mask[i]))
			return IN_V6;
		exact += c->host_mask[i] == 0xff;
	}
	return exact == sizeof(v4) ? IN_V4 : IN_BOTH;
}

int filter_check(const struct filter *f, char *why, size_t n)
{
	const struct cfg_filter *c = &f->cfg;
	const struct proto *p = proto_by_number(c->proto);
	const char *port = c->port ? "--port" : c->sport ? "--sport" : c->dport ? "--dport" : NULL;

	if (p && !p->ports && port)
		return refuse(why, n, "--proto %s with %s can match nothing: %s has no ports",
			      p->name, port, p->name);
	if (p && !(p->families & host_families(c)))
		return refuse(why, n, "--proto %s with this --host can match nothing:"
			      " %s is of IPv%d", p->name, p->name, p->families == IN_V4 ? 4 : 6);
	if (c->port && c->sport && c->dport && c->port != c->sport && c->port != c->dport)
		return refuse(why, n, "--port %u with --sport %u and --dport %u can match nothing:"
			      " neither end is %u", c->port, c->sport, c->dport, c->port);
	return 0;
}

/* Appends "WORD VALUE" with an "and" before it if something stands there already. */
PRINTF(3, 4) static void append(char *out, size_t n, const char *fmt, ...)
{
	size_t len = strlen(out);
	va_list ap;

	if (len && len < n)
		len += snprintf(out + len, n - len, " and ");
	if (len >= n)
		return;
	va_start(ap, fmt);
	vsnprintf(out + len, n - len, fmt, ap);
	va_end(ap);
}

static void append_host(const struct cfg_filter *c, char *out, size_t n)
{
	bool v4 = host_families(c) == IN_V4;
	int whole = v4 ? 32 : 128, bits = v4 ? -V4_BITS : 0;
	char text[INET6_ADDRSTRLEN];

	for (unsigned int i = 0; i < 16; i++)
		bits += __builtin_popcount(c->host_mask[i]);
	inet_ntop(v4 ? AF_INET : AF_INET6, c->host + (v4 ? 12 : 0), text, sizeof(text));
	if (bits == whole)
		append(out, n, "host %s", text);
	else
		append(out, n, "host %s/%d", text, bits);
}

char *filter_say(const struct filter *f, char *out, size_t n)
{
	const struct cfg_filter *c = &f->cfg;
	const struct proto *p = proto_by_number(c->proto);

	if (!n)
		return out;
	*out = '\0';
	if (p)
		append(out, n, "proto %s", p->name);
	else if (c->proto)
		append(out, n, "proto %u", c->proto);
	if (c->port)
		append(out, n, "port %u", c->port);
	if (c->sport)
		append(out, n, "sport %u", c->sport);
	if (c->dport)
		append(out, n, "dport %u", c->dport);
	if (c->by_host)
		append_host(c, out, n);
	if (f->pid)
		append(out, n, "pid %d", (int)f->pid);
	if (c->by_comm)
		append(out, n, "comm %.*s", COMM_SIZE, c->comm);
	if (f->iface)
		append(out, n, "iface %s", f->iface);
	if (f->netns)
		append(out, n, "netns %s", f->netns);
	if (!*out)
		append(out, n, "all packets");
	return out;
}
