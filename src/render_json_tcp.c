// SPDX-License-Identifier: GPL-2.0-or-later
/* Spells what TCP keeps of a socket as JSON; docs/FORMAT.md. */
#include "render_json.h"

void json_tcp(struct json *j, const struct tcp *t)
{
	const struct rec_tcp *r = &t->r;

	json_open(j, "tcp", '{');
	json_string(j, "state", tcp_ca_name(t));
	json_name(j, "congestion_control", r->ca);
	json_u64(j, "cwnd_packets", r->snd_cwnd);
	if (r->snd_ssthresh < TCP_NO_THRESHOLD)
		json_u64(j, "ssthresh_packets", r->snd_ssthresh);
	else
		json_null(j, "ssthresh_packets");
	json_u64(j, "in_flight_packets", r->in_flight);
	json_u64(j, "lost_packets", r->lost);
	json_u64(j, "srtt_us", r->srtt_us);
	json_u64(j, "rttvar_us", r->rttvar_us);
	json_u64(j, "mss_bytes", r->mss);
	json_u64(j, "send_window_bytes", r->snd_wnd);
	json_u64(j, "receive_window_bytes", r->rcv_wnd);
	json_u64(j, "unsent_bytes", r->unsent);
	json_u64(j, "unacked_bytes", r->unacked);
	json_u64(j, "unread_bytes", r->unread);
	json_u64(j, "write_memory_bytes", r->wmem_queued);
	json_u64(j, "retransmitted_segments", r->total_retrans);
	json_u64(j, "timeouts", r->retransmits);
	json_close(j, '}');
}
