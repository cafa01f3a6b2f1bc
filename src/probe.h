/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tries what a kernel can do, each with a program of two instructions that is gone at once. */
#ifndef SKBTRACE_PROBE_H
#define SKBTRACE_PROBE_H

#include "plan.h"

/*
 * Fills can and cannot of every back end. function: BTF id of one that exists,
 * to try fentry with. names_multi: the BTF has bpf_kprobe_multi_link_attach.
 */
void probe_backends(int function, bool names_multi, struct facts *f);
/* bpf_get_attach_cookie for raw tracepoints: since 6.10. */
bool probe_tracepoint_cookie(void);
/* Compare and exchange: since 5.12. */
bool probe_exchange(void);
/* "Operation not permitted" etc., or what is known to be behind it. */
const char *probe_why(int err);

#endif
