// SPDX-License-Identifier: GPL-2.0-or-later
/* What is said to a terminal cannot act on it; the catalogue's tables are whole. */
#include <fcntl.h>
#include <unistd.h>

#include "check.h"
#include "say.h"
#include "stage.h"

static const char *safe(const char *s)
{
	static char out[256];

	return escape_terminal(out, sizeof(out), s);
}

TEST(plain_text_stays)
{
	CHECK_STR(safe("cannot attach to tcp_v4_rcv: no"), "cannot attach to tcp_v4_rcv: no");
	CHECK_STR(safe("größe 3 µs → ✓ \U0001f600"), "größe 3 µs → ✓ \U0001f600");
	CHECK_STR(safe(""), "");
	CHECK_STR(safe("a\\b"), "a\\b");
}

TEST(controls_are_escaped)
{
	CHECK_STR(safe("a\033[2Jb"), "a\\x1b[2Jb");
	CHECK_STR(safe("a\nb\tc\r"), "a\\x0ab\\x09c\\x0d");
	CHECK_STR(safe("\x7f"), "\\x7f");
	CHECK_STR(safe("\xc2\x9b" "31m"), "\\xc2\\x9b31m");		/* CSI in one character */
	CHECK_STR(safe("\u202e"), "\\xe2\\x80\\xae");		/* turns text round */
}

TEST(bad_utf8_is_escaped)
{
	CHECK_STR(safe("\xff"), "\\xff");
	CHECK_STR(safe("\xc0\xaf"), "\\xc0\\xaf");		/* overlong */
	CHECK_STR(safe("\xed\xa0\x80"), "\\xed\\xa0\\x80");	/* surrogate */
	CHECK_STR(safe("a\xe2\x82"), "a\\xe2\\x82");		/* cut */
	CHECK_STR(safe("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
}

TEST(the_end_is_never_half)
{
	char out[8];

	CHECK_STR(escape_terminal(out, sizeof(out), "abcdefghij"), "abcdefg");
	CHECK_STR(escape_terminal(out, sizeof(out), "abcd\033"), "abcd");
	CHECK_STR(escape_terminal(out, sizeof(out), "abcdeä"), "abcdeä");
	CHECK_STR(escape_terminal(out, sizeof(out), "abcdefä"), "abcdef");
	CHECK_STR(escape_terminal(out, 1, "abc"), "");
}

/* What say() writes on stderr. */
static const char *said(void (*speak)(void))
{
	static char text[8192];
	int fds[2], old = dup(STDERR_FILENO);
	ssize_t n;

	if (pipe(fds))
		return NULL;
	dup2(fds[1], STDERR_FILENO);
	speak();
	dup2(old, STDERR_FILENO);
	close(old);
	close(fds[1]);
	n = read(fds[0], text, sizeof(text) - 1);
	close(fds[0]);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void speak_once(void)
{
	say("no device is called \"%s\"", "e\033th0");
	say_more("nobody reads this");
}

static void speak_more(void)
{
	say_verbose = true;
	say_more("%d rows", 3);
	say_verbose = false;
}

static void speak_long(void)
{
	char name[4096];

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	say("%s", name);
}

TEST(a_sentence_is_one_line)
{
	const char *text;

	CHECK_STR(said(speak_once), "skbtrace: no device is called \"e\\x1bth0\"\n");
	CHECK_STR(said(speak_more), "skbtrace: 3 rows\n");
	text = said(speak_long);
	CHECK(strlen(text) > 1000 && text[strlen(text) - 1] == '\n');
}

TEST(the_catalogue_is_whole)
{
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
		CHECK(stages[id].name && *stages[id].name);
		CHECK(stages[id].source && *stages[id].source);
		CHECK(stages[id].meaning && *stages[id].meaning);
		CHECK(stages[id].lane < LANE_N && stages[id].dir);
		CHECK_INT(stage_by_name(stages[id].name), id);	/* also: no name stands twice */
	}
	for (unsigned int lane = 0; lane < LANE_N; lane++)
		CHECK(lanes[lane].brief && lanes[lane].wide);
	for (unsigned int op = OP_NONE + 1; op < OP_N; op++)
		CHECK(op_names[op] && op_dirs[op] >= DIR_SEND && op_dirs[op] <= DIR_BOTH);
	CHECK_INT(stage_by_name("no_such_stage"), ST_NONE);
	CHECK_STR(tcp_state_name(1), "ESTABLISHED");
	CHECK_STR(tcp_state_name(11), "CLOSING");
	CHECK(!tcp_state_name(0) && !tcp_state_name(99));
}

int main(void)
{
	return RUN(T(plain_text_stays), T(controls_are_escaped), T(bad_utf8_is_escaped),
		   T(the_end_is_never_half), T(a_sentence_is_one_line), T(the_catalogue_is_whole));
}
