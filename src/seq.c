// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps the islands beyond the first missing byte of a flow. */
#include "seq.h"

#include <string.h>

void seq_seen_begin(struct seq_seen *s, uint32_t first)
{
	*s = (struct seq_seen){ .known = true, .next = first };
}

static void island_drop(struct seq_seen *s, unsigned int i)
{
	s->n--;
	memmove(s->islands + i, s->islands + i + 1, (s->n - i) * sizeof(*s->islands));
}

void seq_seen_pass(struct seq_seen *s, uint32_t to)
{
	if (!s->known || seq_before(s->next, to))
		s->next = to;
	s->known = true;
	while (s->n && !seq_before(s->next, s->islands[0].from)) {
		if (seq_before(s->next, s->islands[0].to))
			s->next = s->islands[0].to;
		island_drop(s, 0);
	}
}

void seq_seen_close(struct seq_seen *s)
{
	if (s->n)
		seq_seen_pass(s, s->islands[s->n - 1].to);
}

/* Is [from, to) part of an island? */
static bool island_holds(const struct seq_seen *s, uint32_t from, uint32_t to)
{
	for (unsigned int i = 0; i < s->n; i++)
		if (!seq_before(from, s->islands[i].from) && !seq_before(s->islands[i].to, to))
			return true;
	return false;
}

static void island_add(struct seq_seen *s, struct seq_island new)
{
	unsigned int at;

	/* What it touches becomes one with it. */
	for (unsigned int i = s->n; i-- > 0;) {
		const struct seq_island *old = &s->islands[i];

		if (seq_before(new.to, old->from) || seq_before(old->to, new.from))
			continue;
		if (seq_before(old->from, new.from))
			new.from = old->from;
		if (seq_before(new.to, old->to))
			new.to = old->to;
		island_drop(s, i);
	}
	if (s->n == SEQ_ISLANDS)
		seq_seen_pass(s, s->islands[0].to);
	if (!seq_before(s->next, new.from)) {
		seq_seen_pass(s, new.to);
		return;
	}
	for (at = s->n; at && seq_before(new.from, s->islands[at - 1].from); at--)
		;
	memmove(s->islands + at + 1, s->islands + at, (s->n - at) * sizeof(*s->islands));
	s->islands[at] = new;
	s->n++;
}

enum seq_place seq_seen_add(struct seq_seen *s, uint32_t from, uint32_t len)
{
	uint32_t to = from + len;
	bool later = s->n;

	if (s->known && (!seq_before(s->next, to) || island_holds(s, from, to)))
		return SEQ_AGAIN;
	if (s->known && seq_before(s->next, from)) {
		island_add(s, (struct seq_island){ from, to });
		return SEQ_EARLY;
	}
	seq_seen_pass(s, to);
	return later ? SEQ_LATE : SEQ_NEXT;
}
