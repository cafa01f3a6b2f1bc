// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tables of docs/FORMAT.md are those of records.def. Run from the top of
 * the tree; with --renew it prints the document with its tables made anew.
 */
#include "check.h"
#include "record.h"
#include "word.h"

static const char path[] = "docs/FORMAT.md";
static const char begin[] = "<!-- made from bpf/records.def: begin -->\n";
static const char end[] = "<!-- made from bpf/records.def: end -->\n";

static const char *type_name(enum field_type type)
{
	static const char *const names[] = {
		[FIELD_U64] = "u64", [FIELD_S64] = "s64", [FIELD_HEX] = "u64, hex",
		[FIELD_U32] = "u32", [FIELD_S32] = "s32", [FIELD_U16] = "u16", [FIELD_U8] = "u8",
		[FIELD_ADDR] = "address", [FIELD_NAME] = "string",
	};

	return names[type];
}

static void put_words(FILE *out, const struct words *w)
{
	const char *comma = w->bits ? ". Bits: " : ". Words: ";

	for (size_t i = 0; i < w->n; i++) {
		if (w->names[i]) {
			fprintf(out, "%s%zu `%s`", comma, i, w->names[i]);
			comma = ", ";
		}
	}
}

static void put_tables(FILE *out)
{
	for (unsigned int kind = 0; kind < 256; kind++) {
		const struct record *r = record_by_kind(kind);
		size_t at = sizeof(struct ev_head);

		if (!r)
			continue;
		fprintf(out, "\n### %u `%s`: %s\n\n", kind, r->name, r->meaning);
		fprintf(out, "%zu bytes.\n\n| offset | field | type | meaning |\n"
			"| ---: | --- | --- | --- |\n", r->size);
		for (size_t i = 0; i < r->field_n; i++) {
			const struct field *f = &r->fields[i];
			const struct words *w = words_of(kind, f->name);

			fprintf(out, "| %zu | `%s` | %s | %s", at, f->name, type_name(f->type),
				f->meaning);
			if (w)
				put_words(out, w);
			fputs(" |\n", out);
			at += field_size(f->type);
		}
	}
	fputc('\n', out);
}

static char *read_document(void)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t n = 0;

	if (f && getdelim(&text, &n, '\0', f) < 0) {
		free(text);
		text = NULL;
	}
	if (f)
		fclose(f);
	return text;
}

/* The document with its tables made anew, for the caller to free; NULL: its marks are missing. */
static char *renew(const char *old)
{
	const char *from = strstr(old, begin), *to = strstr(old, end);
	char *text = NULL;
	size_t n = 0;
	FILE *out;

	if (!from || !to || to < from)
		return NULL;
	out = open_memstream(&text, &n);
	fwrite(old, 1, from + strlen(begin) - old, out);
	put_tables(out);
	fputs(to, out);
	fclose(out);
	return text;
}

TEST(the_tables_are_those_of_the_program)
{
	char *old = read_document(), *new;

	CHECK(old);
	new = old ? renew(old) : NULL;
	CHECK(new);
	if (old && new && strcmp(old, new)) {
		puts("# docs/FORMAT.md: run this test with --renew and put what it prints there");
		check_failed = 1;
	}
	free(old);
	free(new);
}

int main(int argc, char **argv)
{
	char *old = read_document(), *new = old ? renew(old) : NULL;
	int err = 0;

	if (argc > 1 && !strcmp(argv[1], "--renew"))
		err = !new || fputs(new, stdout) == EOF;
	else if (!old)
		printf("skip the_tables_are_those_of_the_program # %s is not here\n", path);
	else
		err = RUN(T(the_tables_are_those_of_the_program));
	free(old);
	free(new);
	return err;
}
