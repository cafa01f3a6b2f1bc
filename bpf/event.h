/* SPDX-License-Identifier: GPL-2.0-or-later WITH Linux-syscall-note */
/*
 * The contract between the kernel side and everything else: one layout for
 * the ring, the capture file and the reader.
 *
 * Fixed width, explicit padding, host byte order (a capture says which), no
 * bool, enum, long or pointer. A record is a multiple of 8 bytes long and is
 * written whole. A reader accepts a longer record of a known kind (a newer
 * version appended fields) and skips kinds that it does not know.
 */
#ifndef SKBTRACE_EVENT_H
#define SKBTRACE_EVENT_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

enum { EV_NAME_LEN = 16, EV_ADDR_LEN = 16, EV_ROW_MAX = 256, EV_SIZE_MAX = 256 };

/* What the CPU was doing: hardirq_count, softirq_count and nmi of preempt_count. */
enum ev_ctx { EV_CTX_TASK, EV_CTX_SOFTIRQ, EV_CTX_HARDIRQ, EV_CTX_NMI, EV_CTX_N };

/* What a FRAME is. */
enum ev_frame {
	EV_FRAME_NONE,
#define FRAME(NAME, name, meaning) EV_FRAME_##NAME,
#include "frames.def"
#undef FRAME
	EV_FRAME_N
};

enum ev_dir { EV_DIR_SEND = 1, EV_DIR_RECV = 2 };

/* How an id was opened. */
enum ev_born {
	EV_BORN_NEW,		/* at a stage where life begins */
	EV_BORN_CLONE,		/* parent says of what */
	EV_BORN_MIDWAY,		/* first seen after the beginning of its path */
	EV_BORN_REUSED,		/* address was still open: the old id has ended as EV_END_LOST */
	EV_BORN_COPY,		/* parent says of what; it goes on in its place */
	EV_BORN_DROPPED,	/* as it is dropped, by a run that follows nothing: a STACK and the end come next, whose ctx says nothing */
};

/* How an id ended. */
enum ev_end {
	EV_END_FREED,		/* released; nothing says it was dropped */
	EV_END_CONSUMED,	/* tracepoint consume_skb */
	EV_END_DROPPED,		/* tracepoint kfree_skb; reason and location say why and where */
	EV_END_COALESCED,	/* its bytes moved into another skb of the receive queue */
	EV_END_LOST,		/* its address became another packet before an end was seen */
	EV_END_LEFT,		/* handed over at the last stage that this run observes */
	EV_END_DEFERRED,	/* released, but its memory is another CPU's, which frees it later: reason is that CPU */
	EV_END_N
};

/* Who ran a request of io_uring, at last. */
enum ev_ran {
	EV_RAN_NONE,
	EV_RAN_SUBMITTER,	/* who submitted it, at once; that may be the thread that polls the queue */
	EV_RAN_TASK_WORK,	/* the same task, when its socket was ready */
	EV_RAN_WORKER,		/* a thread of io-wq */
	EV_RAN_N
};

/*
 * Starts every record. attempt counts what this CPU tried to write, from 1:
 * a number that is missing is a record that was lost. Records made by the
 * reader (TICK, TALLY, MISSED, SYM, NSNAME) have attempt 0.
 */
struct ev_head {
	__u16 size;		/* of the whole record, bytes */
	__u8 kind;		/* enum ev_kind */
	__u8 ctx;		/* enum ev_ctx */
	__u16 cpu;
	__u16 stage;		/* row of the catalogue; 0 where a kind has none */
	__u32 attempt;
	__u32 tid;		/* running task; 0: idle */
	__u64 t_ns;		/* CLOCK_MONOTONIC */
};
_Static_assert(sizeof(struct ev_head) == 24, "the head of a record is 24 bytes");

enum ev_kind {
#define REC(num, NAME, name, meaning) EV_##NAME = num,
#define F_U64(f, m)
#define F_S64(f, m)
#define F_HEX(f, m)
#define F_U32(f, m)
#define F_S32(f, m)
#define F_U16(f, m)
#define F_U8(f, m)
#define F_ADDR(f, m)
#define F_NAME(f, m)
#define END_REC
#include "records.def"
#include "records_undef.h"
};

#define REC(num, NAME, name, meaning) struct rec_##name { struct ev_head head;
#define F_U64(f, m) __u64 f;
#define F_S64(f, m) __s64 f;
#define F_HEX(f, m) __u64 f;
#define F_U32(f, m) __u32 f;
#define F_S32(f, m) __s32 f;
#define F_U16(f, m) __u16 f;
#define F_U8(f, m) __u8 f;
#define F_ADDR(f, m) __u8 f[EV_ADDR_LEN];
#define F_NAME(f, m) char f[EV_NAME_LEN];
#define END_REC };
#include "records.def"
#include "records_undef.h"

/* No hidden padding: the fields add up to the struct, and the struct to 8. */
#define REC(num, NAME, name, meaning) \
	_Static_assert(sizeof(struct rec_##name) % 8 == 0 && \
		       sizeof(struct rec_##name) <= EV_SIZE_MAX && \
		       sizeof(struct rec_##name) == sizeof(struct ev_head)
#define F_U64(f, m) + 8
#define F_S64(f, m) + 8
#define F_HEX(f, m) + 8
#define F_U32(f, m) + 4
#define F_S32(f, m) + 4
#define F_U16(f, m) + 2
#define F_U8(f, m) + 1
#define F_ADDR(f, m) + EV_ADDR_LEN
#define F_NAME(f, m) + EV_NAME_LEN
#define END_REC , "a record has hidden padding or an odd size");
#include "records.def"
#include "records_undef.h"

#endif
