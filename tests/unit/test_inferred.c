// SPDX-License-Identifier: GPL-2.0-or-later
/* An inlined function is told only where the two steps around it prove it. */
#include "check.h"
#include "inferred.h"

static struct step at(enum stage_id stage)
{
	return (struct step){ .stage = stage, .cpu = 1, .ctx = EV_CTX_SOFTIRQ, .tid = 7 };
}

TEST(two_neighbours_prove_it)
{
	struct step a = at(ST_ip_finish_output2), b = at(ST___dev_queue_xmit);
	const char *names[INFERRED_MOST];

	CHECK_INT(inferred_between(names, &a, &b), 2);
	CHECK_STR(names[0], "ip_neigh_for_gw");
	CHECK_STR(names[1], "neigh_output");
	CHECK_INT(inferred_between(names, &b, &a), 0);
	CHECK_INT(inferred_between(names, NULL, &b), 0);
}

TEST(another_runner_or_a_loss_is_no_proof)
{
	struct step a = at(ST_tcp_write_xmit), b = at(ST___tcp_transmit_skb);
	const char *names[INFERRED_MOST];

	CHECK_INT(inferred_between(names, &a, &b), 1);
	b.lost_before = 1;
	CHECK_INT(inferred_between(names, &a, &b), 0);
	b.lost_before = 0;
	b.cpu = 2;
	CHECK_INT(inferred_between(names, &a, &b), 0);
	b = at(ST___tcp_transmit_skb);
	b.ctx = EV_CTX_TASK;
	CHECK_INT(inferred_between(names, &a, &b), 0);
}

TEST(what_is_of_one_driver_is_only_there)
{
	struct step a = at(ST_driver_poll), b = at(ST_napi_gro_receive);
	const char *names[INFERRED_MOST];

	CHECK_INT(inferred_between(names, &a, &b), 0);
	a.what = "virtnet_poll";
	CHECK_INT(inferred_between(names, &a, &b), 0);
	a.what = "igb_poll";
	CHECK_INT(inferred_between(names, &a, &b), 1);
	CHECK_STR(names[0], "igb_clean_rx_irq");
}

int main(void)
{
	return RUN(T(two_neighbours_prove_it), T(another_runner_or_a_loss_is_no_proof),
		   T(what_is_of_one_driver_is_only_there));
}
