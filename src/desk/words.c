/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/words.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "desk/desk.h"

enum { FILE_NAME_MAX_CHARS = 120 };

static bool text_clean(struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		if ((text.p[i] < 0x20 && text.p[i] != '\n' && text.p[i] != '\t') ||
			text.p[i] == 0x7f) {
			return false;
		}
	}
	return true;
}

int words_text(struct desk *desk, const char *field, enum words_need need, size_t max,
	struct slice *ret_text)
{
	const struct json *value = json_get(desk->call->body, field);
	enum json_type type = json_type(value);
	if (type != JSON_ABSENT && type != JSON_NULL && type != JSON_STRING) {
		return desk_refuse(desk, E_INPUT, "input.text", field);
	}
	struct slice text = slice_trim(json_str(value));
	if (text.n == 0 && need == WORDS_REQUIRED) {
		return desk_refuse(desk, E_INPUT, "input.required", field);
	}
	if (!text_clean(text)) {
		return desk_refuse(desk, E_INPUT, "input.text", field);
	}
	if (utf8_count(text) > max) {
		return desk_refuse(desk, E_INPUT, "input.too_long", field);
	}
	*ret_text = text;
	return 0;
}

int words_id(struct desk *desk, const char *field, enum words_need need, const char *table,
	int64_t *ret_id)
{
	const struct json *value = json_get(desk->call->body, field);
	int64_t id = 0;
	if (json_type(value) == JSON_ABSENT || json_type(value) == JSON_NULL) {
		*ret_id = 0;
		return need == WORDS_REQUIRED
			       ? desk_refuse(desk, E_INPUT, "input.required", field)
			       : 0;
	}
	int64_t found = 0;
	/* The table's name is ours, never the request's. */
	struct slice sql = arena_printf(desk->arena, "SELECT 1 FROM %s WHERE id = $1", table);
	int row = json_int(value, &id)
			  ? sql_int(desk->db, (const char *)sql.p, &found, SQL_INT(id))
			  : 0;
	if (row < 0) {
		return row;
	}
	if (row == 0) {
		return desk_refuse(desk, E_INPUT, "input.unknown", field);
	}
	*ret_id = id;
	return 0;
}

int words_choice(struct desk *desk, const char *field, const char *const words[],
	const char *otherwise, struct slice *ret_word)
{
	const struct json *value = json_get(desk->call->body, field);
	if (json_type(value) == JSON_ABSENT || json_type(value) == JSON_NULL) {
		*ret_word = slice_str(otherwise);
		return otherwise == NULL ? desk_refuse(desk, E_INPUT, "input.required", field)
					 : 0;
	}
	for (size_t i = 0; words[i] != NULL; i++) {
		if (slice_is(json_str(value), words[i])) {
			*ret_word = slice_str(words[i]);
			return 0;
		}
	}
	return desk_refuse(desk, E_INPUT, "input.word", field);
}

int words_int(struct desk *desk, const char *field, int64_t min, int64_t max, int64_t otherwise,
	int64_t *ret_value)
{
	const struct json *value = json_get(desk->call->body, field);
	int64_t number = otherwise;
	if (json_type(value) != JSON_ABSENT && json_type(value) != JSON_NULL &&
		(!json_int(value, &number) || number < min || number > max)) {
		return desk_refuse(desk, E_INPUT, "input.range", field);
	}
	*ret_value = number;
	return 0;
}

bool words_enough(struct slice text, size_t min)
{
	return utf8_count(text) >= min;
}

int words_timeline(struct desk *desk, const char *kind, int64_t id, const char *code,
	struct slice args_json)
{
	int64_t done = sql_run(desk->db,
		"INSERT INTO timeline (id, kind, record_id, at_ms, code, args, person_id, role,"
		" for_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		SQL_INT(txn_id(desk->txn)), SQL_STR(kind), SQL_INT(id), SQL_INT(desk->now_ms),
		SQL_STR(code), SQL_TEXT(args_json.n > 0 ? args_json : SLICE("{}")),
		SQL_INT_OR_NULL(desk->caller.person_id),
		SQL_STR(desk->caller.known ? name_id(&role_names, desk->caller.role)
					   : "system"),
		SQL_INT_OR_NULL(desk->caller.for_id));
	return done < 0 ? (int)done : 0;
}

int words_file_name(struct desk *desk, struct slice name)
{
	bool clean = name.n > 0 && utf8_count(name) <= FILE_NAME_MAX_CHARS;
	for (size_t i = 0; i < name.n; i++) {
		clean = clean && name.p[i] >= 0x20 && name.p[i] != 0x7f && name.p[i] != '/' &&
			name.p[i] != '\\';
	}
	return clean ? 0 : desk_refuse(desk, E_INPUT, "input.text", "name");
}
