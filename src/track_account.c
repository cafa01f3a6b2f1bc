// SPDX-License-Identifier: GPL-2.0-or-later
/* Which connection a record's bytes belong to, from its SYN to its end. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "proto.h"
#include "track_in.h"

/* Of more at a time the oldest is given up. */
enum { CONNECTIONS_MAX = 8192 };

static int account_way(const struct account *a)
{
	return a == &a->of->ways[1];
}

/* Is it the socket of this end? It is from now on if no other one was. */
static bool end_take(struct account_end *end, uint32_t sock)
{
	if (!end->sock && sock != end->stale)
		end->sock = sock;
	end->here |= sock && end->sock == sock;
	return sock && end->sock == sock;
}

static int connection_sums(struct track *t, struct connection *c, struct account_sum sums[2],
			   size_t *n)
{
	int err = 0;

	*n = 0;
	for (int i = 0; i < 2 && !err; i++) {
		struct account_sum *sum = &sums[*n];

		if (!c->ways[i].begun)
			continue;
		err = connection_sum(c, i, t->loss.total, sum);
		sum->key = c->flows[i]->key;
		*n += sum->sender || sum->receiver;
	}
	return err;
}

static void connection_drop(struct track *t, struct connection *c)
{
	if (c->prev)
		c->prev->next = c->next;
	else
		t->connections = c->next;
	if (c->next)
		c->next->prev = c->prev;
	else
		t->connections_last = c->prev;
	t->connection_n--;
	for (int i = 0; i < 2; i++) {
		if (c->flows[i]->account == &c->ways[i])
			c->flows[i]->account = NULL;
		flow_put(c->flows[i], t->now_ns);
	}
	connection_free(c);
	free(c);
}

static bool account_moved_any(const struct account *a)
{
	return a->sent.n || a->arrived.n || a->accepted.n || a->read.n;
}

/* A SYN that nobody answered makes no connection. */
static bool connection_was(const struct connection *c)
{
	return (c->ways[0].begun && c->ways[1].begun) || account_moved_any(&c->ways[0]) ||
	       account_moved_any(&c->ways[1]);
}

/* It is over: gives it, and forgets it. */
static int connection_close(struct track *t, struct connection *c)
{
	struct account_sum sums[2];
	size_t n;
	int err = connection_sums(t, c, sums, &n);
	bool give = n && connection_was(c);

	connection_drop(t, c);
	if (!err && give && !t->stop && t->sink.connection)
		t->stop = t->sink.connection(t->sink.ctx, sums, n);
	return err;
}

/* Both sides have said that they send no more, or the connection is broken. */
static bool connection_ended(const struct connection *c)
{
	for (int i = 0; i < 2; i++)
		if (c->ways[i].begun && !c->ways[i].fin_known && !c->reset)
			return false;
	return true;
}

/* No socket on this host can still move bytes of it. */
static bool connection_gone(const struct connection *c)
{
	for (int i = 0; i < 2; i++)
		if (c->ends[i].here && !c->ends[i].gone)
			return false;
	return c->ends[0].here || c->ends[1].here;
}

/* Something was seen of it: is that all? */
static int connection_look(struct track *t, struct connection *c)
{
	struct account_sum sums[2];
	size_t n, even = 0;
	int err;

	if (connection_gone(c))
		return connection_close(t, c);
	if (!connection_ended(c))
		return 0;
	err = connection_sums(t, c, sums, &n);
	for (size_t i = 0; i < n; i++)
		even += account_even(&sums[i]);
	return err || !n || even < n ? err : connection_close(t, c);
}

/* key: its first direction. It takes the place of those that had its addresses. NULL on no memory. */
static struct connection *connection_new(struct track *t, const struct flow_key *key)
{
	struct flow_key back = flow_reverse(key);
	struct connection *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->flows[0] = flow_get(&t->flows, key, t->now_ns);
	c->flows[1] = c->flows[0] ? flow_get(&t->flows, &back, t->now_ns) : NULL;
	if (!c->flows[1]) {
		flow_put(c->flows[0], t->now_ns);
		free(c);
		return NULL;
	}
	for (int i = 0; i < 2; i++) {
		const struct account *before = c->flows[i]->account;

		if (before)
			c->ends[i].stale = before->of->ends[account_way(before)].sock;
		c->ways[i].of = c;
		c->flows[i]->account = &c->ways[i];
	}
	c->number = ++t->connection_numbers;
	c->lost = t->loss.total;
	c->prev = t->connections_last;
	if (c->prev)
		c->prev->next = c;
	else
		t->connections = c;
	t->connections_last = c;
	t->connection_n++;
	return c;
}

/* A SYN begins a direction: of a connection that is known, or of another one with these addresses. */
static int account_syn(struct track *t, const struct rec_skb *r, const struct flow_key *key,
		       struct flow *fl)
{
	struct account *a = fl ? fl->account : NULL;
	struct connection *old = a ? a->of : NULL, *c;
	struct flow_key first = r->tcp_flags & TCP_ACK ? flow_reverse(key) : *key;
	bool mixed;

	/* The same SYN again, also after all was over. */
	if (a ? a->begun && a->isn == r->seq : fl && fl->isn_known && fl->isn == r->seq)
		return 0;
	/* The answer; or another answer, before a byte has moved (SYN cookies). */
	if (a && (!a->begun || (r->tcp_flags & TCP_ACK && !account_moved_any(a)))) {
		account_begin(a, r->seq, t->now_ns);
		return 0;
	}
	c = connection_new(t, &first);
	if (!c)
		return -ENOMEM;
	account_begin(&c->ways[!!(r->tcp_flags & TCP_ACK)], r->seq, t->now_ns);
	mixed = old && !connection_ended(old) && !connection_gone(old) &&
		(account_moved_any(&old->ways[0]) || account_moved_any(&old->ways[1]));
	for (int i = 0; i < 2 && mixed; i++)
		c->ways[i].mixed = old->ways[i].mixed = true;
	if (!old && t->connection_n > CONNECTIONS_MAX) {
		old = t->connections;
		old->evicted = true;
	}
	return old ? connection_close(t, old) : 0;
}

int account_skb(struct track *t, const struct rec_skb *r)
{
	struct flow_key key = { .sport = r->sport, .dport = r->dport, .proto = r->proto };
	uint32_t first = r->seq + !!(r->tcp_flags & TCP_SYN);
	struct account *a;
	struct flow *fl;
	int err = 0;

	/* The bytes of later fragments were counted in the whole, or will be. */
	if (r->proto != IPPROTO_TCP || r->fragment > 1)
		return 0;
	memcpy(key.src, r->saddr, EV_ADDR_LEN);
	memcpy(key.dst, r->daddr, EV_ADDR_LEN);
	fl = flow_find(&t->flows, &key);
	if (r->tcp_flags & TCP_SYN) {
		err = account_syn(t, r, &key, fl);
		fl = flow_find(&t->flows, &key);
	}
	a = fl ? fl->account : NULL;
	if (err || !a)
		return err;
	if (r->dir == EV_DIR_SEND) {
		/* Another socket of the same addresses, in another namespace. */
		if (r->sock && !end_take(&a->of->ends[account_way(a)], r->sock))
			return 0;
		a->left |= r->tcp_flags & TCP_SYN;
		err = account_sent(a, first, r->len);
	}
	if (r->tcp_flags & TCP_FIN)
		account_fin(a, first + r->len);
	a->of->reset |= !!(r->tcp_flags & TCP_RST);
	return err ? err : connection_look(t, a->of);
}

int account_arrival(struct track *t, struct part *part)
{
	const struct journey *j = part->j;
	struct account *a = part->flow->account;
	uint32_t sock = part->packet->head.sock;
	bool syn = j->tcp_flags & TCP_SYN;
	int err;

	/* On this host the sender's skb arrives, and its head says whose that was. */
	if (!a || j->proto != IPPROTO_TCP || (sock && !end_take(&a->of->ends[account_way(a)], sock)))
		return 0;
	a->came |= syn && a->isn == j->seq;
	err = account_arrived(a, j->seq + syn, j->len, &part->fresh);
	part->counted_in = a->of->number;
	return err ? err : connection_look(t, a->of);
}

int account_drop(struct track *t, struct part *part, uint32_t reason)
{
	struct account *a = part->flow ? part->flow->account : NULL;
	const char *name = names_reason(&t->names, reason);

	/* What nobody had read when the socket was closed did arrive. */
	if (!a || part->counted_in != a->of->number || (name && !strcmp(name, "QUEUE_PURGE")))
		return 0;
	return account_dropped(a, &part->fresh);
}

/* The direction that the socket sends; NULL: none that is counted. */
static struct account *account_of_sock(const struct track *t, uint32_t sock)
{
	const struct sock_info *s = flows_sock_get(&t->flows, sock);
	struct flow *fl = s && s->out.proto == IPPROTO_TCP ? flow_find(&t->flows, &s->out) : NULL;

	return fl ? fl->account : NULL;
}

/* Is it a call that moves bytes of the stream? */
static bool call_moves(const struct call *c)
{
	return op_dirs[c->op] != DIR_BOTH && c->op != OP_NONE && !op_connects(c->op) &&
	       c->op != OP_SHUTDOWN && c->op != OP_CLOSE && !call_peeks(c);
}

void account_call_begins(struct track *t, const struct call *c)
{
	struct account *a = account_of_sock(t, c->sock);

	if (a && call_moves(c) && op_dirs[c->op] == DIR_SEND &&
	    a->of->ends[account_way(a)].sock == c->sock)
		account_writes(a, c->seq_from);
}

int account_call_ends(struct track *t, const struct call *c)
{
	struct account *a = account_of_sock(t, c->sock);
	bool writes = op_dirs[c->op] == DIR_SEND;
	struct account_end *end;
	struct connection *of;
	int way, err;

	if (!a || !call_moves(c))
		return 0;
	of = a->of;
	way = account_way(a);
	end = &of->ends[way];
	/* A socket that no byte goes through may be that of an earlier connection, still to be closed. */
	if (end->sock != c->sock && (c->seq_from == c->seq_to || !end_take(end, c->sock)))
		return 0;
	if (!c->end_seen) {
		end->writes += writes;
		return 0;
	}
	end->reads += !writes;
	if (writes)
		err = account_wrote(a, c->seq_from, c->seq_to, c->start_ns);
	else
		err = account_read(&of->ways[!way], c->seq_from, c->seq_to, c->start_ns);
	return err ? err : connection_look(t, of);
}

int account_sock_ends(struct track *t, uint32_t sock)
{
	struct account *a = account_of_sock(t, sock);
	struct account_end *end = a ? &a->of->ends[account_way(a)] : NULL;

	if (!end || end->sock != sock)
		return 0;
	end->gone = true;
	return connection_look(t, a->of);
}

int accounts_end(struct track *t)
{
	int err = 0;

	while (t->connections && !err && !t->stop)
		err = connection_close(t, t->connections);
	return err ? err : t->stop;
}

void accounts_free(struct track *t)
{
	while (t->connections)
		connection_drop(t, t->connections);
}
