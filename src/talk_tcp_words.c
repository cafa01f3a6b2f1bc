// SPDX-License-Identifier: GPL-2.0-or-later
/* Spells what TCP keeps of the socket of an end beside what happens there in a conversation. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "proto.h"
#include "render.h"
#include "talk_diagram.h"

/* A FIN that has come counts as a byte that nobody has read. */
static uint32_t unread_bytes(const struct talk_view *v, const struct talk_event *e)
{
	uint32_t n = e->tcp->r.unread;

	for (size_t i = 0; i < v->pass_n && n; i++) {
		const struct talk_pass *p = &v->passes[i];

		if (p->from != e->end && p->head->tcp_flags & TCP_FIN && p->recv && p->taken_ns < e->t_ns)
			return n - 1;
	}
	return n;
}

void talk_note_tcp(char out[TALK_WORDS_ROOM], const struct talk_view *v, const struct talk_event *e,
		   struct tcp_told *told, int detail)
{
	char words[TCP_WORDS_ROOM] = "";
	size_t n = strlen(out);
	uint32_t unread;

	if (!e->tcp)
		return;
	if (detail == DETAIL_FULL) {
		/* There each step has a line. */
		if (e->what != TALK_STEPS)
			return;
		words_tcp(words, told->last, e->tcp);
		told->last = e->tcp;
	} else if (e->what == TALK_CALLS) {
		if (op_dirs[e->act->c->op] == DIR_SEND && e->tcp->r.unsent)
			snprintf(words, sizeof(words), "unsent %" PRIu32 " B", e->tcp->r.unsent);
		unread = op_dirs[e->act->c->op] == DIR_RECV ? unread_bytes(v, e) : 0;
		if (unread)
			snprintf(words, sizeof(words), "unread %" PRIu32 " B", unread);
	} else {
		words_tcp_brief(words, told, e->tcp);
	}
	if (*words)
		snprintf(out + n, TALK_WORDS_ROOM - n, "%s%s", n ? " · " : "", words);
}
