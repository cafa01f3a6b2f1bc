// SPDX-License-Identifier: GPL-2.0-or-later
/* Attaches all functions of a run by kprobe.multi: one link for entries, one for returns. */
#include <errno.h>

#include "loader_in.h"
#include "probe.h"

/* Halves what is refused until the one symbol that spoils it is found. */
static int attach_multi(struct loader *l, const char **symbols, uint64_t *words, size_t n)
{
	bool returns = ROW_FLAGS(words[0]) & ROW_RETURN;
	int fd = attach_kprobe_multi(l->shared[TEMPLATE_KPROBE_MULTI], symbols, words, n, returns), err;

	if (fd >= 0)
		return loader_keep(l, fd, -1);
	if (n == 1) {
		plan_next(&l->plan, &l->kernel->facts, ROW_STAGE(words[0]), l->opts.only, probe_why(fd));
		return 0;
	}
	err = attach_multi(l, symbols, words, n / 2);
	return err ? err : attach_multi(l, symbols + n / 2, words + n / 2, n - n / 2);
}

static void *multi_attach(void *arg)
{
	struct multi *m = arg;

	m->fd = -ENOENT;
	if (m->asks >= 0 && !attach_addresses(m->asks, m->symbols, m->addresses, m->n))
		m->fd = attach_kprobe_multi_at(m->prog, m->addresses, m->words, m->n, m->returns);
	m->by_address = m->fd >= 0;
	if (m->fd >= 0)
		return NULL;
	m->fd = attach_kprobe_multi(m->prog, m->symbols, m->words, m->n, m->returns);
	return NULL;
}

void loader_multi_begin(const struct loader *l, struct multi *m, bool returns)
{
	m->prog = l->shared[TEMPLATE_KPROBE_MULTI];
	m->asks = bpf_program__fd(l->skel->progs.address_of);
	m->returns = returns;
	m->n = 0;
	m->beside = m->by_address = false;
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
		const struct choice *c = &l->plan.choice[id];

		if (!c->hook || c->hook->kind == HOOK_FOUND || c->backend != BACK_KPROBE_MULTI || !!(c->hook->flags & ROW_RETURN) != returns)
			continue;
		m->symbols[m->n] = c->hook->symbol;
		m->words[m->n++] = hook_word(id, c->hook);
	}
	if (!m->n)
		return;
	m->beside = !pthread_create(&m->thread, NULL, multi_attach, m);
	if (!m->beside)
		multi_attach(m);
}

/*
 * Tells the kernel side the word of each function that it can find by its address alone: not of one whose
 * return is observed, as its entry may be too, nor of two in one place.
 */
static void tell_words(struct loader *l, const struct multi *m)
{
	const uint64_t nobody = UINT64_MAX;

	for (size_t i = 0; i < m->n; i++) {
		uint32_t at = CFG_WORD_AT(m->addresses[i]);

		l->skel->bss->words[at].word = m->words[i];
		l->skel->bss->words[at].address = m->returns || l->skel->bss->words[at].address ? nobody : m->addresses[i];
	}
}

int loader_multi_end(struct loader *l, struct multi *m)
{
	if (m->beside)
		pthread_join(m->thread, NULL);
	if (!m->n)
		return 0;
	l->slow_detach = true;
	if (m->by_address)
		tell_words(l, m);
	return m->fd >= 0 ? loader_keep(l, m->fd, -1) : attach_multi(l, m->symbols, m->words, m->n);
}
