/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the datagram cases share. */
#ifndef DGRAM_H
#define DGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "pair.h"

/* Where a case happens. */
struct place {
	const char *name;	/* "lo-4" */
	int family;
	const char *at;		/* address of the server */
	bool there;		/* in the other network namespace */
};

/* A socket of the server, bound to the port of the case, and one of the client that is not bound yet. */
struct ends {
	int server, client;
	struct sockaddr_storage at;	/* of the server */
	socklen_t len;
};

/* Of the case that is made. */
extern unsigned int port;
extern const struct place *place;

/* A socket of the server that is bound to this address. */
int server_make(const struct sockaddr_storage *at, socklen_t len);
void ends_make(struct ends *e);
void ends_close(struct ends *e);
/* From the client; said. */
void send_to(struct ends *e, size_t n);
/* An address of this family with that port. */
socklen_t address(struct sockaddr_storage *a, const char *at, unsigned int its_port);

/*
 * The truth: a datagram of so many bytes left by this call of the calling thread, was read by it, or
 * must die. ret: what the call that read it returned.
 */
void said_sent(const char *op, size_t len);
void said_gso(const char *op, size_t len, size_t piece);
void said_read(const char *op, size_t len, long ret);
void said_read_by(int tid, const char *op, size_t len, long ret);
void said_dropped(size_t len);
/* A bare segment of TCP left, or must die. */
void said_segment(const char *what);
/* So many calls of another kind, and what the kernel sent by itself. */
void said_icmp(const char *word, const char *type, size_t len);

/* ---- dgram_queue.c: a datagram that a program has to let go on ---- */

void case_queued(void);

/* ---- dgram_merge.c: datagrams that GRO makes one of ---- */

void case_merged(void);
void case_listed(void);

/* ---- dgram_switch.c: a datagram that a virtual switch has no use for ---- */

void case_vswitch(void);

/* ---- dgram_icmp.c: cases that are not of UDP ---- */

void case_ping(void);
void case_pingfull(void);
void case_raw(void);
void case_unreachable(void);

/* ---- dgram_die.c: cases whose datagrams arrive and die ---- */

void case_checksum(void);
void case_rawfull(void);
void case_hops(void);
void case_source(void);
void case_segment(void);

/* ---- dgram_busy.c: one that has a recording of its own ---- */

void case_busy(void);

/* ---- dgram_odd.c: cases that are not just from one socket to another ---- */

void case_uncork(void);
void case_options(void);
void case_segments(void);
void case_group(void);
void case_groups(void);
void case_large(void);

#endif
