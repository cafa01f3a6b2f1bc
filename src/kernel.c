// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds out what this kernel offers. */
#include "kernel.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/btf.h>

#include "kernel_btf.h"
#include "kernel_privilege.h"
#include "probe.h"
#include "say.h"

/* What id is behind const, typedef and the like. */
static const struct btf_type *strip(const struct kernel_btf *btf, uint32_t id)
{
	const struct btf_type *t = kernel_btf_type(btf, id);

	while (t && (btf_is_mod(t) || btf_is_typedef(t) || btf_is_type_tag(t)))
		t = kernel_btf_type(btf, t->type);
	return t;
}

/* Is argument i of proto a pointer to struct name, or by depth a pointer to such a pointer? */
static bool points_to(const struct kernel_btf *btf, const struct btf_type *proto, unsigned int i,
		      const char *name, unsigned int depth)
{
	const struct btf_type *t;

	if (i == ROW_NO_ARG)
		return true;
	if (i >= btf_vlen(proto))
		return false;
	t = strip(btf, btf_params(proto)[i].type);
	for (; depth; depth--) {
		if (!t || !btf_is_ptr(t))
			return false;
		t = strip(btf, t->type);
	}
	return t && btf_is_struct(t) && !strcmp(kernel_btf_name(btf, t->name_off), name);
}

static enum symbol_state check_types(const struct kernel_btf *btf, const struct btf_type *func,
				     const struct hook *h)
{
	const struct btf_type *proto = kernel_btf_type(btf, func->type);

	if (!proto || !btf_is_func_proto(proto))
		return SYMBOL_BARE;
	if (points_to(btf, proto, h->skb, "sk_buff", h->flags & ROW_PTR ? 2 : 1) &&
	    points_to(btf, proto, h->sk, "sock", 1) && points_to(btf, proto, h->sock, "socket", 1))
		return SYMBOL_TYPED;
	return SYMBOL_OTHER;
}

static bool module_is_loaded(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	return !access(path, F_OK);
}

/* The function of this name in the BTF of its module. */
static void look_in_types(const struct kernel_btf *btf, struct kernel_function *f)
{
	for (uint32_t id = kernel_btf_first(btf); id < kernel_btf_end(btf); id++) {
		const struct btf_type *t = kernel_btf_type(btf, id);

		if (!btf_is_func(t) || strcmp(kernel_btf_name(btf, t->name_off), f->symbol))
			continue;
		f->btf_id = id;
		f->in_module = true;
		f->state = check_types(btf, t, f->hook);
		return;
	}
}

/* A function of a module: its own BTF describes it (5.11); without, the module being there must do. */
static void look_in_module(struct kernel *k, struct kernel_function *f)
{
	struct kernel_btf *btf;

	if (!module_is_loaded(f->hook->module))
		return;
	f->state = SYMBOL_BARE;
	if (kernel_btf_open(&btf, f->hook->module, k->btf))
		return;
	look_in_types(btf, f);
	kernel_btf_close(btf);
}

enum { BUCKETS = 1024 };

static unsigned int bucket_of(const char *name)
{
	unsigned int h = 5381;

	while (*name)
		h = h * 33 + (unsigned char)*name++;
	return h % BUCKETS;
}

/* One walk over all types of the kernel: by name each would be searched from the beginning. */
static void look_in_vmlinux(struct kernel *k)
{
	uint32_t n = kernel_btf_end(k->btf);
	struct kernel_function *bucket[BUCKETS] = { NULL };

	for (size_t i = 0; i < k->function_n; i++) {
		struct kernel_function **b = &bucket[bucket_of(k->functions[i].symbol)];

		k->functions[i].next = *b;
		*b = &k->functions[i];
	}

	for (uint32_t id = 1; id < n; id++) {
		const struct btf_type *t = kernel_btf_type(k->btf, id);
		const char *name;
		bool func = btf_is_func(t), trace = btf_is_typedef(t);

		if (btf_is_enum(t))
			kernel_reason_enum(&k->reasons, id, kernel_btf_name(k->btf, t->name_off));
		if (btf_is_struct(t) && !strcmp(kernel_btf_name(k->btf, t->name_off), "pt_regs"))
			k->regs_id = id;
		if (!func && !trace)
			continue;
		name = kernel_btf_name(k->btf, t->name_off);
		if (func && !strncmp(name, "bpf_", 4)) {
			k->names_multi |= !strcmp(name, "bpf_kprobe_multi_link_attach");
			k->has_kprobe_cookie |= !strcmp(name, "bpf_get_attach_cookie_pe");
			k->says_names |= !strcmp(name, "bpf_kallsyms_lookup_name");
			if (!strcmp(name, "bpf_preempt_disable"))
				k->preempt_disable_id = id;
			if (!strcmp(name, "bpf_preempt_enable"))
				k->preempt_enable_id = id;
			if (!strcmp(name, "bpf_rdonly_cast"))
				k->cast_id = id;
			if (!strcmp(name, "bpf_iter_task"))
				k->iter_task_id = id;
			if (!strcmp(name, "bpf_iter_task_file"))
				k->iter_file_id = id;
		}
		if (func && !strcmp(name, "kallsyms_lookup_names"))
			k->finds_names = true;
		if (trace && strncmp(name, "btf_trace_", 10))
			continue;
		name += trace ? 10 : 0;
		if (trace && (!strcmp(name, "io_uring_submit_req") || !strcmp(name, "io_uring_submit_sqe")))
			k->uring_submit_id = id;
		if (trace && !strcmp(name, "io_uring_complete"))
			k->uring_complete_id = id;
		for (struct kernel_function *f = bucket[bucket_of(name)]; f; f = f->next) {
			if (trace != (f->hook->kind == HOOK_TRACEPOINT) || strcmp(f->symbol, name))
				continue;
			f->btf_id = id;
			f->state = trace ? SYMBOL_TYPED : check_types(k->btf, t, f->hook);
		}
	}
}

const struct kernel_function *kernel_function(const struct kernel *k, const struct hook *h)
{
	for (size_t i = 0; i < k->function_n; i++)
		if (k->functions[i].hook == h)
			return &k->functions[i];
	return NULL;
}

static enum symbol_state fact_function(void *ctx, const struct hook *h)
{
	const struct kernel_function *f = kernel_function(ctx, h);

	return f ? f->state : SYMBOL_ABSENT;
}

static bool fact_tracepoint(void *ctx, const struct hook *h)
{
	return fact_function(ctx, h) == SYMBOL_TYPED;
}

static int list_functions(struct kernel *k)
{
	size_t total = 0;
	unsigned int n;

	for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
		hooks_of(id, &n);
		total += n;
	}
	k->functions = calloc(total, sizeof(*k->functions));
	if (!k->functions)
		return -ENOMEM;
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
		const struct hook *h = hooks_of(id, &n);

		for (; n; n--, h++)
			k->functions[k->function_n++] = (struct kernel_function){
				.symbol = h->symbol, .hook = h,
			};
	}
	return 0;
}

/* btf_trace_NAME is a pointer to a function: void *, then what the tracepoint is given. NULL: none. */
static const struct btf_type *tracepoint_takes(const struct kernel *k, unsigned int btf_id)
{
	const struct btf_type *t = btf_id ? strip(k->btf, btf_id) : NULL;

	if (!t || !btf_is_ptr(t))
		return NULL;
	t = strip(k->btf, t->type);
	return t && btf_is_func_proto(t) ? t : NULL;
}

/* skb, location[, reason[, rx_sk]] (5.17; 6.11). */
static bool kfree_skb_has_reason(const struct kernel *k)
{
	unsigned int n;
	const struct kernel_function *f = kernel_function(k, hooks_of(ST_kfree_skb, &n));
	const struct btf_type *t = tracepoint_takes(k, f ? f->btf_id : 0);

	return t && btf_vlen(t) >= 4;
}

/* Is the first thing that it is given a request? */
static bool takes_request(const struct kernel *k, const struct btf_type *t)
{
	const struct btf_type *first = btf_vlen(t) > 1 ? strip(k->btf, btf_params(t)[1].type) : NULL;

	first = first && btf_is_ptr(first) ? strip(k->btf, first->type) : NULL;
	return first && btf_is_struct(first) && !strcmp(kernel_btf_name(k->btf, first->name_off), "io_kiocb");
}

static enum cfg_uring uring_of(const struct kernel *k)
{
	const struct btf_type *submit = tracepoint_takes(k, k->uring_submit_id);
	const struct btf_type *complete = tracepoint_takes(k, k->uring_complete_id);

	if (!submit || !complete)
		return URING_NONE;
	/* ring, request, …; ring, user_data, res, flags */
	if (!takes_request(k, submit))
		return btf_vlen(submit) == 8 && btf_vlen(complete) == 5 ? URING_NAMES : URING_NONE;
	/* ring, request, completion; ring, request, user_data, res, flags and two more */
	return btf_vlen(complete) == 4 ? URING_CQE : btf_vlen(complete) == 8 ? URING_VALUES : URING_NONE;
}

/* Any function that the catalogue and this kernel have: to try a back end with. */
static int any_function(const struct kernel *k)
{
	for (size_t i = 0; i < k->function_n; i++)
		if (k->functions[i].hook->kind == HOOK_FUNCTION && k->functions[i].state == SYMBOL_TYPED &&
		    !k->functions[i].in_module)
			return k->functions[i].btf_id;
	return -ENOENT;
}

int kernel_open(struct kernel **out)
{
	struct kernel *k;

	*out = NULL;
	if (!privilege_suffices()) {
		say("must run as root, or with %s: it loads BPF programs into the kernel (try sudo)", privilege_needed());
		return -EPERM;
	}
	k = calloc(1, sizeof(*k));
	if (!k)
		return -ENOMEM;
	if (list_functions(k)) {
		kernel_close(k);
		return -ENOMEM;
	}
	if (kernel_btf_open(&k->btf, "vmlinux", NULL)) {
		say("this kernel has no BTF (/sys/kernel/btf/vmlinux): it must be built with CONFIG_DEBUG_INFO_BTF=y");
		kernel_close(k);
		return -ENOENT;
	}
	look_in_vmlinux(k);
	for (size_t i = 0; i < k->function_n; i++)
		if (k->functions[i].state == SYMBOL_ABSENT && k->functions[i].hook->module)
			look_in_module(k, &k->functions[i]);
	k->kfree_skb_has_reason = kfree_skb_has_reason(k);
	k->uring = uring_of(k);
	k->has_exchange = probe_exchange();
	k->has_tracepoint_cookie = probe_tracepoint_cookie();
	k->facts = (struct facts){
		.function = fact_function, .tracepoint = fact_tracepoint, .ctx = k,
	};
	probe_backends(any_function(k), k->names_multi, &k->facts);
	*out = k;
	return 0;
}

void kernel_close(struct kernel *k)
{
	if (!k)
		return;
	kernel_btf_close(k->btf);
	free(k->functions);
	free(k);
}
