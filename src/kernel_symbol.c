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

/* One line: address, type, name. By hand: there are 200,000 of them, and records wait meanwhile. */
static bool parse_line(const char *line, struct symbol *out)
{
	size_t n = 0;

	out->address = 0;
	for (; *line && *line != ' '; line++) {
		int digit = *line >= 'a' ? *line - 'a' + 10 : *line - '0';

		out->address = out->address << 4 | (digit & 15);
	}
	if (!out->address || line[0] != ' ' || !line[1] || !strchr("tTwW", line[1]) || line[2] != ' ')
		return false;
	for (line += 3; n + 1 < sizeof(out->name) && line[n] > ' '; n++)
		out->name[n] = line[n];
	out->name[n] = '\0';
	return n > 0;
}

static void read_kallsyms(void)
{
	FILE *in = fopen("/proc/kallsyms", "re");
	size_t room = 0;
	char line[512];

	if (!in)
		return;
	setvbuf(in, NULL, _IOFBF, 1 << 16);
	while (fgets(line, sizeof(line), in)) {
		if (symbol_n == room) {
			struct symbol *more = realloc(symbols, (room = room ? room * 2 : 131072) * sizeof(*more));

			if (!more)
				break;
			symbols = more;
		}
		symbol_n += parse_line(line, &symbols[symbol_n]);
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
