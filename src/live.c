// SPDX-License-Identifier: GPL-2.0-or-later
/* A live run. */
#include "live.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "kernel.h"
#include "live_child.h"
#include "live_host.h"
#include "live_output.h"
#include "kernel_privilege.h"
#include "live_ring.h"
#include "loader.h"
#include "map.h"
#include "order.h"
#include "say.h"
#include "stack.h"

enum {
	POLL_MS = 20,		/* the longest that a record waits before it is drawn */
	QUIET_TICKS = 50,	/* ticks still written after the last record: time-outs need event time */
	BEHIND_NS = 2 * POLL_MS * 1000 * 1000,	/* it should have been read before */
	LINGER_NS = 150 * 1000 * 1000,	/* after the command's end: what it sent may still be on its way */
};

struct live {
	const struct options *o;
	enum stage_dir dirs;
	struct kernel *kernel;
	struct loader *loader;
	struct live_output *out;
	struct live_ring {
		struct ring *ring;
		uint64_t lost;	/* of its records, as far as a TALLY has told */
		uint64_t behind;	/* of them, while it was not read for long */
	} *rings;
	unsigned int cpus;
	int signals;
	struct child child;
	struct map named;	/* addresses whose names were said */
	struct map hosts;	/* network namespaces, likewise */
	unsigned int idle;	/* rounds without a record */
	uint64_t began_ns;	/* the last round */
	uint64_t missed, missed_ns;	/* runs that were missed, as far as a MISSED has told, and when that was asked */
	bool got;		/* a record in this round */
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* The i-th address of the kernel's code that the record mentions; 0: it has no more. */
static uint64_t address_in(const struct ev_head *head, unsigned int i)
{
	if (head->kind == EV_STACK)
		return stack_address((const struct rec_stack *)head, i);
	if (i)
		return 0;
	if (head->kind == EV_END)
		return ((const struct rec_end *)head)->location;
	if (head->kind == EV_FRAME)
		return ((const struct rec_frame *)head)->func;
	if (head->kind == EV_STEP && head->stage < ST_N && stages[head->stage].say == SAY_FUNCTION)
		return ((const struct rec_step *)head)->arg;
	return 0;
}

/* The name of the network namespace of a device, before the first of its devices. 0 or -errno. */
static int name_host(struct live *l, const struct rec_dev *dev)
{
	struct rec_nsname r = {
		.head = { .size = sizeof(r), .kind = EV_NSNAME, .t_ns = dev->head.t_ns }, .netns = dev->netns,
	};
	char name[EV_NAME_LEN * 2];
	int err;

	if (!dev->netns || map_get(&l->hosts, dev->netns))
		return 0;
	err = map_put(&l->hosts, dev->netns, l);
	memset(name, 0, sizeof(name));
	host_name(dev->netns, name, sizeof(name));
	memcpy(r.name, name, sizeof(r.name));
	memcpy(r.rest, name + sizeof(r.name), sizeof(r.rest));
	return err || !*name ? err : live_output_record(l->out, &r.head);
}

/* The name of an address of that record, before it: it is known only here, on the traced machine. 0 or -errno. */
static int name_address(struct live *l, const struct ev_head *head, uint64_t address)
{
	struct rec_sym sym = {
		.head = { .size = sizeof(sym), .kind = EV_SYM, .t_ns = head->t_ns }, .addr = address,
	};
	char name[EV_NAME_LEN * 2];
	int err;

	if (map_get(&l->named, address))
		return 0;
	memset(name, 0, sizeof(name));
	loader_symbol(l->loader, address, name, sizeof(name));
	memcpy(sym.name, name, sizeof(sym.name));
	memcpy(sym.rest, name + sizeof(sym.name), sizeof(sym.rest));
	err = live_output_record(l->out, &sym.head);
	return err ? err : map_put(&l->named, address, l);
}

static int take(void *ctx, const void *rec, size_t size)
{
	struct live *l = ctx;
	const struct ev_head *head = rec;
	int err = 0;

	if (size < sizeof(*head) || head->size != size)
		return -EBADMSG;
	l->got = true;
	if (head->kind == EV_DEV)
		err = name_host(l, rec);
	for (unsigned int i = 0; !err && address_in(head, i); i++)
		err = name_address(l, head, address_in(head, i));
	return err ? err : live_output_record(l->out, head);
}

/*
 * What a CPU lost shows in its next record; but that may be long in coming, and
 * the packets concerned would be drawn as if nothing had been lost. Fills
 * tally if there is something new to tell.
 */
static void tally_fill(struct live *l, unsigned int cpu, bool behind, struct rec_tally *tally)
{
	struct live_ring *r = &l->rings[cpu];
	struct loader_tally t;

	if (!ring_was_full(r->ring, EV_SIZE_MAX) || loader_tally(l->loader, cpu, &t) || t.ring_full == r->lost)
		return;
	r->behind += behind ? t.ring_full - r->lost : 0;
	r->lost = t.ring_full;
	*tally = (struct rec_tally){
		.head = { .size = sizeof(*tally), .kind = EV_TALLY, .cpu = cpu, .t_ns = now_ns() },
		.attempts = t.attempts,
	};
}

/*
 * Nobody knows whose steps those runs would have told of, so it is told before the TICK that lets
 * packets of this time be drawn.
 */
static int tell_missed(struct live *l, bool last)
{
	uint64_t now = now_ns(), every = loader_missed_every(l->loader), missed;
	struct rec_missed r;

	if (!last && now - l->missed_ns < (every > ORDER_SLACK_NS ? every : ORDER_SLACK_NS))
		return 0;
	if (!every) {
		l->missed_ns = now;
		return 0;
	}
	missed = loader_missed(l->loader);
	r = (struct rec_missed){
		.head = { .size = sizeof(r), .kind = EV_MISSED, .t_ns = now },
		.runs = missed - l->missed, .since_ns = l->missed_ns,
	};
	l->missed = missed;
	l->missed_ns = now;
	return r.runs ? live_output_record(l->out, &r.head) : 0;
}

static int read_ring(struct live *l, unsigned int cpu, unsigned long head, const struct rec_tally *tally)
{
	int err = ring_read(l->rings[cpu].ring, head, take, l);

	return err || !tally->attempts ? err : live_output_record(l->out, &tally->head);
}

/*
 * Reads every ring up to where the kernel was when the round began. All that
 * is older than that moment has then been delivered, and a TICK says so.
 */
static int read_round(struct live *l, bool last)
{
	uint64_t began = now_ns();
	struct rec_tally tallies[l->cpus];
	unsigned long heads[l->cpus];
	bool behind = began > l->began_ns + BEHIND_NS;
	int err = 0;

	l->began_ns = began;
	l->got = false;
	memset(tallies, 0, sizeof(tallies));
	for (unsigned int i = 0; i < l->cpus; i++) {
		/* The number first: what it counts is then before the head. */
		tally_fill(l, i, behind, &tallies[i]);
		heads[i] = ring_head(l->rings[i].ring);
	}
	for (unsigned int i = 0; i < l->cpus && !err; i++)
		err = read_ring(l, i, heads[i], &tallies[i]);
	l->idle = l->got ? 0 : l->idle + 1;
	if (!err)
		err = tell_missed(l, last);
	if (!err && l->idle < QUIET_TICKS) {
		struct rec_tick tick = {
			/* It vouches for what is older than the slack of the order. */
			.head = { .size = sizeof(tick), .kind = EV_TICK,
				  .t_ns = began < l->missed_ns + ORDER_SLACK_NS ? began : l->missed_ns + ORDER_SLACK_NS },
		};

		err = live_output_record(l->out, &tick.head);
	}
	if (!err)
		err = live_output_flush(l->out);
	return err;
}

static int open_rings(struct live *l)
{
	l->cpus = loader_cpus(l->loader);
	l->rings = calloc(l->cpus, sizeof(*l->rings));
	if (!l->rings)
		return -ENOMEM;
	for (unsigned int i = 0; i < l->cpus; i++) {
		int err = ring_open(&l->rings[i].ring, loader_ring_fd(l->loader, i), l->o->ring);

		if (err)
			return err;
	}
	return 0;
}

static int block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* True if somebody asked us to stop. */
static bool read_signals(struct live *l)
{
	struct signalfd_siginfo info;
	bool stop = false;

	while (read(l->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			child_reap(&l->child);
		else
			stop = true;
	}
	return stop;
}

/* 0, 1: drawn enough, or a negative error of the output. */
static int follow(struct live *l)
{
	uint64_t start = now_ns(), end = 0;
	struct pollfd *fds = calloc(l->cpus + 1, sizeof(*fds));
	int err = 0;

	if (!fds)
		return -ENOMEM;
	for (unsigned int i = 0; i < l->cpus; i++)
		fds[i] = (struct pollfd){ .fd = loader_ring_fd(l->loader, i), .events = POLLIN };
	fds[l->cpus] = (struct pollfd){ .fd = l->signals, .events = POLLIN };
	l->began_ns = l->missed_ns = start;
	if (l->o->seconds_ms)
		end = start + l->o->seconds_ms * 1000000ull;
	while (!err) {
		/* The rings wake us when much has come; a timeout serves the rest. */
		poll(fds, l->cpus + 1, POLL_MS);
		err = read_round(l, false);
		if (read_signals(l) || (end && now_ns() >= end))
			break;
		if (l->child.ended && (!end || end > now_ns() + LINGER_NS))
			end = now_ns() + LINGER_NS;
	}
	loader_run(l->loader, false);
	/* What is in the rings by now belongs to the capture also if enough was drawn. */
	if (err >= 0) {
		int last = read_round(l, true);

		err = last ? last : err;
	}
	free(fds);
	return err;
}

static void tell_ready(const struct live *l)
{
	const struct plan *p = loader_plan(l->loader);
	unsigned int on = 0, wanted = 0;
	char filter[256];

	for (unsigned int id = ST_NONE + 1; id < ST_N; id++)
		if (stages[id].dir != DIR_LIFE && plan_wants(id, l->dirs)) {
			wanted++;
			on += !!p->choice[id].hook;
		}
	if (!l->o->quiet && l->o->drops)
		say("ready: waiting for what is dropped of %s%s", filter_say(&l->o->filter, filter, sizeof(filter)),
		    l->o->seconds_ms || l->o->packets ? "" : " (Ctrl-C ends)");
	else if (!l->o->quiet)
		say("ready: following %s with %u of %u rows%s", filter_say(&l->o->filter, filter, sizeof(filter)), on,
		    wanted, l->o->command || l->o->seconds_ms || l->o->packets ? "" : " (Ctrl-C ends)");
}

static int exit_of(int err)
{
	switch (-err) {
	case EPERM:
	case EACCES:
		return EXIT_PRIVILEGE;
	case ENOENT:
		return EXIT_KERNEL;
	}
	return EXIT_INTERNAL;
}

static int start(struct live *l)
{
	struct loader_opts lo = {
		.filter = l->o->filter, .dirs = l->dirs, .ring = l->o->ring, .in_flight = l->o->in_flight,
		.only = l->o->backend ? backend_by_name(l->o->backend) : BACK_NONE,
		.tcp = l->o->tcp, .minor = l->o->detail == DETAIL_FULL, .drops = l->o->drops,
	};
	int err;

	err = kernel_open(&l->kernel);
	if (err)
		return err;
	if (l->o->command) {
		/* The command's own processes are followed unless a pid was chosen. */
		if (!l->o->filter.pid)
			lo.filter.cfg.by_pid = lo.follow_forks = true;
		err = child_start(&l->child, l->o->command);
		if (err) {
			say("cannot start a process: %s", strerror(-err));
			return err;
		}
	}
	lo.pid = l->o->filter.pid ? l->o->filter.pid : l->child.pid;
	err = loader_open(&l->loader, l->kernel, &lo);
	if (err)
		return err;
	err = loader_find_process(l->loader);
	if (!err)
		err = open_rings(l);
	if (err) {
		say("cannot prepare the kernel side: %s", strerror(-err));
		return err;
	}
	return loader_attach(l->loader);
}

static void count_behind(const struct live *l)
{
	for (unsigned int i = 0; i < l->cpus; i++)
		live_output_count(l->out, "behind", i, l->rings[i].behind);
}

int live_run(const struct options *o, enum stage_dir dirs, const char *verb, bool draw)
{
	struct live l = { .o = o, .dirs = dirs, .signals = -1, .child.gate = -1 };
	int err, status;

	l.signals = block_signals();
	err = start(&l);
	status = err ? exit_of(err) : EXIT_OK;
	if (!err) {
		status = live_output_open(&l.out, o, dirs, verb, draw, l.kernel, loader_plan(l.loader));
		if (status == EXIT_OK) {
			/* All is open and attached; the command of the user was forked before, and keeps its own. */
			err = privilege_drop();
			if (err)
				say("cannot give up what is no longer needed: %s", strerror(-err));
			loader_run(l.loader, true);
			err = loader_find_sockets(l.loader);
			if (err)
				say("cannot look for sockets that are already open: %s", strerror(-err));
			tell_ready(&l);
			child_go(&l.child);
			err = follow(&l);
			count_behind(&l);
			status = live_output_finish(l.out, l.loader, err);
		}
	}
	if (l.loader && say_verbose)
		say_more("%u packets were still open in the kernel", loader_open_ids(l.loader));
	for (unsigned int i = 0; l.rings && i < l.cpus; i++)
		ring_close(l.rings[i].ring);
	free(l.rings);
	loader_close(l.loader);
	kernel_close(l.kernel);
	child_drop(&l.child);
	map_free(&l.named, NULL);
	map_free(&l.hosts, NULL);
	if (l.signals >= 0)
		close(l.signals);
	if (status == EXIT_OK && l.child.ended)
		status = l.child.status;
	return status;
}
