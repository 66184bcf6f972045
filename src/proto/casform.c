/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/casform.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/num.h"

struct input {
	struct slice name;
	struct slice value;
	struct slice type;
	struct slice id;
};

static bool blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '/' || c == '\f';
}

static struct slice skip_blank(struct slice text)
{
	size_t n = 0;
	while (n < text.n && blank(text.p[n])) {
		n++;
	}
	return slice_skip(text, n);
}

static size_t word_end(struct slice text, bool in_name)
{
	size_t n = 0;
	while (n < text.n && !(blank(text.p[n]) && text.p[n] != '/') && text.p[n] != '>' &&
		!(in_name && (text.p[n] == '=' || text.p[n] == '/'))) {
		n++;
	}
	return n;
}

/* The value behind "=", quoted or not. */
static struct slice take_value(struct slice *text)
{
	*text = skip_blank(slice_skip(*text, 1));
	bool quoted = text->n > 0 && (text->p[0] == '"' || text->p[0] == '\'');
	if (!quoted) {
		struct slice value = slice_head(*text, word_end(*text, false));
		*text = slice_skip(*text, value.n);
		return value;
	}
	struct slice value;
	struct slice rest = { 0 };
	(void)slice_cut(slice_skip(*text, 1), text->p[0], &value, &rest);
	*text = rest;
	return value;
}

/* The attributes of one tag; returns what follows it. */
static struct slice take_input(struct slice text, struct input *ret_input)
{
	*ret_input = (struct input) { 0 };
	while ((text = skip_blank(text)).n > 0 && text.p[0] != '>') {
		size_t n = word_end(text, true);
		struct slice name = slice_head(text, n);
		struct slice value = { 0 };
		/* An octet that is no name would never be passed otherwise. */
		text = skip_blank(slice_skip(text, n > 0 ? n : 1));
		if (text.n > 0 && text.p[0] == '=') {
			value = take_value(&text);
		}
		if (slice_eq_nocase(name, SLICE("name"))) {
			ret_input->name = value;
		} else if (slice_eq_nocase(name, SLICE("value"))) {
			ret_input->value = value;
		} else if (slice_eq_nocase(name, SLICE("type"))) {
			ret_input->type = value;
		} else if (slice_eq_nocase(name, SLICE("id"))) {
			ret_input->id = value;
		}
	}
	return text;
}

static void keep(struct casform *form, const struct input *input)
{
	form->has_user = form->has_user || slice_is(input->name, "username");
	form->has_password = form->has_password || slice_is(input->name, "password") ||
			     slice_eq_nocase(input->type, SLICE("password"));
	/* So the portals of several vendors call what their script encrypts with. */
	form->has_salt = form->has_salt || slice_is(input->id, "pwdEncryptSalt") ||
			 slice_is(input->id, "pwdDefaultEncryptSalt");
	if (slice_is(input->name, "execution")) {
		form->execution = input->value;
	} else if (slice_is(input->name, "lt")) {
		form->ticket = input->value;
	}
}

struct casform casform_find(struct slice page)
{
	struct casform form = { 0 };
	while (page.n > 0 && form.inputs < CASFORM_INPUTS_MAX) {
		struct slice before;
		struct slice tag;
		if (!slice_cut(page, '<', &before, &tag)) {
			break;
		}
		page = tag;
		bool is_input = tag.n > 5 &&
				slice_eq_nocase(slice_head(tag, 5), SLICE("input")) &&
				blank(tag.p[5]);
		if (is_input) {
			struct input input;
			page = take_input(slice_skip(tag, 5), &input);
			form.inputs++;
			keep(&form, &input);
		}
	}
	return form;
}

static void put_octet(struct buf *buf, uint8_t c)
{
	bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		     (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
	if (plain) {
		buf_put_byte(buf, c);
	} else {
		buf_printf(buf, "%%%02X", c);
	}
}

void casform_put_text(struct buf *buf, struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		put_octet(buf, text.p[i]);
	}
}

static int hex_of(struct slice text, uint64_t max, uint64_t *ret_number)
{
	uint64_t number = 0;
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i] | 0x20;
		bool digit = c >= '0' && c <= '9';
		if (!digit && (c < 'a' || c > 'f')) {
			return E_FORMAT;
		}
		number = number << 4 | (unsigned)(digit ? c - '0' : c - 'a' + 10);
	}
	*ret_number = number;
	return text.n > 0 && number <= max ? 0 : E_FORMAT;
}

/* Tokens are ASCII: an entity beyond it stays as it stands. */
static bool entity_of(struct slice text, uint8_t *ret_octet, size_t *ret_length)
{
	static const struct {
		const char *name;
		uint8_t octet;
	} names[] = { { "amp", '&' }, { "quot", '"' }, { "lt", '<' }, { "gt", '>' },
		{ "apos", '\'' } };
	enum { LONGEST = 8, ASCII_MAX = 127 };
	struct slice word;
	struct slice rest;
	uint64_t number = 0;
	if (!slice_cut(slice_head(text, LONGEST), ';', &word, &rest) || word.n < 2) {
		return false;
	}
	*ret_length = word.n + 1;
	word = slice_skip(word, 1);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (slice_is(word, names[i].name)) {
			*ret_octet = names[i].octet;
			return true;
		}
	}
	bool hex = word.n > 2 && word.p[0] == '#' && (word.p[1] | 0x20) == 'x';
	int rc = hex                ? hex_of(slice_skip(word, 2), ASCII_MAX, &number)
		 : word.p[0] == '#' ? num_u64(slice_skip(word, 1), ASCII_MAX, &number)
				    : E_FORMAT;
	*ret_octet = (uint8_t)number;
	return rc == 0;
}

void casform_put_value(struct buf *buf, struct slice value)
{
	while (value.n > 0) {
		uint8_t octet = value.p[0];
		size_t length = 1;
		if (octet != '&' || !entity_of(value, &octet, &length)) {
			octet = value.p[0];
			length = 1;
		}
		put_octet(buf, octet);
		value = slice_skip(value, length);
	}
}

struct slice casform_ticket(struct slice location)
{
	struct slice none = { 0 };
	for (size_t at = 0; at + 8 < location.n; at++) {
		struct slice here = slice_skip(location, at);
		if ((location.p[at] == '?' || location.p[at] == '&') &&
			slice_starts(slice_skip(here, 1), SLICE("ticket="))) {
			struct slice ticket = slice_skip(here, 8);
			size_t end = 0;
			while (end < ticket.n && ticket.p[end] != '&' && ticket.p[end] != '#') {
				end++;
			}
			return slice_head(ticket, end);
		}
	}
	return none;
}

bool casform_is_locked(struct slice before, struct slice after)
{
	static const char *const words[] = { "锁定", "冻结", "禁用", "停用", "locked",
		"disabled" };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct slice word = slice_str(words[i]);
		if (slice_find(after, word) != SIZE_MAX &&
			slice_find(before, word) == SIZE_MAX) {
			return true;
		}
	}
	return false;
}

struct casticket casticket_find(struct slice answer)
{
	struct casticket found = { 0 };
	size_t refused = slice_find(answer, SLICE("authenticationFailure"));
	found.is_refused = refused != SIZE_MAX;
	found.is_good = !found.is_refused &&
			slice_find(answer, SLICE("authenticationSuccess")) != SIZE_MAX;
	struct slice rest =
		found.is_refused ? slice_skip(answer, refused) : (struct slice) { 0 };
	struct slice tag = rest;
	struct slice behind;
	(void)slice_cut(rest, '>', &tag, &behind);
	size_t at = slice_find(tag, SLICE("code="));
	if (at != SIZE_MAX && at + 6 < tag.n) {
		struct slice value = slice_skip(tag, at + 5);
		(void)slice_cut(slice_skip(value, 1), value.p[0], &found.code, &behind);
	}
	return found;
}
