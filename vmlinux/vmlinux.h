/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by tools/mktypes from vmlinux/types and the BTF of a kernel: do not edit. */
#ifndef __VMLINUX_H__
#define __VMLINUX_H__

typedef unsigned char __u8;
typedef signed char __s8;
typedef unsigned short __u16;
typedef short __s16;
typedef unsigned int __u32;
typedef int __s32;
typedef unsigned long long __u64;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u64 __be64;
typedef __u32 __wsum;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	__u32 inum;
};

struct list_head {
	struct list_head *next;
};

struct net {
	struct ns_common ns;
	struct list_head list;
	struct list_head dev_base_head;
	struct net_device *loopback_dev;
};

struct net_device_ops {
	void *ndo_start_xmit;
};

struct net_device {
	__s32 ifindex;
	__u8 name[16];
	struct {
		struct net *net;
	} nd_net;
	struct net_device_ops *netdev_ops;
	struct list_head dev_list;
	struct list_head napi_list;
	struct Qdisc *qdisc;
	struct netdev_queue *_tx;
};

struct nsproxy {
	struct net *net_ns;
};

struct sk_buff {
	struct net_device *dev;
	void *head;
	void *data;
	__u32 len;
	__u32 data_len;
	__u16 network_header;
	__u16 transport_header;
	__u16 protocol;
	__u8 cb[48];
	__u32 end;
	__u64 _skb_refdst;
	struct sock *sk;
	__u64 _nfct;
	__u16 alloc_cpu;
};

struct skb_shared_info {
	__u16 gso_size;
	__u16 gso_segs;
};

struct in6_addr {
	union {
		__u8 u6_addr8[16];
		__u16 u6_addr16[8];
		__u32 u6_addr32[4];
	} in6_u;
};

struct sock_common {
	__u32 skc_daddr;
	__u32 skc_rcv_saddr;
	__u16 skc_dport;
	__u16 skc_num;
	__u16 skc_family;
	__u8 skc_state;
	struct {
		struct net *net;
	} skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};

struct sock {
	struct sock_common __sk_common;
	__u16 sk_protocol;
	__u16 sk_type;
	struct dst_entry *sk_dst_cache;
	struct socket *sk_socket;
	__s32 sk_wmem_queued;
};

struct dst_entry {
	struct net_device *dev;
};

struct tcp_sock {
	__u32 write_seq;
	__u32 copied_seq;
	__u32 rcv_nxt;
	__u32 rcv_wup;
	__u32 rcv_wnd;
	__u32 snd_cwnd;
	__u32 packets_out;
	__u32 mtu_info;
	__u32 snd_una;
	__u32 snd_nxt;
	__u32 snd_wnd;
	__u32 snd_ssthresh;
	__u32 srtt_us;
	__u32 mdev_us;
	__u32 mss_cache;
	__u32 sacked_out;
	__u32 lost_out;
	__u32 retrans_out;
	__u32 total_retrans;
};

struct tcp_congestion_ops {
	__u8 name[16];
};

struct inet_connection_sock {
	struct tcp_congestion_ops *icsk_ca_ops;
	__u8 icsk_ca_state : 5;
	__u8 icsk_retransmits;
};

struct tcp_skb_cb {
	__u32 seq;
	__u32 end_seq;
	__u16 tcp_flags;
};

struct socket {
	struct sock *sk;
	struct file *file;
};

struct inode {
	__u16 i_mode;
	__u64 i_ino;
};

struct file {
	void *private_data;
	struct inode *f_inode;
};

struct fdtable {
	__u32 max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct pid_namespace {
	struct ns_common ns;
};

struct upid {
	__s32 nr;
	struct pid_namespace *ns;
};

struct pid {
	__u32 level;
	struct upid numbers[0];
};

struct task_struct {
	__s32 tgid;
	__s32 pid;
	__u8 comm[16];
	struct files_struct *files;
	struct pid *thread_pid;
	struct nsproxy *nsproxy;
};

struct nf_hook_state {
	__u8 hook;
	__u8 pf;
};

struct napi_gro_cb {
	void *frag0;
};

struct napi_struct {
	struct net_device *dev;
	__s32 weight;
	void *poll;
	struct list_head dev_list;
};

struct irqaction {
	void *name;
	void *handler;
};

struct timer_list {
	void *function;
};

struct hrtimer {
	void *function;
};

struct work_struct {
	void *func;
};

struct Qdisc_ops {
	__u8 id[16];
};

struct qdisc_skb_head {
	__u32 qlen;
};

struct gnet_stats_queue {
	__u32 backlog;
};

struct netdev_queue {
	struct net_device *dev;
	struct Qdisc *qdisc;
};

struct Qdisc {
	void *enqueue;
	struct Qdisc_ops *ops;
	struct qdisc_skb_head q;
	struct gnet_stats_queue qstats;
	__u32 flags;
	__u32 handle;
	__u32 parent;
	struct netdev_queue *dev_queue;
};

struct sk_buff_head {
	__u32 qlen;
};

struct neighbour {
	struct sk_buff_head arp_queue;
	__u8 nud_state;
	__u8 primary_key[0];
	struct neigh_table *tbl;
};

struct neigh_table {
	__s32 family;
};

struct pt_regs {
	__u64 r15;
	__u64 r14;
	__u64 r13;
	__u64 r12;
	__u64 bp;
	__u64 bx;
	__u64 r11;
	__u64 r10;
	__u64 r9;
	__u64 r8;
	__u64 ax;
	__u64 cx;
	__u64 dx;
	__u64 si;
	__u64 di;
	__u64 orig_ax;
	__u64 ip;
	__u16 cs;
	__u64 flags;
	__u64 sp;
	__u16 ss;
};

struct bpf_iter_meta {
	struct seq_file *seq;
	__u64 session_id;
	__u64 seq_num;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

struct io_uring_cqe {
	__u64 user_data;
	__s32 res;
	__u32 flags;
};

struct io_cqe {
	__u64 user_data;
	__s32 fd;
};

struct io_rsrc_node {
	__u64 file_ptr;
};

struct io_rsrc_data {
	__u32 nr;
	struct io_rsrc_node **nodes;
};

struct io_file_table {
	struct io_rsrc_data data;
};

struct io_ring_ctx {
	struct io_file_table file_table;
};

struct io_kiocb {
	struct file *file;
	__u8 opcode;
	__u64 flags;
	struct io_cqe cqe;
	struct io_ring_ctx *ctx;
};

struct io_sr_msg {
	__s32 len;
	__u32 msg_flags;
};

struct io_rw {
	__u32 len;
};

struct io_connect {
	struct sockaddr *addr;
};

#pragma clang attribute pop

#endif
