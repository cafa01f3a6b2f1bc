// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes lines into memory, one at a time. */
#include "phrase.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int phrase_begin(struct phrase *p)
{
	*p = (struct phrase){ 0 };
	p->out = open_memstream(&p->text, &p->size);
	return p->out ? 0 : -ENOMEM;
}

int phrase_line(struct phrase *p, char **list, size_t *n)
{
	if (fflush(p->out) || ferror(p->out))
		return -ENOMEM;
	if (p->size) {
		list[*n] = strndup(p->text, p->size);
		if (!list[*n])
			return -ENOMEM;
		++*n;
	}
	rewind(p->out);
	return 0;
}

void phrase_end(struct phrase *p)
{
	fclose(p->out);
	free(p->text);
}
