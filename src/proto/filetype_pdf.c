/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hostile PDF is read by offset tables, this walk reads it front to back, so
 * nothing may be passed over that a viewer could reach: a string, comment or
 * stream is skipped only when no object starts in it, and object streams are
 * opened.  What cannot be opened is refused.
 */
#include <stdlib.h>
#include <zlib.h>

#include "base/rd.h"
#include "proto/filetype_priv.h"

enum {
	NAME_OCTETS_MAX = 32,
	STRING_OCTETS_MAX = 65536,
	INFLATED_OCTETS_MAX = 8 * 1024 * 1024, /* of one object stream */
	INFLATED_TOTAL_MAX = 64 * 1024 * 1024,
	LOOK_AHEAD_FACTOR =
		16, /* octets looked at to skip, a file's octet; then nothing is skipped any more */
};

struct name {
	char text[NAME_OCTETS_MAX + 1];
	size_t n;
};

struct walk {
	struct slice left;
	struct name before; /* the name just read; empty when something else stood between */
	uint8_t last;       /* octet before left */
	size_t budget;      /* for looking ahead */
	size_t inflated;    /* octets so far */
	uint32_t page_objects;
	uint32_t count;     /* the largest /Count of a page tree */
	bool object_stream; /* of the object being read … */
	bool flate;
	bool other_filter;
	bool active;
};

static bool is_space(uint8_t c)
{
	return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}

/* ISO 32000-1 table 2. */
static bool is_delimiter(uint8_t c)
{
	return c != 0 && strchr("()<>[]{}/%", c) != NULL;
}

static int hex_of(uint8_t c)
{
	int letter = c | 0x20;
	return c >= '0' && c <= '9'             ? c - '0'
	       : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
						: -1;
}

/* The name after a slash with #xx undone (section 7.3.5); octets consumed. */
static size_t name_read(struct slice left, struct name *ret_name)
{
	size_t at = 0;
	ret_name->n = 0;
	while (at < left.n && !is_space(left.p[at]) && !is_delimiter(left.p[at])) {
		uint8_t c = left.p[at++];
		if (c == '#' && left.n - at >= 2 && hex_of(left.p[at]) >= 0 &&
			hex_of(left.p[at + 1]) >= 0) {
			c = (uint8_t)(hex_of(left.p[at]) * 16 + hex_of(left.p[at + 1]));
			at += 2;
		}
		if (ret_name->n < NAME_OCTETS_MAX) {
			ret_name->text[ret_name->n++] = (char)c;
		}
	}
	ret_name->text[ret_name->n] = '\0';
	return at;
}

static bool is_any(const struct name *name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(name->text, list[i]) == 0) {
			return true;
		}
	}
	return false;
}

/*
 * What makes a viewer run, open, send or ask for a password.  /OpenAction, /AA and /AcroForm
 * alone do not: scanners and office programs write them, and what they start is named here.
 */
static const char *const active[] = { "JavaScript", "JS", "Launch", "EmbeddedFile",
	"EmbeddedFiles", "Encrypt", "SubmitForm", "ImportData", "GoToR", "GoToE", "RichMedia",
	"Movie", "Sound", "XFA", "Rendition" };
static const char *const flates[] = { "FlateDecode", "Fl" };
static const char *const others[] = { "ASCIIHexDecode", "AHx", "ASCII85Decode", "A85",
	"LZWDecode", "LZW", "RunLengthDecode", "RL", "Crypt", "Predictor", "FFilter" };

#define IS_ANY(name, list) is_any((name), (list), sizeof(list) / sizeof((list)[0]))

static void skip(struct walk *walk, size_t n)
{
	struct slice taken = slice_head(walk->left, n);
	walk->last = taken.n > 0 ? taken.p[taken.n - 1] : walk->last;
	walk->left = slice_skip(walk->left, n);
}

/* May these octets be passed over?  Not when an object could start there. */
static bool passable(struct walk *walk, size_t n)
{
	struct slice left = slice_head(walk->left, n);
	if (n > walk->budget) {
		walk->budget = 0;
		return false;
	}
	walk->budget -= n;
	for (size_t at = 0; (at = slice_find(left, SLICE("obj"))) != SIZE_MAX;
		left = slice_skip(left, at + 3)) {
		if (at == 0 || is_space(left.p[at - 1]) || is_delimiter(left.p[at - 1])) {
			return false;
		}
	}
	return true;
}

static void count_read(struct walk *walk)
{
	struct slice left = walk->left;
	uint32_t value = 0;
	while (left.n > 0 && is_space(left.p[0])) {
		left = slice_skip(left, 1);
	}
	for (; left.n > 0 && left.p[0] >= '0' && left.p[0] <= '9' &&
		value < 10 * FILETYPE_PAGES_MAX;
		left = slice_skip(left, 1)) {
		value = value * 10 + (uint32_t)(left.p[0] - '0');
	}
	walk->count = value > walk->count ? value : walk->count;
}

static void name_take(struct walk *walk)
{
	struct name name;
	skip(walk, name_read(walk->left, &name));
	walk->active = walk->active || IS_ANY(&name, active);
	walk->object_stream = walk->object_stream || strcmp(name.text, "ObjStm") == 0;
	walk->flate = walk->flate || IS_ANY(&name, flates);
	walk->other_filter = walk->other_filter || IS_ANY(&name, others);
	walk->page_objects +=
		strcmp(walk->before.text, "Type") == 0 && strcmp(name.text, "Page") == 0 ? 1
											 : 0;
	if (strcmp(name.text, "Count") == 0) {
		count_read(walk);
	}
	walk->before = name;
}

/* Octets of a literal string up to its end: ISO 32000-1 section 7.3.4.2. */
static void string_skip(struct walk *walk)
{
	struct slice text = slice_head(walk->left, STRING_OCTETS_MAX);
	unsigned depth = 1;
	size_t at = 0;
	while (at < text.n && depth > 0 && at < walk->budget) {
		uint8_t c = text.p[at++];
		at += c == '\\' ? 1 : 0;
		depth += c == '(' ? 1 : 0;
		depth -= c == ')' ? 1 : 0;
	}
	walk->budget -= at < walk->budget ? at : walk->budget;
	if (depth == 0 && passable(walk, at)) {
		skip(walk, at);
	}
}

static void comment_skip(struct walk *walk)
{
	struct slice left = slice_head(walk->left, walk->budget);
	size_t at = 0;
	while (at < left.n && left.p[at] != '\n' && left.p[at] != '\r') {
		at++;
	}
	walk->budget -= at;
	if (passable(walk, at)) {
		skip(walk, at);
	}
}

static void walk_all(struct walk *walk);

/* The objects inside an object stream (section 7.5.7), which holds no stream itself. */
static void inner_walk(struct walk *walk, struct slice octets)
{
	struct walk inner = { .left = octets,
		.budget = LOOK_AHEAD_FACTOR * octets.n,
		.inflated = INFLATED_TOTAL_MAX };
	walk_all(&inner);
	walk->active = walk->active || inner.active;
	walk->page_objects += inner.page_objects;
	walk->count = inner.count > walk->count ? inner.count : walk->count;
}

static void object_stream_open(struct walk *walk, struct slice data)
{
	size_t room = INFLATED_TOTAL_MAX - walk->inflated;
	room = room < INFLATED_OCTETS_MAX ? room : INFLATED_OCTETS_MAX;
	if (!walk->flate && !walk->other_filter) {
		inner_walk(walk, data);
		return;
	}
	uint8_t *out = walk->other_filter || room == 0 ? NULL : malloc(room);
	z_stream z = { .next_in = (Bytef *)(uintptr_t)data.p,
		.avail_in = (uInt)data.n,
		.next_out = out,
		.avail_out = (uInt)room };
	if (out == NULL || inflateInit(&z) != Z_OK) {
		walk->active = true; /* out of sight is not fine */
		free(out);
		return;
	}
	int rc = inflate(&z, Z_FINISH);
	walk->inflated += z.total_out;
	if (rc == Z_STREAM_END) {
		inner_walk(walk, slice_of(out, z.total_out));
	} else {
		walk->active = true;
	}
	(void)inflateEnd(&z);
	free(out);
}

/* Octets of a stream are data, not names: compressed ones would show names by chance. */
static void stream_take(struct walk *walk)
{
	size_t head =
		walk->left.n > 7 && walk->left.p[6] == '\r' && walk->left.p[7] == '\n' ? 8 : 7;
	skip(walk, head);
	size_t end = slice_find(slice_head(walk->left, walk->budget), SLICE("endstream"));
	if (end == SIZE_MAX) {
		walk->budget =
			0; /* no end in sight: everything behind is looked at, nothing skipped */
		return;
	}
	if (walk->object_stream) {
		object_stream_open(walk, slice_head(walk->left, end));
	}
	walk->object_stream = false;
	walk->flate = false;
	walk->other_filter = false;
	walk->before.text[0] = '\0';
	walk->budget -= end;
	if (passable(walk, end)) {
		skip(walk, end + 9);
	}
}

static void step(struct walk *walk)
{
	uint8_t c = walk->left.p[0];
	bool starts = is_space(walk->last) || is_delimiter(walk->last);
	if (starts && (slice_starts(walk->left, SLICE("stream\n")) ||
			      slice_starts(walk->left, SLICE("stream\r")))) {
		stream_take(walk);
		return;
	}
	if (c == 'e' && starts && slice_starts(walk->left, SLICE("endobj"))) {
		walk->object_stream = false;
		walk->flate = false;
		walk->other_filter = false;
	}
	skip(walk, 1);
	if (c == '/') {
		name_take(walk);
	} else if (c == '(') {
		string_skip(walk);
	} else if (c == '%') {
		comment_skip(walk);
	}
	if (c != '/' && !is_space(c)) {
		walk->before.text[0] = '\0';
	}
}

static void walk_all(struct walk *walk)
{
	while (walk->left.n > 0 && !walk->active) {
		step(walk);
	}
}

enum filetype_problem filetype_pdf(struct slice octets, struct filetype *ret_type)
{
	struct walk walk = { .left = octets, .budget = LOOK_AHEAD_FACTOR * octets.n };
	walk_all(&walk);
	if (walk.active) {
		return FILETYPE_ACTIVE;
	}
	uint32_t pages = walk.page_objects > 0 ? walk.page_objects : walk.count;
	if (pages == 0) {
		return FILETYPE_WRONG;
	}
	*ret_type = (struct filetype) { .media = FILETYPE_PDF, .pages = pages };
	return FILETYPE_FINE;
}
