// SPDX-License-Identifier: GPL-2.0-or-later
/* What opt_parse() makes of a command line, and the one sentence that it says when it cannot. */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "near.h"
#include "number.h"
#include "opt_row.h"
#include "say.h"

static const struct command live = {
	"send", "FILTER [OPTIONS] [-- CMD ARGS]", "follow what leaves",
	TAKES_FILTER | TAKES_RUN | TAKES_KEEP | TAKES_OUT | TAKES_SELECT | TAKES_DRAW | TAKES_COMMAND |
	TAKES_GENERAL, NULL
};
static const struct command file = {
	"report", "FILE [OPTIONS]", "draw what was recorded",
	TAKES_FILE | TAKES_DIR | TAKES_OUT | TAKES_SELECT | TAKES_DRAW | TAKES_GENERAL, NULL
};
static const struct command list = {
	"stages", "[OPTIONS]", "list the stages", TAKES_LIST | TAKES_GENERAL, NULL
};

static struct options o;
static bool done;
static char said[4096];	/* what went to stderr */
static char line[1024];	/* the words that o points into */

/* Parses words that are separated by one blank; "''" is an empty word. */
static int parse(const struct command *c, const char *words)
{
	int fd = memfd_create("stderr", 0), old = dup(STDERR_FILENO), argc = 0, status;
	static char *argv[64];
	ssize_t len;

	snprintf(line, sizeof(line), "%s", words);
	argv[argc++] = (char *)c->name;
	for (char *next = line, *word; (word = strsep(&next, " ")); )
		if (*word)
			argv[argc++] = strcmp(word, "''") ? word : word + 2;
	argv[argc] = NULL;

	dup2(fd, STDERR_FILENO);
	status = opt_parse(c, argc, argv, &o, &done);
	fflush(stderr);
	dup2(old, STDERR_FILENO);
	close(old);
	len = pread(fd, said, sizeof(said) - 1, 0);
	said[len > 0 ? len : 0] = '\0';
	close(fd);
	return status;
}

/* The sentence must be the only thing that is said, and the status must be this one. */
#define FAILS(c, words, want_status, sentence) \
	do { \
		CHECK_INT(parse(c, words), want_status); \
		CHECK_STR(said, "skbtrace: " sentence "\n"); \
	} while (0)

#define PARSES(c, words) \
	do { \
		CHECK_INT(parse(c, words), EXIT_OK); \
		CHECK_STR(said, ""); \
	} while (0)

TEST(defaults)
{
	setenv("LC_ALL", "C.UTF-8", 1);
	unsetenv("NO_COLOR");
	PARSES(&live, "--all");
	CHECK(o.filter.all && !done);
	CHECK_STR(o.format, "text");
	CHECK_INT(o.detail, DETAIL_NORMAL);
	CHECK_INT(o.dirs, DIR_BOTH);
	CHECK_INT(o.colour, 0);
	CHECK_INT(o.width, 0);
	CHECK(!o.ascii && !o.output && !o.write && !o.backend && !o.command && !o.input);
	CHECK(o.ring >= 64 << 10);
}

TEST(all_at_once)
{
	PARSES(&live, "--port 80 --host=10.0.0.1 -n3 -t 0.5 --ring 64K -fjson -o out --detail full"
		      " --width 132 --ascii --color always --backend kprobe.multi -w keep -v"
		      " -- curl -s --port x");
	CHECK_INT(o.filter.cfg.port, 80);
	CHECK_INT(o.filter.cfg.by_host, 1);
	CHECK_INT(o.packets, 3);
	CHECK_INT(o.seconds_ms, 500);
	CHECK_INT(o.ring, 65536);
	CHECK_STR(o.format, "json");
	CHECK_STR(o.output, "out");
	CHECK_STR(o.write, "keep");
	CHECK_INT(o.detail, DETAIL_FULL);
	CHECK_INT(o.width, 132);
	CHECK(o.ascii && o.verbose && !o.quiet);
	CHECK_INT(o.colour, 1);
	CHECK_STR(o.backend, "kprobe.multi");
	CHECK(o.command && o.command[3] && !o.command[4]);
	CHECK_STR(o.command[0], "curl");
	CHECK_STR(o.command[3], "x");
}

TEST(files)
{
	PARSES(&file, "x.skbt --dir recv -f mermaid -n 2");
	CHECK_STR(o.input, "x.skbt");
	CHECK_INT(o.dirs, DIR_RECV);
	PARSES(&file, "-f text -- -odd-name");
	CHECK_STR(o.input, "-odd-name");
	PARSES(&file, "-");
	CHECK_STR(o.input, "-");
	PARSES(&list, "-f markdown");
	CHECK_STR(o.format, "markdown");
	FAILS(&file, "", EXIT_USAGE, "report needs a file: skbtrace report FILE [OPTIONS]");
	FAILS(&file, "a b", EXIT_USAGE, "report: unexpected argument b behind a");
	FAILS(&file, "''", EXIT_USAGE, "report \"\": an argument is not empty");
	FAILS(&list, "x", EXIT_USAGE, "stages: unexpected argument x");
}

TEST(unknown_options)
{
	FAILS(&live, "--all --prot", EXIT_USAGE, "--proto needs a value, --proto PROTO");
	FAILS(&live, "--prt 1", EXIT_USAGE, "unknown option --prt; did you mean --port?");
	FAILS(&live, "--xyzzy=1", EXIT_USAGE,
	      "unknown option --xyzzy; skbtrace send --help lists those that are known");
	FAILS(&live, "--all -vXq", EXIT_USAGE,
	      "unknown option -X; skbtrace send --help lists those that are known");
	FAILS(&live, "-o -X -X", EXIT_USAGE,
	      "unknown option -X; skbtrace send --help lists those that are known");
	FAILS(&live, "--dir send", EXIT_USAGE, "send has no option --dir; other commands have");
	FAILS(&list, "-n 1", EXIT_USAGE, "stages has no option -n; other commands have");
	FAILS(&live, "--co x", EXIT_USAGE, "--co may be --comm or --color; write it out");
}

TEST(values)
{
	FAILS(&live, "--port", EXIT_USAGE, "--port needs a value, --port PORT");
	FAILS(&live, "--all -n", EXIT_USAGE, "-n needs a value, -n N");
	FAILS(&live, "--all -vn", EXIT_USAGE, "-n needs a value, -n N");
	FAILS(&live, "--ascii=yes", EXIT_USAGE, "--ascii takes no value");
	FAILS(&live, "--port 70000", EXIT_USAGE,
	      "--port 70000: a port is a number from 1 to 65535");
	FAILS(&live, "--all -n 0", EXIT_USAGE,
	      "-n 0: a count of packets is a number from 1 to 1000000000");
	FAILS(&live, "--all --packets=1e3", EXIT_USAGE,
	      "--packets 1e3: a count of packets is a number from 1 to 1000000000");
	FAILS(&live, "--all -t 0.0001", EXIT_USAGE, "-t 0.0001: a time is a number of seconds from"
	      " 0.001 to 31536000 with at most three decimals");
	FAILS(&live, "--all --ring 3M", EXIT_USAGE,
	      "--ring 3M: a ring is a power of two from 64K to 1G");
	FAILS(&live, "--all --ring 32K", EXIT_USAGE,
	      "--ring 32K: a ring is a power of two from 64K to 1G");
	FAILS(&live, "--all --width 39", EXIT_USAGE,
	      "--width 39: a width is a number from 40 to 1000");
	FAILS(&live, "--all --detail most", EXIT_USAGE,
	      "--detail most: a detail is brief, normal or full");
	FAILS(&file, "x --dir up", EXIT_USAGE, "--dir up: a direction is send, recv or both");
	FAILS(&live, "--all -o ''", EXIT_USAGE, "-o \"\": the name of a file is not empty");
	FAILS(&list, "-f json", EXIT_USAGE, "-f json: a format is text or markdown");
	CHECK_INT(parse(&live, "--all -f dot"), EXIT_USAGE);
	CHECK(!strncmp(said, "skbtrace: -f dot: a format is text, ", 36));
}

TEST(combinations)
{
	FAILS(&live, "", EXIT_USAGE, "send: nothing says what to follow; give a filter such as"
	      " --port 80, or --all, or -- CMD");
	FAILS(&live, "--all --port 80", EXIT_USAGE,
	      "--all follows every packet: leave out --all or the filter");
	FAILS(&live, "--port 80 --port 81", EXIT_USAGE,
	      "--port is given twice: a packet would have to match both");
	FAILS(&live, "--all -v -q", EXIT_USAGE, "--verbose and --quiet contradict each other");
	FAILS(&live, "--all -w x -o x", EXIT_USAGE,
	      "-w x: the diagrams go there already; keep the events in another file");
	FAILS(&live, "--all -w -", EXIT_USAGE,
	      "-w -: the diagrams go there already; keep the events in another file");
	FAILS(&live, "--proto icmp --port 80", EXIT_NOTHING,
	      "--proto icmp with --port can match nothing: icmp has no ports");
	FAILS(&live, "--all curl", EXIT_USAGE,
	      "send: unexpected argument curl; a command to follow stands behind --");
	FAILS(&live, "--all --", EXIT_USAGE,
	      "send: nothing stands behind --; a command to follow belongs there");
	PARSES(&live, "-- true");
	PARSES(&live, "--all -- true");
}

TEST(odd_bytes)
{
	FAILS(&live, "--port \x1b[31m", EXIT_USAGE, "--port \\x1b[31m: no service of this name is in"
	      " /etc/services; a port is a number from 1 to 65535");
	CHECK_INT(parse(&live, "--host aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
		  EXIT_USAGE);
	CHECK(strstr(said, "...: not an address"));
}

TEST(surroundings)
{
	setenv("LC_ALL", "C", 1);
	PARSES(&live, "--all");
	CHECK(o.ascii);
	setenv("LC_ALL", "", 1);	/* empty is as good as unset */
	unsetenv("LC_CTYPE");
	setenv("LANG", "de_DE.utf8", 1);
	PARSES(&live, "--all");
	CHECK(!o.ascii);
	setenv("NO_COLOR", "1", 1);
	PARSES(&live, "--all");
	CHECK_INT(o.colour, -1);
	PARSES(&live, "--all --color always");
	CHECK_INT(o.colour, 1);
	setenv("NO_COLOR", "", 1);
	PARSES(&live, "--all");
	CHECK_INT(o.colour, 0);
	unsetenv("NO_COLOR");
}

TEST(numbers)
{
	uint64_t v;

	CHECK(!number_parse("18446744073709551615", &v) && v == UINT64_MAX);
	CHECK(number_parse("18446744073709551616", &v));
	CHECK(number_parse("", &v) && number_parse("+1", &v) && number_parse("1 ", &v));
	CHECK(!number_parse_seconds("0.5", &v) && v == 500);
	CHECK(!number_parse_seconds("10", &v) && v == 10000);
	CHECK(!number_parse_seconds("1.25", &v) && v == 1250);
	CHECK(!number_parse_seconds("0.001", &v) && v == 1);
	CHECK(number_parse_seconds("1.", &v) && number_parse_seconds(".5", &v));
	CHECK(number_parse_seconds("0.0001", &v) && number_parse_seconds("1s", &v));
	CHECK(number_parse_seconds("18446744073709551.616", &v));
	CHECK(!number_parse_time("0ns", &v) && v == 0);
	CHECK(!number_parse_time("250us", &v) && v == 250000);
	CHECK(!number_parse_time("250µs", &v) && v == 250000);
	CHECK(!number_parse_time("1.5s", &v) && v == 1500000000);
	CHECK(!number_parse_time("0.000001ms", &v) && v == 1);
	CHECK(!number_parse_time("18446744073.709551615s", &v) && v == UINT64_MAX);
	CHECK(number_parse_time("18446744073.709551616s", &v) == -ERANGE);
	CHECK(number_parse_time("18446744074s", &v) == -ERANGE);
	CHECK(number_parse_time("1.5ns", &v) && number_parse_time("0.0001us", &v));
	CHECK(number_parse_time("5", &v) && number_parse_time("ms", &v) && number_parse_time("", &v));
	CHECK(number_parse_time("1.ms", &v) && number_parse_time("-1s", &v) && number_parse_time("1 s", &v));
	CHECK(!number_parse_size("64K", &v) && v == 65536);
	CHECK(!number_parse_size("2m", &v) && v == 2 << 20);
	CHECK(!number_parse_size("1G", &v) && v == 1 << 30);
	CHECK(number_parse_size("2MB", &v) && number_parse_size("M", &v));
	CHECK(number_parse_size("17179869184G", &v));
}

TEST(nearest)
{
	static const struct { const char *typed, *meant; } rows[] = {
		{ "sned", "send" }, { "snd", "send" }, { "repot", "report" }, { "rec", "recv" },
		{ "documentation", NULL }, { "x", NULL }, { "", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct near n = { .typed = rows[i].typed };

		near_offer(&n, "send");
		near_offer(&n, "recv");
		near_offer(&n, "report");
		CHECK(n.best == rows[i].meant || !strcmp(n.best, rows[i].meant));
	}
}

/* Every row can be told apart from every other that the same command may take. */
TEST(rows)
{
	for (size_t i = 0; i < opt_rows_n; i++) {
		const struct opt_row *a = &opt_rows[i];

		CHECK(a->help && *a->help);
		for (size_t j = 0; a->name && j < i; j++) {
			const struct opt_row *b = &opt_rows[j];

			if (!b->name || !(a->takes & b->takes))
				continue;
			CHECK(strcmp(a->name, b->name));
			CHECK(!a->key || a->key != b->key);
		}
		if (a->fallback) {
			char why[256] = "";

			CHECK_INT(opt_row_apply(a, &o, "", a->fallback, why, sizeof(why)), 0);
			CHECK_STR(why, "");
		}
	}
}

TEST(spell)
{
	static const char *const words[] = {
		"--packets=7", "--ring=131072", "--in-flight=65536", "--format=json", "--detail=brief", "--width=99",
		"--ascii", "--color=never",
	};
	size_t n = 0;

	setenv("LC_ALL", "C.UTF-8", 1);
	PARSES(&live, "--all -n 7 --ring 128K -f json --detail brief --width 99 --ascii"
		      " --color never");
	for (size_t i = 0; i < opt_rows_n; i++) {
		char text[64];

		if (!(opt_rows[i].takes & live.groups & (TAKES_RUN | TAKES_DRAW)) ||
		    !*opt_row_spell(&opt_rows[i], &o, text, sizeof(text)))
			continue;
		CHECK(n < sizeof(words) / sizeof(words[0]));
		CHECK_STR(text, words[n]);
		n++;
	}
	CHECK_INT(n, sizeof(words) / sizeof(words[0]));
}

int main(void)
{
	return RUN(T(defaults), T(all_at_once), T(files), T(unknown_options), T(values),
		   T(combinations), T(odd_bytes), T(surroundings), T(numbers), T(nearest), T(rows),
		   T(spell));
}
