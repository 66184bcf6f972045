/* SPDX-License-Identifier: Apache-2.0 */
#include "model/verification.h"

static const struct name_row verification_state_rows[VERIFICATION_COUNT] = {
	[VERIFICATION_ASSIGNED] = { "assigned", "待复核", "assigned" },
	[VERIFICATION_TESTING] = { "testing", "复核中", "testing" },
	[VERIFICATION_PASSED] = { "passed", "通过", "passed" },
	[VERIFICATION_PARTIALLY_PASSED] = { "partially_passed", "部分通过",
		"partially passed" },
	[VERIFICATION_FAILED] = { "failed", "不通过", "failed" },
	[VERIFICATION_CANNOT_VERIFY] = { "cannot_verify", "无法复核", "cannot verify" },
};
const struct name_table verification_state_names = { "verification state",
	verification_state_rows, VERIFICATION_COUNT };

static const struct name_row verification_method_rows[METHOD_COUNT] = {
	[METHOD_PROBE] = { "probe", "自动复测", "fresh probe" },
	[METHOD_MANUAL] = { "manual", "人工复测", "manual retest" },
	[METHOD_DOCUMENT] = { "document", "仅书面审核", "document only" },
};
const struct name_table verification_method_names = { "verification method",
	verification_method_rows, METHOD_COUNT };
