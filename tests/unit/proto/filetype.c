/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/filetype.h"

#include <cmocka.h>
#include <string.h>

#define PNG_START "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"
#define PNG_REST "\x08\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00IEND\x00\x00\x00\x00"
#define FILE_OF(literal) (const char *)(literal), sizeof(literal) - 1

static const struct {
	const char *name;
	const char *octets;
	size_t n;
	const char *problem; /* NULL = kept */
	const char *media;
} cases[] = {
	{ "a PDF with its end is kept", FILE_OF("%PDF-1.7\n/Type/Page \n%%EOF\n"), NULL, "application/pdf" },
	{ "a PDF cut short is not", FILE_OF("%PDF-1.7\n/Type/Page \n"), "upload.truncated", "application/pdf" },
	{ "a PDF with a script is not", FILE_OF("%PDF-1.7\n/OpenAction<</S/JavaScript>>\n%%EOF\n"), "upload.active",
		"application/pdf" },
	{ "an encrypted PDF is not", FILE_OF("%PDF-1.7\n/Encrypt 5 0 R\n%%EOF"), "upload.active", "application/pdf" },
	{ "a PNG is kept", FILE_OF(PNG_START "\x00\x00\x00\x10\x00\x00\x00\x10" PNG_REST), NULL, "image/png" },
	{ "a PNG too wide to open is not", FILE_OF(PNG_START "\x00\x01\x00\x00\x00\x00\x00\x10" PNG_REST),
		"upload.too_large", "image/png" },
	{ "a PNG with another file behind it is not", FILE_OF(PNG_START "\x00\x00\x00\x10\x00\x00\x00\x10" PNG_REST "PK"),
		"upload.type", "image/png" },
	{ "a JPEG is kept", FILE_OF("\xff\xd8\xff\xc0\x00\x0b\x08\x00\x10\x00\x10\x01\x00\x00\x00\xff\xda\x00\x02\xff\xd9"),
		NULL, "image/jpeg" },
	{ "a JPEG without its end is not", FILE_OF("\xff\xd8\xff\xc0\x00\x0b\x08\x00\x10\x00\x10\x01\x00\x00\x00\xff\xda\x00\x02"),
		"upload.truncated", "image/jpeg" },
	{ "SVG is not", FILE_OF("<svg xmlns='http://www.w3.org/2000/svg'/>"), "upload.type", "application/octet-stream" },
	{ "HTML that calls itself PDF is not", FILE_OF("<html>%PDF-1.7 %%EOF"), "upload.type", "application/octet-stream" },
	{ "an archive is not", FILE_OF("PK\x03\x04"), "upload.type", "application/octet-stream" },
	{ "nothing is not", FILE_OF(""), "upload.type", "application/octet-stream" },
};

static void files_are_what_their_octets_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct filetype type = { 0 };
		bool kept = filetype_look(slice_of(cases[i].octets, cases[i].n), &type);
		bool same = kept ? cases[i].problem == NULL
				 : cases[i].problem != NULL && strcmp(type.problem, cases[i].problem) == 0;
		if (!same || strcmp(type.media, cases[i].media) != 0) {
			fail_msg("%s: %s %s", cases[i].name, type.media, type.problem != NULL ? type.problem : "kept");
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(files_are_what_their_octets_say) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
