/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/row_json.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jw.h"

enum { ROW_JSON_MAX_OCTETS = 64 * 1024 };

static void member_put(struct jw *jw, const struct row_member *member, const void *at)
{
	int64_t number = 0;
	switch (member->kind) {
	case ROW_MEMBER_TEXT:
		jw_kv_opt(jw, member->name, *(const struct slice *)at);
		return;
	case ROW_MEMBER_INT:
		number = *(const int64_t *)at;
		break;
	case ROW_MEMBER_BOOL:
		number = *(const bool *)at;
		break;
	}
	if (number != 0) {
		jw_kv_int(jw, member->name, number);
	}
}

struct slice row_json(
	struct arena *arena, const void *row, const struct row_member *members, size_t count)
{
	AUTO_BUF struct buf out;
	struct jw jw;
	buf_init(&out, ROW_JSON_MAX_OCTETS);
	jw_init(&jw, &out);
	jw_object(&jw);
	for (size_t i = 0; i < count; i++) {
		member_put(&jw, &members[i], (const char *)row + members[i].offset);
	}
	jw_end(&jw);
	return arena_dup(arena, buf_slice(&out));
}

void row_of_json(
	void *row, const struct json *json, const struct row_member *members, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *name = members[i].name;
		void *at = (char *)row + members[i].offset;
		switch (members[i].kind) {
		case ROW_MEMBER_TEXT:
			*(struct slice *)at = json_get_str(json, name);
			break;
		case ROW_MEMBER_INT:
			*(int64_t *)at = json_get_int(json, name, 0);
			break;
		case ROW_MEMBER_BOOL:
			*(bool *)at = json_get_int(json, name, 0) != 0;
			break;
		}
	}
}
