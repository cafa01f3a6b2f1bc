/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flows by their addresses, sockets by their ids. */
#include "flow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A flow that nobody holds is forgotten so long after its last packet, when there are many. */
#define FLOW_IDLE_NS 60000000000ULL
enum { FLOWS_MANY = 4096 };

static uint64_t flow_hash(const struct flow_key *k)
{
	uint64_t words[5] = { [4] = (uint64_t)k->sport << 32 | (uint64_t)k->dport << 16 | k->proto };
	uint64_t h = 0;

	memcpy(words, k->src, EV_ADDR_LEN);
	memcpy(words + 2, k->dst, EV_ADDR_LEN);
	/* A factor of splitmix64; what it carried up comes down again. */
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		h = (h ^ words[i]) * 0xbf58476d1ce4e5b9ULL;
		h ^= h >> 32;
	}
	return h;
}

bool flow_key_same(const struct flow_key *a, const struct flow_key *b)
{
	return a->sport == b->sport && a->dport == b->dport && a->proto == b->proto &&
	       !memcmp(a->src, b->src, EV_ADDR_LEN) && !memcmp(a->dst, b->dst, EV_ADDR_LEN);
}

struct flow_key flow_reverse(const struct flow_key *key)
{
	struct flow_key r = { .sport = key->dport, .dport = key->sport, .proto = key->proto };

	memcpy(r.src, key->dst, EV_ADDR_LEN);
	memcpy(r.dst, key->src, EV_ADDR_LEN);
	return r;
}

static void flow_free(struct flow *fl)
{
	sent_clear(&fl->sent);
	free(fl);
}

/* Forgets flows that nobody holds and that have been quiet. */
static int flows_sweep(struct flows *f, uint64_t now_ns)
{
	uint64_t *keys = malloc(f->by_hash.n * sizeof(*keys));
	size_t n = 0;

	if (!keys)
		return -ENOMEM;
	for (size_t i = 0; i < f->by_hash.room; i++)
		if (f->by_hash.slots[i].value)
			keys[n++] = f->by_hash.slots[i].key;
	for (size_t i = 0; i < n; i++) {
		struct flow *kept = NULL, **tail = &kept, *fl = map_del(&f->by_hash, keys[i]);

		while (fl) {
			struct flow *next = fl->next;

			if (fl->refs || fl->last_ns + FLOW_IDLE_NS > now_ns) {
				*tail = fl;
				tail = &fl->next;
			} else {
				flow_free(fl);
				f->n--;
			}
			fl = next;
		}
		*tail = NULL;
		/* The slot has just been emptied: this cannot fail. */
		if (kept)
			map_put(&f->by_hash, keys[i], kept);
	}
	free(keys);
	return 0;
}

static struct flow *flow_in(struct flow *fl, const struct flow_key *key)
{
	while (fl && !flow_key_same(&fl->key, key))
		fl = fl->next;
	return fl;
}

struct flow *flow_find(const struct flows *f, const struct flow_key *key)
{
	return flow_in(map_get(&f->by_hash, flow_hash(key)), key);
}

struct flow *flow_get(struct flows *f, const struct flow_key *key, uint64_t now_ns)
{
	uint64_t h = flow_hash(key);
	struct flow *first, *fl;

	if (f->n >= f->sweep_at) {
		if (f->n && flows_sweep(f, now_ns))
			return NULL;
		f->sweep_at = f->n * 2 > FLOWS_MANY ? f->n * 2 : FLOWS_MANY;
	}
	first = map_get(&f->by_hash, h);
	fl = flow_in(first, key);
	if (!fl) {
		fl = calloc(1, sizeof(*fl));
		if (!fl)
			return NULL;
		fl->key = *key;
		fl->next = first;
		if (map_put(&f->by_hash, h, fl)) {
			free(fl);
			return NULL;
		}
		f->n++;
	}
	fl->refs++;
	fl->last_ns = now_ns;
	return fl;
}

void flow_put(struct flow *fl, uint64_t now_ns)
{
	if (!fl)
		return;
	fl->refs--;
	fl->last_ns = now_ns;
}

/* The socket's entry, made if it is new; NULL on no memory. */
static struct sock_info *flows_sock_slot(struct flows *f, uint32_t sock)
{
	struct sock_info *s = map_get(&f->socks, sock);

	if (s)
		return s;
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->id = sock;
	if (map_put(&f->socks, sock, s)) {
		free(s);
		return NULL;
	}
	return s;
}

int flows_sock_learn(struct flows *f, uint32_t sock, const struct flow_key *in)
{
	struct sock_info *s = flows_sock_slot(f, sock);

	if (!s)
		return -ENOMEM;
	s->out = flow_reverse(in);
	return 0;
}

int flows_sock(struct flows *f, const struct rec_sock *r)
{
	struct sock_info *s = flows_sock_slot(f, r->sock);

	if (!s)
		return -ENOMEM;
	s->netns = r->netns;
	/* A socket that is said again in softirq still belongs to its owner. */
	if (r->pid)
		s->pid = r->pid;
	if (r->comm[0]) {
		memcpy(s->comm, r->comm, EV_NAME_LEN);
		s->comm[EV_NAME_LEN - 1] = '\0';
	}
	s->out = (struct flow_key){ .sport = r->lport, .dport = r->rport, .proto = r->proto };
	memcpy(s->out.src, r->laddr, EV_ADDR_LEN);
	memcpy(s->out.dst, r->raddr, EV_ADDR_LEN);
	return 0;
}

void flows_sock_end(struct flows *f, uint32_t sock)
{
	free(map_del(&f->socks, sock));
}

const struct sock_info *flows_sock_get(const struct flows *f, uint32_t sock)
{
	return sock ? map_get(&f->socks, sock) : NULL;
}

static void flow_chain_free(void *first)
{
	struct flow *fl = first, *next;

	for (; fl; fl = next) {
		next = fl->next;
		flow_free(fl);
	}
}

void flows_free(struct flows *f)
{
	map_free(&f->by_hash, flow_chain_free);
	map_free(&f->socks, free);
	*f = (struct flows){ 0 };
}
