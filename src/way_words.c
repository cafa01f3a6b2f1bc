// SPDX-License-Identifier: GPL-2.0-or-later
/* Spells what a packet meets between hosts: queues, neighbours, ICMP, network namespaces. */
#include "way_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "icmp_words.h"
#include "row.h"

/* How much is in a queue, or that nothing is; empty: it does not say. */
static void say_amount(char out[WORDS_ROOM], uint64_t arg, const char *before, const char *none)
{
	unsigned int packets = ROW_QDISC_PACKETS(arg), bytes = ROW_QDISC_BYTES(arg);

	out[0] = '\0';
	if (packets == ROW_QDISC_UNKNOWN)
		return;
	if (!packets)
		snprintf(out, WORDS_ROOM, "%s", none);
	else
		snprintf(out, WORDS_ROOM, "%s %u packet%s, %s%u B", before, packets, packets == 1 ? "" : "s",
			 bytes == ROW_QDISC_BYTES_MOST ? "more than " : "", bytes);
}

static void say_qdisc(char out[WORDS_ROOM], const struct step *s)
{
	char amount[WORDS_ROOM], name[sizeof(s->arg) + 1] = "";

	/* Older captures have the name itself. */
	if (!s->what) {
		memcpy(name, &s->arg, sizeof(s->arg));
		if (s->stage != ST_sch_direct_xmit && name[0] > ' ' && name[0] <= 'z')
			snprintf(out, WORDS_ROOM, "%s", name);
		return;
	}
	if (s->stage == ST_sch_direct_xmit) {
		snprintf(out, WORDS_ROOM, "%s%s", s->what, s->direct ? " is empty: straight through" : "");
		return;
	}
	if (s->stage == ST_qdisc_dequeue)
		say_amount(amount, s->arg, "leaves", "");
	else
		say_amount(amount, s->arg, "behind", "empty");
	snprintf(out, WORDS_ROOM, "%.20s%s%.80s", s->what, *amount ? " · " : "", amount);
}

/* include/net/neighbour.h, NUD_* */
static const char *neigh_state(unsigned int state)
{
	static const struct { unsigned int state; const char *name; } names[] = {
		{ 0x00, "NONE" }, { 0x01, "INCOMPLETE" }, { 0x02, "REACHABLE" }, { 0x04, "STALE" }, { 0x08, "DELAY" },
		{ 0x10, "PROBE" }, { 0x20, "FAILED" }, { 0x40, "NOARP" }, { 0x80, "PERMANENT" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].state == state)
			return names[i].name;
	return "of unknown state";
}

static void say_neigh(char out[WORDS_ROOM], uint64_t arg)
{
	enum { KNOWN = 0xde };
	uint32_t state = arg >> 32, packets = arg;

	if (state & KNOWN)
		snprintf(out, WORDS_ROOM, "%s: used, and asked for later", neigh_state(state));
	else if (packets)
		snprintf(out, WORDS_ROOM, "%s: waits behind %u other%s", neigh_state(state), packets,
			 packets == 1 ? "" : "s");
	else
		snprintf(out, WORDS_ROOM, "%s: waits for its address", neigh_state(state));
}

static void say_solicit(char out[WORDS_ROOM], uint64_t arg)
{
	uint32_t addr = arg, times = (uint32_t)(arg >> 32);
	uint8_t byte[4];
	char who[32] = "who has it?", again[48] = "";

	memcpy(byte, &addr, sizeof(byte));
	if (addr)
		snprintf(who, sizeof(who), "who has %u.%u.%u.%u?", byte[0], byte[1], byte[2], byte[3]);
	if (times)
		snprintf(again, sizeof(again), " · asked %u time%s before", times, times == 1 ? "" : "s");
	snprintf(out, WORDS_ROOM, "%s%s", who, again);
}

static void say_lladdr(char out[WORDS_ROOM], uint64_t arg)
{
	uint8_t byte[8];

	memcpy(byte, &arg, sizeof(byte));
	if (!(arg & 0xffffffffffffull))
		snprintf(out, WORDS_ROOM, "now %s", neigh_state(arg >> 48));
	else
		snprintf(out, WORDS_ROOM, "it is at %02x:%02x:%02x:%02x:%02x:%02x · now %s", byte[0], byte[1], byte[2],
			 byte[3], byte[4], byte[5], neigh_state(arg >> 48));
}

static void say_icmp(char out[WORDS_ROOM], bool v6, uint64_t arg)
{
	unsigned int type = arg >> 32 & 0xffff;
	size_t n = strlen(words_icmp(out, v6 ? 58 : 1, type));

	/* A tracepoint does not say how much. */
	if ((uint32_t)arg && (v6 ? type >> 8 == 2 : type == (3 << 8 | 4)))
		snprintf(out + n, WORDS_ROOM - n, ": at most %u B", (uint32_t)arg);
}

static void say_nat(char out[WORDS_ROOM], uint64_t arg)
{
	uint32_t addr = arg;
	uint8_t byte[4];

	memcpy(byte, &addr, sizeof(byte));
	if (arg >> 63)
		snprintf(out, WORDS_ROOM, "%s becomes %u.%u.%u.%u:%u", arg >> 62 & 1 ? "destination" : "source", byte[0],
			 byte[1], byte[2], byte[3], (unsigned int)(arg >> 32 & 0xffff));
	else
		snprintf(out, WORDS_ROOM, "%s becomes another", arg & 1 ? "destination" : "source");
}

const char *ct_state(unsigned int info)
{
	/* include/uapi/linux/netfilter/nf_conntrack_common.h, enum ip_conntrack_info */
	static const char *const names[] = {
		"ESTABLISHED", "RELATED", "NEW", "ESTABLISHED, reply", "RELATED, reply", NULL, NULL, "UNTRACKED",
	};

	return info < sizeof(names) / sizeof(*names) ? names[info] : NULL;
}

char *words_way(char out[WORDS_ROOM], const struct step *s)
{
	out[0] = '\0';
	switch (stages[s->stage].say) {
	case SAY_QDISC:
	case SAY_DIRECT:
		say_qdisc(out, s);
		break;
	case SAY_NEIGH:
		say_neigh(out, s->arg);
		break;
	case SAY_SOLICIT:
		say_solicit(out, s->arg);
		break;
	case SAY_LLADDR:
		say_lladdr(out, s->arg);
		break;
	case SAY_ICMP:
	case SAY_ICMP6:
		say_icmp(out, stages[s->stage].say == SAY_ICMP6, s->arg);
		break;
	case SAY_CHAIN:
		if (s->what)
			snprintf(out, WORDS_ROOM, "table %.40s, chain %.40s", s->table ? s->table : "?", s->what);
		break;
	case SAY_RULE:
		if (s->arg)
			snprintf(out, WORDS_ROOM, "rule handle %" PRIu64, s->arg);
		break;
	case SAY_NAT:
		say_nat(out, s->arg);
		break;
	case SAY_MTU:
		snprintf(out, WORDS_ROOM, "the path takes at most %" PRIu64 " B", s->arg);
		break;
	default:
		break;
	}
	return out;
}

char *words_host(char out[WORDS_ROOM], const struct step *s)
{
	out[0] = '\0';
	if (s->host)
		snprintf(out, WORDS_ROOM, "in netns %.40s", s->host);
	else if (s->netns)
		snprintf(out, WORDS_ROOM, "in netns %u", s->netns);
	return out;
}

bool journey_roams(const struct journey *j)
{
	uint32_t first = 0;

	for (size_t i = 0; i < j->steps.n; i++) {
		uint32_t netns = j->steps.v[i].netns;

		if (first && netns && netns != first)
			return true;
		if (!first)
			first = netns;
	}
	return false;
}
