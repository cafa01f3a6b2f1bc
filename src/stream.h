/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why writing to a stream has failed. */
#ifndef SKBTRACE_STREAM_H
#define SKBTRACE_STREAM_H

#include <stdio.h>

/*
 * 0, or -errno. A stream that has failed is broken from then on: what was lost
 * is not written again.
 */
int stream_error(FILE *out);
/* The same once all that is buffered has been written. */
int stream_flush(FILE *out);

#endif
