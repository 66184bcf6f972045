/* SPDX-License-Identifier: Apache-2.0 */
/* Every role and every route, against the table in tests/matrix. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "access/access.h"
#include "base/slice.h"

enum { COLUMNS_MAX = 32, TEXT_MAX = 1 << 16 };

struct table {
	char text[TEXT_MAX];
	enum role columns[COLUMNS_MAX];
	size_t column_count;
	struct slice rows[ROUTE_COUNT_]; /* cells of a route; empty = no row */
	size_t strangers;                /* rows of no route */
};

static struct slice word_take(struct slice *left)
{
	struct slice word = { 0 };
	while (left->n > 0 && word.n == 0) {
		(void)slice_cut(*left, ' ', &word, left);
	}
	return word;
}

static void columns_take(struct table *table, struct slice left)
{
	for (struct slice word = word_take(&left); word.n > 0; word = word_take(&left)) {
		int role = name_parse(&role_names, word);
		assert_in_range(role, 0, ROLE_PEOPLE_COUNT - 1);
		table->columns[table->column_count++] = (enum role)role;
	}
}

static void row_take(struct table *table, struct slice name, struct slice cells)
{
	for (unsigned i = 0; i < ROUTE_COUNT_; i++) {
		if (slice_is(name, routes[i].name)) {
			assert_int_equal(table->rows[i].n, 0);
			table->rows[i] = slice_trim(cells);
			return;
		}
	}
	print_message("# %.*s is no route\n", SLICE_FMT(name));
	table->strangers++;
}

static void table_read(struct table *table)
{
	const char *path = getenv("FENGSUI_MATRIX");
	assert_non_null(path);
	FILE *file = fopen(path, "rbe");
	assert_non_null(file);
	struct slice left = slice_of(table->text, fread(table->text, 1, TEXT_MAX, file));
	assert_int_equal(fclose(file), 0);
	while (left.n > 0) {
		struct slice line = { 0 };
		(void)slice_cut(left, '\n', &line, &left);
		struct slice name = word_take(&line);
		if (name.n == 0 || name.p[0] == '#') {
			continue;
		}
		if (slice_is(name, "columns")) {
			columns_take(table, line);
		} else {
			row_take(table, name, line);
		}
	}
}

static char letter_of(enum scope scope)
{
	return scope == SCOPE_ALL    ? 'A'
	       : scope == SCOPE_OWN  ? 'O'
	       : scope == SCOPE_SELF ? 'S'
				     : '-';
}

/* How many cells of one route differ. */
static unsigned route_compare(const struct table *table, enum route_id route)
{
	struct slice cells = table->rows[route];
	size_t column = 0;
	unsigned wrong = 0;
	for (size_t i = 0; i < cells.n; i++) {
		if (cells.p[i] == ' ') {
			continue;
		}
		assert_true(column < table->column_count);
		enum role role = table->columns[column++];
		struct caller caller = { .known = true, .role = role, .unit_id = 7 };
		char got = letter_of(access_scope(&caller, route));
		if (got != (char)cells.p[i]) {
			print_message("# %s for %s is %c, and should be %c\n",
				routes[route].name, name_id(&role_names, role), got,
				cells.p[i]);
			wrong++;
		}
	}
	assert_int_equal(column, table->column_count);
	return wrong;
}

static void every_role_and_route_is_as_written_down(void **state)
{
	(void)state;
	static struct table table;
	unsigned wrong = 0;
	table_read(&table);
	assert_int_equal(table.column_count, ROLE_PEOPLE_COUNT);
	assert_int_equal(table.strangers, 0);
	for (unsigned i = 0; i < ROUTE_COUNT_; i++) {
		if (routes[i].open) {
			continue;
		}
		if (table.rows[i].n == 0) {
			print_message("# %s has no row in the second table\n", routes[i].name);
			wrong++;
			continue;
		}
		wrong += route_compare(&table, (enum route_id)i);
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(
		every_role_and_route_is_as_written_down) };
	return cmocka_run_group_tests_name("matrix", tests, NULL, NULL);
}
