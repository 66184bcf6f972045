/* SPDX-License-Identifier: Apache-2.0 */
#include "rows/batch.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "base/digest.h"
#include "base/err.h"
#include "base/rd.h"
#include "rows/batch_priv.h"

const struct batch_schema *batch_schema_of(unsigned kind)
{
	static const struct batch_schema sample = { 6, 0,
		{ FORM_I64, FORM_I64, FORM_I64, FORM_F64, FORM_I64, FORM_DICT } };
	static const struct batch_schema log_line = { 11, 1,
		{ FORM_I64, FORM_I64, FORM_DICT, FORM_DICT, FORM_DICT, FORM_TEXT, FORM_I64,
			FORM_I64, FORM_TEXT, FORM_TEXT, FORM_TEXT } };
	static const struct batch_schema series = { 7, 0,
		{ FORM_I64, FORM_I64, FORM_I64, FORM_DICT, FORM_TEXT, FORM_DICT, FORM_TEXT } };
	switch (kind) {
	case ROW_SAMPLE:
		return &sample;
	case ROW_SERIES:
		return &series;
	case ROW_LOG:
		return &log_line;
	default:
		return NULL;
	}
}

int batch_head_read(struct slice octets, struct batch_head *ret_head)
{
	struct rd rd = rd_of(octets);
	uint32_t magic = rd_u32(&rd);
	uint16_t version = rd_u16(&rd);
	uint16_t kind = rd_u16(&rd);
	struct batch_head head = { .checksum = rd_u64(&rd) };
	head.rows = rd_u32(&rd);
	head.body_octets = rd_u32(&rd);
	head.min_ms = (int64_t)rd_u64(&rd);
	head.max_ms = (int64_t)rd_u64(&rd);
	if (rd.failed) {
		return E_SHORT;
	}
	if (magic != BATCH_MAGIC || batch_schema_of(kind) == NULL) {
		return E_FORMAT;
	}
	if (version != BATCH_VERSION) {
		return E_VERSION;
	}
	if (head.rows == 0 || head.rows > BATCH_ROWS_MAX || head.body_octets > BATCH_BODY_MAX) {
		return E_LIMIT;
	}
	head.kind = kind;
	*ret_head = head;
	return 0;
}

/* ends[i] of a column, as it stands in the octets. */
static uint32_t end_at(const struct batch_column *column, size_t i)
{
	struct rd rd = rd_of(slice_skip(column->ends, i * 4));
	return rd_u32(&rd);
}

static int check_ends(const struct batch_column *column, size_t count)
{
	uint32_t last = 0;
	for (size_t i = 0; i < count; i++) {
		uint32_t end = end_at(column, i);
		if (end < last || end > column->text.n) {
			return E_FORMAT;
		}
		last = end;
	}
	return last == column->text.n ? 0 : E_FORMAT;
}

static int read_dict(struct rd rd, size_t rows, struct batch_column *column)
{
	uint16_t count = rd_u16(&rd);
	if (count == 0 || count > BATCH_DICT_MAX) {
		return E_FORMAT;
	}
	column->ends = rd_take(&rd, (size_t)count * 4);
	if (rd.failed || rd.left.n < rows * 2) {
		return E_FORMAT;
	}
	column->text = rd_take(&rd, rd.left.n - rows * 2);
	column->cells = rd_take(&rd, rows * 2);
	if (check_ends(column, count) < 0) {
		return E_FORMAT;
	}
	struct rd cells = rd_of(column->cells);
	for (size_t i = 0; i < rows; i++) {
		if (rd_u16(&cells) >= count) {
			return E_FORMAT;
		}
	}
	return 0;
}

static int read_column(struct slice data, size_t rows, struct batch_column *column)
{
	struct rd rd = rd_of(data);
	switch (column->form) {
	case FORM_I64:
	case FORM_F64:
		column->cells = rd_take(&rd, rows * 8);
		return rd_done(&rd) ? 0 : E_FORMAT;
	case FORM_TEXT:
		column->ends = rd_take(&rd, rows * 4);
		column->text = rd_take(&rd, rd.left.n);
		return rd.failed ? E_FORMAT : check_ends(column, rows);
	case FORM_DICT:
		return read_dict(rd, rows, column);
	default:
		return E_FORMAT;
	}
}

/* A column the schema wants as a dictionary may have been laid out plain. */
static bool form_fits(uint8_t form, uint8_t wanted)
{
	return form == wanted || (wanted == FORM_DICT && form == FORM_TEXT);
}

int batch_read(struct slice octets, struct batch *ret_batch)
{
	struct batch batch = { 0 };
	int error = batch_head_read(octets, &batch.head);
	if (error < 0) {
		return error;
	}
	struct slice body = slice_skip(octets, BATCH_HEAD_OCTETS);
	if (body.n != batch.head.body_octets) {
		return E_SHORT;
	}
	if (digest_xxh3(slice_skip(octets, 16)) != batch.head.checksum) {
		return E_DIGEST;
	}
	const struct batch_schema *schema = batch_schema_of(batch.head.kind);
	struct rd rd = rd_of(body);
	batch.columns = schema->columns;
	for (size_t i = 0; i < batch.columns; i++) {
		struct batch_column *column = &batch.column[i];
		column->form = rd_u8(&rd);
		uint32_t n = rd_u32(&rd);
		struct slice data = rd_take(&rd, n);
		if (rd.failed || !form_fits(column->form, schema->form[i]) ||
			read_column(data, batch.head.rows, column) < 0) {
			return E_FORMAT;
		}
	}
	if (!rd_done(&rd)) {
		return E_FORMAT;
	}
	*ret_batch = batch;
	return 0;
}

/* Within the column's octets: read_column saw that there are as many as rows. */
static int64_t cell_i64(const struct batch *batch, size_t column, size_t i)
{
	uint64_t octets = 0;
	memcpy(&octets, batch->column[column].cells.p + i * 8, sizeof(octets));
	return (int64_t)le64toh(octets);
}

static double cell_f64(const struct batch *batch, size_t column, size_t i)
{
	uint64_t bits = (uint64_t)cell_i64(batch, column, i);
	double value = 0;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static struct slice cell_text(const struct batch *batch, size_t column, size_t i)
{
	const struct batch_column *c = &batch->column[column];
	if (c->form == FORM_DICT) {
		struct rd rd = rd_of(slice_skip(c->cells, i * 2));
		i = rd_u16(&rd);
	}
	size_t from = i == 0 ? 0 : end_at(c, i - 1);
	return slice_head(slice_skip(c->text, from), end_at(c, i) - from);
}

struct sample_row batch_sample(const struct batch *batch, size_t i)
{
	assert(batch->head.kind == ROW_SAMPLE && i < batch->head.rows);
	return (struct sample_row) {
		.ts_ms = cell_i64(batch, 0, i),
		.series_id = cell_i64(batch, 1, i),
		.state = cell_i64(batch, 2, i),
		.value = cell_f64(batch, 3, i),
		.latency_us = cell_i64(batch, 4, i),
		.code = cell_text(batch, 5, i),
	};
}

struct log_row batch_log(const struct batch *batch, size_t i)
{
	assert(batch->head.kind == ROW_LOG && i < batch->head.rows);
	return (struct log_row) {
		.ts_ms = cell_i64(batch, 0, i),
		.recv_ms = cell_i64(batch, 1, i),
		.source = cell_text(batch, 2, i),
		.host = cell_text(batch, 3, i),
		.app = cell_text(batch, 4, i),
		.pid = cell_text(batch, 5, i),
		.facility = cell_i64(batch, 6, i),
		.severity = cell_i64(batch, 7, i),
		.msg = cell_text(batch, 8, i),
		.fields = cell_text(batch, 9, i),
		.raw = cell_text(batch, 10, i),
	};
}

struct series_row batch_series(const struct batch *batch, size_t i)
{
	assert(batch->head.kind == ROW_SERIES && i < batch->head.rows);
	return (struct series_row) {
		.ts_ms = cell_i64(batch, 0, i),
		.series_id = cell_i64(batch, 1, i),
		.check_id = cell_i64(batch, 2, i),
		.metric = cell_text(batch, 3, i),
		.instance = cell_text(batch, 4, i),
		.unit = cell_text(batch, 5, i),
		.label = cell_text(batch, 6, i),
	};
}

int64_t batch_time_ms(const struct batch *batch, size_t i)
{
	assert(i < batch->head.rows);
	return cell_i64(batch, batch_schema_of(batch->head.kind)->time_column, i);
}
