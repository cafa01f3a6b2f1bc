// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists what the kernel has of BPF: "program", "map" or "link", its number, and its name if it has one. */
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static long bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static void each(const char *kind, int next, int open)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	while (!bpf(next, &attr)) {
		uint32_t id = attr.next_id;
		union bpf_attr get, ask;
		struct bpf_prog_info prog;
		struct bpf_map_info map;
		const char *name = "";
		long fd;

		memset(&get, 0, sizeof(get));
		get.prog_id = id;
		fd = bpf(open, &get);
		memset(&ask, 0, sizeof(ask));
		memset(&prog, 0, sizeof(prog));
		memset(&map, 0, sizeof(map));
		ask.info.bpf_fd = fd;
		ask.info.info_len = next == BPF_PROG_GET_NEXT_ID ? sizeof(prog) : sizeof(map);
		ask.info.info = next == BPF_PROG_GET_NEXT_ID ? (uintptr_t)&prog : (uintptr_t)&map;
		if (fd >= 0 && next != BPF_LINK_GET_NEXT_ID && !bpf(BPF_OBJ_GET_INFO_BY_FD, &ask))
			name = next == BPF_PROG_GET_NEXT_ID ? prog.name : map.name;
		if (fd >= 0) {
			printf("%s %u %s\n", kind, id, name);
			close(fd);
		}
		memset(&attr, 0, sizeof(attr));
		attr.start_id = id;
	}
}

int main(void)
{
	each("program", BPF_PROG_GET_NEXT_ID, BPF_PROG_GET_FD_BY_ID);
	each("map", BPF_MAP_GET_NEXT_ID, BPF_MAP_GET_FD_BY_ID);
	each("link", BPF_LINK_GET_NEXT_ID, BPF_LINK_GET_FD_BY_ID);
	return 0;
}
