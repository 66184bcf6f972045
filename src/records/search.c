/* SPDX-License-Identifier: Apache-2.0 */
#include "records/search.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "records/sql.h"
#include "records/txn_priv.h"

/* Full-width forms U+FF01..U+FF5E are ASCII 0x21..0x7E; U+3000 is a space. */
static uint32_t fold(uint32_t c)
{
	if (c >= 0xff01 && c <= 0xff5e) {
		c -= 0xff01 - 0x21;
	}
	if (c == 0x3000) {
		c = ' ';
	}
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

struct range {
	uint32_t first;
	uint32_t last;
};

static bool in_ranges(uint32_t c, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (c >= ranges[i].first && c <= ranges[i].last) {
			return true;
		}
	}
	return false;
}

static bool is_han(uint32_t c)
{
	static const struct range han[] = { { 0x3007, 0x3007 }, { 0x3400, 0x4dbf },
		{ 0x4e00, 0x9fff }, { 0xf900, 0xfaff }, { 0x20000, 0x323af } };
	return in_ranges(c, han, sizeof(han) / sizeof(han[0]));
}

static bool is_joint(uint32_t c)
{
	return c == '-' || c == '.' || c == '_' || c == ':' || c == '@' || c == '/';
}

/* Letters of other scripts count as letters; punctuation and signs do not. */
static bool is_word(uint32_t c)
{
	static const struct range ascii[] = { { '0', '9' }, { 'a', 'z' } };
	static const struct range signs[] = { { 0x80, 0xbf }, { 0xd7, 0xd7 }, { 0xf7, 0xf7 },
		{ 0x2000, 0x2bff }, { 0x3000, 0x303f }, { 0xfe10, 0xfe6f }, { 0xff00, 0xffef },
		{ 0xfffd, 0xfffd } };
	if (c < 0x80) {
		return in_ranges(c, ascii, sizeof(ascii) / sizeof(ascii[0]));
	}
	return !is_han(c) && !in_ranges(c, signs, sizeof(signs) / sizeof(signs[0]));
}

struct splitter {
	search_emit *emit;
	void *arg;
	bool for_query;
	bool ended;
	uint32_t han;    /* the Han character just before, or 0 */
	bool han_paired; /* it went out as part of a pair */
	struct buf word; /* the part under way */
	struct buf whole;
	unsigned parts;
	uint32_t joint; /* seen after the last part, not yet known to join */
};

static void send(struct splitter *s, struct slice token)
{
	if (!s->ended && token.n > 0) {
		size_t n =
			token.n < SEARCH_TOKEN_MAX_OCTETS ? token.n : SEARCH_TOKEN_MAX_OCTETS;
		while (n < token.n && n > 0 && (token.p[n] & 0xc0) == 0x80) {
			n--; /* never cut within a character */
		}
		s->ended = !s->emit(s->arg, slice_head(token, n));
	}
}

static void end_part(struct splitter *s)
{
	if (s->word.n > 0) {
		s->parts++;
		/* A query for a joined word wants the whole. */
		if (!s->for_query) {
			send(s, buf_slice(&s->word));
		}
		buf_clear(&s->word);
	}
}

static void end_whole(struct splitter *s)
{
	end_part(s);
	if (s->for_query || s->parts > 1) {
		send(s, buf_slice(&s->whole));
	}
	buf_clear(&s->whole);
	s->parts = 0;
	s->joint = 0;
}

static void end_han(struct splitter *s)
{
	if (s->han != 0 && s->for_query && !s->han_paired) {
		uint8_t room[8];
		struct buf one = { .p = room, .room = sizeof(room), .max = sizeof(room) - 1 };
		utf8_put(&one, s->han);
		send(s, buf_slice(&one));
	}
	s->han = 0;
	s->han_paired = false;
}

static void take_han(struct splitter *s, uint32_t c)
{
	uint8_t room[12];
	struct buf pair = { .p = room, .room = sizeof(room), .max = sizeof(room) - 1 };
	bool paired = s->han != 0;
	if (paired) {
		utf8_put(&pair, s->han);
		utf8_put(&pair, c);
		send(s, buf_slice(&pair));
		buf_clear(&pair);
	}
	if (!s->for_query) {
		utf8_put(&pair, c);
		send(s, buf_slice(&pair));
	}
	s->han = c;
	s->han_paired = paired;
}

static void take_word(struct splitter *s, uint32_t c)
{
	if (s->joint != 0) {
		utf8_put(&s->whole, s->joint);
		s->joint = 0;
	}
	if (s->word.n + 4 < s->word.max) {
		utf8_put(&s->word, c);
	}
	if (s->whole.n + 8 < s->whole.max) {
		utf8_put(&s->whole, c);
	}
}

void search_split(struct slice text, bool for_query, search_emit *emit, void *arg)
{
	struct splitter s = { .emit = emit, .arg = arg, .for_query = for_query };
	buf_init(&s.word, 256);
	buf_init(&s.whole, 256);
	while (text.n > 0 && !s.ended) {
		uint32_t c = 0;
		text = slice_skip(text, utf8_next(text, &c));
		c = fold(c);
		if (!is_han(c)) {
			end_han(&s);
		}
		if (is_word(c)) {
			take_word(&s, c);
		} else if (is_joint(c) && s.whole.n > 0 && s.joint == 0) {
			end_part(&s);
			s.joint = c;
		} else {
			end_whole(&s);
		}
		if (is_han(c)) {
			take_han(&s, c);
		}
	}
	end_han(&s);
	end_whole(&s);
	buf_fini(&s.word);
	buf_fini(&s.whole);
}

/* Tokens stored by one statement: a round trip each would be most of an import's time. */
enum { STORE_GROUP = 16 };

struct storing {
	struct txn *txn;
	const char *kind;
	int64_t id;
	int64_t tokens;
	int64_t error;
	struct {
		uint8_t octet[SEARCH_TOKEN_MAX_OCTETS + 4];
		size_t n;
	} held[STORE_GROUP];
	size_t count;
};

/* One text for each size of group, so that at most STORE_GROUP statements are prepared. */
static void group_sql(struct buf *sql, size_t count)
{
	buf_put_str(sql, "INSERT INTO search (token, kind, id) VALUES ");
	for (size_t i = 0; i < count; i++) {
		buf_printf(sql, "%s($%zu, $1, $2)", i > 0 ? ", " : "", i + 3);
	}
	buf_put_str(sql, " ON CONFLICT (token, kind, id) DO NOTHING");
}

static void group_store(struct storing *storing)
{
	struct sql_arg args[STORE_GROUP + 2] = { SQL_STR(storing->kind), SQL_INT(storing->id) };
	AUTO_BUF struct buf sql;
	buf_init(&sql, 1024);
	for (size_t i = 0; i < storing->count; i++) {
		args[i + 2] = SQL_TEXT(slice_of(storing->held[i].octet, storing->held[i].n));
	}
	group_sql(&sql, storing->count);
	int64_t rows = storing->count == 0 ? 0
					   : sql_run_args(storing->txn->db, (const char *)sql.p,
						     args, storing->count + 2);
	storing->error = rows < 0 ? rows : 0;
	storing->tokens += rows < 0 ? 0 : rows;
	storing->count = 0;
}

static bool store(void *arg, struct slice token)
{
	struct storing *storing = arg;
	memcpy(storing->held[storing->count].octet, token.p, token.n);
	storing->held[storing->count++].n = token.n;
	if (storing->count == STORE_GROUP ||
		storing->tokens + (int64_t)storing->count >= SEARCH_TOKENS_MAX) {
		group_store(storing);
	}
	return storing->error == 0 && storing->tokens < SEARCH_TOKENS_MAX;
}

int64_t search_put(struct txn *txn, const char *kind, int64_t id, struct slice text)
{
	int error = search_drop(txn, kind, id);
	if (error < 0) {
		return error;
	}
	struct storing storing = { .txn = txn, .kind = kind, .id = id };
	search_split(text, false, store, &storing);
	if (storing.error == 0) {
		group_store(&storing);
	}
	return storing.error < 0 ? storing.error : storing.tokens;
}

int search_drop(struct txn *txn, const char *kind, int64_t id)
{
	int64_t rows = sql_run(txn->db, "DELETE FROM search WHERE kind = $1 AND id = $2",
		SQL_STR(kind), SQL_INT(id));
	return rows < 0 ? (int)rows : 0;
}

struct terms {
	size_t count;
	struct {
		uint8_t octet[SEARCH_TOKEN_MAX_OCTETS + 4];
		size_t n;
	} term[SEARCH_TERMS_MAX + 1];
};

static bool collect(void *arg, struct slice token)
{
	struct terms *terms = arg;
	memcpy(terms->term[terms->count].octet, token.p, token.n);
	terms->term[terms->count].n = token.n;
	terms->count++;
	return terms->count < SEARCH_TERMS_MAX;
}

/* $1 kind, $2 limit, $3… the terms; the last may be the end of a range instead. */
static void put_sql(struct buf *sql, size_t terms, bool prefix)
{
	buf_put_str(sql, "SELECT id FROM (");
	for (size_t i = 0; i < terms; i++) {
		buf_printf(sql, "%sSELECT id FROM search WHERE kind = $1 AND token ",
			i > 0 ? " INTERSECT " : "");
		if (prefix && i + 1 == terms) {
			buf_printf(sql, ">= $%zu AND token < $%zu", i + 3, i + 4);
		} else {
			buf_printf(sql, "= $%zu", i + 3);
		}
	}
	buf_put_str(sql, ") AS hit GROUP BY id ORDER BY id DESC LIMIT $2");
}

int search_find(
	struct db *db, const char *kind, struct slice query, int64_t *ret_ids, size_t count_max)
{
	struct terms terms = { 0 };
	search_split(query, true, collect, &terms);
	if (terms.count == 0) {
		return E_INPUT;
	}
	struct slice last =
		slice_of(terms.term[terms.count - 1].octet, terms.term[terms.count - 1].n);
	bool prefix = last.p[0] < 0x80 && last.n > 1;
	AUTO_BUF struct buf sql;
	buf_init(&sql, 4096);
	put_sql(&sql, terms.count, prefix);
	AUTO_STMT struct stmt *q = NULL;
	int row = db_prepare(db, (const char *)sql.p, &q);
	if (row < 0) {
		return row;
	}
	size_t max = count_max < SEARCH_HITS_MAX ? count_max : SEARCH_HITS_MAX;
	db_bind_text(q, 1, slice_str(kind));
	db_bind_int64(q, 2, (int64_t)max);
	for (size_t i = 0; i < terms.count; i++) {
		db_bind_text(
			q, (unsigned)i + 3, slice_of(terms.term[i].octet, terms.term[i].n));
	}
	uint8_t end[SEARCH_TOKEN_MAX_OCTETS + 4];
	if (prefix) {
		/* The last character of Unicode ends the range. */
		memcpy(end, last.p, last.n);
		memcpy(end + last.n, "\xf4\x8f\xbf\xbf", 4);
		db_bind_text(q, (unsigned)terms.count + 3, slice_of(end, last.n + 4));
	}
	int count = 0;
	for (row = db_step(q); row == 1; row = db_step(q)) {
		ret_ids[count++] = db_col_int64(q, 0);
	}
	return row < 0 ? row : count;
}
