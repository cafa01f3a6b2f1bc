/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command after --: started stopped, let go when everything is attached. */
#ifndef SKBTRACE_LIVE_CHILD_H
#define SKBTRACE_LIVE_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct child {
	pid_t pid;	/* 0: none */
	int gate;	/* write end: closing it without a byte ends the child */
	bool ended;
	int status;	/* exit status, or 128 + signal; valid if ended */
};

/* Forks; the child waits at the gate. 0 or -errno. */
int child_start(struct child *c, char **argv);
/* Lets it run. */
void child_go(struct child *c);
/* Notices its end without waiting. True if it has ended. */
bool child_reap(struct child *c);
/* Ends a child that was never let go. NULL-safe, repeatable. */
void child_drop(struct child *c);

#endif
