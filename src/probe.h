/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tries what a kernel can do, each with a program of two instructions that is gone at once. */
#ifndef SKBTRACE_PROBE_H
#define SKBTRACE_PROBE_H

#include "plan.h"

struct btf;

/* Fills can and cannot of every back end. */
void probe_backends(const struct btf *btf, struct facts *f);
/* bpf_get_attach_cookie for raw tracepoints: since 6.10. */
bool probe_tracepoint_cookie(void);
/* "Operation not permitted" etc., or what is known to be behind it. */
const char *probe_why(int err);

#endif
