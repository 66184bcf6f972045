/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/pack.h"

#include <zip.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/utf8.h"

/* 1980-01-01 00:00, the first moment a ZIP can say. */
enum { DOS_TIME = 0, DOS_DATE = 0x21, LEVEL = 6 };

static bool name_fine(struct slice name)
{
	bool fine = name.n > 0 && name.n <= PACK_NAME_MAX && name.p[0] != '/' &&
		    utf8_valid(name) && slice_find(name, SLICE("..")) == SIZE_MAX;
	for (size_t i = 0; i < name.n; i++) {
		fine = fine && name.p[i] >= 0x20 && name.p[i] != '\\' && name.p[i] != ':';
	}
	return fine;
}

static int part_wrong(struct diag *diag, int error, struct slice name, const char *what)
{
	return diag_set(diag, error, 0, 0, "%.*s: %s", SLICE_FMT(slice_head(name, 100)), what);
}

struct reader {
	zip_t *zip;
	struct arena *arena;
	struct diag *diag;
	struct pack_part *parts;
	unsigned count;
	uint64_t total;
};

/* What a part says of itself, before a single octet is unpacked. */
static int part_admit(struct reader *r, const zip_stat_t *about, struct slice name)
{
	uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE |
			  ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
	if ((about->valid & needed) != needed || !name_fine(name)) {
		return part_wrong(r->diag, E_FORMAT, name, "no part of a Word file");
	}
	if (about->encryption_method != ZIP_EM_NONE) {
		return part_wrong(r->diag, E_FORMAT, name, "is encrypted");
	}
	if (about->comp_method != ZIP_CM_STORE && about->comp_method != ZIP_CM_DEFLATE) {
		return part_wrong(r->diag, E_FORMAT, name, "is packed in a way Word does not");
	}
	r->total += about->size < UINT32_MAX ? about->size : UINT32_MAX;
	if (about->size > PACK_PART_OCTETS_MAX || r->total > PACK_TOTAL_OCTETS_MAX) {
		return part_wrong(r->diag, E_LIMIT, name, "unpacks to more than is allowed");
	}
	if (about->size > PACK_RATIO_FROM && about->size / PACK_RATIO_MAX > about->comp_size) {
		return part_wrong(r->diag, E_LIMIT, name, "unpacks to a suspicious size");
	}
	for (unsigned i = 0; i < r->count; i++) {
		if (slice_eq_nocase(r->parts[i].name, name)) {
			return part_wrong(r->diag, E_FORMAT, name, "is there twice");
		}
	}
	return 0;
}

static int part_read(struct reader *r, zip_uint64_t index)
{
	zip_stat_t about;
	zip_stat_init(&about);
	if (zip_stat_index(r->zip, index, 0, &about) < 0) {
		return diag_set(r->diag, E_FORMAT, 0, 0, "the list of parts is broken");
	}
	struct slice name = arena_dup(r->arena, slice_str(about.name));
	int error = part_admit(r, &about, name);
	if (error < 0 || slice_ends(name, SLICE("/"))) {
		return error;
	}
	size_t size = (size_t)about.size;
	uint8_t *octets = arena_try(r->arena, size + 1, 1);
	zip_file_t *file = octets == NULL ? NULL : zip_fopen_index(r->zip, index, 0);
	/* One octet more than said: a part that goes on is a lie, and its sum is looked at at its end. */
	zip_int64_t n = file == NULL ? -1 : zip_fread(file, octets, size + 1);
	bool fine = file != NULL && zip_fclose(file) == 0 && n == (zip_int64_t)size;
	if (!fine) {
		return part_wrong(r->diag, E_FORMAT, name, "cannot be unpacked");
	}
	r->parts[r->count++] = (struct pack_part) { name, slice_of(octets, size) };
	return 0;
}

static zip_t *zip_in(struct slice octets)
{
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *source = zip_source_buffer_create(octets.p, octets.n, 0, &error);
	zip_t *zip = source == NULL
			     ? NULL
			     : zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
	if (zip == NULL && source != NULL) {
		zip_source_free(source);
	}
	zip_error_fini(&error);
	return zip;
}

int pack_read(struct slice octets, struct arena *arena, struct pack_part **ret_parts,
	struct diag *diag)
{
	if (octets.n > PACK_OCTETS_MAX) {
		return diag_set(diag, E_LIMIT, 0, 0, "the file is larger than 8 MiB");
	}
	struct reader r = {
		.zip = octets.n > 0 ? zip_in(octets) : NULL, .arena = arena, .diag = diag
	};
	if (r.zip == NULL) {
		return diag_set(diag, E_FORMAT, 0, 0, "this is no Word file (.docx)");
	}
	zip_int64_t count = zip_get_num_entries(r.zip, 0);
	int error = count > PACK_PARTS_MAX ? diag_set(diag, E_LIMIT, 0, 0, "more than %d parts",
						     PACK_PARTS_MAX)
					   : 0;
	r.parts = arena_take(arena, PACK_PARTS_MAX * sizeof(*r.parts));
	for (zip_int64_t i = 0; i < count && error == 0; i++) {
		error = part_read(&r, (zip_uint64_t)i);
	}
	zip_discard(r.zip);
	*ret_parts = r.parts;
	return error < 0 ? error : (int)r.count;
}

/* ---- writing */

static bool part_add(zip_t *zip, const struct pack_part *part, struct arena *arena)
{
	zip_source_t *source = zip_source_buffer(zip, part->octets.p, part->octets.n, 0);
	zip_int64_t at = source == NULL ? -1
					: zip_file_add(zip, arena_dup_str(arena, part->name),
						  source, ZIP_FL_ENC_UTF_8);
	if (at < 0) {
		zip_source_free(source);
		return false;
	}
	return zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_DEFLATE, LEVEL) == 0 &&
	       zip_file_set_dostime(zip, (zip_uint64_t)at, DOS_TIME, DOS_DATE, 0) == 0 &&
	       zip_file_set_external_attributes(zip, (zip_uint64_t)at, 0, ZIP_OPSYS_DOS, 0) ==
		       0;
}

static bool source_copy(zip_source_t *source, struct buf *out)
{
	zip_stat_t about;
	zip_stat_init(&about);
	if (zip_source_stat(source, &about) < 0 || zip_source_open(source) < 0) {
		return false;
	}
	size_t size = (size_t)about.size;
	uint8_t *to = buf_reserve(out, size);
	bool fine = to != NULL && zip_source_read(source, to, size) == (zip_int64_t)size;
	if (fine) {
		buf_commit(out, size);
	}
	(void)zip_source_close(source);
	return fine;
}

int pack_write(const struct pack_part *parts, unsigned count, struct buf *out)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
	zip_t *zip = source == NULL
			     ? NULL
			     : zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, &error);
	bool fine = zip != NULL;
	if (fine) {
		zip_source_keep(source);
	}
	for (unsigned i = 0; i < count && fine; i++) {
		fine = part_add(zip, &parts[i], arena);
	}
	if (zip != NULL && (!fine || zip_close(zip) < 0)) {
		zip_discard(zip);
		fine = false;
	}
	fine = fine && source_copy(source, out);
	if (source != NULL) {
		zip_source_free(source);
	}
	zip_error_fini(&error);
	return fine ? 0 : E_LIMIT;
}
