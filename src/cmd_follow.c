// SPDX-License-Identifier: GPL-2.0-or-later
/* skbtrace send, recv, flow and record: the commands that look at the running kernel. */
#include <errno.h>
#include <string.h>

#include "live.h"
#include "opt.h"
#include "plan.h"
#include "say.h"

/* Looks up what the filter names on this machine. EXIT_OK, or a status after one sentence. */
static int resolve(struct options *o)
{
	char why[256];
	int err = filter_resolve(&o->filter, why, sizeof(why));

	if (!err)
		return EXIT_OK;
	say("%s", why);
	return err == -EPERM || err == -EACCES ? EXIT_PRIVILEGE : EXIT_NOTHING;
}

/*
 * What is dropped is known when it is: a run that wants no more than that follows nothing. Whose a packet is, what
 * TCP keeps, and how long anything took must have been noted before.
 */
static bool wants_drops_alone(const struct options *o)
{
	return select_only_dropped(&o->select) && !o->filter.cfg.by_pid && !o->filter.cfg.by_comm && !o->command && !o->tcp &&
	       !o->stats && !o->select.slowest && !o->backend && o->detail != DETAIL_FULL;
}

int cmd_follow(const struct command *self, const struct options *given)
{
	struct options o = *given;
	int status = resolve(&o);

	enum stage_dir dirs = !strcmp(self->name, "send") ? DIR_SEND : DIR_RECV;

	if (status != EXIT_OK)
		return status;
	if (!strcmp(self->name, "flow")) {
		dirs = DIR_BOTH;
		o.as = AS_FLOW;
	}
	o.drops = wants_drops_alone(&o);
	/* Of a connection there is nothing else to draw. */
	if (o.drops)
		o.as = AS_PACKETS;
	return live_run(&o, dirs, self->name, true);
}

int cmd_record(const struct command *self, const struct options *given)
{
	struct options o = *given;
	int status;

	if (!o.output) {
		say("record needs -o FILE, the capture to write");
		return EXIT_USAGE;
	}
	status = resolve(&o);
	if (status != EXIT_OK)
		return status;
	return live_run(&o, o.dirs ? o.dirs : DIR_BOTH, self->name, false);
}
