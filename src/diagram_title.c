/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines above a diagram: which packet, what is missing, who sent or read it, why it died. */
#include "diagram_title.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "diagram_words.h"
#include "icmp_words.h"
#include "phrase.h"
#include "proto.h"

static void say_icmp(FILE *out, const struct journey *j)
{
	char type[WORDS_ROOM];

	fprintf(out, " · %s", words_icmp(type, j->proto, j->window));
	if (icmp_is_echo(j->proto, j->window))
		fprintf(out, " id %u seq %u", j->ack, j->seq);
	else if (j->src.port)
		fprintf(out, " about ports %u → %u", j->src.port, j->dst.port);
	fprintf(out, " · %u B", j->len);
}

static void say_gso(FILE *out, const struct journey *j)
{
	if (j->gso_segs > 1)
		fprintf(out, " · GSO %u × %u B", j->gso_segs, j->gso_size);
}

/* Which bytes of its flow it carries. */
static void say_bytes(FILE *out, const struct journey *j)
{
	uint32_t seq = j->isn_known ? j->seq_rel : j->seq;
	char flags[WORDS_ROOM];

	if (j->fragment > 1) {
		fprintf(out, " · %u B at byte %u of an IP packet", j->len, (j->fragment - 1) * 8);
		return;
	}
	if (icmp_is(j->proto)) {
		say_icmp(out, j);
		return;
	}
	if (j->proto != IPPROTO_TCP) {
		fprintf(out, " · %u B", j->len);
		say_gso(out, j);
		return;
	}
	fprintf(out, " · %s", words_flags(flags, j->tcp_flags));
	if (j->len)
		fprintf(out, " seq %u..%u (%u B)", seq, seq + j->len, j->len);
	else if (j->tcp_flags & (TCP_SYN | TCP_FIN) || !(j->tcp_flags & TCP_ACK))
		fprintf(out, " seq %u", seq);
	else
		fprintf(out, " ack %u", j->ack_isn_known ? j->ack_rel : j->ack);
	say_gso(out, j);
}

static void say_lost(FILE *out, const struct journey *j)
{
	fprintf(out, "incomplete: %u record%s lost on cpu%u", j->lost, j->lost == 1 ? "" : "s",
		j->lost_cpu);
}

/* Of what those runs were to tell nobody knows. */
static void say_missed(FILE *out, const struct journey *j)
{
	if (j->missed)
		fprintf(out, " as far as seen: %u program run%s missed meanwhile", j->missed, j->missed == 1 ? "" : "s");
}

static void say_state(FILE *out, const struct journey *j)
{
	const char *first = j->steps.n ? step_name(&j->steps.v[0]) : "";
	const char *last = j->steps.n ? step_name(&j->steps.v[j->steps.n - 1]) : "";

	switch (j->state) {
	case JOURNEY_COMPLETE:
		fputs(j->read_unseen ? "complete but for its reader" : "complete", out);
		say_missed(out, j);
		break;
	case JOURNEY_DROPPED:
		fputs("DROPPED", out);
		if (j->lost)
			fputs(", ", out), say_lost(out, j);
		else
			say_missed(out, j);
		break;
	case JOURNEY_MIDWAY:
		fprintf(out, "incomplete: first seen at %s", first);
		break;
	case JOURNEY_LOST:
		say_lost(out, j);
		break;
	case JOURNEY_OPEN:
		if (j->dir == DIR_RECV)
			fputs("not read yet", out);
		else
			fprintf(out, "incomplete: last seen at %s", last);
		break;
	case JOURNEY_NO_END:
		fprintf(out, "incomplete: lost sight of after %s", last);
		break;
	case JOURNEY_STATES:
		break;
	}
}

/* The devices on the way of what is forwarded, in their order; of many the first and the last. */
static void say_devices(FILE *out, const struct journey *j)
{
	enum { SHOWN = 6 };
	const char *last = "";
	size_t n = 0;

	for (size_t i = 0; i < j->steps.n; i++) {
		const struct step *s = &j->steps.v[i];

		/* A driver that calls another answers after it. */
		if (!s->dev[0] || !strcmp(s->dev, last) || s->stage == ST_net_dev_xmit)
			continue;
		last = s->dev;
		if (n++ < SHOWN)
			fprintf(out, "%s%s", n == 1 ? " · " : " → ", s->dev);
	}
	if (n > SHOWN)
		fprintf(out, "%s%s", n == SHOWN + 1 ? " → " : " → … → ", last);
}

/* Of which packet it is a fragment, or whether it is one that was put together. */
static void say_fragment(FILE *out, const struct journey *j)
{
	if (j->assembled)
		fprintf(out, " · put together of fragments, the first #%" PRIu64, j->parent);
	else if (j->cut)
		fputs(" · cut up: its first fragment", out);
	else if (j->beside)
		fprintf(out, " · fragment of the same packet as #%" PRIu64, j->parent);
	else if (j->fragment && j->parent)
		fprintf(out, " · %sfragment of #%" PRIu64, j->fragment == 1 ? "first " : "", j->parent);
	else if (j->fragment)
		fprintf(out, " · %sfragment of a packet", j->fragment == 1 ? "first " : "");
}

static void say_packet(FILE *out, const struct journey *j)
{
	char a[WORDS_ROOM], b[WORDS_ROOM], proto[WORDS_ROOM];
	bool ports = proto_has_ports(j->proto);

	if (j->headed) {
		fprintf(out, "%s %s → %s", words_proto(proto, j->proto),
			words_endpoint(a, &j->src, ports), words_endpoint(b, &j->dst, ports));
		say_bytes(out, j);
	} else {
		fprintf(out, "a packet whose headers were not seen");
	}
	if (j->forwarded)
		say_devices(out, j);
	else if (j->dev[0])
		fprintf(out, " · %s", j->dev);
	if (j->retransmit)
		fprintf(out, " · %s", words_again(a, j));
	say_fragment(out, j);
	if (j->reordered)
		fputs(" · out of order", out);
	if (j->segment_of)
		fprintf(out, " · segment of #%" PRIu64, j->segment_of);
	else if (j->copy)
		fprintf(out, " · copy of #%" PRIu64, j->parent);
	else if (j->dir == DIR_RECV && j->parent && !j->fragment && !j->assembled)
		fprintf(out, " · clone of #%" PRIu64, j->parent);
	if (j->into)
		fprintf(out, " · a part of #%" PRIu64 " now", j->into);
	if (j->merged)
		fprintf(out, " · GRO puts %u more into it", j->merged);
	fprintf(out, " · packet #%" PRIu64 ", ", j->number);
	say_state(out, j);
}

/* Do the bytes of the packet come from that call? Others may wait in the same queue. */
static bool call_wrote(const struct journey *j)
{
	const struct call *c = j->call;

	if (j->proto != IPPROTO_TCP || !j->len || !c->end_seen || c->seq_from == c->seq_to)
		return true;
	return j->seq - c->seq_from < c->seq_to - c->seq_from ||
	       c->seq_from - j->seq < j->len;
}

static void say_owner(FILE *out, const char *before, const struct journey *j)
{
	char task[WORDS_ROOM];

	if (j->owner_pid)
		fprintf(out, "%s%s", before,
			words_task(task, j->owner_comm, j->owner_pid, j->owner_pid));
}

static void say_sender(FILE *out, const struct journey *j)
{
	const struct call *c = j->call;
	char task[WORDS_ROOM], call[WORDS_ROOM];

	if (!c) {
		/* The call stack tells who sent it, or nothing does. */
		if (j->from_stack)
			fputs(j->forwarded ? "forwarded through this host" : "", out);
		else if (j->steps.n && (stages[j->steps.v[0].stage].dir == DIR_RECV || stage_forwards(j->steps.v[0].stage)))
			fputs("forwarded through this host", out);
		else if (j->steps.n && j->steps.v[0].ctx != EV_CTX_TASK)
			fputs("sent by the kernel, in no call", out);
		else if (j->steps.n)
			fprintf(out, "sent by %s, not by a send call",
				words_task(task, j->steps.v[0].comm, j->steps.v[0].tid,
					   j->steps.v[0].pid));
		say_owner(out, " · the socket is that of ", j);
		return;
	}
	fprintf(out, "%s %s %s",
		call_wrote(j) ? "sent by" : "bytes of an earlier call, sent during that of",
		words_task(task, c->comm, c->tid, c->pid), words_call(call, c));
	if (!c->end_seen)
		fputs(" · its return was not seen", out);
}

static void say_reader(FILE *out, const struct journey *j)
{
	const struct call *c = j->call;
	char task[WORDS_ROOM], call[WORDS_ROOM], ret[WORDS_ROOM];

	if (c) {
		fprintf(out, "read by %s %s", words_task(task, c->comm, c->tid, c->pid),
			words_call(call, c));
		if (c->end_seen)
			fprintf(out, " = %s", words_return(ret, c->ret));
		else
			fputs(" · its return was not seen", out);
		if (j->readers > 1)
			fprintf(out, " and %u call%s more", j->readers - 1,
				j->readers == 2 ? "" : "s");
	} else if (j->read_unseen) {
		fputs("read by a call that was not seen", out);
	} else {
		say_owner(out, "for ", j);
	}
}

static void say_nat(FILE *out, const struct journey *j)
{
	char a[WORDS_ROOM], b[WORDS_ROOM];
	bool ports = proto_has_ports(j->proto);

	if (j->nat)
		fprintf(out, "rewritten by NAT: %s → %s", words_endpoint(a, &j->nat_src, ports),
			words_endpoint(b, &j->nat_dst, ports));
}

/* The chain that ran last before a drop in its hook is the one whose rule, or policy, did it. */
static void say_chain(FILE *out, const struct journey *j)
{
	bool hook = !strcmp(j->end_reason_name, "NETFILTER_DROP") || !strncmp(j->end_where, "nf_hook_slow", 12) ||
		    !strncmp(j->end_where, "nft_do_chain", 12);
	uint64_t rule = 0;

	for (size_t i = hook ? j->steps.n : 0; i-- > 0 && stages[j->steps.v[i].stage].lane != LANE_DEV;) {
		const struct step *s = &j->steps.v[i];

		if (!rule && stages[s->stage].say == SAY_RULE)
			rule = s->arg;
		if (s->stage != ST_nft_do_chain)
			continue;
		if (s->what)
			fprintf(out, " by table %s, chain %s", s->table ? s->table : "?", s->what);
		if (s->what && rule)
			fprintf(out, ", rule handle %" PRIu64, rule);
		return;
	}
}

static void say_drop(FILE *out, const struct journey *j)
{
	char reason[WORDS_ROOM];

	if (j->state != JOURNEY_DROPPED)
		return;
	fprintf(out, "dropped: %s", words_reason(reason, j));
	if (j->end_where[0])
		fprintf(out, " in %s", j->end_where);
	say_chain(out, j);
}

/* What is known of one that was seen only then, and what is not. */
static void say_stack(FILE *out, const struct journey *j)
{
	const struct step *s = &j->end_step;
	char task[WORDS_ROOM];

	if (!j->from_stack)
		return;
	fprintf(out, "seen only as it was %s", words_end(j));
	if (s->ctx == EV_CTX_TASK && j->stack_op)
		fprintf(out, ", in %s() of %s", op_names[j->stack_op], words_task(task, s->comm, s->tid, s->pid));
	if (j->stack_queued) {
		fputs(", out of a queue: what it had passed before is not known", out);
		return;
	}
	fputs(": its way, dotted, is from the call stack, without times", out);
	if (s->ctx != EV_CTX_TASK)
		fprintf(out, "; what was before this %s, and whose it is, is not known",
			s->ctx == EV_CTX_SOFTIRQ ? "softirq" : "interrupt");
}

int diagram_title(struct diagram *d, const struct journey *j)
{
	void (*const say[])(FILE *out, const struct journey *j) = {
		say_packet, j->dir == DIR_SEND ? say_sender : say_reader, say_nat, say_drop, say_stack,
	};
	enum { LINES = sizeof(say) / sizeof(*say) };
	struct phrase p;
	int err;

	d->title = calloc(LINES, sizeof(char *));
	if (!d->title)
		return -ENOMEM;
	err = phrase_begin(&p);
	if (err)
		return err;
	for (size_t i = 0; i < LINES && !err; i++) {
		say[i](p.out, j);
		err = phrase_line(&p, d->title, &d->title_n);
	}
	phrase_end(&p);
	return err;
}
