// SPDX-License-Identifier: GPL-2.0-or-later
/* The hand-made diagrams that renderers are tested with and looked at. */
#include "samples.h"

#define HEADS(...) \
	.lanes = (struct lane_head[]){ __VA_ARGS__ }, \
	.lane_n = sizeof((struct lane_head[]){ __VA_ARGS__ }) / sizeof(struct lane_head)
#define TITLES(...) \
	.title = (char *[]){ __VA_ARGS__ }, \
	.title_n = sizeof((char *[]){ __VA_ARGS__ }) / sizeof(char *)
#define ITEMS(...) \
	.items = (struct item[]){ __VA_ARGS__ }, \
	.item_n = sizeof((struct item[]){ __VA_ARGS__ }) / sizeof(struct item)

#define APP { "app", "application" }
#define SOCK { "sock", "socket" }
#define TCP { "TCP", "TCP" }
#define IP { "IP", "IP" }
#define NF { "nf", "netfilter" }
#define NEIGH { "neigh", "neighbour" }
#define DEV { "dev", "device core" }
#define QDISC { "qdisc", "qdisc" }
#define DRV { "drv", "driver" }

/* A name that a program may give itself, chosen to break every format. */
#define HOSTILE "end;%%\"<script>"

const struct sample samples[] = {
{ "send", {
	TITLES("TCP 10.0.0.1:54122 → 10.0.0.2:8080"
	       " · seq 1..79 (78 B) · eth0 igb · packet #3, complete",
	       "sent by curl[4121] sendto(fd 5, 78 B)"),
	HEADS(APP, SOCK, TCP, IP, DEV, DRV),
	ITEMS(ON(1, 0, "curl[4121]", ""),
	      CROSS(0, 1, 0.0, 0, "sendto", "fd 5, 78 B"),
	      CROSS(1, 2, 0.4, 0.4, "inet_sendmsg", "78 B"),
	      STEP(2, 0.9, 0.5, "tcp_sendmsg_locked", "78 B"),
	      STEP(2, 1.2, 0.3, "__tcp_push_pending_frames", ""),
	      STEP(2, 1.4, 0.2, "tcp_write_xmit", "cwnd 10, in flight 0"),
	      CROSS(2, 3, 1.6, 0.2, "__tcp_transmit_skb", "a clone goes down"),
	      STEP(3, 1.9, 0.3, "__ip_queue_xmit", ""),
	      CROSS(3, 4, 2.4, 0.5, "ip_output", "eth0"),
	      CROSS(4, 5, 2.9, 0.5, "__dev_queue_xmit", "eth0"),
	      STEP(5, 3.3, 0.4, "igb_xmit_frame", "handed to the NIC"),
	      BACK(1, 0, 5.1, 1.8, "returns 78", "5.1 µs in the call"),
	      ON(0, 1, "softirq NET_RX in swapper/0", "waited 16.7 µs"),
	      { .kind = ITEM_STEP, .lane = 5, .to = -1, US(21.8, 16.7), .slowest = true,
		.waited = true,
		.label = "napi_consume_skb", .note = "freed after transmission" },
	      END("done")),
	.complete = true } },
{ "recv", {
	TITLES("TCP 10.0.0.2:8080 → 10.0.0.1:54122"
	       " · seq 1..4345 (4344 B) · eth0 · packet #8",
	       "read by curl[4121] recvfrom(fd 5, 16384 B) = 4344"),
	HEADS(DRV, DEV, IP, TCP, SOCK, APP),
	ITEMS(ON(0, 2, "irq 28 in swapper/0", ""),
	      STEP(0, 0.0, 0, "irq_handler_entry", "igb-rx-0"),
	      ON(0, 1, "softirq NET_RX in swapper/0", "at irq exit"),
	      CROSS(0, 1, 2.6, 2.6, "igb_poll", "budget 64"),
	      CROSS(1, 2, 3.8, 1.2, "napi_gro_receive", "3 frames merged"),
	      STEP(2, 5.0, 1.2, "ip_rcv", ""),
	      CROSS(2, 3, 6.1, 1.1, "ip_local_deliver", ""),
	      STEP(3, 6.4, 0.3, "tcp_v4_rcv", "ESTABLISHED, fast path"),
	      CROSS(3, 4, 6.9, 0.5, "tcp_rcv_established", "4344 B wait in the queue"),
	      STEP(4, 7.4, 0.5, "sock_def_readable", "wakes curl, asleep 212 µs"),
	      ON(1, 0, "curl[4121]", "waited 35.6 µs for the CPU"),
	      { .kind = ITEM_STEP, .lane = 4, .to = -1, US(43.0, 35.6), .slowest = true,
		.waited = true,
		.label = "curl runs", .note = "" },
	      STEP(4, 43.9, 0.9, "skb_copy_datagram_iter", "4344 B"),
	      BACK(4, 5, 44.4, 0.5, "returns 4344", "1.4 µs since it runs"),
	      END("read")),
	.complete = true } },
{ "drop", {
	TITLES("TCP 192.0.2.7:40112 → 192.0.2.9:81"
	       " · SYN · veth1 · packet #12, dropped"),
	HEADS(DRV, DEV, IP, NF),
	ITEMS(ON(3, 1, "softirq NET_RX in ksoftirqd/3[34]", ""),
	      CROSS(0, 1, 0.0, 0, "veth_poll", ""),
	      CROSS(1, 2, 0.8, 0.8, "__netif_receive_skb_core", "veth1"),
	      STEP(2, 1.1, 0.3, "ip_rcv", ""),
	      CROSS(2, 3, 1.5, 0.4, "ip_local_deliver", ""),
	      STEP(3, 1.9, 0.4, "nf_hook_slow", "LOCAL_IN"),
	      { .kind = ITEM_DROP, .lane = 3, .to = -1, US(12.4, 10.5), .slowest = true,
		.label = "NETFILTER_DROP in nf_hook_slow",
		.note = "a rule of the LOCAL_IN hook refuses it: nft list ruleset" },
	      END("")),
	.complete = true } },
{ "gap", {
	TITLES("TCP 10.0.0.1:54122 → 10.0.0.2:8080"
	       " · seq 79..1539 (1460 B) · packet #5, records were lost"),
	HEADS(APP, SOCK, TCP, IP, DRV),
	ITEMS(ON(1, 0, "nginx[88]", ""),
	      CROSS(0, 1, 0.0, 0, "write", "fd 9, 1460 B"),
	      CROSS(1, 2, 0.4, 0.4, "tcp_sendmsg", ""),
	      GAP("4 records lost here on cpu1 (ring full): steps may be missing"),
	      STEP(4, 142800.0, 142799.6, "igb_xmit_frame", ""),
	      STEP(4, 2612000.0, 2469200.0, "consume_skb", "freed after transmission"),
	      END("seen to its end")) } },
{ "hostile", {
	TITLES("TCP 10.0.0.1:1 → 10.0.0.2:2 · " HOSTILE " $$x$$ `code` **b** [l](u)",
	       "sent by \033[31m" HOSTILE "\n!include /etc/passwd\r\177 \xff\xfe [1]"),
	HEADS({ "end", HOSTILE }, { "終わり", "終わり #; end" }, { "!x", "--\n@enduml" }),
	ITEMS(ON(0, 0, HOSTILE, "%getenv(\"HOME\") $x &lt; #35; \\n <b>no</b> <U+0041>"),
	      CROSS(0, 1, 0.0, 0, "style a:b#c;",
		    "wrap: __tcp__ **b** //i// ~~w~~ \"\"m\"\" --s--"),
	      CROSS(1, 2, 1.0, 1.0, "日本語の名前とても長い",
		    "\xe2\x80\xae" "drow\xcc\x81 \x01\x1b[2J"),
	      BACK(1, 0, 2.0, 1.0, "end", "```\n```mermaid ~~~ \t|"),
	      ON(3, 1, "end", "@enduml"),
	      STEP(2, 3.0, 1.0, "'comment", "/' block '/ == x == ...y..."),
	      GAP("end note %%{init: {\"theme\":\"dark\"}}%%"),
	      DROP(2, 4.0, 1.0, "<script>alert(1)</script>", "!define A B"),
	      END("end;")) } },
{ "nine", {
	TITLES("TCP 10.0.0.1:54122 → 10.0.0.2:8080"
	       " · seq 1..79 (78 B) · eth0 igb · packet #3, complete"),
	HEADS(APP, SOCK, TCP, IP, NF, NEIGH, DEV, QDISC, DRV),
	ITEMS(ON(1, 0, "curl[4121]", ""),
	      CROSS(0, 1, 0.0, 0, "sendto", "fd 5, 78 B"),
	      CROSS(1, 2, 0.4, 0.4, "security_socket_sendmsg", ""),
	      STEP(2, 0.9, 0.5, "__tcp_push_pending_frames", "marks PSH, decides whether to send"),
	      STEP(2, 1.2, 0.3, "tcp_write_xmit", "cwnd 10, in flight 0"),
	      CROSS(2, 3, 1.6, 0.4, "__tcp_transmit_skb", "a clone goes down"),
	      CROSS(3, 4, 1.9, 0.3, "__ip_local_out", ""),
	      CROSS(4, 3, 2.4, 0.5, "nf_hook_slow", "LOCAL_OUT: accepted"),
	      CROSS(3, 5, 2.9, 0.5, "ip_finish_output2", ""),
	      CROSS(5, 6, 3.1, 0.2, "neigh_resolve_output", ""),
	      CROSS(6, 7, 3.3, 0.2, "__dev_queue_xmit", "eth0"),
	      STEP(7, 3.6, 0.3, "qdisc_enqueue", "fq_codel, straight through"),
	      CROSS(7, 6, 3.9, 0.3, "sch_direct_xmit", ""),
	      CROSS(6, 8, 4.3, 0.4, "dev_hard_start_xmit", "eth0"),
	      { .kind = ITEM_STEP, .lane = 8, .to = -1, US(8.3, 4.0), .slowest = true,
		.label = "igb_xmit_frame", .note = "handed to the NIC" },
	      BACK(1, 0, 9.9, 1.6, "returns 78", "9.9 µs in the call"),
	      END("done")),
	.complete = true } },
{ "empty", { TITLES("TCP 10.0.0.1:1 → 10.0.0.2:2 · nothing was seen") } },
};

const size_t sample_n = sizeof(samples) / sizeof(*samples);
