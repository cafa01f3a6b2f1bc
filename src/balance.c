// SPDX-License-Identifier: GPL-2.0-or-later
/* Adds up where the bytes of connections are. */
#include "balance.h"

#include <inttypes.h>
#include <string.h>

#include "diagram_words.h"

static const char *const doubt_words[ACCOUNT_DOUBTS] = {
	[ACCOUNT_LOST] = "records were lost",
	[ACCOUNT_UNSEEN] = "calls were not seen",
	[ACCOUNT_MIXED] = "their addresses were used twice",
	[ACCOUNT_CROWDED] = "too many gaps",
	[ACCOUNT_EVICTED] = "too many at a time",
	[ACCOUNT_UNFOUNDED] = "not all that was read was seen to be sent",
};

static void part_add(struct balance_part *p, const struct account_sum *sum)
{
	p->ways++;
	p->accepted += sum->accepted;
	p->sent += sum->sent;
	p->arrived += sum->arrived;
	p->read += sum->read;
}

void balance_add(struct balance *b, const struct account_sum *ways, size_t n)
{
	enum account_doubt doubt = ACCOUNT_WHOLE;

	for (size_t i = 0; i < n; i++) {
		const struct account_sum *sum = &ways[i];
		bool seen = sum->doubt == ACCOUNT_WHOLE || sum->doubt == ACCOUNT_UNSEEN ||
			    sum->doubt == ACCOUNT_UNFOUNDED;

		if (sum->doubt != ACCOUNT_WHOLE)
			doubt = sum->doubt;
		if (sum->doubt == ACCOUNT_UNFOUNDED && !b->wrong_n++)
			b->wrong = *sum;
		if (seen && !account_even(sum) && b->open_n++ < BALANCE_LINES)
			b->open[b->open_n - 1] = *sum;
	}
	if (doubt != ACCOUNT_WHOLE) {
		b->doubts[doubt]++;
		return;
	}
	b->whole++;
	for (size_t i = 0; i < n; i++)
		part_add(ways[i].sender && ways[i].receiver ? &b->both :
			 ways[i].sender ? &b->sender : &b->receiver, &ways[i]);
}

/* "1,234,567 B". */
static void put_bytes(FILE *out, uint64_t n)
{
	uint64_t unit = 1;

	while (n / unit >= 1000)
		unit *= 1000;
	fprintf(out, "%" PRIu64, n / unit);
	while (unit > 1) {
		unit /= 1000;
		fprintf(out, ",%03" PRIu64, n / unit % 1000);
	}
	fputs(" B", out);
}

struct term {
	const char *word;
	uint64_t n;
};

/* "78 B accepted = sent, 60 B read": what is the same is said once. */
static void put_terms(FILE *out, const char *between, const struct term *terms, size_t n)
{
	fputs(between, out);
	for (size_t i = 0; i < n; i++) {
		if (i && terms[i].n == terms[i - 1].n) {
			fprintf(out, " = %s", terms[i].word);
			continue;
		}
		if (i)
			fputs(", ", out);
		put_bytes(out, terms[i].n);
		fprintf(out, " %s", terms[i].word);
	}
}

static void say_doubts(const struct balance *b, FILE *out)
{
	uint64_t all = 0;
	unsigned int kinds = 0;
	const char *between = " (";

	for (int i = 0; i < ACCOUNT_DOUBTS; i++) {
		all += b->doubts[i];
		kinds += !!b->doubts[i];
	}
	if (!all)
		return;
	if (b->whole)
		fprintf(out, " · %" PRIu64 " more not whole", all);
	else
		fprintf(out, "%" PRIu64 " %s not followed whole", all,
			all == 1 ? "connection" : "connections");
	for (int i = 0; i < ACCOUNT_DOUBTS; i++) {
		if (!b->doubts[i])
			continue;
		fprintf(out, "%s%s", between, doubt_words[i]);
		if (kinds > 1)
			fprintf(out, ": %" PRIu64, b->doubts[i]);
		between = ", ";
	}
	fputc(')', out);
}

void balance_say_total(const struct balance *b, FILE *out)
{
	const struct term both[] = {
		{ "accepted", b->both.accepted }, { "sent", b->both.sent }, { "read", b->both.read },
	}, sender[] = {
		{ "accepted", b->sender.accepted }, { "sent", b->sender.sent },
	}, receiver[] = {
		{ "arrived", b->receiver.arrived }, { "read", b->receiver.read },
	};
	const char *between = ": ";

	if (!b->whole && !b->doubts[ACCOUNT_UNSEEN] && !b->doubts[ACCOUNT_UNFOUNDED])
		return;
	if (b->whole)
		fprintf(out, "%" PRIu64 " %s first byte", b->whole,
			b->whole == 1 ? "connection followed from its" :
			"connections followed from their");
	if (b->both.ways) {
		put_terms(out, between, both, 3);
		between = ", ";
	}
	if (b->sender.accepted || b->sender.sent) {
		put_terms(out, between, sender, 2);
		between = ", ";
	}
	if (b->receiver.arrived)
		put_terms(out, between, receiver, 2);
	say_doubts(b, out);
}

static void put_way(FILE *out, const struct account_sum *sum)
{
	struct endpoint src = { .port = sum->key.sport }, dst = { .port = sum->key.dport };
	char text[WORDS_ROOM];

	memcpy(src.addr, sum->key.src, EV_ADDR_LEN);
	memcpy(dst.addr, sum->key.dst, EV_ADDR_LEN);
	fprintf(out, "%s → ", words_endpoint(text, &src, true));
	fprintf(out, "%s: ", words_endpoint(text, &dst, true));
}

static void put_rest(FILE *out, uint64_t n, const char *what)
{
	if (!n)
		return;
	fputs(", ", out);
	put_bytes(out, n);
	fprintf(out, " %s", what);
}

void balance_say_open(const struct balance *b, unsigned int i, FILE *out)
{
	const struct account_sum *sum = &b->open[i];
	struct term terms[3];
	size_t n = 0;

	if (i >= BALANCE_LINES || i >= b->open_n) {
		if (i == BALANCE_LINES && b->open_n > BALANCE_LINES)
			fprintf(out, "and %" PRIu64 " more", b->open_n - BALANCE_LINES);
		return;
	}
	put_way(out, sum);
	if (sum->sender) {
		terms[n++] = (struct term){ "accepted", sum->accepted };
		terms[n++] = (struct term){ "sent", sum->sent };
	} else {
		terms[n++] = (struct term){ "arrived", sum->arrived };
	}
	if (sum->receiver)
		terms[n++] = (struct term){ "read", sum->read };
	put_terms(out, "", terms, n);
	put_rest(out, sum->write_unseen, "written by calls that were not seen");
	put_rest(out, sum->writing, "written by a call that has not returned");
	put_rest(out, sum->unfounded, "read that were not seen to be sent");
	put_rest(out, sum->unsent, sum->sender_gone ? "never sent" : "not sent yet");
	put_rest(out, sum->missing, "did not arrive");
	put_rest(out, sum->early, "wait for bytes before them");
	if (sum->receiver_gone)
		put_rest(out, sum->queued, "never read");
	else
		put_rest(out, sum->queued, sum->reads ? "wait in the receive queue" :
			 "wait for a call that reads: none was seen");
	put_rest(out, sum->read_unseen, "read by calls that were not seen");
}

void balance_say_wrong(const struct balance *b, FILE *out)
{
	const struct account_sum *sum = &b->wrong;

	if (!b->wrong_n)
		return;
	put_way(out, sum);
	put_bytes(out, sum->unfounded ? sum->unfounded : sum->ahead);
	fputs(sum->unfounded ? " were read that were never sent" :
	      " were sent before a call had written them", out);
	if (b->wrong_n > 1)
		fprintf(out, ", and %" PRIu64 " more like it", b->wrong_n - 1);
	fputs(": this cannot be, the trace is at fault", out);
}
