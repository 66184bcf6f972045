/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a Word file: the input is what stands in its body. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "paper/pack.h"
#include "paper/spec.h"
#include "paper/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char values[] =
		"{\"unit\":\"x\",\"problems\":[{\"title\":\"a\"},{\"title\":\"b\"}]}";
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_BUF struct buf file;
	AUTO_BUF struct buf out;
	struct spec spec = { 0 };
	const struct json *root = NULL;
	struct pack_part part = { SLICE("word/document.xml"), slice_of(data, size) };
	buf_init(&file, PACK_OCTETS_MAX);
	buf_init(&out, PACK_OCTETS_MAX);
	if (size <= 8192 && pack_write(&part, 1, &file) == 0 &&
		spec_find(SLICE("notice"), arena, &spec, NULL) == 0 &&
		json_parse(arena, slice_str(values), 0, &root, NULL) == 0) {
		(void)!template_fill(buf_slice(&file), &spec, root, &out, NULL);
	}
	return 0;
}
