// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps the conversations that are open, within bounds, and gives each when its time has come. */
#include "talk.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "icmp_words.h"
#include "proto.h"

enum {
	TALKS_MAX = 256,	/* open at once; then the one that was quiet longest is given */
	TALK_EVENTS_MAX = 4096,	/* packets each way, and calls, held of one conversation */
	EVENTS_MAX = 4 * TALK_EVENTS_MAX,	/* of all together … */
	STEPS_MAX = 64 * TALK_EVENTS_MAX,	/* … and their steps, of which a long call has many */
};

#define MS 1000000ULL
/* After its end: longer than the tracker holds a journey back for an earlier one. */
#define TALK_OVER_NS (500 * MS)
/* Without an end: longer than the tracker waits for a reader. */
#define TALK_QUIET_NS (15000 * MS)
/* Of datagrams, which have no end at all. */
#define DGRAM_QUIET_NS (2000 * MS)

struct talks {
	int (*give)(void *ctx, const struct talk *t);
	void *ctx;
	struct talk *v[TALKS_MAX];	/* in the order of first sight */
	size_t n, events, steps;
	uint64_t numbers;
	uint64_t due_ns;	/* nothing is due before */
};

struct talks *talks_new(int (*give)(void *ctx, const struct talk *t), void *ctx)
{
	struct talks *ts = calloc(1, sizeof(*ts));

	if (!ts)
		return NULL;
	ts->give = give;
	ts->ctx = ctx;
	ts->due_ns = UINT64_MAX;
	return ts;
}

static size_t talk_events(const struct talk *t)
{
	return t->has.packet_n + t->has.call_n;
}

static size_t talk_size(const struct talk *t)
{
	return talk_events(t) + t->steps;
}

static void talk_empty(struct talks *ts, struct talk *t)
{
	ts->events -= talk_events(t);
	ts->steps -= t->steps;
	talk_store_empty(&t->has);
	t->steps = 0;
}

static void talk_free(struct talks *ts, size_t i)
{
	talk_empty(ts, ts->v[i]);
	free(ts->v[i]);
	ts->n--;
	memmove(ts->v + i, ts->v + i + 1, (ts->n - i) * sizeof(struct talk *));
}

void talks_free(struct talks *ts)
{
	if (!ts)
		return;
	while (ts->n)
		talk_free(ts, ts->n - 1);
	free(ts);
}

static bool talk_over(const struct talk *t)
{
	return t->reset || (t->fin[0] && t->fin[1]);
}

static uint64_t talk_due(const struct talk *t)
{
	if (t->key.proto != IPPROTO_TCP)
		return t->last_ns + DGRAM_QUIET_NS;
	return t->last_ns + (talk_over(t) ? TALK_OVER_NS : TALK_QUIET_NS);
}

/* Gives what there is of it. What may follow is another part. */
static int talk_give(struct talks *ts, struct talk *t, bool goes_on)
{
	int err = 0;

	if (talk_events(t)) {
		t->goes_on = goes_on;
		err = talk_store_take_out(&t->has);
		if (!err)
			err = ts->give(ts->ctx, t);
		t->part++;
	}
	talk_empty(ts, t);
	return err;
}

int talks_look(struct talks *ts, uint64_t now_ns)
{
	int err = 0;

	if (now_ns < ts->due_ns)
		return 0;
	ts->due_ns = UINT64_MAX;
	for (size_t i = 0; i < ts->n && !err;) {
		struct talk *t = ts->v[i];

		if (talk_due(t) > now_ns) {
			if (talk_due(t) < ts->due_ns)
				ts->due_ns = talk_due(t);
			i++;
			continue;
		}
		/* One that was quiet for twice as long has no other part to come. */
		if (talk_over(t) || !talk_events(t) || t->key.proto != IPPROTO_TCP) {
			err = talk_give(ts, t, false);
			talk_free(ts, i);
		} else {
			err = talk_give(ts, t, true);
			t->last_ns = now_ns;
		}
	}
	return err;
}

int talks_finish(struct talks *ts)
{
	int err = 0;

	for (; ts->n && !err; talk_free(ts, 0))
		err = talk_give(ts, ts->v[0], false);
	return err;
}

static size_t quiet_longest(const struct talks *ts)
{
	size_t found = 0;

	for (size_t i = 1; i < ts->n; i++)
		if (ts->v[i]->last_ns < ts->v[found]->last_ns)
			found = i;
	return found;
}

/* 127.0.0.0/8 and ::1 are in every namespace, and never the same. */
static bool addr_of_each_netns(const uint8_t addr[EV_ADDR_LEN])
{
	static const uint8_t v4[13] = { [10] = 0xff, [11] = 0xff, [12] = 127 };
	static const uint8_t v6[EV_ADDR_LEN] = { [15] = 1 };

	return !memcmp(addr, v4, sizeof(v4)) || !memcmp(addr, v6, sizeof(v6));
}

static bool talk_is(const struct talk *t, const struct flow_key *key, uint32_t echo, uint32_t netns)
{
	struct flow_key back = flow_reverse(key);

	if (t->echo != echo)
		return false;
	if (netns && t->netns && netns != t->netns)
		return false;
	return flow_key_same(&t->key, key) || flow_key_same(&t->key, &back);
}

/* number: of a packet that it has if its namespace is not known; 0: none. */
static struct talk *talk_find(const struct talks *ts, const struct flow_key *key, uint32_t echo,
			      uint32_t netns, uint64_t number)
{
	struct talk *found = NULL;

	for (size_t i = ts->n; i-- > 0;) {
		if (!talk_is(ts->v[i], key, echo, netns))
			continue;
		if (!found || (!netns && number && talk_store_has_packet(&ts->v[i]->has, number)))
			found = ts->v[i];
		if (netns || !ts->v[i]->netns)
			break;
	}
	return found;
}

/* A new one, for which another must go if there are many. NULL and *err. */
static struct talk *talk_new(struct talks *ts, const struct flow_key *key, uint32_t netns, int *err)
{
	struct talk *t;

	if (ts->n == TALKS_MAX) {
		size_t i = quiet_longest(ts);

		*err = talk_give(ts, ts->v[i], !talk_over(ts->v[i]));
		talk_free(ts, i);
		if (*err)
			return NULL;
	}
	t = calloc(1, sizeof(*t));
	if (!t) {
		*err = -ENOMEM;
		return NULL;
	}
	t->number = ++ts->numbers;
	t->part = 1;
	t->key = *key;
	t->netns = netns;
	ts->v[ts->n++] = t;
	return t;
}

/* Room for one event more in it and in all: what is in the way is given. */
static int talk_room(struct talks *ts, struct talk *t)
{
	int err = 0;

	if (talk_events(t) >= TALK_EVENTS_MAX)
		err = talk_give(ts, t, true);
	while (!err && (ts->events >= EVENTS_MAX || ts->steps >= STEPS_MAX)) {
		size_t most = 0;

		for (size_t i = 1; i < ts->n; i++)
			if (talk_size(ts->v[i]) > talk_size(ts->v[most]))
				most = i;
		err = talk_give(ts, ts->v[most], true);
	}
	return err;
}

static void talk_seen(struct talks *ts, struct talk *t, uint64_t t_ns, size_t steps)
{
	if (t_ns > t->last_ns)
		t->last_ns = t_ns;
	if (talk_due(t) < ts->due_ns)
		ts->due_ns = talk_due(t);
	ts->events++;
	ts->steps += steps;
	t->steps += steps;
}

/* The same addresses again are another connection: the one before is over. */
static int talk_again(struct talks *ts, struct talk *t)
{
	int err = talk_give(ts, t, false);
	struct flow_key key = t->key;
	uint32_t netns = t->netns;

	*t = (struct talk){ .number = ++ts->numbers, .part = 1, .key = key, .netns = netns };
	return err;
}

static uint64_t journey_last_ns(const struct journey *j)
{
	uint64_t last = j->steps.n ? j->steps.v[j->steps.n - 1].t_ns : j->start_ns;

	return j->ended && j->end_ns > last && j->state == JOURNEY_DROPPED ? j->end_ns : last;
}

static int talk_call_add(struct talks *ts, struct talk *t, const struct call *c)
{
	int err = talk_store_call(&t->has, c);

	if (!err)
		talk_seen(ts, t, c->end_seen ? c->end_ns : c->start_ns, c->steps.n);
	return err;
}

/* The call that sent or read a datagram, between the ends that this had. One may move several. */
static int talk_call_of(struct talks *ts, struct talk *t, const struct journey *j)
{
	struct call c = *j->call;

	if (talk_store_has_call(&t->has, c.id))
		return 0;
	c.local = j->dir == DIR_SEND ? j->src : j->dst;
	c.remote = j->dir == DIR_SEND ? j->dst : j->src;
	return talk_call_add(ts, t, &c);
}

int talks_journey(struct talks *ts, const struct journey *j, bool chosen)
{
	struct flow_key key = { .sport = j->src.port, .dport = j->dst.port, .proto = j->proto };
	uint32_t netns = addr_of_each_netns(j->dst.addr) ? j->netns : 0;
	bool syn = (j->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
	struct talk *t;
	uint32_t echo;
	int err = 0;

	if (!j->headed || !j->steps.n)
		return 0;
	/* What IP cuts up on the way, and puts together again, is one packet to TCP. */
	if (j->fragment || j->passed_on)
		return 0;
	memcpy(key.src, j->src.addr, EV_ADDR_LEN);
	memcpy(key.dst, j->dst.addr, EV_ADDR_LEN);
	echo = icmp_is_echo(j->proto, j->window) ? j->ack : 0;
	t = talk_find(ts, &key, echo, netns, j->number);
	if (!t)
		t = talk_new(ts, &key, netns, &err);
	else if (syn && (t->syn_seen ? t->syn != j->seq : talk_over(t)))
		err = talk_again(ts, t);
	if (!err)
		err = talk_room(ts, t);
	if (!err)
		err = talk_store_packet(&t->has, j, j->call ? j->call->id : 0);
	if (err)
		return err;
	t->echo = echo;
	t->chosen |= chosen;
	if (syn) {
		t->syn = j->seq;
		t->syn_seen = true;
	}
	t->fin[!flow_key_same(&key, &t->key)] |= !!(j->tcp_flags & TCP_FIN);
	t->reset |= !!(j->tcp_flags & TCP_RST);
	talk_seen(ts, t, journey_last_ns(j), j->steps.n);
	return j->proto != IPPROTO_TCP && j->call ? talk_call_of(ts, t, j) : 0;
}

int talks_call(struct talks *ts, const struct call *c)
{
	struct flow_key key = { .sport = c->local.port, .dport = c->remote.port, .proto = c->proto };
	uint32_t netns = addr_of_each_netns(c->remote.addr) ? c->netns : 0;
	struct talk *t;
	int err = 0;

	/* A socket that listens has no other end. */
	if (c->proto != IPPROTO_TCP || !c->remote.port)
		return 0;
	memcpy(key.src, c->local.addr, EV_ADDR_LEN);
	memcpy(key.dst, c->remote.addr, EV_ADDR_LEN);
	t = talk_find(ts, &key, 0, netns, 0);
	if (!t)
		t = talk_new(ts, &key, netns, &err);
	else if (op_connects(c->op) && talk_over(t) && c->start_ns > t->last_ns)
		err = talk_again(ts, t);
	if (!err)
		err = talk_room(ts, t);
	return err ? err : talk_call_add(ts, t, c);
}
