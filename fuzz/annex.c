/* SPDX-License-Identifier: Apache-2.0 */
/* A superior's form: the first octet says which part of which format the rest is. */
#include "paper/annex.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "paper/pack.h"

#define RELATIONS                                                                              \
	"<Relationships><Relationship Id=\"r1\" Target=\"worksheets/s.xml\"/></Relationships>"
#define BOOK                                                                                   \
	"<workbook xmlns:r=\"r\"><sheets><sheet name=\"a\" r:id=\"r1\"/></sheets></workbook>"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char edits_text[] =
		"{\"cells\":[{\"t\":0,\"r\":1,\"c\":1,\"s\":\"是\"},{\"t\":-1,\"r\":0,\"c\":0,"
		"\"s\":\"x\\ny\"}],\"repeat\":[{\"t\":0,\"r\":2,\"rows\":[[{\"c\":0,\"s\":\"1\"}],"
		"[{\"c\":1,\"s\":\"2\"}],[{\"c\":0,\"s\":\"3\"}]]}]}";
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_BUF struct buf file;
	AUTO_BUF struct buf out;
	const struct json *edits = NULL;
	const char *media = NULL;
	unsigned which = size > 0 ? data[0] % 5 : 0;
	struct slice rest = size > 0 ? slice_of(data + 1, size - 1) : (struct slice) { 0 };
	struct pack_part word[] = { { SLICE("word/document.xml"), rest } };
	struct pack_part book[] = { { SLICE("xl/workbook.xml"),
					    which == 1 ? rest : SLICE(BOOK) },
		{ SLICE("xl/_rels/workbook.xml.rels"), which == 2 ? rest : SLICE(RELATIONS) },
		{ SLICE("xl/worksheets/s.xml"),
			which == 3
				? rest
				: SLICE("<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\">"
					"<v>0</v></c></row></sheetData></worksheet>") },
		{ SLICE("xl/sharedStrings.xml"), which == 4 ? rest : SLICE("<sst/>") } };
	buf_init(&file, PACK_OCTETS_MAX);
	buf_init(&out, PACK_OCTETS_MAX);
	if (size <= 8192 && json_parse(arena, slice_str(edits_text), 0, &edits, NULL) == 0 &&
		pack_write(which == 0 ? word : book, which == 0 ? 1 : 4, &file) == 0) {
		(void)!annex_read(buf_slice(&file), &out, &media, NULL);
		buf_clear(&out);
		(void)!annex_fill(buf_slice(&file), edits, &out, NULL);
	}
	return 0;
}
