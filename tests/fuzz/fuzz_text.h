/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A capture as text, and the promise that the way there and back changes nothing. */
#ifndef SKBTRACE_FUZZ_TEXT_H
#define SKBTRACE_FUZZ_TEXT_H

#include <stdbool.h>
#include <string.h>

#include "dump.h"
#include "fuzz.h"

/* The text of the capture at path, for the caller to free; NULL: cap_open() refused it. */
static inline char *fuzz_dump(const char *path, int *end)
{
	const struct ev_head *rec;
	struct cap_reader *r;
	char *text = NULL, why[128] = "";
	size_t n = 0;
	FILE *out;

	*end = cap_open(&r, path, why, sizeof(why));
	PROMISE(*end <= 0 && (!*end || *why));
	if (*end)
		return NULL;
	out = open_memstream(&text, &n);
	PROMISE(!dump_world(out, cap_world(r)));
	while ((*end = cap_next(r, &rec, why, sizeof(why))) > 0) {
		PROMISE((uintptr_t)rec % 8 == 0 && rec->size % 8 == 0);
		PROMISE(!dump_record(out, rec));
	}
	PROMISE(!*end || *why);
	if (!*end)
		PROMISE(!dump_end(out, &cap_world(r)->counts));
	cap_close(r);
	fclose(out);
	return text;
}

/* Takes text. Whatever was dumped is read back, and dumps the same. */
static inline void fuzz_round_trip(char *text, bool complete)
{
	static struct fuzz_file again;
	char why[128] = "", *text2;
	FILE *in;
	int end;

	fuzz_file(&again, "", 0);
	in = fmemopen(text, strlen(text) ? strlen(text) : 1, "r");
	end = undump(in, "dump", again.path, why, sizeof(why));
	if (end)
		fprintf(stderr, "%s\n%s", why, text);
	PROMISE(!end);
	fclose(in);
	text2 = fuzz_dump(again.path, &end);
	PROMISE(text2 && complete == !end);
	PROMISE(!strcmp(text, text2));
	free(text2);
	free(text);
}

#endif
