/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of network namespaces, which only user space gives. */
#ifndef SKBTRACE_LIVE_HOST_H
#define SKBTRACE_LIVE_HOST_H

#include <stddef.h>
#include <stdint.h>

/*
 * The name of the namespace with that inode, of n bytes with the end: that of ip-netns(8), or of a container
 * of Docker; empty: it has none here.
 */
void host_name(uint32_t netns, char *name, size_t n);

#endif
