/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/patch.h"

#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"

bool patch_given(const struct desk *desk, const char *name)
{
	return json_type(json_get(desk->call->body, name)) != JSON_ABSENT;
}

static int text_apply(struct desk *desk, const struct patch_field *f, struct slice *text)
{
	if (!patch_given(desk, f->name)) {
		return text->n == 0 && f->need == WORDS_REQUIRED
			       ? desk_refuse(desk, E_INPUT, "input.required", f->name)
			       : 0;
	}
	return words_text(desk, f->name, f->need, f->max, text);
}

static int choice_apply(struct desk *desk, const struct patch_field *f, struct slice *word)
{
	if (!patch_given(desk, f->name) && word->n > 0) {
		return 0;
	}
	return words_choice(desk, f->name, f->words, f->otherwise, word);
}

static int bool_apply(struct desk *desk, const struct patch_field *f, bool *value)
{
	const struct json *member = json_get(desk->call->body, f->name);
	if (json_type(member) == JSON_ABSENT || json_bool(member, value)) {
		return 0;
	}
	if (json_type(member) != JSON_NULL) {
		return desk_refuse(desk, E_INPUT, "input.bool", f->name);
	}
	*value = false;
	return 0;
}

static int field_apply(struct desk *desk, const struct patch_field *f, void *at)
{
	switch (f->kind) {
	case PATCH_TEXT:
		return text_apply(desk, f, at);
	case PATCH_CHOICE:
		return choice_apply(desk, f, at);
	case PATCH_ID:
		return patch_given(desk, f->name)
			       ? words_id(desk, f->name, f->need, f->table, at)
			       : 0;
	case PATCH_INT:
		return patch_given(desk, f->name)
			       ? words_int(desk, f->name, 0, (int64_t)f->max, 0, at)
			       : 0;
	case PATCH_BOOL:
		return bool_apply(desk, f, at);
	}
	return E_INPUT;
}

int patch_apply(struct desk *desk, void *record, const struct patch_field *fields, size_t count)
{
	int error = 0;
	for (size_t i = 0; i < count && error >= 0; i++) {
		error = field_apply(
			desk, &fields[i], (unsigned char *)record + fields[i].offset);
	}
	return error;
}
