/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this program knows of the protocols above IP. Their numbers are those of netinet/in.h. */
#ifndef SKBTRACE_PROTO_H
#define SKBTRACE_PROTO_H

#include <stdbool.h>
#include <stdint.h>

/* Of a TCP header: RFC 9293, 3.1, and RFC 3168, 6.1. */
enum tcp_flag {
	TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16, TCP_URG = 32, TCP_ECE = 64, TCP_CWR = 128,
};

enum { IN_V4 = 1, IN_V6 = 2, IN_BOTH = 3 };

struct proto {
	uint8_t number;
	uint8_t families;	/* IN_V4, IN_V6 or IN_BOTH */
	bool ports;		/* its packets begin with two */
	const char *name;	/* as options and JSON have it: "udplite" */
	const char *spelled;	/* as diagrams have it: "UDP-Lite" */
};

/* NULL: it has no name here. A name may be in letters of either case. */
const struct proto *proto_by_number(unsigned int number);
const struct proto *proto_by_name(const char *name);
/* False also of one that has no name here. */
bool proto_has_ports(unsigned int number);

#endif
