// SPDX-License-Identifier: GPL-2.0-or-later
/* A capture becomes text and the same capture again; wrong text is refused with its line. */
#include <errno.h>
#include <unistd.h>

#include "check.h"
#include "dump.h"
#include "record.h"
#include "word.h"

static char path[] = "/tmp/skbtrace-test-XXXXXX";
static char why[256];

/* Text to capture at path. */
static int up(const char *text)
{
	FILE *in = fmemopen((void *)text, strlen(text), "r");
	int err;

	*why = '\0';
	err = undump(in, "x.txt", path, why, sizeof(why));
	fclose(in);
	return err;
}

/* The capture at path as text; its raw records, if wanted. The caller frees both. */
static char *down(char **raw, size_t *raw_n)
{
	char *text = NULL, *bytes = NULL;
	size_t n = 0, bytes_n = 0;
	FILE *out = open_memstream(&text, &n), *all = open_memstream(&bytes, &bytes_n);
	const struct ev_head *rec;
	struct cap_reader *r;
	int err;

	CHECK_INT(cap_open(&r, path, why, sizeof(why)), 0);
	CHECK_INT(dump_world(out, cap_world(r)), 0);
	while ((err = cap_next(r, &rec, why, sizeof(why))) == 1) {
		CHECK_INT(dump_record(out, rec), 0);
		fwrite(rec, rec->size, 1, all);
	}
	if (!err)
		CHECK_INT(dump_end(out, &cap_world(r)->counts), 0);
	cap_close(r);
	fclose(out);
	fclose(all);
	if (raw) {
		*raw = bytes;
		*raw_n = bytes_n;
	} else {
		free(bytes);
	}
	return text;
}

/* text, put into a capture and printed again, is want; the stages of this program are left out. */
static void becomes(const char *text, const char *want)
{
	char *got, *from, *to;

	CHECK_INT(up(text), 0);
	CHECK_STR(why, "");
	got = down(NULL, NULL);
	for (from = to = got; *from;) {		/* drop "stage ..." lines */
		char *end = strchr(from, '\n') + 1;

		if (strncmp(from, "stage ", 6)) {
			memmove(to, from, end - from);
			to += end - from;
		}
		from = end;
	}
	*to = '\0';
	CHECK_STR(got, want);
	free(got);
}

TEST(a_hand_written_text_is_completed)
{
	becomes("# a comment\n"
		"\n"
		"meta kernel   6.12 on two words  \n"
		"reason 2 NOT_SPECIFIED\n"
		"off ip_rcv no such symbol\n"
		"  step t=1.5 stage=tcp_v4_rcv skb=1 len=78 # the first\n"
		"step t=2 stage=ip_rcv skb=0x1000000000001 arg=17\n"
		"step cpu=3\n"
		"step n=7 tid=4121\n"
		"step ctx=softirq\n"
		"tick t=3\n"
		"count lost 0\n"
		"end\n",
		"meta kernel 6.12 on two words\n"
		"reason 2 NOT_SPECIFIED\n"
		"off ip_rcv no such symbol\n"
		"step t=1.500000000 cpu=0 ctx=task stage=tcp_v4_rcv n=1 skb=1 len=78\n"
		"step t=2.000000000 cpu=0 ctx=task stage=ip_rcv n=2 skb=0x1000000000001 arg=0x11\n"
		"step t=0.000000000 cpu=3 ctx=task stage=0 n=1\n"
		"step t=0.000000000 cpu=0 ctx=task stage=0 n=7 tid=4121\n"
		"step t=0.000000000 cpu=0 ctx=softirq stage=0 n=8\n"
		"tick t=3.000000000 cpu=0 ctx=task\n"
		"count lost 0\n"
		"end\n");
}

TEST(fields_are_spelled_by_their_kind)
{
	becomes("skb skb=1 saddr=10.0.0.1 daddr=2001:db8::1 proto=tcp tcp_flags=SYN|ACK how=clone\n"
		"skb skb=2 saddr=::ffff:10.0.0.2 proto=99 tcp_flags=0x12 dir=send how=9\n"
		"call op=sendto fd=-1 count=0xFFFFFFFFFFFFFFFF\n"
		"callend ret=-11\n"
		"callend ret=-9223372036854775808\n"
		"end how=dropped reason=2 location=0xffffffff81000000\n"
		"task comm=nc\n"
		"task comm=\"a \\\"b\\\" \\\\ \\x1b\\n\\xff \"\n"
		"sym addr=1 name=abcdefghijklmnopqrstuvwxyz01234\n"
		"end\n",
		"skb t=0.000000000 cpu=0 ctx=task n=1 skb=1 proto=tcp tcp_flags=SYN|ACK how=clone "
		"saddr=10.0.0.1 daddr=2001:db8::1\n"
		"skb t=0.000000000 cpu=0 ctx=task n=2 skb=2 proto=99 tcp_flags=SYN|ACK how=9 dir=send "
		"saddr=10.0.0.2\n"
		"call t=0.000000000 cpu=0 ctx=task n=3 count=0xffffffffffffffff fd=-1 op=sendto\n"
		"callend t=0.000000000 cpu=0 ctx=task n=4 ret=-11\n"
		"callend t=0.000000000 cpu=0 ctx=task n=5 ret=-9223372036854775808\n"
		"end t=0.000000000 cpu=0 ctx=task n=6 location=0xffffffff81000000 how=dropped reason=2\n"
		"task t=0.000000000 cpu=0 ctx=task n=7 comm=\"nc\"\n"
		"task t=0.000000000 cpu=0 ctx=task n=8 comm=\"a \\\"b\\\" \\\\ \\x1b\\n\\xff\\x20\"\n"
		"sym t=0.000000000 cpu=0 ctx=task addr=0x1 name=\"abcdefghijklmnopqrstuvwxyz01234\"\n"
		"end\n");
}

TEST(without_end_it_is_cut)
{
	becomes("step stage=ip_rcv", "step t=0.000000000 cpu=0 ctx=task stage=ip_rcv n=1\n");
	CHECK(strstr(why, "ends without its end"));
	becomes("", "");
	becomes("end", "end\n");
	becomes("end # of it\n", "end\n");
}

TEST(stages_keep_the_numbers_of_the_text)
{
	const struct ev_head *rec;
	struct cap_reader *r;
	char *text;

	CHECK_INT(up("stage 900 ip_rcv\nstage 901 of_tomorrow\nstep stage=ip_rcv\n"
		     "step stage=of_tomorrow\nend\n"), 0);
	text = down(NULL, NULL);
	CHECK_STR(text, "stage 900 ip_rcv\nstage 901 of_tomorrow\n"
		  "step t=0.000000000 cpu=0 ctx=task stage=ip_rcv n=1\n"
		  "step t=0.000000000 cpu=0 ctx=task stage=0 n=2\nend\n");
	free(text);
	CHECK_INT(cap_open(&r, path, why, sizeof(why)), 0);
	CHECK_INT(cap_next(r, &rec, why, sizeof(why)), 1);
	CHECK_INT(rec->stage, ST_ip_rcv);
	cap_close(r);
}

/* Every kind with every byte of every field set: bytes and text survive the way there and back. */
TEST(every_record_survives)
{
	struct cap_world world = { 0 };
	struct cap_writer *w;
	char *raw, *raw2, *text, *text2;
	size_t n, n2;

	CHECK_INT(cap_list_add(&world.meta, "kernel", "%s", " 6.12\n\"\\\x01"), 0);
	CHECK_INT(cap_create(&w, path, &world), 0);
	for (unsigned int kind = 0; kind < 256; kind++) {
		const struct record *r = record_by_kind(kind);

		for (int fill = 0; r && fill < 256; fill += fill == 1 ? 63 : fill ? 64 : 1) {
			union {
				struct ev_head head;
				unsigned char bytes[EV_SIZE_MAX];
			} rec;

			for (size_t i = 0; i < sizeof(rec); i++)
				rec.bytes[i] = (unsigned char)(fill ? fill + i * 7 : 0);
			rec.head.size = (uint16_t)r->size;
			rec.head.kind = (uint8_t)kind;
			rec.head.stage = (uint16_t)(fill % ST_N);
			record_pad_strings(r, &rec.head);
			CHECK_INT(cap_write(w, &rec, r->size), 0);
		}
	}
	CHECK_INT(cap_finish(w, NULL), 0);
	cap_world_free(&world);
	text = down(&raw, &n);
	CHECK_INT(up(text), 0);
	CHECK_STR(why, "");
	text2 = down(&raw2, &n2);
	CHECK_STR(text2, text);
	CHECK(n == n2 && n > 0 && !memcmp(raw, raw2, n));
	free(raw);
	free(raw2);
	free(text);
	free(text2);
}

static void refused(const char *text, const char *want)
{
	CHECK_INT(up(text), -EBADMSG);
	CHECK_STR(why, want);
}

TEST(wrong_text_is_refused_with_its_line)
{
	refused("\nstpe t=1\n", "x.txt, line 2: no line starts with \"stpe\"");
	refused("step skb=1\nstep foo=1\n", "x.txt, line 2: a step record has no field \"foo\"");
	refused("step skb\n", "x.txt, line 1: \"skb\" is not field=value");
	refused("step =1\n", "x.txt, line 1: \"=1\" is not field=value");
	refused("step skb=1 skb=2\n", "x.txt, line 1: skb is said twice");
	refused("step t=1 t=2\n", "x.txt, line 1: t is said twice");
	refused("step skb=1x\n", "x.txt, line 1: skb=1x is not a number");
	refused("step skb=\n", "x.txt, line 1: skb= is not a number");
	refused("step skb=0x\n", "x.txt, line 1: skb=0x is not a number");
	refused("step skb=-1\n", "x.txt, line 1: skb=-1 is not a number");
	refused("step skb=18446744073709551616\n",
		"x.txt, line 1: skb=18446744073709551616 does not fit its field");
	refused("step len=4294967296\n", "x.txt, line 1: len=4294967296 does not fit its field");
	refused("step cpu=65536\n", "x.txt, line 1: cpu=65536 does not fit its field");
	refused("call fd=2147483648\n", "x.txt, line 1: fd=2147483648 does not fit its field");
	refused("call op=sing\n", "x.txt, line 1: op cannot be \"sing\"");
	refused("step ctx=sleep\n", "x.txt, line 1: ctx cannot be \"sleep\"");
	refused("skb tcp_flags=SYN|\n", "x.txt, line 1: tcp_flags cannot be \"SYN|\"");
	refused("step t=1.\n", "x.txt, line 1: t=1. is not a time in seconds");
	refused("step t=1.0000000001\n", "x.txt, line 1: t=1.0000000001 is not a time in seconds");
	refused("step t=0x10\n", "x.txt, line 1: t=0x10 is not a time in seconds");
	refused("step t=18446744073709551615\n",
		"x.txt, line 1: t=18446744073709551615 is not a time in seconds");
	refused("step t=18446744073.709551616\n",
		"x.txt, line 1: t=18446744073.709551616 is not a time in seconds");
	becomes("step t=18446744073.709551615\n",
		"step t=18446744073.709551615 cpu=0 ctx=task stage=0 n=1\n");
	refused("step stage=nowhere\n", "x.txt, line 1: no stage is called \"nowhere\"");
	refused("stage 1 ip_rcv\nstep stage=tcp_v4_rcv\n",
		"x.txt, line 2: no stage is called \"tcp_v4_rcv\"");
	refused("task comm=0123456789abcdef\n", "x.txt, line 1: comm is longer than 15 bytes");
	refused("task comm=\"nc\n", "x.txt, line 1: the string of comm has no closing quote");
	refused("task comm=\"nc\"x\n", "x.txt, line 1: something follows the string of comm");
	refused("task comm=\"\\q\"\n", "x.txt, line 1: a backslash in comm does not start an escape");
	refused("task comm=\"\\x00\"\n", "x.txt, line 1: a backslash in comm does not start an escape");
	refused("skb saddr=10.0.0\n", "x.txt, line 1: saddr=10.0.0 is not an address");
	refused("sym rest=x\n", "x.txt, line 1: a sym record has no field \"rest\"");
	refused("step\nmeta a b\n", "x.txt, line 2: \"meta\" cannot stand after a record");
	refused("count a 1\nstep\n", "x.txt, line 2: \"step\" cannot stand after a count");
	refused("end\nend\n", "x.txt, line 2: \"end\" cannot stand after the end");
	refused("meta\n", "x.txt, line 1: it has no key");
	CHECK_INT(undump(stdin, "x", "/nowhere/x", why, sizeof(why)), -ENOENT);
}

TEST(words_are_whole)
{
	uint64_t v;

	CHECK(word_parse(words_of(EV_CALL, "op"), "sendto", &v) && v == OP_SENDTO);
	CHECK(word_parse(words_of(EV_SKB, "tcp_flags"), "FIN|CWR", &v) && v == 0x81);
	CHECK(!word_parse(words_of(EV_SKB, "tcp_flags"), "", &v));
	CHECK(!words_of(EV_SKB, "skb"));
}

int main(void)
{
	int fd = mkstemp(path), err;

	if (fd < 0 || !freopen("/dev/null", "r", stdin))
		return 99;
	close(fd);
	err = RUN(T(a_hand_written_text_is_completed), T(fields_are_spelled_by_their_kind),
		  T(without_end_it_is_cut), T(stages_keep_the_numbers_of_the_text),
		  T(every_record_survives), T(wrong_text_is_refused_with_its_line),
		  T(words_are_whole));
	unlink(path);
	return err;
}
