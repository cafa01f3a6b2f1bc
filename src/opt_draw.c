// SPDX-License-Identifier: GPL-2.0-or-later
/* Decides width, colour and characters of the output. */
#include "opt_draw.h"

#include <stdlib.h>
#include <unistd.h>

#include "term.h"

void pipeline_opts_fill(struct pipeline_opts *po, const struct options *o, enum stage_dir dirs, FILE *out)
{
	bool terminal = isatty(fileno(out));
	const char *no_colour = getenv("NO_COLOR");
	bool automatic = terminal && !(no_colour && *no_colour);

	*po = (struct pipeline_opts){
		.renderer = renderer_by_name(o->format ? o->format : "text"),
		.render = {
			.width = o->width ? o->width : terminal ? term_width(fileno(out)) : 80,
			.ascii = o->ascii,
			.colour = o->colour > 0 || (o->colour == 0 && automatic),
			.detail = o->detail,
			.lanes = o->lanes,
			.tcp = o->tcp,
		},
		.dirs = dirs,
		.flows = o->as == AS_FLOW,
		.packets = o->packets,
		.select = o->select,
		.stats = o->stats || o->select.slowest,
	};
}
