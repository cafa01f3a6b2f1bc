// SPDX-License-Identifier: GPL-2.0-or-later
/* Spells contexts as JSON: who ran, and the frames that it ran in, the inner one first. */
#include "render_json.h"
#include "word.h"

static void put_vector(struct json *j, unsigned int vector)
{
	json_string(j, "vector", softirq_name(vector));
	json_u64(j, "number", vector);
}

static void put_raised_by(struct json *j, const struct frame *fr)
{
	if (!fr->raised_ns) {
		json_null(j, "raised_ns");
		json_null(j, "raised_by");
		return;
	}
	json_u64(j, "raised_ns", fr->raised_ns);
	json_open(j, "raised_by", '{');
	json_string(j, "kind", words_ctx.names[fr->raised_ctx]);
	if (fr->raised_ctx == EV_CTX_TASK) {
		json_u64(j, "tid", fr->raised_tid);
		json_name(j, "comm", fr->raised_name);
	} else if (fr->raised_ctx == EV_CTX_SOFTIRQ) {
		put_vector(j, fr->raised_by);
	} else {
		json_u64(j, "number", fr->raised_by);
		json_name(j, "name", fr->raised_name);
		if (*fr->func)
			json_string(j, fr->by_handler ? "handler" : "timer", fr->func);
	}
	json_close(j, '}');
}

/* How many packets a poll took is known when it is over. */
static void put_poll(struct json *j, const struct frame *fr, const char *dev)
{
	json_name(j, "dev", dev);
	if (fr->polled)
		json_u64(j, "work", fr->work);
	else
		json_null(j, "work");
	json_ref(j, "budget", fr->budget);
}

static void put_frame(struct json *j, const char *key, const struct frame *fr, uint32_t nth)
{
	if (!fr) {
		json_null(j, key);
		return;
	}
	json_open(j, key, '{');
	json_string(j, "what", frame_name(fr->what));
	json_u64(j, "began_ns", fr->began_ns);
	switch (fr->what) {
	case EV_FRAME_IRQ:
		json_u64(j, "number", fr->number);
		json_name(j, "name", fr->name);
		json_name(j, "handler", fr->func);
		break;
	case EV_FRAME_SOFTIRQ:
		put_vector(j, fr->number);
		put_raised_by(j, fr);
		/* Where its polls are told at their end only. */
		if (fr->polled)
			put_poll(j, fr, fr->dev);
		break;
	case EV_FRAME_POLL:
		put_poll(j, fr, fr->name);
		json_ref(j, "nth", nth);
		break;
	default:
		json_name(j, "func", fr->func);
	}
	put_frame(j, "in", fr->parent, 0);
	json_close(j, '}');
}

void json_ctx(struct json *j, const struct step *s)
{
	json_open(j, "ctx", '{');
	json_string(j, "kind", words_ctx.names[s->ctx]);
	json_u64(j, "pid", s->pid);
	json_u64(j, "tid", s->tid);
	json_name(j, "comm", s->comm);
	put_frame(j, "frame", s->frame, s->nth);
	json_close(j, '}');
}

void json_wakes(struct json *j, const struct call *c)
{
	json_open(j, "wakes", '[');
	for (unsigned int i = 0; i < c->wake_n; i++) {
		const struct wake *w = &c->wakes[i];

		json_open(j, NULL, '{');
		json_u64(j, "t_ns", w->t_ns);
		if (w->run_ns) {
			json_u64(j, "run_ns", w->run_ns);
			json_u64(j, "cpu", w->run_cpu);
		} else {
			json_null(j, "run_ns");
			json_null(j, "cpu");
		}
		json_open(j, "by", '{');
		json_u64(j, "cpu", w->by.cpu);
		json_ctx(j, &w->by);
		json_close(j, '}');
		json_close(j, '}');
	}
	json_close(j, ']');
}
