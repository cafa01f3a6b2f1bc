// SPDX-License-Identifier: GPL-2.0-or-later
/* explain.def against the catalogue, and the page that is made of it. */
#include "check.h"
#include "explain.h"
#include "hook.h"

/* A stage that nobody explained, or twice, is told by its name. */
TEST(every_stage_has_one_entry)
{
	for (unsigned int p = PLACE_NONE + 1; p < PLACE_N; p++) {
		struct place_facts f = place_facts(p);

		if (place_entries(p) == 1)
			continue;
		printf("# %s has %u entries in src/explain*.def, not 1\n", f.name, place_entries(p));
		check_failed = 1;
	}
}

TEST(places_are_stages)
{
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
		CHECK_STR(place_facts(id).name, stages[id].name);
		CHECK(!place_facts(id).inlined);
	}
	for (unsigned int p = ST_N; p < PLACE_N; p++) {
		CHECK(place_facts(p).inlined);
		CHECK_INT(stage_by_name(place_facts(p).name), ST_NONE);
	}
}

static bool follows(enum place_id a, enum place_id b)
{
	enum place_id to;

	for (unsigned int i = 0; (to = place_next(a, i)); i++)
		if (to == b)
			return true;
	return false;
}

TEST(before_and_after_agree)
{
	enum place_id other;

	for (unsigned int p = PLACE_NONE + 1; p < PLACE_N; p++) {
		for (unsigned int i = 0; (other = place_before(p, i)); i++)
			CHECK(follows(other, p));
		for (unsigned int i = 0; (other = place_next(p, i)); i++) {
			unsigned int k = 0, times = 0;

			for (enum place_id from; (from = place_before(other, k)); k++)
				times += from == p;
			if (times == 1 && other != p)
				continue;
			printf("# %s leads to %s %u times\n", place_facts(p).name,
			       place_facts(other).name, times);
			check_failed = 1;
		}
	}
}

/* What begins a path has nothing before it, what ends one nothing after it; all else has both. */
TEST(nothing_hangs_in_the_air)
{
	for (unsigned int p = PLACE_NONE + 1; p < PLACE_N; p++) {
		struct place_facts f = place_facts(p);

		if (place_next(p, 0) || (place_before(p, 0) && place_fate(p, 0)) || f.dir == DIR_LIFE)
			continue;
		printf("# %s leads nowhere, and nothing says what becomes of the packet\n", f.name);
		check_failed = 1;
	}
	for (unsigned int p = ST_N; p < PLACE_N; p++) {
		CHECK(place_before(p, 0));
		CHECK(place_next(p, 0));
	}
}

/* A packet on its way out does not come to a row of the way in but by a device or a queue. */
TEST(ways_cross_where_they_may)
{
	enum place_id to;

	for (unsigned int p = PLACE_NONE + 1; p < PLACE_N; p++) {
		struct place_facts a = place_facts(p);

		for (unsigned int i = 0; (to = place_next(p, i)); i++) {
			struct place_facts b = place_facts(to);

			if (a.dir != DIR_SEND || b.dir != DIR_RECV)
				continue;
			if (p == PLACE_driver_xmit || p == PLACE_fib_table_lookup || to == PLACE_packet_rcv ||
			    to == PLACE_tpacket_rcv || to == PLACE___release_sock || to == PLACE_dev_loopback_xmit)
				continue;
			printf("# %s (out) leads to %s (in)\n", a.name, b.name);
			check_failed = 1;
		}
	}
}

/* From a to b through inlined functions alone, of which name is one. */
static bool leads(enum place_id a, enum place_id b, enum place_id name, bool met, unsigned int depth)
{
	enum place_id to;

	for (unsigned int i = 0; depth && (to = place_next(a, i)); i++) {
		if (to == b && met)
			return true;
		if (place_facts(to).inlined && leads(to, b, name, met || to == name, depth - 1))
			return true;
	}
	return false;
}

/* What diagrams infer between two rows lies on the way that is told from the one to the other. */
TEST(what_is_inferred_is_explained)
{
	static const struct {
		const char *name, *after, *before, *source;
	} proofs[] = {
#define INFERRED(name_, after_, before_, of_, source_) { #name_, #after_, #before_, source_ },
#include "inferred.def"
#undef INFERRED
	};

	for (size_t i = 0; i < sizeof(proofs) / sizeof(proofs[0]); i++) {
		enum place_id name = place_by_name(proofs[i].name);

		CHECK(name >= (int)ST_N);
		if (name < (int)ST_N)
			continue;
		CHECK_STR(place_facts(name).source, proofs[i].source);
		if (leads(place_by_name(proofs[i].after), place_by_name(proofs[i].before), name, false, 6))
			continue;
		printf("# %s is inferred between %s and %s, not explained there\n", proofs[i].name,
		       proofs[i].after, proofs[i].before);
		check_failed = 1;
	}
}

static bool is_plain(const char *s)
{
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			return false;
	return true;
}

/* Lines are wrapped by bytes, so there may be nothing else in them. */
TEST(texts_are_sentences)
{
	const struct place_fate *fate;

	for (unsigned int p = PLACE_NONE + 1; p < PLACE_N; p++) {
		struct place_facts f = place_facts(p);
		size_t n = f.text ? strlen(f.text) : 0;

		if (!n || !is_plain(f.text) || f.text[n - 1] != '.' || strstr(f.text, "  ") ||
		    !*f.callers || !is_plain(f.callers) || f.callers[strlen(f.callers) - 1] == '.') {
			printf("# %s: not a plain sentence, or no caller\n", f.name);
			check_failed = 1;
		}
		for (unsigned int i = 0; (fate = place_fate(p, i)); i++)
			CHECK(is_plain(fate->words) && *fate->words);
	}
}

TEST(names)
{
	CHECK_INT(place_by_name("tcp_v4_rcv"), PLACE_tcp_v4_rcv);
	CHECK_INT(place_by_name("tcp_transmit_skb"), PLACE_tcp_transmit_skb);
	CHECK_INT(place_by_name("xmit_one"), PLACE_xmit_one);
	/* What a stage is observed at is another name of it. */
	CHECK_INT(place_by_name("gro_receive_skb"), PLACE_napi_gro_receive);
	CHECK_INT(place_by_name("__icmp_send"), PLACE_icmp_send);
	CHECK_INT(place_by_name("xyzzy"), PLACE_NONE);
	CHECK_INT(place_by_name(""), PLACE_NONE);
}

TEST(near_names)
{
	const char *near[2];

	place_near("tcp_v4_rvc", near);
	CHECK_STR(near[0], "tcp_v4_rcv");
	CHECK_STR(near[1], "tcp_v6_rcv");
	place_near("__inet6_lookup_estabished", near);
	CHECK_STR(near[0], "__inet6_lookup_established");
	place_near("xyzzy", near);
	CHECK(!near[0] && !near[1]);
}

static char text[16384];

static const char *page(const char *name, unsigned int width, bool ascii)
{
	FILE *out = fmemopen(text, sizeof(text), "w");

	explain_print(out, place_by_name(name), width, ascii);
	fclose(out);
	return text;
}

TEST(page_of_a_stage)
{
	CHECK_STR(page("__ip_queue_xmit", 80, true),
		  "__ip_queue_xmit: IP, on the way out\n"
		  "  finds the route, builds the IP header\n"
		  "\n"
		  "  Uses the route that the socket remembers, or looks one up; pushes the IPv4\n"
		  "  header with TTL, DF and the destination.\n"
		  "\n"
		  "  called by ip_queue_xmit, sctp_v4_xmit, l2tp\n"
		  "  source    net/ipv4/ip_output.c (5.10 to 7.3)\n"
		  "  observed  entry of __ip_queue_xmit, by fentry, kprobe.multi or kprobe\n"
		  "            not seen where only tracepoints can be used\n"
		  "  drawn     with --detail full, or where the packet crosses to another layer\n"
		  "\n"
		  "  what may happen to a packet here\n"
		  "    dropped   IP_OUTNOROUTES: there is no route\n"
		  "    rewritten the IPv4 header is built\n"
		  "\n"
		  "  the way of a packet\n"
		  "     |  ip_queue_xmit                IP     IP takes the segment of a socket\n"
		  "     v\n"
		  "     *  __ip_queue_xmit              IP     finds the route, builds the IP he...\n"
		  "     |\n"
		  "     +> ip_route_output_ports        IP     (inlined)\n"
		  "     `> ip_local_out                 IP     sends a packet that this host made\n");
}

TEST(page_of_an_inlined_one)
{
	const char *s = page("neigh_output", 80, true);

	CHECK(strstr(s, "inlines"));
	/* Its neighbours are inlined as well: those that can be seen lie beyond. */
	CHECK(strstr(s, "  between   ip_finish_output2, ip6_finish_output2\n"));
	CHECK(strstr(s, "  and       dev_queue_xmit, __dev_queue_xmit, neigh_resolve_output\n"));
}

TEST(page_of_an_end)
{
	CHECK(strstr(page("kfree_skb_partial", 80, true), "     |  any row; often:\n"
		     "     |  skb_try_coalesce             sock "));
	CHECK(!strstr(page("ip_rcv", 80, true), "any row"));
}

TEST(page_of_another_file)
{
	CHECK(strstr(page("dev_gro_receive", 80, true), "net/core/gro.c (6.12); net/core/dev.c (5.10)\n"));
}

/* No line is wider than it may be, on any page, and none ends in a blank. */
TEST(pages_fit)
{
	static const unsigned int widths[] = { 40, 80, 132 };

	for (unsigned int p = PLACE_NONE + 1; p < PLACE_N; p++) {
		for (unsigned int w = 0; w < 3; w++) {
			const char *s = page(place_facts(p).name, widths[w], true), *end;

			for (; (end = strchr(s, '\n')); s = end + 1) {
				size_t n = end - s;

				/* A word is never cut, and may be longer than 40 columns allow. */
				if ((n > widths[w] && widths[w] > 40) || (n && end[-1] == ' ')) {
					printf("# %s at %u: %.*s|\n", place_facts(p).name, widths[w], (int)n, s);
					check_failed = 1;
				}
			}
		}
	}
}

int main(void)
{
	return RUN(T(every_stage_has_one_entry), T(places_are_stages), T(before_and_after_agree),
		   T(nothing_hangs_in_the_air), T(ways_cross_where_they_may), T(what_is_inferred_is_explained), T(texts_are_sentences),
		   T(names), T(near_names), T(page_of_a_stage), T(page_of_an_inlined_one),
		   T(page_of_an_end), T(page_of_another_file), T(pages_fit));
}
