// SPDX-License-Identifier: GPL-2.0-or-later
/* The lines above a conversation: between whom, how much, and where its time went. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "diagram_words.h"
#include "phrase.h"
#include "proto.h"
#include "talk_diagram.h"

const char *talk_dev(const struct talk_view *v, int end)
{
	for (size_t i = 0; i < v->pass_n; i++) {
		const struct talk_pass *p = &v->passes[i];
		const struct journey *half = p->from == end ? p->send : p->recv;

		if (half && half->dev[0])
			return half->dev;
	}
	return "";
}

static void say_between(FILE *out, const struct talk_view *v)
{
	bool ports = proto_has_ports(v->t->key.proto);
	const char *a = talk_dev(v, TALK_CLIENT), *b = talk_dev(v, TALK_SERVER);
	char from[WORDS_ROOM], to[WORDS_ROOM], proto[WORDS_ROOM], time[WORDS_ROOM];

	fprintf(out, "%s %s ⇄ %s", words_proto(proto, v->t->key.proto),
		words_endpoint(from, &v->ends[TALK_CLIENT].at, ports), words_endpoint(to, &v->ends[TALK_SERVER].at, ports));
	if (v->t->echo)
		fprintf(out, " · echo id %u", v->t->echo);
	if (*a && *b && strcmp(a, b))
		fprintf(out, " · %s ⇄ %s", a, b);
	else if (*a || *b)
		fprintf(out, " · %s", *a ? a : b);
	fprintf(out, " · %" PRIu64 " B →, %" PRIu64 " B ←", v->ends[TALK_CLIENT].bytes,
		v->ends[TALK_SERVER].bytes);
	if (v->pass_n)
		fprintf(out, " · %zu packet%s", v->pass_n, v->pass_n == 1 ? "" : "s");
	if (v->event_n > 1)
		fprintf(out, " · %s", words_time(time, v->events[v->event_n - 1].t_ns - v->events[0].t_ns));
	fprintf(out, " · flow #%" PRIu64, v->t->number);
	if (v->t->part > 1 || v->t->goes_on)
		fprintf(out, ", part %u", v->t->part);
	else if (v->complete)
		fputs(v->missed ? ", complete as far as seen: program runs missed meanwhile" : ", complete", out);
	if (!v->complete)
		fputs(", incomplete", out);
}

static void say_end(FILE *out, const struct talk_end *e)
{
	char task[WORDS_ROOM];

	fputs(e->pid ? words_task(task, e->comm, e->pid, e->pid) : "the kernel", out);
}

static void say_who(FILE *out, const struct talk_view *v)
{
	const struct talk_end *client = &v->ends[TALK_CLIENT], *server = &v->ends[TALK_SERVER];

	if (client->pid && server->pid) {
		say_end(out, client);
		fputs(" asks ", out);
		say_end(out, server);
		fputs(", both on this host", out);
	} else if (client->pid && !server->here) {
		say_end(out, client);
		fputs(" asks another host", out);
	} else if (server->pid && !client->here) {
		fputs("another host asks ", out);
		say_end(out, server);
	} else if (client->pid || server->pid) {
		fputs(client->pid ? "the client is " : "the server is ", out);
		say_end(out, client->pid ? client : server);
	}
}

static const char *between(FILE *out)
{
	return ftello(out) ? " · " : "";
}

/* Only sums of times that were measured, each of something that one of them did. */
static void say_time(FILE *out, const struct talk_view *v)
{
	char a[WORDS_ROOM], b[WORDS_ROOM];
	uint64_t least = UINT64_MAX, most = 0;

	for (int end = 0; end < TALK_ENDS; end++)
		if (v->ends[end].waited_ns)
			fprintf(out, "%s%s waited %s for data", between(out),
				end == TALK_CLIENT ? "client" : "server",
				words_time(a, v->ends[end].waited_ns));
	for (int end = 0; end < TALK_ENDS; end++)
		if (v->ends[end].thought_ns)
			fprintf(out, "%s%s took %s from read to write", between(out),
				end == TALK_CLIENT ? "client" : "server",
				words_time(a, v->ends[end].thought_ns));
	for (size_t i = 0; i < v->pass_n; i++) {
		const struct talk_pass *p = &v->passes[i];
		uint64_t ns = p->arrived_ns - p->left_ns;

		if (!p->send || !p->recv)
			continue;
		least = ns < least ? ns : least;
		most = ns > most ? ns : most;
	}
	if (!most)
		return;
	fprintf(out, "%son the way %s", between(out), words_time(a, least));
	if (least != most)
		fprintf(out, " to %s", words_time(b, most));
}

int talk_title(struct diagram *d, const struct talk_view *v)
{
	static void (*const say[])(FILE *out, const struct talk_view *v) = { say_between, say_who, say_time };
	size_t n = sizeof(say) / sizeof(*say);
	struct phrase p;
	int err;

	d->title = calloc(n, sizeof(char *));
	if (!d->title)
		return -ENOMEM;
	err = phrase_begin(&p);
	if (err)
		return err;
	for (size_t i = 0; i < n && !err; i++) {
		say[i](p.out, v);
		err = phrase_line(&p, d->title, &d->title_n);
	}
	phrase_end(&p);
	return err;
}
