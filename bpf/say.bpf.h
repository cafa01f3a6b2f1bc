/* SPDX-License-Identifier: GPL-2.0-only */
/* The records that tell what happened to an skb or a socket, and where. */
#ifndef SKBTRACE_SAY_BPF_H
#define SKBTRACE_SAY_BPF_H

static __always_inline void say_end(struct here *h, __u64 id, __u32 how, __u64 location, __u32 reason)
{
	__u32 frame = frame_id();
	struct rec_end *r = record_begin(h, sizeof(*r), EV_END, 0, h->t_ns);

	if (!r)
		return;
	r->skb = id;
	r->location = location;
	r->how = how;
	r->reason = reason;
	r->frame = frame;
	r->pad = 0;
	record_end(r);
}

static __always_inline void say_netns(struct here *h, __u64 id, __u32 netns)
{
	struct rec_netns *r = record_begin(h, sizeof(*r), EV_NETNS, 0, h->t_ns);

	if (!r)
		return;
	r->skb = id;
	r->netns = netns;
	r->pad = 0;
	record_end(r);
}

/* What a step says besides its row, time and place. */
struct step_facts {
	__u64 skb, arg;
	__u32 sock, len, ifindex, nth;
	__u32 frame;	/* frame_id() */
};

static __always_inline void say_step(struct here *h, __u16 stage, __u64 t_ns, const struct step_facts *s)
{
	struct rec_step *r = record_begin(h, sizeof(*r), EV_STEP, stage, t_ns);

	if (!r)
		return;
	r->skb = s->skb;
	r->arg = s->arg;
	r->sock = s->sock;
	r->pid = h->tgid;
	r->len = s->len;
	r->ifindex = s->ifindex;
	r->frame = s->frame;
	r->nth = s->nth;
	record_end(r);
}

#endif
