// SPDX-License-Identifier: GPL-2.0-or-later
/* The renderers: nothing breaks the columns, no name acts on the reader's side. */
#include "check.h"
#include "render.h"
#include "term.h"

#include "../samples/samples.c"

static const unsigned int widths[] = { 40, 60, 80, 100, 160, 400 };
#define EACH(i, array) for (size_t i = 0; i < sizeof(array) / sizeof(*(array)); i++)

/* Everything about a sample in a format, footer included. The caller frees it. */
static char *draw(const char *format, unsigned int width, bool only_ascii, const struct diagram *d)
{
	const struct renderer *r = renderer_by_name(format);
	const struct render_opts o = { .width = width, .ascii = only_ascii };
	char *lines[] = { "2 packets · 1 lost \033[2J",
			  "the ring was full: use --buffer 64M, or a narrower filter" };
	const struct footer f = { .lines = lines, .n = 2, .alarm = true };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	CHECK(r && out);
	if (r->begin)
		CHECK_INT(r->begin(out, &o), 0);
	CHECK_INT(r->diagram(out, &o, d), 0);
	CHECK_INT(r->end(out, &o, &f), 0);
	fclose(out);
	return text;
}

static const struct diagram *sample(const char *name)
{
	for (size_t i = 0; i < sample_n; i++)
		if (!strcmp(samples[i].name, name))
			return &samples[i].d;
	printf("# no sample %s\n", name);
	exit(1);
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		n++;
	return n;
}

static void check_columns(const char *name, char *text, unsigned int width)
{
	char *rest = text;

	for (char *line; (line = strsep(&rest, "\n"));) {
		size_t n = strlen(line);

		if (term_columns(line) > width) {
			printf("# %s at %u columns: %s\n", name, width, line);
			check_failed = 1;
		}
		CHECK(!n || line[n - 1] != ' ');
	}
}

TEST(no_line_is_wider_than_the_terminal)
{
	for (size_t s = 0; s < sample_n; s++)
		EACH(w, widths)
			for (int only_ascii = 0; only_ascii < 2; only_ascii++) {
				char *text = draw("text", widths[w], only_ascii, &samples[s].d);

				check_columns(samples[s].name, text, widths[w]);
				free(text);
			}
}

TEST(ascii_is_only_ascii)
{
	for (size_t s = 0; s < sample_n; s++) {
		char *text = draw("text", 80, true, &samples[s].d);

		for (const char *c = text; *c; c++)
			CHECK((unsigned char)*c < 0x80);
		free(text);
	}
}

TEST(ascii_has_the_same_lines)
{
	static const char *const names[] = { "send", "recv", "nine" };

	EACH(i, names) {
		char *utf8 = draw("text", 160, false, sample(names[i]));
		char *ascii_text = draw("text", 160, true, sample(names[i]));

		CHECK_INT(count(ascii_text, "\n"), count(utf8, "\n"));
		CHECK_INT(count(ascii_text, "*"), count(utf8, "●"));
		free(utf8);
		free(ascii_text);
	}
}

TEST(no_control_byte_reaches_any_format)
{
	static const char *const formats[] = { "text", "mermaid", "plantuml" };

	EACH(f, formats)
		for (size_t s = 0; s < sample_n; s++) {
			char *text = draw(formats[f], 80, false, &samples[s].d);

			for (const char *c = text; *c; c++)
				CHECK(*c == '\n' || ((unsigned char)*c >= 0x20 && *c != 0x7f));
			CHECK(!strstr(text, "\xe2\x80\xae"));	/* right-to-left override */
			CHECK(!strstr(text, "\xff"));
			free(text);
		}
}

TEST(long_names_are_whole_at_80_columns)
{
	for (int only_ascii = 0; only_ascii < 2; only_ascii++) {
		char *text = draw("text", 80, only_ascii, sample("nine"));

		for (size_t i = 0; i < sample("nine")->item_n; i++)
			CHECK(strstr(text, sample("nine")->items[i].label));
		CHECK(strstr(text, "neigh") && strstr(text, "qdisc"));
		free(text);
	}
}

TEST(a_step_is_one_line)
{
	static const struct item two[] = {
		CROSS(0, 1, 1234.5, 0.5, "ip_output", "eth0"),
		STEP(5, 1334.5, 100.0, "start_xmit", ""),
	};
	struct diagram d = *sample("send");
	char *text;

	d.title_n = 0;
	d.items = (struct item *)two;
	d.item_n = 2;
	text = draw("text", 80, false, &d);
	CHECK(strstr(text, "\n1234.5   0.5     ●───▶                     ip_output   eth0\n"));
	free(text);
	text = draw("text", 80, true, &d);
	CHECK(strstr(text, "\n1234.5   0.5     *--->                     ip_output   eth0\n"));
	free(text);
}

TEST(times_keep_their_columns)
{
	char *text = draw("text", 80, false, sample("gap"));

	CHECK(strstr(text, "\n    0.4     0.4 "));
	CHECK(strstr(text, "\n142.8ms 142.8ms "));
	CHECK(strstr(text, "\n  2.61s   2.47s █ "));
	free(text);
}

TEST(contexts_open_once_and_close)
{
	char *text = draw("text", 80, false, sample("recv"));

	CHECK_INT(count(text, "┌ cpu"), 1);
	CHECK_INT(count(text, "├ cpu"), 2);
	CHECK_INT(count(text, "└ read"), 1);
	CHECK_INT(count(text, "▒"), 1);
	CHECK(strstr(text, "├ cpu1 · curl[4121] · waited 35.6 µs for the CPU\n"));
	free(text);
}

TEST(a_drop_says_so_and_why)
{
	char *text = draw("text", 80, false, sample("drop"));

	CHECK(strstr(text, "✗━"));
	CHECK(strstr(text, "━ DROPPED NETFILTER_DROP in nf_hook_slow\n"));
	CHECK(strstr(text, "→ a rule of the LOCAL_IN hook"));
	free(text);
	text = draw("text", 80, true, sample("drop"));
	CHECK(strstr(text, "x== DROPPED NETFILTER_DROP"));
	free(text);
}

TEST(a_gap_is_torn_from_edge_to_edge)
{
	char *text = draw("text", 80, false, sample("gap")), *line = strstr(text, " ╌╌╌");

	CHECK(line && strstr(line, "4 records lost here on cpu1"));
	if (line) {
		*strchr(line, '\n') = 0;
		CHECK_INT(term_columns(line), 80);
	}
	free(text);
}

TEST(an_alarm_is_louder_than_a_footer)
{
	const struct renderer *r = renderer_by_name("text");
	char *lines[] = { "9 steps · 0 lost" }, *text = NULL;
	struct footer f = { .lines = lines, .n = 1 };
	size_t size;

	for (int alarm = 0; alarm < 2; alarm++) {
		const struct render_opts o = { .width = 80, .colour = true };
		FILE *out = open_memstream(&text, &size);

		f.alarm = alarm;
		r->end(out, &o, &f);
		fclose(out);
		CHECK_STR(text, alarm ? " \033[0;1;33m! 9 steps · 0 lost\033[0m\n" :
					" \033[0;2m9 steps · 0 lost\033[0m\n");
		free(text);
	}
}

TEST(an_empty_diagram_is_its_title)
{
	const struct render_opts o = { .width = 80 };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	renderer_by_name("text")->diagram(out, &o, sample("empty"));
	fclose(out);
	CHECK_STR(text, "TCP 10.0.0.1:1 → 10.0.0.2:2 · nothing was seen\n\n");
	free(text);
}

TEST(mermaid_is_escaped)
{
	char *text = draw("mermaid", 80, false, sample("hostile"));
	const char *block = strstr(text, "sequenceDiagram");

	CHECK_INT(count(text, "```"), 2);
	CHECK_INT(count(text, "%%"), 2);	/* of our own setup */
	CHECK(!strstr(text, "<script") && !strstr(text, "<b>"));
	CHECK(block && strstr(block, "participant l0 as #101;nd#59;#37;#37;#34;#60;script#62;\n"));
	CHECK_INT(count(text, "    rect "), count(text, "    end\n"));
	CHECK_INT(count(text, "    activate"), count(text, "    deactivate"));
	free(text);
}

TEST(plantuml_is_escaped)
{
	char *text = draw("plantuml", 80, false, sample("hostile"));

	CHECK_INT(count(text, "@"), 2);
	CHECK(!strstr(text, "!include") && !strstr(text, "!define"));
	CHECK(!strstr(text, "%") && !strstr(text, "$"));
	CHECK(!strstr(text, "<script") && !strstr(text, "__tcp"));
	CHECK(strstr(text, "\nparticipant \"end<U+003B><U+0025><U+0025><U+0022>"
			   "<U+003C>script<U+003E>\" as l0\n"));
	CHECK_INT(count(text, "\ngroup#"), count(text, "\nend\n"));
	CHECK_INT(count(text, "\nactivate"), count(text, "\ndeactivate"));
	free(text);
}

TEST(columns_are_counted_as_a_terminal_does)
{
	char cut[64];

	CHECK_INT(term_columns("a·µ→●"), 5);
	CHECK_INT(term_columns("日本"), 4);
	CHECK_INT(term_columns("e\xcc\x81"), 1);
	CHECK_INT(term_columns("\xff\xfe"), 2);
	CHECK_INT(term_prefix("日本", 3), 3);
	CHECK_STR(term_cut(cut, sizeof(cut), "日本語", 5, false), "日本…");
	CHECK_STR(term_cut(cut, sizeof(cut), "日本語", 4, false), "日…");
	CHECK_STR(term_cut(cut, sizeof(cut), "abcdef", 5, true), "ab...");
	CHECK_STR(term_cut(cut, sizeof(cut), "abc", 3, true), "abc");
}

static void check_clean(const char *s, bool only_ascii, const char *want)
{
	char *got = term_clean(s, only_ascii);

	CHECK_STR(got, want);
	free(got);
}

TEST(cleaned_text_cannot_act)
{
	check_clean("a → b · 1 µs…", true, "a -> b - 1 us...");
	check_clean("a → b", false, "a → b");
	check_clean("\033[2J", false, "\\x1b[2J");
	check_clean("ü", true, "\\xc3\\xbc");
	check_clean("a\xe2\x80\xae" "b", false, "a\\xe2\\x80\\xaeb");
	check_clean("\xf0\x28", false, "\\xf0(");
}

TEST(renderers_are_found_by_name)
{
	CHECK(renderer_by_name("text") == renderers[0]);
	CHECK(!renderer_by_name("svg"));
	for (const struct renderer *const *r = renderers; *r; r++)
		CHECK(renderer_by_name((*r)->name) == *r && *(*r)->meaning);
}

int main(void)
{
	return RUN(T(no_line_is_wider_than_the_terminal), T(ascii_is_only_ascii),
		   T(ascii_has_the_same_lines), T(no_control_byte_reaches_any_format),
		   T(long_names_are_whole_at_80_columns), T(a_step_is_one_line),
		   T(times_keep_their_columns), T(contexts_open_once_and_close),
		   T(a_drop_says_so_and_why), T(a_gap_is_torn_from_edge_to_edge),
		   T(an_alarm_is_louder_than_a_footer), T(an_empty_diagram_is_its_title),
		   T(mermaid_is_escaped), T(plantuml_is_escaped),
		   T(columns_are_counted_as_a_terminal_does), T(cleaned_text_cannot_act),
		   T(renderers_are_found_by_name));
}
