/* SPDX-License-Identifier: Apache-2.0 */
#include "rows/batch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/err.h"
#include "rows/batch_writer.h"

static const uint8_t seed[16] = { 7 };

static void samples_come_back_as_they_went(void **state)
{
	(void)state;
	static const struct sample_row rows[] = {
		{ 1000, 1, 0, 1.5, 250, { 0 } },
		{ INT64_MAX, -1, 5, -INFINITY, -1, { (const uint8_t *)"tcp.refused", 11 } },
		{ INT64_MIN, INT64_MIN, INT64_MAX, 0.1, 0, { (const uint8_t *)"\xff", 1 } },
	};
	struct batch_writer *writer = batch_writer_create(ROW_SAMPLE, seed);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(batch_add_sample(writer, &rows[i]), 0);
	}
	struct batch batch = { 0 };
	assert_int_equal(batch_read(batch_octets(writer), &batch), 0);
	assert_int_equal(batch.head.rows, 3);
	assert_true(batch.head.min_ms == INT64_MIN && batch.head.max_ms == INT64_MAX);
	for (size_t i = 0; i < 3; i++) {
		struct sample_row got = batch_sample(&batch, i);
		assert_true(got.ts_ms == rows[i].ts_ms && got.series_id == rows[i].series_id);
		assert_true(got.state == rows[i].state && got.latency_us == rows[i].latency_us);
		assert_true(got.value >= rows[i].value && got.value <= rows[i].value);
		assert_true(slice_eq(got.code, rows[i].code));
	}
	(void)batch_writer_destroy(writer);
}

static struct log_row line(size_t i, char text[64])
{
	int n = snprintf(text, 64, "host-%zu", i);
	struct slice s = slice_of(text, (size_t)n);
	return (struct log_row) { .ts_ms = (int64_t)i,
		.recv_ms = 5000 - (int64_t)i,
		.source = SLICE("192.0.2.1"),
		.host = s,
		.app = slice_head(s, i % 6),
		.pid = s,
		.facility = 4,
		.severity = (int64_t)i % 8,
		.msg = s,
		.fields = SLICE("{}"),
		.raw = s };
}

static void log_lines_come_back_also_past_the_dictionary(void **state)
{
	(void)state;
	struct batch_writer *writer = batch_writer_create(ROW_LOG, seed);
	char text[64];
	for (int round = 0; round < 2; round++) {
		size_t rows = round == 0 ? 3 * BATCH_DICT_MAX : 20;
		for (size_t i = 0; i < rows; i++) {
			struct log_row row = line(i, text);
			assert_int_equal(batch_add_log(writer, &row), 0);
		}
		struct batch batch = { 0 };
		assert_int_equal(batch_read(batch_octets(writer), &batch), 0);
		assert_int_equal(batch.head.max_ms, 5000);
		/* column 3 is host: plain past the dictionary's limit, 2 is the source */
		assert_int_equal(batch.column[3].form, round == 0 ? 3 : 4);
		assert_int_equal(batch.column[2].form, 4);
		for (size_t i = 0; i < rows; i++) {
			struct log_row want = line(i, text);
			struct log_row got = batch_log(&batch, i);
			assert_true(
				slice_eq(got.host, want.host) && slice_eq(got.app, want.app));
			assert_true(slice_eq(got.raw, want.raw) &&
				    slice_eq(got.source, want.source));
			assert_true(slice_eq(got.fields, want.fields) &&
				    slice_eq(got.pid, want.pid));
			assert_true(
				got.severity == want.severity && got.recv_ms == want.recv_ms);
		}
		batch_clear(writer);
	}
	(void)batch_writer_destroy(writer);
}

static void a_row_too_large_and_a_full_batch_are_refused(void **state)
{
	(void)state;
	struct batch_writer *writer = batch_writer_create(ROW_LOG, seed);
	uint8_t *big = calloc(1, BATCH_ROW_MAX + 1);
	struct log_row row = { .raw = slice_of(big, BATCH_ROW_MAX + 1) };
	assert_int_equal(batch_add_log(writer, &row), E_LIMIT);
	row.raw.n = 1;
	for (size_t i = 0; i < BATCH_ROWS_MAX; i++) {
		assert_int_equal(batch_add_log(writer, &row), 0);
	}
	assert_int_equal(batch_add_log(writer, &row), E_LIMIT);
	assert_int_equal(batch_writer_rows(writer, NULL), BATCH_ROWS_MAX);
	free(big);
	(void)batch_writer_destroy(writer);
}

static void any_changed_octet_and_any_cut_is_noticed(void **state)
{
	(void)state;
	struct batch_writer *writer = batch_writer_create(ROW_LOG, seed);
	char text[64];
	for (size_t i = 0; i < 5; i++) {
		struct log_row row = line(i, text);
		assert_int_equal(batch_add_log(writer, &row), 0);
	}
	struct slice octets = batch_octets(writer);
	struct batch batch = { 0 };
	for (size_t i = 0; i < octets.n; i++) {
		/* an exact copy, so that the sanitizer sees any read past the cut */
		uint8_t *copy = malloc(octets.n);
		memcpy(copy, octets.p, octets.n);
		copy[i] ^= 0x10;
		assert_true(batch_read(slice_of(copy, octets.n), &batch) < 0);
		uint8_t *cut = malloc(i + 1);
		memcpy(cut, octets.p, i);
		assert_int_equal(batch_read(slice_of(cut, i), &batch), E_SHORT);
		free(cut);
		free(copy);
	}
	(void)batch_writer_destroy(writer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_come_back_as_they_went),
		cmocka_unit_test(log_lines_come_back_also_past_the_dictionary),
		cmocka_unit_test(a_row_too_large_and_a_full_batch_are_refused),
		cmocka_unit_test(any_changed_octet_and_any_cut_is_noticed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
