// SPDX-License-Identifier: GPL-2.0-or-later
/* Names kernel addresses by /proc/kallsyms. */
#include "kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct symbol {
	uint64_t address;
	char name[32];
};

static struct symbol *symbols;
static size_t symbol_n;

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

static void read_kallsyms(void)
{
	FILE *in = fopen("/proc/kallsyms", "re");
	size_t room = 0;
	char line[512];

	if (!in)
		return;
	while (fgets(line, sizeof(line), in)) {
		unsigned long long address;
		char type, name[128];

		if (sscanf(line, "%llx %c %127s", &address, &type, name) != 3 || !address || !strchr("tTwW", type))
			continue;
		if (symbol_n == room) {
			struct symbol *more = realloc(symbols, (room = room ? room * 2 : 65536) * sizeof(*more));

			if (!more)
				break;
			symbols = more;
		}
		symbols[symbol_n].address = address;
		snprintf(symbols[symbol_n].name, sizeof(symbols[0].name), "%.31s", name);
		symbol_n++;
	}
	fclose(in);
	qsort(symbols, symbol_n, sizeof(*symbols), by_address);
}

void kernel_symbol(uint64_t address, char *out, size_t size)
{
	static bool read_once;
	size_t low = 0, high;

	if (!read_once)
		read_kallsyms();
	read_once = true;
	high = symbol_n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (symbols[mid].address <= address)
			low = mid + 1;
		else
			high = mid;
	}
	snprintf(out, size, "%s", low ? symbols[low - 1].name : "");
}
