// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes lines into memory, one at a time. */
#include "phrase.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

int phrase_begin(struct phrase *p)
{
	*p = (struct phrase){ 0 };
	p->out = open_memstream(&p->text, &p->size);
	return p->out ? 0 : -ENOMEM;
}

int phrase_end(struct phrase *p, char **list, size_t *n)
{
	bool failed = ferror(p->out);

	if (fclose(p->out) || failed) {
		free(p->text);
		return -ENOMEM;
	}
	if (p->size)
		list[(*n)++] = p->text;
	else
		free(p->text);
	return 0;
}
