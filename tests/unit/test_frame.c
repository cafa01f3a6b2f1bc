// SPDX-License-Identifier: GPL-2.0-or-later
/* Frames find one another, whichever is said first, and go when nobody needs them. */
#include "check.h"
#include "frame.h"

static struct frames frames;
static struct names names;

static const struct frame *say(uint32_t id, uint32_t parent, unsigned int what)
{
	struct rec_frame r = { .head = { .kind = EV_FRAME, .cpu = 1, .tid = 7 }, .frame = id,
			       .parent = parent, .what = what };

	CHECK_INT(frames_record(&frames, &r.head, &names), 0);
	return frames_get(&frames, 1, id);
}

TEST(a_poll_finds_its_softirq_said_before_or_after)
{
	struct cap_world world = { 0 };
	const struct frame *softirq, *early, *late;

	CHECK_INT(names_init(&names, &world), 0);
	early = say(3, 1, EV_FRAME_POLL);
	CHECK(early && !early->parent);
	softirq = say(1, 0, EV_FRAME_SOFTIRQ);
	late = say(4, 1, EV_FRAME_POLL);
	CHECK(early->parent == softirq && late->parent == softirq);
	CHECK(frame_find(early, EV_FRAME_SOFTIRQ) == softirq);
	CHECK(!frame_find(early, EV_FRAME_TIMER));
	CHECK(!frames_get(&frames, 0, 1) && !frames_get(&frames, 1, 2));
}

TEST(a_softirq_is_found_after_many_polls)
{
	for (uint32_t id = 5; id < 40; id++)
		say(id, 1, EV_FRAME_POLL);
	CHECK(frames_get(&frames, 1, 39)->parent == frames_get(&frames, 1, 1));
	CHECK(frames_get(&frames, 1, 1) && !frames_get(&frames, 1, 5));
}

TEST(no_frame_is_in_itself_or_in_a_later_one)
{
	const struct frame *own = say(50, 50, EV_FRAME_SOFTIRQ), *later = say(51, 52, EV_FRAME_POLL);

	say(52, 51, EV_FRAME_SOFTIRQ);
	CHECK(!own->parent && !later->parent);
	/* Nor is there one without a number, which all would be in. */
	CHECK(!say(0, 0, EV_FRAME_SOFTIRQ) && !frames_get(&frames, 1, 60));
}

TEST(what_is_in_too_many_is_in_none)
{
	const struct frame *fr = say(70, 0, EV_FRAME_SOFTIRQ);
	int deep = 0;

	for (uint32_t id = 71; id < 200; id++)
		fr = say(id, id - 1, EV_FRAME_SOFTIRQ);
	while ((fr = fr->parent))
		deep++;
	CHECK(deep <= 8);
	frames_free(&frames);
	names_free(&names);
}

int main(void)
{
	return RUN(T(a_poll_finds_its_softirq_said_before_or_after),
		   T(a_softirq_is_found_after_many_polls),
		   T(no_frame_is_in_itself_or_in_a_later_one), T(what_is_in_too_many_is_in_none));
}
