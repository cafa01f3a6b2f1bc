// SPDX-License-Identifier: GPL-2.0-or-later
/* Which line a drop gets: by reason, by function, or none. */
#include "advice.h"
#include "check.h"

static const char *line(unsigned int reason, const char *name, const char *where)
{
	static struct journey j;

	j = (struct journey){ .end_how = EV_END_DROPPED, .end_reason = reason };
	snprintf(j.end_reason_name, sizeof(j.end_reason_name), "%s", name);
	snprintf(j.end_where, sizeof(j.end_where), "%s", where);
	return advice_for(&j);
}

TEST(by_reason)
{
	CHECK_STR(line(3, "NO_SOCKET", "tcp_v4_rcv"), "nobody listens on this address and port: ss -ltun");
	/* What the kernel says is better than what its place may mean. */
	CHECK_STR(line(5, "TCP_CSUM", "tcp_v4_rcv"),
		  "the TCP checksum is wrong: a damaged packet or a bad offload");
	CHECK(!line(99, "SOMETHING_NEW", "tcp_v4_rcv"));
}

TEST(by_function)
{
	CHECK_STR(line(0, "", "nf_hook_slow"), "a rule refuses it: nft list ruleset, iptables -vnL");
	CHECK_STR(line(2, "NOT_SPECIFIED", "arp_error_report"), "the neighbour did not answer: ip neigh");
	CHECK_STR(line(0, "", "ip_fragment.constprop.0"),
		  "larger than the MTU, and it must not be fragmented");
	CHECK(!line(0, "", "ip_frag"));
	CHECK(!line(0, "", "ip_fragment2"));
	CHECK(!line(0, "", ""));
	/* A reason without a name is another one. */
	CHECK(!line(77, "", "nf_hook_slow"));
}

/* Where nothing was dropped there is nothing to do about it. */
TEST(not_of_a_drop)
{
	struct journey j = { .end_how = EV_END_CONSUMED, .end_where = "nf_hook_slow" };

	CHECK(!advice_for(&j));
}

int main(void)
{
	return RUN(T(by_reason), T(by_function), T(not_of_a_drop));
}
