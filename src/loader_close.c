// SPDX-License-Identifier: GPL-2.0-or-later
/* The end of a run: the kernel takes the links down, and nobody waits for it. */
#include "loader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "loader_in.h"

static void links_close(const struct loader *l)
{
	for (size_t i = 0; i < l->link_n; i++) {
		close(l->links[i].link);
		if (l->links[i].prog >= 0)
			close(l->links[i].prog);
	}
}

/*
 * The kernel takes up to 140 ms for each fentry link (before 7.0), one
 * after the other, and some tenths of a second for one of kprobe.multi. A child
 * that holds the links too lets this process go on: it lets go of them when this one has, so that the last references
 * are its own. Not in a pid namespace: when its first process exits, it waits for such a child, which waits for tasks
 * that exit, for ever (before "rcu-tasks: Eliminate deadlocks involving do_exit() and RCU tasks", 6.9).
 * Returns what is to be closed when all links are; -1: there is no child.
 */
static int leave_detaching(const struct loader *l)
{
	int gate[2];
	pid_t child;
	char byte;

	if (!l->slow_detach || l->skel->rodata->pid_ns || pipe2(gate, O_CLOEXEC))
		return -1;
	child = fork();
	if (child) {
		close(gate[0]);
		if (child > 0)
			return gate[1];
		close(gate[1]);
		return -1;
	}
	setsid();
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	close(gate[1]);
	while (read(gate[0], &byte, 1) < 0 && errno == EINTR)
		;
	links_close(l);
	_exit(0);
}

void loader_close(struct loader *l)
{
	int gate;

	if (!l)
		return;
	if (l->skel && l->skel->bss)
		loader_run(l, false);
	gate = leave_detaching(l);
	links_close(l);
	for (unsigned int i = 0; l->rings && i < l->cpus; i++)
		if (l->rings[i] >= 0)
			close(l->rings[i]);
	for (int i = 0; i < TEMPLATE_SHARED; i++)
		if (l->shared[i] >= 0)
			close(l->shared[i]);
	skbtrace_bpf__destroy(l->skel);
	if (gate >= 0)
		close(gate);
	for (unsigned int i = 0; i < TEMPLATES; i++) {
		free(l->templates[i].insns);
		free(l->templates[i].functions);
	}
	free(l->rings);
	free(l->links);
	free(l);
}
