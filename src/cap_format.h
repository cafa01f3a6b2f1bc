/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes of a capture file that both its writer and its reader need to know; docs/FORMAT.md. */
#ifndef SKBTRACE_CAP_FORMAT_H
#define SKBTRACE_CAP_FORMAT_H

#include "capfile.h"

#define CAP_MAGIC "skbtrace"	/* 8 bytes, no zero after it */

enum { CAP_VERSION = 1, CAP_ORDER = 0x01020304, CAP_ORDER_OTHER = 0x04030201 };

struct cap_file_head {
	char magic[8];
	uint32_t version;
	uint32_t order;
};

struct cap_section_head {
	uint32_t type;		/* enum cap_section */
	uint32_t flags;		/* 0 */
	uint64_t length;	/* of what follows, bytes */
};

_Static_assert(sizeof(struct cap_file_head) == 16 && sizeof(struct cap_section_head) == 16,
	       "heads are 16 bytes");

/* Limits that a writer keeps and a reader insists on, so that no file can ask for much memory. */
enum {
	CAP_WORLD_MAX = 4 << 20,	/* bytes of a section of lines */
	CAP_LINES_MAX = 1 << 16,	/* lines of such a section */
	CAP_LINE_MAX = 1 << 20,		/* bytes of a line */
	CAP_SECTION_MAX = 64 << 20,	/* bytes of any other section */
	CAP_BUFFER = 1 << 20,		/* bytes of an EVENTS section as written here */
};

/*
 * Lines of a section, which are also those of the text form: "key value", the
 * value escaped by text_put(). cap_text_parse() adds one line (changed in
 * place) to l: 0, -ENOMEM, or -EBADMSG with what is wrong with it in *wrong.
 */
int cap_text_put(FILE *out, const struct cap_pair *pair);
int cap_text_parse(struct cap_list *l, char *line, const char **wrong);

/* The list of a world that a section fills; NULL for EVENTS, END and unknown types. */
struct cap_list *cap_section_list(struct cap_world *w, uint32_t type);
/* "META", or NULL for unknown types. */
const char *cap_section_name(uint32_t type);

/* What messages call a path: itself, or "standard input". */
const char *cap_input_name(const char *path);

#endif
