// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as a capture: drawn, printed, and if they could be read, the same after a round trip. */
#include "fuzz_draw.h"
#include "fuzz_text.h"

/* How it is drawn is up to its last bytes. */
static void draw(const char *path, const uint8_t *data, size_t n)
{
	const struct ev_head *rec;
	struct fuzz_drawing d;
	struct cap_reader *r;
	char why[128] = "";
	int end;

	if (cap_open(&r, path, why, sizeof(why)))
		return;
	fuzz_draw_begin(&d, data[n - 1], data[n - 2], cap_world(r));
	while ((end = cap_next(r, &rec, why, sizeof(why))) > 0 && !pipeline_record(d.pipeline, rec))
		;
	fuzz_draw_end(&d, end ? NULL : &cap_world(r)->counts, end < 0 ? why : NULL);
	cap_close(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct fuzz_file file;
	char *text;
	int end;

	fuzz_file(&file, data, n);
	text = fuzz_dump(file.path, &end);
	if (!text)
		return 0;
	draw(file.path, data, n);
	/* A list of stages that names nothing we know, or nothing at all, is made anew. */
	if (strncmp(text, "stage ", 6) && !strstr(text, "\nstage "))
		free(text);
	else
		fuzz_round_trip(text, !end);
	return 0;
}
