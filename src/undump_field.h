/* SPDX-License-Identifier: GPL-2.0-or-later */
/* key=value of a record's line: taken apart, and put into the record. */
#ifndef SKBTRACE_UNDUMP_FIELD_H
#define SKBTRACE_UNDUMP_FIELD_H

#include "record.h"

struct undump_pair {
	char *key, *value;
	bool quoted;
};

/* Which fields a line has said already. */
struct undump_seen {
	bool head[8];
	bool field[EV_SIZE_MAX];
	bool attempt;		/* n= was among them */
};

/*
 * The next pair of *text, which is changed in place and moved on. 1; 0: there
 * is none; -EBADMSG with what is wrong, as a sentence, in what.
 */
int undump_next(char **text, struct undump_pair *pair, char *what, size_t size);

/*
 * Puts a pair into its field of rec. 0, or -EBADMSG and what. "stage" is
 * checked for being said once and left to the caller.
 */
int undump_set(struct ev_head *rec, const struct record *r, const struct undump_pair *pair,
	       struct undump_seen *seen, char *what, size_t size);

#endif
