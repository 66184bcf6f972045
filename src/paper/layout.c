/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/layout.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "paper/clean.h"

/* W3C clreq table 3.1.3: marks by their place at a line's edge. */
static const char never_first[] = "，。、；：？！）》〉」』】〕］｝”’～·％‰℃,.;:?!)]}%";
static const char never_last[] = "（《〈「『【〔［｛“‘([{";
/* What Word hangs in the margin; brackets and quotes look wrong there. */
static const char may_hang[] = "，。、；：";

enum token_kind { TOKEN_CELL, TOKEN_RUN, TOKEN_SPACE, TOKEN_BREAK };

struct piece {
	struct slice text;
	int32_t width;
	uint32_t point; /* first code point */
	enum token_kind kind;
};

enum { SPACE_WIDTH = 300, SPREAD_MAX = 90 };

static bool listed(const char *list, struct slice text)
{
	struct slice left = slice_str(list);
	while (left.n > 0) {
		uint32_t point = 0;
		unsigned n = utf8_next(left, &point);
		if (slice_eq(slice_head(left, n), text)) {
			return true;
		}
		left = slice_skip(left, n);
	}
	return false;
}

/* Letters of proportional width; the general punctuation Chinese writes full-width is not. */
static bool is_narrow(uint32_t point)
{
	return point > ' ' && point < 0x2000 && point != 0xb7 /* · */;
}

/* What every Chinese font draws one cell wide; anything else is measured. */
static bool is_square(uint32_t point)
{
	return (point >= 0x2e80 && point <= 0x9fff) || (point >= 0xf900 && point <= 0xfaff) ||
	       (point >= 0xfe30 && point <= 0xfe4f) || (point >= 0xff01 && point <= 0xff5e) ||
	       (point >= 0x2010 && point <= 0x2027) || point == 0xb7;
}

/* Marks that stand on a character are of it. */
static size_t marks_after(struct slice text, size_t n)
{
	uint32_t next = 0;
	for (unsigned more = 1; more > 0; n += more) {
		more = utf8_next(slice_skip(text, n), &next);
		more = more > 0 && clean_combines(next) ? more : 0;
	}
	return n;
}

/* Dashes and dots that come in pairs are one sign. */
static bool pairs(uint32_t point)
{
	return point == 0x2014 || point == 0x2026;
}

static struct piece piece_next(struct slice text, const struct layout_paragraph *paragraph)
{
	struct piece piece = { .kind = TOKEN_CELL, .width = LAYOUT_CELL };
	size_t n = utf8_next(text, &piece.point);
	uint32_t next = 0;
	if (piece.point == '\n') {
		piece.kind = TOKEN_BREAK;
		piece.width = 0;
	} else if (piece.point <= ' ') {
		piece.kind = TOKEN_SPACE;
		piece.width = SPACE_WIDTH;
	} else if (is_narrow(piece.point)) {
		piece.kind = TOKEN_RUN;
		for (unsigned more = 1; more > 0; n += more) {
			more = utf8_next(slice_skip(text, n), &next);
			more = is_narrow(next) ? more : 0;
		}
		piece.width = paragraph->measure(paragraph->ctx, slice_head(text, n));
	} else if (pairs(piece.point)) {
		unsigned more = utf8_next(slice_skip(text, n), &next);
		n += next == piece.point ? more : 0;
		piece.width += next == piece.point && more > 0 ? LAYOUT_CELL : 0;
	} else {
		n = marks_after(text, n);
		int32_t width = is_square(piece.point) ? LAYOUT_CELL
						       : paragraph->measure(paragraph->ctx,
								 slice_head(text, n));
		width = width < paragraph->width ? width : paragraph->width;
		piece.width = width > LAYOUT_CELL ? width : LAYOUT_CELL;
	}
	piece.text = slice_head(text, n);
	return piece;
}

/* Cut a run that no line can hold: as many characters as fit. */
static struct piece run_cut(
	const struct piece *run, int32_t room, const struct layout_paragraph *paragraph)
{
	struct piece out = *run;
	size_t n = 0;
	int32_t width = 0;
	while (n < run->text.n) {
		uint32_t point = 0;
		size_t next = n + utf8_next(slice_skip(run->text, n), &point);
		int32_t wider = paragraph->measure(paragraph->ctx, slice_head(run->text, next));
		if (wider > room && n > 0) {
			break;
		}
		n = next;
		width = wider;
	}
	out.text = slice_head(run->text, n);
	out.width = width;
	return out;
}

struct breaker {
	const struct layout_paragraph *paragraph;
	struct arena *arena;
	struct piece *pieces;
	size_t count;
	struct layout_token *tokens;
	size_t token_count;
	struct layout_line *lines;
	size_t line_count;
};

/* Every piece of the text; runs longer than a line are cut here so that each piece fits one. */
static int pieces_take(struct breaker *b)
{
	struct slice left = b->paragraph->text;
	size_t room = left.n < LAYOUT_TOKENS_MAX ? left.n : LAYOUT_TOKENS_MAX;
	b->pieces = arena_try(b->arena, room + 1, sizeof(*b->pieces));
	b->tokens = arena_try(b->arena, room + 1, sizeof(*b->tokens));
	b->lines = arena_try(b->arena, room + 1, sizeof(*b->lines));
	if (b->pieces == NULL || b->tokens == NULL || b->lines == NULL) {
		return E_LIMIT;
	}
	while (left.n > 0) {
		struct piece piece = piece_next(left, b->paragraph);
		int32_t whole = b->paragraph->width - b->paragraph->first_indent;
		if (piece.kind == TOKEN_RUN && piece.width > whole) {
			piece = run_cut(&piece, whole, b->paragraph);
		}
		if (b->count == room) {
			return E_LIMIT;
		}
		b->pieces[b->count++] = piece;
		left = slice_skip(left, piece.text.n);
	}
	return 0;
}

/* The first piece that does not fit after the one at start. */
static size_t fill(const struct breaker *b, size_t start, int32_t room)
{
	size_t end = start;
	int32_t used = 0;
	while (end < b->count && b->pieces[end].kind != TOKEN_BREAK) {
		used += b->pieces[end].width;
		if (used > room && end > start && b->pieces[end].kind != TOKEN_SPACE) {
			break;
		}
		end++;
	}
	return end;
}

static bool hangs(const struct breaker *b, size_t end)
{
	bool closes = end < b->count && b->pieces[end].kind == TOKEN_CELL &&
		      listed(may_hang, b->pieces[end].text);
	bool more = end + 1 < b->count && listed(never_first, b->pieces[end + 1].text);
	bool after_space = end > 0 && b->pieces[end - 1].kind == TOKEN_SPACE;
	return closes && !more && !after_space;
}

static bool may_break(const struct breaker *b, size_t end)
{
	struct slice next = b->pieces[end].text;
	/* A run keeps its own first sign: "(a)" starts a line, "）" does not. */
	bool first_bad = b->pieces[end].kind != TOKEN_SPACE && listed(never_first, next);
	bool last_bad = listed(never_last, b->pieces[end - 1].text);
	bool glued = b->pieces[end - 1].kind == TOKEN_RUN && b->pieces[end].kind == TOKEN_RUN &&
		     b->pieces[end - 1].width < 4 * LAYOUT_CELL;
	return !first_bad && !last_bad && !glued;
}

/* Where the line that starts here ends. */
static size_t line_end(const struct breaker *b, size_t start, int32_t room)
{
	size_t full = fill(b, start, room);
	if (full == b->count || b->pieces[full].kind == TOKEN_BREAK) {
		return full;
	}
	if (hangs(b, full)) {
		return full + 1;
	}
	size_t end = full;
	while (end > start + 1 && !may_break(b, end)) {
		end--;
	}
	return end > start + 1 || may_break(b, end) ? end : full;
}

/* Spread what a line lacks over the gaps between its tokens, so that both edges are straight. */
static void spread(struct layout_token *tokens, size_t count, int32_t lack)
{
	for (size_t i = 1; i < count; i++) {
		tokens[i].at += (int32_t)((int64_t)lack * (int64_t)i / (int64_t)(count - 1));
	}
}

static void line_put(struct breaker *b, size_t start, size_t end, int32_t indent, bool last)
{
	struct layout_token *tokens = b->tokens + b->token_count;
	struct layout_line *line = &b->lines[b->line_count++];
	int32_t at = indent;
	while (end > start && b->pieces[end - 1].kind == TOKEN_SPACE) {
		end--;
	}
	for (size_t i = start; i < end; i++) {
		const struct piece *piece = &b->pieces[i];
		if (piece->kind != TOKEN_SPACE) {
			tokens[line->count++] =
				(struct layout_token) { piece->text, at, piece->width };
			line->width = at + piece->width;
		}
		at += piece->width;
	}
	line->tokens = tokens;
	b->token_count += line->count;
	int32_t lack = b->paragraph->width - line->width;
	/* A line that lacks more was ended by a long address: wide gaps look worse than a ragged edge. */
	if (!last && lack > 0 && line->count > 1 &&
		lack <= SPREAD_MAX * (int32_t)(line->count - 1)) {
		spread(tokens, line->count, lack);
		line->width = b->paragraph->width;
	}
}

int layout_break(const struct layout_paragraph *paragraph, struct arena *arena,
	struct layout_line **ret_lines)
{
	struct breaker b = { .paragraph = paragraph, .arena = arena };
	if (paragraph->width - paragraph->first_indent < 2 * LAYOUT_CELL ||
		paragraph->first_indent < 0) {
		return E_RANGE;
	}
	if (!utf8_valid(paragraph->text)) {
		return E_UTF8;
	}
	int error = pieces_take(&b);
	if (error < 0) {
		return error;
	}
	int32_t indent = paragraph->first_indent;
	for (size_t start = 0; start < b.count || b.line_count == 0; indent = 0) {
		size_t end = line_end(&b, start, paragraph->width - indent);
		bool broken = end < b.count && b.pieces[end].kind == TOKEN_BREAK;
		line_put(&b, start, end, indent, end == b.count || broken);
		start = broken ? end + 1 : end;
		while (start < b.count && b.pieces[start].kind == TOKEN_SPACE) {
			start++; /* a line does not start with a space */
		}
	}
	*ret_lines = b.lines;
	return (int)b.line_count;
}

int layout_pages(const struct layout_block *blocks, size_t count, int32_t page_height,
	struct layout_place *ret_places)
{
	uint32_t page = 0;
	size_t first = 0; /* of this page */
	int32_t at = 0;
	if (count > LAYOUT_BLOCKS_MAX) {
		return E_LIMIT;
	}
	for (size_t i = 0; i < count; i++) {
		if (blocks[i].height < 0 || blocks[i].height > page_height) {
			return E_RANGE;
		}
		if (at + blocks[i].height > page_height) {
			size_t from = i;
			while (from > first && blocks[from - 1].keep_next) {
				from--;
			}
			from = from == first ? i : from;
			if (++page >= LAYOUT_PAGES_MAX) {
				return E_LIMIT;
			}
			first = from;
			i = from;
			at = 0;
		}
		bool headed = at == 0 && page > 0 && blocks[i].head > 0 &&
			      blocks[i].head + blocks[i].height <= page_height;
		at += headed ? blocks[i].head : 0;
		ret_places[i] = (struct layout_place) { page, at, headed };
		at += blocks[i].height;
	}
	return (int)page + 1;
}
