// SPDX-License-Identifier: GPL-2.0-or-later
/* skbtrace send, recv and record: the commands that look at the running kernel. */
#include <string.h>

#include "live.h"
#include "opt.h"
#include "plan.h"
#include "say.h"

/* What must hold before anything is loaded. EXIT_OK, or a status after one sentence. */
static int check(struct options *o)
{
	char why[256];

	if (filter_empty(&o->filter) && !o->command) {
		say("say what to follow: a filter such as --port 80 or --pid 1234, a command after --, or --all");
		return EXIT_USAGE;
	}
	if (filter_check(&o->filter, why, sizeof(why))) {
		say("%s", why);
		return EXIT_NOTHING;
	}
	if (filter_resolve(&o->filter, why, sizeof(why))) {
		say("%s", why);
		return EXIT_NOTHING;
	}
	return EXIT_OK;
}

int cmd_follow(const struct command *self, const struct options *given)
{
	struct options o = *given;
	int status = check(&o);

	if (status != EXIT_OK)
		return status;
	return live_run(&o, strcmp(self->name, "send") ? DIR_RECV : DIR_SEND, self->name, true);
}

int cmd_record(const struct command *self, const struct options *given)
{
	struct options o = *given;
	int status;

	if (!o.output) {
		say("record needs -o FILE, the capture to write");
		return EXIT_USAGE;
	}
	status = check(&o);
	if (status != EXIT_OK)
		return status;
	return live_run(&o, o.dirs ? o.dirs : DIR_BOTH, self->name, false);
}
