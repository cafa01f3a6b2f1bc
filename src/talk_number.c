// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers the bytes of a conversation from where each end began, and counts them. */
#include "talk_view.h"

#include <netinet/in.h>

#include "proto.h"

static void lower(uint32_t *least, bool *any, uint32_t seq)
{
	if (!*any || seq_before(seq, *least))
		*least = seq;
	*any = true;
}

/* Numbers count from the SYN; where it was not seen, so that the first byte that was is number 1. */
void talk_base(struct talk_view *v)
{
	const struct talk *t = v->t;

	for (int end = 0; end < TALK_ENDS && t->key.proto == IPPROTO_TCP; end++) {
		const struct endpoint *at = &v->ends[end].at;
		uint32_t least = 1;
		bool any = false, known = false;

		for (size_t i = 0; i < t->has.packet_n && !known; i++) {
			const struct journey *j = &t->has.packets[i].j;
			bool own = endpoint_is(&j->src, at);

			known = own ? j->isn_known : j->ack_isn_known && j->tcp_flags & TCP_ACK;
			if (known)
				v->ends[end].base = own ? j->seq - j->seq_rel : j->ack - j->ack_rel;
			else if (own || j->tcp_flags & TCP_ACK)
				lower(&least, &any, own ? j->seq : j->ack);
		}
		for (size_t i = 0; i < t->has.call_n && !known; i++) {
			const struct call *c = &t->has.calls[i];

			if (c->seq_from != c->seq_to &&
			    endpoint_is(&c->local, at) == (op_dirs[c->op] == DIR_SEND))
				lower(&least, &any, c->seq_from);
		}
		if (!known)
			v->ends[end].base = least - 1;
	}
}

/* Numbers of its own end, and what it acknowledges in those of the other. */
static void passes_number(struct talk_view *v)
{
	for (size_t i = 0; i < v->pass_n; i++) {
		struct talk_pass *p = &v->passes[i];
		const struct journey *j = p->head;

		p->end = j->len;
		if (j->proto != IPPROTO_TCP)
			continue;
		p->seq = j->seq - v->ends[p->from].base;
		p->end = p->seq + j->len + !!(j->tcp_flags & TCP_SYN) + !!(j->tcp_flags & TCP_FIN);
		p->ack = j->ack - v->ends[!p->from].base;
	}
}

/* Each byte once. */
static void ends_bytes(struct talk_view *v)
{
	struct seq_seen seen[TALK_ENDS] = { 0 };

	for (size_t i = 0; i < v->pass_n; i++) {
		const struct talk_pass *p = &v->passes[i];
		uint32_t first = p->seq + !!(p->head->tcp_flags & TCP_SYN), len = p->head->len, had = 0;
		struct seq_seen *s = &seen[p->from];

		if (!len)
			continue;
		/* What was cut into pieces, or cloned, comes again. */
		if (p->head->proto != IPPROTO_TCP) {
			v->ends[p->from].bytes += p->send || !p->head->parent || p->head->assembled ? len : 0;
			continue;
		}
		/* That is what the base is for. */
		if (!s->known)
			seq_seen_begin(s, 1);
		if (seq_before(first, s->next))
			had = s->next - first;
		if (seq_seen_add(s, first, len) != SEQ_AGAIN)
			v->ends[p->from].bytes += len - had;
	}
}

void talk_number(struct talk_view *v)
{
	passes_number(v);
	ends_bytes(v);
}
