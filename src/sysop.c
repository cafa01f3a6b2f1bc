// SPDX-License-Identifier: GPL-2.0-or-later
/* System call numbers of this architecture, and opcodes of io_uring, by the names of ops.def. */
#include "sysop.h"

#include <sys/syscall.h>

#include "config.h"

/* Newer architectures have only the newer one of each kind. */
#ifndef __NR_poll
#define __NR_poll UINT32_MAX
#endif
#ifndef __NR_select
#define __NR_select UINT32_MAX
#endif
#ifndef __NR_epoll_wait
#define __NR_epoll_wait UINT32_MAX
#endif
#ifndef __NR_epoll_pwait2
#define __NR_epoll_pwait2 441	/* the same everywhere, since 5.11 */
#endif

/* connect says whose a socket is before its first packet comes back. */
static bool op_is_asked_for(enum op op, enum stage_dir dirs, bool owners)
{
	return op_dirs[op] & dirs || (owners && op_connects(op));
}

void sysop_fill(uint8_t *table, size_t size, enum stage_dir dirs, bool owners)
{
	static const struct {
		unsigned int number;
		enum op op;
	} ops[] = {
#define OP(NAME, name, dir, count, flags) { __NR_##name, OP_##NAME },
#define OP_ALSO(NAME, word, name, dir, count, flags) OP(NAME, name, dir, count, flags)
#define URING(NAME, name, opcode, dir, count, flags)
#include "ops.def"
#undef OP
	};
	static const unsigned int binds[] = { __NR_bind, __NR_sendto, __NR_sendmsg, __NR_sendmmsg };

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (ops[i].number < size && op_is_asked_for(ops[i].op, dirs, owners))
			table[ops[i].number] = ops[i].op;
	if (!owners)
		return;
	if (__NR_listen < size)
		table[__NR_listen] = CFG_OP_LISTEN;
	/* The first datagram that is sent gives its socket a port, too. */
	for (size_t i = 0; i < sizeof(binds) / sizeof(binds[0]); i++)
		if (binds[i] < size && !table[binds[i]])
			table[binds[i]] = CFG_OP_BINDS;
}

void sysop_fill_requests(uint8_t *table, size_t size, enum stage_dir dirs, bool owners)
{
	static const struct {
		unsigned int opcode;
		enum op op;
	} ops[] = {
#define OP(NAME, name, dir, count, flags)
#define URING(NAME, name, opcode, dir, count, flags) { opcode, OP_URING_##NAME },
#include "ops.def"
#undef OP
	};

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (ops[i].opcode < size && op_is_asked_for(ops[i].op, dirs, owners))
			table[ops[i].opcode] = ops[i].op;
}
