// SPDX-License-Identifier: GPL-2.0-or-later
/* JSON Lines: every key in its place, numbers exact, strings always valid. */
#include "check.h"
#include "json.h"
#include "render_list.h"
#include "say.h"

static char *text;
static size_t text_n;

static FILE *open_text(void)
{
	free(text);
	text = NULL;
	return open_memstream(&text, &text_n);
}

static const char *quoted(const char *s)
{
	struct json j = { .out = open_text() };

	json_string(&j, NULL, s);
	fclose(j.out);
	return text;
}

TEST(strings_are_valid)
{
	CHECK_STR(quoted("plain /"), "\"plain /\"");
	CHECK_STR(quoted("a\"b\\c"), "\"a\\\"b\\\\c\"");
	CHECK_STR(quoted("\n\t\033\x7f"), "\"\\u000a\\u0009\\u001b\\u007f\"");
	CHECK_STR(quoted("µ → \U0001f600"), "\"µ → \U0001f600\"");
	CHECK_STR(quoted("a\xff\xc0\x80z"), "\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\"");
	CHECK_STR(quoted("\xe2\x80\xae"), "\"\\u202e\"");
	CHECK_STR(quoted(""), "\"\"");
	CHECK_STR(quoted(NULL), "null");
}

TEST(commas_stand_where_they_must)
{
	struct json j = { .out = open_text() };

	json_open(&j, NULL, '{');
	json_open(&j, "a", '[');
	json_close(&j, ']');
	json_open(&j, "b", '[');
	json_u64(&j, NULL, UINT64_MAX);
	json_s64(&j, NULL, INT64_MIN);
	json_open(&j, NULL, '{');
	json_close(&j, '}');
	json_close(&j, ']');
	json_bool(&j, "c", true);
	json_name(&j, "d", "");
	json_close(&j, '}');
	CHECK_INT(json_end_line(&j), 0);
	fclose(j.out);
	CHECK_STR(text, "{\"a\":[],\"b\":[18446744073709551615,-9223372036854775808,{}],"
		  "\"c\":true,\"d\":null}\n");
}

static const char *packet(const struct journey *p)
{
	const struct render_opts opts = { .width = 80 };
	FILE *out = open_text();

	CHECK_INT(render_json.journey(out, &opts, p), 0);
	fclose(out);
	return text;
}

static struct step at(uint64_t t_ns, uint16_t stage)
{
	return (struct step){ .t_ns = t_ns, .stage = stage };
}

TEST(a_packet_has_every_key)
{
	struct step steps[] = { at(1000, ST_ip_rcv) };
	struct journey p = {
		.number = 2, .parent = 1, .dir = DIR_RECV, .state = JOURNEY_DROPPED,
		.src = { { [10] = 0xff, [11] = 0xff, 10, 0, 0, 1 }, 4242 },
		.dst = { { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 }, 80 },
		.seq = 7, .ack = 8, .len = 100, .skb_len = 152, .netns = 4026531840,
		.gso_size = 1448, .gso_segs = 2, .window = 502, .family = 4, .proto = 6,
		.tcp_flags = 0x12, .dev = "eth0", .steps = { steps, 1, 1 },
		.ended = true, .end_how = EV_END_DROPPED, .end_ns = 1500,
		.end_reason_name = "NO_SOCKET", .end_where = "tcp_v4_rcv",
		.retransmit = true, .again = { .of = UINT64_MAX, .n = 1 }, .lost = 9,
	};

	steps[0].cpu = 3;
	steps[0].ctx = EV_CTX_SOFTIRQ;
	steps[0].pid = 5;
	steps[0].tid = 6;
	strcpy(steps[0].comm, "n\"c");
	strcpy(steps[0].dev, "eth0");
	steps[0].len = 152;
	steps[0].arg = UINT64_MAX;
	steps[0].lost_before = 9;
	CHECK_STR(packet(&p),
		  "{\"type\":\"packet\",\"id\":2,\"parent\":1,\"dir\":\"recv\",\"proto\":\"tcp\","
		  "\"family\":4,\"src\":{\"addr\":\"10.0.0.1\",\"port\":4242},"
		  "\"dst\":{\"addr\":\"2001:db8::1\",\"port\":80},\"seq\":7,\"seq_rel\":null,\"ack\":8,"
		  "\"len\":100,\"skb_len\":152,\"flags\":[\"SYN\",\"ACK\"],\"gso_size\":1448,"
		  "\"gso_segs\":2,\"window\":502,\"sack\":null,\"dev\":\"eth0\",\"netns\":4026531840,"
		  "\"complete\":false,\"state\":\"dropped\",\"lost\":9,\"retransmit\":true,\"reordered\":false,\"call\":null,"
		  "\"steps\":[{\"t_ns\":1000,\"cpu\":3,\"stage\":\"ip_rcv\",\"layer\":\"IP\","
		  "\"ctx\":{\"kind\":\"softirq\",\"pid\":5,\"tid\":6,\"comm\":\"n\\\"c\",\"frame\":null},"
		  "\"dev\":\"eth0\",\"len\":152,\"arg\":18446744073709551615,\"lost_before\":9}],"
		  "\"links\":[{\"kind\":\"clone\",\"to\":1},"
		  "{\"kind\":\"retransmit\",\"to\":18446744073709551615}],\"end\":{\"how\":\"dropped\","
		  "\"reason\":\"NO_SOCKET\",\"where\":\"tcp_v4_rcv\",\"advice\":\"nobody listens on this address and port: ss -ltun\",\"t_ns\":1500,\"cpu\":0,"
		  "\"ctx\":{\"kind\":\"task\",\"pid\":0,\"tid\":0,\"comm\":null,\"frame\":null}}}\n");
}

TEST(an_empty_packet_is_valid_too)
{
	struct journey p = { .number = 1, .dir = DIR_SEND, .isn_known = true, .proto = 200 };

	packet(&p);
	CHECK(strstr(text, "\"parent\":null"));
	CHECK(strstr(text, "\"proto\":\"200\""));
	CHECK(strstr(text, "\"seq_rel\":0"));
	CHECK(strstr(text, "\"dev\":null"));
	CHECK(strstr(text, "\"flags\":[]"));
	CHECK(strstr(text, "\"steps\":[],\"links\":[],\"end\":null}"));
}

/* The stages of a packet's steps, in the order of the output. */
static const char *order(void)
{
	static char names[256];
	const char *s = text;

	*names = '\0';
	while ((s = strstr(s, "\"stage\":\""))) {
		s += 9;
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%.*s ",
			 (int)strcspn(s, "\""), s);
	}
	return names;
}

TEST(steps_of_the_call_are_merged_by_time)
{
	struct step own[] = { at(20, ST_ip_output), at(40, ST_net_dev_queue) };
	struct step its[] = { at(5, ST_tcp_connect), at(10, ST_tcp_sendmsg), at(20, ST_tcp_push),
			      at(30, ST_tcp_write_xmit), at(50, ST_tcp_send_fin) };
	struct call c = { .id = UINT64_MAX, .steps = { its, 5, 5 } };
	struct journey p = {
		.number = 1, .dir = DIR_SEND, .steps = { own, 2, 2 }, .call = &c,
		.call_first = 1, .call_n = 4,
	};

	packet(&p);
	CHECK_STR(order(), "tcp_sendmsg tcp_push ip_output tcp_write_xmit net_dev_queue ");
	CHECK(strstr(text, "\"call\":18446744073709551615"));
	p.dir = DIR_RECV;
	packet(&p);
	CHECK_STR(order(), "tcp_sendmsg ip_output tcp_push tcp_write_xmit net_dev_queue ");
	p.call_n = 100;		/* believed no further than there are steps */
	packet(&p);
	CHECK_STR(order(), "tcp_sendmsg ip_output tcp_push tcp_write_xmit net_dev_queue tcp_send_fin ");
}

TEST(a_call_has_every_key)
{
	struct call c = {
		.id = 0x1000000000001, .op = OP_SENDTO, .pid = 1, .tid = 2, .comm = "nc", .fd = 3,
		.sock = 4, .start_ns = 5, .end_ns = 6, .ret = 7, .count = 8, .seq_from = 9,
		.seq_to = 16, .end_seen = true, .flags = 0x8042,
	};
	FILE *out = open_text();

	CHECK_INT(render_json.call(out, NULL, &c), 0);
	c.end_seen = false;
	c.op = 99;
	c.flags = 0;
	CHECK_INT(render_json.call(out, NULL, &c), 0);
	fclose(out);
	CHECK_STR(text,
		  "{\"type\":\"call\",\"id\":281474976710657,\"op\":\"sendto\",\"pid\":1,\"tid\":2,"
		  "\"comm\":\"nc\",\"fd\":3,\"sock\":4,\"start_ns\":5,\"end_ns\":6,\"ret\":7,"
		  "\"bytes\":7,\"seq_from\":9,\"seq_to\":16,\"count\":8,"
		  "\"flags\":[\"PEEK\",\"DONTWAIT\",\"MORE\"],\"wakes\":[]}\n"
		  "{\"type\":\"call\",\"id\":281474976710657,\"op\":null,\"pid\":1,\"tid\":2,"
		  "\"comm\":\"nc\",\"fd\":3,\"sock\":4,\"start_ns\":5,\"end_ns\":null,\"ret\":null,"
		  "\"bytes\":null,\"seq_from\":9,\"seq_to\":16,\"count\":8,\"flags\":[],"
		  "\"wakes\":[]}\n");
}

TEST(the_summary_ends_it)
{
	char *lines[] = { (char *)"2 packets", (char *)"3 \"lost\"" };
	struct footer f = { lines, 2, true };
	FILE *out = open_text();

	CHECK_INT(render_json.end(out, NULL, &f), 0);
	fclose(out);
	CHECK_STR(text, "{\"type\":\"summary\",\"lines\":[\"2 packets\",\"3 \\\"lost\\\"\"],"
		  "\"alarm\":true}\n");
}

TEST(a_full_disk_is_an_error)
{
	struct footer f = { NULL, 0, false };
	FILE *out = fopen("/dev/full", "w");

	setvbuf(out, NULL, _IONBF, 0);
	CHECK(render_json.end(out, NULL, &f) < 0);
	fclose(out);
}

int main(void)
{
	int err = RUN(T(strings_are_valid), T(commas_stand_where_they_must),
		      T(a_packet_has_every_key), T(an_empty_packet_is_valid_too),
		      T(steps_of_the_call_are_merged_by_time), T(a_call_has_every_key),
		      T(the_summary_ends_it), T(a_full_disk_is_an_error));

	free(text);
	return err;
}
