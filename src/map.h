/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hash from 64-bit keys to pointers. Whoever walks it must not let the
 * order show: it depends on the size of the table.
 */
#ifndef SKBTRACE_MAP_H
#define SKBTRACE_MAP_H

#include <stddef.h>
#include <stdint.h>

struct map_slot {
	uint64_t key;
	void *value;		/* NULL: the slot is free */
};

/* All zero is an empty map. The values are the caller's. */
struct map {
	struct map_slot *slots;
	size_t n, room;		/* room is 0 or a power of two */
};

/* The value, or NULL. */
void *map_get(const struct map *m, uint64_t key);
/* Sets or replaces; value is not NULL. 0 or -ENOMEM. */
int map_put(struct map *m, uint64_t key, void *value);
/* Takes the key out; its value, or NULL. */
void *map_del(struct map *m, uint64_t key);
/* Frees the table and leaves it empty; each value is given to drop first unless that is NULL. */
void map_free(struct map *m, void (*drop)(void *value));

#endif
