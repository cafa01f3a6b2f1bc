// SPDX-License-Identifier: GPL-2.0-or-later
/* The slowest journeys are kept whole, in their order, when the tracker has let go of them. */
#include "check.h"
#include "slowest.h"

static struct slowest kept;

/* A journey of that span, in memory that is gone when it was offered. */
static void offer(uint64_t number, uint64_t span, bool with_call)
{
	struct step *own = calloc(2, sizeof(*own)), *made = calloc(1, sizeof(*made));
	struct call *call = calloc(1, sizeof(*call));
	struct journey j = {
		.number = number, .dir = DIR_SEND, .call = with_call ? call : NULL,
		.steps = { own, 2, 2 }, .call_n = 1,
	};

	own[0] = (struct step){ .t_ns = 1000, .stage = ST_ip_output, .comm = "first" };
	own[1] = (struct step){ .t_ns = 1000 + span, .stage = ST_net_dev_xmit, .comm = "last" };
	made[0] = (struct step){ .t_ns = 1000, .stage = ST_tcp_sendmsg, .comm = "caller" };
	*call = (struct call){ .id = number, .steps = { made, 1, 1 } };
	CHECK_INT(slowest_offer(&kept, &j), 0);
	memset(own, 0, 2 * sizeof(*own));
	memset(made, 0, sizeof(*made));
	free(own);
	free(made);
	free(call);
}

static const char *numbers(void)
{
	static char text[64];
	size_t at = 0;

	text[0] = '\0';
	for (size_t i = 0; i < kept.n; i++)
		at += snprintf(text + at, sizeof(text) - at, "%s%llu", i ? " " : "",
			       (unsigned long long)kept.v[i].j.number);
	return text;
}

TEST(in_order_and_no_more_than_asked_for)
{
	kept = (struct slowest){ .max = 3 };
	offer(1, 50, false);
	offer(2, 10, false);
	CHECK_STR(numbers(), "1 2");
	offer(3, 90, false);
	offer(4, 5, false);
	CHECK_STR(numbers(), "3 1 2");
	offer(5, 60, false);
	CHECK_STR(numbers(), "3 5 1");
	slowest_free(&kept);
}

TEST(of_equals_the_first)
{
	kept = (struct slowest){ .max = 2 };
	for (uint64_t i = 1; i <= 4; i++)
		offer(i, 10, false);
	CHECK_STR(numbers(), "1 2");
	slowest_free(&kept);
}

TEST(whole_with_its_call)
{
	const struct journey *j;

	kept = (struct slowest){ .max = 1 };
	offer(1, 10, true);
	offer(2, 20, true);
	j = &kept.v[0].j;
	CHECK_INT(kept.v[0].span_ns, 20);
	CHECK_INT(j->steps.n, 2);
	CHECK_STR(j->steps.v[1].comm, "last");
	CHECK_INT(j->call->id, 2);
	CHECK_STR(j->call->steps.v[0].comm, "caller");
	slowest_free(&kept);
}

TEST(nothing_came)
{
	kept = (struct slowest){ .max = 5 };
	CHECK_STR(numbers(), "");
	slowest_free(&kept);
}

int main(void)
{
	return RUN(T(in_order_and_no_more_than_asked_for), T(of_equals_the_first),
		   T(whole_with_its_call), T(nothing_came));
}
