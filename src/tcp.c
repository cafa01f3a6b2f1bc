// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps what TCP kept of a socket, and names its state. */
#include "tcp.h"

#include <stdlib.h>

#include "word.h"

const struct tcp *tcp_new(const struct rec_tcp *r)
{
	struct tcp *t = malloc(sizeof(*t));

	if (t)
		*t = (struct tcp){ .r = *r, .refs = 1 };
	return t;
}

/* The count is not part of what others see as const. */
void tcp_hold(const struct tcp *t)
{
	if (t)
		((struct tcp *)t)->refs++;
}

void tcp_drop(const struct tcp *t)
{
	if (t && !--((struct tcp *)t)->refs)
		free((struct tcp *)t);
}

const char *tcp_ca_name(const struct tcp *t)
{
	const struct words *w = words_of(EV_TCP, "ca_state");

	return t->r.ca_state < w->n ? w->names[t->r.ca_state] : NULL;
}
