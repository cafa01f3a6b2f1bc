// SPDX-License-Identifier: GPL-2.0-or-later
/* Spells and reads addresses. */
#include "addr.h"

#include <arpa/inet.h>
#include <string.h>

_Static_assert((int)ADDR_TEXT_LEN >= INET6_ADDRSTRLEN, "every address fits");

static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

const char *addr_text(char out[ADDR_TEXT_LEN], const unsigned char addr[EV_ADDR_LEN])
{
	bool is_v4 = !memcmp(addr, mapped, sizeof(mapped));

	return inet_ntop(is_v4 ? AF_INET : AF_INET6, addr + (is_v4 ? sizeof(mapped) : 0), out,
			 ADDR_TEXT_LEN);
}

bool addr_parse(unsigned char addr[EV_ADDR_LEN], const char *text)
{
	if (inet_pton(AF_INET, text, addr + sizeof(mapped)) == 1) {
		memcpy(addr, mapped, sizeof(mapped));
		return true;
	}
	return inet_pton(AF_INET6, text, addr) == 1;
}
