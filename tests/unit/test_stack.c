// SPDX-License-Identifier: GPL-2.0-or-later
/* What a call stack tells of the way of a packet that is dropped in it, and what it does not. */
#include "check.h"
#include "stack.h"

#include <string.h>

/* Reads a stack of these functions, the innermost first. */
static struct stack_way way(const char *functions, const char *reason)
{
	struct names names = { 0 };
	struct stack s = { 0 };
	struct stack_way w;
	char all[1024], *at = all, *name;

	snprintf(all, sizeof(all), "%s", functions);
	for (uint64_t address = 0x1000; (name = strsep(&at, " ")); address += 16) {
		struct rec_sym sym = { .head = { .kind = EV_SYM }, .addr = address };
		struct rec_stack r = { .count = 1, .a0 = address };
		/* As the loader says it: what is too long is cut. */
		size_t n = strnlen(name, sizeof(sym.name) + sizeof(sym.rest)), first = n < sizeof(sym.name) ? n : sizeof(sym.name);

		memcpy(sym.name, name, first);
		memcpy(sym.rest, name + first, n - first);
		CHECK_INT(names_record(&names, &sym.head), 0);
		stack_add(&s, &r);
	}
	stack_read(&w, &s, &names, reason);
	names_free(&names);
	return w;
}

static const char *said(const struct stack_way *w)
{
	static char out[1024];
	size_t at = 0;

	out[0] = '\0';
	for (unsigned int i = 0; i < w->n; i++)
		at += snprintf(out + at, sizeof(out) - at, "%s%s", i ? " " : "", stages[w->stages[i]].name);
	return out;
}

TEST(a_call_of_the_task_is_told_and_what_is_beyond_it_is_not_looked_at)
{
	struct stack_way w = way("kfree_skb_reason nf_hook_slow __ip_local_out ip_send_skb udp_sendmsg __sys_sendto "
				 "__x64_sys_sendto do_syscall_64 ip_rcv", NULL);

	CHECK_STR(said(&w), "nf_hook_slow __ip_local_out ip_send_skb udp_sendmsg __sys_sendto");
	CHECK_INT(w.op, OP_SENDTO);
	CHECK_INT(w.dir, DIR_SEND);
	CHECK_INT(w.ctx, EV_CTX_TASK);
	CHECK(!w.forwarded);
	w = way("nf_hook_slow ip_send_skb udp_sendmsg sock_write_iter vfs_write ksys_write do_syscall_64", NULL);
	CHECK_INT(w.op, OP_WRITE);
	w = way("skb_consume_udp __sys_recvfrom", NULL);
	CHECK_INT(w.dir, DIR_RECV);
	CHECK_INT(w.op, OP_RECVFROM);
}

TEST(what_the_softirq_has_interrupted_is_no_part_of_it)
{
	struct stack_way w = way("tcp_v4_rcv ip_local_deliver process_backlog net_rx_action handle_softirqs do_softirq "
				 "__dev_queue_xmit ip_finish_output2 tcp_connect __sys_connect", NULL);

	CHECK_STR(said(&w), "tcp_v4_rcv ip_local_deliver process_backlog net_rx_action");
	CHECK_INT(w.dir, DIR_RECV);
	CHECK_INT(w.ctx, EV_CTX_SOFTIRQ);
	CHECK_INT(w.op, OP_NONE);
	w = way("ip_rcv __softirqentry_text_start asm_call_irq_on_stack udp_sendmsg", NULL);
	CHECK_STR(said(&w), "ip_rcv");
	CHECK_INT(w.ctx, EV_CTX_SOFTIRQ);
}

TEST(what_it_was_made_for_is_another_packet)
{
	struct stack_way w = way("nf_hook_slow __ip_queue_xmit __tcp_transmit_skb tcp_rcv_established tcp_v4_rcv ip_rcv "
				 "net_rx_action handle_softirqs", NULL);

	CHECK_STR(said(&w), "nf_hook_slow __ip_queue_xmit __tcp_transmit_skb");
	CHECK_INT(w.dir, DIR_SEND);
	CHECK_INT(w.ctx, EV_CTX_SOFTIRQ);
}

TEST(what_is_forwarded_came_in_before)
{
	struct stack_way w = way("__dev_queue_xmit ip_finish_output2 ip_forward ip_rcv net_rx_action handle_softirqs", NULL);

	CHECK_STR(said(&w), "__dev_queue_xmit ip_finish_output2 ip_forward ip_rcv net_rx_action");
	CHECK_INT(w.dir, DIR_SEND);
	CHECK(w.forwarded);
	w = way("ip_forward ip_rcv net_rx_action handle_softirqs", NULL);
	CHECK_STR(said(&w), "ip_forward ip_rcv net_rx_action");
	CHECK(w.forwarded);
}

TEST(who_empties_a_queue_is_not_its_way)
{
	struct stack_way w = way("sk_stream_kill_queues tcp_data_queue tcp_v4_rcv handle_softirqs", NULL);

	CHECK(w.queued);
	CHECK_INT(w.n, 0);
	CHECK_INT(w.ctx, EV_CTX_SOFTIRQ);
	w = way("__neigh_event_send ip_finish_output2 __sys_sendto", "NEIGH_QUEUEFULL");
	CHECK(w.queued);
	CHECK_INT(w.n, 0);
	CHECK_INT(w.dir, DIR_SEND);
	w = way("neigh_invalidate neigh_timer_handler call_timer_fn handle_softirqs", "NEIGH_FAILED");
	CHECK(w.queued);
	CHECK_INT(w.dir, DIR_SEND);
	w = way("__neigh_event_send ip_finish_output2 __sys_sendto", "NEIGH_FAILED");
	CHECK(!w.queued);
}

TEST(clones_of_the_compiler_are_their_function)
{
	struct stack_way w = way("ip_rcv_core.isra.0 __netif_receive_skb_one_core.constprop.0 tcp_v4_rcv_of_mine", NULL);

	CHECK_STR(said(&w), "ip_rcv_core __netif_receive_skb_one_core");
}

TEST(what_fexit_shows_twice_is_one)
{
	struct stack_way w = way("nf_hook_slow bpf_trampoline_76541_1 nf_hook_slow ip_forward __netif_receive_skb_one_core", NULL);

	CHECK_STR(said(&w), "nf_hook_slow ip_forward __netif_receive_skb_one_core");
}

TEST(of_nothing_nothing_is_told)
{
	struct stack_way w = way("of_tomorrow", NULL);
	const struct rec_stack wrong = { .count = 4000000000u, .a0 = 1, .a1 = 2 };
	struct stack s = { 0 };

	CHECK_INT(w.n, 0);
	CHECK_INT(w.dir, DIR_RECV);
	for (int i = 0; i < 2 * STACK_MOST; i++)
		stack_add(&s, &wrong);
	CHECK_INT(s.n, STACK_MOST);
}

int main(void)
{
	return RUN(T(a_call_of_the_task_is_told_and_what_is_beyond_it_is_not_looked_at),
		   T(what_the_softirq_has_interrupted_is_no_part_of_it),
		   T(what_it_was_made_for_is_another_packet),
		   T(what_is_forwarded_came_in_before),
		   T(who_empties_a_queue_is_not_its_way),
		   T(clones_of_the_compiler_are_their_function),
		   T(what_fexit_shows_twice_is_one),
		   T(of_nothing_nothing_is_told));
}
