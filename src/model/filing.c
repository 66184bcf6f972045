/* SPDX-License-Identifier: Apache-2.0 */
#include "model/filing.h"

static const struct name_row state_rows[FILING_COUNT] = {
	[FILING_DRAFT] = { "draft", "草稿", "draft" },
	[FILING_SUBMITTED] = { "submitted", "待单位负责人签字", "waits for the unit head" },
	[FILING_VERIFYING] = { "verifying", "联系方式核验中", "contacts are tested" },
	[FILING_APPROVED] = { "approved", "已备案", "filed" },
	[FILING_EFFECTIVE] = { "effective", "已生效", "in effect" },
	[FILING_SUPERSEDED] = { "superseded", "已被替代", "superseded" },
	[FILING_RETURNED] = { "returned", "退回补正", "returned" },
	[FILING_WITHDRAWN] = { "withdrawn", "已撤回", "withdrawn" },
};
const struct name_table filing_state_names = { "filing state", state_rows, FILING_COUNT };

static const struct name_row post_rows[POST_COUNT] = {
	[POST_OFFICER] = { "officer", "网络安全员", "security officer" },
	[POST_SPECIALIST] = { "specialist", "网络安全和信息化专员", "security specialist" },
	[POST_LEADER] = { "leader", "分管领导", "head in charge" },
	[POST_BACKUP] = { "backup", "备用网络安全员", "backup officer" },
};
const struct name_table post_names = { "post", post_rows, POST_COUNT };

static const struct name_row signal_rows[TENURE_SIGNAL_COUNT] = {
	[TENURE_MAIL_REFUSED] = { "mail_refused", "邮箱永久拒收", "mail refused for good" },
	[TENURE_PHONE_DEAD] = { "phone_dead", "电话多次无法接通", "phone dead" },
	[TENURE_ACCOUNT_DISABLED] = { "account_disabled", "账号已停用", "account disabled" },
	[TENURE_HR_ABSENT] = { "hr_absent", "人事名册中无此人", "not in the staff list" },
	[TENURE_REVIEW_OVERDUE] = { "review_overdue", "学期核对逾期", "term review overdue" },
	[TENURE_REPORTED] = { "reported", "有人反映已离岗", "said to have left" },
};
const struct name_table tenure_signal_names = { "signal", signal_rows, TENURE_SIGNAL_COUNT };

enum role post_role(enum post post)
{
	static const enum role roles[POST_COUNT] = {
		[POST_OFFICER] = ROLE_OFFICER,
		[POST_SPECIALIST] = ROLE_SPECIALIST,
		[POST_LEADER] = ROLE_UNIT_HEAD,
		[POST_BACKUP] = ROLE_OFFICER,
	};
	return roles[post];
}
