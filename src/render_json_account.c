// SPDX-License-Identifier: GPL-2.0-or-later
/* Spells where the bytes of a connection are as JSON; docs/FORMAT.md. */
#include <string.h>

#include "render_json.h"

static const char *const doubt_names[ACCOUNT_DOUBTS] = {
	[ACCOUNT_WHOLE] = NULL, [ACCOUNT_LOST] = "lost", [ACCOUNT_UNSEEN] = "unseen",
	[ACCOUNT_MIXED] = "mixed", [ACCOUNT_CROWDED] = "crowded", [ACCOUNT_EVICTED] = "evicted",
	[ACCOUNT_UNFOUNDED] = "unfounded",
};

static void put_end(struct json *j, const char *key, const uint8_t addr[EV_ADDR_LEN], uint16_t port)
{
	struct endpoint e = { .port = port };

	memcpy(e.addr, addr, EV_ADDR_LEN);
	json_open(j, key, '{');
	json_endpoint(j, &e);
	json_close(j, '}');
}

static void put_bytes(struct json *j, const char *key, bool known, uint64_t n)
{
	if (known)
		json_u64(j, key, n);
	else
		json_null(j, key);
}

static void put_way(struct json *j, const struct account_sum *sum)
{
	bool both = sum->sender && sum->receiver;

	json_open(j, NULL, '{');
	put_end(j, "src", sum->key.src, sum->key.sport);
	put_end(j, "dst", sum->key.dst, sum->key.dport);
	json_bool(j, "whole", sum->doubt == ACCOUNT_WHOLE);
	json_string(j, "why", doubt_names[sum->doubt]);
	put_bytes(j, "accepted", sum->sender, sum->accepted);
	put_bytes(j, "sent", sum->sender, sum->sent);
	put_bytes(j, "arrived", sum->receiver, sum->arrived);
	put_bytes(j, "read", sum->receiver, sum->read);
	put_bytes(j, "unsent", sum->sender, sum->unsent);
	put_bytes(j, "writing", sum->sender, sum->writing);
	put_bytes(j, "missing", both, sum->missing);
	put_bytes(j, "early", sum->receiver, sum->early);
	put_bytes(j, "queued", sum->receiver, sum->queued);
	put_bytes(j, "write_unseen", sum->sender, sum->write_unseen);
	put_bytes(j, "read_unseen", sum->receiver, sum->read_unseen);
	put_bytes(j, "ahead", sum->sender, sum->ahead);
	put_bytes(j, "unfounded", both, sum->unfounded);
	json_close(j, '}');
}

int json_connection(FILE *out, const struct account_sum *ways, size_t n)
{
	struct json line = { .out = out }, *j = &line;

	json_open(j, NULL, '{');
	json_string(j, "type", "connection");
	json_open(j, "ways", '[');
	for (size_t i = 0; i < n; i++)
		put_way(j, &ways[i]);
	json_close(j, ']');
	json_close(j, '}');
	return json_end_line(j);
}
