/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Of each thing a bit for each of its words of 64 bits, set if it differs, and the differences: signed, of 7 bits a byte.
 */
#include "pack.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	WORD = sizeof(uint64_t),
	WORD_ROOM = 10,		/* bytes of 7 bits that hold a word */
};

static size_t mask_bytes(size_t words)
{
	return (words + 7) / 8;
}

static int make_room(struct pack *k, size_t want)
{
	size_t room = k->room ? k->room * 2 : 64;
	unsigned char *more;

	if (k->room - k->n >= want)
		return 0;
	while (room - k->n < want)
		room *= 2;
	more = realloc(k->bytes, room);
	if (!more)
		return -ENOMEM;
	k->bytes = more;
	k->room = room;
	return 0;
}

int pack_add(struct pack *k, const void *thing, const void *before, size_t size)
{
	const char *now = thing, *then = before;
	size_t words = size / WORD;
	/* At most; far less as a rule. */
	unsigned char text[PACK_THING_MAX / WORD * WORD_ROOM + PACK_THING_MAX / WORD / 8 + 1], *to = text + mask_bytes(words);

	memset(text, 0, mask_bytes(words));
	for (size_t i = 0; i < words; i++) {
		uint64_t a, b, d;

		memcpy(&a, now + i * WORD, WORD);
		memcpy(&b, then + i * WORD, WORD);
		if (a == b)
			continue;
		text[i / 8] |= 1 << i % 8;
		/* The sign goes to the lowest bit: small differences are short either way. */
		d = a - b;
		d = d << 1 ^ -(d >> 63);
		for (; d >= 0x80; d >>= 7)
			*to++ = d | 0x80;
		*to++ = d;
	}
	if (make_room(k, to - text))
		return -ENOMEM;
	memcpy(k->bytes + k->n, text, to - text);
	k->n += to - text;
	return 0;
}

void pack_next(const struct pack *k, size_t *at, void *thing, size_t size)
{
	const unsigned char *mask = k->bytes + *at, *from = mask + mask_bytes(size / WORD);
	char *now = thing;

	for (size_t i = 0; i < size / WORD; i++) {
		uint64_t a, d = 0;
		unsigned int bits = 0;

		if (!(mask[i / 8] & 1 << i % 8))
			continue;
		for (; *from & 0x80; from++, bits += 7)
			d |= (uint64_t)(*from & 0x7f) << bits;
		d |= (uint64_t)*from++ << bits;
		d = d >> 1 ^ -(d & 1);
		memcpy(&a, now + i * WORD, WORD);
		a += d;
		memcpy(now + i * WORD, &a, WORD);
	}
	*at = from - k->bytes;
}

void pack_close(struct pack *k)
{
	unsigned char *less = k->n ? realloc(k->bytes, k->n) : NULL;

	if (!less)
		return;
	k->bytes = less;
	k->room = k->n;
}

void pack_free(struct pack *k)
{
	free(k->bytes);
	*k = (struct pack){ 0 };
}
