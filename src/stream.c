// SPDX-License-Identifier: GPL-2.0-or-later
/* A stream remembers that a write has failed, but not why: another one says it. */
#include "stream.h"

#include <errno.h>

int stream_error(FILE *out)
{
	if (!ferror(out))
		return 0;
	fputc('\n', out);
	return fflush(out) ? -errno : -EIO;
}

int stream_flush(FILE *out)
{
	int err = fflush(out) ? -errno : 0;

	return err ? err : stream_error(out);
}
