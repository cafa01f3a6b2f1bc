/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why packets are dropped, as the running kernel calls it: numbers and names of its own and of its subsystems. */
#ifndef SKBTRACE_KERNEL_REASON_H
#define SKBTRACE_KERNEL_REASON_H

#include <stdbool.h>
#include <stdint.h>

#include "capfile.h"
#include "kernel_btf.h"

/* The enums of vmlinux that say it, by their BTF ids; 0: there is none. */
struct kernel_reasons {
	uint32_t core;		/* enum skb_drop_reason, since 5.17 */
	uint32_t subsystems;	/* enum skb_drop_reason_subsys, since 6.4: their names, by the upper half of a reason */
	uint32_t built_in[4];	/* of subsystems that are no modules */
};

/* Takes an enum of vmlinux, if it is one of them. */
void kernel_reason_enum(struct kernel_reasons *r, uint32_t id, const char *name);
/*
 * Adds "NUMBER NAME" of all. A subsystem that is a module has its own BTF in /sys/kernel/btf, if it is loaded; one that
 * comes later stays a number. 0 or -ENOMEM.
 */
int kernel_reasons_list(const struct kernel_reasons *r, const struct kernel_btf *vmlinux, struct cap_list *out);
/* Adds those of a module alone. */
int kernel_reasons_of(const struct kernel_btf *module, struct cap_list *out);
/* Is it the module of this subsystem ("SKB_DROP_REASON_SUBSYS_MAC80211_UNUSABLE": mac80211)? */
bool kernel_reason_module(const char *subsystem, const char *module);

#endif
