/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cheapest no. Nearly all that passes is not ours, and one packet passes
 * dozens of rows: what was looked at and is not ours is remembered by its
 * address, and known by one load at the rows that follow.
 *
 * Only verdicts that last are: by protocol, host and port; not by owner, device
 * or namespace, which change on the way. What arrives, and what may have been
 * rewritten since (ROW_ANEW, ROW_HOOKS), is looked at anew. The end of an skb or of a
 * socket takes its address out, so this is for kernels where every end is seen.
 */
#ifndef SKBTRACE_STRANGE_BPF_H
#define SKBTRACE_STRANGE_BPF_H

enum { STRANGE_SKBS = 4096, STRANGE_SOCKS = 1024 };

/* In the place of a verdict: it was not ours and has ended, as the rows that see the end a second time find. */
enum { STRANGE_GONE = 7 };
_Static_assert(REJECT_N <= STRANGE_GONE + 1, "a verdict has the lowest three bits of an address");

__u64 strange_skbs[STRANGE_SKBS];	/* address | enum reject: it has room in the lowest bits */
__u64 strange_socks[STRANGE_SOCKS];	/* the same; a socket has two places, for the two ways */

/* An sk_buff is 256 bytes, two of them in a pair; the bits above tell slabs apart. */
static __always_inline __u64 *strange_skb(__u64 skb)
{
	return &strange_skbs[(skb >> 8 ^ skb >> 20) & (STRANGE_SKBS - 1)];
}

/* A tcp_sock is above 2 KiB. The mask comes last: 5.10 loses the bounds of what is put together behind it. */
static __always_inline __u64 *strange_sock(__u64 sk, __u32 leaving)
{
	__u64 at = (sk >> 11 ^ sk >> 21) * 2 + !!leaving;

	asm volatile("" : "+r"(at));
	return &strange_socks[at & (STRANGE_SOCKS - 1)];
}

static __always_inline int skb_is_strange(__u64 skb)
{
	return (*strange_skb(skb) ^ skb) < STRANGE_GONE;
}

/* The end of an skb: was it not ours? */
static __always_inline int skb_forget(__u64 skb)
{
	if ((*strange_skb(skb) ^ skb) > STRANGE_GONE)
		return 0;
	*strange_skb(skb) = skb | STRANGE_GONE;
	return 1;
}

static __always_inline int sock_is_strange(__u64 sk, __u32 leaving)
{
	return (*strange_sock(sk, leaving) & ~7ull) == sk;
}

static __always_inline void sock_forget(__u64 sk)
{
	if (sock_is_strange(sk, 0))
		*strange_sock(sk, 0) = 0;
	if (sock_is_strange(sk, 1))
		*strange_sock(sk, 1) = 0;
}

static __always_inline void count_strange(__u64 skb)
{
	struct cpu_state *cpu = this_cpu();

	if (!cpu)
		return;
	__sync_fetch_and_add(&cpu->counts.seen, 1);
	__sync_fetch_and_add(&cpu->counts.rejected[*strange_skb(skb) & 7], 1);
}

/*
 * Is what passes this row known not to be ours, so that nothing here can
 * change that? Forgets what ends or may be rewritten.
 */
static __always_inline int is_strange(__u64 row, __u64 skb, __u64 sk)
{
	__u32 flags = ROW_FLAGS(row);

	if (!skb) {
		/* It is connected, maybe anew. */
		if (sk && flags & ROW_ANEW)
			sock_forget(sk);
		return sk && !(flags & ROW_WAKES) && sock_is_strange(sk, flags & ROW_SEND);
	}
	if (!exact_ends)
		return 0;
	if (flags & (ROW_END | ROW_HOOKS | ROW_ANEW | ROW_XMIT)) {
		if (flags & ROW_END)
			return skb_forget(skb);
		if (flags & ROW_HOOKS && skb_is_strange(skb))
			*strange_skb(skb) = 0;
		if (!(flags & ROW_XMIT))
			return 0;
	}
	/* What a socket sends has its addresses. */
	if (sk && flags & ROW_SEND && sock_is_strange(sk, 1))
		*strange_skb(skb) = skb | (*strange_sock(sk, 1) & 7);
	else if (flags & ROW_XMIT || !skb_is_strange(skb))
		return 0;
	if (flags & ROW_COUNT)
		count_strange(skb);
	return 1;
}

/* A verdict that lasts as long as the addresses do. */
static __always_inline int verdict_lasts(int verdict)
{
	return 1 << verdict & (1 << REJECT_PROTO | 1 << REJECT_HOST | 1 << REJECT_PORT | 1 << REJECT_SPORT |
			       1 << REJECT_DPORT);
}

#endif
