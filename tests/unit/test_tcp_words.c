// SPDX-License-Identifier: GPL-2.0-or-later
/* What TCP keeps of a socket: all of it at first, then what changed. */
#include "check.h"
#include "tcp_words.h"

static const struct tcp first = {
	.r = {
		.snd_cwnd = 10, .snd_ssthresh = TCP_NO_THRESHOLD, .mss = 1448, .snd_wnd = 65536,
		.srtt_us = 40, .rttvar_us = 20, .ca = "cubic",
	},
};

TEST(first)
{
	char words[TCP_WORDS_ROOM];

	CHECK_STR(words_tcp(words, NULL, &first),
		  "Open · cwnd 10 · srtt 40 µs · rttvar 20 µs · mss 1448 · send window 65536 B · cubic");
}

TEST(same)
{
	char words[TCP_WORDS_ROOM];

	CHECK_STR(words_tcp(words, &first, &first), "");
}

TEST(changed)
{
	char words[TCP_WORDS_ROOM];
	struct tcp now = first, later;

	now.r.ca_state = 4;
	now.r.snd_cwnd = 1;
	now.r.snd_ssthresh = 7;
	now.r.lost = 2;
	now.r.total_retrans = now.r.retransmits = 1;
	now.r.snd_wnd = 0;
	CHECK_STR(words_tcp(words, &first, &now),
		  "Loss · cwnd 1 · ssthresh 7 · lost 2 · sent again 1 · time-outs 1 · send window 0 B");
	later = now;
	later.r.ca_state = 9;
	later.r.snd_ssthresh = TCP_NO_THRESHOLD;
	later.r.rttvar_us = 30;
	CHECK_STR(words_tcp(words, &now, &later), "state unknown · no ssthresh · rttvar 30 µs");
}

TEST(room)
{
	char words[TCP_WORDS_ROOM];
	struct tcp all;

	/* The longest there is ends where it must. */
	memset(&all, 0xff, sizeof(all));
	words_tcp(words, NULL, &all);
	CHECK(strlen(words) < TCP_WORDS_ROOM);
	CHECK(strstr(words, "receive window 4294967295 B"));
}

/* The same in few words, and what moves little is not told again until it has moved far. */
TEST(brief)
{
	struct tcp_told told = { 0 };
	char words[TCP_WORDS_ROOM];
	struct tcp now = first;

	CHECK_STR(words_tcp_brief(words, &told, &now),
		  "in flight 0 of 10 · srtt 40.0 µs · send window 65536 B · mss 1448 · cubic");
	now.r.srtt_us = 50;
	now.r.snd_wnd = 49152;
	now.r.unacked = 100;
	now.r.in_flight = 1;
	CHECK_STR(words_tcp_brief(words, &told, &now), "in flight 1 of 10");
	now.r.srtt_us = 51;
	now.r.snd_wnd = 49151;
	CHECK_STR(words_tcp_brief(words, &told, &now), "srtt 51.0 µs · send window 49151 B");
	now.r.ca_state = 4;
	now.r.snd_cwnd = 1;
	now.r.in_flight = 0;
	now.r.snd_ssthresh = 7;
	now.r.lost = now.r.total_retrans = now.r.retransmits = 1;
	CHECK_STR(words_tcp_brief(words, &told, &now),
		  "Loss · in flight 0 of 1 · ssthresh 7 · lost 1 · sent again 1 · time-outs 1");
	CHECK_STR(words_tcp_brief(words, &told, &now), "");
}

int main(void)
{
	return RUN(T(first), T(same), T(changed), T(room), T(brief));
}
