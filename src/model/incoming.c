/* SPDX-License-Identifier: Apache-2.0 */
#include "model/incoming.h"

static const struct name_row state_rows[INCOMING_COUNT] = {
	[INCOMING_REGISTERED] = { "registered", "已登记", "registered" },
	[INCOMING_PROPOSED] = { "proposed", "拟办", "handling proposed" },
	[INCOMING_INSTRUCTED] = { "instructed", "已批示", "instructed" },
	[INCOMING_HANDLING] = { "handling", "承办中", "being handled" },
	[INCOMING_ANSWERED] = { "answered", "已反馈", "answered" },
	[INCOMING_ARCHIVED] = { "archived", "已归档", "archived" },
	[INCOMING_VOIDED] = { "voided", "已作废", "voided" },
};
const struct name_table incoming_state_names = { "incoming state", state_rows, INCOMING_COUNT };

static const struct name_row secrecy_rows[SECRECY_COUNT] = {
	[SECRECY_PUBLIC] = { "public", "公开", "open" },
	[SECRECY_INTERNAL] = { "internal", "内部", "internal" },
	[SECRECY_CONFIDENTIAL] = { "confidential", "秘密", "confidential" },
	[SECRECY_SECRET] = { "secret", "机密", "secret" },
	[SECRECY_TOP_SECRET] = { "top_secret", "绝密", "top secret" },
};
const struct name_table secrecy_names = { "secrecy", secrecy_rows, SECRECY_COUNT };

static const struct name_row task_rows[TASK_COUNT] = {
	[TASK_OPEN] = { "open", "落实中", "open" },
	[TASK_REPORTED] = { "reported", "已报完成", "reported done" },
	[TASK_DONE] = { "done", "已完成", "done" },
	[TASK_CANCELLED] = { "cancelled", "已取消", "cancelled" },
};
const struct name_table task_state_names = { "task state", task_rows, TASK_COUNT };
