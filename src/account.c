// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps the bytes of a connection in sets, and compares these when asked. */
#include "account.h"

/* No window of TCP is larger (RFC 7323: 2^30 bytes): two numbers of one connection are not farther apart. */
#define FAR (1LL << 30)

void connection_free(struct connection *c)
{
	for (int i = 0; i < 2; i++) {
		spans_free(&c->ways[i].accepted);
		spans_free(&c->ways[i].sent);
		spans_free(&c->ways[i].arrived);
		spans_free(&c->ways[i].read);
	}
}

void account_begin(struct account *a, uint32_t isn, uint64_t now_ns)
{
	a->begun = true;
	a->isn = isn;
	a->begun_ns = now_ns;
}

/* The place of a sequence number; what lies before the first byte is taken for it. */
static uint64_t account_place(struct account *a, uint32_t seq)
{
	uint32_t near = a->isn + 1 + (uint32_t)a->top;
	int64_t off = (int32_t)(seq - near);
	uint64_t place;

	if (off > FAR || off < -FAR)
		a->mixed = true;
	if (off < 0 && (uint64_t)-off > a->top)
		return 0;
	place = a->top + off;
	if (place > a->top && !a->mixed)
		a->top = place;
	return place;
}

int account_sent(struct account *a, uint32_t seq, uint32_t len)
{
	uint64_t from;

	if (!a->begun || !len)
		return 0;
	from = account_place(a, seq);
	return spans_add(&a->sent, from, account_place(a, seq + len), NULL);
}

int account_arrived(struct account *a, uint32_t seq, uint32_t len, struct span *fresh)
{
	uint64_t from;

	*fresh = (struct span){ 0 };
	if (!a->begun || !len)
		return 0;
	from = account_place(a, seq);
	return spans_add(&a->arrived, from, account_place(a, seq + len), fresh);
}

int account_dropped(struct account *a, const struct span *fresh)
{
	return spans_cut(&a->arrived, fresh->from, fresh->to);
}

void account_fin(struct account *a, uint32_t seq)
{
	if (!a->begun)
		return;
	a->fin = account_place(a, seq);
	a->fin_known = true;
}

void account_writes(struct account *a, uint32_t seq)
{
	uint64_t written, sent = spans_end(&a->sent);

	if (!a->begun)
		return;
	written = account_place(a, seq);
	if (sent > written && sent - written > a->ahead)
		a->ahead = sent - written;
}

/* A counter has no meaning before the SYN has given it one. */
static int account_moved(struct account *a, struct spans *s, uint32_t from, uint32_t to,
			 uint64_t start_ns)
{
	uint64_t first;

	if (!a->begun || from == to)
		return 0;
	first = start_ns < a->begun_ns ? 0 : account_place(a, from);
	return spans_add(s, first, account_place(a, to), NULL);
}

int account_wrote(struct account *a, uint32_t from, uint32_t to, uint64_t start_ns)
{
	return account_moved(a, &a->accepted, from, to, start_ns);
}

int account_read(struct account *a, uint32_t from, uint32_t to, uint64_t start_ns)
{
	return account_moved(a, &a->read, from, to, start_ns);
}

static void sum_sender(const struct account *a, const struct account_end *end,
		       struct account_sum *sum)
{
	uint64_t to = spans_end(&a->accepted), sent_to = spans_end(&a->sent), unseen;

	if (sent_to > to)
		to = sent_to;
	sum->accepted = a->accepted.total;
	sum->sent = a->sent.total;
	sum->unsent = spans_minus(&a->accepted, &a->sent, 0);
	/* The socket has them, for they were sent, or the counter has passed them. */
	unseen = to - a->accepted.total;
	if (end->writes)
		sum->writing = unseen;
	else
		sum->write_unseen = unseen;
	sum->ahead = a->ahead;
}

/* Whatever was read has arrived, whoever saw it come. */
static int sum_receiver(struct account *a, const struct account_end *end, struct account_sum *sum)
{
	uint64_t read_to = spans_end(&a->read);
	int err = spans_add(&a->arrived, 0, read_to, NULL);

	sum->arrived = a->arrived.total;
	sum->read = a->read.total;
	sum->read_unseen = read_to - a->read.total;
	sum->queued = spans_run(&a->arrived, read_to) - read_to;
	sum->early = a->arrived.total - read_to - sum->queued;
	sum->reads = end->reads;
	if (sum->sender) {
		sum->missing = spans_minus(&a->sent, &a->arrived, 0);
		sum->unfounded = read_to - spans_within(&a->sent, 0, read_to);
		/* What was read has been sent, seen or not. */
		sum->unsent = spans_minus(&a->accepted, &a->sent, read_to);
	}
	return err;
}

int connection_sum(struct connection *c, int way, uint64_t lost, struct account_sum *sum)
{
	const struct account_end *sender = &c->ends[way], *receiver = &c->ends[!way];
	struct account *a = &c->ways[way];
	int err = 0;

	*sum = (struct account_sum){
		.sender = a->left && sender->here,
		.receiver = a->came && receiver->here,
		.sender_gone = sender->gone || c->reset,
		.receiver_gone = receiver->gone,
	};
	/* The number of the FIN is none of a byte, but counters take it. */
	if (a->fin_known) {
		err = spans_cut(&a->accepted, a->fin, UINT64_MAX);
		if (!err)
			err = spans_cut(&a->read, a->fin, UINT64_MAX);
	}
	if (!err && sum->sender)
		sum_sender(a, sender, sum);
	if (!err && sum->receiver)
		err = sum_receiver(a, receiver, sum);
	if (c->evicted)
		sum->doubt = ACCOUNT_EVICTED;
	else if (a->mixed)
		sum->doubt = ACCOUNT_MIXED;
	else if (lost != c->lost)
		sum->doubt = ACCOUNT_LOST;
	else if (a->accepted.crowded || a->sent.crowded || a->arrived.crowded || a->read.crowded)
		sum->doubt = ACCOUNT_CROWDED;
	else if (sum->ahead || sum->unfounded)
		sum->doubt = ACCOUNT_UNFOUNDED;
	else if (sum->write_unseen || sum->read_unseen)
		sum->doubt = ACCOUNT_UNSEEN;
	return err;
}

bool account_even(const struct account_sum *sum)
{
	return !sum->unsent && !sum->writing && !sum->write_unseen && !sum->missing &&
	       !sum->early && !sum->queued && !sum->read_unseen && !sum->ahead && !sum->unfounded;
}
