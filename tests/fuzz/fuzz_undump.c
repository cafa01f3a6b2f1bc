// SPDX-License-Identifier: GPL-2.0-or-later
/* Any text as the text form: refused with a sentence, or a capture that reads back the same. */
#include <errno.h>

#include "fuzz_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct fuzz_file file;
	char why[256] = "";
	FILE *in = n ? fmemopen((void *)(uintptr_t)data, n, "r") : fopen("/dev/null", "r");
	char *text;
	int err, end;

	fuzz_file(&file, "", 0);
	err = undump(in, "text", file.path, why, sizeof(why));
	fclose(in);
	PROMISE(!err || *why);
	if (err) {
		PROMISE(err == -EBADMSG || err == -E2BIG);
		return 0;
	}
	text = fuzz_dump(file.path, &end);
	PROMISE(text);
	fuzz_round_trip(text, !end);
	return 0;
}
