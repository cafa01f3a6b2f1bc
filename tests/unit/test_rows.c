// SPDX-License-Identifier: GPL-2.0-or-later
/* The rows of the way name stages that exist, and each stage belongs to one at least. */
#include "check.h"
#include "stage.h"

static const struct {
	int number;
	const char *title, *stages, *tests;
} rows[] = {
#define ROW(number, title, stages, tests) { number, title, stages, tests },
#include "rows.def"
#undef ROW
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

TEST(rows_are_in_order_and_each_is_proved)
{
	for (int i = 0; i < ROWS; i++) {
		CHECK(!i || rows[i - 1].number < rows[i].number);
		CHECK(*rows[i].title && (*rows[i].stages || *rows[i].tests));
	}
}

TEST(each_stage_has_a_row)
{
	bool has[ST_N] = { false };

	for (int i = 0; i < ROWS; i++) {
		char names[4096], *rest = names, *name;

		snprintf(names, sizeof(names), "%s", rows[i].stages);
		while ((name = strsep(&rest, " "))) {
			enum stage_id id = *name ? stage_by_name(name) : ST_NONE;

			if (*name && id == ST_NONE)
				printf("# row %d: there is no stage %s\n", rows[i].number, name);
			CHECK(!*name || id != ST_NONE);
			has[id] = true;
		}
	}
	for (unsigned int id = ST_NONE + 1; id < ST_N; id++) {
		if (!has[id])
			printf("# stage %s has no row\n", stages[id].name);
		CHECK(has[id]);
	}
}

int main(void)
{
	return RUN(T(rows_are_in_order_and_each_is_proved), T(each_stage_has_a_row));
}
