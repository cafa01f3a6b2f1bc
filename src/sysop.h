/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which numbers the followed system calls have on this architecture, and the requests of io_uring on any. */
#ifndef SKBTRACE_SYSOP_H
#define SKBTRACE_SYSOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stage.h"

/* table[number] = enum op for the calls of dirs; owners adds the calls that only say whose a port is. */
void sysop_fill(uint8_t *table, size_t size, enum stage_dir dirs, bool owners);
/* The same for requests of io_uring, by their opcodes. */
void sysop_fill_requests(uint8_t *table, size_t size, enum stage_dir dirs, bool owners);

#endif
