/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "model/alert.h"
#include "model/check.h"
#include "model/delivery.h"
#include "model/finding.h"
#include "model/incident.h"
#include "model/notice.h"
#include "model/rectification.h"
#include "model/role.h"
#include "model/scale.h"
#include "model/verification.h"

static const struct name_table *const tables[] = {
	&alert_severity_names,
	&grade_names,
	&event_grade_names,
	&warning_colour_names,
	&role_names,
	&finding_state_names,
	&source_names,
	&notice_state_names,
	&upreport_names,
	&rectification_state_names,
	&verification_state_names,
	&verification_method_names,
	&alert_state_names,
	&alert_suppression_names,
	&incident_state_names,
	&incident_code_names,
	&delivery_state_names,
	&check_state_names,
};

enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

static bool snake_case(const char *id)
{
	return id[0] != '\0' && strspn(id, "abcdefghijklmnopqrstuvwxyz_") == strlen(id);
}

static void every_id_is_unique_and_reads_back(void **state)
{
	(void)state;
	for (size_t t = 0; t < TABLES; t++) {
		for (size_t i = 0; i < tables[t]->count; i++) {
			const char *id = name_id(tables[t], (unsigned)i);
			if (!snake_case(id) || name_parse(tables[t], slice_str(id)) != (int)i) {
				fail_msg("%s %s", tables[t]->what, id);
			}
			assert_true(strlen(name_text(tables[t], (unsigned)i, LANG_ZH)) > 0);
			assert_true(strlen(name_text(tables[t], (unsigned)i, LANG_EN)) > 0);
		}
	}
}

static void what_is_no_value_has_no_name(void **state)
{
	(void)state;
	for (size_t t = 0; t < TABLES; t++) {
		unsigned past = (unsigned)tables[t]->count;
		assert_string_equal(name_id(tables[t], past), "");
		assert_string_equal(name_text(tables[t], past, LANG_ZH), "");
		assert_int_equal(name_parse(tables[t], SLICE("")), E_INPUT);
		assert_int_equal(name_parse(tables[t], SLICE("no_such")), E_INPUT);
	}
}

static void word_check(const struct name_table *a, const struct name_table *b)
{
	for (unsigned i = 0; i < a->count; i++) {
		for (unsigned j = 0; j < b->count; j++) {
			const char *word = name_text(a, i, LANG_ZH);
			bool same = strcmp(word, name_text(b, j, LANG_ZH)) == 0;
			assert_true(!same || strcmp(word, "紧急") == 0);
		}
	}
}

/* 紧急 heads both the alert and the finding scale; no other word is shared. */
static void the_four_scales_share_no_word_but_urgent(void **state)
{
	(void)state;
	for (size_t a = 0; a < 4; a++) {
		for (size_t b = a + 1; b < 4; b++) {
			word_check(tables[a], tables[b]);
		}
	}
}

static void a_notice_is_never_extreme(void **state)
{
	(void)state;
	assert_int_equal(grade_of_notice(GRADE_EXTREME), GRADE_URGENT);
	assert_int_equal(grade_of_notice(GRADE_HIGH), GRADE_HIGH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_id_is_unique_and_reads_back),
		cmocka_unit_test(what_is_no_value_has_no_name),
		cmocka_unit_test(the_four_scales_share_no_word_but_urgent),
		cmocka_unit_test(a_notice_is_never_extreme),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
