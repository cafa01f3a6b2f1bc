/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that make JSON Lines share. */
#ifndef SKBTRACE_RENDER_JSON_H
#define SKBTRACE_RENDER_JSON_H

#include "journey.h"
#include "json.h"
#include "render.h"

/* The members of an endpoint, inside an object that is open. */
void json_endpoint(struct json *j, const struct endpoint *e);
/* A number of a packet or call; null for 0. */
void json_ref(struct json *j, const char *key, uint64_t number);
/* "ctx": what ran at a step, and its frames. */
void json_ctx(struct json *j, const struct step *s);
/* "tcp": what TCP kept of the socket at a step. */
void json_tcp(struct json *j, const struct tcp *t);
/* "wakes": how the sleeps in a call ended. */
void json_wakes(struct json *j, const struct call *c);
/* The object of a conversation; of what the bytes of a connection came to. 0, or -errno when the stream failed. */
int json_talk(FILE *out, const struct render_opts *o, const struct talk_view *v);
int json_connection(FILE *out, const struct account_sum *ways, size_t n);

#endif
