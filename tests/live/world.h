/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a case may change of the machine: files and devices of a folder that
 * tests/live/cases makes. Without it nothing can be changed.
 *
 *	here	sysfs of this network namespace
 *	there	sysfs of another one, that of netns/peer, where vethB is 10.79.1.2
 *	sysctl	/proc/sys/net/ipv4 of this one
 *	little	is there if the machine is ours, and a softirq takes one packet at a time
 *	damages	is there if a class of the device to 10.79.3.2 damages packets, for that one to be opened
 *	slow	is there if the way to 10.79.2.2, in that other one, is slower than TCP
 */
#ifndef WORLD_H
#define WORLD_H

#include <stdbool.h>

void world_is(const char *folder);
/* Writes to a file of it; false if this kernel does not have that. */
bool world_put(const char *file, const char *value);
/* The other network namespace, open; -1: there is none. */
int world_peer(void);
/* The index that a device of that namespace has there. */
unsigned int world_device(const char *device);
/* Sets a property of a device of that namespace; -1: of this one. */
void world_ethtool(const char *device, int netns, unsigned int what, unsigned int value);
/* Switches a feature of it on or off, by the name that ethtool -k has. */
void world_feature(const char *device, int netns, const char *feature, bool on);

#endif
