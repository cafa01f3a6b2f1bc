// SPDX-License-Identifier: GPL-2.0-or-later
/* A virtual switch (Open vSwitch) of the other namespace, and a datagram for which it has no action: it dies of a reason
 * that is the switch's own. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/openvswitch.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "dgram.h"
#include "world.h"

enum { LEN = 40, IN_PORT = 1, ETHERTYPE_IP = 0x0800 };

struct message {
	struct nlmsghdr head;
	struct genlmsghdr generic;
	char room[1024];
};

static void attribute(struct message *m, int type, const void *data, size_t n)
{
	struct nlattr *a = (void *)((char *)m + NLMSG_ALIGN(m->head.nlmsg_len));

	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + n;
	memcpy((char *)a + NLA_HDRLEN, data, n);
	m->head.nlmsg_len = NLMSG_ALIGN(m->head.nlmsg_len) + NLA_ALIGN(a->nla_len);
}

static struct nlattr *nest(struct message *m, int type)
{
	struct nlattr *a = (void *)((char *)m + NLMSG_ALIGN(m->head.nlmsg_len));

	attribute(m, type | NLA_F_NESTED, NULL, 0);
	return a;
}

static void nest_end(const struct message *m, struct nlattr *a)
{
	a->nla_len = (const char *)m + m->head.nlmsg_len - (char *)a;
}

/* dp: of the switch, if it is one of its messages; negative: none. */
static struct message message_to(int family, int command, int version, int dp)
{
	struct message m = {
		.head = { .nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN), .nlmsg_type = family, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.generic = { .cmd = command, .version = version },
	};
	struct ovs_header of = { .dp_ifindex = dp };

	if (dp >= 0) {
		memcpy(m.room, &of, sizeof(of));
		m.head.nlmsg_len += sizeof(of);
	}
	return m;
}

/* 0 or -errno; the first answer is in m. */
static int ask(int fd, struct message *m)
{
	union {
		struct nlmsghdr head;
		struct message message;
		char room[8192];
	} in;
	bool first = true;

	if (send(fd, m, m->head.nlmsg_len, 0) < 0)
		return -errno;
	for (;;) {
		ssize_t n = recv(fd, &in, sizeof(in), 0);

		if (n < 0)
			return -errno;
		for (const struct nlmsghdr *h = &in.head; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
			if (h->nlmsg_type == NLMSG_ERROR)
				return ((const struct nlmsgerr *)NLMSG_DATA(h))->error;
			if (first)
				memcpy(m, h, h->nlmsg_len < sizeof(*m) ? h->nlmsg_len : sizeof(*m));
			first = false;
		}
	}
}

/* The number that the kernel gave this family, whose module it loads; negative: it has none. */
static int family_id(int fd, const char *name)
{
	struct message m = message_to(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, -1);
	int err;

	attribute(&m, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	err = ask(fd, &m);
	for (const char *at = m.room; !err && at < (char *)&m + m.head.nlmsg_len;) {
		const struct nlattr *a = (const void *)at;

		if (a->nla_type == CTRL_ATTR_FAMILY_ID)
			return *(const unsigned short *)(const void *)(at + NLA_HDRLEN);
		at += NLA_ALIGN(a->nla_len);
	}
	return err ? err : -ENOENT;
}

static void attribute_number(struct message *m, int type, unsigned int value)
{
	attribute(m, type, &value, sizeof(value));
}

/* IPv4 from that port, whatever else it is: as key, or as what of the key counts. */
static void attribute_key(struct message *m, int type, unsigned int port_bits, unsigned short type_bits)
{
	struct ovs_key_ethernet ethernet = { 0 };
	struct ovs_key_ipv4 ip = { 0 };
	unsigned short ethertype = htons(type_bits);
	struct nlattr *key = nest(m, type);

	attribute_number(m, OVS_KEY_ATTR_IN_PORT, port_bits);
	attribute(m, OVS_KEY_ATTR_ETHERNET, &ethernet, sizeof(ethernet));
	attribute(m, OVS_KEY_ATTR_ETHERTYPE, &ethertype, sizeof(ethertype));
	attribute(m, OVS_KEY_ATTR_IPV4, &ip, sizeof(ip));
	nest_end(m, key);
}

/* A switch with one port, vethP, whose IPv4 has a flow without an action. 0 or -errno. */
static int switch_make(int fd)
{
	int datapath = family_id(fd, OVS_DATAPATH_FAMILY), port_family, flow, dp, err;
	struct message m;

	if (datapath < 0)
		return datapath;
	port_family = must(family_id(fd, OVS_VPORT_FAMILY), OVS_VPORT_FAMILY);
	flow = must(family_id(fd, OVS_FLOW_FAMILY), OVS_FLOW_FAMILY);
	m = message_to(datapath, OVS_DP_CMD_NEW, OVS_DATAPATH_VERSION, 0);
	attribute(&m, OVS_DP_ATTR_NAME, "dp0", sizeof("dp0"));
	attribute_number(&m, OVS_DP_ATTR_UPCALL_PID, 0);
	err = ask(fd, &m);
	if (err)
		return err;
	dp = if_nametoindex("dp0");
	m = message_to(port_family, OVS_VPORT_CMD_NEW, OVS_VPORT_VERSION, dp);
	attribute(&m, OVS_VPORT_ATTR_NAME, "vethP", sizeof("vethP"));
	attribute_number(&m, OVS_VPORT_ATTR_TYPE, OVS_VPORT_TYPE_NETDEV);
	attribute_number(&m, OVS_VPORT_ATTR_PORT_NO, IN_PORT);
	attribute_number(&m, OVS_VPORT_ATTR_UPCALL_PID, 0);
	err = ask(fd, &m);
	if (err)
		return err;
	m = message_to(flow, OVS_FLOW_CMD_NEW, OVS_FLOW_VERSION, dp);
	attribute_key(&m, OVS_FLOW_ATTR_KEY, IN_PORT, ETHERTYPE_IP);
	attribute_key(&m, OVS_FLOW_ATTR_MASK, ~0u, 0xffff);
	nest_end(&m, nest(&m, OVS_FLOW_ATTR_ACTIONS));
	return ask(fd, &m);
}

/* Before 6.7 the switch gives no reasons, and what it has no action for is consumed, not dropped. */
static bool gives_reasons(void)
{
	struct utsname u;
	int major = 0, minor = 0;

	must(uname(&u), "uname");
	return sscanf(u.release, "%d.%d", &major, &minor) == 2 && (major > 6 || (major == 6 && minor >= 7));
}

/* False: this machine has none. Made once: the kernel's names for its reasons are read when a run begins. */
static bool switch_there(void)
{
	int home = must(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "netns"), fd, err;

	must(setns(world_peer(), CLONE_NEWNET), "setns");
	fd = must(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC), "a netlink socket");
	err = if_nametoindex("dp0") ? 0 : switch_make(fd);
	close(fd);
	must(setns(home, CLONE_NEWNET), "setns");
	close(home);
	if (err && err != -ENOENT) {
		errno = -err;
		die("a switch");
	}
	return !err;
}

void case_vswitch(void)
{
	static const char bytes[LEN];
	struct sockaddr_storage to;
	socklen_t len = address(&to, "10.79.5.2", port);
	int fd;

	if (!gives_reasons() || !switch_there())
		return;
	fd = must(socket(place->family, SOCK_DGRAM, 0), "socket");
	if (sendto(fd, bytes, LEN, 0, (struct sockaddr *)&to, len) != LEN)
		die("sendto");
	said_sent("sendto", LEN);
	said_dropped(LEN);
	close(fd);
}
