// SPDX-License-Identifier: GPL-2.0-or-later
/* Spells what TCP keeps of a socket, or what changed of it. */
#include "tcp_words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "diagram_words.h"

static void add(char out[TCP_WORDS_ROOM], const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(char out[TCP_WORDS_ROOM], const char *format, ...)
{
	size_t n = strlen(out);
	va_list args;

	if (n) {
		snprintf(out + n, TCP_WORDS_ROOM - n, " · ");
		n = strlen(out);
	}
	va_start(args, format);
	vsnprintf(out + n, TCP_WORDS_ROOM - n, format, args);
	va_end(args);
}

/* One that is 0 at first says nothing. */
#define ADD(field, before, now, format) \
	do { \
		if ((before) ? (before)->r.field != (now)->r.field : (now)->r.field) \
			add(out, format, (now)->r.field); \
	} while (0)

char *words_tcp(char out[TCP_WORDS_ROOM], const struct tcp *before, const struct tcp *now)
{
	const struct rec_tcp *r = &now->r, *was = before ? &before->r : NULL;
	const char *state = tcp_ca_name(now);

	*out = '\0';
	if (!was || was->ca_state != r->ca_state)
		add(out, "%s", state ? state : "state unknown");
	ADD(snd_cwnd, before, now, "cwnd %" PRIu32);
	if (was ? was->snd_ssthresh != r->snd_ssthresh : r->snd_ssthresh < TCP_NO_THRESHOLD) {
		if (r->snd_ssthresh < TCP_NO_THRESHOLD)
			add(out, "ssthresh %" PRIu32, r->snd_ssthresh);
		else
			add(out, "no ssthresh");
	}
	ADD(in_flight, before, now, "in flight %" PRIu32);
	ADD(lost, before, now, "lost %" PRIu32);
	ADD(total_retrans, before, now, "sent again %" PRIu32);
	ADD(retransmits, before, now, "time-outs %" PRIu16);
	ADD(srtt_us, before, now, "srtt %" PRIu32 " µs");
	/* Before there is one its deviation stands at a default. */
	if (r->srtt_us)
		ADD(rttvar_us, before, now, "rttvar %" PRIu32 " µs");
	ADD(mss, before, now, "mss %" PRIu32);
	ADD(unsent, before, now, "unsent %" PRIu32 " B");
	ADD(unacked, before, now, "unacked %" PRIu32 " B");
	ADD(wmem_queued, before, now, "write memory %" PRIu32 " B");
	ADD(unread, before, now, "unread %" PRIu32 " B");
	ADD(snd_wnd, before, now, "send window %" PRIu32 " B");
	ADD(rcv_wnd, before, now, "receive window %" PRIu32 " B");
	if (*r->ca && (!was || strncmp(was->ca, r->ca, EV_NAME_LEN)))
		add(out, "%.*s", EV_NAME_LEN, r->ca);
	return out;
}

static bool moved(uint32_t told, uint32_t now)
{
	return (told > now ? told - now : now - told) > told / 4;
}

static void add_sending(char out[TCP_WORDS_ROOM], const struct tcp_told *told, const struct tcp *now)
{
	const struct rec_tcp *r = &now->r, *was = &told->r;
	const char *state = tcp_ca_name(now);
	char time[WORDS_ROOM];

	/* Open is what all begin with. */
	if (was->ca_state != r->ca_state)
		add(out, "%s", state ? state : "state unknown");
	if (!told->any || was->in_flight != r->in_flight || was->snd_cwnd != r->snd_cwnd)
		add(out, "in flight %" PRIu32 " of %" PRIu32, r->in_flight, r->snd_cwnd);
	if (r->snd_ssthresh < TCP_NO_THRESHOLD && was->snd_ssthresh != r->snd_ssthresh)
		add(out, "ssthresh %" PRIu32, r->snd_ssthresh);
	if (was->lost != r->lost)
		add(out, "lost %" PRIu32, r->lost);
	if (was->total_retrans != r->total_retrans)
		add(out, "sent again %" PRIu32, r->total_retrans);
	if (was->retransmits != r->retransmits)
		add(out, "time-outs %" PRIu16, r->retransmits);
	if (moved(was->srtt_us, r->srtt_us))
		add(out, "srtt %s", words_time(time, r->srtt_us * 1000ULL));
}

/* Takes the new value if it was told. */
#define TELL_MOVED(field, format) \
	do { \
		if (moved(told->r.field, r->field)) { \
			add(out, format, r->field); \
			keep.field = r->field; \
		} \
	} while (0)

char *words_tcp_brief(char out[TCP_WORDS_ROOM], struct tcp_told *told, const struct tcp *now)
{
	const struct rec_tcp *r = &now->r;
	struct rec_tcp keep = *r;

	*out = '\0';
	add_sending(out, told, now);
	keep.snd_wnd = told->r.snd_wnd;
	keep.rcv_wnd = told->r.rcv_wnd;
	if (!moved(told->r.srtt_us, r->srtt_us))
		keep.srtt_us = told->r.srtt_us;
	TELL_MOVED(snd_wnd, "send window %" PRIu32 " B");
	TELL_MOVED(rcv_wnd, "receive window %" PRIu32 " B");
	if (told->r.mss != r->mss)
		add(out, "mss %" PRIu32, r->mss);
	if (*r->ca && strncmp(told->r.ca, r->ca, EV_NAME_LEN))
		add(out, "%.*s", EV_NAME_LEN, r->ca);
	told->r = keep;
	told->any = true;
	return out;
}
