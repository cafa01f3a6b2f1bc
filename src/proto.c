// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds protocols above IP by number and by name. */
#include "proto.h"

#include <netinet/in.h>
#include <stddef.h>
#include <strings.h>

static const struct proto protos[] = {
#define PROTO(number, name, spelled, families, ports) { number, families, ports, name, spelled },
#include "proto.def"
#undef PROTO
};

enum { PROTOS = sizeof(protos) / sizeof(*protos) };

const struct proto *proto_by_number(unsigned int number)
{
	for (size_t i = 0; i < PROTOS; i++)
		if (protos[i].number == number)
			return &protos[i];
	return NULL;
}

const struct proto *proto_by_name(const char *name)
{
	for (size_t i = 0; i < PROTOS; i++)
		if (!strcasecmp(protos[i].name, name))
			return &protos[i];
	return NULL;
}

bool proto_has_ports(unsigned int number)
{
	const struct proto *p = proto_by_number(number);

	return p && p->ports;
}
