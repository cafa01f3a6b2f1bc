/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the cases of cases.c are made of: connections, threads, and conditions to wait for. */
#ifndef PAIR_H
#define PAIR_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A connection of which this process has both ends. */
struct pair {
	int client, server;
	unsigned int port, peer;	/* the server's, the client's */
};

/* How the sockets are to be, before they know each other; 0: as they come. */
struct pair_wish {
	const char *at;		/* address of the server; NULL: that of all cases */
	int there;		/* file of the network namespace of the server; 0: this one */
	int mss, rcvbuf, sndbuf;
	unsigned int isn;	/* the client begins to count here */
};

void die(const char *what) __attribute__((noreturn));
/* Calls what fails with -1 a failure of that name. */
long must(long result, const char *what);

/* A socket that listens at that port, where at becomes; of a wish, NULL: none. */
int listener_make(struct sockaddr_in *at, unsigned int port, const struct pair_wish *wish);
/* Its client has a port by now. */
void pair_ports(struct pair *p, unsigned int port);
void pair_make(struct pair *p, unsigned int port, const struct pair_wish *wish);
/* The client first. */
void pair_close(struct pair *p);

/* Each moves n bytes by one call. */
void put(int fd, size_t n);
void take(int fd, size_t n);
/* One call each way: writes at the client, reads at the server when all is there. */
void pass(struct pair *p, size_t n);
void option(int fd, int level, int name, int value);

/* What the other end sends to this socket is dropped, each packet whole, or no more. */
void drop_all(int fd, bool drop);

/* ---- conditions; each waits until it is so ---- */

/* So many bytes are there to be read. */
void until_there(int fd, int n);
/* All that was written has been acknowledged. */
void until_acked(int fd);
/* So many packets were dropped for this socket. */
void until_dropped(int fd, unsigned int n);
/* Packets wait in its backlog. */
void until_backlog(int fd);
/* It has bytes to send, and nothing under way: the window is closed. */
void until_closed(int fd);
/* The other end has acknowledged its FIN. */
void until_fin_acked(int fd);

/* ---- a thread on the second CPU ---- */

struct helper {
	pthread_t thread;
	volatile pid_t tid;
	volatile bool waits;	/* it is about to do what it sleeps in */
	const char *name;
	void (*run)(struct helper *h);
	struct pair *pair;
	void *page;		/* of the case */
	long moved;		/* bytes, if the case asks for them */
};

/* The nth of the CPUs that this process may use; where there are fewer, it stays free. */
void stay_on_cpu(int nth);
void helper_start(struct helper *h);
/* Waits until it sleeps in the kernel, having said so. */
void helper_sleeps(struct helper *h);
void helper_join(struct helper *h);

/* ---- memory whose first touch waits ---- */

struct slow_page {
	int fd;
	void *at;
};

void slow_page_make(struct slow_page *s);
/* Waits until somebody has touched it, and lets them wait. */
void slow_page_touched(struct slow_page *s);
void slow_page_give(struct slow_page *s);
void slow_page_free(struct slow_page *s);

#endif
