/* SPDX-License-Identifier: Apache-2.0 */
#include "role/problem.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/jw.h"

static const struct {
	int error;
	unsigned status;
	const char *code;
} answers[] = {
	{ E_ABSENT, 404, "absent" },
	{ E_CONFLICT, 409, "version.changed" },
	{ E_STATE, 409, "state" },
	{ E_EXISTS, 409, "exists" },
	{ E_INPUT, 422, "input" },
	{ E_RANGE, 422, "input" },
	{ E_FORMAT, 400, "format" },
	{ E_UTF8, 400, "format" },
	{ E_LIMIT, 413, "limit" },
	{ E_BUSY, 503, "busy" },
	{ E_STORE, 503, "store" },
	{ -ENOSPC, 507, "disk.full" }, /* RFC 4918 section 11.5 */
	{ -EDQUOT, 507, "disk.full" },
	{ E_UNSUPPORTED, 422, "unsupported" },
};

unsigned problem_put(struct buf *out, const struct problem *problem)
{
	unsigned status = 500;
	const char *code = "internal";
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		if (answers[i].error == problem->error) {
			status = answers[i].status;
			code = answers[i].code;
		}
	}
	if (problem->code[0] != '\0') {
		code = problem->code;
	}
	if (problem->error == E_DENIED) {
		/* Who is not known must log in; who is known may not. */
		bool unknown = strncmp(code, "session.", 8) == 0 &&
			       strcmp(code, "session.must_change") != 0;
		bool locked = strcmp(code, "session.locked") == 0 ||
			      strcmp(code, "second_factor.locked") == 0;
		status = unknown ? 401 : locked ? 429 : 403;
		code = problem->code[0] != '\0' ? problem->code : "denied";
	}
	if (problem->error == E_BUSY && strcmp(code, "login.busy") == 0) {
		status = 429; /* of its own lane there is no more; the rest goes on */
	}
	char trace[17];
	(void)snprintf(trace, sizeof(trace), "%016llx", (unsigned long long)problem->trace);
	struct jw jw;
	jw_init(&jw, out);
	jw_object(&jw);
	jw_kv_str(&jw, "type", SLICE("about:blank"));
	jw_kv_str(&jw, "code", slice_str(code));
	jw_kv_str(&jw, "title", slice_str(err_text(problem->error)));
	jw_kv_int(&jw, "status", status);
	jw_kv_str(&jw, "trace", slice_str(trace));
	if (problem->field[0] != '\0') {
		jw_kv_str(&jw, "field", slice_str(problem->field));
	}
	if (problem->detail.n > 0) {
		jw_kv_str(&jw, "detail", problem->detail);
	}
	if (problem->error == E_CONFLICT && problem->version != 0) {
		jw_key(&jw, "current");
		jw_object(&jw);
		jw_kv_int(&jw, "version", problem->version);
		jw_kv_opt(&jw, "state", problem->state);
		jw_end(&jw);
	}
	jw_end(&jw);
	return status;
}
