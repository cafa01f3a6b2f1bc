/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Open addressing with linear probes; a removal closes its hole, so nothing decays. */
#include "map.h"

#include <errno.h>
#include <stdlib.h>

enum { MAP_ROOM_FIRST = 64 };

/* The finaliser of splitmix64: ids are dense, addresses are aligned. */
static size_t map_home(const struct map *m, uint64_t key)
{
	key ^= key >> 30;
	key *= 0xbf58476d1ce4e5b9ULL;
	key ^= key >> 27;
	key *= 0x94d049bb133111ebULL;
	key ^= key >> 31;
	return key & (m->room - 1);
}

/* The slot that holds the key, or the free one where it would go. */
static struct map_slot *map_slot(const struct map *m, uint64_t key)
{
	size_t i = map_home(m, key);

	while (m->slots[i].value && m->slots[i].key != key)
		i = (i + 1) & (m->room - 1);
	return &m->slots[i];
}

void *map_get(const struct map *m, uint64_t key)
{
	return m->room ? map_slot(m, key)->value : NULL;
}

static int map_grow(struct map *m)
{
	struct map bigger = { .room = m->room ? m->room * 2 : MAP_ROOM_FIRST };

	bigger.slots = calloc(bigger.room, sizeof(*bigger.slots));
	if (!bigger.slots)
		return -ENOMEM;
	for (size_t i = 0; i < m->room; i++)
		if (m->slots[i].value)
			*map_slot(&bigger, m->slots[i].key) = m->slots[i];
	bigger.n = m->n;
	free(m->slots);
	*m = bigger;
	return 0;
}

int map_put(struct map *m, uint64_t key, void *value)
{
	struct map_slot *s;

	if (m->n * 4 >= m->room * 3) {
		int err = map_grow(m);

		if (err)
			return err;
	}
	s = map_slot(m, key);
	if (!s->value)
		m->n++;
	*s = (struct map_slot){ .key = key, .value = value };
	return 0;
}

void *map_del(struct map *m, uint64_t key)
{
	size_t mask = m->room - 1, hole, i;
	void *value;

	if (!m->room)
		return NULL;
	hole = map_slot(m, key) - m->slots;
	value = m->slots[hole].value;
	if (!value)
		return NULL;
	for (i = (hole + 1) & mask; m->slots[i].value; i = (i + 1) & mask) {
		size_t home = map_home(m, m->slots[i].key);

		/* It may move back only if its home is not after the hole. */
		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		m->slots[hole] = m->slots[i];
		hole = i;
	}
	m->slots[hole].value = NULL;
	m->n--;
	return value;
}

void map_free(struct map *m, void (*drop)(void *value))
{
	for (size_t i = 0; drop && i < m->room; i++)
		if (m->slots[i].value)
			drop(m->slots[i].value);
	free(m->slots);
	*m = (struct map){ 0 };
}
