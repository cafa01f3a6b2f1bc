/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fields of records whose numbers have names: the text form says names and takes both. */
#ifndef SKBTRACE_WORD_H
#define SKBTRACE_WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct words {
	const char *const *names;	/* by number; NULL: that number has none */
	size_t n;
	bool bits;			/* names are of bits; a value is NAME|NAME */
};

/* The words of a field, or NULL. */
const struct words *words_of(unsigned int kind, const char *field);
/* Those of ctx in the head of every record. */
extern const struct words words_ctx;

/* The same names for others to spell: "SYN|ACK"; what has no name is a number. */
void word_put(FILE *out, const struct words *w, uint64_t value);
/* The number of a word (or of NAME|NAME); false: there is no such word. */
bool word_parse(const struct words *w, const char *text, uint64_t *value);
/* True if 0 is worth saying. */
bool word_has_zero(const struct words *w);

#endif
