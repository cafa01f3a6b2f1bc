// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds what a network namespace is called: the files that keep one alive have names. */
#include "live_host.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

static bool name_in(const char *folder, uint32_t netns, char *name, size_t n)
{
	DIR *d = opendir(folder);
	const struct dirent *e;
	struct stat st;
	bool found = false;

	while (d && !found && (e = readdir(d))) {
		if (e->d_name[0] == '.' || fstatat(dirfd(d), e->d_name, &st, 0) || st.st_ino != netns)
			continue;
		snprintf(name, n, "%s", e->d_name);
		found = true;
	}
	if (d)
		closedir(d);
	return found;
}

void host_name(uint32_t netns, char *name, size_t n)
{
	struct stat st;

	name[0] = '\0';
	if (name_in("/run/netns", netns, name, n) || name_in("/run/docker/netns", netns, name, n))
		return;
	if (!stat("/proc/self/ns/net", &st) && st.st_ino == netns)
		snprintf(name, n, "skbtrace's own");
}
