// SPDX-License-Identifier: GPL-2.0-or-later
/* `skbtrace explain`: a function of the path in words. Needs no root, no kernel and no capture. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "explain.h"
#include "opt.h"
#include "say.h"
#include "stream.h"
#include "term.h"

static int say_unknown(const char *name)
{
	const char *near[2];

	place_near(name, near);
	if (near[1])
		say("unknown stage %.60s; did you mean %s or %s?", name, near[0], near[1]);
	else if (near[0])
		say("unknown stage %.60s; did you mean %s?", name, near[0]);
	else
		say("unknown stage %.60s; skbtrace explain lists them", name);
	return EXIT_USAGE;
}

int cmd_explain(const struct command *self, const struct options *o)
{
	enum place_id place;
	int err;

	(void)self;
	if (!o->input) {
		explain_list(stdout);
	} else {
		place = place_by_name(o->input);
		if (place == PLACE_NONE)
			return say_unknown(o->input);
		explain_print(stdout, place, o->width ? o->width : term_width(STDOUT_FILENO), o->ascii);
	}
	err = stream_flush(stdout);
	if (err) {
		say("cannot write to standard output: %s", strerror(-err));
		return EXIT_OUTPUT;
	}
	return EXIT_OK;
}
