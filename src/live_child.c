// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs the command that is followed. */
#include "live_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say.h"

static void run(int gate, char **argv)
{
	sigset_t none;
	char go;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (read(gate, &go, 1) != 1)
		_exit(0);
	execvp(argv[0], argv);
	say("cannot run %s: %s", argv[0], strerror(errno));
	_exit(EXIT_COMMAND);
}

int child_start(struct child *c, char **argv)
{
	int gate[2];

	if (pipe2(gate, O_CLOEXEC))
		return -errno;
	c->pid = fork();
	if (c->pid == 0) {
		close(gate[1]);
		run(gate[0], argv);
	}
	close(gate[0]);
	c->gate = gate[1];
	c->ended = false;
	if (c->pid < 0) {
		close(gate[1]);
		c->pid = 0;
		return -errno;
	}
	return 0;
}

void child_go(struct child *c)
{
	if (c->pid && write(c->gate, "g", 1) < 0)
		say_more("cannot start the command: %s", strerror(errno));
	if (c->pid)
		close(c->gate);
	c->gate = -1;
}

bool child_reap(struct child *c)
{
	int status;

	if (!c->pid || c->ended)
		return c->ended;
	if (waitpid(c->pid, &status, WNOHANG) != c->pid)
		return false;
	c->ended = true;
	c->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return true;
}

void child_drop(struct child *c)
{
	if (c->pid && !c->ended && c->gate >= 0) {
		close(c->gate);
		c->gate = -1;
		waitpid(c->pid, NULL, 0);
	}
	c->pid = 0;
}
