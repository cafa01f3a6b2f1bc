/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls from their begin to their return, and the steps that their tasks make inside. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "track_in.h"

/* A call that sends a gigabyte makes steps without end: then only the newest of a stage stay. */
enum { CALL_STEPS_MAX = 4096 };

static void call_free(struct track_call *call)
{
	call_wakes_free(&call->c);
	step_list_free(&call->c.steps);
	free(call);
}

void call_name(struct part *part, struct track_call *call)
{
	part->call = call;
	part->j->call = &call->c;
	part->call_prev = NULL;
	part->call_next = call->parts;
	if (call->parts)
		call->parts->call_prev = part;
	call->parts = part;
}

void call_unname(struct part *part)
{
	struct track_call *call = part->call;

	if (!call)
		return;
	if (part->call_prev)
		part->call_prev->call_next = part->call_next;
	else
		call->parts = part->call_next;
	if (part->call_next)
		part->call_next->call_prev = part->call_prev;
	part->call = NULL;
	part->j->call = NULL;
	if (call->over && !call->parts)
		call_free(call);
}

static int request_list(struct track *t, struct track_call *call)
{
	struct track_call *last = map_get(&t->requests, call->c.sock);

	call->listed = call->c.sock;
	call->going_ns = call->c.start_ns;
	if (!last)
		return map_put(&t->requests, call->listed, call);
	while (last->later)
		last = last->later;
	last->later = call;
	return 0;
}

static void request_unlist(struct track *t, struct track_call *call)
{
	struct track_call *at = map_get(&t->requests, call->listed);

	if (at == call && !call->later) {
		map_del(&t->requests, call->listed);
	} else if (at == call) {
		map_put(&t->requests, call->listed, call->later);	/* replaces: needs no room */
	} else {
		while (at && at->later != call)
			at = at->later;
		if (at)
			at->later = call->later;
	}
	call->listed = 0;
}

/* Who runs requests may be any task: the one that was set going last is run. */
static struct track_call *request_of(const struct track *t, uint32_t sock)
{
	struct track_call *found = NULL;

	for (struct track_call *at = map_get(&t->requests, sock); at; at = at->later)
		if (!found || at->going_ns >= found->going_ns)
			found = at;
	return found;
}

struct track_call *call_of(const struct track *t, uint32_t tid, enum stage_dir dir, uint32_t sock)
{
	struct track_call *call = map_get(&t->tid_calls, tid);

	if (sock && (!call || call->c.sock != sock))
		call = request_of(t, sock);
	if (!call || op_dirs[call->c.op] != dir || (sock && call->c.sock && call->c.sock != sock))
		return NULL;
	return call;
}

int call_step(struct track_call *call, const struct step *s)
{
	if (call->c.steps.n >= CALL_STEPS_MAX)
		return step_list_renew(&call->c.steps, s);
	return step_list_add(&call->c.steps, s);
}

/* Whose connection it is about; after close() the socket may be gone, so this is asked twice. */
static void call_ends(const struct track *t, struct call *c)
{
	const struct sock_info *s = flows_sock_get(&t->flows, c->sock);

	if (!s)
		return;
	c->proto = s->out.proto;
	c->netns = s->netns;
	c->local.port = s->out.sport;
	c->remote.port = s->out.dport;
	memcpy(c->local.addr, s->out.src, EV_ADDR_LEN);
	memcpy(c->remote.addr, s->out.dst, EV_ADDR_LEN);
}

/* The call is over: it is told, its packets are looked at again, and it goes if nobody needs it. */
static int call_over(struct track *t, struct track_call *call)
{
	int err = 0;

	map_del(&t->calls, call->c.id);
	if (map_get(&t->tid_calls, call->c.tid) == call)
		map_del(&t->tid_calls, call->c.tid);
	if (call->listed)
		request_unlist(t, call);
	call->over = true;
	call_ends(t, &call->c);
	if (call->c.end_seen && op_dirs[call->c.op] == DIR_RECV)
		err = recv_read(t, call);
	if (!err)
		err = account_call_ends(t, &call->c);
	for (struct part *p = call->parts; p && !err; p = p->call_next)
		err = packet_arm(t, p->packet);
	if (!err && !t->stop && (op_dirs[call->c.op] & t->dirs)) {
		t->stats.calls++;
		if (t->sink.call)
			t->stop = t->sink.call(t->sink.ctx, &call->c);
	}
	if (!call->parts)
		call_free(call);
	return err;
}

static struct track_call *call_open(struct track *t, const struct ev_head *h, uint64_t id)
{
	struct track_call *call = calloc(1, sizeof(*call));
	const char *comm = names_task(&t->names, h->tid, NULL);

	if (!call)
		return NULL;
	call->c.id = id;
	call->c.tid = h->tid;
	call->c.start_ns = h->t_ns;
	call->c.cpu_start = call->c.cpu_end = h->cpu;
	if (comm)
		strncpy(call->c.comm, comm, sizeof(call->c.comm) - 1);
	if (map_put(&t->calls, id, call)) {
		free(call);
		return NULL;
	}
	return call;
}

int call_begin(struct track *t, const struct rec_call *r)
{
	bool request = op_is_request(r->op);
	struct track_call *call = request ? NULL : map_get(&t->tid_calls, r->head.tid), *same;
	int err = 0;

	/* A task has one call at a time: the return of the one before was lost. */
	if (call)
		err = call_over(t, call);
	same = map_get(&t->calls, r->call);
	if (!err && same)
		err = call_over(t, same);
	if (err)
		return err;
	call = call_open(t, &r->head, r->call);
	if (!call)
		return -ENOMEM;
	call->c.begin_seen = true;
	call->c.count = r->count;
	call->c.sock = r->sock;
	call->c.pid = r->pid;
	call->c.fd = r->fd;
	call->c.op = r->op < OP_N ? r->op : OP_NONE;
	call->c.flags = r->flags;
	call->c.seq_from = call->c.seq_to = r->seq;
	/* Who wakes it says it, perhaps on another CPU. */
	if (op_dirs[call->c.op] == DIR_BOTH)
		call->c.cpu_start = r->began_cpu;
	call_ends(t, &call->c);
	account_call_begins(t, &call->c);
	return request ? request_list(t, call) : map_put(&t->tid_calls, call->c.tid, call);
}

/* The bytes of a request lie before where it ended: others may have been run since it was submitted. */
static void request_bytes(struct call *c)
{
	bool moved = c->ret > 0 && op_dirs[c->op] != DIR_BOTH && !op_connects(c->op) && !call_peeks(c);

	c->seq_from = c->seq_to - (moved ? (uint32_t)c->ret : 0);
}

int call_return(struct track *t, const struct rec_callend *r)
{
	struct track_call *call = map_get(&t->calls, r->call);
	const char *comm = names_task(&t->names, r->head.tid, NULL);

	/* Its begin was lost: it is not known which call it was, so nothing can be told of it. */
	if (!call)
		return 0;
	call->c.end_seen = true;
	call->c.end_ns = r->head.t_ns;
	call->c.cpu_end = r->head.cpu;
	call->c.ret = r->ret;
	call->c.seq_to = r->seq;
	call->c.end_tid = r->head.tid;
	call->c.end_pid = r->pid;
	if (comm)
		strncpy(call->c.end_comm, comm, sizeof(call->c.end_comm) - 1);
	if (op_is_request(call->c.op)) {
		call->c.ran = r->ran < EV_RAN_N ? r->ran : EV_RAN_NONE;
		request_bytes(&call->c);
	}
	if (r->sock)
		call->c.sock = r->sock;
	return call_over(t, call);
}

int call_wake(struct track *t, const struct rec_wake *r)
{
	struct track_call *call = map_get(&t->calls, r->call);
	struct wake w = {
		.t_ns = r->head.t_ns,
		.by = {
			.t_ns = r->head.t_ns, .tid = r->head.tid, .cpu = r->head.cpu,
			.ctx = r->head.ctx < EV_CTX_N ? r->head.ctx : EV_CTX_TASK,
			.frame = frames_get(&t->frames, r->head.cpu, r->frame),
		},
	};
	const char *comm;

	if (!call)
		return 0;
	comm = names_task(&t->names, r->head.tid, &w.by.pid);
	if (comm)
		strncpy(w.by.comm, comm, sizeof(w.by.comm) - 1);
	call->going_ns = r->head.t_ns;
	return call_wake_add(&call->c, &w);
}

void call_run(struct track *t, const struct rec_run *r)
{
	struct track_call *call = map_get(&t->calls, r->call);
	struct wake *w = call && call->c.wake_n ? &call->c.wakes[call->c.wake_n - 1] : NULL;

	if (!w || w->run_ns)
		return;
	w->run_ns = r->head.t_ns;
	w->run_cpu = r->head.cpu;
}

static int call_earlier(const void *a, const void *b)
{
	const struct track_call *x = *(struct track_call *const *)a;
	const struct track_call *y = *(struct track_call *const *)b;

	if (x->c.start_ns != y->c.start_ns)
		return x->c.start_ns < y->c.start_ns ? -1 : 1;
	return x->c.id < y->c.id ? -1 : x->c.id > y->c.id;
}

int calls_end(struct track *t)
{
	struct track_call **open = calloc(t->calls.n + 1, sizeof(struct track_call *));
	size_t n = 0;
	int err = 0;

	if (!open)
		return -ENOMEM;
	for (size_t i = 0; i < t->calls.room; i++)
		if (t->calls.slots[i].value)
			open[n++] = t->calls.slots[i].value;
	qsort(open, n, sizeof(struct track_call *), call_earlier);
	for (size_t i = 0; i < n && !err; i++)
		err = call_over(t, open[i]);
	free(open);
	return err ? err : t->stop;
}

static void call_drop(void *value)
{
	call_free(value);
}

void calls_free(struct track *t)
{
	map_free(&t->calls, call_drop);
	map_free(&t->tid_calls, NULL);
	map_free(&t->requests, NULL);
}
