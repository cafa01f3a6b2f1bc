/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spells the values that a journey holds. */
#include "diagram_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "addr.h"
#include "proto.h"
#include "row.h"
#include "way_words.h"

char *words_time(char out[WORDS_ROOM], uint64_t ns)
{
	uint64_t tenths = ns / 100 + (ns % 100 >= 50);	/* of a microsecond */

	/* No floating point: its spelling depends on the locale. */
	if (tenths < 10000)
		snprintf(out, WORDS_ROOM, "%" PRIu64 ".%" PRIu64 " µs", tenths / 10, tenths % 10);
	else if ((tenths = ns / 100000 + (ns % 100000 >= 50000)) < 10000)
		snprintf(out, WORDS_ROOM, "%" PRIu64 ".%" PRIu64 " ms", tenths / 10, tenths % 10);
	else
		snprintf(out, WORDS_ROOM, "%" PRIu64 ".%02" PRIu64 " s", ns / 1000000000,
			 ns % 1000000000 / 10000000);
	return out;
}

char *words_endpoint(char out[WORDS_ROOM], const struct endpoint *e, bool ports)
{
	char addr[ADDR_TEXT_LEN];
	bool v6;

	addr_text(addr, e->addr);
	v6 = strchr(addr, ':');
	if (!ports)
		snprintf(out, WORDS_ROOM, "%s", addr);
	else
		snprintf(out, WORDS_ROOM, "%s%s%s:%u", v6 ? "[" : "", addr, v6 ? "]" : "", e->port);
	return out;
}

char *words_proto(char out[WORDS_ROOM], unsigned int number)
{
	const struct proto *p = proto_by_number(number);

	if (p)
		snprintf(out, WORDS_ROOM, "%s", p->spelled);
	else
		snprintf(out, WORDS_ROOM, "IP protocol %u", number);
	return out;
}

char *words_flags(char out[WORDS_ROOM], unsigned int tcp_flags)
{
	/* In the order in which people say them. */
	static const struct { unsigned int bit; const char *name; } names[] = {
		{ TCP_SYN, "SYN" }, { TCP_FIN, "FIN" }, { TCP_RST, "RST" }, { TCP_PSH, "PSH" }, { TCP_ACK, "ACK" },
		{ TCP_URG, "URG" }, { TCP_ECE, "ECE" }, { TCP_CWR, "CWR" },
	};
	size_t at = snprintf(out, WORDS_ROOM, "[");

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (tcp_flags & names[i].bit)
			at += snprintf(out + at, WORDS_ROOM - at, "%s%s", at > 1 ? ", " : "",
				       names[i].name);
	snprintf(out + at, WORDS_ROOM - at, "%s]", at > 1 ? "" : "no flags");
	return out;
}

/* NF_INET_* and the hooks of the netdev family. */
static const char *hook_name(unsigned int pf, unsigned int hook)
{
	static const char *const inet[] = {
		"PRE_ROUTING", "LOCAL_IN", "FORWARD", "LOCAL_OUT", "POST_ROUTING",
	};
	static const char *const netdev[] = { "INGRESS", "EGRESS" };

	if (pf == 5)
		return hook < 2 ? netdev[hook] : NULL;
	return hook < 5 ? inet[hook] : NULL;
}

static const char *hook_family(unsigned int pf)
{
	switch (pf) {
	case 1: return "inet";
	case 2: return "IPv4";
	case 3: return "ARP";
	case 5: return "netdev";
	case 7: return "bridge";
	case 10: return "IPv6";
	default: return "";
	}
}

char *words_label(char out[WORDS_ROOM], const struct step *s)
{
	const char *hook = stages[s->stage].say == SAY_HOOK && !s->from_stack ?
		hook_name(s->arg >> 8 & 0xff, s->arg & 0xff) : NULL;

	snprintf(out, WORDS_ROOM, "%s", hook ? hook : step_name(s));
	return out;
}

static void say_txrc(char out[WORDS_ROOM], const struct step *s)
{
	int rc = (int)s->arg;

	if (rc == 0)
		snprintf(out, WORDS_ROOM, "%s%staken by the driver", s->dev, s->dev[0] ? ": " : "");
	else if (rc == 0x10)
		snprintf(out, WORDS_ROOM, "%s%sbusy, goes back to the queue", s->dev,
			 s->dev[0] ? ": " : "");
	else
		snprintf(out, WORDS_ROOM, "%s%sanswered %d", s->dev, s->dev[0] ? ": " : "", rc);
}

static void say_segment(char *out, uint64_t arg)
{
	uint32_t bytes = arg;

	switch (arg >> 32) {
	case SEGMENT_IN_ORDER:
		snprintf(out, WORDS_ROOM, "in order");
		break;
	case SEGMENT_OLD:
		snprintf(out, WORDS_ROOM, "old: all of it was received before");
		break;
	case SEGMENT_BEYOND:
		snprintf(out, WORDS_ROOM, "beyond the window of %u B", bytes);
		break;
	case SEGMENT_PARTLY_OLD:
		snprintf(out, WORDS_ROOM, "partly old: %u B were received before", bytes);
		break;
	case SEGMENT_OUT_OF_ORDER:
		snprintf(out, WORDS_ROOM, "out of order: %u B before it are missing", bytes);
		break;
	case SEGMENT_CLOSED:
		snprintf(out, WORDS_ROOM, "in order, but the window is closed");
		break;
	}
}

static void say_hook(char out[WORDS_ROOM], const struct step *s)
{
	const char *family = hook_family(s->arg >> 8 & 0xff);
	const char *ct = s->arg >> 16 ? ct_state((s->arg >> 16) - 1) : NULL;

	snprintf(out, WORDS_ROOM, "%s%s%s%s%s", stages[s->stage].name, *family ? ", " : "", family,
		 ct ? " · conntrack " : "", ct ? ct : "");
}

static void say_verdict(char out[WORDS_ROOM], const struct step *s)
{
	char time[WORDS_ROOM] = "";

	if (s->spent_ns)
		words_time(time, s->spent_ns);
	snprintf(out, WORDS_ROOM, "%s%s%.40s%s", (int32_t)s->arg == 1 ? "accept" : (int32_t)s->arg ? "refuse" :
		 "kept by a function of the hook", *time ? " · " : "", time, *time ? " in the hook" : "");
}

char *words_note(char out[WORDS_ROOM], const struct step *s)
{
	const char *name;

	out[0] = '\0';
	/* A stack has no arguments. */
	if (s->from_stack)
		return out;
	switch (stages[s->stage].say) {
	case SAY_NONE:
	case SAY_FUNCTION:
		break;
	case SAY_BYTES:
		/* A tracepoint may not tell the number. */
		if (s->arg)
			snprintf(out, WORDS_ROOM, "%" PRIu64 " B", s->arg);
		break;
	case SAY_CWND:
		snprintf(out, WORDS_ROOM, "cwnd %" PRIu64 ", in flight %" PRIu64, s->arg >> 32,
			 s->arg & UINT32_MAX);
		break;
	case SAY_CLONE:
		snprintf(out, WORDS_ROOM, "%s", s->arg ? "a clone goes down" : "goes down itself");
		break;
	case SAY_DEV:
		snprintf(out, WORDS_ROOM, "%s", s->dev);
		break;
	case SAY_HOOK:
		say_hook(out, s);
		break;
	case SAY_QDISC:
	case SAY_DIRECT:
	case SAY_NEIGH:
	case SAY_SOLICIT:
	case SAY_LLADDR:
	case SAY_ICMP:
	case SAY_ICMP6:
	case SAY_MTU:
	case SAY_CHAIN:
	case SAY_RULE:
	case SAY_NAT:
		words_way(out, s);
		break;
	case SAY_TXRC:
		say_txrc(out, s);
		break;
	case SAY_CPU:
		snprintf(out, WORDS_ROOM, "for cpu%" PRIu64, s->arg);
		break;
	case SAY_STATE:
		name = tcp_state_name(s->arg);
		if (name)
			snprintf(out, WORDS_ROOM, "%s", name);
		else
			snprintf(out, WORDS_ROOM, "state %" PRIu64, s->arg);
		break;
	case SAY_VERDICT:
		say_verdict(out, s);
		break;
	case SAY_INTO:
		if (s->arg)
			snprintf(out, WORDS_ROOM, "into #%" PRIu64, s->arg);
		break;
	case SAY_SEGMENT:
		say_segment(out, s->arg);
		break;
	case SAY_RCVQ:
		if (s->arg == ROW_RCVQ_UNKNOWN)
			break;
		if (s->arg)
			snprintf(out, WORDS_ROOM, "%" PRIu64 " B wait in the queue", s->arg);
		else
			snprintf(out, WORDS_ROOM, "the queue is empty");
		break;
	}
	return out;
}

char *words_task(char out[WORDS_ROOM], const char *comm, uint32_t tid, uint32_t pid)
{
	if (!tid)
		snprintf(out, WORDS_ROOM, "swapper, idle");
	else if (!*comm)
		snprintf(out, WORDS_ROOM, "task %u", tid);
	else if (pid && pid != tid)
		snprintf(out, WORDS_ROOM, "%s[%u, thread %u]", comm, pid, tid);
	else
		snprintf(out, WORDS_ROOM, "%s[%u]", comm, tid);
	return out;
}

char *words_call(char out[WORDS_ROOM], const struct call *c)
{
	const char *name = c->op != OP_NONE ? op_names[c->op] : "a call";
	char fd[16] = "", count[32] = "";

	/* What waits for readiness of many has none, nor has a request with a registered file. */
	if (c->fd >= 0)
		snprintf(fd, sizeof(fd), "fd %d", c->fd);
	if (c->count)
		snprintf(count, sizeof(count), "%s%" PRIu64 " B", *fd ? ", " : "", c->count);
	snprintf(out, WORDS_ROOM, "%s(%s%s%s)", name, fd, count, call_peeks(c) ? ", MSG_PEEK" : "");
	return out;
}

char *words_ran(char out[WORDS_ROOM], const struct call *c)
{
	char task[WORDS_ROOM];

	out[0] = '\0';
	if (c->ran == EV_RAN_WORKER)
		snprintf(out, WORDS_ROOM, "run by a worker of io-wq");
	else if (c->ran == EV_RAN_TASK_WORK)
		snprintf(out, WORDS_ROOM, "run by task work");
	else if (c->ran && c->end_tid != c->tid)
		snprintf(out, WORDS_ROOM, "completed by %.100s", words_task(task, c->end_comm, c->end_tid, c->end_pid));
	return out;
}

char *words_return(char out[WORDS_ROOM], int64_t ret)
{
	/* include/linux/errno.h: a program sees EINTR or a new try instead. */
	static const struct { int no; const char *name; } kernel[] = {
		{ 512, "ERESTARTSYS" }, { 513, "ERESTARTNOINTR" }, { 514, "ERESTARTNOHAND" },
		{ 516, "ERESTART_RESTARTBLOCK" },
	};
	const char *name = NULL;

	if (ret >= 0 || ret < -4095) {
		snprintf(out, WORDS_ROOM, "%" PRId64, ret);
		return out;
	}
	for (size_t i = 0; i < sizeof(kernel) / sizeof(*kernel); i++)
		if (kernel[i].no == -ret)
			name = kernel[i].name;
	if (!name)
		name = strerrorname_np((int)-ret);
	if (name)
		snprintf(out, WORDS_ROOM, "-1 %s", name);
	else
		snprintf(out, WORDS_ROOM, "-1, error %" PRId64, -ret);
	return out;
}

const char *words_end(const struct journey *j)
{
	if (j->state == JOURNEY_DROPPED)
		return "dropped";
	return j->end_how == EV_END_COALESCED ? "coalesced" : "freed";
}

char *words_reason(char out[WORDS_ROOM], const struct journey *j)
{
	/* Kernels before 5.17 have no reasons, others do not always say one. */
	if (j->end_reason_name[0] && strcmp(j->end_reason_name, "NOT_SPECIFIED"))
		snprintf(out, WORDS_ROOM, "%s", j->end_reason_name);
	else if (j->end_reason && !j->end_reason_name[0])
		snprintf(out, WORDS_ROOM, "reason %u", j->end_reason);
	else
		snprintf(out, WORDS_ROOM, "no reason given");
	return out;
}

char *words_again(char out[WORDS_ROOM], const struct journey *j)
{
	const struct again *a = &j->again;
	bool part = a->of_part || a->to_part;

	if (!a->of)
		snprintf(out, WORDS_ROOM, "retransmission");
	else if (a->n > 1)
		snprintf(out, WORDS_ROOM, "retransmission of %s#%" PRIu64 " %s #%" PRIu64, part ? "bytes of " : "", a->of,
			 a->n == 2 ? "and" : "to", a->to);
	else if (part)
		snprintf(out, WORDS_ROOM, "a part of #%" PRIu64 ", sent again", a->of);
	else
		snprintf(out, WORDS_ROOM, "retransmission of #%" PRIu64, a->of);
	return out;
}
