/* SPDX-License-Identifier: GPL-2.0-only */
/* Constants, maps and the state of each CPU: the ground that all programs stand on. */
#ifndef SKBTRACE_CORE_BPF_H
#define SKBTRACE_CORE_BPF_H

/* ---- constants, set before load ---- */

const volatile struct cfg_filter filter;
const volatile __u8 exact_ends;	/* rows that see every end of an skb are attached */
const volatile __u8 dirs;	/* enum ev_dir bits of this run */
const volatile __u8 tells_tcp;	/* EV_TCP is written */
const volatile __u8 one_program;	/* all tracepoints have one: bpf/one.bpf.h */
const volatile __u32 pid_ns;	/* inode of user space's pid namespace, if it is not the first; 0: it is */
const volatile __u32 pid_meant;	/* a process, by its pid there */
const volatile __u8 sysop[512];	/* system call number -> enum op, or CFG_OP_LISTEN */
const volatile __u8 uring;	/* enum cfg_uring */
const volatile __u8 uringop[64];	/* opcode of io_uring -> enum op */

__u8 stopped;	/* set when user space has seen enough: every program returns at once */
__u32 pending;	/* requests of io_uring that are followed and not over */
__u32 woken;	/* tasks in a followed call that are woken and do not run yet */
__u32 names;	/* changes when a task gets another name, or ends */
__u32 one_at;	/* 0: where the one program is */

/* ---- maps: user space sets how many packets, sockets and calls they have room for ---- */

/* A followed socket, by address; gone when it is destroyed. */
struct sock_state {
	__u64 transmitting;	/* id of the write-queue skb in __tcp_transmit_skb; the socket lock guards it */
	__u32 id;
	__u32 owner;		/* tgid; 0: not known */
	__u16 lport, rport;	/* as announced */
	__u8 announced;
	__u8 attributed;	/* enum ev_dir bits: directions in which a request has moved bytes … */
	__u8 dgram;		/* it is none of TCP */
	__u8 pad;
	__u32 moved[2];		/* … up to here: write_seq, copied_seq */
	__u32 peer;		/* of its remote address, as announced */
	__u32 file;		/* of a datagram socket: the number of its inode */
	char comm[EV_NAME_LEN];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct sock_state);
} socks SEC(".maps");

/* The connections and listeners of the processes that --pid or --comm chose:
 * what arrives is matched by its addresses before the kernel looks a socket up. */
struct conn_key {
	__u64 laddr[2], raddr[2];
	__u32 netns;	/* with the protocol in its highest byte, which the numbers of namespaces have in common */
	__u16 lport, rport;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 32768);
	__type(key, struct conn_key);
	__type(value, __u64);	/* the struct sock that said so */
} conns SEC(".maps");

/* tgid -> 1 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, __u32);
} pids SEC(".maps");

/* A system call in progress, by tid. */
struct call_state {
	__u64 id;
	__u64 sk;
	__u64 regs;	/* of a call that is only noted: where its arguments are */
	__u64 began_ns;
	__u32 cpu;
	__u32 pad;
	__u32 sock;	/* 0: it waits for readiness, or is of a datagram socket, and nothing followed has come of it yet */
	__u32 seq;
	__u32 op;
	__u32 woken;	/* and not on a CPU since */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct call_state);
} calls SEC(".maps");

/* A request of io_uring in progress, by its address. */
struct request {
	__u64 id;
	__u64 sk;
	__u64 ring, user_data;
	__u64 count;
	__u32 sock;
	__u32 op;
	__u32 tid;	/* who submitted it */
	__u32 seq;	/* the socket's counter when it was last set going */
	__s32 fd;	/* -1: it was given a registered file */
	__u32 flags;	/* its MSG_ flags */
	__u32 ran;	/* enum ev_ran */
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct request);
} requests SEC(".maps");

/* What some completions call it: all of 5.10, and those of a request that has several. */
struct request_name {
	__u64 ring, user_data;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct request_name);
	__type(value, __u64);
} request_names SEC(".maps");

/* Devices whose name was said: ifindex | netns << 32. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u32);
} devs SEC(".maps");

/* A function in progress that hands out packets (a poll, the run of a queue): said with what comes out. */
struct entered {
	__u64 t_ns;
	__u32 ifindex;
	__u32 tid;
	__u16 stage;
	__u8 ctx;
	__u8 poll;	/* a poll of NAPI */
	__u32 nth;	/* of the functions found; 0: a function of the catalogue */
};

/* Who asked for a softirq. */
struct raise {
	__u64 t_ns;	/* 0: it is not pending */
	__u64 handler;	/* struct irqaction of the irq that did; 0: none */
	__u64 timer;	/* function of the hrtimer that did; 0: none */
	__u32 tid;
	__u32 by;	/* number of the irq, vector of the softirq */
	__u32 ctx;
	__u32 pad;
};

/* What a CPU may be doing, each in a place of its own: none of them nests in its like. */
enum slot { SLOT_WORK, SLOT_SOFTIRQ, SLOT_INNER, SLOT_IRQ, SLOT_HRTIMER, SLOT_N };

struct frame {
	__u64 began_ns;
	__u64 at;	/* struct irqaction of an irq, struct net_device of a poll, else the function */
	__u32 id;	/* 0: not said yet */
	__u32 number;	/* of the irq, vector, index of the device */
	__u32 tid;	/* of what runs in a task */
	__u32 budget;
	struct raise raised;
	__u64 what;	/* enum ev_frame; 0: nothing */
};

/* What passed a row that asks (ROUTES, SEEKS, HOOKS or WAKES) last, in one context, if nothing else has come since. */
struct asking {
	__u64 skb;
	__u32 sock;
	__u32 tid;
	__u64 t_ns;
	__u64 flags;	/* of that row; 0: nothing */
};

/* The skb that is handed up, in one context: sockets get it, or clones of it. */
struct source {
	__u64 skb;
	__u32 tid;
	__u32 proto;	/* as of skb_state */
};

/*
 * What identifies a packet on the wire; ports in host order, IPv4 mapped into IPv6. Aligned: not copied by bytes.
 * Of ICMP seq is the number of an echo and ack its identifier, window the type << 8 | code, and the ports are
 * those of the packet that an error quotes.
 */
struct tuple {
	__u8 saddr[16], daddr[16];
	__u16 sport, dport;
	__u8 family;	/* 4 or 6; 0: not an IP packet, or not readable */
	__u8 proto;
	__u8 tcp_flags;
	__u8 ttl;
	__u32 seq, ack, len;
	__u16 window, ip_id;
	__u32 fragment;	/* 1: the first of a packet's; of others their place in it in units of 8 bytes, + 1 */
	__u32 packet_id;	/* identification: 16 bits of IPv4, 32 of an IPv6 fragment */
} __attribute__((aligned(8)));

/* What all fragments of a packet have in common. */
struct packet_key {
	__u8 saddr[16], daddr[16];
	__u32 id, proto;
};

/* What only the first of them has. */
struct whole {
	__u64 skb;	/* its id, or that of the packet that is cut up */
	__u32 seq, ack;
	__u16 sport, dport, window, pad;
};

/* A packet that is being cut up, or a fragment that is taken to the others, last, in one context. */
struct pieces {
	__u64 key;	/* its sk_buff; 0: none */
	__u32 tid;
	__u32 cut;	/* it is cut up */
	struct packet_key packet;
	struct whole whole;
};

/* A packet that is just being seen for the first time, or a socket: read by one function, used by the next. */
struct born {
	__u64 of;	/* the sk_buff or sock */
	struct tuple t;
	struct packet_key packet;	/* of a fragment */
	__u64 whole;	/* of a later fragment: what it is of */
	struct skb_state fresh;
	struct sock_state sock;	/* what a socket begins with: its id, what it is; the rest is 0 */
};

enum { ENTERED = 4, VECTORS = 10 /* include/linux/interrupt.h: NR_SOFTIRQS */ };

struct cpu_state {
	struct cfg_counts counts;
	__u64 next_id[EV_CTX_N];	/* one per context: they do not interrupt themselves */
	__u64 next_sock[EV_CTX_N];
	__u64 task_comm[2];
	__u32 task_tid;
	__u32 task_names;	/* names of that time */
	__u32 next_queue;
	__u32 next_chain;
	__u32 next_frame;
	__u32 ctx;		/* enum ev_ctx, kept by the irq tracepoints, also while stopped */
	__u32 poll_followed;	/* followed packets that came out of this poll */
	__u32 poll_gro, poll_core;	/* packets that came so far: to GRO, to the stack */
	__u32 entered_n[2];
	__s32 uring_fd;		/* of the request that is next to be submitted (5.10) */
	__u32 drops;		/* that are being told of, in a run for them alone */
	__u32 pad;
	__u32 called;		/* the task whose system call was just seen by the first of two programs */
	struct frame frames[SLOT_N];
	struct raise raised[VECTORS];
	struct entered entered[2][ENTERED];	/* on the way out, on the way in */
	struct asking asking[EV_CTX_N];
	__u64 nft_chain[EV_CTX_N];	/* struct nft_chain that ran last, for a followed packet */
	struct source source[EV_CTX_N];
	struct born born[EV_CTX_N];
	struct pieces pieces[EV_CTX_N];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cpu_state);
} cpus SEC(".maps");

/* In small programs, and where every packet passes. */
static __always_inline struct cpu_state *this_cpu_at_once(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&cpus, &zero);
}

/*
 * By a call, so that it stands in each program once: the kernel writes the look-up itself in its place, and moves the rest
 * of the program for each.
 */
static __noinline struct cpu_state *this_cpu(void)
{
	return this_cpu_at_once();
}

/* The packet that is read in this context. */
static __always_inline struct born *born_here(void)
{
	struct cpu_state *cpu = this_cpu();

	return cpu ? &cpu->born[cpu->ctx & 3] : 0;
}

struct ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 2 << 20);
};

/* One ring per CPU: no lock is shared, and a CPU's records are in its order. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);	/* user space sets the number of CPUs */
	__type(key, __u32);
	__array(values, struct ring);
} rings SEC(".maps");

/* ---- the one program ---- */

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} one SEC(".maps");

/*
 * Goes on in the program that serves all tracepoints, where this run has it;
 * otherwise returns 1, and the caller does all of it. The verifier is not to
 * know the index: the kernel would patch a jump into each program, and at the
 * end wait once for each until nobody is in it.
 */
static __always_inline int goes_on_here(void *ctx)
{
	if (!one_program)
		return 1;
	bpf_tail_call(ctx, &one, one_at);
	return 0;
}

#endif
