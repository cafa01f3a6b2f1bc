// SPDX-License-Identifier: GPL-2.0-or-later
/* Every byte is somewhere, once: what records of calls and segments say of a connection. */
#include "check.h"
#include "feed.h"

enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };
enum { CLIENT = 5, SERVER = 9 };

static uint32_t isn;	/* of the client; its first byte is isn + 1 */
static uint64_t now, ids;

/* The client's segment leaves; its id. at: from the first byte. */
static uint64_t leaves(uint32_t at, uint32_t len, unsigned int flags)
{
	uint64_t id = ++ids;

	feed_on(0, EV_CTX_TASK, 7);
	feed_skb(now, id, EV_DIR_SEND, .sock = CLIENT, .seq = isn + 1 + at, .len = len,
		 .tcp_flags = ACK | flags);
	feed_step(now + 1, net_dev_queue, .skb = id, .sock = CLIENT);
	feed_step(now + 2, net_dev_xmit, .skb = id);
	now += 10;
	return id;
}

/* What has left arrives on this host. */
static void comes(uint64_t id)
{
	feed_on(0, EV_CTX_SOFTIRQ, 0);
	feed_step(now, netif_receive_skb, .skb = id);
	now += 10;
}

static void call_begins(uint64_t id, uint32_t sock, enum op op, uint32_t seq)
{
	feed_on(1, EV_CTX_TASK, 100 + id);
	feed(now, CALL, call, .call = id, .sock = sock, .fd = 4, .op = op, .seq = seq);
	now += 10;
}

static void call_returns(uint64_t id, uint32_t sock, uint32_t seq, int64_t ret)
{
	feed_on(1, EV_CTX_TASK, 100 + id);
	feed(now, CALLEND, callend, .call = id, .sock = sock, .ret = ret, .seq = seq);
	now += 10;
}

static void writes(uint32_t from, uint32_t to)
{
	uint64_t id = ++ids;

	call_begins(id, CLIENT, OP_WRITE, isn + 1 + from);
	call_returns(id, CLIENT, isn + 1 + to, to - from);
}

static void reads(uint32_t from, uint32_t to)
{
	uint64_t id = ++ids;

	call_begins(id, SERVER, OP_READ, isn + 1 + from);
	call_returns(id, SERVER, isn + 1 + to, to - from);
}

/* Both ends are on this host, and shake hands. */
static void connects(uint32_t first)
{
	isn = first;
	now = 1000;
	ids = 0;
	feed_start(DIR_BOTH);
	feed_on(0, EV_CTX_TASK, 7);
	feed_sock_out(1, CLIENT);
	feed_sock_in(2, SERVER);
	feed_skb(10, 1000, EV_DIR_SEND, .sock = CLIENT, .seq = isn, .tcp_flags = SYN);
	feed_step(11, net_dev_queue, .skb = 1000, .sock = CLIENT);
	feed_step(12, netif_receive_skb, .skb = 1000);
	feed(20, SKB, skb, .skb = 1001, .dir = EV_DIR_SEND, .proto = 6, .family = 4, .seq = 77,
	     .tcp_flags = SYN | ACK, .sport = 80, .dport = 1000,
	     .saddr = FEED_SERVER, .daddr = FEED_CLIENT);
	feed_step(21, net_dev_queue, .skb = 1001);
	feed_step(22, netif_receive_skb, .skb = 1001);
	/* Its socket sends an ACK: it is here. */
	feed(30, SKB, skb, .skb = 1002, .sock = SERVER, .dir = EV_DIR_SEND, .proto = 6, .family = 4,
	     .seq = 78, .tcp_flags = ACK, .sport = 80, .dport = 1000,
	     .saddr = FEED_SERVER, .daddr = FEED_CLIENT);
}

/* The sums of the client's direction. */
static const struct account_sum *ends(void)
{
	feed_end();
	CHECK_INT(fed_connections, 1);
	CHECK_INT(fed_ways[0].key.sport, 1000);
	track_free(feed_track);
	return &fed_ways[0];
}

#define CHECK_SUM(sum, accepted_, sent_, arrived_, read_) do { \
	CHECK_INT((sum)->accepted, accepted_); \
	CHECK_INT((sum)->sent, sent_); \
	CHECK_INT((sum)->arrived, arrived_); \
	CHECK_INT((sum)->read, read_); \
	CHECK_INT((sum)->ahead, 0); \
	CHECK_INT((sum)->unfounded, 0); \
} while (0)

TEST(all_is_read)
{
	const struct account_sum *sum;

	connects(5000);
	writes(0, 100);
	comes(leaves(0, 100, 0));
	reads(0, 40);
	reads(40, 100);
	sum = ends();
	CHECK_SUM(sum, 100, 100, 100, 100);
	CHECK(sum->sender && sum->receiver && account_even(sum));
	CHECK_INT(sum->doubt, ACCOUNT_WHOLE);
	CHECK_INT(fed_way_n, 2);
	CHECK_INT(fed_ways[1].sent, 0);
}

TEST(numbers_wrap)
{
	const struct account_sum *sum;

	connects(UINT32_MAX - 150);
	for (int i = 0; i < 5; i++) {
		writes(100 * i, 100 * i + 100);
		comes(leaves(100 * i, 100, 0));
		reads(100 * i, 100 * i + 100);
	}
	sum = ends();
	CHECK_SUM(sum, 500, 500, 500, 500);
	CHECK(account_even(sum));
	CHECK_INT(sum->doubt, ACCOUNT_WHOLE);
}

/* Ten gigabytes: the numbers come by three times. */
TEST(more_bytes_than_numbers)
{
	const struct account_sum *sum;
	uint32_t step = 500000000;

	connects(123);
	for (uint32_t i = 0; i < 20; i++) {
		writes(i * step, (i + 1) * step);
		comes(leaves(i * step, step, 0));
		reads(i * step, (i + 1) * step);
	}
	sum = ends();
	CHECK_SUM(sum, 10000000000, 10000000000, 10000000000, 10000000000);
	CHECK(account_even(sum));
}

TEST(where_the_rest_is)
{
	const struct account_sum *sum;

	connects(UINT32_MAX - 20);
	writes(0, 100);
	comes(leaves(0, 20, 0));
	leaves(20, 20, 0);
	comes(leaves(40, 15, 0));
	leaves(55, 25, 0);
	reads(0, 5);
	sum = ends();
	CHECK_SUM(sum, 100, 80, 35, 5);
	CHECK_INT(sum->unsent, 20);
	CHECK_INT(sum->missing, 45);
	CHECK_INT(sum->early, 15);
	CHECK_INT(sum->queued, 15);
	CHECK(!account_even(sum));
	CHECK_INT(sum->doubt, ACCOUNT_WHOLE);
}

TEST(a_byte_that_is_sent_again_counts_once)
{
	const struct account_sum *sum;

	connects(5000);
	writes(0, 300);
	leaves(0, 100, 0);
	comes(leaves(100, 100, 0));
	comes(leaves(200, 100, 0));
	comes(leaves(0, 100, 0));
	comes(leaves(50, 170, 0));
	/* Pieces of a GSO packet leave once more, each by itself. */
	leaves(0, 150, 0);
	leaves(150, 150, 0);
	reads(0, 300);
	sum = ends();
	CHECK_SUM(sum, 300, 300, 300, 300);
	CHECK(account_even(sum));
}

TEST(peeking_reads_nothing)
{
	const struct account_sum *sum;

	connects(5000);
	writes(0, 50);
	comes(leaves(0, 50, 0));
	/* Somebody else reads meanwhile, by a call that is not seen. */
	feed_on(1, EV_CTX_TASK, 600);
	feed(now, CALL, call, .call = 500, .sock = SERVER, .fd = 4, .op = OP_RECVFROM, .flags = 2,
	     .seq = isn + 1);
	call_returns(500, SERVER, isn + 1 + 20, 50);
	reads(20, 50);
	sum = ends();
	CHECK_SUM(sum, 50, 50, 50, 30);
	CHECK_INT(sum->read_unseen, 20);
	CHECK_INT(sum->reads, 1);
}

TEST(two_tasks_write_at_once)
{
	const struct account_sum *sum;

	connects(5000);
	call_begins(500, CLIENT, OP_WRITE, isn + 1);
	call_begins(501, CLIENT, OP_WRITE, isn + 1);
	comes(leaves(0, 30, 0));
	call_returns(501, CLIENT, isn + 1 + 30, 10);
	call_returns(500, CLIENT, isn + 1 + 30, 20);
	reads(0, 30);
	sum = ends();
	CHECK_SUM(sum, 30, 30, 30, 30);
	CHECK(account_even(sum));
}

TEST(a_fin_is_no_byte)
{
	const struct account_sum *sum;

	connects(5000);
	writes(0, 50);
	comes(leaves(0, 50, FIN));
	/* shutdown() in another task has moved the counter of this write, too. */
	call_begins(500, CLIENT, OP_WRITE, isn + 1 + 50);
	call_returns(500, CLIENT, isn + 1 + 51, -32);
	reads(0, 51);
	sum = ends();
	CHECK_SUM(sum, 50, 50, 50, 50);
	CHECK(account_even(sum));
}

TEST(a_call_that_has_not_returned)
{
	const struct account_sum *sum;

	connects(5000);
	call_begins(500, CLIENT, OP_WRITE, isn + 1);
	comes(leaves(0, 50, 0));
	reads(0, 50);
	sum = ends();
	CHECK_SUM(sum, 0, 50, 50, 50);
	CHECK_INT(sum->writing, 50);
	CHECK_INT(sum->write_unseen, 0);
	CHECK_INT(sum->doubt, ACCOUNT_WHOLE);
}

TEST(calls_that_nobody_saw)
{
	const struct account_sum *sum;

	connects(5000);
	writes(0, 10);
	/* io_uring, 20 bytes, and splice() in the reader. */
	writes(30, 40);
	comes(leaves(0, 60, 0));
	reads(15, 60);
	sum = ends();
	CHECK_SUM(sum, 20, 60, 60, 45);
	CHECK_INT(sum->write_unseen, 40);
	CHECK_INT(sum->read_unseen, 15);
	CHECK_INT(sum->doubt, ACCOUNT_UNSEEN);
}

TEST(a_lost_record_is_a_doubt)
{
	connects(5000);
	writes(0, 10);
	feed_on(0, EV_CTX_TASK, 7);
	feed_lose(1);
	comes(leaves(10, 10, 0));
	CHECK_INT(ends()->doubt, ACCOUNT_LOST);
}

TEST(what_was_dropped_did_not_arrive)
{
	const struct account_sum *sum;
	uint64_t id;

	connects(5000);
	writes(0, 50);
	comes(leaves(0, 20, 0));
	id = leaves(20, 30, 0);
	comes(id);
	feed(now, END, end, .skb = id, .how = EV_END_DROPPED);
	/* One that had come before, and is dropped for that, takes nothing away. */
	id = leaves(0, 20, 0);
	comes(id);
	feed(now, END, end, .skb = id, .how = EV_END_DROPPED);
	sum = ends();
	CHECK_SUM(sum, 50, 50, 20, 0);
	CHECK_INT(sum->missing, 30);
	CHECK_INT(sum->queued, 20);
}

TEST(read_and_never_sent_cannot_be)
{
	const struct account_sum *sum;

	connects(5000);
	writes(0, 50);
	comes(leaves(0, 50, 0));
	reads(0, 60);
	sum = ends();
	CHECK_INT(sum->unfounded, 10);
	CHECK_INT(sum->doubt, ACCOUNT_UNFOUNDED);
}

TEST(what_was_read_was_sent)
{
	const struct account_sum *sum;

	connects(5000);
	writes(0, 50);
	comes(leaves(0, 20, 0));
	comes(leaves(30, 10, 0));
	reads(0, 40);
	sum = ends();
	CHECK_INT(sum->unfounded, 10);
	CHECK_INT(sum->unsent, 10);
}

TEST(sent_before_it_was_written_cannot_be)
{
	connects(5000);
	leaves(0, 50, 0);
	writes(20, 50);
	CHECK_INT(ends()->ahead, 30);
}

TEST(another_connection_takes_the_addresses)
{
	connects(5000);
	writes(0, 50);
	comes(leaves(0, 50, FIN));
	reads(0, 50);
	feed_on(0, EV_CTX_TASK, 7);
	feed(now, SOCKEND, sockend, .sock = CLIENT);
	feed(now, SOCKEND, sockend, .sock = SERVER);
	feed_tick(now += 100000000);
	CHECK_INT(fed_connections, 1);
	CHECK_SUM(&fed_ways[0], 50, 50, 50, 50);
	feed_sock_out(now, CLIENT + 1);
	isn = 900000;
	feed_skb(now, 2000, EV_DIR_SEND, .sock = CLIENT + 1, .seq = isn, .tcp_flags = SYN);
	feed_skb(now, 2001, EV_DIR_SEND, .sock = CLIENT + 1, .seq = isn + 1, .len = 5, .tcp_flags = ACK);
	feed_end();
	CHECK_INT(fed_connections, 2);
	CHECK_INT(fed_ways[0].sent, 5);
	CHECK_INT(fed_ways[0].doubt, ACCOUNT_UNSEEN);
	track_free(feed_track);
}

TEST(an_old_socket_that_is_still_read_is_none_of_the_new_connection)
{
	const struct account_sum *sum;

	connects(5000);
	writes(0, 50);
	comes(leaves(0, 50, FIN));
	reads(0, 51);
	feed_on(0, EV_CTX_TASK, 7);
	feed_skb(now++, 2000, EV_DIR_SEND, .sock = CLIENT, .seq = 0, .tcp_flags = RST);
	feed_sock_out(now++, CLIENT + 1);
	feed_sock_in(now++, SERVER + 1);
	isn = 900000;
	feed_skb(now++, 2001, EV_DIR_SEND, .sock = CLIENT + 1, .seq = isn, .tcp_flags = SYN);
	feed_step(now++, netif_receive_skb, .skb = 2001);
	call_begins(500, SERVER, OP_READ, 5000 + 52);
	call_returns(500, SERVER, 5000 + 52, 0);
	feed_skb(now++, 2002, EV_DIR_SEND, .sock = CLIENT + 1, .seq = isn + 1, .len = 5, .tcp_flags = ACK);
	feed_step(now++, netif_receive_skb, .skb = 2002);
	call_begins(501, SERVER + 1, OP_READ, isn + 1);
	call_returns(501, SERVER + 1, isn + 6, 5);
	feed_end();
	CHECK_INT(fed_connections, 2);
	sum = &fed_ways[0];
	CHECK_SUM(sum, 0, 5, 5, 5);
	CHECK(sum->receiver);
	track_free(feed_track);
}

TEST(two_connections_of_one_name_are_not_told_apart)
{
	connects(5000);
	writes(0, 50);
	leaves(0, 50, 0);
	feed_on(0, EV_CTX_TASK, 7);
	feed_skb(now, 2000, EV_DIR_SEND, .sock = 6, .seq = 99, .tcp_flags = SYN);
	feed_tick(now += 100000000);
	CHECK_INT(fed_connections, 1);
	CHECK_INT(fed_ways[0].doubt, ACCOUNT_MIXED);
	feed_skb(now, 2001, EV_DIR_SEND, .sock = 6, .seq = 100, .len = 5, .tcp_flags = ACK);
	feed_end();
	CHECK_INT(fed_connections, 2);
	CHECK_INT(fed_ways[0].doubt, ACCOUNT_MIXED);
	track_free(feed_track);
}

TEST(without_the_syn_nothing_is_said)
{
	isn = 5000;
	now = 1000;
	feed_start(DIR_BOTH);
	feed_sock_out(1, CLIENT);
	writes(0, 50);
	leaves(0, 50, 0);
	feed_end();
	CHECK_INT(fed_connections, 0);
	track_free(feed_track);
}

TEST(a_broken_connection_is_given_when_its_sockets_are_gone)
{
	connects(5000);
	writes(0, 50);
	comes(leaves(0, 20, 0));
	leaves(20, 0, RST);
	feed_tick(now += 100000000);
	CHECK_INT(fed_connections, 0);
	feed(now, SOCKEND, sockend, .sock = CLIENT);
	feed(now, SOCKEND, sockend, .sock = SERVER);
	feed_tick(now += 100000000);
	CHECK_INT(fed_connections, 1);
	CHECK_INT(fed_ways[0].unsent, 30);
	CHECK_INT(fed_ways[0].queued, 20);
	CHECK(fed_ways[0].sender_gone && fed_ways[0].receiver_gone);
	feed_end();
	CHECK_INT(fed_connections, 1);
	track_free(feed_track);
}

int main(void)
{
	return RUN(T(all_is_read), T(numbers_wrap), T(more_bytes_than_numbers), T(where_the_rest_is),
		   T(a_byte_that_is_sent_again_counts_once), T(peeking_reads_nothing),
		   T(two_tasks_write_at_once), T(a_fin_is_no_byte), T(a_call_that_has_not_returned),
		   T(calls_that_nobody_saw), T(a_lost_record_is_a_doubt),
		   T(what_was_dropped_did_not_arrive), T(read_and_never_sent_cannot_be), T(what_was_read_was_sent),
		   T(sent_before_it_was_written_cannot_be), T(another_connection_takes_the_addresses),
		   T(an_old_socket_that_is_still_read_is_none_of_the_new_connection),
		   T(two_connections_of_one_name_are_not_told_apart),
		   T(without_the_syn_nothing_is_said),
		   T(a_broken_connection_is_given_when_its_sockets_are_gone));
}
