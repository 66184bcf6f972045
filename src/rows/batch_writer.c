/* SPDX-License-Identifier: Apache-2.0 */
#include "rows/batch_writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "rows/batch_priv.h"

enum { SLOTS = 2 * BATCH_DICT_MAX };

/* Values of a text column seen in this batch; gives up past BATCH_DICT_MAX. */
struct dict {
	bool given_up;
	uint16_t count;
	uint16_t slot[SLOTS];         /* value number + 1, 0 = free */
	uint32_t end[BATCH_DICT_MAX]; /* within text */
	struct buf text;
	struct buf index; /* u16 × rows */
};

struct column {
	uint8_t form;     /* as the schema wants it */
	struct buf cells; /* numbers, or the u32 ends of a plain text column */
	struct buf text;
	struct dict *dict;
};

struct batch_writer {
	enum row_kind kind;
	const struct batch_schema *schema;
	uint8_t seed[16];
	size_t rows;
	size_t text_octets;
	int64_t min_ms;
	int64_t max_ms;
	struct column column[BATCH_COLUMNS_MAX];
	struct buf out;
};

struct batch_writer *batch_writer_create(enum row_kind kind, const uint8_t seed[16])
{
	const struct batch_schema *schema = batch_schema_of(kind);
	assert(schema != NULL);
	struct batch_writer *writer = calloc(1, sizeof(*writer));
	if (writer == NULL) {
		abort();
	}
	writer->kind = kind;
	writer->schema = schema;
	memcpy(writer->seed, seed, sizeof(writer->seed));
	for (size_t i = 0; i < schema->columns; i++) {
		struct column *column = &writer->column[i];
		column->form = schema->form[i];
		buf_init(&column->cells, BATCH_ROWS_MAX * 8);
		buf_init(&column->text, BATCH_BODY_MAX);
		if (column->form == FORM_DICT) {
			column->dict = calloc(1, sizeof(*column->dict));
			if (column->dict == NULL) {
				abort();
			}
			buf_init(&column->dict->text, BATCH_BODY_MAX);
			buf_init(&column->dict->index, BATCH_ROWS_MAX * 2);
		}
	}
	buf_init(&writer->out, BATCH_HEAD_OCTETS + BATCH_BODY_MAX);
	return writer;
}

struct batch_writer *batch_writer_destroy(struct batch_writer *writer)
{
	if (writer == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < writer->schema->columns; i++) {
		struct column *column = &writer->column[i];
		buf_fini(&column->cells);
		buf_fini(&column->text);
		if (column->dict != NULL) {
			buf_fini(&column->dict->text);
			buf_fini(&column->dict->index);
			free(column->dict);
		}
	}
	buf_fini(&writer->out);
	free(writer);
	return NULL;
}

static struct slice dict_value(const struct dict *dict, size_t number)
{
	size_t from = number == 0 ? 0 : dict->end[number - 1];
	return slice_of(dict->text.p + from, dict->end[number] - from);
}

static void dict_put(struct dict *dict, const uint8_t seed[16], struct slice value)
{
	if (dict->given_up) {
		return;
	}
	size_t at = digest_siphash(seed, value) % SLOTS;
	while (dict->slot[at] != 0 && !slice_eq(dict_value(dict, dict->slot[at] - 1u), value)) {
		at = (at + 1) % SLOTS;
	}
	if (dict->slot[at] == 0) {
		if (dict->count == BATCH_DICT_MAX) {
			dict->given_up = true;
			return;
		}
		buf_put(&dict->text, value);
		dict->end[dict->count] = (uint32_t)dict->text.n;
		dict->slot[at] = ++dict->count;
	}
	buf_put_u16(&dict->index, (uint16_t)(dict->slot[at] - 1u));
}

static void put_text(struct batch_writer *writer, size_t number, struct slice value)
{
	struct column *column = &writer->column[number];
	buf_put(&column->text, value);
	buf_put_u32(&column->cells, (uint32_t)column->text.n);
	if (column->dict != NULL) {
		dict_put(column->dict, writer->seed, value);
	}
}

static void put_i64(struct batch_writer *writer, size_t number, int64_t value)
{
	buf_put_u64(&writer->column[number].cells, (uint64_t)value);
}

static int admit(struct batch_writer *writer, size_t text_octets, int64_t at_ms)
{
	if (text_octets > BATCH_ROW_MAX || writer->rows == BATCH_ROWS_MAX ||
		writer->text_octets > BATCH_FILL_OCTETS) {
		return E_LIMIT;
	}
	writer->min_ms = writer->rows == 0 || at_ms < writer->min_ms ? at_ms : writer->min_ms;
	writer->max_ms = writer->rows == 0 || at_ms > writer->max_ms ? at_ms : writer->max_ms;
	writer->rows++;
	writer->text_octets += text_octets;
	return 0;
}

int batch_add_sample(struct batch_writer *writer, const struct sample_row *row)
{
	assert(writer->kind == ROW_SAMPLE);
	int error = admit(writer, row->code.n, row->ts_ms);
	if (error < 0) {
		return error;
	}
	put_i64(writer, 0, row->ts_ms);
	put_i64(writer, 1, row->series_id);
	put_i64(writer, 2, row->state);
	int64_t bits = 0;
	memcpy(&bits, &row->value, sizeof(bits));
	put_i64(writer, 3, bits);
	put_i64(writer, 4, row->latency_us);
	put_text(writer, 5, row->code);
	return 0;
}

int batch_add_log(struct batch_writer *writer, const struct log_row *row)
{
	assert(writer->kind == ROW_LOG);
	size_t octets = row->source.n + row->host.n + row->app.n + row->pid.n + row->msg.n +
			row->fields.n + row->raw.n;
	int error = admit(writer, octets, row->recv_ms);
	if (error < 0) {
		return error;
	}
	put_i64(writer, 0, row->ts_ms);
	put_i64(writer, 1, row->recv_ms);
	put_text(writer, 2, row->source);
	put_text(writer, 3, row->host);
	put_text(writer, 4, row->app);
	put_text(writer, 5, row->pid);
	put_i64(writer, 6, row->facility);
	put_i64(writer, 7, row->severity);
	put_text(writer, 8, row->msg);
	put_text(writer, 9, row->fields);
	put_text(writer, 10, row->raw);
	return 0;
}

int batch_add_series(struct batch_writer *writer, const struct series_row *row)
{
	assert(writer->kind == ROW_SERIES);
	size_t octets = row->metric.n + row->instance.n + row->unit.n + row->label.n;
	int error = admit(writer, octets, row->ts_ms);
	if (error < 0) {
		return error;
	}
	put_i64(writer, 0, row->ts_ms);
	put_i64(writer, 1, row->series_id);
	put_i64(writer, 2, row->check_id);
	put_text(writer, 3, row->metric);
	put_text(writer, 4, row->instance);
	put_text(writer, 5, row->unit);
	put_text(writer, 6, row->label);
	return 0;
}

size_t batch_writer_rows(const struct batch_writer *writer, bool *ret_full)
{
	if (ret_full != NULL) {
		*ret_full = writer->rows == BATCH_ROWS_MAX ||
			    writer->text_octets > BATCH_FILL_OCTETS;
	}
	return writer->rows;
}

static void put_column(struct buf *out, const struct column *column)
{
	const struct dict *dict = column->dict;
	if (dict != NULL && !dict->given_up) {
		buf_put_u8(out, FORM_DICT);
		buf_put_u32(
			out, (uint32_t)(2 + 4u * dict->count + dict->text.n + dict->index.n));
		buf_put_u16(out, dict->count);
		for (size_t i = 0; i < dict->count; i++) {
			buf_put_u32(out, dict->end[i]);
		}
		buf_put(out, buf_slice(&dict->text));
		buf_put(out, buf_slice(&dict->index));
		return;
	}
	buf_put_u8(out, column->form == FORM_DICT ? FORM_TEXT : column->form);
	buf_put_u32(out, (uint32_t)(column->cells.n + column->text.n));
	buf_put(out, buf_slice(&column->cells));
	buf_put(out, buf_slice(&column->text));
}

/* Little-endian over octets already put. */
static void patch(struct buf *out, size_t at, uint64_t value, size_t octets)
{
	for (size_t i = 0; i < octets; i++) {
		out->p[at + i] = (uint8_t)(value >> 8 * i);
	}
}

struct slice batch_octets(struct batch_writer *writer)
{
	struct buf *out = &writer->out;
	buf_clear(out);
	buf_put_u32(out, BATCH_MAGIC);
	buf_put_u16(out, BATCH_VERSION);
	buf_put_u16(out, (uint16_t)writer->kind);
	buf_put_u64(out, 0);
	buf_put_u32(out, (uint32_t)writer->rows);
	buf_put_u32(out, 0);
	buf_put_u64(out, (uint64_t)writer->min_ms);
	buf_put_u64(out, (uint64_t)writer->max_ms);
	for (size_t i = 0; i < writer->schema->columns; i++) {
		put_column(out, &writer->column[i]);
	}
	assert(!out->failed);
	patch(out, 20, out->n - BATCH_HEAD_OCTETS, 4);
	patch(out, 8, digest_xxh3(slice_skip(buf_slice(out), 16)), 8);
	return buf_slice(out);
}

void batch_clear(struct batch_writer *writer)
{
	writer->rows = 0;
	writer->text_octets = 0;
	for (size_t i = 0; i < writer->schema->columns; i++) {
		struct column *column = &writer->column[i];
		buf_clear(&column->cells);
		buf_clear(&column->text);
		if (column->dict != NULL) {
			struct dict *dict = column->dict;
			dict->given_up = false;
			dict->count = 0;
			memset(dict->slot, 0, sizeof(dict->slot));
			buf_clear(&dict->text);
			buf_clear(&dict->index);
		}
	}
}
