/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses as records hold them, 16 bytes with IPv4 mapped into IPv6, and as people write them. */
#ifndef SKBTRACE_ADDR_H
#define SKBTRACE_ADDR_H

#include <stdbool.h>

#include "event.h"

enum { ADDR_TEXT_LEN = 46 };	/* with the zero at its end */

/* "10.0.0.1" or "2001:db8::1". Returns out. */
const char *addr_text(char out[ADDR_TEXT_LEN], const unsigned char addr[EV_ADDR_LEN]);
/* The way back; false: that is no address. addr may be half written then. */
bool addr_parse(unsigned char addr[EV_ADDR_LEN], const char *text);

#endif
