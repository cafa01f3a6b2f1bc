// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `skbtrace demo`: runs skbtrace send, recv, and flow, each on an HTTP exchange
 * over loopback. The exchange is the hidden command
 * `skbtrace demo-exchange PORT`, so that it is followed as any command is.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "number.h"
#include "opt_row.h"
#include "say.h"

/* Nothing here waits for anybody but ourselves; longer than this, something hangs. */
enum { EXCHANGE_SECONDS = 10 };

static const char request[] = "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n";
static const char response[] =
	"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nhello, packet";

static const struct {
	const char *command, *text;
} acts[] = {
	{ "send", "What leaves: a client asks a server on this machine for a page,"
		  " and both sides send." },
	{ "recv", "What arrives: the same exchange again, seen by those who read." },
	{ "flow", "Both at once: the exchange between its two programs, from connect() to the last ACK." },
};

static struct sockaddr_in loopback(unsigned int port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static int fail(const char *what)
{
	say("demo: cannot %s: %s", what, strerror(errno));
	return EXIT_INTERNAL;
}

/* A port that nobody has: one that the kernel gave and took back. 0: none, errno says why. */
static unsigned int find_port(void)
{
	struct sockaddr_in a = loopback(0);
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	unsigned int port = 0;

	if (fd < 0)
		return 0;
	if (!bind(fd, (struct sockaddr *)&a, sizeof(a)) &&
	    !getsockname(fd, (struct sockaddr *)&a, &len))
		port = ntohs(a.sin_port);
	close(fd);
	return port;
}

/* ---- the exchange: two processes, one request, one response ---- */

/* Listens, says so on ready, then serves one request. */
static int serve(unsigned int port, int ready)
{
	struct sockaddr_in a = loopback(port);
	int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1, fd;
	char buf[1024];
	size_t got = 0;
	ssize_t len;

	prctl(PR_SET_NAME, "server");
	if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(listener, (struct sockaddr *)&a, sizeof(a)) || listen(listener, 1))
		return fail("listen");
	if (write(ready, "", 1) != 1)
		return fail("tell the client to start");
	close(ready);
	fd = accept(listener, NULL, NULL);
	if (fd < 0)
		return fail("accept");
	do {
		len = read(fd, buf + got, sizeof(buf) - 1 - got);
		if (len <= 0)
			return fail("read the request");
		got += len;
		buf[got] = '\0';
	} while (!strstr(buf, "\r\n\r\n") && got < sizeof(buf) - 1);
	if (write(fd, response, strlen(response)) != (ssize_t)strlen(response))
		return fail("write the response");
	close(fd);
	close(listener);
	return EXIT_OK;
}

static int ask(unsigned int port)
{
	struct sockaddr_in a = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char buf[1024];
	ssize_t len;

	prctl(PR_SET_NAME, "client");
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)))
		return fail("connect");
	if (write(fd, request, strlen(request)) != (ssize_t)strlen(request))
		return fail("write the request");
	do {
		len = read(fd, buf, sizeof(buf));
	} while (len > 0);
	if (len < 0)
		return fail("read the response");
	close(fd);
	return EXIT_OK;
}

/* Waits for a child; its exit status, or what a shell makes of a signal. */
static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return fail("wait");
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int cmd_demo_exchange(const struct command *self, const struct options *o)
{
	int ready[2], status, client_status = EXIT_INTERNAL;
	pid_t server, client;
	uint64_t port;
	char byte;

	if (number_parse(o->input, &port) || port < 1 || port > UINT16_MAX) {
		say("%s %.60s: a port is a number from 1 to 65535", self->name, o->input);
		return EXIT_USAGE;
	}
	if (pipe(ready))
		return fail("make a pipe");
	server = fork();
	if (server < 0)
		return fail("fork");
	if (!server) {
		close(ready[0]);
		alarm(EXCHANGE_SECONDS);
		_exit(serve(port, ready[1]));
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		return wait_for(server);	/* it has said why */
	close(ready[0]);
	client = fork();
	if (!client) {
		alarm(EXCHANGE_SECONDS);
		_exit(ask(port));
	}
	if (client > 0)
		client_status = wait_for(client);
	else
		kill(server, SIGTERM);	/* ours, and nobody will call it any more */
	status = wait_for(server);
	return client_status ? client_status : status;
}

/* ---- the demo: skbtrace follows the exchange ---- */

struct words {
	const struct options *o;
	char *argv[32];
	char text[16][64];	/* where spelled options live */
	size_t n, texts;
};

static void add_word(struct words *w, const char *word)
{
	w->argv[w->n++] = (char *)word;
}

static void add_option(const struct opt_row *row, void *arg)
{
	struct words *w = arg;
	char *text = w->text[w->texts];

	if (row->type == OPT_TITLE || w->texts + 1 >= sizeof(w->text) / sizeof(w->text[0]))
		return;
	if (*opt_row_spell(row, w->o, text, sizeof(w->text[0]))) {
		add_word(w, text);
		w->texts++;
	}
}

static int follow_exchange(const char *exe, const char *command, const struct options *o)
{
	struct words w = { .o = o };
	unsigned int number = find_port();
	char port[16];
	pid_t child;

	if (!number)
		return fail("find a free port");
	snprintf(port, sizeof(port), "%u", number);
	add_word(&w, "skbtrace");
	add_word(&w, command);
	add_word(&w, "--port");
	add_word(&w, port);
	opt_each(TAKES_DRAW | TAKES_GENERAL, add_option, &w);
	add_word(&w, "--");
	add_word(&w, exe);
	add_word(&w, "demo-exchange");
	add_word(&w, port);

	child = fork();
	if (child < 0)
		return fail("fork");
	if (!child) {
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
		execv(exe, w.argv);
		_exit(fail("run skbtrace"));
	}
	return wait_for(child);
}

int cmd_demo(const struct command *self, const struct options *o)
{
	/* Words for people would spoil a file that a program reads. */
	FILE *out = strcmp(o->format, "text") ? stderr : stdout;
	char exe[4096];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	int status = EXIT_OK;

	(void)self;
	if (len < 0)
		return fail("find the program itself");
	exe[len] = '\0';
	/* Ctrl-C is the child's to answer: it says what it saw, then both end. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]) && status == EXIT_OK; i++) {
		if (!o->quiet)
			fprintf(out, "%s%s\n\n", i ? "\n" : "", acts[i].text);
		fflush(out);
		status = follow_exchange(exe, acts[i].command, o);
	}
	return status;
}
