/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/casform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void forms_are_found_in_pages(void **state)
{
	static const struct {
		const char *name;
		const char *page;
		bool user;
		bool password;
		const char *execution;
		const char *ticket;
	} cases[] = {
		{ "a form of CAS 6",
			"<form><input name=\"username\"><input name='password' type='password'/>"
			"<input type=\"hidden\" name=\"execution\" value=\"e1s1\">",
			true, true, "e1s1", "" },
		{ "a form of CAS 3, in capitals and without quotes",
			"<INPUT NAME=username><INPUT TYPE=PASSWORD NAME=pw><INPUT NAME=lt VALUE=LT-1-x>",
			true, true, "", "LT-1-x" },
		{ "room around the equals sign", "<input name = \"execution\"\n value = 'a b'>",
			false, false, "a b", "" },
		{ "an input without quotes at the end of the page", "<input name=lt value=LT-2",
			false, false, "", "LT-2" },
		{ "a quote that never ends", "<input name=\"execution\" value=\"e1", false,
			false, "e1", "" },
		{ "another element of a like name", "<inputs name=\"execution\" value=\"x\">",
			false, false, "", "" },
		{ "no page at all", "", false, false, "", "" },
		{ "only open brackets", "<<<<input", false, false, "", "" },
		{ "equals signs alone", "<input = = name=lt ==value=1>", false, false, "", "" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct casform form = casform_find(slice_str(cases[i].page));
		if (form.has_user != cases[i].user || form.has_password != cases[i].password ||
			!slice_is(form.execution, cases[i].execution) ||
			!slice_is(form.ticket, cases[i].ticket)) {
			fail_msg("%s: %.*s %.*s", cases[i].name, SLICE_FMT(form.execution),
				SLICE_FMT(form.ticket));
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_are_found_in_pages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
