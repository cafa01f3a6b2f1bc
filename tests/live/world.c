// SPDX-License-Identifier: GPL-2.0-or-later
/* Changes the machine for a case. */
#include "world.h"

#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pair.h"

static const char *world;

void world_is(const char *folder)
{
	world = folder;
}

static int world_open(const char *file, int flags)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", world ? world : "", file);
	return world ? open(path, flags | O_CLOEXEC) : -1;
}

bool world_put(const char *file, const char *value)
{
	int fd = world_open(file, O_WRONLY);

	if (fd < 0)
		return false;
	must(write(fd, value, strlen(value)), file);
	close(fd);
	return true;
}

int world_peer(void)
{
	return world_open("netns/peer", O_RDONLY);
}

unsigned int world_device(const char *device)
{
	int home = must(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "netns"), peer = must(world_peer(), "the other namespace");
	unsigned int index;

	must(setns(peer, CLONE_NEWNET), "setns");
	index = if_nametoindex(device);
	must(setns(home, CLONE_NEWNET), "setns");
	close(home);
	close(peer);
	return index;
}

/* command: a structure that begins with an ETHTOOL_ number, and is filled in. */
static void ethtool(const char *device, int netns, void *command)
{
	struct ifreq req = { .ifr_data = command };
	int fd, home = must(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "netns");

	if (netns >= 0)
		must(setns(netns, CLONE_NEWNET), "setns");
	fd = must(socket(AF_INET, SOCK_DGRAM, 0), "socket");
	must(setns(home, CLONE_NEWNET), "setns");
	close(home);
	strncpy(req.ifr_name, device, IFNAMSIZ - 1);
	must(ioctl(fd, SIOCETHTOOL, &req), "ethtool");
	close(fd);
}

void world_ethtool(const char *device, int netns, unsigned int what, unsigned int value)
{
	struct ethtool_value set = { .cmd = what, .data = value };

	ethtool(device, netns, &set);
}

void world_feature(const char *device, int netns, const char *feature, bool on)
{
	enum { MOST = 256 };
	static union {
		struct ethtool_gstrings names;
		char room[sizeof(struct ethtool_gstrings) + MOST * ETH_GSTRING_LEN];
	} all;
	static union {
		struct ethtool_sfeatures set;
		char room[sizeof(struct ethtool_sfeatures) + MOST / 32 * sizeof(struct ethtool_set_features_block)];
	} change;

	/* Of whatever number they are. */
	all.names = (struct ethtool_gstrings){ .cmd = ETHTOOL_GSTRINGS, .string_set = ETH_SS_FEATURES };
	ethtool(device, netns, &all);
	memset(&change, 0, sizeof(change));
	change.set.cmd = ETHTOOL_SFEATURES;
	change.set.size = (all.names.len + 31) / 32;
	for (unsigned int i = 0; i < all.names.len && i < MOST; i++) {
		if (strncmp((const char *)all.names.data + i * ETH_GSTRING_LEN, feature, ETH_GSTRING_LEN))
			continue;
		change.set.features[i / 32].valid = 1u << i % 32;
		change.set.features[i / 32].requested = (unsigned int)on << i % 32;
		ethtool(device, netns, &change);
		return;
	}
	die(feature);
}
