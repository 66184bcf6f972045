/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/casform.h"

struct input {
	struct slice name;
	struct slice value;
	struct slice type;
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
		}
	}
	return text;
}

static void keep(struct casform *form, const struct input *input)
{
	form->has_user = form->has_user || slice_is(input->name, "username");
	form->has_password = form->has_password || slice_is(input->name, "password") ||
			     slice_eq_nocase(input->type, SLICE("password"));
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
