/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/logfields.h"

#include "proto/logfields_priv.h"

enum { IP_MAX = 45, HOST_MAX = 253, WORD_MAX = 1024 };

struct match {
	const struct rule *rule;
	struct slice msg;
	unsigned steps;
	size_t from[LOGFIELDS_PARTS_MAX]; /* where the text of part i begins and ends */
	size_t to[LOGFIELDS_PARTS_MAX];
};

static bool digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool hex(uint8_t c)
{
	return digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* One number of 0 to 255 off the front.  Returns: digits, or 0. */
static size_t octet_length(struct slice s)
{
	unsigned value = 0;
	size_t n = 0;
	while (n < s.n && n < 3 && digit(s.p[n])) {
		value = value * 10 + (unsigned)(s.p[n++] - '0');
	}
	return value <= 255 ? n : 0;
}

static size_t v4_length(struct slice s)
{
	size_t n = 0;
	for (int group = 0; group < 4; group++) {
		if (group > 0 && (n >= s.n || s.p[n++] != '.')) {
			return 0;
		}
		size_t digits = octet_length(slice_skip(s, n));
		if (digits == 0) {
			return 0;
		}
		n += digits;
	}
	return n < s.n && hex(s.p[n]) ? 0 : n;
}

#define MAPPED "::ffff:"

static bool v6_octet(uint8_t c)
{
	return hex(c) || c == ':' || c == '.';
}

/* Loose: two colons or more among hexadecimal digits and dots. */
static size_t v6_length(struct slice s)
{
	size_t n = 0;
	size_t colons = 0;
	while (n < s.n && n < IP_MAX && v6_octet(s.p[n])) {
		colons += s.p[n] == ':';
		n++;
	}
	/* A dot or one colon behind it belongs to the sentence. */
	while (n > 1 && (s.p[n - 1] == '.' || (s.p[n - 1] == ':' && s.p[n - 2] != ':'))) {
		colons -= s.p[n - 1] == ':';
		n--;
	}
	return colons >= 2 ? n : 0;
}

static size_t ip_length(struct slice s)
{
	/* First of all, or "::ffff:192.0.2.1:22" would take the port along. */
	size_t mapped = slice_starts(s, SLICE(MAPPED)) ? sizeof(MAPPED) - 1 : 0;
	size_t v4 = v4_length(slice_skip(s, mapped));
	return v4 > 0 ? mapped + v4 : v6_length(s);
}

static bool name_octet(uint8_t c)
{
	return digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '.' ||
	       c == '_';
}

static size_t run_length(struct slice s, enum part_kind kind)
{
	size_t n = 0;
	switch (kind) {
	case PART_IP:
		return ip_length(s);
	case PART_NUM:
		while (n < s.n && n < 20 && digit(s.p[n])) {
			n++;
		}
		return n;
	case PART_HOST:
		n = ip_length(s);
		while (n < s.n && n < HOST_MAX && name_octet(s.p[n])) {
			n++;
		}
		return n;
	case PART_LITERAL:
	case PART_OPTIONAL:
	case PART_ANY:
	case PART_TEXT:
	case PART_MOST:
	case PART_WORD:
	case PART_END:
	default:
		while (n < s.n && n < WORD_MAX && s.p[n] > ' ') {
			n++;
		}
		return n;
	}
}

static bool match_from(struct match *m, size_t part, size_t at);

/* Shortest first; the next part says where it ends. */
static bool match_lazy(struct match *m, size_t part, size_t at, size_t least, size_t most)
{
	m->from[part] = at;
	for (size_t n = least; n <= most; n++) {
		m->to[part] = at + n;
		if (match_from(m, part + 1, at + n)) {
			return true;
		}
		if (m->steps == 0) {
			return false;
		}
	}
	return false;
}

/* Longest first: for what a sender chose himself, before words the program wrote. */
static bool match_greedy(struct match *m, size_t part, size_t at, size_t most)
{
	m->from[part] = at;
	for (size_t n = most + 1; n > 0 && m->steps > 0; n--) {
		m->to[part] = at + n - 1;
		if (match_from(m, part + 1, at + n - 1)) {
			return true;
		}
	}
	return false;
}

static bool match_run(struct match *m, size_t part, size_t at)
{
	enum part_kind kind = m->rule->part[part].kind;
	size_t n = run_length(slice_skip(m->msg, at), kind);
	m->from[part] = at;
	m->to[part] = at + n;
	if (n == 0) {
		return false;
	}
	bool shortest = kind == PART_WORD && part + 1 < m->rule->part_count;
	return shortest ? match_lazy(m, part, at, 1, n) : match_from(m, part + 1, at + n);
}

static bool match_from(struct match *m, size_t part, size_t at)
{
	if (m->steps == 0) {
		return false;
	}
	m->steps--;
	if (part == m->rule->part_count) {
		return true;
	}
	const struct part *p = &m->rule->part[part];
	struct slice rest = slice_skip(m->msg, at);
	switch (p->kind) {
	case PART_LITERAL:
		return slice_starts(rest, p->text) && match_from(m, part + 1, at + p->text.n);
	case PART_OPTIONAL:
		return (slice_starts(rest, p->text) &&
			       match_from(m, part + 1, at + p->text.n)) ||
		       match_from(m, part + 1, at);
	case PART_ANY:
		return match_lazy(m, part, at, 0, rest.n);
	case PART_TEXT:
		/* At the end of a pattern a text is all that is left. */
		return part + 1 == m->rule->part_count ? match_lazy(m, part, at, rest.n, rest.n)
						       : match_lazy(m, part, at, 0, rest.n);
	case PART_MOST:
		return match_greedy(m, part, at, rest.n);
	case PART_END:
		return rest.n == 0 && match_from(m, part + 1, at);
	case PART_WORD:
	case PART_NUM:
	case PART_IP:
	case PART_HOST:
	default:
		return match_run(m, part, at);
	}
}

static bool app_fits(const struct rule *rule, struct slice app)
{
	for (size_t i = 0; i < rule->app_count; i++) {
		struct slice want = rule->apps[i];
		bool prefix = want.n > 0 && want.p[want.n - 1] == '*';
		if (prefix ? slice_starts(app, slice_head(want, want.n - 1))
			   : slice_eq_nocase(app, want)) {
			return true;
		}
	}
	return rule->app_count == 0;
}

/* Begins at every place where the pattern's first part can begin. */
static bool match_rule(struct match *m)
{
	if (slice_find(m->msg, m->rule->needle) == SIZE_MAX) {
		return false;
	}
	const struct part *first = &m->rule->part[0];
	if (first->kind != PART_LITERAL) {
		return match_from(m, 0, 0);
	}
	size_t at = 0;
	for (;;) {
		size_t found = slice_find(slice_skip(m->msg, at), first->text);
		if (found == SIZE_MAX || m->steps == 0) {
			return false;
		}
		at += found;
		if (match_from(m, 0, at)) {
			return true;
		}
		at++;
	}
}

static void put(struct logfields_answer *answer, struct slice name, struct slice value)
{
	for (size_t i = 0; i < answer->count; i++) {
		if (slice_eq(answer->field[i].name, name)) {
			answer->field[i].value = value;
			return;
		}
	}
	if (value.n > 0 && answer->count < LOGFIELDS_FIELDS_MAX) {
		answer->field[answer->count++] = (struct logfields_field) { name, value };
	}
}

/* An IPv4 address is shown as one, however the program's socket named it. */
static struct slice value_of(const struct match *m, size_t i)
{
	struct slice value =
		slice_trim(slice_head(slice_skip(m->msg, m->from[i]), m->to[i] - m->from[i]));
	bool address = m->rule->part[i].kind == PART_IP || m->rule->part[i].kind == PART_HOST;
	bool mapped = address && slice_starts(value, SLICE(MAPPED));
	struct slice inner = slice_skip(value, sizeof(MAPPED) - 1);
	return mapped && v4_length(inner) == inner.n ? inner : value;
}

static void answer_of(const struct match *m, struct logfields_answer *ret_answer)
{
	struct logfields_answer answer = { .rule = m->rule->name, .vendor = m->rule->vendor };
	for (size_t i = 0; i < m->rule->part_count; i++) {
		const struct part *part = &m->rule->part[i];
		if (part->kind >= PART_TEXT && part->kind <= PART_HOST && part->text.n > 0) {
			put(&answer, part->text, value_of(m, i));
		}
	}
	for (size_t i = 0; i < m->rule->set_count; i++) {
		put(&answer, m->rule->set[i].name, m->rule->set[i].value);
	}
	*ret_answer = answer;
}

int logfields_match(const struct logfields *packs, struct slice app, struct slice msg,
	struct logfields_answer *ret_answer)
{
	for (size_t i = 0; i < packs->count; i++) {
		const struct rule *rule = packs->rules[i];
		struct match m = { .rule = rule, .msg = msg, .steps = LOGFIELDS_STEPS_MAX };
		if (app_fits(rule, app) && match_rule(&m)) {
			answer_of(&m, ret_answer);
			return 1;
		}
	}
	return 0;
}
