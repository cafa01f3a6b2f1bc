/* SPDX-License-Identifier: GPL-2.0-or-later */
/* src/pack.c: what was packed comes out again, whatever it was, and takes little room if it is alike. */
#include "check.h"

#include <stdint.h>

#include "pack.h"

enum { WORDS = 17, THINGS = 500 };

struct thing {
	uint64_t w[WORDS];
};

/* A generator that is the same everywhere. */
static uint64_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	return *seed ^ *seed >> 29;
}

static void there_and_back(const struct thing *things, size_t n, size_t *bytes)
{
	static const struct thing zero;
	struct thing got = zero;
	struct pack k = { 0 };
	size_t at = 0;

	for (size_t i = 0; i < n; i++)
		CHECK(!pack_add(&k, &things[i], i ? &things[i - 1] : &zero, sizeof(*things)));
	pack_close(&k);
	for (size_t i = 0; i < n; i++) {
		pack_next(&k, &at, &got, sizeof(got));
		CHECK(!memcmp(&got, &things[i], sizeof(got)));
	}
	CHECK(at == k.n);
	*bytes = k.n;
	pack_free(&k);
	CHECK(!k.bytes && !k.n && !k.room);
}

TEST(pack_anything)
{
	static struct thing things[THINGS];
	uint64_t seed = 1;
	size_t bytes;

	for (size_t i = 0; i < THINGS; i++)
		for (size_t w = 0; w < WORDS; w++)
			things[i].w[w] = next(&seed) >> (next(&seed) & 63);
	there_and_back(things, THINGS, &bytes);
}

TEST(pack_extremes)
{
	static struct thing things[4];
	size_t bytes;

	/* The largest differences, up and down, and none. */
	memset(&things[0], 0xff, sizeof(things[0]));
	memset(&things[2], 0xff, sizeof(things[2]));
	things[1].w[0] = 1ull << 63;
	things[2].w[1] = 1ull << 63;
	things[3] = things[2];
	there_and_back(things, 4, &bytes);
}

TEST(pack_alike)
{
	static struct thing things[THINGS];
	size_t bytes;

	for (size_t i = 0; i < THINGS; i++)
		things[i] = (struct thing){ .w = { 1000 + i, [5] = 0x123456789abcdef, [16] = 7 } };
	there_and_back(things, THINGS, &bytes);
	/* A mask of three bytes and a difference of one. */
	CHECK_INT(bytes, (THINGS - 1) * 4 + 3 + 2 + 9 + 1);
}

TEST(pack_nothing)
{
	struct pack k = { 0 };

	pack_close(&k);
	pack_free(&k);
	CHECK(!k.bytes);
}

int main(void)
{
	return RUN(T(pack_anything), T(pack_extremes), T(pack_alike), T(pack_nothing));
}
