// SPDX-License-Identifier: GPL-2.0-or-later
/* Decodes UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#include "utf8.h"

size_t utf8_decode(const char *s, uint32_t *cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)s;
	size_t n = u[0] < 0x80 ? 1 : u[0] < 0xc2 ? 0 : u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 :
		   u[0] < 0xf5 ? 4 : 0;

	*cp = u[0];
	if (n == 1)
		return u[0] ? 1 : 0;
	if (n) {
		*cp = u[0] & (0xff >> (n + 1));
		for (size_t i = 1; i < n; i++) {
			if ((u[i] & 0xc0) != 0x80)
				goto bad;
			*cp = *cp << 6 | (u[i] & 0x3f);
		}
		if (*cp >= least[n] && *cp <= 0x10ffff && (*cp < 0xd800 || *cp > 0xdfff))
			return n;
	}
bad:
	*cp = UTF8_BAD;
	return 1;
}
