/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spans of lost records per CPU. */
#include "loss.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Beyond so many spans per CPU the oldest two become one: wider, never forgotten. */
enum { LOSS_SPANS_MAX = 4096 };

static uint32_t add_saturated(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

static int loss_cpu_get(struct loss *l, unsigned int cpu)
{
	struct loss_cpu *more;

	if (cpu < l->cpu_n)
		return 0;
	more = realloc(l->cpus, (cpu + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	memset(more + l->cpu_n, 0, (cpu + 1 - l->cpu_n) * sizeof(*more));
	l->cpus = more;
	l->cpu_n = cpu + 1;
	return 0;
}

int loss_add(struct loss *l, unsigned int cpu, uint64_t from_ns, uint64_t to_ns, uint32_t n)
{
	struct loss_cpu *c;
	int err = loss_cpu_get(l, cpu);

	if (err)
		return err;
	c = &l->cpus[cpu];
	if (c->n == LOSS_SPANS_MAX) {
		c->v[1].from_ns = c->v[0].from_ns;
		c->v[1].n = add_saturated(c->v[1].n, c->v[0].n);
		memmove(c->v, c->v + 1, --c->n * sizeof(*c->v));
	}
	if (c->n == c->room) {
		size_t room = c->room ? c->room * 2 : 16;
		struct loss_span *more = realloc(c->v, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		c->v = more;
		c->room = room;
	}
	c->v[c->n++] = (struct loss_span){ .from_ns = from_ns, .to_ns = to_ns, .n = n };
	l->total += n;
	return 0;
}

uint32_t loss_between(struct loss *l, unsigned int cpu, uint64_t from_ns, uint64_t to_ns,
		      uint64_t asker)
{
	uint32_t sum = 0;
	struct loss_cpu *c;

	if (cpu >= l->cpu_n)
		return 0;
	c = &l->cpus[cpu];
	for (size_t i = c->n; i-- > 0 && c->v[i].to_ns > from_ns;) {
		struct loss_span *s = &c->v[i];

		if (s->from_ns >= to_ns || s->asker == asker)
			continue;
		s->asker = asker;
		sum = add_saturated(sum, s->n);
	}
	return sum;
}

void loss_free(struct loss *l)
{
	for (unsigned int i = 0; i < l->cpu_n; i++)
		free(l->cpus[i].v);
	free(l->cpus);
	*l = (struct loss){ 0 };
}
