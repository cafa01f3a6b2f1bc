// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads drop reasons from BTF: include/net/dropreason-core.h, include/net/dropreason.h. */
#include "kernel_reason.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include <bpf/btf.h>

static const char prefix[] = "SKB_DROP_REASON_", subsys_prefix[] = "SKB_DROP_REASON_SUBSYS_", suffix[] = "drop_reason";

/* A subsystem's enum (ovs_drop_reason, mac80211_drop_reason) is called by what it is. */
static bool is_a_subsystems(const char *name)
{
	size_t n = strlen(name);

	return n >= sizeof(suffix) && !strcmp(name + n - (sizeof(suffix) - 1), suffix);
}

void kernel_reason_enum(struct kernel_reasons *r, uint32_t id, const char *name)
{
	size_t i = 0;

	if (!strcmp(name, "skb_drop_reason")) {
		r->core = id;
	} else if (!strcmp(name, "skb_drop_reason_subsys")) {
		r->subsystems = id;
	} else if (is_a_subsystems(name)) {
		while (i < sizeof(r->built_in) / sizeof(*r->built_in) && r->built_in[i])
			i++;
		if (i < sizeof(r->built_in) / sizeof(*r->built_in))
			r->built_in[i] = id;
	}
}

/* least: of what is less others speak. */
static int add(const struct kernel_btf *b, uint32_t id, uint32_t least, struct cap_list *out)
{
	const struct btf_type *t = kernel_btf_type(b, id);
	const struct btf_enum *e = btf_enum(t);
	int err = 0;

	for (int i = 0; i < btf_vlen(t) && !err; i++) {
		const char *name = kernel_btf_name(b, e[i].name_off);
		char key[16];

		if ((uint32_t)e[i].val < least)
			continue;
		snprintf(key, sizeof(key), "%u", (uint32_t)e[i].val);
		err = cap_list_add(out, key, "%s",
				   strncmp(name, prefix, sizeof(prefix) - 1) ? name : name + sizeof(prefix) - 1);
	}
	return err;
}

enum { OF_SUBSYSTEM = 1 << 16 };	/* SKB_DROP_REASON_SUBSYS_SHIFT */

int kernel_reasons_of(const struct kernel_btf *module, struct cap_list *out)
{
	int err = 0;

	for (uint32_t id = kernel_btf_first(module); id < kernel_btf_end(module) && !err; id++) {
		const struct btf_type *t = kernel_btf_type(module, id);

		if (btf_is_enum(t) && is_a_subsystems(kernel_btf_name(module, t->name_off)))
			err = add(module, id, OF_SUBSYSTEM, out);
	}
	return err;
}

bool kernel_reason_module(const char *subsystem, const char *module)
{
	if (strncmp(subsystem, subsys_prefix, sizeof(subsys_prefix) - 1))
		return false;
	subsystem += sizeof(subsys_prefix) - 1;
	while (*module && tolower((unsigned char)*subsystem) == *module) {
		subsystem++;
		module++;
	}
	return !*module && (!*subsystem || *subsystem == '_');
}

static bool is_a_subsystem(const struct kernel_btf *vmlinux, uint32_t subsystems, const char *module)
{
	const struct btf_type *t = kernel_btf_type(vmlinux, subsystems);
	const struct btf_enum *e = btf_enum(t);

	for (int i = 0; i < btf_vlen(t); i++)
		if (kernel_reason_module(kernel_btf_name(vmlinux, e[i].name_off), module))
			return true;
	return false;
}

static int add_modules(const struct kernel_btf *vmlinux, uint32_t subsystems, struct cap_list *out)
{
	DIR *dir = opendir("/sys/kernel/btf");
	int err = 0;

	if (!dir)
		return 0;
	for (const struct dirent *d; !err && (d = readdir(dir));) {
		struct kernel_btf *module;

		if (!is_a_subsystem(vmlinux, subsystems, d->d_name) || kernel_btf_open(&module, d->d_name, vmlinux))
			continue;
		err = kernel_reasons_of(module, out);
		kernel_btf_close(module);
	}
	closedir(dir);
	return err;
}

int kernel_reasons_list(const struct kernel_reasons *r, const struct kernel_btf *vmlinux, struct cap_list *out)
{
	int err = r->core ? add(vmlinux, r->core, 0, out) : 0;

	for (size_t i = 0; i < sizeof(r->built_in) / sizeof(*r->built_in) && r->built_in[i] && !err; i++)
		err = add(vmlinux, r->built_in[i], OF_SUBSYSTEM, out);
	return !err && r->subsystems ? add_modules(vmlinux, r->subsystems, out) : err;
}
