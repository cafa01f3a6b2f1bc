// SPDX-License-Identifier: GPL-2.0-or-later
/* A datagram that rules of the other namespace give to a program (NFQUEUE), which lets it go on. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "dgram.h"
#include "world.h"

/* QUEUE: as the rules of tests/live/dgrams have it. */
enum { QUEUE = 7, LEN = 50 };

struct message {
	struct nlmsghdr head;
	struct nfgenmsg about;
	struct nlattr attribute;
	char value[12];
};

_Static_assert(offsetof(struct message, value) == NLMSG_HDRLEN + sizeof(struct nfgenmsg) + NLA_HDRLEN, "no holes");

/* To the queue: one attribute with these bytes. */
static void tell(int fd, int what, int attribute, const void *value, size_t n)
{
	struct message m = {
		.head = { .nlmsg_len = offsetof(struct message, value) + n, .nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | what,
			  .nlmsg_flags = NLM_F_REQUEST },
		.about = { .version = NFNETLINK_V0, .res_id = htons(QUEUE) },
		.attribute = { .nla_len = NLA_HDRLEN + n, .nla_type = attribute },
	};

	memcpy(m.value, value, n);
	must(send(fd, &m, m.head.nlmsg_len, 0), "send to the queue");
}

/* Of the other namespace. */
static int queue_open(void)
{
	const struct nfqnl_msg_config_cmd bind_it = { .command = NFQNL_CFG_CMD_BIND };
	const struct nfqnl_msg_config_params heads = { .copy_mode = NFQNL_COPY_META };
	int home = must(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "netns"), peer = must(world_peer(), "the other namespace"), fd;

	must(setns(peer, CLONE_NEWNET), "setns");
	fd = must(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER), "netlink");
	must(setns(home, CLONE_NEWNET), "setns");
	close(home);
	close(peer);
	tell(fd, NFQNL_MSG_CONFIG, NFQA_CFG_CMD, &bind_it, sizeof(bind_it));
	tell(fd, NFQNL_MSG_CONFIG, NFQA_CFG_PARAMS, &heads, sizeof(heads));
	return fd;
}

/* The number of the packet that the queue has, in network order. */
static unsigned int queued(int fd)
{
	union {
		struct nlmsghdr head;
		char room[4096];
	} in;

	for (;;) {
		const char *at = in.room + NLMSG_HDRLEN + sizeof(struct nfgenmsg);
		ssize_t n = must(recv(fd, &in, sizeof(in), 0), "recv of the queue");

		if (in.head.nlmsg_type != (NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_PACKET))
			die("the queue has an error");
		while (at < in.room + n) {
			const struct nlattr *a = (const void *)at;

			if (a->nla_type == NFQA_PACKET_HDR)
				return ((const struct nfqnl_msg_packet_hdr *)(const void *)(at + NLA_HDRLEN))->packet_id;
			at += NLA_ALIGN(a->nla_len);
		}
	}
}

void case_queued(void)
{
	char bytes[LEN] = { 0 };
	struct nfqnl_msg_verdict_hdr accept_it = { .verdict = htonl(NF_ACCEPT) };
	int fd = queue_open();
	struct ends e;

	ends_make(&e);
	if (sendto(e.client, bytes, LEN, 0, (const struct sockaddr *)&e.at, e.len) != LEN)
		die("sendto");
	said_sent("sendto", LEN);
	/* In PRE_ROUTING, and in LOCAL_IN. */
	for (int i = 0; i < 2; i++) {
		accept_it.id = queued(fd);
		tell(fd, NFQNL_MSG_VERDICT, NFQA_VERDICT_HDR, &accept_it, sizeof(accept_it));
	}
	if (recv(e.server, bytes, LEN, 0) != LEN)
		die("recv");
	said_read("recvfrom", LEN, LEN);
	ends_close(&e);
	close(fd);
}
