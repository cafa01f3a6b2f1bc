// SPDX-License-Identifier: GPL-2.0-or-later
/* Who reads a capture can do nothing but read, write, get memory and end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "check.h"
#include "confine.h"

/* Bits of what went wrong in the child. */
enum { REFUSED_TOO_LITTLE = 1, REFUSED_TOO_MUCH = 2, NO_SECCOMP = 4 };

static bool refused(long answer)
{
	return answer < 0 && errno == EPERM;
}

static int inside(int fd)
{
	char *memory, byte = 0;
	int wrong = 0;

	if (confine())
		return NO_SECCOMP;
	if (!refused(open("/dev/null", O_RDONLY)) || !refused(socket(AF_INET, SOCK_STREAM, 0)) || !refused(fork()) ||
	    !refused(execl("/bin/true", "true", (char *)NULL)) || !refused(kill(getppid(), 0)) ||
	    !refused(ioctl(fd, TIOCSTI, &byte)))
		wrong |= REFUSED_TOO_LITTLE;
	memory = malloc(10 << 20);
	if (!memory || write(fd, "x", 1) != 1)
		wrong |= REFUSED_TOO_MUCH;
	free(memory);
	return wrong;
}

TEST(only_what_reading_needs_is_left)
{
	int ends[2], status = 0;
	pid_t child;
	char byte = 0;

	CHECK_INT(pipe(ends), 0);
	fflush(stdout);
	child = fork();
	if (!child)
		_exit(inside(ends[1]));
	CHECK(child > 0);
	CHECK_INT(waitpid(child, &status, 0), child);
	CHECK(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_SECCOMP)
		return;
	CHECK_INT(WEXITSTATUS(status), 0);
	CHECK_INT(read(ends[0], &byte, 1), 1);
	CHECK_INT(byte, 'x');
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	return RUN(T(only_what_reading_needs_is_left));
}
