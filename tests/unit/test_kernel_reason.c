// SPDX-License-Identifier: GPL-2.0-or-later
/* Drop reasons: those of the kernel, and of each subsystem from where its enum lies. */
#include "../../src/kernel_btf.c"
#include "../../src/kernel_reason.c"

#include "check.h"

/* A small kernel: enum skb_drop_reason, the list of subsystems, and the enum of one that is built in. */
static struct btf *make_kernel(void)
{
	struct btf *btf = btf__new_empty();

	btf__add_enum(btf, "skb_drop_reason", 4);
	btf__add_enum_value(btf, "SKB_NOT_DROPPED_YET", 0);
	btf__add_enum_value(btf, "SKB_DROP_REASON_NO_SOCKET", 3);
	btf__add_enum(btf, "unrelated", 4);
	btf__add_enum_value(btf, "TEN", 10);
	btf__add_enum(btf, "skb_drop_reason_subsys", 4);
	btf__add_enum_value(btf, "SKB_DROP_REASON_SUBSYS_CORE", 0);
	btf__add_enum_value(btf, "SKB_DROP_REASON_SUBSYS_MAC80211_UNUSABLE", 1);
	btf__add_enum(btf, "mac80211_drop_reason", 4);
	btf__add_enum_value(btf, "RX_CONTINUE", 1);
	btf__add_enum_value(btf, "RX_DROP_U_MIC_FAIL", 0x10001);
	return btf;
}

static struct kernel_btf *opened(const struct btf *btf, const struct kernel_btf *base)
{
	struct kernel_btf *b = NULL;
	__u32 size;
	const void *data = btf__raw_data(btf, &size);

	CHECK_INT(kernel_btf_read(&b, data, size, base), 0);
	return b;
}

static struct kernel_reasons looked_in(const struct kernel_btf *b)
{
	struct kernel_reasons r = { 0 };

	for (uint32_t id = 1; id < kernel_btf_end(b); id++) {
		const struct btf_type *t = kernel_btf_type(b, id);

		if (btf_is_enum(t))
			kernel_reason_enum(&r, id, kernel_btf_name(b, t->name_off));
	}
	return r;
}

static const char *reason(const struct cap_list *list, const char *number)
{
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->pairs[i].key, number))
			return list->pairs[i].value;
	return "";
}

TEST(reasons_of_the_kernel_and_of_what_is_built_in)
{
	struct btf *made = make_kernel();
	struct kernel_btf *b = opened(made, NULL);
	struct kernel_reasons r = looked_in(b);
	struct cap_list list = { 0 };

	CHECK_INT(kernel_reasons_list(&r, b, &list), 0);
	CHECK_STR(reason(&list, "3"), "NO_SOCKET");
	CHECK_STR(reason(&list, "65537"), "RX_DROP_U_MIC_FAIL");
	/* 1 is no reason of mac80211, 10 none at all. */
	CHECK_STR(reason(&list, "1"), "");
	CHECK_STR(reason(&list, "10"), "");
	cap_list_free(&list);
	kernel_btf_close(b);
	btf__free(made);
}

TEST(reasons_of_a_module)
{
	struct btf *made = make_kernel(), *module = btf__new_empty_split(made);
	struct kernel_btf *b = opened(made, NULL), *m;
	struct cap_list list = { 0 };

	btf__add_enum(module, "ovs_drop_reason", 4);
	btf__add_enum_value(module, "__OVS_DROP_REASON", 0x30000);
	btf__add_enum_value(module, "OVS_DROP_LAST_ACTION", 0x30001);
	m = opened(module, b);
	CHECK_INT(kernel_reasons_of(m, &list), 0);
	CHECK_INT(list.n, 2);
	CHECK_STR(reason(&list, "196609"), "OVS_DROP_LAST_ACTION");
	cap_list_free(&list);
	kernel_btf_close(m);
	kernel_btf_close(b);
	btf__free(module);
	btf__free(made);
}

TEST(a_kernel_without_reasons)
{
	struct btf *made = btf__new_empty();
	struct kernel_btf *b;
	struct kernel_reasons r;
	struct cap_list list = { 0 };

	btf__add_enum(made, "unrelated", 4);
	b = opened(made, NULL);
	r = looked_in(b);
	CHECK_INT(kernel_reasons_list(&r, b, &list), 0);
	CHECK_INT(list.n, 0);
	kernel_btf_close(b);
	btf__free(made);
}

TEST(a_subsystem_is_known_by_its_module)
{
	CHECK(kernel_reason_module("SKB_DROP_REASON_SUBSYS_OPENVSWITCH", "openvswitch"));
	CHECK(kernel_reason_module("SKB_DROP_REASON_SUBSYS_MAC80211_UNUSABLE", "mac80211"));
	CHECK(!kernel_reason_module("SKB_DROP_REASON_SUBSYS_MAC80211_UNUSABLE", "mac"));
	CHECK(!kernel_reason_module("SKB_DROP_REASON_SUBSYS_OPENVSWITCH", "openvswitch_more"));
	CHECK(!kernel_reason_module("SKB_DROP_REASON_SUBSYS_CORE", "vmlinux"));
	CHECK(!kernel_reason_module("SKB_DROP_REASON_OPENVSWITCH", "openvswitch"));
}

int main(void)
{
	return RUN(T(reasons_of_the_kernel_and_of_what_is_built_in), T(reasons_of_a_module), T(a_kernel_without_reasons),
		   T(a_subsystem_is_known_by_its_module));
}
