/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spells types and codes of ICMP (RFC 792, RFC 1122, RFC 1812) and of ICMPv6 (RFC 4443, RFC 4861, RFC 3810). */
#include "icmp_words.h"

#include <netinet/in.h>
#include <stdio.h>

enum { ECHO_REPLY = 0, ECHO = 8, ECHO6 = 128, ECHO6_REPLY = 129 };
enum { ANY_CODE = 256 };

struct icmp_name { unsigned int type, code; const char *name; };

static const struct icmp_name names4[] = {
	{ ECHO_REPLY, ANY_CODE, "echo reply" }, { ECHO, ANY_CODE, "echo request" },
	{ 3, 0, "network unreachable" }, { 3, 1, "host unreachable" }, { 3, 2, "protocol unreachable" },
	{ 3, 3, "port unreachable" }, { 3, 4, "fragmentation needed" }, { 3, 5, "source route failed" },
	{ 3, 6, "network unknown" }, { 3, 7, "host unknown" }, { 3, 8, "host isolated" },
	{ 3, 9, "network prohibited" }, { 3, 10, "host prohibited" }, { 3, 11, "network unreachable for TOS" },
	{ 3, 12, "host unreachable for TOS" }, { 3, 13, "filtered" }, { 3, 14, "precedence violation" },
	{ 3, 15, "precedence cutoff" }, { 4, ANY_CODE, "source quench" }, { 5, ANY_CODE, "redirect" },
	{ 9, ANY_CODE, "router advertisement" }, { 10, ANY_CODE, "router solicitation" },
	{ 11, 0, "TTL exceeded" }, { 11, 1, "reassembly took too long" }, { 12, ANY_CODE, "parameter problem" },
	{ 13, ANY_CODE, "timestamp request" }, { 14, ANY_CODE, "timestamp reply" },
};

static const struct icmp_name names6[] = {
	{ 1, 0, "no route" }, { 1, 1, "prohibited" }, { 1, 2, "beyond scope" }, { 1, 3, "address unreachable" },
	{ 1, 4, "port unreachable" }, { 1, 5, "source address failed policy" }, { 1, 6, "route rejected" },
	{ 2, ANY_CODE, "packet too big" }, { 3, 0, "hop limit exceeded" }, { 3, 1, "reassembly took too long" },
	{ 4, ANY_CODE, "parameter problem" },
	{ ECHO6, ANY_CODE, "echo request" }, { ECHO6_REPLY, ANY_CODE, "echo reply" },
	{ 130, ANY_CODE, "multicast listener query" }, { 131, ANY_CODE, "multicast listener report" },
	{ 132, ANY_CODE, "multicast listener done" }, { 133, ANY_CODE, "router solicitation" },
	{ 134, ANY_CODE, "router advertisement" }, { 135, ANY_CODE, "neighbour solicitation" },
	{ 136, ANY_CODE, "neighbour advertisement" }, { 137, ANY_CODE, "redirect" },
	{ 143, ANY_CODE, "multicast listener report" },
};

bool icmp_is(unsigned int proto)
{
	return proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;
}

bool icmp_is_reply(unsigned int proto, unsigned int type)
{
	return icmp_is(proto) && type >> 8 == (proto == IPPROTO_ICMP ? ECHO_REPLY : ECHO6_REPLY);
}

bool icmp_is_echo(unsigned int proto, unsigned int type)
{
	return icmp_is_reply(proto, type) || (icmp_is(proto) && type >> 8 == (proto == IPPROTO_ICMP ? ECHO : ECHO6));
}

char *words_icmp(char out[WORDS_ROOM], unsigned int proto, unsigned int type)
{
	const struct icmp_name *names = proto == IPPROTO_ICMP ? names4 : names6;
	size_t n = proto == IPPROTO_ICMP ? sizeof(names4) / sizeof(*names4) : sizeof(names6) / sizeof(*names6);

	for (size_t i = 0; i < n; i++) {
		if (names[i].type != type >> 8 || (names[i].code != ANY_CODE && names[i].code != (type & 0xff)))
			continue;
		snprintf(out, WORDS_ROOM, "%s", names[i].name);
		return out;
	}
	snprintf(out, WORDS_ROOM, "type %u, code %u", type >> 8, type & 0xff);
	return out;
}
