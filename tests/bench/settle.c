// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Waits until a nanosecond of this guest is an instruction, as -icount promises: until the clock has
 * settled (some seconds after the boot) each interrupt of the timer lets it jump to the next.
 */
#include <stdio.h>
#include <time.h>

enum { TURNS = 20 * 1000 * 1000, INSTRUCTIONS = 2 * TURNS };

static long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(void)
{
	long long began, took;

	do {
		began = now_ns();
		/* An addition or subtraction, and a jump. */
		for (int i = 0; i < TURNS; i++)
			__asm__ volatile("");
		took = now_ns() - began;
	} while (took > INSTRUCTIONS + INSTRUCTIONS / 50);
	return 0;
}
