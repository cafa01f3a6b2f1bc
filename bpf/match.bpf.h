/* SPDX-License-Identifier: GPL-2.0-only */
/* Decides whether a packet or a socket is ours, before anything is written; and whose it is. */
#ifndef SKBTRACE_MATCH_BPF_H
#define SKBTRACE_MATCH_BPF_H

#define BY_OWNER (filter.by_pid || filter.by_comm)

/* Is the running process one that --pid or --comm chose? */
static __always_inline int task_is_owner(void)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;

	if (filter.by_pid && !bpf_map_lookup_elem(&pids, &tgid))
		return 0;
	if (filter.by_comm) {
		char comm[EV_NAME_LEN] = {};

		bpf_get_current_comm(comm, sizeof(comm));
		for (int i = 0; i < EV_NAME_LEN; i++) {
			if (comm[i] != filter.comm[i])
				return 0;
			if (!comm[i])
				break;
		}
	}
	return 1;
}

static __always_inline int host_is(const __u8 *addr)
{
	const __u64 *a = (const __u64 *)addr;
	const volatile __u64 *want = (const volatile __u64 *)filter.host;
	const volatile __u64 *mask = (const volatile __u64 *)filter.host_mask;

	return (a[0] & mask[0]) == want[0] && (a[1] & mask[1]) == want[1];
}

static __always_inline int dev_is(struct net_device *dev)
{
	if (!filter.ifindex)
		return 1;
	return dev && (__u32)FIELD(dev, ifindex) == filter.ifindex && netns_of_dev(dev) == filter.ifnetns;
}

/* What carries a user's data, and ICMP; another protocol is followed if it is asked for. */
static __always_inline int proto_is_ours(__u32 proto)
{
	if (filter.proto)
		return proto == filter.proto;
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;
}

/* REJECT_N: everything but the owner matches. Otherwise the first test that said no.
 * on_dev: dev_is of its device. ports: sport and dport are in the packet's order. */
static __always_inline int match_tuple(const struct tuple *t, __u32 netns, int on_dev, int ports)
{
	if (!proto_is_ours(t->proto))
		return REJECT_PROTO;
	if (filter.netns && filter.netns != netns)
		return REJECT_NETNS;
	if (filter.by_host && !host_is(t->saddr) && !host_is(t->daddr))
		return REJECT_HOST;
	if (filter.port && filter.port != t->sport && filter.port != t->dport)
		return REJECT_PORT;
	if (ports && filter.sport && filter.sport != t->sport)
		return REJECT_SPORT;
	if (ports && filter.dport && filter.dport != t->dport)
		return REJECT_DPORT;
	if (!on_dev)
		return REJECT_IFACE;
	return REJECT_N;
}

/* The key of a connection from the side of this host. */
static __always_inline void conn_key(struct conn_key *k, const struct tuple *t, __u32 netns, int leaving)
{
	const __u64 *laddr = (const __u64 *)(leaving ? t->saddr : t->daddr);
	const __u64 *raddr = (const __u64 *)(leaving ? t->daddr : t->saddr);

	k->laddr[0] = laddr[0];
	k->laddr[1] = laddr[1];
	k->raddr[0] = raddr[0];
	k->raddr[1] = raddr[1];
	k->netns = netns ^ (__u32)t->proto << 24;
	k->lport = leaving ? t->sport : t->dport;
	k->rport = leaving ? t->dport : t->sport;
	/* A ping socket is told by the identifier of its echoes. */
	if (!proto_has_ports(t->proto) && !k->lport)
		k->lport = t->ack;
}

/* A listener stands for all connections to its port, a datagram socket for all that comes to its own. */
static __always_inline void conn_key_listener(struct conn_key *k)
{
	__builtin_memset(k->laddr, 0, sizeof(k->laddr));
	__builtin_memset(k->raddr, 0, sizeof(k->raddr));
	k->rport = 0;
}

/* Does what is in born belong to a process that --pid or --comm chose? Takes numbers: verified once. */
__noinline int conn_is_owned(__u32 netns, __u32 leaving)
{
	struct born *b = born_here();
	struct conn_key k;
	struct tuple *t;

	if (!b)
		return 0;
	t = &b->t;
	conn_key(&k, t, netns, leaving);
	if (bpf_map_lookup_elem(&conns, &k))
		return 1;
	conn_key_listener(&k);
	if (bpf_map_lookup_elem(&conns, &k))
		return 1;
	if (t->proto == IPPROTO_TCP || t->proto == IPPROTO_UDP)
		return 0;
	k.lport = 0;	/* a raw socket has all of its protocol */
	return !!bpf_map_lookup_elem(&conns, &k);
}

/* What comes to this socket belongs to the running process. Takes numbers: verified once. */
__noinline int conn_own(__u64 addr, __u32 listener)
{
	struct sock *sk = (struct sock *)addr;
	struct tuple *t = tuple_of_sock(sk);
	struct conn_key k;

	if (!t)
		return 0;
	conn_key(&k, t, netns_of_sock(sk), 1);
	if (listener || (t->proto != IPPROTO_TCP && !k.rport) || FIELD(sk, __sk_common.skc_state) == TCP_LISTEN)
		conn_key_listener(&k);
	else if (!k.rport)
		return 0;
	if (!k.lport && proto_has_ports(t->proto))
		return 0;
	bpf_map_update_elem(&conns, &k, &addr, BPF_ANY);
	return 0;
}

/* A listener is gone: its port may become anybody's. */
__noinline int conn_disown(__u64 addr)
{
	struct sock *sk = (struct sock *)addr;
	struct tuple *t = tuple_of_sock(sk);
	struct conn_key k;
	__u64 *owner;

	if (!t)
		return 0;
	conn_key(&k, t, netns_of_sock(sk), 1);
	conn_key_listener(&k);
	owner = bpf_map_lookup_elem(&conns, &k);
	if (owner && *owner == addr)
		bpf_map_delete_elem(&conns, &k);
	return 0;
}

static __always_inline __u32 addr_print(const __u8 *addr)
{
	const __u32 *w = (const __u32 *)addr;

	return w[0] ^ w[1] ^ w[2] ^ w[3];
}

/* A followed socket is gone. */
__noinline int sock_over(__u64 addr)
{
	struct sock_state *s = bpf_map_lookup_elem(&socks, &addr);
	struct rec_sockend *r;
	struct here h;

	if (!s)
		return 0;
	if (here_init(&h)) {
		r = record_begin(&h, sizeof(*r), EV_SOCKEND, 0, h.t_ns);
		if (r) {
			r->sock = s->id;
			r->pad = 0;
			record_end(r);
		}
	}
	bpf_map_delete_elem(&socks, &addr);
	return 0;
}

/* Announces a socket as it is now. t_ns: of the record. A function of its own, verified once; so it takes numbers. */
__noinline int say_sock(__u64 addr, __u64 t_ns)
{
	struct sock_state *s = bpf_map_lookup_elem(&socks, &addr);
	struct sock *sk = (struct sock *)addr;
	struct rec_sock *r;
	struct tuple *t;
	struct here h;

	if (!s || !here_find(&h))
		return 0;
	t = tuple_of_sock(sk);
	if (!t)
		return 0;
	r = record_begin(&h, sizeof(*r), EV_SOCK, 0, t_ns);
	if (!r)
		return 0;
	r->addr = addr;
	r->sock = s->id;
	r->pid = s->owner;
	r->netns = netns_of_sock(sk);
	r->pad32 = 0;
	r->lport = t->sport | t->ack;
	r->rport = t->dport;
	r->family = t->family;
	r->proto = t->proto;
	r->state = FIELD(sk, __sk_common.skc_state);
	r->pad = 0;
	__builtin_memcpy(r->laddr, t->saddr, 16);
	__builtin_memcpy(r->raddr, t->daddr, 16);
	__builtin_memcpy(r->comm, s->comm, sizeof(r->comm));
	record_end(r);
	s->lport = t->sport;
	s->rport = t->dport;
	s->peer = addr_print(t->daddr);
	s->announced = 1;
	return 0;
}

/* --sport and --dport are those of the packet: the ends change places for what arrives. */
static __always_inline int match_sock(const struct tuple *t, struct sock *sk, __u32 netns, int leaving)
{
	int on_dev = !filter.ifindex || dev_is(FIELD(sk, sk_dst_cache, dev));

	if (!leaving) {
		if (filter.sport && filter.sport != t->dport)
			return REJECT_SPORT;
		if (filter.dport && filter.dport != t->sport)
			return REJECT_DPORT;
	}
	return match_tuple(t, netns, on_dev, leaving);
}

/* How a socket is asked for: bits. */
enum {
	SOCK_LEAVING = 1,	/* its packets of this way: --sport and --dport are told by it */
	SOCK_BY_PACKET = 2,	/* a followed packet is its own: of datagrams that is enough */
};

/* The inode of the file of a socket; 0: it is the kernel's own, or closed. */
static __always_inline __u32 sock_file(struct sock *sk)
{
	return FIELD(FIELD(sk, sk_socket, file, f_inode), i_ino);
}

/* Is it as it was announced? A datagram socket may be bound late, and connected again. */
static __always_inline int sock_is_as_said(const struct sock_state *s, const struct tuple *t)
{
	return s->rport == t->dport && s->lport == t->sport && (!s->dgram || s->peer == addr_print(t->daddr));
}

/* Where nothing tells that a datagram socket ends, another one may be at its address: its file tells. */
static __always_inline int dgram_replaced(const struct sock_state *s, struct sock *sk)
{
	__u32 file = exact_ends || !s->dgram ? 0 : sock_file(sk);

	return file && s->file != file;
}

enum { SOCK_BEGUN = 1, SOCK_ANOTHERS };

/*
 * Makes the state of the socket in born. SOCK_ANOTHERS: another CPU was at the same, and first; 0: there is none. It has its
 * id before anybody can find it: without one it would be taken for a socket that is not ours. Takes a number: verified once.
 */
__noinline int sock_begin(__u64 addr)
{
	struct sock_state *fresh;
	struct born *b;
	struct here h;
	int err;

	if (!here_find(&h))
		return 0;
	b = &h.cpu->born[h.ctx & 3];
	fresh = &b->sock;
	fresh->dgram = b->t.proto != IPPROTO_TCP;
	fresh->file = fresh->dgram ? sock_file((struct sock *)addr) : 0;
	/* What the kernel answers with is nobody's socket. */
	if (fresh->dgram && !fresh->file)
		return 0;
	fresh->id = new_sock_id(&h);
	err = bpf_map_update_elem(&socks, &addr, fresh, BPF_NOEXIST);
	if (err && !bpf_map_lookup_elem(&socks, &addr)) {
		record_without_room(&h, FULL_SOCKET);
		return 0;
	}
	/* Somebody was scheduled in between, and began another there. */
	if (!err && b->of != addr) {
		bpf_map_delete_elem(&socks, &addr);
		return 0;
	}
	return err ? SOCK_ANOTHERS : SOCK_BEGUN;
}

/*
 * The id of a socket that is followed, made if it matches; 0 if it is not
 * ours. how: SOCK_ bits. owner: the running task is known to use this socket (a system call),
 * so it may be told from --pid. Announces it, again when its ends became known;
 * t_ns: that of the record which it is said for, 0: now.
 * A function of its own, verified once; so it takes numbers.
 */
__noinline __u32 sock_follow(__u64 addr, __u32 how, __u32 owner, __u64 t_ns)
{
	__u32 leaving = how & SOCK_LEAVING, netns, by_packet;
	struct sock *sk = (struct sock *)addr;
	struct sock_state *s;
	struct tuple *t;
	struct here h;
	int verdict;

	if (sock_is_strange(addr, leaving))
		return 0;
	s = bpf_map_lookup_elem(&socks, &addr);
	if (s && s->rport && !s->dgram && (s->owner || !owner))
		return s->id;
	t = tuple_of_sock(sk);
	if (!t || !proto_is_ours(t->proto) || !here_init(&h))
		return 0;
	if (s && dgram_replaced(s, sk)) {
		bpf_map_delete_elem(&socks, &addr);
		s = 0;
	}
	if (s && sock_is_as_said(s, t) && (s->owner || !owner))
		return s->id;
	netns = netns_of_sock(sk);
	by_packet = how & SOCK_BY_PACKET && t->proto != IPPROTO_TCP;
	/* Followed for its owner's sake before it had ports: they may be the wrong ones. Before
	 * connect has picked ports only the owner can be told. */
	verdict = REJECT_N;
	if (!by_packet && (s ? !s->rport && t->dport : !(BY_OWNER && owner && !t->dport && !t->sport)))
		verdict = match_sock(t, sk, netns, leaving);
	/* Somebody was scheduled in between, who read another. */
	if (h.cpu->born[h.ctx & 3].of != addr)
		return 0;
	if (verdict != REJECT_N) {
		if (s)
			bpf_map_delete_elem(&socks, &addr);
		/* One with both its ends keeps them; what stands for a connection elsewhere has no such end. */
		if (verdict_lasts(verdict) && t->sport && t->dport && sock_is_full(sk) &&
		    (exact_ends || t->proto == IPPROTO_TCP))
			*strange_sock(addr, leaving) = addr | verdict;
		return 0;
	}
	if (!s) {
		if (!by_packet && BY_OWNER && !(owner ? task_is_owner() : conn_is_owned(netns, 1)))
			return 0;
		verdict = sock_begin(addr);
		s = bpf_map_lookup_elem(&socks, &addr);
		if (!verdict || !s)
			return 0;
		if (verdict == SOCK_ANOTHERS)
			return s->id;
	}
	if (owner) {
		s->owner = h.tgid;
		bpf_get_current_comm(s->comm, sizeof(s->comm));
	}
	if (BY_OWNER)
		conn_own(addr, 0);
	say_sock(addr, t_ns ? t_ns : h.t_ns);
	return s->id;
}

/* The same, if it is followed already and has its ports, or needs none. */
static __always_inline __u32 sock_known(__u64 addr)
{
	struct sock_state *s = bpf_map_lookup_elem(&socks, &addr);

	return s && (s->rport || s->dgram) ? s->id : 0;
}

#endif
