/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/spec.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/num.h"
#include "base/utf8.h"
#include "paper/fill.h"
#include "paper/form.h"
#include "paper/spec_priv.h"

#define EXAMPLE_AT_MS INT64_C(1767225600000)

enum { EXAMPLE_OCTETS_MAX = 64 * 1024, NEST_MAX = 4, LABEL_SHARE = 158 };

/* How long a text and a list may be, by step; 0 = whole. */
static const struct {
	size_t chars;
	unsigned items;
} shorter_steps[SPEC_SHORTER_MAX + 1] = { { 0, 0 }, { 600, 16 }, { 300, 10 }, { 180, 8 },
	{ 120, 6 }, { 80, 4 }, { 50, 3 }, { 24, 1 } };

struct maker {
	struct arena *arena;
	struct form *form;
	struct diag *diag;
	unsigned section;
	unsigned item;
	unsigned shorter;
	unsigned nest;
};

const char *spec_kind(unsigned index)
{
	return index < spec_text_count ? spec_texts[index].id : NULL;
}

int spec_find(struct slice kind, struct arena *arena, struct spec *ret_spec, struct diag *diag)
{
	for (unsigned i = 0; i < spec_text_count; i++) {
		if (slice_is(kind, spec_texts[i].id)) {
			int error = json_parse(
				arena, slice_str(spec_texts[i].json), 0, &ret_spec->root, diag);
			ret_spec->fields = json_get(ret_spec->root, "fields");
			ret_spec->pages = (unsigned)json_get_int(ret_spec->root, "pages", 0);
			return error;
		}
	}
	return diag_set(diag, E_UNSUPPORTED, 0, 0, "no such kind of paper");
}

/* ---- an example */

static void example_put(struct jw *jw, const struct json *fields, bool whole)
{
	jw_object(jw);
	for (const struct json *f = json_first(fields); f != NULL; f = json_next(f)) {
		const struct json *kind = json_first(f);
		const struct json *words = json_next(kind);
		struct slice name = json_name(f);
		jw_key_slice(jw, name);
		if (slice_starts(json_str(kind), SLICE("list"))) {
			jw_array(jw);
			for (unsigned i = 0; i < 2 && whole; i++) {
				example_put(jw, json_next(words), false);
			}
			jw_end(jw);
		} else if (slice_starts(json_str(kind), SLICE("int"))) {
			jw_int(jw, slice_is(name, "at") ? EXAMPLE_AT_MS : 1);
		} else if (slice_starts(json_str(kind), SLICE("bool"))) {
			jw_bool(jw, true);
		} else {
			jw_str(jw, json_str(words));
		}
	}
	jw_end(jw);
}

int spec_example(const struct spec *spec, struct arena *arena, const struct json **ret_data)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	buf_init(&text, EXAMPLE_OCTETS_MAX);
	jw_init(&jw, &text);
	example_put(&jw, spec->fields, true);
	return json_parse(arena, arena_dup(arena, buf_slice(&text)), 0, ret_data, NULL);
}

static int text_of(struct maker *m, const struct fill *fill, const struct json *text,
	struct slice *ret_text)
{
	int error = fill_text(fill, json_str(text), m->arena, ret_text, m->diag);
	size_t most = shorter_steps[m->shorter].chars;
	if (error < 0 || most == 0 || utf8_count(*ret_text) <= most) {
		return error;
	}
	size_t n = 0;
	for (size_t i = 0; i < most; i++) {
		uint32_t point = 0;
		n += utf8_next(slice_skip(*ret_text, n), &point);
	}
	*ret_text = arena_printf(
		m->arena, "%.*s……（详见平台）", SLICE_FMT(slice_head(*ret_text, n)));
	return 0;
}

static struct form_block *add(struct maker *m, enum form_verb verb)
{
	struct form_block *block = form_add(m->form, verb);
	if (block == NULL) {
		(void)diag_set(m->diag, E_LIMIT, 0, 0, "more text than a paper holds");
	}
	return block;
}

static int line_put(struct maker *m, enum form_verb verb, enum draw_face face, int indent,
	struct slice text)
{
	struct form_block *block = text.n > 0 ? add(m, verb) : NULL;
	if (block != NULL) {
		block->face = face;
		block->indent = indent;
		block->text[block->count++] = text;
	}
	return block == NULL && text.n > 0 ? E_LIMIT : 0;
}

/* A third of the distance where a line more would begin a page. */
static int gap_put(struct maker *m, int height)
{
	struct form_block *block = add(m, FORM_GAP);
	if (block != NULL) {
		block->height = m->form->tight ? height / 3 : height;
	}
	return block == NULL ? E_LIMIT : 0;
}

/* A block of so many texts of an array. */
static int texts_put(
	struct maker *m, const struct fill *fill, enum form_verb verb, const struct json *texts)
{
	struct form_block *block = add(m, verb);
	int error = block == NULL ? E_LIMIT : 0;
	for (const struct json *t = json_first(texts);
		t != NULL && error == 0 && block->count < FORM_CELLS_MAX; t = json_next(t)) {
		error = text_of(m, fill, t, &block->text[block->count++]);
	}
	return error;
}

/* ---- verbs */

/* What must fit on one page, and a list, keeps less air. */
static int title_put(struct maker *m, struct slice title, bool red)
{
	bool one = m->form->pages == 1 || m->form->dense;
	int error = gap_put(m, one ? 500 : red ? 1000 : 1500);
	error = error < 0 ? error : line_put(m, FORM_TITLE, DRAW_TITLE, 0, title);
	return error < 0 ? error : gap_put(m, one ? 400 : 1000);
}

static int head_put(struct maker *m, const struct fill *fill, const struct json *block)
{
	struct slice title = { 0 };
	struct slice mark = { 0 };
	struct slice school = fill_clean(m->arena, json_get_str(fill->data, "school"));
	struct slice number = fill_clean(m->arena, json_get_str(fill->data, "number"));
	struct slice red = fill_clean(m->arena, json_get_str(fill->data, "doc_number"));
	int error = text_of(m, fill, json_get(block, "head"), &title);
	error = error < 0 ? error : text_of(m, fill, json_get(block, "mark"), &mark);
	struct form_block *line =
		error < 0 ? NULL : add(m, red.n > 0 ? FORM_RED_HEAD : FORM_SIDES);
	if (line == NULL) {
		return error < 0 ? error : E_LIMIT;
	}
	line->count = 2;
	if (red.n > 0) {
		line->text[0] = school;
		line->text[1] = red;
	} else {
		line->text[0] = arena_printf(m->arena, "编号：%.*s", SLICE_FMT(number));
		line->text[1] = mark;
		title = school.n > 0 ? arena_printf(m->arena, "%.*s\n%.*s", SLICE_FMT(school),
					       SLICE_FMT(title))
				     : title;
	}
	return title_put(m, title, red.n > 0);
}

/* A full stop where the writer put none. */
static const char *stop_for(struct slice value)
{
	static const char *const ends[] = { "。", "！", "？", "；", "：", "…", "." };
	for (unsigned i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (slice_ends(value, slice_str(ends[i]))) {
			return "";
		}
	}
	return "。";
}

static int labelled_put(struct maker *m, const struct fill *fill, const struct json *pair)
{
	struct slice label = json_str(json_first(pair));
	struct slice value = { 0 };
	int error = text_of(m, fill, json_next(json_first(pair)), &value);
	if (error < 0 || value.n == 0) {
		return error;
	}
	return line_put(m, FORM_TEXT, DRAW_BODY, 2,
		arena_printf(m->arena, "%.*s：%.*s%s", SLICE_FMT(label), SLICE_FMT(value),
			stop_for(value)));
}

static int numbered_put(
	struct maker *m, const struct fill *fill, const struct json *text, bool section)
{
	struct slice words = { 0 };
	int error = text_of(m, fill, text, &words);
	m->section += section ? 1 : 0;
	m->item = section ? 0 : m->item + 1;
	char number[NUM_ZH_ROOM];
	num_zh(section ? m->section : m->item, number);
	words = arena_printf(
		m->arena, section ? "%s、%.*s" : "（%s）%.*s", number, SLICE_FMT(words));
	return error < 0 ? error
			 : line_put(m, FORM_HEADING, section ? DRAW_HEADING : DRAW_SUBHEADING,
				   2, words);
}

static bool goes_on(const struct maker *m)
{
	return m->form->count > 0 && m->form->blocks[m->form->count - 1].verb == FORM_CELLS;
}

static struct form_block *cells_add(struct maker *m)
{
	bool first = !goes_on(m);
	struct form_block *block = add(m, FORM_CELLS);
	if (block != NULL) {
		block->first = first;
	}
	return block;
}

static int row_put(struct maker *m, const struct fill *fill, const struct json *texts)
{
	struct form_block row = { 0 };
	bool says = false;
	for (const struct json *t = json_first(texts); t != NULL && row.count < FORM_CELLS_MAX;
		t = json_next(t)) {
		int error = text_of(m, fill, t, &row.text[row.count++]);
		if (error < 0) {
			return error;
		}
		says = says || (row.count % 2 == 0 && row.text[row.count - 1].n > 0);
	}
	if (!says || row.count < 2) {
		return 0;
	}
	struct form_block *block = cells_add(m);
	if (block == NULL) {
		return E_LIMIT;
	}
	unsigned pairs = row.count / 2;
	block->count = 2 * pairs;
	block->labels = 0x55;
	for (unsigned i = 0; i < block->count; i++) {
		block->text[i] = row.text[i];
		block->share[i] =
			i % 2 == 0 ? LABEL_SHARE : FORM_SHARE / (int)pairs - LABEL_SHARE;
	}
	return 0;
}

static int box_put(struct maker *m, const struct json *pair)
{
	int64_t lines = 0;
	struct form_block *block = cells_add(m);
	if (block == NULL || !json_int(json_next(json_first(pair)), &lines)) {
		return E_LIMIT;
	}
	block->count = 2;
	block->labels = 1;
	block->height = (int)lines;
	block->text[0] = json_str(json_first(pair));
	block->share[0] = LABEL_SHARE;
	block->share[1] = FORM_SHARE - LABEL_SHARE;
	return 0;
}

/* ---- lists */

static int more_put(struct maker *m, size_t left)
{
	return line_put(m, FORM_TEXT, DRAW_BODY, 2,
		arena_printf(m->arena, "另有%zu项，详见平台。", left));
}

static int table_row(
	struct maker *m, const struct fill *fill, const struct json *columns, bool head)
{
	struct form_block *block = form_add(m->form, FORM_CELLS);
	int error = block == NULL ? E_LIMIT : 0;
	if (block != NULL) {
		block->head = head;
		block->first = head;
		block->labels = head ? 0xff : 0;
	}
	for (const struct json *c = json_first(columns);
		c != NULL && error == 0 && block->count < FORM_CELLS_MAX; c = json_next(c)) {
		const struct json *title = json_first(c);
		const struct json *share = json_next(title);
		int64_t width = 0;
		unsigned i = block->count++;
		(void)!json_int(share, &width);
		block->share[i] = (int)width;
		if (head) {
			block->text[i] = json_str(title);
		} else {
			error = text_of(m, fill, json_next(share), &block->text[i]);
		}
	}
	return error;
}

static int table_put(struct maker *m, const struct fill *fill, const struct json *block)
{
	const struct json *fields = NULL;
	const struct json *columns = json_get(block, "columns");
	const struct json *list = fill_list(fill, json_get_str(block, "table"), &fields);
	unsigned most = shorter_steps[m->shorter].items;
	unsigned n = 0;
	/* Two tables do not grow together. */
	int error = goes_on(m) ? gap_put(m, 300) : 0;
	error = error < 0 ? error : table_row(m, fill, columns, true);
	for (const struct json *i = json_first(list);
		i != NULL && error == 0 && (most == 0 || n < most); i = json_next(i)) {
		struct fill item = fill_item(fill, fields, i, ++n);
		error = table_row(m, &item, columns, false);
	}
	if (error == 0 && n == 0) {
		static const char none[] = "{}";
		const struct json *nothing = NULL;
		error = json_parse(m->arena, slice_of(none, 2), 0, &nothing, m->diag);
		struct fill item = fill_item(fill, fields, nothing, 0);
		struct form_block *row = NULL;
		error = error < 0 ? error : table_row(m, &item, columns, false);
		row = &m->form->blocks[m->form->count - 1];
		for (unsigned c = 0; c < row->count; c++) {
			row->text[c] = c == 1 ? SLICE("无") : (struct slice) { 0 };
		}
	}
	return error == 0 && json_count(list) > n ? more_put(m, json_count(list) - n) : error;
}

static int blocks_put(struct maker *m, const struct fill *fill, const struct json *blocks);

static int each_put(struct maker *m, const struct fill *fill, const struct json *block)
{
	const struct json *fields = NULL;
	const struct json *list = fill_list(fill, json_get_str(block, "each"), &fields);
	unsigned most = shorter_steps[m->shorter].items;
	unsigned n = 0;
	int error = 0;
	for (const struct json *i = json_first(list);
		i != NULL && error == 0 && (most == 0 || n < most); i = json_next(i)) {
		struct fill item = fill_item(fill, fields, i, ++n);
		error = blocks_put(m, &item, json_get(block, "do"));
	}
	return error == 0 && json_count(list) > n ? more_put(m, json_count(list) - n) : error;
}

static int foot_put(struct maker *m, const struct fill *fill)
{
	struct slice code = fill_clean(m->arena, json_get_str(fill->data, "check_code"));
	struct slice link = fill_clean(m->arena, json_get_str(fill->data, "verify_url"));
	struct slice number = fill_clean(m->arena, json_get_str(fill->data, "number"));
	struct form_block *foot = add(m, FORM_FOOT);
	if (foot == NULL) {
		return E_LIMIT;
	}
	foot->count = 4;
	foot->text[0] = code;
	foot->text[1] = fill_clean(m->arena, json_get_str(fill->data, "basis"));
	foot->text[2] = SLICE(
		"凭编号和校验码可在平台上核对本件；盖章扫描件上的校验码须与平台所存一致。");
	foot->text[3] = link.n > 0 ? link
				   : arena_printf(m->arena, "%.*s %.*s", SLICE_FMT(number),
					     SLICE_FMT(code));
	return 0;
}

/* ---- a block by its first member */

enum verb {
	VERB_HEAD,
	VERB_TO,
	VERB_TEXT,
	VERB_SECTION,
	VERB_ITEM,
	VERB_LINE,
	VERB_ROW,
	VERB_BOX,
	VERB_TABLE,
	VERB_EACH,
	VERB_BLANK,
	VERB_BIG,
	VERB_CODE,
	VERB_GAP,
	VERB_SIGN,
	VERB_IMPRINT,
	VERB_FOOT,
};

static const char *const verbs[] = { "head", "to", "text", "section", "item", "line", "row",
	"box", "table", "each", "blank", "big", "code", "gap", "sign", "imprint", "foot" };

/* What stands before the next item of a list, behind the last one. */
static struct slice without_tail(struct slice text)
{
	struct slice wide = SLICE("　");
	text = slice_trim(text);
	while (slice_ends(text, wide)) {
		text = slice_trim(slice_head(text, text.n - wide.n));
	}
	return text;
}

/* One text, as a line of its own. */
static int single_put(
	struct maker *m, const struct fill *fill, enum verb verb, const struct json *value)
{
	static const struct {
		enum verb verb;
		enum form_verb form;
		enum draw_face face;
		int indent;
	} kinds[] = { { VERB_TO, FORM_TEXT, DRAW_BODY, 0 },
		{ VERB_TEXT, FORM_TEXT, DRAW_BODY, 2 }, { VERB_BIG, FORM_BIG, DRAW_NUMBER, 0 },
		{ VERB_CODE, FORM_CODE, DRAW_BODY, 0 },
		{ VERB_BLANK, FORM_BLANK, DRAW_BODY, 2 } };
	struct slice text = { 0 };
	unsigned i = 0;
	while (kinds[i].verb != verb) {
		i++;
	}
	int error = text_of(m, fill, value, &text);
	text = without_tail(text);
	if (error == 0 && verb == VERB_BLANK) {
		text = arena_printf(m->arena, "%.*s：＿＿＿＿＿＿＿＿＿＿", SLICE_FMT(text));
	}
	return error < 0 ? error
			 : line_put(m, kinds[i].form, kinds[i].face, kinds[i].indent, text);
}

static int structure_put(
	struct maker *m, const struct fill *fill, enum verb verb, const struct json *block)
{
	const struct json *value = json_first(block);
	int64_t height = 0;
	switch ((int)verb) {
	case VERB_HEAD:
		return head_put(m, fill, block);
	case VERB_LINE:
		return labelled_put(m, fill, value);
	case VERB_ROW:
		return row_put(m, fill, value);
	case VERB_BOX:
		return box_put(m, value);
	case VERB_TABLE:
		return table_put(m, fill, block);
	case VERB_EACH:
		return each_put(m, fill, block);
	case VERB_GAP:
		(void)!json_int(value, &height);
		return gap_put(m, (int)height);
	case VERB_FOOT:
	default:
		return foot_put(m, fill);
	}
}

static int block_put(struct maker *m, const struct fill *fill, const struct json *block)
{
	const struct json *value = json_first(block);
	struct slice name = json_name(value);
	struct slice when = json_get_str(block, "if");
	struct slice not_when = json_get_str(block, "unless");
	unsigned verb = 0;
	while (verb <= VERB_FOOT && !slice_is(name, verbs[verb])) {
		verb++;
	}
	if (verb > VERB_FOOT) {
		return diag_set(m->diag, E_FORMAT, 0, 0, "the kind says \"%.*s\"",
			SLICE_FMT(slice_head(name, 40)));
	}
	if ((when.n > 0 && !fill_says(fill, when)) ||
		(not_when.n > 0 && fill_says(fill, not_when))) {
		return 0;
	}
	if (verb == VERB_SECTION || verb == VERB_ITEM) {
		return numbered_put(m, fill, value, verb == VERB_SECTION);
	}
	if (verb == VERB_SIGN || verb == VERB_IMPRINT) {
		return texts_put(m, fill, verb == VERB_SIGN ? FORM_SIGN : FORM_IMPRINT, value);
	}
	bool single = verb == VERB_TO || verb == VERB_TEXT || verb == VERB_BIG ||
		      verb == VERB_CODE || verb == VERB_BLANK;
	return single ? single_put(m, fill, (enum verb)verb, value)
		      : structure_put(m, fill, (enum verb)verb, block);
}

static int blocks_put(struct maker *m, const struct fill *fill, const struct json *blocks)
{
	int error = m->nest < NEST_MAX ? 0 : E_DEPTH;
	m->nest++;
	for (const struct json *b = json_first(blocks); b != NULL && error == 0;
		b = json_next(b)) {
		error = block_put(m, fill, b);
	}
	m->nest--;
	return error;
}

int spec_form(const struct spec *spec, const struct json *data, unsigned shorter,
	struct arena *arena, struct form **ret_form, struct diag *diag)
{
	struct fill fill = { .fields = spec->fields, .data = data };
	struct maker m = { .arena = arena, .form = form_create(arena), .diag = diag };
	bool any = spec->pages == 0;
	m.shorter = any ? 0 : shorter < SPEC_SHORTER_MAX ? shorter : SPEC_SHORTER_MAX;
	m.form->dense = json_get_bool(spec->root, "dense", false);
	m.form->tight = any && shorter == SPEC_TIGHT;
	m.form->number = fill_clean(arena, json_get_str(data, "number"));
	m.form->author = fill_clean(arena, json_get_str(data, "from"));
	m.form->at_unix_ms = json_get_int(data, "at", 0);
	m.form->pages = spec->pages;
	int error = blocks_put(&m, &fill, json_get(spec->root, "paper"));
	*ret_form = m.form;
	return error;
}
