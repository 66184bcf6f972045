/* SPDX-License-Identifier: Apache-2.0 */
#include "model/check_kind.h"

#include "base/json.h"
#include "base/utf8.h"
#include "model/asset_key.h"

const struct check_param *check_param_find(enum check_kind kind, struct slice name)
{
	const struct check_form *form = &check_forms[kind];
	for (size_t i = 0; i < form->param_count; i++) {
		if (slice_is(name, form->params[i].name)) {
			return &form->params[i];
		}
	}
	return NULL;
}

int check_param_choice(const struct check_param *param, struct slice word)
{
	for (int i = 0; param->choices != NULL && param->choices[i] != NULL; i++) {
		if (slice_is(word, param->choices[i])) {
			return i;
		}
	}
	return -1;
}

/* Header and name fields are one line each; what is looked for in a page may be anything printable. */
static bool text_fits(const struct check_param *param, struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < 0x20 || text.p[i] == 0x7f) {
			return false;
		}
	}
	if (param->type == CHECK_PARAM_CHOICE) {
		return check_param_choice(param, text) >= 0;
	}
	return text.n > 0 && utf8_count(text) <= CHECK_PARAM_TEXT_MAX &&
	       (param->type != CHECK_PARAM_NAME || host_name_valid(text));
}

bool check_param_fits(const struct check_param *param, const struct json *value)
{
	int64_t number = 0;
	switch (param->type) {
	case CHECK_PARAM_INT:
		return json_int(value, &number) && number >= param->min && number <= param->max;
	case CHECK_PARAM_FLAG:
		return json_type(value) == JSON_BOOL;
	case CHECK_PARAM_KEPT:
		return false;
	case CHECK_PARAM_TEXT:
	case CHECK_PARAM_NAME:
	case CHECK_PARAM_CHOICE:
	case CHECK_PARAM_SECRET:
		break;
	}
	return json_type(value) == JSON_STRING && text_fits(param, json_str(value));
}
