/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The catalogue (bpf/stages.def, lanes.def, ops.def) as tables that user space reads. */
#ifndef SKBTRACE_STAGE_H
#define SKBTRACE_STAGE_H

#include <stdbool.h>
#include <stdint.h>

enum lane {
#define LANE(NAME, brief, wide) LANE_##NAME,
#include "lanes.def"
#undef LANE
	LANE_N
};

enum stage_dir { DIR_SEND = 1, DIR_RECV = 2, DIR_BOTH = 3, DIR_LIFE = 4 };

/* How a step's arg is spelled in a diagram. */
enum stage_say {
	SAY_NONE,	/* nothing */
	SAY_FUNCTION,	/* arg is the address of the function: the step goes by its name */
	SAY_BYTES,	/* arg is a number of bytes */
	SAY_CWND,	/* congestion window << 32 | segments in flight */
	SAY_CLONE,	/* arg is clone_it: 1 a clone goes down, 0 the skb itself */
	SAY_DEV,	/* the device (ifindex of the step) */
	SAY_HOOK,	/* 1 + ctinfo << 16 (0: no conntrack) | pf << 8 | hook */
	SAY_TXRC,	/* netdev_tx_t */
	SAY_CPU,	/* a CPU number */
	SAY_STATE,	/* TCP state */
	SAY_RCVQ,	/* bytes that wait in the receive queue */
	SAY_VERDICT,	/* what nf_hook_slow returns */
	SAY_INTO,	/* number of the packet that takes it, 0: not known; in a record its id */
	SAY_SEGMENT,	/* enum row_segment << 32 | bytes */
	/* Those that way_words.h spells. */
	SAY_NEIGH,	/* state of the neighbour << 32 | packets that wait for it */
	SAY_SOLICIT,	/* how often it was asked before << 32 | IPv4 address, 0: of IPv6 */
	SAY_LLADDR,	/* state of the neighbour << 48 | its link-layer address */
	SAY_ICMP,	/* type << 40 | code << 32 | what it says besides */
	SAY_ICMP6,	/* the same of ICMPv6 */
	SAY_MTU,	/* an MTU */
	SAY_CHAIN,	/* number of its CHAIN record, 0: not known */
	SAY_RULE,	/* handle of a rule of nftables, 0: not known */
	SAY_NAT,	/* enum nf_nat_manip_type, or nat_arg() */
	SAY_QDISC,	/* ROW_QDISC; older captures: the first 8 bytes of the qdisc's id, as memory */
	SAY_DIRECT,	/* the same, of one that the packet may have passed by */
};

/* One id per STAGE of stages.def, from 1; 0 is "no stage". The numbers may
 * change between versions: a capture carries names, and its reader maps them. */
enum stage_id {
	ST_NONE,
#define STAGE(name, lane, dir, say, source, meaning) ST_##name,
#define FN(symbol, skb, sk, sock, read, flags)
#define TP(group, name, skb, sk, sock, read, flags)
#include "stages.def"
#undef STAGE
#undef FN
#undef TP
	ST_N
};

struct stage {
	const char *name;
	const char *source;	/* file of the kernel */
	const char *meaning;	/* one line */
	enum lane lane;
	enum stage_dir dir;
	enum stage_say say;
	bool minor;		/* says little: not drawn unless all is */
};

/* Why a minor row is off in a run without --detail full. */
#define STAGE_MINOR_OFF "only with --detail full"
/* Why a row of another protocol than the filter's is off. */
#define STAGE_PROTO_OFF "only without this --proto"

/* Why all rows but the drop are off in a run that draws nothing else. */
#define STAGE_DROPS_OFF "only what is dropped was recorded"

/* Of a transport protocol, or above one. */
static inline bool lane_has_transport(enum lane lane)
{
	return lane <= LANE_RAW;
}

static inline bool lane_is_transport(enum lane lane)
{
	return lane >= LANE_TCP && lane <= LANE_RAW;
}

struct lane_name {
	const char *brief;	/* for the text diagram */
	const char *wide;	/* for pictures */
};

enum op {
	OP_NONE,
#define OP(NAME, name, dir, count, flags) OP_##NAME,
#include "ops.def"
#undef OP
	OP_N
};

extern const struct stage stages[ST_N];		/* stages[0] is unused */
extern const struct lane_name lanes[LANE_N];
extern const char *const op_names[OP_N];
/* DIR_SEND or DIR_RECV for each op; DIR_BOTH: it moves no bytes, and either command has it. */
extern const enum stage_dir op_dirs[OP_N];
/* A request of io_uring: its task goes on, and may have several. */
bool op_is_request(unsigned int op);
bool op_connects(unsigned int op);
bool op_accepts(unsigned int op);

/* Does a packet that passes it go on to another host? */
bool stage_forwards(enum stage_id stage);
/* The id of a stage by name, or ST_NONE. */
enum stage_id stage_by_name(const char *name);
/* The name of a TCP state by the kernel's number (include/net/tcp_states.h), or NULL. */
const char *tcp_state_name(unsigned int state);

#endif
