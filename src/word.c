// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of the numbers in records. */
#include "word.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "event.h"
#include "stage.h"

#define WORDS(list) { list, sizeof(list) / sizeof(*(list)), false }

static const char *const ctx_names[EV_CTX_N] = {
	[EV_CTX_TASK] = "task", [EV_CTX_SOFTIRQ] = "softirq",
	[EV_CTX_HARDIRQ] = "hardirq", [EV_CTX_NMI] = "nmi",
};
const struct words words_ctx = WORDS(ctx_names);

static const char *const born_names[] = {
	[EV_BORN_NEW] = "new", [EV_BORN_CLONE] = "clone",
	[EV_BORN_MIDWAY] = "midway", [EV_BORN_REUSED] = "reused",
	[EV_BORN_COPY] = "copy", [EV_BORN_DROPPED] = "dropped",
};

static const char *const end_names[EV_END_N] = {
	[EV_END_FREED] = "freed", [EV_END_CONSUMED] = "consumed", [EV_END_DROPPED] = "dropped",
	[EV_END_COALESCED] = "coalesced", [EV_END_LOST] = "lost", [EV_END_LEFT] = "left",
	[EV_END_DEFERRED] = "deferred",
};

static const char *const ran_names[EV_RAN_N] = {
	[EV_RAN_SUBMITTER] = "submitter", [EV_RAN_TASK_WORK] = "task_work", [EV_RAN_WORKER] = "worker",
};

static const char *const dir_names[] = { [EV_DIR_SEND] = "send", [EV_DIR_RECV] = "recv" };

static const char *const proto_names[] = {
#define PROTO(number, name, spelled, families, ports) [number] = name,
#include "proto.def"
#undef PROTO
};

/* RFC 9293, 3.1; RFC 3168 */
static const char *const flag_names[] = { "FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR" };

/* include/uapi/linux/tcp.h: enum tcp_ca_state */
static const char *const ca_names[] = { "Open", "Disorder", "CWR", "Recovery", "Loss" };

static const char *const op_words[] = {
#define OP(NAME, name, dir, count, flags) [OP_##NAME] = #name,
#include "ops.def"
#undef OP
};

/* include/linux/socket.h: MSG_ */
static const char *const msg_names[] = {
	"OOB", "PEEK", "DONTROUTE", "CTRUNC", "PROBE", "TRUNC", "DONTWAIT", "EOR",
	"WAITALL", "FIN", "SYN", "CONFIRM", "RST", "ERRQUEUE", "NOSIGNAL", "MORE",
};

static const struct {
	unsigned int kind;
	const char *field;
	struct words words;
} fields[] = {
	{ EV_SKB, "how", WORDS(born_names) },
	{ EV_SKB, "dir", WORDS(dir_names) },
	{ EV_SKB, "proto", WORDS(proto_names) },
	{ EV_SKB, "tcp_flags", { flag_names, 8, true } },
	{ EV_SOCK, "proto", WORDS(proto_names) },
	{ EV_END, "how", WORDS(end_names) },
	{ EV_CALL, "op", WORDS(op_words) },
	{ EV_CALL, "flags", { msg_names, 16, true } },
	{ EV_CALLEND, "ran", WORDS(ran_names) },
	{ EV_TCP, "ca_state", WORDS(ca_names) },
};

const struct words *words_of(unsigned int kind, const char *field)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (fields[i].kind == kind && !strcmp(fields[i].field, field))
			return &fields[i].words;
	return NULL;
}

void word_put(FILE *out, const struct words *w, uint64_t value)
{
	const char *bar = "";

	if (!w->bits && value < w->n && w->names[value]) {
		fputs(w->names[value], out);
	} else if (!w->bits || !value || value >> w->n) {
		fprintf(out, "%" PRIu64, value);
	} else {
		for (size_t bit = 0; bit < w->n; bit++) {
			if (value >> bit & 1) {
				fprintf(out, "%s%s", bar, w->names[bit]);
				bar = "|";
			}
		}
	}
}

/* The number of a word of n characters; w->n: none. */
static size_t find(const struct words *w, const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (w->names[i] && strlen(w->names[i]) == n && !memcmp(w->names[i], text, n))
			break;
	return i;
}

bool word_parse(const struct words *w, const char *text, uint64_t *value)
{
	*value = 0;
	for (;;) {
		size_t n = w->bits ? strcspn(text, "|") : strlen(text), i = find(w, text, n);

		if (i == w->n)
			return false;
		if (!w->bits) {
			*value = i;
			return true;
		}
		*value |= UINT64_C(1) << i;
		if (!text[n])
			return true;
		text += n + 1;
	}
}

bool word_has_zero(const struct words *w)
{
	return !w->bits && w->names[0];
}
