// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as a capture: read, printed, and if they could be read, the same after a round trip. */
#include "fuzz_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct fuzz_file file;
	char *text;
	int end;

	fuzz_file(&file, data, n);
	text = fuzz_dump(file.path, &end);
	if (!text)
		return 0;
	/* A list of stages that names nothing we know, or nothing at all, is made anew. */
	if (strncmp(text, "stage ", 6) && !strstr(text, "\nstage "))
		free(text);
	else
		fuzz_round_trip(text, !end);
	return 0;
}
