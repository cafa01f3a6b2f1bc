/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets that go on in another: what GRO merges, and what the receive queues of TCP coalesce. */
#include <errno.h>
#include <netinet/in.h>

#include "track_in.h"

static bool by_gro(const struct journey *j)
{
	uint16_t last = j->steps.n ? j->steps.v[j->steps.n - 1].stage : ST_NONE;

	return last == ST_skb_gro_receive || last == ST_skb_gro_receive_list;
}

/* The packet of that id has one more in it, or one less: counted where it is still under way. 0 or -ENOMEM. */
static int merge_count(struct track *t, uint64_t id, int change, bool lists)
{
	const struct packet *p = map_get(&t->packets, id);
	struct part *into = p ? p->parts[RECV_PART] : NULL;

	if (!into || into->delivered)
		return 0;
	if (part_take_out(into))
		return -ENOMEM;
	/* It may not have been under way when the other came. */
	if (change > 0 || into->j->merged)
		into->j->merged += change;
	into->lists |= lists;
	return 0;
}

int merge_not(struct track *t, struct part *part)
{
	uint64_t id = part->into;

	if (!id)
		return 0;
	part->into = 0;
	return by_gro(part->j) ? merge_count(t, id, -1, false) : 0;
}

int merge_step(struct track *t, struct part *part, const struct step *s)
{
	const struct packet *into = map_get(&t->packets, s->arg);
	struct step named = *s;

	part->into = s->arg;
	part->j->into = named.arg = into ? into->number : 0;
	if (step_list_add(&part->j->steps, &named))
		return -ENOMEM;
	return by_gro(part->j) ? merge_count(t, part->into, 1, s->stage == ST_skb_gro_receive_list) : 0;
}

bool merge_held(const struct part *part)
{
	return part->into && by_gro(part->j);
}

int merge_over(struct track *t, const struct part *into, struct track_call *call)
{
	struct part *next;
	int err = 0;

	/* Those of TCP are told by their numbers. */
	if (!into->j->merged || into->j->proto == IPPROTO_TCP)
		return 0;
	for (struct part *part = t->dgrams.first; part && !err; part = next) {
		next = part->unread_next;
		if (part->into != into->packet->id)
			continue;
		if (part_take_out(part))
			return -ENOMEM;
		if (!by_gro(part->j))
			continue;
		if (call)
			recv_is_read(part, call);
		else
			recv_forward(part);
		err = packet_arm(t, part->packet);
	}
	return err;
}
