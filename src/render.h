/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One table of output formats; each spells diagrams, or journeys, on a stream. */
#ifndef SKBTRACE_RENDER_H
#define SKBTRACE_RENDER_H

#include "account.h"
#include "diagram.h"
#include "hops.h"
#include "journey.h"

struct talk_view;

enum detail { DETAIL_BRIEF, DETAIL_NORMAL, DETAIL_FULL };
/* What the lifelines of a packet's diagram are: layers of the stack, or those who run. */
enum lane_kind { LANES_LAYER, LANES_CONTEXT };

struct render_opts {
	unsigned int width;	/* columns of the output, at least 40 */
	bool ascii;		/* no UTF-8 */
	bool colour;		/* ANSI colours */
	enum detail detail;
	enum lane_kind lanes;
	bool tcp;		/* what TCP keeps of the socket is told */
};

/* What the footer says; made by summary.c. Strings are UTF-8, not escaped. */
struct footer {
	char **lines;
	size_t n;
	bool alarm;		/* something was lost or cut */
};

/*
 * A renderer writes begin once, then one diagram (or journey, call, or talk) at a
 * time, then hops if they are asked for, then end with the footer. Each returns 0, or -errno when the stream
 * failed. A NULL member means the format has nothing to say there.
 */
struct renderer {
	const char *name;	/* as in -f NAME */
	const char *meaning;	/* one line for help */
	int (*begin)(FILE *out, const struct render_opts *o);
	int (*diagram)(FILE *out, const struct render_opts *o, const struct diagram *d);
	int (*journey)(FILE *out, const struct render_opts *o, const struct journey *j);
	int (*call)(FILE *out, const struct render_opts *o, const struct call *c);
	/* The directions of a connection that were followed from their SYN. */
	int (*connection)(FILE *out, const struct render_opts *o, const struct account_sum *ways, size_t n);
	/* Sorted, ends with NULL. */
	int (*hops)(FILE *out, const struct render_opts *o, const struct hop *const *hops);
	int (*talk)(FILE *out, const struct render_opts *o, const struct talk_view *v);
	int (*end)(FILE *out, const struct render_opts *o, const struct footer *f);
};

extern const struct renderer *const renderers[];	/* NULL-terminated */
/* By name, or NULL. */
const struct renderer *renderer_by_name(const char *name);

#endif
