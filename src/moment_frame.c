// SPDX-License-Identifier: GPL-2.0-or-later
/* Adds to what a diagram shows how the softirqs were raised in which it happened, and began. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "frame_words.h"
#include "moment.h"
#include "render.h"

static struct step raiser_of(const struct frame *fr, struct frame *irq)
{
	struct step who = { .t_ns = fr->raised_ns, .cpu = fr->cpu, .ctx = fr->raised_ctx, .tid = fr->tid };

	if (fr->raised_ctx == EV_CTX_TASK) {
		who.tid = fr->raised_tid;
		memcpy(who.comm, fr->raised_name, sizeof(who.comm));
	} else if (fr->raised_ctx == EV_CTX_HARDIRQ && *fr->raised_name) {
		*irq = (struct frame){ .what = EV_FRAME_IRQ, .cpu = fr->cpu, .number = fr->raised_by };
		memcpy(irq->name, fr->raised_name, sizeof(irq->name));
		who.frame = irq;
	} else if (raised_by_tick(fr) || raised_by_ipi(fr)) {
		*irq = (struct frame){ .what = raised_by_tick(fr) ? EV_FRAME_TICK : EV_FRAME_IPI, .cpu = fr->cpu };
		who.frame = irq;
	}
	return who;
}

/* Who raised it in its own task is that one, with all that is known of it. */
static void raiser_known(struct step *who, const struct moment *last, const struct step *in)
{
	if (who->ctx != EV_CTX_HARDIRQ && who->tid == in->tid) {
		who->pid = in->pid;
		memcpy(who->comm, in->comm, sizeof(who->comm));
	}
	if (last && who->ctx == EV_CTX_TASK && who->tid == last->who.tid)
		who->pid = last->who.pid;
}

static bool same_frame(const struct frame *a, const struct frame *b)
{
	return a && b && a->cpu == b->cpu && a->id == b->id;
}

int moments_add_frames(struct moments *m, int detail)
{
	struct moment *v = calloc(m->n * 3 + 1, sizeof(*v));
	const struct frame *softirq = NULL, *fr;
	const struct moment *last = NULL;
	size_t n = 0, irqs = 0;

	m->raisers = calloc(m->n + 1, sizeof(*m->raisers));
	if (!v || !m->raisers) {
		free(v);
		return -ENOMEM;
	}
	for (size_t i = 0; i < m->n; i++) {
		const struct moment *e = &m->v[i];
		uint64_t since = last ? last->t_ns : 0;

		fr = e->hidden ? NULL : frame_find(e->who.frame, EV_FRAME_SOFTIRQ);
		if (fr && !same_frame(fr, softirq) && fr->began_ns <= e->t_ns && fr->began_ns >= since) {
			struct step who = raiser_of(fr, &m->raisers[irqs++]);

			raiser_known(&who, last, &e->who);
			/* What an interrupt or another task asks for is a hand-over; what one asks for itself is detail. */
			if (fr->raised_ns && fr->raised_ns >= since &&
			    (detail != DETAIL_BRIEF || who.ctx == EV_CTX_HARDIRQ))
				v[n++] = (struct moment){ .kind = MOMENT_RAISE, .t_ns = fr->raised_ns,
							  .who = who, .lane = e->lane };
			v[n] = (struct moment){ .kind = MOMENT_BEGIN, .t_ns = fr->began_ns, .who = e->who,
						.lane = e->lane };
			v[n++].who.t_ns = fr->began_ns;
		}
		if (fr)
			softirq = fr;
		if (!e->hidden)
			last = e;
		v[n++] = *e;
	}
	free(m->v);
	m->v = v;
	m->n = n;
	return 0;
}
