// SPDX-License-Identifier: GPL-2.0-or-later
/* Draws the hand-made diagrams: draw FORMAT WIDTH [ascii] [colour] [SAMPLE]... */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render.h"
#include "samples.h"

static bool wanted(const char *name, int argc, char **argv)
{
	bool any = false;

	for (int i = 3; i < argc; i++) {
		if (!strcmp(argv[i], name))
			return true;
		any |= strcmp(argv[i], "ascii") && strcmp(argv[i], "colour");
	}
	return !any;
}

int main(int argc, char **argv)
{
	const struct renderer *r = argc > 2 ? renderer_by_name(argv[1]) : NULL;
	struct render_opts o = { .detail = DETAIL_NORMAL };
	char *lines[] = { "1 packet · 1 call · 9 steps · 0 lost" };
	const struct footer f = { .lines = lines, .n = 1 };
	int err = 0;

	if (!r || !r->diagram) {
		fputs("usage: draw FORMAT WIDTH [ascii] [colour] [SAMPLE]...\n", stderr);
		return 2;
	}
	o.width = strtoul(argv[2], NULL, 10);
	for (int i = 3; i < argc; i++) {
		o.ascii |= !strcmp(argv[i], "ascii");
		o.colour |= !strcmp(argv[i], "colour");
	}
	if (r->begin)
		err = r->begin(stdout, &o);
	for (size_t i = 0; !err && i < sample_n; i++)
		if (wanted(samples[i].name, argc, argv))
			err = r->diagram(stdout, &o, &samples[i].d);
	if (!err && r->end)
		err = r->end(stdout, &o, &f);
	return err ? 1 : 0;
}
