/* SPDX-License-Identifier: Apache-2.0 */
#include "json_peer.h"

#include <jansson.h>

/* The corpus nests two levels of containers in a line. */
static uint64_t sum_of(json_t *value) // NOLINT(misc-no-recursion)
{
	uint64_t sum = 0;
	const char *name = NULL;
	size_t i = 0;
	json_t *at = NULL;
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		json_object_foreach(value, name, at)
		{
			sum = sum * 31 + strlen(name) + sum_of(at);
		}
		return sum;
	case JSON_ARRAY:
		json_array_foreach(value, i, at)
		{
			sum = sum * 31 + sum_of(at);
		}
		return sum;
	case JSON_INTEGER:
		return (uint64_t)json_integer_value(value);
	case JSON_REAL:
		return (uint64_t)json_real_value(value);
	case JSON_STRING:
		return json_string_length(value);
	case JSON_TRUE:
		return 1;
	case JSON_FALSE:
	case JSON_NULL:
	default:
		return 0;
	}
}

bool peer_rewrite(struct slice line, struct buf *out, uint64_t *sum)
{
	json_error_t error;
	json_t *root = json_loadb((const char *)line.p, line.n, JSON_DECODE_ANY, &error);
	if (root == NULL) {
		return false;
	}
	*sum += sum_of(root);
	/* Straight into the buf: faster than its callback, and no copy to be freed. */
	size_t room = 2 * line.n;
	uint8_t *at = buf_reserve(out, room);
	size_t n = at == NULL
			   ? 0
			   : json_dumpb(root, (char *)at, room, JSON_COMPACT | JSON_ENCODE_ANY);
	json_decref(root);
	if (n == 0 || n > room) {
		return false;
	}
	buf_commit(out, n);
	buf_put_byte(out, '\n');
	return true;
}
