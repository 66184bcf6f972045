/* SPDX-License-Identifier: Apache-2.0 */
#include "model/sheet_fault.h"

#include <stddef.h>

static const struct {
	const char *code;
	const char *text;
} faults[] = {
	{ "unknown_unit", "没有这个单位" },
	{ "ambiguous_unit", "有几个单位都叫这个名称" },
	{ "unit_left_out", "单位已选为不导入" },
	{ "ambiguous_person", "有几个人都叫这个名字" },
	{ "required", "必填" },
	{ "invalid", "格式有误" },
	{ "duplicate", "与上面的行重复" },
	{ "bad_target", "不是地址" },
	{ "bad_day", "不是日期" },
	{ "too_long", "过长" },
	{ "too_many", "地址过多" },
	{ "digits_lost", "号码已被表格改成科学计数，末几位丢失" },
	{ "parent", "上级单位有误或成环" },
};

struct slice sheet_fault_text(struct slice code)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		if (slice_is(code, faults[i].code)) {
			return slice_str(faults[i].text);
		}
	}
	return code;
}
