// SPDX-License-Identifier: GPL-2.0-or-later
/* From a conversation to a diagram: which lifelines, and which arrow each event is. */
#include "talk_diagram.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "diagram_words.h"
#include "proto.h"
#include "render.h"

enum { NAME_COLUMNS = 15, DEV_COLUMNS = 6 };

/* A diagram that is being made. */
struct ladder {
	struct diagram *d;
	const struct talk_view *v;
	int detail;
	bool tells_tcp;
	struct tcp_told told[TALK_ENDS];	/* of what TCP keeps */
	int app[TALK_ENDS], tcp[TALK_ENDS];	/* lanes; tcp of an end elsewhere is that end itself */
	int wire;			/* what lies between; -1: nothing is drawn there */
	bool relays;			/* packets are drawn on their way, from there and to there */
	uint64_t first_ns, last_ns;
	const struct talk_event *lost;	/* the last loss that was drawn */
};

static int add_lane(struct ladder *l, int *lane, const char *brief, const char *wide)
{
	*lane = diagram_lane(l->d, brief, wide);
	return *lane < 0 ? -ENOMEM : 0;
}

static bool calls_from(const struct talk_view *v, int end)
{
	for (size_t i = 0; i < v->act_n; i++)
		if (v->acts[i].end == end)
			return true;
	return false;
}

static int add_app(struct ladder *l, int end)
{
	const struct talk_end *e = &l->v->ends[end];
	const char *role = end == TALK_CLIENT ? "client" : "server";
	char task[WORDS_ROOM];

	l->app[end] = -1;
	if (!calls_from(l->v, end))
		return 0;
	return add_lane(l, &l->app[end], e->comm[0] ? e->comm : role,
			e->pid ? words_task(task, e->comm, e->pid, e->pid) : role);
}

static int add_tcp(struct ladder *l, int end)
{
	const struct talk_end *e = &l->v->ends[end];
	char at[WORDS_ROOM], proto[WORDS_ROOM], wide[3 * WORDS_ROOM];

	words_endpoint(at, &e->at, proto_has_ports(l->v->t->key.proto));
	words_proto(proto, l->v->t->key.proto);
	if (!e->here)
		return add_lane(l, &l->tcp[end], strlen(at) > NAME_COLUMNS + 6 ? "peer" : at, at);
	snprintf(wide, sizeof(wide), "%s of %s", proto, at);
	return add_lane(l, &l->tcp[end], proto, wide);
}

static bool dies_on_its_way(const struct talk_pass *p)
{
	return p->send && p->send->state == JOURNEY_DROPPED;
}

/* The way between two ends of this host, or through it; else what a packet that died did not leave. */
static int add_wire(struct ladder *l)
{
	const char *a = talk_dev(l->v, TALK_CLIENT), *b = talk_dev(l->v, TALK_SERVER);
	bool one = !*a || !*b || !strcmp(a, b);
	const char *dev = *a ? a : b;
	bool dies = false;
	char wide[64];

	l->wire = -1;
	for (size_t i = 0; i < l->v->pass_n; i++)
		dies |= dies_on_its_way(&l->v->passes[i]);
	l->relays = l->v->ends[TALK_CLIENT].here == l->v->ends[TALK_SERVER].here && l->detail != DETAIL_BRIEF;
	if (!l->relays && !dies && l->detail != DETAIL_FULL)
		return 0;
	snprintf(wide, sizeof(wide), "%s%s%s", *dev ? dev : "the way", one ? "" : " ⇄ ", one ? "" : b);
	return add_lane(l, &l->wire, one && *dev && strlen(dev) <= DEV_COLUMNS ? dev : "wire", wide);
}

static int add_lanes(struct ladder *l)
{
	int err = add_app(l, TALK_CLIENT);

	err = err ? err : add_tcp(l, TALK_CLIENT);
	err = err ? err : add_wire(l);
	err = err ? err : add_tcp(l, TALK_SERVER);
	return err ? err : add_app(l, TALK_SERVER);
}

static bool carries_nothing(const struct talk_pass *p)
{
	return p->seq == p->end && !(p->head->tcp_flags & TCP_RST) && p->head->proto == IPPROTO_TCP;
}

/* A loss that several packets may have suffered is one loss. */
static bool lost_again(const struct ladder *l, const struct talk_event *e)
{
	return l->lost && l->lost->cpu == e->cpu && l->lost->lost == e->lost;
}

static bool hidden(const struct ladder *l, const struct talk_event *e)
{
	bool brief = l->detail == DETAIL_BRIEF;

	switch (e->what) {
	case TALK_LEAVES:
		/* The packet that was cut up has said that it leaves; its pieces arrive. */
		return (brief && carries_nothing(e->pass)) ||
		       (l->detail != DETAIL_FULL && e->pass->head->segment_of && e->pass->recv);
	case TALK_ARRIVES:
		return brief && (carries_nothing(e->pass) ||
				 (e->pass->send && e->pass->fate <= FATE_IN_ORDER &&
				  !e->pass->head->segment_of));
	case TALK_WAKES:
		return brief || l->app[e->end] < 0;
	case TALK_LOST:
		return lost_again(l, e);
	default:
		return false;
	}
}

/* Where a step of a packet or of a call is drawn. */
static int lane_of_step(const struct ladder *l, const struct talk_event *e, const struct step *s)
{
	return !lane_has_transport(stages[s->stage].lane) && l->wire >= 0 ? l->wire : l->tcp[e->end];
}

/* The arrow of the event. */
static void place(const struct ladder *l, const struct talk_event *e, struct item *it)
{
	int app = l->app[e->end], tcp = l->tcp[e->end], other = l->tcp[!e->end];

	switch (e->what) {
	case TALK_CALLS:
		it->kind = ITEM_CROSS;
		it->lane = app;
		it->to = tcp;
		break;
	case TALK_RETURNS:
		it->kind = ITEM_RETURN;
		it->lane = tcp;
		it->to = app;
		break;
	case TALK_LEAVES:
		it->kind = ITEM_CROSS;
		it->thin = carries_nothing(e->pass);
		it->lane = tcp;
		it->to = l->relays || dies_on_its_way(e->pass) ? l->wire : other;
		break;
	case TALK_ARRIVES:
		it->kind = ITEM_CROSS;
		it->thin = carries_nothing(e->pass);
		it->lane = l->relays ? l->wire : other;
		it->to = tcp;
		/* It did not get there by itself. */
		if (e->pass->merged && l->relays) {
			it->kind = ITEM_STEP;
			it->to = -1;
		}
		break;
	case TALK_WAKES:
		it->kind = ITEM_CROSS;
		it->thin = true;
		it->lane = tcp;
		it->to = app;
		break;
	case TALK_DIES:
		it->kind = ITEM_DROP;
		it->lane = lane_of_step(l, e, &e->half->steps.v[e->half->steps.n - 1]);
		break;
	case TALK_STEPS:
		it->lane = lane_of_step(l, e, e->step);
		it->minor = true;
		break;
	case TALK_LOST:
		it->kind = ITEM_GAP;
		break;
	case TALK_WHATS:
		break;
	}
}

/* Was the time before the event, since the one that is drawn above it, mostly spent in nobody's hands? */
static bool waited(const struct ladder *l, const struct talk_event *e)
{
	uint64_t from = 0, to = 0;

	if (e->what == TALK_ARRIVES && e->pass->send) {
		from = e->pass->wait_from;
		to = e->pass->wait_to;
	} else if (e->what == TALK_RETURNS && e->act->waited_for) {
		from = e->act->told_ns;
		to = e->act->ran_ns ? e->act->ran_ns : e->t_ns;
	} else if (e->what == TALK_LEAVES && e->pass->cause == CAUSE_LATER) {
		from = l->last_ns;
		to = e->t_ns;
	}
	if (from < l->last_ns)
		from = l->last_ns;
	return to > from && (to - from) * 2 > e->t_ns - l->last_ns;
}

static int draw_event(struct ladder *l, const struct talk_event *e)
{
	char label[TALK_WORDS_ROOM], note[TALK_WORDS_ROOM];
	struct item *it;

	talk_label(label, l->v, e);
	talk_note(note, l->v, e, l->detail);
	if (l->tells_tcp)
		talk_note_tcp(note, l->v, e, &l->told[e->end], l->detail);
	it = diagram_item(l->d, ITEM_STEP, label, note);
	if (!it)
		return -ENOMEM;
	place(l, e, it);
	it->cpu = e->cpu;
	if (e->what == TALK_LOST) {
		l->lost = e;
		return 0;
	}
	it->timed = true;
	it->t_ns = e->t_ns - l->first_ns;
	it->delta_ns = e->t_ns - l->last_ns;
	it->waited = waited(l, e);
	l->last_ns = e->t_ns;
	return 0;
}

static int draw_phase(struct ladder *l, enum talk_phase phase)
{
	static const char *const names[PHASES] = { "handshake", "data", "teardown" };

	return diagram_item(l->d, ITEM_PHASE, names[phase], "") ? 0 : -ENOMEM;
}

static int draw_end(struct ladder *l)
{
	const struct talk_view *v = l->v;
	char label[WORDS_ROOM];

	if (v->t->goes_on)
		snprintf(label, sizeof(label), "continued in part %u", v->t->part + 1);
	else if (v->t->key.proto != IPPROTO_TCP)
		snprintf(label, sizeof(label), "quiet");
	else
		snprintf(label, sizeof(label), "%s",
			 v->reset ? "reset" : v->closed ? "closed" : "not closed when the recording ended");
	return diagram_item(l->d, ITEM_END, label, "") ? 0 : -ENOMEM;
}

int talk_diagram_make(struct diagram *d, const struct talk_view *v, int detail, bool tcp)
{
	struct ladder l = { .d = d, .v = v, .detail = detail, .tells_tcp = tcp };
	const struct talk_event *before = NULL;
	int err;

	*d = (struct diagram){ .complete = v->complete && !v->missed && v->t->part == 1 && !v->t->goes_on };
	err = talk_title(d, v);
	if (!err)
		err = add_lanes(&l);
	for (size_t i = 0; i < v->event_n && !err; i++) {
		const struct talk_event *e = &v->events[i];

		if (hidden(&l, e))
			continue;
		if (!before)
			l.first_ns = l.last_ns = e->t_ns;
		if (!before || before->phase != e->phase)
			err = draw_phase(&l, e->phase);
		if (!err)
			err = draw_event(&l, e);
		before = e;
	}
	if (!err)
		err = draw_end(&l);
	if (err) {
		diagram_free(d);
		return err;
	}
	diagram_mark_slowest(d);
	return 0;
}
