/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>

#include "json_oracle.h"

static void put_string(struct buf *plain, const char *text, size_t n)
{
	buf_printf(plain, "s%zu:", n);
	buf_put(plain, slice_of(text, n));
}

static void put_value(struct buf *plain, json_t *value) // NOLINT(misc-no-recursion)
{
	const char *name = NULL;
	size_t i = 0;
	json_t *at = NULL;
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		buf_put_str(plain, "{");
		json_object_foreach(value, name, at)
		{
			put_string(plain, name, strlen(name));
			put_value(plain, at);
		}
		buf_put_str(plain, "}");
		break;
	case JSON_ARRAY:
		buf_put_str(plain, "[");
		json_array_foreach(value, i, at)
		{
			put_value(plain, at);
		}
		buf_put_str(plain, "]");
		break;
	case JSON_STRING:
		put_string(plain, json_string_value(value), json_string_length(value));
		break;
	case JSON_INTEGER:
		buf_printf(plain, "i%lld;", (long long)json_integer_value(value));
		break;
	case JSON_REAL:
		buf_printf(plain, "d%a;", json_real_value(value));
		break;
	case JSON_TRUE:
		buf_put_str(plain, "t");
		break;
	case JSON_FALSE:
		buf_put_str(plain, "f");
		break;
	case JSON_NULL:
	default:
		buf_put_str(plain, "n");
	}
}

enum oracle_answer oracle_jansson(struct slice text, struct buf *plain)
{
	json_error_t error;
	/* It takes no NULL buffer, even of no octets. */
	const char *p = text.n > 0 ? (const char *)text.p : "";
	json_t *root = json_loadb(p, text.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	if (root == NULL) {
		enum json_error_code code = json_error_code(&error);
		bool narrow = code == json_error_numeric_overflow ||
			      code == json_error_null_byte_in_key ||
			      code == json_error_null_character;
		return narrow ? ORACLE_CANNOT : ORACLE_REFUSED;
	}
	put_value(plain, root);
	json_decref(root);
	return ORACLE_READ;
}
