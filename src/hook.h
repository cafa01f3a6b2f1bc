/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hooks of the catalogue: where and how each stage can be observed. */
#ifndef SKBTRACE_HOOK_H
#define SKBTRACE_HOOK_H

#include <stdint.h>

#include "row.h"
#include "stage.h"

/* FOUND: symbol is the pointer by which a run finds functions; none of them is known before. */
enum hook_kind { HOOK_FUNCTION, HOOK_TRACEPOINT, HOOK_FOUND };

struct hook {
	enum hook_kind kind;
	const char *group;	/* of a tracepoint; NULL */
	const char *module;	/* of a function in a module; NULL */
	const char *symbol;	/* function or tracepoint */
	uint8_t skb, sk, sock;	/* argument positions, ROW_NO_ARG: none */
	uint8_t read;		/* enum row_read */
	uint32_t flags;		/* enum row_flag */
};

/* The hooks of a stage, best first; their number in *n. */
const struct hook *hooks_of(enum stage_id stage, unsigned int *n);
/* The row word of a hook (bpf/row.h). */
uint64_t hook_word(enum stage_id stage, const struct hook *h);

#endif
