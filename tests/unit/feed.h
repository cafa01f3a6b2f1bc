/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Feeds a tracker with records built in C, numbered per CPU, and keeps what comes out. */
#ifndef SKBTRACE_FEED_H
#define SKBTRACE_FEED_H

#include <stdint.h>

#include "track.h"

enum { FEED_MAX = 32 };

/* What is left of a journey when it has been given. */
struct fed {
	struct journey j;	/* its lists and call are not to be followed */
	struct call call;	/* likewise; valid if j.call */
	char steps[512];	/* names of its own steps */
	char call_steps[512];	/* names of the steps [call_first, call_n) of its call */
	uint16_t lost[FEED_MAX];/* lost_before of its steps */
};

static struct track *feed_track;
static struct fed fed[FEED_MAX];
static unsigned int fed_n, fed_calls, fed_connections;
static struct account_sum fed_ways[2];	/* of the last connection */
static size_t fed_way_n;
static uint32_t feed_attempts[4];
static struct ev_head feed_at;	/* cpu, ctx, tid of the next records */

static inline void feed_names(char *out, size_t size, const struct step *v, size_t from, size_t to)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = from; i < to && at < size; i++)
		at += snprintf(out + at, size - at, "%s%s", i > from ? " " : "",
			       step_name(&v[i]));
}

static int feed_journey(void *ctx, const struct journey *j)
{
	struct fed *f = &fed[fed_n % FEED_MAX];

	(void)ctx;
	fed_n++;
	*f = (struct fed){ .j = *j };
	feed_names(f->steps, sizeof(f->steps), j->steps.v, 0, j->steps.n);
	for (size_t i = 0; i < j->steps.n && i < FEED_MAX; i++)
		f->lost[i] = j->steps.v[i].lost_before;
	if (j->call) {
		f->call = *j->call;
		feed_names(f->call_steps, sizeof(f->call_steps), j->call->steps.v, j->call_first,
			   j->call_n);
	}
	return 0;
}

static int feed_call(void *ctx, const struct call *c)
{
	(void)ctx;
	(void)c;
	fed_calls++;
	return 0;
}

static int feed_connection(void *ctx, const struct account_sum *ways, size_t n)
{
	(void)ctx;
	fed_connections++;
	memcpy(fed_ways, ways, n * sizeof(*ways));
	fed_way_n = n;
	return 0;
}

static inline void feed_start(enum stage_dir dirs)
{
	static const struct track_sink sink = {
		.journey = feed_journey, .call = feed_call, .connection = feed_connection,
	};

	feed_track = track_new(dirs, NULL, &sink);
	memset(feed_attempts, 0, sizeof(feed_attempts));
	memset(fed, 0, sizeof(fed));
	feed_at = (struct ev_head){ 0 };
	fed_n = fed_calls = fed_connections = fed_way_n = 0;
}

static inline void feed_end(void)
{
	CHECK_INT(track_finish(feed_track, NULL), 0);
}

static inline void feed_on(unsigned int cpu, enum ev_ctx ctx, uint32_t tid)
{
	feed_at.cpu = cpu;
	feed_at.ctx = ctx;
	feed_at.tid = tid;
}

/* Records are lost here. */
static inline void feed_lose(unsigned int n)
{
	feed_attempts[feed_at.cpu] += n;
}

static inline void feed_put(struct ev_head *h, enum ev_kind kind, size_t size, uint64_t t_ns)
{
	*h = feed_at;
	h->kind = kind;
	h->size = size;
	h->t_ns = t_ns;
	if (kind != EV_TICK)
		h->attempt = ++feed_attempts[h->cpu];
	CHECK_INT(track_record(feed_track, h), 0);
}

/* step(12, tcp_v4_rcv, .skb = 1) */
#define feed_step(t, name, ...) do { \
	struct rec_step r_ = { __VA_ARGS__ }; \
	struct ev_head at_ = feed_at; \
	feed_at.stage = ST_##name; \
	feed_put(&r_.head, EV_STEP, sizeof(r_), t); \
	feed_at = at_; \
} while (0)
#define feed(t, KIND, type, ...) do { \
	struct rec_##type r_ = { __VA_ARGS__ }; \
	feed_put(&r_.head, EV_##KIND, sizeof(r_), t); \
} while (0)
#define FEED_CLIENT { [10] = 0xff, 0xff, 10, 0, 0, 1 }
#define FEED_SERVER { [10] = 0xff, 0xff, 10, 0, 0, 2 }
#define feed_skb(t, id, d, ...) \
	feed(t, SKB, skb, .skb = id, .dir = d, .proto = 6, .family = 4, \
	     .sport = 1000, .dport = 80, \
	     .saddr = FEED_CLIENT, .daddr = FEED_SERVER, \
	     __VA_ARGS__)
/* The socket that sends those packets, and the one that gets them. */
#define feed_sock_out(t, id, ...) \
	feed(t, SOCK, sock, .sock = id, .proto = 6, .family = 4, .lport = 1000, .rport = 80, \
	     .laddr = FEED_CLIENT, .raddr = FEED_SERVER, \
	     __VA_ARGS__)
#define feed_sock_in(t, id, ...) \
	feed(t, SOCK, sock, .sock = id, .proto = 6, .family = 4, .lport = 80, .rport = 1000, \
	     .laddr = FEED_SERVER, .raddr = FEED_CLIENT, \
	     __VA_ARGS__)
#define feed_tick(t) feed(t, TICK, tick, .pad = 0)

#endif
