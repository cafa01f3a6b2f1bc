/* SPDX-License-Identifier: GPL-2.0-or-later */
/* src/fmt.c against the C library: what both write, and what both return. */
#include "check.h"

#include <inttypes.h>

#include "fmt.h"

#define SAME(size, ...) do { \
	char a_[64], b_[64]; \
	int n_, m_; \
	memset(a_, '#', sizeof(a_)); \
	memset(b_, '#', sizeof(b_)); \
	n_ = fmt_put(a_, size, __VA_ARGS__); \
	m_ = snprintf(b_, size, __VA_ARGS__); \
	CHECK_INT(n_, m_); \
	CHECK(!memcmp(a_, b_, sizeof(a_))); \
} while (0)

#pragma GCC diagnostic ignored "-Wformat-truncation"

TEST(fmt_as_the_library)
{
	static const char long_one[] = "a string that does not fit into twenty bytes";
	static const char open_end[] = { 'a', 'b', 'c' };	/* no zero: a precision keeps off its end */

	SAME(64, "plain");
	SAME(64, "%s and %s", "one", "two");
	SAME(64, "%%");
	SAME(64, "%c%c", 'x', 'y');
	SAME(64, "%d %d %d", 0, -1, INT32_MIN);
	SAME(64, "%u %u", 0u, UINT32_MAX);
	SAME(64, "%x %#x", 0xbeefu, 0xbeefu);
	SAME(64, "%" PRIu64 " %" PRId64, UINT64_MAX, INT64_MIN);
	SAME(64, "%llu.%02llu", 7ull, 5ull);
	SAME(64, "%zu", (size_t)1 << 40);
	SAME(64, "%5u|%05u|%2u|%8s|%-8s|", 42u, 42u, 12345u, "abc", "abc");
	SAME(64, "%05d|%5d", -42, -42);
	SAME(64, "%.3s|%.*s|%.*s", "abcdef", 2, "abcdef", -1, "abcdef");
	SAME(64, "%.3s", open_end);
	SAME(64, "%.1f %s", 2.5, "behind a number that the library spells");
	SAME(64, "%hu %.3u", (unsigned short)65535, 7u);
	SAME(20, "%s", long_one);
	SAME(20, "%s%u", long_one, 12u);
	SAME(1, "%s", long_one);
	SAME(0, "%u", 12345u);
}

int main(void)
{
	return RUN(T(fmt_as_the_library));
}
