// SPDX-License-Identifier: GPL-2.0-or-later
/* The catalogue as tables, made from the .def files. */
#include "stage.h"

#include <stddef.h>
#include <string.h>

#include "event.h"

const struct stage stages[ST_N] = {
#define ROW(id, layer, way, spelling, file, what, is_minor) \
	[ST_##id] = { \
		.name = #id, .source = file, .meaning = what, .minor = is_minor, \
		.lane = LANE_##layer, .dir = DIR_##way, .say = SAY_##spelling, \
	},
#define STAGE(id, layer, way, spelling, file, what) \
	ROW(id, layer, way, spelling, file, what, false)
#define STAGE_MINOR(id, layer, way, spelling, file, what) \
	ROW(id, layer, way, spelling, file, what, true)
#define FN(symbol, skb, sk, sock, read, flags)
#define TP(group, name, skb, sk, sock, read, flags)
#include "stages.def"
#undef STAGE
#undef ROW
#undef FN
#undef TP
};

_Static_assert((int)ST_N <= (int)EV_ROW_MAX, "more rows than the kernel side has room for");

const struct lane_name lanes[LANE_N] = {
#define LANE(NAME, short_name, long_name) [LANE_##NAME] = { short_name, long_name },
#include "lanes.def"
#undef LANE
};

const char *const op_names[OP_N] = {
	[OP_NONE] = "none",
#define OP(NAME, name, dir, count, flags) [OP_##NAME] = #name,
#define OP_ALSO(NAME, word, name, dir, count, flags) [OP_##NAME] = #name,
#define URING(NAME, name, opcode, dir, count, flags) [OP_URING_##NAME] = "io_uring " #name,
#include "ops.def"
#undef OP
};

const enum stage_dir op_dirs[OP_N] = {
#define DIR_NEITHER DIR_BOTH
#define OP(NAME, name, dir, count, flags) [OP_##NAME] = DIR_##dir,
#include "ops.def"
#undef OP
#undef DIR_NEITHER
};

bool op_is_request(unsigned int op)
{
	switch (op) {
#define OP(NAME, name, dir, count, flags)
#define URING(NAME, name, opcode, dir, count, flags) case OP_URING_##NAME:
#include "ops.def"
#undef OP
		return true;
	}
	return false;
}

bool op_connects(unsigned int op)
{
	return op == OP_CONNECT || op == OP_URING_CONNECT;
}

bool op_accepts(unsigned int op)
{
	return op == OP_ACCEPT || op == OP_ACCEPT4 || op == OP_URING_ACCEPT;
}

bool stage_forwards(enum stage_id stage)
{
	return stage == ST_ip_forward || stage == ST_ip6_forward || stage == ST_br_forward || stage == ST_br_flood;
}

enum stage_id stage_by_name(const char *name)
{
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++)
		if (!strcmp(stages[id].name, name))
			return id;
	return ST_NONE;
}

const char *tcp_state_name(unsigned int state)
{
	/* include/net/tcp_states.h; BOUND_INACTIVE since 6.8 */
	static const char *const names[] = {
		NULL, "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT",
		"CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", "NEW_SYN_RECV",
		"BOUND_INACTIVE",
	};

	return state < sizeof(names) / sizeof(*names) ? names[state] : NULL;
}
