// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A plugin of QEMU: counts how often the guest runs each block of instructions. At the end it writes, to
 * the file that its argument out=FILE names, one line for each: address, instructions in it, runs.
 *
 * Declares the few functions of the plugin interface (docs/devel/tcg-plugins, version 2 and later) that it
 * uses: no package of Debian has their header.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

struct qemu_plugin_tb;
typedef uint64_t plugin_id;

extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, void (*cb)(plugin_id id, struct qemu_plugin_tb *tb));
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, void (*cb)(unsigned int cpu, void *data),
						 int flags, void *data);
extern void qemu_plugin_register_atexit_cb(plugin_id id, void (*cb)(plugin_id id, void *data), void *data);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
extern uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);

EXPORT int qemu_plugin_version = 2;

enum { BUCKETS = 1 << 16 };

struct block {
	uint64_t address, runs;
	size_t insns;
	struct block *next;
};

static struct block *blocks[BUCKETS];
static const char *out;

/* QEMU translates a block again when it has no room, or the page was written: it is the same one then. */
static struct block *block_of(uint64_t address, size_t insns)
{
	struct block **first = &blocks[(address ^ address >> 16) % BUCKETS], *b;

	for (b = *first; b; b = b->next)
		if (b->address == address && b->insns == insns)
			return b;
	b = calloc(1, sizeof(*b));
	if (!b)
		abort();
	*b = (struct block){ .address = address, .insns = insns, .next = *first };
	return *first = b;
}

static void block_runs(unsigned int cpu, void *data)
{
	(void)cpu;
	((struct block *)data)->runs++;
}

static void block_made(plugin_id id, struct qemu_plugin_tb *tb)
{
	(void)id;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, block_runs, 0,
					     block_of(qemu_plugin_tb_vaddr(tb), qemu_plugin_tb_n_insns(tb)));
}

static void write_all(plugin_id id, void *data)
{
	FILE *f = fopen(out, "w");

	(void)id;
	(void)data;
	if (!f) {
		perror(out);
		return;
	}
	for (int i = 0; i < BUCKETS; i++)
		for (const struct block *b = blocks[i]; b; b = b->next)
			fprintf(f, "%" PRIx64 " %zu %" PRIu64 "\n", b->address, b->insns, b->runs);
	fclose(f);
}

EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
	(void)info;
	if (argc < 1 || strncmp(argv[0], "out=", 4))
		return -1;
	out = strdup(argv[0] + 4);
	qemu_plugin_register_vcpu_tb_trans_cb(id, block_made);
	qemu_plugin_register_atexit_cb(id, write_all, NULL);
	return 0;
}
