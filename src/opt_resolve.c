// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the process, the network namespace and the device that a filter names on this machine. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter.h"
#include "number.h"
#include "say.h"

/* NSFS_MAGIC of include/uapi/linux/magic.h. */
#define NSFS 0x6e736673
/* PID_MAX_LIMIT of include/linux/threads.h; inode numbers of namespaces begin far above it. */
enum { PID_LIMIT = 4 * 1024 * 1024 };

PRINTF(4, 5) static int refuse(int err, char *why, size_t n, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, n, fmt, ap);
	va_end(ap);
	return err;
}

/* The value of "Tgid:" in /proc/PID/status: the process that thread pid belongs to. 0: none. */
static pid_t process_of(pid_t pid)
{
	char path[64], line[256];
	int tgid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	while (!tgid && fgets(line, sizeof(line), f))
		if (sscanf(line, "Tgid: %d", &tgid) != 1)
			tgid = 0;
	fclose(f);
	return tgid;
}

static int resolve_pid(const struct filter *f, char *why, size_t n)
{
	pid_t tgid = process_of(f->pid);

	if (!tgid)
		return refuse(-ENOENT, why, n, "--pid %d: no such process", (int)f->pid);
	if (tgid != f->pid)
		return refuse(-ENOENT, why, n, "--pid %d: a thread of process %d;"
			      " say --pid %d to follow all its threads",
			      (int)f->pid, (int)tgid, (int)tgid);
	return 0;
}

/* Opens a file that is a network namespace; -EINVAL if it is something else. */
static int open_netns(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct statfs fs;

	if (fd < 0)
		return -errno;
	/* The kind of file first: what an ioctl does to a device is not ours to try. */
	if (fstatfs(fd, &fs) || fs.f_type != NSFS || ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET) {
		close(fd);
		return -EINVAL;
	}
	return fd;
}

/* The first of DIR/NAME/SUFFIX that is the namespace with this inode number, opened. */
static int scan_netns(const char *dir, const char *suffix, ino_t inode)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[512];
	struct stat st;
	int fd = -ENOENT;

	if (!d)
		return -errno;
	while (fd < 0 && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s%s", dir, e->d_name, suffix);
		if (!stat(path, &st) && st.st_ino == inode)
			fd = open_netns(path);
	}
	closedir(d);
	return fd;
}

/* A name, a path, a process or an inode number, in this order. */
static int find_netns(const char *netns, char *why, size_t n)
{
	static const char *const dirs[] = { "/run/netns", "/var/run/netns" };
	char path[512];
	uint64_t v;
	int fd = -ENOENT;

	if (strchr(netns, '/')) {
		fd = open_netns(netns);
	} else {
		for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]) && fd == -ENOENT; i++) {
			snprintf(path, sizeof(path), "%s/%s", dirs[i], netns);
			fd = open_netns(path);
		}
	}
	if (fd == -EINVAL)
		return refuse(-ENOENT, why, n, "--netns %.60s: not a network namespace", netns);
	if (fd == -ENOENT && !number_parse(netns, &v)) {
		if (v <= PID_LIMIT) {
			snprintf(path, sizeof(path), "/proc/%s/ns/net", netns);
			fd = open_netns(path);
			if (fd == -ENOENT)
				return refuse(fd, why, n, "--netns %.60s: no such process,"
					      " and no namespace of this name", netns);
		} else {
			fd = scan_netns("/run/netns", "", v);
			if (fd < 0)
				fd = scan_netns("/proc", "/ns/net", v);
			if (fd < 0)
				return refuse(-ENOENT, why, n, "--netns %.60s: no process and no name"
					      " in /run/netns has this namespace", netns);
		}
	}
	if (fd == -ENOENT)
		return refuse(fd, why, n, "--netns %.60s: no such network namespace", netns);
	if (fd < 0)
		return refuse(fd, why, n, "--netns %.60s: %s", netns, strerror(-fd));
	return fd;
}

/* In a child: setns() would move this process for good. Returns the index, 0 or -errno. */
static int ifindex_inside(int netns, const char *iface)
{
	int fds[2], index = -EIO, status;
	pid_t child;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	child = fork();
	if (child < 0) {
		index = -errno;
	} else if (!child) {
		index = setns(netns, CLONE_NEWNET) ? -errno : (int)if_nametoindex(iface);
		_exit(write(fds[1], &index, sizeof(index)) != sizeof(index));
	} else {
		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
		close(fds[1]);
		fds[1] = -1;
		if (read(fds[0], &index, sizeof(index)) != sizeof(index))
			index = -EIO;
	}
	close(fds[0]);
	if (fds[1] >= 0)
		close(fds[1]);
	return index;
}

static int resolve_iface(struct filter *f, int netns, char *why, size_t n)
{
	int index = netns < 0 ? (int)if_nametoindex(f->iface) : ifindex_inside(netns, f->iface);
	struct stat st;

	if (index < 0)
		return refuse(index, why, n, "--netns %.60s: cannot enter this namespace: %s",
			      f->netns, strerror(-index));
	if (!index && netns < 0)
		return refuse(-ENOENT, why, n, "--iface %s: no such device", f->iface);
	if (!index)
		return refuse(-ENOENT, why, n, "--iface %s: no such device in the namespace %.60s",
			      f->iface, f->netns);
	/* The same index is another device in another namespace. */
	if (netns < 0 ? stat("/proc/self/ns/net", &st) : fstat(netns, &st))
		return refuse(-errno, why, n, "--iface %s: cannot tell its namespace: %s", f->iface,
			      strerror(errno));
	f->cfg.ifindex = index;
	f->cfg.ifnetns = st.st_ino;
	return 0;
}

int filter_resolve(struct filter *f, char *why, size_t n)
{
	struct stat st;
	int netns = -1, err = 0;

	if (f->pid)
		err = resolve_pid(f, why, n);
	if (!err && f->netns) {
		netns = find_netns(f->netns, why, n);
		if (netns < 0)
			return netns;
		if (fstat(netns, &st))
			err = refuse(-errno, why, n, "--netns %.60s: %s", f->netns, strerror(errno));
		else
			f->cfg.netns = st.st_ino;
	}
	if (!err && f->iface)
		err = resolve_iface(f, netns, why, n);
	if (netns >= 0)
		close(netns);
	return err;
}
