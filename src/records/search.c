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
	uint32_t han;     /* the Han character just before, or 0 */
	bool han_paired;  /* it went out as part of a pair */
	struct buf whole; /* the word under way, with what joins its parts */
	uint32_t joint;   /* seen after the last part, not yet known to join */
};

static void send(struct splitter *s, struct slice token, bool open)
{
	if (!s->ended && token.n > 0) {
		size_t n =
			token.n < SEARCH_TOKEN_MAX_OCTETS ? token.n : SEARCH_TOKEN_MAX_OCTETS;
		while (n < token.n && n > 0 && (token.p[n] & 0xc0) == 0x80) {
			n--; /* never cut within a character */
		}
		s->ended = !s->emit(s->arg, slice_head(token, n), open);
	}
}

/*
 * What is stored of a word is each of its ends, so that any stretch of it is
 * the beginning of one: 5678 finds 13812345678, as a look at the text would.
 */
static void end_whole(struct splitter *s, bool open)
{
	struct slice whole = buf_slice(&s->whole);
	if (s->for_query) {
		send(s, whole, open);
	}
	uint32_t c = 0;
	for (unsigned n = 0; !s->for_query && whole.n > 0; whole = slice_skip(whole, n)) {
		n = utf8_next(whole, &c);
		if (!is_joint(c)) {
			send(s, whole, false);
		}
	}
	buf_clear(&s->whole);
	s->joint = 0;
}

static void end_han(struct splitter *s)
{
	if (s->han != 0 && s->for_query && !s->han_paired) {
		uint8_t room[8];
		struct buf one = { .p = room, .room = sizeof(room), .max = sizeof(room) - 1 };
		utf8_put(&one, s->han);
		send(s, buf_slice(&one), false);
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
		send(s, buf_slice(&pair), false);
		buf_clear(&pair);
	}
	if (!s->for_query) {
		utf8_put(&pair, c);
		send(s, buf_slice(&pair), false);
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
	if (s->whole.n + 8 < s->whole.max) {
		utf8_put(&s->whole, c);
	}
}

void search_split(struct slice text, bool for_query, search_emit *emit, void *arg)
{
	struct splitter s = { .emit = emit, .arg = arg, .for_query = for_query };
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
			s.joint = c;
		} else {
			end_whole(&s, !is_han(c));
		}
		if (is_han(c)) {
			take_han(&s, c);
		}
	}
	end_han(&s);
	end_whole(&s, true);
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

static bool store(void *arg, struct slice token, bool open)
{
	(void)open;
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

/* ---- finding */

/* Beyond so many records a word tells little: it is only asked of those that others gave. */
enum { RARE = 4000, ARGS_MAX = 3 + 2 * SEARCH_TERMS_MAX };

struct term {
	uint8_t octet[SEARCH_TOKEN_MAX_OCTETS + 4];
	uint8_t end[SEARCH_TOKEN_MAX_OCTETS + 8]; /* of an open one's range */
	size_t n;
	bool open;      /* the beginning of a token will do */
	unsigned first; /* its argument; an open one has two */
	int64_t count;  /* of tokens, at most RARE */
};

struct terms {
	size_t count;
	struct term term[SEARCH_TERMS_MAX];
	struct sql_arg args[ARGS_MAX];
	unsigned arg_count;
};

static bool collect(void *arg, struct slice token, bool open)
{
	struct terms *terms = arg;
	struct term *term = &terms->term[terms->count++];
	memcpy(term->octet, token.p, token.n);
	term->n = token.n;
	term->open = open;
	return terms->count < SEARCH_TERMS_MAX;
}

static void args_number(struct terms *terms, unsigned first)
{
	terms->arg_count = first - 1;
	for (size_t i = 0; i < terms->count; i++) {
		struct term *term = &terms->term[i];
		term->first = terms->arg_count + 1;
		terms->args[terms->arg_count++] = SQL_TEXT(slice_of(term->octet, term->n));
		if (term->open) {
			/* The last character of Unicode ends the range. */
			memcpy(term->end, term->octet, term->n);
			memcpy(term->end + term->n, "\xf4\x8f\xbf\xbf", 4);
			terms->args[terms->arg_count++] =
				SQL_TEXT(slice_of(term->end, term->n + 4));
		}
	}
}

static void put_term(
	struct buf *sql, const char *table, const struct term *term, unsigned first)
{
	if (term->open) {
		buf_printf(sql, "%s.token >= $%u AND %s.token < $%u", table, first, table,
			first + 1);
	} else {
		buf_printf(sql, "%s.token = $%u", table, first);
	}
}

static int term_count(struct db *db, const struct terms *terms, struct term *term)
{
	AUTO_BUF struct buf sql;
	struct sql_arg args[3] = { terms->args[0] };
	buf_init(&sql, 512);
	buf_put_str(
		&sql, "SELECT count(*) FROM (SELECT 1 FROM search s WHERE s.kind = $1 AND ");
	put_term(&sql, "s", term, 2);
	buf_printf(&sql, " LIMIT %d) AS few", RARE);
	args[1] = terms->args[term->first - 1];
	args[2] = terms->args[term->first];
	int found =
		sql_int_args(db, (const char *)sql.p, &term->count, args, term->open ? 3 : 2);
	return found < 0 ? found : 0;
}

static int rarest_find(struct db *db, struct terms *terms, size_t *ret_rarest)
{
	*ret_rarest = 0;
	for (size_t i = 0; i < terms->count; i++) {
		int error = term_count(db, terms, &terms->term[i]);
		if (error < 0) {
			return error;
		}
		if (terms->term[i].count < terms->term[*ret_rarest].count) {
			*ret_rarest = i;
		}
	}
	return 0;
}

/* Every term but one, each of the record whose id stands there. */
static void put_others(struct buf *sql, const struct terms *terms, size_t but, const char *id)
{
	for (size_t i = 0; i < terms->count; i++) {
		if (i != but) {
			buf_printf(sql,
				" AND EXISTS (SELECT 1 FROM search o WHERE o.kind = $1 AND o.id = %s AND ",
				id);
			put_term(sql, "o", &terms->term[i], terms->term[i].first);
			buf_put_str(sql, ")");
		}
	}
}

/*
 * The records of the rarest term, each asked for the others; or, where no term
 * is rare, the newest records, most of which have them.
 */
static void put_sql(
	struct buf *sql, const struct terms *terms, size_t rarest, const char *among)
{
	const struct term *term = &terms->term[rarest];
	if (among != NULL && term->count >= RARE) {
		buf_printf(sql, "SELECT r.id FROM %s", among);
		put_others(sql, terms, SIZE_MAX, "r.id");
		buf_put_str(sql, " ORDER BY r.id DESC LIMIT $2");
		return;
	}
	buf_put_str(sql, "SELECT s.id FROM search s WHERE s.kind = $1 AND ");
	put_term(sql, "s", term, term->first);
	put_others(sql, terms, rarest, "s.id");
	if (among != NULL) {
		buf_printf(sql, " AND EXISTS (SELECT 1 FROM %s AND r.id = s.id)", among);
	}
	buf_printf(sql, "%s ORDER BY s.id DESC LIMIT $2", term->open ? " GROUP BY s.id" : "");
}

int search_find_among(struct db *db, const struct search_want *want, int64_t *ret_ids)
{
	struct terms terms = { 0 };
	size_t rarest = 0;
	search_split(want->query, true, collect, &terms);
	if (terms.count == 0) {
		return E_INPUT;
	}
	size_t max = want->count_max < SEARCH_HITS_MAX ? want->count_max : SEARCH_HITS_MAX;
	args_number(&terms, want->among != NULL ? 4 : 3);
	terms.args[0] = SQL_STR(want->kind);
	terms.args[1] = SQL_INT((int64_t)max);
	if (want->among != NULL) {
		terms.args[2] = SQL_INT(want->unit_id);
	}
	int row = rarest_find(db, &terms, &rarest);
	AUTO_BUF struct buf sql;
	AUTO_STMT struct stmt *q = NULL;
	buf_init(&sql, 8192);
	put_sql(&sql, &terms, rarest, want->among);
	row = row < 0 ? row
		      : sql_query_args(
				db, (const char *)sql.p, &q, terms.args, terms.arg_count);
	int count = 0;
	while (row >= 0 && (row = db_step(q)) == 1) {
		ret_ids[count++] = db_col_int64(q, 0);
	}
	return row < 0 ? row : count;
}

int search_find(
	struct db *db, const char *kind, struct slice query, int64_t *ret_ids, size_t count_max)
{
	struct search_want want = { .kind = kind, .query = query, .count_max = count_max };
	return search_find_among(db, &want, ret_ids);
}
