/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/casform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"

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

static void a_pages_value_goes_back_as_a_form_has_it(void **state)
{
	static const struct {
		const char *name;
		const char *value;
		const char *sent;
	} cases[] = {
		{ "plain", "e1s1", "e1s1" },
		{ "entities of ASCII are read", "a&#43;b&#x2F;c&#x3d;&amp;&quot;",
			"a%2Bb%2Fc%3D%26%22" },
		{ "others stay as they stand", "&nbsp;&#20320;&#;&",
			"%26nbsp%3B%26%2320320%3B%26%23%3B%26" },
		{ "an entity that never ends", "&#43", "%26%2343" },
		{ "nothing", "", "" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_BUF struct buf buf;
		buf_init(&buf, 256);
		casform_put_value(&buf, slice_str(cases[i].value));
		if (!slice_is(buf_slice(&buf), cases[i].sent)) {
			fail_msg("%s: %.*s", cases[i].name, SLICE_FMT(buf_slice(&buf)));
		}
	}
}

static void tickets_are_found_in_where_a_log_in_leads(void **state)
{
	static const struct {
		const char *location;
		const char *ticket;
	} cases[] = {
		{ "https://app/?ticket=ST-1-a", "ST-1-a" },
		{ "https://app/?a=1&ticket=ST-2&b=2", "ST-2" },
		{ "https://app/?ticket=ST-3#top", "ST-3" },
		{ "https://app/?myticket=ST-4", "" },
		{ "https://app/", "" },
		{ "?ticket=", "" },
		{ "", "" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice ticket = casform_ticket(slice_str(cases[i].location));
		if (!slice_is(ticket, cases[i].ticket)) {
			fail_msg("%s: %.*s", cases[i].location, SLICE_FMT(ticket));
		}
	}
}

static void what_a_server_says_of_a_ticket_is_read(void **state)
{
	static const struct {
		const char *answer;
		bool good;
		bool refused;
		const char *code;
	} cases[] = {
		{ "<cas:authenticationSuccess><cas:user>a</cas:user>", true, false, "" },
		{ "<cas:authenticationFailure code=\"INVALID_TICKET\">no", false, true,
			"INVALID_TICKET" },
		{ "<cas:authenticationFailure code='INVALID_SERVICE'>", false, true,
			"INVALID_SERVICE" },
		{ "<cas:authenticationFailure>code=\"X\"", false, true, "" },
		{ "authenticationFailure code=", false, true, "" },
		{ "authenticationSuccess authenticationFailure", false, true, "" },
		{ "<html>", false, false, "" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct casticket found = casticket_find(slice_str(cases[i].answer));
		if (found.is_good != cases[i].good || found.is_refused != cases[i].refused ||
			!slice_is(found.code, cases[i].code)) {
			fail_msg("%s: %.*s", cases[i].answer, SLICE_FMT(found.code));
		}
	}
}

static void a_locked_account_is_told_from_a_warning_of_it(void **state)
{
	(void)state;
	struct slice page = SLICE("<p>连续输错将锁定</p>");
	assert_true(casform_is_locked(SLICE("<p>"), SLICE("账号已锁定")));
	assert_false(casform_is_locked(page, SLICE("<p>连续输错将锁定</p>密码有误")));
	assert_true(casform_is_locked(page, SLICE("账号已停用，连续输错将锁定")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_are_found_in_pages),
		cmocka_unit_test(a_pages_value_goes_back_as_a_form_has_it),
		cmocka_unit_test(tickets_are_found_in_where_a_log_in_leads),
		cmocka_unit_test(what_a_server_says_of_a_ticket_is_read),
		cmocka_unit_test(a_locked_account_is_told_from_a_warning_of_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
