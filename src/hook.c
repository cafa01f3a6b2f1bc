// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of hooks, made from stages.def. */
#include "hook.h"

#include <stddef.h>

/* Letters and words of stages.def. */
#define N     ROW_NO_ARG
#define NEW   ROW_NEW
#define START ROW_START
#define DATA  ROW_DATA
#define LEAVE ROW_LEAVE
#define XMIT  ROW_XMIT
#define END   ROW_END
#define ENTER ROW_ENTER
#define COUNT ROW_COUNT
#define HANDED ROW_HANDED
#define FIRST ROW_FIRST
#define QUEUED ROW_QUEUED
#define CALLED ROW_CALLED
#define ROUTES ROW_ROUTES
#define WITHIN ROW_WITHIN
#define SEEKS ROW_SEEKS
#define PTR   ROW_PTR
#define OLD   ROW_OLD
#define HOOKS ROW_HOOKS
#define ANEW ROW_ANEW
#define CUT ROW_CUT
#define WAKES ROW_WAKES

/* A row without a symbol opens the hooks of the next stage. */
static const struct hook hooks[] = {
#define STAGE(name_, lane_, dir_, say_, source_, meaning_) { .symbol = NULL },
#define FNM(module_, symbol_, skb_, sk_, sock_, read_, flags_) \
	{ HOOK_FUNCTION, NULL, #module_, #symbol_, skb_, sk_, sock_, READ_##read_, flags_ },
#define FOUND(symbol_, skb_, sk_, sock_, read_, flags_) \
	{ HOOK_FOUND, NULL, NULL, #symbol_, skb_, sk_, sock_, READ_##read_, flags_ },
#define FN(symbol_, skb_, sk_, sock_, read_, flags_) \
	{ HOOK_FUNCTION, NULL, NULL, #symbol_, skb_, sk_, sock_, READ_##read_, flags_ },
#define FX(symbol_, read_, flags_) \
	{ HOOK_FUNCTION, NULL, NULL, #symbol_, N, N, N, READ_##read_, (flags_) | ROW_RETURN },
#define TP(group_, name_, skb_, sk_, sock_, read_, flags_) \
	{ HOOK_TRACEPOINT, #group_, NULL, #name_, skb_, sk_, sock_, READ_##read_, flags_ },
#include "stages.def"
#undef STAGE
#undef FN
#undef TP
};

const struct hook *hooks_of(enum stage_id stage, unsigned int *n)
{
	unsigned int i = 0, first, at = 0;
	const unsigned int end = sizeof(hooks) / sizeof(hooks[0]);

	for (; i < end && at < (unsigned int)stage; i++)
		at += !hooks[i].symbol;
	first = i;
	while (i < end && hooks[i].symbol)
		i++;
	*n = i - first;
	return hooks + first;
}

uint64_t hook_word(enum stage_id stage, const struct hook *h)
{
	unsigned int flags = h->flags;

	if (stages[stage].dir & DIR_SEND)
		flags |= ROW_SEND;
	if (stages[stage].dir & DIR_RECV)
		flags |= ROW_RECV;
	return ROW_WORD(stage, h->skb, h->sk, h->sock, h->read, flags);
}
