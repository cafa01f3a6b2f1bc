/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The statistics of the hops as tables for a terminal. */
#ifndef SKBTRACE_TEXT_HOPS_H
#define SKBTRACE_TEXT_HOPS_H

#include "render.h"

/* 0 or -errno; a member of struct renderer. */
int text_hops(FILE *out, const struct render_opts *o, const struct hop *const *hops);

#endif
