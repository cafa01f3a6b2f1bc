// SPDX-License-Identifier: GPL-2.0-or-later
/* What the numbers of TCP say: which packet answers which, and what became of bytes that arrived. */
#include <errno.h>
#include <stdlib.h>

#include "talk_view.h"

enum { TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16 };

static int by_end(const void *a, const void *b)
{
	const struct talk_pass *x = *(struct talk_pass *const *)a, *y = *(struct talk_pass *const *)b;

	if (x->end != y->end)
		return seq_before(x->end, y->end) ? -1 : 1;
	return x < y ? -1 : x > y;
}

static int by_arrival(const void *a, const void *b)
{
	const struct talk_pass *x = *(struct talk_pass *const *)a, *y = *(struct talk_pass *const *)b;

	if (x->taken_ns != y->taken_ns)
		return x->taken_ns < y->taken_ns ? -1 : 1;
	return x->seq == y->seq ? 0 : seq_before(x->seq, y->seq) ? -1 : 1;
}

/* Those of v->passes that set out from one end and that which chooses; returns how many. */
static size_t choose(const struct talk_view *v, int from, struct talk_pass **out,
		     bool (*which)(const struct talk_pass *p))
{
	size_t n = 0;

	for (size_t i = 0; i < v->pass_n; i++)
		if (v->passes[i].from == from && which(&v->passes[i]))
			out[n++] = &v->passes[i];
	return n;
}

/* It carries something that will be acknowledged. Pieces are acknowledged as the packet that they were cut from. */
static bool wants_answer(const struct talk_pass *p)
{
	return p->end != p->seq && !p->head->segment_of && !p->part_of;
}

static bool arrived(const struct talk_pass *p)
{
	return p->recv && p->end != p->seq;
}

static void answer(struct talk_pass *p, struct talk_pass *sent)
{
	sent->acked_by = p->number;
	if (!p->acks_n++)
		p->acks = p->acks_to = sent->number;
	if (sent->number < p->acks)
		p->acks = sent->number;
	if (sent->number > p->acks_to)
		p->acks_to = sent->number;
}

/* Those of sent[from, to) that had not left yet move to the front, behind the first n. Returns how many these are then. */
static size_t answer_some(struct talk_pass *p, struct talk_pass **sent, size_t n, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (talk_pass_ns(sent[i]) > talk_pass_ns(p))
			sent[n++] = sent[i];
		else
			answer(p, sent[i]);
	}
	return n;
}

/*
 * What the end `from` acknowledges of the other. sent: those of the other, by
 * their end. What is sent again when its bytes have been acknowledged waits for
 * another ACK.
 */
static void answers_of(struct talk_view *v, int from, struct talk_pass **sent, size_t n)
{
	const struct talk_pass *before = NULL;
	size_t next = 0, late = 0;

	for (size_t i = 0; i < v->pass_n; i++) {
		struct talk_pass *p = &v->passes[i];
		bool empty = p->seq == p->end && !(p->head->tcp_flags & TCP_RST);
		size_t to = next;

		if (p->from != from || !(p->head->tcp_flags & TCP_ACK))
			continue;
		while (to < n && !seq_before(p->ack, sent[to]->end))
			to++;
		late = answer_some(p, sent, 0, 0, late);
		late = answer_some(p, sent, late, next, to);
		next = to;
		p->acks_again = empty && before && !p->acks_n && before->ack == p->ack &&
				before->head->window == p->head->window;
		before = p;
	}
}

/* All up to next is there now: what had come too early and lies before that is taken with p. */
static void fill(struct talk_pass **in, size_t n, const struct talk_pass *p, uint32_t next)
{
	for (size_t i = 0; i < n; i++) {
		if (in[i]->fate != FATE_EARLY || in[i]->filled_by || seq_before(next, in[i]->end))
			continue;
		in[i]->filled_by = p->number;
		in[i]->early_ns = p->taken_ns - in[i]->taken_ns;
	}
}

/* in: what arrived, by arrival; what was dropped does not count, but may have been there before. */
static void fates_of(struct talk_pass **in, size_t n)
{
	struct seq_seen seen = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct talk_pass *p = in[i];
		uint32_t next;

		/* What was read before the run began is not known: the first that arrives tells. */
		if (!seen.known || p->head->tcp_flags & TCP_SYN)
			seq_seen_begin(&seen, p->seq);
		next = seen.next;
		if (p->recv->state == JOURNEY_DROPPED) {
			if (seen.known && !seq_before(next, p->end))
				p->fate = FATE_AGAIN;
			continue;
		}
		if (seq_seen_add(&seen, p->seq, p->end - p->seq) == SEQ_AGAIN)
			p->fate = FATE_AGAIN;
		else if (seq_before(next, p->seq))
			p->fate = FATE_EARLY;
		else
			p->fate = p->seq == next ? FATE_IN_ORDER : FATE_PARTLY;
		p->missing = p->seq - next;
		if (p->fate != FATE_EARLY && seq_before(p->end, seen.next))
			fill(in, i, p, seen.next);
	}
}

int talk_answers(struct talk_view *v)
{
	struct talk_pass **some = calloc(v->pass_n + 1, sizeof(struct talk_pass *));

	if (!some)
		return -ENOMEM;
	for (int from = 0; from < TALK_ENDS; from++) {
		size_t n = choose(v, from, some, wants_answer);

		qsort(some, n, sizeof(struct talk_pass *), by_end);
		answers_of(v, !from, some, n);
		n = choose(v, from, some, arrived);
		qsort(some, n, sizeof(struct talk_pass *), by_arrival);
		fates_of(some, n);
	}
	free(some);
	return 0;
}
