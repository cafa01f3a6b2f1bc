// SPDX-License-Identifier: GPL-2.0-or-later
/* Capabilities by the kernel's own calls (capabilities(7)). */
#include "kernel_privilege.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Debian 11's headers, the oldest that this is built with, know both; the numbers are the kernel's (5.8). */
#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#define CAP_BPF 39
#endif

/*
 * BPF: programs and maps, also to read their counters in the end; PERFMON: programs that read kernel
 * memory, and kprobes; SYSLOG: the names of kernel addresses that come up during the run.
 */
static const unsigned int needed[] = { CAP_BPF, CAP_PERFMON, CAP_SYSLOG };

const char *privilege_needed(void)
{
	return "CAP_BPF, CAP_PERFMON and CAP_SYSLOG";
}

static uint64_t needed_set(void)
{
	uint64_t set = 0;

	for (unsigned int i = 0; i < sizeof(needed) / sizeof(*needed); i++)
		set |= 1ull << needed[i];
	return set;
}

static int caps(long call, struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3])
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return syscall(call, &head, data) ? -errno : 0;
}

bool privilege_suffices(void)
{
	struct __user_cap_data_struct have[_LINUX_CAPABILITY_U32S_3] = { 0 };
	uint64_t set;

	if (caps(SYS_capget, have))
		return false;
	set = have[0].effective | (uint64_t)have[1].effective << 32;
	return (set & needed_set()) == needed_set();
}

int privilege_drop(void)
{
	struct __user_cap_data_struct want[_LINUX_CAPABILITY_U32S_3] = { 0 };
	uint64_t set = needed_set();

	/* Those that a program could be given; the kernel says where the list ends. Without CAP_SETPCAP they stay. */
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (!(set >> cap & 1) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) && errno != EPERM)
			return -errno;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	want[0].effective = want[0].permitted = (uint32_t)set;
	want[1].effective = want[1].permitted = set >> 32;
	return caps(SYS_capset, want);
}
