/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A copy of a diagram whose strings may be printed on a terminal. */
#ifndef SKBTRACE_TEXT_CLEAN_H
#define SKBTRACE_TEXT_CLEAN_H

#include "diagram.h"

/*
 * 0 or -ENOMEM; text_clean_free() in either case, with the same d. The lanes' wide names stay out.
 * Words of items that are harmless as they are stay those of d.
 */
int text_clean_copy(struct diagram *to, const struct diagram *d, bool only_ascii);
void text_clean_free(struct diagram *to, const struct diagram *d);

#endif
