/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The least that a unit test needs. A test program is
 *
 *	TEST(name) { CHECK(1 + 1 == 2); CHECK_STR(got, "expected"); }
 *	int main(void) { return RUN(T(name), T(other_name)); }
 *
 * and prints one line per test: "ok NAME", "not ok NAME" or "skip NAME # why".
 */
#ifndef SKBTRACE_CHECK_H
#define SKBTRACE_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_failed;

#define TEST(name) static void test_##name(void)

#define CHECK(cond) \
	do { \
		if (!(cond)) { \
			printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond); \
			check_failed = 1; \
		} \
	} while (0)

#define CHECK_INT(got, want) \
	do { \
		long long got_ = (got), want_ = (want); \
		if (got_ != want_) { \
			printf("# %s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #got, got_, want_); \
			check_failed = 1; \
		} \
	} while (0)

#define CHECK_STR(got, want) \
	do { \
		const char *got_ = (got), *want_ = (want); \
		if (!got_ || strcmp(got_, want_)) { \
			printf("# %s:%d: %s is \"%s\", not \"%s\"\n", __FILE__, __LINE__, #got, \
			       got_ ? got_ : "(null)", want_); \
			check_failed = 1; \
		} \
	} while (0)

struct check_test {
	const char *name;
	void (*run)(void);
};

static inline int check_run(const struct check_test *t, size_t n)
{
	int failed = 0;

	for (size_t i = 0; i < n; i++) {
		check_failed = 0;
		t[i].run();
		printf("%s %s\n", check_failed ? "not ok" : "ok", t[i].name);
		fflush(stdout);
		failed |= check_failed;
	}
	return failed;
}

#define T(name) { #name, test_##name }
#define RUN(...) \
	check_run((const struct check_test[]){ __VA_ARGS__ }, \
		  sizeof((const struct check_test[]){ __VA_ARGS__ }) / sizeof(struct check_test))

#endif
