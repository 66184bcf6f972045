/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "base/err.h"
#include "fixture.h"

static void nobody_does_nothing(const char *conf)
{
	struct school school;
	school_open(&school, conf);
	int64_t unit = school_unit(&school, "数学系", false);
	struct hat officer =
		school_hat(&school, school_person(&school, "王芳", unit), "officer", unit);
	struct hat operator=
		school_hat(&school, school_person(&school, "赵强", 0), "operator", 0);
	assert_int_equal(desk_do(&school, NULL, ROUTE_INCIDENTS_ACK, 1, NULL), E_DENIED);
	assert_string_equal(school.code, "session.none");
	assert_int_equal(desk_do(&school, &officer, ROUTE_INCIDENTS_ACK, 1, "{}"), E_DENIED);
	assert_string_equal(school.code, "denied.role");
	assert_int_equal(desk_do(&school, &operator, ROUTE_INCIDENTS_ACK, 1, "{}"), E_ABSENT);
	/* Only what a role denied is in the log: one entry more than the seeds'. */
	int64_t before = house_number(&school.house, "SELECT count(*) FROM audit_entry");
	assert_int_equal(desk_do(&school, &officer, ROUTE_INCIDENTS_ACK, 1, "{}"), E_DENIED);
	assert_int_equal(desk_do(&school, &operator, ROUTE_INCIDENTS_ACK, 1, "{}"), E_ABSENT);
	assert_int_equal(
		house_number(&school.house, "SELECT count(*) FROM audit_entry"), before + 1);
	school_close(&school);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "nobody does nothing, and a role only its own", nobody_does_nothing, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
