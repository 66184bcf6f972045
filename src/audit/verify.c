/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/verify.h"

#include <errno.h>
#include <stdio.h>

#include "audit/source_priv.h"
#include "audit/walk_priv.h"
#include "base/err.h"

enum { FILE_PIECE_OCTETS = 64 * 1024, LINES_FLUSH_OCTETS = 256 * 1024 };

/* An export has one first and one last line; a store has neither. */
struct frame {
	bool begun;
	bool ended;
};

static void check_frame(
	struct walk *walk, struct frame *frame, const struct audit_item *item, int64_t line)
{
	if (walk->target->export_path == NULL) {
		return;
	}
	if (frame->ended || frame->begun == (item->kind == AUDIT_ITEM_BEGIN)) {
		walk_say(walk, AUDIT_EXPORT_LINE, line, 0,
			SLICE("first and last line are not in their places"));
	}
	frame->begun = true;
	frame->ended = frame->ended || item->kind == AUDIT_ITEM_END;
}

/* Read the whole log; 0 or E_LIMIT. */
static int check_log(struct walk *walk, struct source *source)
{
	struct audit_item item = { 0 };
	struct frame frame = { 0 };
	int64_t last_seq = 0;
	while (source_next(source, &item) > 0) {
		check_frame(walk, &frame, &item, source->at);
		int error = walk_item(walk, &item);
		if (error < 0) {
			return error;
		}
	}
	if (walk->target->export_path != NULL && !frame.ended) {
		walk_say(walk, AUDIT_EXPORT_LINE, source->at + 1, 0,
			SLICE("the last line is missing"));
	}
	if (source->ops->last != NULL && source->ops->last(source, &last_seq) < 0) {
		walk_say(walk, AUDIT_STORE_DAMAGED, 0, 0, slice_str(source->diag.text));
	}
	walk_end(walk, last_seq);
	return 0;
}

static void check_row(struct walk *walk, const struct source_row *row)
{
	struct index_slot *slot = NULL;
	int table = index_table(walk->index, row->table);
	if (table >= 0) {
		slot = index_find(walk->index, (uint16_t)table, row->id);
	}
	walk->report.rows++;
	if (slot == NULL || slot->seen) {
		walk_say_row(walk, AUDIT_ROW_UNNAMED, 0, row->table, row->id);
		return;
	}
	slot->seen = true;
	if (slot->deleted) {
		walk_say_row(walk, AUDIT_ROW_REVIVED, slot->seq, row->table, row->id);
	} else if (row->odd || slot->version != row->version ||
		   !digest_eq(&slot->digest, &row->digest)) {
		walk_say_row(walk, AUDIT_ROW_CHANGED, slot->seq, row->table, row->id);
	}
}

static void check_rows(struct walk *walk, struct source *source)
{
	struct source_row row = { 0 };
	int got = source->ops->row(source, &row);
	for (; got != 0; got = source->ops->row(source, &row)) {
		if (got < 0) {
			walk_say(walk, AUDIT_STORE_DAMAGED, 0, 0, slice_str(source->diag.text));
			break;
		}
		check_row(walk, &row);
	}
	size_t cursor = 0;
	for (struct index_slot *slot = index_next(walk->index, &cursor); slot != NULL;
		slot = index_next(walk->index, &cursor)) {
		if (!slot->seen && !slot->deleted) {
			walk_say_row(walk, AUDIT_ROW_MISSING, slot->seq,
				index_table_name(walk->index, slot->table), slot->id);
		}
	}
	walk->report.rows_checked = true;
}

/* Contents as found, hashed both ways. */
struct contents {
	struct digest_stream *sm3;
	struct digest_stream *sha256;
	int64_t octets;
	bool present;
};

static void add_piece(struct contents *contents, struct slice piece)
{
	digest_stream_add(contents->sm3, piece);
	digest_stream_add(contents->sha256, piece);
	contents->octets += (int64_t)piece.n;
	contents->present = true;
}

static int add_pieces(
	struct contents *contents, struct source *source, const struct digest *name)
{
	struct slice piece = { 0 };
	int got = source->ops->piece(source, name, 0, &piece);
	for (int64_t n = 1; got > 0; n++) {
		add_piece(contents, piece);
		got = source->ops->piece(source, name, n, &piece);
	}
	return got;
}

static void add_file(struct contents *contents, const char *folder, const struct digest *name)
{
	char hex[2 * DIGEST_OCTETS + 1];
	AUTO_BUF struct buf path;
	buf_init(&path, 8192);
	digest_hex(name, hex);
	buf_printf(&path, "%s/%.2s/%s", folder, hex, hex + 2);
	FILE *file = path.failed ? NULL : fopen((const char *)path.p, "rbe");
	if (file == NULL) {
		return;
	}
	static const struct slice nothing = { 0 };
	uint8_t piece[FILE_PIECE_OCTETS];
	add_piece(contents, nothing);
	for (size_t n = fread(piece, 1, sizeof(piece), file); n > 0;
		n = fread(piece, 1, sizeof(piece), file)) {
		add_piece(contents, slice_of(piece, n));
	}
	(void)fclose(file);
}

/* One content: hash it and hold it against its name and what was recorded of it. */
static void check_contents(struct walk *walk, struct source *source,
	const struct index_blob *blob, const struct source_blob *recorded)
{
	struct contents contents = { .sm3 = digest_stream_create(DIGEST_SM3),
		.sha256 = digest_stream_create(DIGEST_SHA256) };
	int got = add_pieces(&contents, source, &blob->name);
	if (got == 0 && !contents.present && walk->target->blob_folder != NULL) {
		add_file(&contents, walk->target->blob_folder, &blob->name);
	}
	struct digest sm3 = digest_stream_end(contents.sm3);
	struct digest sha256 = digest_stream_end(contents.sha256);
	char hex[2 * DIGEST_OCTETS + 1];
	digest_hex(&blob->name, hex);
	walk->report.blobs++;
	bool as_named = digest_eq(&sm3, &blob->name);
	bool as_recorded =
		recorded == NULL || (!recorded->odd && recorded->octets == contents.octets &&
					    digest_eq(&recorded->sha256, &sha256));
	if (got < 0) {
		walk_say(walk, AUDIT_STORE_DAMAGED, 0, 0, slice_str(source->diag.text));
	} else if (!contents.present && !as_named) {
		/* An empty content may be stored as no piece at all. */
		walk_say(walk, AUDIT_BLOB_MISSING, blob->seq, 0, slice_str(hex));
	} else if (!as_named || !as_recorded) {
		walk_say(walk, AUDIT_BLOB_CHANGED, blob->seq, 0, slice_str(hex));
	}
	(void)digest_stream_destroy(contents.sm3);
	(void)digest_stream_destroy(contents.sha256);
}

/*
 * Named contents and recorded ones, both in order of their names, side by
 * side.  A row of table blob is audited like any row; here its contents are.
 */
static void check_blobs(struct walk *walk, struct source *source)
{
	size_t count = 0;
	size_t at = 0;
	const struct index_blob *named = index_blobs(walk->index, &count);
	struct source_blob row = { 0 };
	int got = source->ops->blob(source, &row);
	while (got > 0) {
		int order = -1;
		while (at < count) {
			order = memcmp(named[at].name.octet, row.sm3.octet, DIGEST_OCTETS);
			if (order >= 0) {
				break;
			}
			check_contents(walk, source, &named[at++], NULL);
		}
		struct index_blob unnamed = { .name = row.sm3 };
		check_contents(
			walk, source, order == 0 && at < count ? &named[at] : &unnamed, &row);
		struct digest last = row.sm3;
		got = source->ops->blob(source, &row);
		if (order == 0 && at < count && (got <= 0 || !digest_eq(&last, &row.sm3))) {
			at++;
		}
	}
	if (got < 0) {
		walk_say(walk, AUDIT_STORE_DAMAGED, 0, 0, slice_str(source->diag.text));
	}
	for (; at < count; at++) {
		check_contents(walk, source, &named[at], NULL);
	}
}

int audit_verify(const struct audit_target *target, audit_found_fn *found, void *context,
	struct audit_report *ret_report, struct diag *diag)
{
	CLEANUP(source_cleanup) struct source *source = NULL;
	int error = target->export_path != NULL
			    ? source_open_export(target->export_path, &source, diag)
			    : source_open(target->store, &source, diag);
	if (error < 0) {
		return error;
	}
	struct walk walk;
	walk_init(&walk, target, found, context);
	error = check_log(&walk, source);
	if (error < 0) {
		error = diag_set(
			diag, error, 0, 0, "the log names more rows or blobs than can be held");
	} else if (source->ops->row != NULL && !walk.broke_off) {
		/* Without the end of the log every later row would stand accused. */
		check_rows(&walk, source);
		check_blobs(&walk, source);
	}
	*ret_report = walk.report;
	walk_fini(&walk);
	if (error < 0) {
		return error;
	}
	return ret_report->problems > 0 ? 1 : 0;
}

static void count_item(struct audit_item *end, const struct audit_item *item)
{
	end->seq = item->kind == AUDIT_ITEM_ENTRY ? item->seq : end->seq;
	end->n += item->kind == AUDIT_ITEM_PERSONAL;
	end->heads += item->kind == AUDIT_ITEM_HEAD;
}

int audit_export(const struct audit_target *target, audit_write_fn *write, void *context,
	struct diag *diag)
{
	CLEANUP(source_cleanup) struct source *source = NULL;
	int error = source_open(target->store, &source, diag);
	if (error < 0) {
		return error;
	}
	AUTO_BUF struct buf lines;
	buf_init(&lines, LINES_FLUSH_OCTETS + AUDIT_LINE_MAX_OCTETS);
	struct audit_item end = { .kind = AUDIT_ITEM_END };
	struct audit_item item = { .kind = AUDIT_ITEM_BEGIN };
	audit_export_put(&lines, &item);
	while (error == 0 && source_next(source, &item) > 0) {
		if (item.kind == AUDIT_ITEM_DAMAGE) {
			return diag_set(diag, E_DIGEST, 0, 0, "%.*s", SLICE_FMT(item.text));
		}
		count_item(&end, &item);
		audit_export_put(&lines, &item);
		if (lines.failed) {
			return diag_set(diag, E_LIMIT, 0, 0, "entry %lld is too large",
				(long long)item.seq);
		}
		if (lines.n >= LINES_FLUSH_OCTETS) {
			error = write(context, buf_slice(&lines));
			buf_clear(&lines);
		}
	}
	if (error == 0) {
		audit_export_put(&lines, &end);
		error = write(context, buf_slice(&lines));
	}
	return error < 0 ? diag_set(diag, error, 0, 0, "cannot write: %s", err_text(error)) : 0;
}
