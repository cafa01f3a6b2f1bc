/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of tasks, devices, queueing disciplines, network namespaces, symbols and drop reasons. */
#include "names.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct task_name {
	uint32_t pid;
	char comm[EV_NAME_LEN + 1];
};

struct dev_name {
	bool ambiguous;
	char name[EV_NAME_LEN + 1];
};

struct sym_name {
	char name[2 * EV_NAME_LEN + 1];
};

static const char reason_prefix[] = "SKB_DROP_REASON_";

int names_init(struct names *n, const struct cap_world *world)
{
	*n = (struct names){ 0 };
	for (size_t i = 0; world && i < world->reasons.n; i++) {
		const struct cap_pair *p = &world->reasons.pairs[i];
		const char *name = p->value;
		char *end;
		unsigned long id = strtoul(p->key, &end, 0);
		int err;

		if (*end || end == p->key)
			continue;
		if (!strncmp(name, reason_prefix, sizeof(reason_prefix) - 1))
			name += sizeof(reason_prefix) - 1;
		/* The world outlives the names. */
		err = map_put(&n->reasons, id, (void *)name);
		if (err) {
			names_free(n);
			return err;
		}
	}
	return 0;
}

void names_free(struct names *n)
{
	map_free(&n->tasks, free);
	map_free(&n->devs, free);
	map_free(&n->dev_any, free);
	map_free(&n->syms, free);
	map_free(&n->qdiscs, free);
	map_free(&n->hosts, free);
	map_free(&n->tables, free);
	map_free(&n->chains, free);
	map_free(&n->reasons, NULL);
}

/* The value of a key, made of zeros if it is new; NULL on no memory. */
static void *names_slot(struct map *m, uint64_t key, size_t size)
{
	void *v = map_get(m, key);

	if (v)
		return v;
	v = calloc(1, size);
	if (v && map_put(m, key, v)) {
		free(v);
		return NULL;
	}
	return v;
}

static uint64_t dev_key(uint32_t netns, uint32_t ifindex)
{
	return (uint64_t)netns << 32 | ifindex;
}

static int names_dev_record(struct names *n, const struct rec_dev *r)
{
	struct dev_name *d = names_slot(&n->devs, dev_key(r->netns, r->ifindex), sizeof(*d));
	struct dev_name *any = names_slot(&n->dev_any, r->ifindex, sizeof(*any));

	if (!d || !any)
		return -ENOMEM;
	memcpy(d->name, r->name, EV_NAME_LEN);
	if (any->name[0] && strncmp(any->name, r->name, EV_NAME_LEN))
		any->ambiguous = true;
	memcpy(any->name, r->name, EV_NAME_LEN);
	return 0;
}

/* A name that may come in two pieces; the second is empty without end if there is none. */
static int names_long(struct map *m, uint64_t key, const char *name, const char *rest)
{
	struct sym_name *s = names_slot(m, key, sizeof(*s));
	size_t len;

	if (!s)
		return -ENOMEM;
	memset(s, 0, sizeof(*s));
	memcpy(s->name, name, EV_NAME_LEN);
	len = strlen(s->name);
	strncpy(s->name + len, rest, *rest ? EV_NAME_LEN : 0);
	return 0;
}

int names_record(struct names *n, const struct ev_head *rec)
{
	if (rec->kind == EV_TASK) {
		const struct rec_task *r = (const void *)rec;
		struct task_name *t = names_slot(&n->tasks, rec->tid, sizeof(*t));

		if (!t)
			return -ENOMEM;
		t->pid = r->pid;
		memcpy(t->comm, r->comm, EV_NAME_LEN);
	} else if (rec->kind == EV_DEV) {
		return names_dev_record(n, (const void *)rec);
	} else if (rec->kind == EV_SYM) {
		const struct rec_sym *r = (const void *)rec;

		return names_long(&n->syms, r->addr, r->name, r->rest);
	} else if (rec->kind == EV_NSNAME) {
		const struct rec_nsname *r = (const void *)rec;

		return names_long(&n->hosts, r->netns, r->name, r->rest);
	} else if (rec->kind == EV_CHAIN) {
		const struct rec_chain *r = (const void *)rec;
		int err = names_long(&n->tables, r->chain, r->table, r->table_rest);

		return err ? err : names_long(&n->chains, r->chain, r->name, r->rest);
	} else if (rec->kind == EV_QDISC) {
		const struct rec_qdisc *r = (const void *)rec;

		return names_long(&n->qdiscs, r->qdisc, r->name, "");
	}
	return 0;
}

const char *names_task(const struct names *n, uint32_t tid, uint32_t *pid)
{
	const struct task_name *t = map_get(&n->tasks, tid);

	if (t && pid && t->pid)
		*pid = t->pid;
	return t && t->comm[0] ? t->comm : NULL;
}

const char *names_dev(const struct names *n, uint32_t netns, uint32_t ifindex)
{
	const struct dev_name *d = NULL;

	if (!ifindex)
		return NULL;
	if (netns)
		d = map_get(&n->devs, dev_key(netns, ifindex));
	if (d)
		return d->name;
	d = map_get(&n->dev_any, ifindex);
	return d && !d->ambiguous ? d->name : NULL;
}

const char *names_sym(const struct names *n, uint64_t addr)
{
	const struct sym_name *s = map_get(&n->syms, addr);

	return s && s->name[0] ? s->name : NULL;
}

const char *names_qdisc(const struct names *n, uint32_t qdisc)
{
	const struct sym_name *s = map_get(&n->qdiscs, qdisc);

	return s && s->name[0] ? s->name : NULL;
}

const char *names_chain(const struct names *n, uint32_t chain, const char **table)
{
	const struct sym_name *s = map_get(&n->chains, chain), *t = map_get(&n->tables, chain);

	*table = t && t->name[0] ? t->name : NULL;
	return s && s->name[0] ? s->name : NULL;
}

const char *names_host(const struct names *n, uint32_t netns)
{
	const struct sym_name *s = map_get(&n->hosts, netns);

	return s && s->name[0] ? s->name : NULL;
}

const char *names_reason(const struct names *n, uint32_t reason)
{
	return map_get(&n->reasons, reason);
}
