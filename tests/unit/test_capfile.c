// SPDX-License-Identifier: GPL-2.0-or-later
/* What is written to a capture comes back; what is cut, foreign or damaged is said. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cap_format.h"
#include "check.h"

static char path[] = "/tmp/skbtrace-test-XXXXXX";
static char why[256];

static struct rec_step step(uint32_t attempt, uint16_t stage)
{
	return (struct rec_step){
		.head = { .size = sizeof(struct rec_step), .kind = EV_STEP, .cpu = 1,
			  .stage = stage, .attempt = attempt, .t_ns = 1000 + attempt },
		.skb = 0x1000000000001, .len = 78,
	};
}

static struct rec_task task(void)
{
	return (struct rec_task){
		.head = { .size = sizeof(struct rec_task), .kind = EV_TASK, .attempt = 9 },
		.pid = 7, .comm = { 'n', 'c', 0, 'x', 'y' },
	};
}

/* A small complete capture at path; its size. */
static long make(void)
{
	struct cap_world world = { 0 };
	struct cap_list counts = { 0 };
	struct cap_writer *w;
	struct rec_step s = step(1, ST_tcp_v4_rcv);
	struct rec_task t = task();
	struct stat st;

	CHECK_INT(cap_list_add(&world.meta, "kernel", "%s", "6.12.1"), 0);
	CHECK_INT(cap_list_add(&world.meta, "command", "%s", " record\n-o \"x\"\\ \x1b "), 0);
	CHECK_INT(cap_list_add(&world.meta, "empty", "%s", ""), 0);
	CHECK_INT(cap_list_add(&world.reasons, "2", "NOT_SPECIFIED"), 0);
	CHECK_INT(cap_list_add(&world.off, "ip_rcv", "no such symbol"), 0);
	CHECK_INT(cap_list_add(&counts, "lost", "%d", 3), 0);
	CHECK_INT(cap_create(&w, path, &world), 0);
	CHECK_INT(cap_write(w, &s, sizeof(s)), 0);
	CHECK_INT(cap_flush(w), 0);
	CHECK_INT(cap_write(w, &t, sizeof(t)), 0);
	CHECK_INT(cap_finish(w, &counts), 0);
	cap_list_free(&counts);
	cap_world_free(&world);
	CHECK(!stat(path, &st));
	CHECK_INT(st.st_mode & 0777, 0600);
	return st.st_size;
}

static size_t slurp(unsigned char *buf, size_t size)
{
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(buf, 1, size, f) : 0;

	if (f)
		fclose(f);
	return n;
}

static void spill(const void *buf, size_t n)
{
	FILE *f = fopen(path, "w");

	CHECK(f && fwrite(buf, 1, n, f) == n);
	if (f)
		fclose(f);
}

/* Reads all of path: the number of records; *err is how it ended. */
static int drain(int *err)
{
	const struct ev_head *rec;
	struct cap_reader *r;
	int n = 0;

	*why = '\0';
	*err = cap_open(&r, path, why, sizeof(why));
	if (*err)
		return -1;
	while ((*err = cap_next(r, &rec, why, sizeof(why))) == 1)
		n++;
	if (*err)
		CHECK_INT(cap_next(r, &rec, (char[8]){ 0 }, 8), *err);	/* stays so */
	cap_close(r);
	return n;
}

TEST(what_goes_in_comes_out)
{
	struct rec_step s = step(1, ST_tcp_v4_rcv);
	const struct cap_world *world;
	const struct ev_head *rec;
	struct cap_reader *r;

	make();
	CHECK_INT(cap_open(&r, path, why, sizeof(why)), 0);
	world = cap_world(r);
	CHECK_STR(cap_list_get(&world->meta, "kernel"), "6.12.1");
	CHECK_STR(cap_list_get(&world->meta, "command"), " record\n-o \"x\"\\ \x1b ");
	CHECK_STR(cap_list_get(&world->meta, "empty"), "");
	CHECK(!cap_list_get(&world->meta, "nothing"));
	CHECK_STR(cap_list_get(&world->reasons, "2"), "NOT_SPECIFIED");
	CHECK_STR(cap_list_get(&world->off, "ip_rcv"), "no such symbol");
	CHECK_INT(world->stages.n, ST_N - 1);
	CHECK_INT(world->counts.n, 0);
	CHECK_INT(cap_next(r, &rec, why, sizeof(why)), 1);
	CHECK(!memcmp(rec, &s, sizeof(s)));
	CHECK_INT((uintptr_t)rec % 8, 0);
	CHECK_INT(cap_next(r, &rec, why, sizeof(why)), 1);
	CHECK_STR(((const struct rec_task *)rec)->comm, "nc");
	CHECK_INT(((const struct rec_task *)rec)->comm[3], 0);	/* nothing behind the end */
	CHECK_INT(cap_next(r, &rec, why, sizeof(why)), 0);
	CHECK_INT(cap_next(r, &rec, why, sizeof(why)), 0);
	CHECK_STR(cap_list_get(&world->counts, "lost"), "3");
	CHECK_INT(cap_unknown(r), 0);
	cap_close(r);
}

TEST(many_records_make_many_sections)
{
	enum { MANY = 60000 };
	struct cap_world world = { 0 };
	struct cap_writer *w;
	struct rec_step *all = calloc(MANY, sizeof(*all));
	int err;

	for (int i = 0; i < MANY; i++)
		all[i] = step(i + 1, ST_ip_rcv);
	CHECK_INT(cap_create(&w, path, &world), 0);
	CHECK_INT(cap_write(w, all, MANY * sizeof(*all)), 0);
	CHECK_INT(cap_finish(w, NULL), 0);
	CHECK_INT(drain(&err), MANY);
	CHECK_INT(err, 0);
	free(all);
}

TEST(a_writer_refuses_nonsense)
{
	struct cap_world world = { 0 };
	struct rec_step s = step(1, ST_ip_rcv);
	struct cap_writer *w;

	CHECK_INT(cap_create(&w, path, &world), 0);
	s.head.size = 20;
	CHECK_INT(cap_write(w, &s, sizeof(s)), -EINVAL);
	s.head.size = sizeof(s) + 8;
	CHECK_INT(cap_write(w, &s, sizeof(s)), -EINVAL);
	CHECK_INT(cap_write(w, &s, 8), -EINVAL);
	cap_abandon(w);
	cap_abandon(NULL);
	cap_close(NULL);
	CHECK_INT(cap_list_add(&world.meta, "two words", "x"), 0);
	CHECK_INT(cap_create(&w, path, &world), -EINVAL);
	cap_world_free(&world);
	CHECK_INT(cap_create(&w, "/nowhere/at/all", &world), -ENOENT);
}

TEST(a_full_disk_and_a_closed_pipe_are_errors)
{
	struct cap_world world = { 0 };
	struct cap_writer *w;
	char name[64];
	int fds[2];

	CHECK_INT(cap_create(&w, "/dev/full", &world), -ENOSPC);
	signal(SIGPIPE, SIG_IGN);
	CHECK(!pipe(fds));
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fds[1]);
	CHECK_INT(cap_create(&w, name, &world), 0);
	close(fds[0]);
	close(fds[1]);
	CHECK_INT(cap_finish(w, NULL), -EPIPE);
}

/* Whatever is cut off, every record that is whole is delivered, and the rest is said. */
TEST(every_cut_is_said)
{
	static const struct cap_section_head head = { CAP_EVENTS, 0, sizeof(struct rec_step) };
	static unsigned char whole[65536];
	size_t n = make(), events = 0, first, second;

	CHECK_INT(slurp(whole, sizeof(whole)), (long)n);
	for (size_t i = 0; i + 8 <= n; i++)
		if (!events && !memcmp(whole + i, &head, sizeof(head)))
			events = i;
	CHECK(events > 0);
	first = events + 16 + sizeof(struct rec_step);
	second = first + 16 + sizeof(struct rec_task);
	for (size_t cut = 0; cut < n && !check_failed; cut++) {
		int err, got;

		spill(whole, cut);
		got = drain(&err);
		CHECK(err < 0 && strstr(why, path) == why);
		if (cut < 16)
			CHECK(strstr(why, "is not a skbtrace capture"));
		if (cut < events + 16)
			CHECK(got <= 0);
		else
			CHECK(err == -ENODATA && got == (cut >= first) + (cut >= second));
	}
	CHECK(strstr(why, "ends in the middle of the head of a section at byte "));
	spill(whole, events + 16 + 30);
	CHECK_INT(drain(&(int){ 0 }), 0);
	CHECK(strstr(why, "ends in the middle of a record at byte "));
	CHECK(strstr(why, "; what is before it is used"));
}

TEST(a_foreign_file_is_refused)
{
	struct cap_file_head head = { CAP_MAGIC, 2, CAP_ORDER };
	char want[256];
	int err;

	spill(&head, sizeof(head));
	CHECK_INT(drain(&err), -1);
	CHECK_INT(err, -EBADMSG);
	snprintf(want, sizeof(want),
		 "%s was written by a newer skbtrace (format 2; this one reads 1)", path);
	CHECK_STR(why, want);
	head.order = CAP_ORDER_OTHER;
	spill(&head, sizeof(head));
	drain(&err);
	CHECK(strstr(why, "other byte order"));
	spill("", 0);
	drain(&err);
	CHECK(strstr(why, "is not a skbtrace capture"));
	spill("skbtrace is text here\n", 22);
	drain(&err);
	CHECK(strstr(why, "is not a skbtrace capture"));
	CHECK_INT(cap_open(&(struct cap_reader *){ NULL }, "/tmp", why, sizeof(why)), -EISDIR);
	CHECK_STR(why, "/tmp cannot be read: Is a directory");
	CHECK_INT(cap_open(&(struct cap_reader *){ NULL }, "/nowhere", why, sizeof(why)), -ENOENT);
	CHECK_STR(why, "cannot open /nowhere: No such file or directory");
}

/* A capture made of the given sections, each a head and n bytes. */
struct piece {
	struct cap_section_head head;
	const void *data;
	size_t n;
};

static void make_pieces(const struct piece *p, size_t n)
{
	struct cap_file_head head = { CAP_MAGIC, CAP_VERSION, CAP_ORDER };
	FILE *f = fopen(path, "w");

	fwrite(&head, sizeof(head), 1, f);
	for (size_t i = 0; i < n; i++) {
		fwrite(&p[i].head, sizeof(p[i].head), 1, f);
		fwrite(p[i].data, 1, p[i].n, f);
	}
	fclose(f);
}
#define PIECES(...) \
	make_pieces((const struct piece[]){ __VA_ARGS__ }, \
		    sizeof((const struct piece[]){ __VA_ARGS__ }) / sizeof(struct piece))
#define SECTION(type, data, n) { { type, 0, n }, data, n }

TEST(stages_go_by_name)
{
	static const char names[] = "7 tcp_v4_rcv\n8 of_tomorrow\n70000 ip_rcv\nx ip_rcv\n";
	struct rec_step s[3] = { step(1, 7), step(2, 8), step(3, 9) };
	const struct ev_head *rec;
	struct cap_reader *r;

	PIECES(SECTION(CAP_STAGES, names, sizeof(names) - 1), SECTION(CAP_EVENTS, s, sizeof(s)),
	       SECTION(CAP_END, "", 0));
	CHECK_INT(cap_open(&r, path, why, sizeof(why)), 0);
	CHECK_INT(cap_next(r, &rec, why, sizeof(why)), 1);
	CHECK_INT(rec->stage, ST_tcp_v4_rcv);
	CHECK_INT(cap_next(r, &rec, why, sizeof(why)), 1);
	CHECK_INT(rec->stage, ST_NONE);
	CHECK_INT(cap_next(r, &rec, why, sizeof(why)), 1);
	CHECK_INT(rec->stage, ST_NONE);
	CHECK_INT(cap_next(r, &rec, why, sizeof(why)), 0);
	CHECK_INT(cap_unknown(r), 2);
	cap_close(r);
}

TEST(the_future_is_skipped)
{
	struct { struct ev_head head; uint64_t more[2]; } strange = {
		{ .size = 40, .kind = 99 }, { 0 },
	};
	struct { struct rec_step s; uint64_t more; } longer = { step(1, 0), 5 };
	const struct ev_head *rec;
	struct cap_reader *r;

	longer.s.head.size = sizeof(longer);
	PIECES(SECTION(99, "later", 5), SECTION(CAP_EVENTS, &strange, sizeof(strange)),
	       SECTION(98, "later", 5), SECTION(CAP_EVENTS, &longer, sizeof(longer)),
	       SECTION(CAP_END, "", 0));
	CHECK_INT(cap_open(&r, path, why, sizeof(why)), 0);
	CHECK_INT(cap_next(r, &rec, why, sizeof(why)), 1);
	CHECK_INT(rec->size, sizeof(longer));
	CHECK_INT(cap_next(r, &rec, why, sizeof(why)), 0);
	CHECK_INT(cap_unknown(r), 3);
	cap_close(r);
}

/* The file cannot be believed: err and a part of the sentence. */
static void refused(const char *part)
{
	int err;

	drain(&err);
	CHECK_INT(err, -EBADMSG);
	CHECK(strstr(why, path) == why && strstr(why, part));
	if (!strstr(why, part))
		printf("# said: %s\n", why);
}

TEST(damage_is_said)
{
	struct rec_step s = step(1, 0);

	s.head.size = 16;
	PIECES(SECTION(CAP_EVENTS, &s, sizeof(s)));
	refused("the record at byte 32 cannot be 16 bytes long");
	s.head.size = 30;
	PIECES(SECTION(CAP_EVENTS, &s, sizeof(s)));
	refused("cannot be 30 bytes long");
	s.head.size = 32;
	PIECES(SECTION(CAP_EVENTS, &s, sizeof(s)));
	refused("the step record at byte 32 is shorter");
	s.head.size = sizeof(s) + 8;
	PIECES(SECTION(CAP_EVENTS, &s, sizeof(s)));
	refused("cannot be 72 bytes long");
	PIECES({ { CAP_META, 0, UINT64_MAX }, "", 0 });
	refused("the section at byte 16 cannot be 18446744073709551615 bytes long");
	PIECES({ { CAP_EVENTS, 0, 65 << 20 }, "", 0 });
	refused("cannot be");
	PIECES({ { CAP_EVENTS, 0, 4 }, "", 0 });
	refused("cannot be 4 bytes long");
	PIECES({ { CAP_META, 1, 0 }, "", 0 });
	refused("is of an unknown kind");
	PIECES(SECTION(CAP_END, "x", 1));
	refused("cannot be 1 bytes long");
	PIECES(SECTION(CAP_META, "a b\n", 4), SECTION(CAP_META, "a b\n", 4));
	refused("section META at byte 36 is not in its place");
	PIECES(SECTION(CAP_EVENTS, "", 0), SECTION(CAP_META, "a b\n", 4));
	refused("not in its place");
	PIECES(SECTION(CAP_META, "a b", 3));
	refused(", is not text");
	PIECES(SECTION(CAP_META, "a \0b\n", 5));
	refused(", is not text");
	PIECES(SECTION(CAP_META, "a b\n\n", 5));
	refused("it has no key");
	PIECES(SECTION(CAP_META, "a b\\q\n", 6));
	refused("a backslash");
	PIECES(SECTION(CAP_META, "a\\x20b c\n", 9));
	refused("not a plain word");
}

TEST(a_pipe_will_do)
{
	const struct ev_head *rec;
	struct cap_reader *r;
	int fds[2], old = dup(STDIN_FILENO), n = 0;
	pid_t child;

	make();
	CHECK(!pipe(fds));
	child = fork();
	if (!child) {
		static unsigned char whole[65536];
		size_t size = slurp(whole, sizeof(whole));

		for (size_t i = 0; i < size; i++)	/* byte by byte: any split is fine */
			if (write(fds[1], whole + i, 1) != 1)
				_exit(1);
		_exit(0);
	}
	close(fds[1]);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	CHECK_INT(cap_open(&r, "-", why, sizeof(why)), 0);
	while (cap_next(r, &rec, why, sizeof(why)) == 1)
		n++;
	cap_close(r);
	dup2(old, STDIN_FILENO);
	close(old);
	waitpid(child, NULL, 0);
	CHECK_INT(n, 2);
}

int main(void)
{
	int fd = mkstemp(path), err;

	if (fd < 0)
		return 99;
	close(fd);
	err = RUN(T(what_goes_in_comes_out), T(many_records_make_many_sections),
		  T(a_writer_refuses_nonsense), T(a_full_disk_and_a_closed_pipe_are_errors),
		  T(every_cut_is_said), T(a_foreign_file_is_refused), T(stages_go_by_name),
		  T(the_future_is_skipped), T(damage_is_said), T(a_pipe_will_do));
	unlink(path);
	return err;
}
