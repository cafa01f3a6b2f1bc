// SPDX-License-Identifier: GPL-2.0-or-later
/* A list of system calls for the kernel (seccomp(2)); what is not in it is refused. */
#include "confine.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* Memory, what is open, the end; the rest is what the C library asks now and then. */
static const uint16_t allowed[] = {
	SYS_read, SYS_readv, SYS_write, SYS_writev, SYS_lseek, SYS_close, SYS_fstat, SYS_newfstatat,
	SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_madvise, SYS_brk,
	SYS_exit, SYS_exit_group,
	SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_restart_syscall, SYS_getpid, SYS_gettid, SYS_tgkill,
	SYS_futex, SYS_getrandom, SYS_sysinfo, SYS_clock_gettime,
};
enum { ALLOWED = sizeof(allowed) / sizeof(allowed[0]) };

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define EQUAL(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, what)

/* Sanitizers look round in /proc at the end: their builds have none. */
#if defined(ARCH) && !defined(__SANITIZE_ADDRESS__)
static int filter(void)
{
	/* arch, number, each call, ioctl by what it asks, and the two answers */
	struct sock_filter f[2 + 1 + ALLOWED + 4 + 2];
	struct sock_fprog prog = { .filter = f };
	unsigned short n = 0;

	f[n++] = (struct sock_filter)LOAD(arch);
	f[n++] = (struct sock_filter)EQUAL(ARCH, 0, ALLOWED + 5);
	f[n++] = (struct sock_filter)LOAD(nr);
	for (int i = 0; i < ALLOWED; i++)
		f[n++] = (struct sock_filter)EQUAL(allowed[i], ALLOWED - i + 4, 0);
	/* stdio asks whether it writes to a terminal; a terminal takes orders by ioctl, too. */
	f[n++] = (struct sock_filter)EQUAL(SYS_ioctl, 0, 3);
	f[n++] = (struct sock_filter)LOAD(args[1]);
	f[n++] = (struct sock_filter)EQUAL(TCGETS, 2, 0);
	f[n++] = (struct sock_filter)EQUAL(TIOCGWINSZ, 1, 0);
	f[n++] = (struct sock_filter)ANSWER(SECCOMP_RET_ERRNO | EPERM);
	f[n++] = (struct sock_filter)ANSWER(SECCOMP_RET_ALLOW);
	prog.len = n;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) ? -errno : 0;
}
#else
static int filter(void)
{
	return -ENOTSUP;
}
#endif

int confine(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	return filter();
}
