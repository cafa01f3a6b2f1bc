// SPDX-License-Identifier: GPL-2.0-or-later
/* Connections of this process with itself, and the conditions that its cases wait for. */
#include "pair.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* A condition that has not come true for so long never will. */
enum { PATIENCE_S = 20 };
/* A buffer for the largest call. */
enum { CALL_MAX = 1 << 20 };

static char bytes[CALL_MAX], sink[CALL_MAX];

void die(const char *what)
{
	fprintf(stderr, "cases: %s: %s\n", what, strerror(errno));
	exit(1);
}

long must(long result, const char *what)
{
	if (result == -1)
		die(what);
	return result;
}

void option(int fd, int level, int name, int value)
{
	must(setsockopt(fd, level, name, &value, sizeof(value)), "setsockopt");
}

/* ---- connections ---- */

static int socket_make(const struct pair_wish *wish)
{
	int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");

	option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	/* One that does not pace, whatever the machine prefers. */
	must(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", strlen("reno")), "TCP_CONGESTION");
	if (wish->mss)
		option(fd, IPPROTO_TCP, TCP_MAXSEG, wish->mss);
	if (wish->rcvbuf)
		option(fd, SOL_SOCKET, SO_RCVBUF, wish->rcvbuf);
	if (wish->sndbuf)
		option(fd, SOL_SOCKET, SO_SNDBUF, wish->sndbuf);
	return fd;
}

/* The next SYN counts from there: what a socket under repair is told stays. */
static void begin_at(int fd, unsigned int isn)
{
	option(fd, IPPROTO_TCP, TCP_REPAIR, TCP_REPAIR_ON);
	option(fd, IPPROTO_TCP, TCP_REPAIR_QUEUE, TCP_SEND_QUEUE);
	option(fd, IPPROTO_TCP, TCP_QUEUE_SEQ, isn);
	option(fd, IPPROTO_TCP, TCP_REPAIR, TCP_REPAIR_OFF);
}

static const struct pair_wish no_wish;

int listener_make(struct sockaddr_in *at, unsigned int port, const struct pair_wish *wish)
{
	int listener, home = must(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "netns");

	wish = wish ? wish : &no_wish;
	*at = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port) };
	inet_pton(AF_INET, wish->at ? wish->at : "10.79.0.1", &at->sin_addr);
	if (wish->there)
		must(setns(wish->there, CLONE_NEWNET), "setns");
	listener = socket_make(wish);
	must(bind(listener, (struct sockaddr *)at, sizeof(*at)), "bind");
	must(listen(listener, 1), "listen");
	if (wish->there)
		must(setns(home, CLONE_NEWNET), "setns");
	close(home);
	return listener;
}

void pair_ports(struct pair *p, unsigned int port)
{
	struct sockaddr_in at;
	socklen_t len = sizeof(at);

	must(getsockname(p->client, (struct sockaddr *)&at, &len), "getsockname");
	p->port = port;
	p->peer = ntohs(at.sin_port);
}

void pair_make(struct pair *p, unsigned int port, const struct pair_wish *wish)
{
	struct sockaddr_in at;
	int listener = listener_make(&at, port, wish);

	wish = wish ? wish : &no_wish;
	p->client = socket_make(wish);
	if (wish->isn)
		begin_at(p->client, wish->isn);
	must(connect(p->client, (struct sockaddr *)&at, sizeof(at)), "connect");
	p->server = must(accept(listener, NULL, NULL), "accept");
	close(listener);
	pair_ports(p, port);
}

void pair_close(struct pair *p)
{
	close(p->client);
	/* Its FIN is there. */
	must(read(p->server, sink, 1), "read");
	close(p->server);
}

void put(int fd, size_t n)
{
	if (write(fd, bytes, n) != (ssize_t)n)
		die("write");
}

void take(int fd, size_t n)
{
	if (read(fd, sink, n) != (ssize_t)n)
		die("read");
}

void pass(struct pair *p, size_t n)
{
	put(p->client, n);
	until_there(p->server, n);
	take(p->server, n);
}

void drop_all(int fd, bool drop)
{
	struct sock_filter refuse = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { .len = 1, .filter = &refuse };
	int zero = 0;

	must(setsockopt(fd, SOL_SOCKET, drop ? SO_ATTACH_FILTER : SO_DETACH_FILTER,
			drop ? (void *)&program : &zero, drop ? sizeof(program) : sizeof(zero)), "filter");
}

/* ---- conditions ---- */

static void until(bool (*so)(int fd, long n), int fd, long n, const char *what)
{
	time_t end = time(NULL) + PATIENCE_S;

	while (!so(fd, n)) {
		if (time(NULL) > end) {
			errno = ETIMEDOUT;
			die(what);
		}
		sched_yield();
	}
}

static bool is_there(int fd, long n)
{
	int have = 0;

	must(ioctl(fd, SIOCINQ, &have), "SIOCINQ");
	return have >= n;
}

void until_there(int fd, int n)
{
	until(is_there, fd, n, "bytes to read");
}

static bool is_acked(int fd, long n)
{
	int unacked = 0;

	must(ioctl(fd, SIOCOUTQ, &unacked), "SIOCOUTQ");
	return unacked <= n;
}

void until_acked(int fd)
{
	until(is_acked, fd, 0, "an acknowledgement");
}

static unsigned int meminfo(int fd, int which)
{
	unsigned int info[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(info);

	must(getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len), "SO_MEMINFO");
	return info[which];
}

static bool is_dropped(int fd, long n)
{
	return meminfo(fd, SK_MEMINFO_DROPS) >= n;
}

void until_dropped(int fd, unsigned int n)
{
	until(is_dropped, fd, n, "a drop");
}

static bool is_backlog(int fd, long n)
{
	return meminfo(fd, SK_MEMINFO_BACKLOG) > n;
}

void until_backlog(int fd)
{
	until(is_backlog, fd, 0, "a backlog");
}

static struct tcp_info info_of(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	must(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len), "TCP_INFO");
	return info;
}

static bool is_closed(int fd, long n)
{
	struct tcp_info info = info_of(fd);

	return info.tcpi_notsent_bytes > n && !info.tcpi_unacked;
}

void until_closed(int fd)
{
	until(is_closed, fd, 0, "a closed window");
}

static bool is_in_state(int fd, long state)
{
	return info_of(fd).tcpi_state == state;
}

void until_fin_acked(int fd)
{
	/* include/net/tcp_states.h: TCP_FIN_WAIT2 */
	until(is_in_state, fd, 5, "an acknowledgement of its FIN");
}

/* ---- threads ---- */

void stay_on_cpu(int nth)
{
	static cpu_set_t all;
	cpu_set_t one;

	if (!CPU_COUNT(&all))
		must(sched_getaffinity(0, sizeof(all), &all), "affinity");
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all) || nth--)
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		must(sched_setaffinity(0, sizeof(one), &one), "affinity");
		return;
	}
}

static void *helper_run(void *arg)
{
	struct helper *h = arg;

	prctl(PR_SET_NAME, h->name);
	stay_on_cpu(1);
	h->tid = gettid();
	h->run(h);
	return NULL;
}

void helper_start(struct helper *h)
{
	errno = pthread_create(&h->thread, NULL, helper_run, h);
	if (errno)
		die("pthread_create");
}

static bool sleeps(int tid, long n)
{
	char path[64], stat[256], *state = NULL;
	FILE *in;

	(void)n;
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	in = fopen(path, "re");
	if (in && fgets(stat, sizeof(stat), in))
		state = strrchr(stat, ')');
	if (in)
		fclose(in);
	return state && state[2] == 'S';
}

void helper_sleeps(struct helper *h)
{
	while (!h->waits)
		sched_yield();
	until(sleeps, h->tid, 0, "a thread that sleeps");
}

void helper_join(struct helper *h)
{
	errno = pthread_join(h->thread, NULL);
	if (errno)
		die("pthread_join");
}

/* ---- memory whose first touch waits ---- */

void slow_page_make(struct slow_page *s)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	long size = sysconf(_SC_PAGESIZE);

	s->fd = must(syscall(SYS_userfaultfd, O_CLOEXEC), "userfaultfd");
	must(ioctl(s->fd, UFFDIO_API, &api), "UFFDIO_API");
	s->at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s->at == MAP_FAILED)
		die("mmap");
	reg.range.start = (unsigned long)s->at;
	reg.range.len = size;
	must(ioctl(s->fd, UFFDIO_REGISTER, &reg), "UFFDIO_REGISTER");
}

void slow_page_touched(struct slow_page *s)
{
	struct uffd_msg msg;

	if (must(read(s->fd, &msg, sizeof(msg)), "userfaultfd") != sizeof(msg) ||
	    msg.event != UFFD_EVENT_PAGEFAULT)
		die("userfaultfd");
}

void slow_page_give(struct slow_page *s)
{
	struct uffdio_zeropage zero = { .range = { (unsigned long)s->at, sysconf(_SC_PAGESIZE) } };

	must(ioctl(s->fd, UFFDIO_ZEROPAGE, &zero), "UFFDIO_ZEROPAGE");
}

void slow_page_free(struct slow_page *s)
{
	munmap(s->at, sysconf(_SC_PAGESIZE));
	close(s->fd);
}
