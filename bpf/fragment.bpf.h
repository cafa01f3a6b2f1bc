/* SPDX-License-Identifier: GPL-2.0-only */
/* IP fragments behind the first have no ports: what that one had is kept for them, and who is cut up where. */
#ifndef SKBTRACE_FRAGMENT_BPF_H
#define SKBTRACE_FRAGMENT_BPF_H

/* Packets of which a fragment has been seen to arrive, or been cut off, the latest. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct packet_key);
	__type(value, struct whole);
} wholes SEC(".maps");

/* bpf/parse.bpf.h */
int read_packet(__u64 skb_addr, __u32 data);

static __always_inline void packet_of(struct born *b)
{
	__builtin_memcpy(b->packet.saddr, b->t.saddr, 16);
	__builtin_memcpy(b->packet.daddr, b->t.daddr, 16);
	b->packet.id = b->t.packet_id;
	b->packet.proto = b->t.proto;
}

/* Is it a piece of the packet that is cut up here? IPv6 gives it its identification only then. */
static __always_inline int is_cut_here(const struct pieces *p, const struct born *b)
{
	const __u64 *x = (const __u64 *)&p->packet, *y = (const __u64 *)&b->packet;

	return p->key && p->cut && p->tid == (__u32)bpf_get_current_pid_tgid() && x[0] == y[0] && x[1] == y[1] &&
	       x[2] == y[2] && x[3] == y[3] && p->packet.proto == b->packet.proto &&
	       (!p->packet.id || p->packet.id == b->packet.id);
}

/*
 * The packet that is read here is a fragment behind the first, of so many bytes. data: as of read_packet. 0: the
 * first was not seen, or not followed. Takes numbers: verified once.
 */
__noinline int read_fragment(__u32 total, __u32 data)
{
	struct cpu_state *cpu = this_cpu();
	const struct whole *w;
	struct pieces *p;
	struct born *b;

	if (!cpu)
		return 0;
	b = &cpu->born[cpu->ctx & 3];
	p = &cpu->pieces[cpu->ctx & 3];
	packet_of(b);
	w = &p->whole;
	if (data || !is_cut_here(p, b))
		w = bpf_map_lookup_elem(&wholes, &b->packet);
	if (!w)
		return 0;
	b->whole = w->skb;
	b->t.sport = w->sport;
	b->t.dport = w->dport;
	b->t.ack = w->ack;
	b->t.window = w->window;
	if (b->t.proto != IPPROTO_TCP)
		b->t.seq = w->seq;
	b->t.len = total;
	return 1;
}

/* What the others lack of the packet in born, which is their first, or whole. */
static __always_inline void whole_of(struct whole *w, const struct born *b)
{
	w->seq = b->t.seq;
	w->ack = b->t.ack;
	w->sport = b->t.sport;
	w->dport = b->t.dport;
	w->window = b->t.window;
}

/* What is in born is the first fragment of a packet, and has that id. Takes numbers: verified once. */
__noinline int fragment_first(__u64 id)
{
	struct born *b = born_here();
	struct whole w = {};

	if (!b)
		return 0;
	packet_of(b);
	w.skb = id;
	whole_of(&w, b);
	bpf_map_update_elem(&wholes, &b->packet, &w, BPF_ANY);
	return 0;
}

/* Is the packet at that address followed, and a fragment? Takes a number: verified once. */
__noinline int is_fragment(__u64 key)
{
	struct born *b = born_here();

	if (!b || !skb_find(key))
		return 0;
	read_packet(key, 0);
	return b->t.fragment != 0;
}

/*
 * The followed packet passes a row where it is cut up, or is a fragment that is taken to the others: if it is the
 * last of them the whole packet goes on in its sk_buff. Takes numbers: verified once.
 */
__noinline int fragment_row(__u64 row, __u64 key)
{
	struct skb_state *st = skb_find(key);
	struct cpu_state *cpu = this_cpu();
	struct pieces *p;
	struct born *b;
	int known;

	if (!st || !cpu)
		return 0;
	known = read_packet(key, 0);
	b = &cpu->born[cpu->ctx & 3];
	p = &cpu->pieces[cpu->ctx & 3];
	packet_of(b);
	p->key = key;
	p->tid = bpf_get_current_pid_tgid();
	p->cut = ROW_READ(row) == READ_CUT;
	p->packet = b->packet;
	p->whole.skb = st->id;
	if (b->t.fragment > 1 && known && b->whole)
		p->whole.skb = b->whole;
	whole_of(&p->whole, b);
	if (p->cut)
		return 0;
	if (b->t.fragment == 1)
		fragment_first(st->id);
	st->rewritten |= SKB_JOINED;
	return 0;
}

/*
 * The id of what the packet in born, at that address, is a fragment of, or of the first of the fragments that it
 * was put together of; 0: it is neither, or not known. Takes numbers: verified once.
 */
__noinline __u64 piece_of(__u64 key)
{
	struct cpu_state *cpu = this_cpu();
	struct pieces *p;
	struct born *b;

	if (!cpu)
		return 0;
	b = &cpu->born[cpu->ctx & 3];
	p = &cpu->pieces[cpu->ctx & 3];
	if (b->t.fragment > 1)
		return b->whole;
	if (b->t.fragment) {
		packet_of(b);
		return is_cut_here(p, b) ? p->whole.skb : 0;
	}
	if (p->key != key || p->cut || p->tid != (__u32)bpf_get_current_pid_tgid() || p->packet.proto != b->t.proto)
		return 0;
	p->key = 0;
	return p->whole.skb;
}

/* The same, of a fragment that is cut off here: it begins here. */
static __always_inline int begins_here(struct cpu_state *cpu, __u64 parent)
{
	const struct born *b = &cpu->born[cpu->ctx & 3];
	const struct pieces *p = &cpu->pieces[cpu->ctx & 3];

	return parent && parent == p->whole.skb && (p->cut ? b->t.fragment != 0 : !b->t.fragment);
}

#endif
