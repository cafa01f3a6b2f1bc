// SPDX-License-Identifier: GPL-2.0-or-later
/* Attaches the rows that have a program each. The kernel verifies one program at a time of each thread that asks: so several do. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "loader_in.h"
#include "probe.h"
#include "say.h"

enum { THREADS_MOST = 8 };

struct rows {
	struct loader *l;
	atomic_uint next;	/* stage that nobody has taken yet */
	struct attached done[ST_N];	/* link -1: not attached here */
};

static struct attached attach_row(struct loader *l, const struct choice *c, enum stage_id id)
{
	const struct hook *h = c->hook;
	uint64_t word = hook_word(id, h);

	if (h->read == READ_DROP && l->kernel->kfree_skb_has_reason)
		word |= (uint64_t)ROW_REASON << 32;
	switch (c->backend) {
	case BACK_TRACEPOINT:
		if (l->kernel->has_tracepoint_cookie)
			return attach_tracepoint(&l->templates[TEMPLATE_ROW_TO_ONE], 0, word, h->symbol);
		return attach_tracepoint(&l->templates[TEMPLATE_RAW_TP], word, 0, h->symbol);
	case BACK_FENTRY:
		return attach_fentry(&l->templates[TEMPLATE_RAW_TP], word, kernel_function(l->kernel, h));
	case BACK_KPROBE:
		return loader_attach_kprobe(l, word, h->symbol, 0);
	default:
		return (struct attached){ -EINVAL, -1 };
	}
}

struct attached loader_attach_kprobe(const struct loader *l, uint64_t word, const char *symbol, uint64_t address)
{
	if (l->kernel->has_kprobe_cookie)
		return attach_kprobe_cookie(l->shared[TEMPLATE_KPROBE_ALL], word, symbol, address);
	return attach_kprobe(&l->templates[TEMPLATE_KPROBE], word, symbol, address);
}

/* By the best hook and back end that the kernel accepts. */
static struct attached attach_stage(struct loader *l, enum stage_id id)
{
	const struct choice *c = &l->plan.choice[id];

	while (c->hook && c->hook->kind != HOOK_FOUND && c->backend != BACK_KPROBE_MULTI) {
		struct attached a = attach_row(l, c, id);

		if (a.link >= 0)
			return a;
		say_more("%s by %s: %s", c->hook->symbol, backend_names[c->backend], probe_why(a.link));
		plan_next(&l->plan, &l->kernel->facts, id, l->opts.only, probe_why(a.link));
	}
	return (struct attached){ -1, -1 };
}

/* Each stage is one thread's alone. */
static void *attach_stages(void *arg)
{
	struct rows *r = arg;
	unsigned int id;

	while ((id = atomic_fetch_add(&r->next, 1)) < ST_N)
		r->done[id] = attach_stage(r->l, id);
	return NULL;
}

int loader_attach_rows(struct loader *l)
{
	struct rows r = { .l = l, .next = ST_NONE + 1 };
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t threads[THREADS_MOST];
	int n = 0, err = 0;

	while (n + 1 < cpus && n < THREADS_MOST && !pthread_create(&threads[n], NULL, attach_stages, &r))
		n++;
	attach_stages(&r);
	while (n)
		pthread_join(threads[--n], NULL);
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
		if (r.done[id].link < 0)
			continue;
		l->slow_detach |= l->plan.choice[id].backend != BACK_TRACEPOINT;
		if (err) {
			close(r.done[id].link);
			close(r.done[id].prog);
		} else {
			err = loader_keep(l, r.done[id].link, r.done[id].prog);
		}
	}
	return err;
}
