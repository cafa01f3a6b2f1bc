// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the plan decides on kernels whose facts are frozen in tests/kernels/facts. Run from the top
 * of the tree; with --update it writes the decisions into tests/kernels/plan, to be read before
 * they are committed.
 */
#include <errno.h>
#include <glob.h>

#include "check.h"
#include "plan.h"

#define FOLDER "tests/kernels/"
#define RENEW  "run tests/kernels/collect"

struct fact {
	char *key;	/* the columns of print_key() */
	char *value;
	bool asked;
};

/* A file of facts; its lines belong to it. */
struct frozen {
	char name[32];
	struct facts facts;
	struct fact rows[512];
	size_t n;
	bool drop_reasons;
	bool no_modules;	/* answer as if none were loaded */
};

static struct frozen kernel;	/* of the tests that run */
static bool update;

/* ---- the facts ---- */

static void print_position(char *out, size_t size, unsigned int position)
{
	if (position == ROW_NO_ARG)
		snprintf(out, size, "N");
	else
		snprintf(out, size, "%u", position);
}

static void print_key(char *out, size_t size, const struct hook *h)
{
	char skb[8], sk[8], sock[8];

	print_position(skb, sizeof(skb), h->skb);
	print_position(sk, sizeof(sk), h->sk);
	print_position(sock, sizeof(sock), h->sock);
	snprintf(out, size, "%s\t%s\t%s\t%s\t%s\t%s",
		 h->kind == HOOK_TRACEPOINT ? "tracepoint" : "function",
		 h->kind == HOOK_TRACEPOINT ? h->group : h->module ? h->module : "-",
		 h->symbol, skb, sk, sock);
}

static const char *fact_of(struct frozen *k, const struct hook *h)
{
	char key[128];

	print_key(key, sizeof(key), h);
	for (size_t i = 0; i < k->n; i++)
		if (!strcmp(k->rows[i].key, key)) {
			k->rows[i].asked = true;
			return k->rows[i].value;
		}
	return NULL;
}

static enum symbol_state frozen_function(void *ctx, const struct hook *h)
{
	static const char *const names[] = {
		[SYMBOL_ABSENT] = "absent", [SYMBOL_BARE] = "bare", [SYMBOL_TYPED] = "typed",
		[SYMBOL_OTHER] = "other",
	};
	struct frozen *k = ctx;
	const char *value = fact_of(k, h);

	if (h->module && k->no_modules)
		return SYMBOL_ABSENT;
	for (unsigned int s = 0; value && s < sizeof(names) / sizeof(*names); s++)
		if (!strcmp(names[s], value))
			return s;
	return SYMBOL_ABSENT;
}

static bool frozen_tracepoint(void *ctx, const struct hook *h)
{
	const char *value = fact_of(ctx, h);

	return value && !strcmp(value, "yes");
}

static int read_facts(struct frozen *k, const char *name);

/* False if the line makes no sense. */
static bool read_line(struct frozen *k, char *line)
{
	char *value = strrchr(line, '\t'), *rest = line, *what;
	enum backend b;

	if (!value)
		return false;
	if (!strncmp(line, "function\t", 9) || !strncmp(line, "tracepoint\t", 11)) {
		if (k->n == sizeof(k->rows) / sizeof(*k->rows))
			return false;
		*value++ = '\0';
		k->rows[k->n++] = (struct fact){ .key = strdup(line), .value = strdup(value) };
		return true;
	}
	what = strsep(&rest, "\t");
	if (!strcmp(what, "like"))
		return !read_facts(k, rest);
	if (!strcmp(what, "kfree_skb_has_reason")) {
		k->drop_reasons = !strcmp(rest, "yes");
		return true;
	}
	b = backend_by_name(strsep(&rest, "\t"));
	if (strcmp(what, "backend") || b == BACK_NONE || !rest)
		return false;
	k->facts.can[b] = !strcmp(strsep(&rest, "\t"), "yes");
	free((char *)k->facts.cannot[b]);
	k->facts.cannot[b] = rest ? strdup(rest) : NULL;
	return k->facts.can[b] == !rest;
}

static int read_facts(struct frozen *k, const char *name)
{
	char path[128], line[256];
	FILE *in;
	int err = 0;

	snprintf(path, sizeof(path), FOLDER "facts/%s.tsv", name);
	in = fopen(path, "re");
	if (!in)
		return -errno;
	while (!err && fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line != '#' && !read_line(k, line)) {
			printf("# %s: %s\n", path, line);
			err = -EINVAL;
		}
	}
	fclose(in);
	return err;
}

static int load_kernel(struct frozen *k, const char *name)
{
	*k = (struct frozen){ .facts = {
		.function = frozen_function, .tracepoint = frozen_tracepoint, .ctx = k,
	} };
	snprintf(k->name, sizeof(k->name), "%s", name);
	return read_facts(k, name);
}

static void free_kernel(struct frozen *k)
{
	for (size_t i = 0; i < k->n; i++) {
		free(k->rows[i].key);
		free(k->rows[i].value);
	}
	for (unsigned int b = 0; b < BACK_N; b++)
		free((char *)k->facts.cannot[b]);
}

static bool has_functions(void)
{
	return kernel.facts.can[BACK_KPROBE_MULTI] || kernel.facts.can[BACK_FENTRY] ||
	       kernel.facts.can[BACK_KPROBE];
}

/* Says which row a failed check is about. */
static void about(unsigned int id, const struct plan *p)
{
	printf("# %s: %s, %s, \"%s\"\n", stages[id].name, backend_names[p->choice[id].backend],
	       p->choice[id].hook ? p->choice[id].hook->symbol : "no hook", p->choice[id].why);
}

#define CHECK_ROW(id, p, cond) \
	do { \
		if (!(cond)) \
			about(id, p); \
		CHECK(cond); \
	} while (0)

/* ---- the tests, each once for each kernel ---- */

TEST(facts_fit)
{
	unsigned int n;

	for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
		const struct hook *h = hooks_of(id, &n);

		CHECK(n > 0);
		for (; n; n--, h++) {
			if (h->kind == HOOK_FOUND || fact_of(&kernel, h))
				continue;
			printf("# %s: nothing is known of %s with these arguments; " RENEW "\n",
			       stages[id].name, h->symbol);
			CHECK(!"a hook without a fact");
		}
	}
	for (size_t i = 0; i < kernel.n; i++) {
		if (kernel.rows[i].asked)
			continue;
		printf("# no hook asks for %s; " RENEW "\n", kernel.rows[i].key);
		CHECK(!"a fact without a hook");
	}
}

static void print_plan(FILE *out, enum stage_dir dir, const char *word)
{
	struct plan p;

	plan_make(&p, &kernel.facts, dir, BACK_NONE);
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
		const struct choice *c = &p.choice[id];

		if (plan_wants(id, dir))
			fprintf(out, "%s  %-26s %-13s %s\n", word, stages[id].name, backend_names[c->backend],
				c->hook ? c->hook->symbol : c->why);
	}
}

/* Prints the lines of a that b lacks; none stands twice in one. */
static void print_lacking(const char *a, const char *b, const char *what)
{
	char line[256];

	for (size_t n; *a; a += n + (a[n] == '\n')) {
		n = strcspn(a, "\n");
		snprintf(line, sizeof(line), "%.*s\n", (int)n, a);
		if (!strstr(b, line))
			printf("# %s %s", what, line);
	}
}

TEST(decisions)
{
	char path[128], *got = NULL;
	size_t size;
	FILE *out = open_memstream(&got, &size), *file;

	fprintf(out, "# What is observed through what on kernel %s. Written by test_plan --update.\n", kernel.name);
	fprintf(out, "# drop reasons: %s\n", kernel.drop_reasons ? "yes" : "no");
	print_plan(out, DIR_SEND, "send");
	print_plan(out, DIR_RECV, "recv");
	fclose(out);

	snprintf(path, sizeof(path), FOLDER "plan/%s.txt", kernel.name);
	file = fopen(path, update ? "we" : "re");
	if (!file) {
		printf("# %s: %s; run test_plan --update\n", path, strerror(errno));
		CHECK(!"expectations");
	} else if (update) {
		CHECK(fputs(got, file) >= 0);
	} else {
		char want[32768];

		want[fread(want, 1, sizeof(want) - 1, file)] = '\0';
		if (strcmp(got, want)) {
			printf("# %s expects otherwise; if it should not, run test_plan --update\n", path);
			print_lacking(want, got, "expected:");
			print_lacking(got, want, "decided: ");
			CHECK(!"decided as expected");
		}
	}
	if (file)
		CHECK(!fclose(file));
	free(got);
}

/* The rows without which a diagram tells no story. */
static const enum stage_id essential_send[] = {
	ST_tcp_sendmsg, ST_tcp_write_xmit, ST___tcp_transmit_skb, ST_ip_output, ST___dev_queue_xmit,
	ST_net_dev_queue, ST_dev_hard_start_xmit, ST_net_dev_xmit,
};
static const enum stage_id essential_recv[] = {
	ST_napi_gro_receive, ST_netif_receive_skb, ST_ip_rcv, ST_ipv6_rcv, ST_tcp_v4_rcv, ST_tcp_v6_rcv,
	ST_tcp_rcv_established, ST_sock_def_readable, ST_tcp_recvmsg, ST_skb_copy_datagram_iter,
};
/* The same where the kernel allows tracepoints alone. */
static const enum stage_id essential_tracepoints[] = {
	ST_net_dev_queue, ST_qdisc_dequeue, ST_net_dev_start_xmit, ST_net_dev_xmit, ST_netif_rx,
	ST_napi_gro_receive, ST_netif_receive_skb, ST_skb_copy_datagram_iter, ST_kfree_skb, ST_consume_skb,
};

static void check_on(const struct plan *p, enum stage_dir dir, const enum stage_id *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (plan_wants(ids[i], dir))
			CHECK_ROW(ids[i], p, p->choice[ids[i]].hook);
}

#define CHECK_ON(p, dir, list) check_on(p, dir, list, sizeof(list) / sizeof(*(list)))

TEST(enough_is_on)
{
	static const enum stage_dir dirs[] = { DIR_SEND, DIR_RECV };

	for (unsigned int d = 0; d < 2; d++) {
		unsigned int on = 0, wanted = 0;
		struct plan p;

		plan_make(&p, &kernel.facts, dirs[d], BACK_NONE);
		for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
			const struct choice *c = &p.choice[id];

			if (!plan_wants(id, dirs[d]))
				continue;
			wanted++;
			on += !!c->hook;
			if (!has_functions())
				CHECK_ROW(id, &p, !c->hook || c->backend == BACK_TRACEPOINT);
			/* skb_attempt_defer_free: since 5.19; what ends an skb exactly is asked below. */
			else if (id != ST_skb_attempt_defer_free &&
				 (stages[id].dir == DIR_BOTH || stages[id].dir == DIR_LIFE))
				CHECK_ROW(id, &p, c->hook);
		}
		CHECK_ON(&p, dirs[d], essential_tracepoints);
		CHECK_INT(plan_exact_ends(&p), has_functions());
		if (!has_functions())
			continue;
		CHECK_ON(&p, dirs[d], essential_send);
		CHECK_ON(&p, dirs[d], essential_recv);
		/* The worst of the five, 5.10, lacks three of 56. */
		if (on * 10 < wanted * 9)
			printf("# %u of %u rows are on\n", on, wanted);
		CHECK(on * 10 >= wanted * 9);
	}
}

TEST(a_row_is_on_or_says_why)
{
	unsigned int n;

	for (enum stage_dir dir = DIR_SEND; dir <= DIR_BOTH; dir++) {
		struct plan p;

		plan_make(&p, &kernel.facts, dir, BACK_NONE);
		for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
			const struct choice *c = &p.choice[id];
			const struct hook *h = hooks_of(id, &n);

			if (!plan_wants(id, dir)) {
				CHECK_ROW(id, &p, !c->hook && strstr(c->why, "not needed"));
			} else if (c->hook) {
				CHECK_ROW(id, &p, c->hook >= h && c->hook < h + n && !c->why[0]);
				CHECK_ROW(id, &p, kernel.facts.can[c->backend]);
				CHECK_ROW(id, &p, (c->hook->kind == HOOK_TRACEPOINT) ==
						  (c->backend == BACK_TRACEPOINT));
			} else {
				CHECK_ROW(id, &p, c->backend == BACK_NONE && c->why[0]);
			}
		}
	}
}

TEST(next_walks_down)
{
	struct plan p, before;

	plan_make(&p, &kernel.facts, DIR_BOTH, BACK_NONE);
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
		struct choice *c = &p.choice[id], old = *c;
		unsigned int steps = 0;

		if (!c->hook)
			continue;
		before = p;
		while (plan_next(&p, &kernel.facts, id, BACK_NONE, "it was tried")) {
			CHECK_ROW(id, &p, c->hook > old.hook || (c->hook == old.hook && c->backend > old.backend));
			CHECK_ROW(id, &p, kernel.facts.can[c->backend] && !c->why[0]);
			old = *c;
			if (++steps > 100)
				break;
		}
		CHECK_ROW(id, &p, steps <= 100 && !c->hook && c->backend == BACK_NONE);
		CHECK_STR(c->why, "it was tried");
		/* Nobody else's choice has changed. */
		before.choice[id] = *c;
		for (unsigned int other = ST_NONE + 1; other < ST_N; other++)
			CHECK_ROW(other, &p, p.choice[other].hook == before.choice[other].hook &&
					     p.choice[other].backend == before.choice[other].backend);
	}
}

TEST(backend_only_restricts)
{
	struct plan any, one;

	plan_make(&any, &kernel.facts, DIR_BOTH, BACK_NONE);
	for (enum backend only = BACK_TRACEPOINT; only < BACK_N; only++) {
		plan_make(&one, &kernel.facts, DIR_BOTH, only);
		for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
			const struct choice *a = &any.choice[id], *c = &one.choice[id];

			if (a->backend == BACK_TRACEPOINT || a->backend == only)
				CHECK_ROW(id, &one, c->hook == a->hook && c->backend == a->backend);
			if (c->hook)
				CHECK_ROW(id, &one, a->hook && (c->backend == BACK_TRACEPOINT || c->backend == only));
			else
				CHECK_ROW(id, &one, c->why[0]);
			for (unsigned int i = 0; i < 100 && c->hook; i++) {
				plan_next(&one, &kernel.facts, id, only, "it was tried");
				CHECK_ROW(id, &one, !c->hook || c->backend == BACK_TRACEPOINT || c->backend == only);
			}
			CHECK_ROW(id, &one, !c->hook);
		}
	}
}

TEST(modules_are_missed)
{
	unsigned int n;
	struct plan p;

	kernel.no_modules = true;
	plan_make(&p, &kernel.facts, DIR_BOTH, BACK_NONE);
	kernel.no_modules = false;
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
		const struct hook *h = hooks_of(id, &n), *end = h + n;

		while (h < end && h->module)
			h++;
		if (h == end)
			CHECK_ROW(id, &p, !p.choice[id].hook && strstr(p.choice[id].why, "is not loaded"));
	}
}

static enum symbol_state always_other(void *ctx, const struct hook *h)
{
	(void)ctx;
	(void)h;
	return SYMBOL_OTHER;
}

/* A function whose arguments moved is never read. Those of the ones that a run finds are what the pointer says. */
TEST(moved_arguments_are_left_alone)
{
	struct facts facts = kernel.facts;
	struct plan p;

	facts.function = always_other;
	plan_make(&p, &facts, DIR_BOTH, BACK_NONE);
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++)
		CHECK_ROW(id, &p, p.choice[id].hook ? p.choice[id].backend == BACK_TRACEPOINT ||
						      p.choice[id].hook->kind == HOOK_FOUND : p.choice[id].why[0]);
	CHECK_STR(p.choice[ST_tcp_sendmsg].why, "its arguments differ on this kernel");
}

/* Of what only full detail draws, a run without it has what costs little, and what tells the device of a poll or where a packet goes into another. */
TEST(minor_functions_are_left_out)
{
	struct plan all, less;
	unsigned int left = 0;

	plan_make(&all, &kernel.facts, DIR_BOTH, BACK_NONE);
	less = all;
	plan_leave_minor(&less);
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
		const struct choice *a = &all.choice[id], *l = &less.choice[id];
		bool function = a->hook && a->backend != BACK_TRACEPOINT;

		left += function && !l->hook;
		if (function && stages[id].minor && id != ST___napi_poll && id != ST_dev_gro_receive &&
		    id != ST_skb_try_coalesce)
			CHECK_ROW(id, &less, !l->hook && !strcmp(l->why, STAGE_MINOR_OFF));
		else
			CHECK_ROW(id, &less, l->hook == a->hook);
	}
	CHECK(kernel.facts.can[BACK_FENTRY] ? left > 30 : !left);
}

/* A run for one protocol has no rows of another; what sends ICMP errors about its packets stays. */
TEST(rows_of_other_protocols_are_left_out)
{
	struct plan all, tcp, udp;

	plan_make(&all, &kernel.facts, DIR_BOTH, BACK_NONE);
	tcp = udp = all;
	plan_leave_protocols(&tcp, 0);
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++)
		CHECK_ROW(id, &tcp, tcp.choice[id].hook == all.choice[id].hook);
	plan_leave_protocols(&tcp, 6);
	plan_leave_protocols(&udp, 17);
	CHECK(!tcp.choice[ST_udp_sendmsg].hook && !udp.choice[ST_tcp_sendmsg].hook);
	CHECK(!tcp.choice[ST_icmp_rcv].hook && !tcp.choice[ST_raw_rcv].hook);
	CHECK_ROW(ST_tcp_sendmsg, &tcp, tcp.choice[ST_tcp_sendmsg].hook == all.choice[ST_tcp_sendmsg].hook);
	CHECK_ROW(ST_icmp_send, &tcp, tcp.choice[ST_icmp_send].hook == all.choice[ST_icmp_send].hook);
	CHECK_ROW(ST_ip_rcv, &udp, udp.choice[ST_ip_rcv].hook == all.choice[ST_ip_rcv].hook);
	CHECK_ROW(ST_udp_sendmsg, &udp, udp.choice[ST_udp_sendmsg].hook == all.choice[ST_udp_sendmsg].hook);
}

/* Runs the tests for one file of facts, whose name stands before theirs. */
static int run_kernel(const char *name)
{
	static const struct check_test tests[] = {
		T(facts_fit), T(decisions), T(enough_is_on), T(a_row_is_on_or_says_why), T(next_walks_down),
		T(backend_only_restricts), T(modules_are_missed), T(moved_arguments_are_left_alone),
		T(minor_functions_are_left_out), T(rows_of_other_protocols_are_left_out),
	};
	int failed = 0;

	if (load_kernel(&kernel, name)) {
		printf("not ok %s_facts_can_be_read\n", name);
		failed = 1;
	} else {
		for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
			char full[80];

			snprintf(full, sizeof(full), "%s_%s", name, tests[i].name);
			failed |= check_run(&(struct check_test){ full, tests[i].run }, 1);
		}
	}
	free_kernel(&kernel);
	return failed;
}

int main(int argc, char **argv)
{
	glob_t found;
	int failed = 0;

	update = argc > 1 && !strcmp(argv[1], "--update");
	if (glob(FOLDER "facts/*.tsv", 0, NULL, &found)) {
		printf("not ok plan # there is no " FOLDER "facts/*.tsv; run this from the top of the tree\n");
		return 1;
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char name[32];
		const char *base = strrchr(found.gl_pathv[i], '/') + 1;

		snprintf(name, sizeof(name), "%.*s", (int)(strlen(base) - strlen(".tsv")), base);
		failed |= run_kernel(name);
	}
	globfree(&found);
	return failed;
}
