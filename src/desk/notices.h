/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The acts on notices at the desk: drafting, issuing, reminding, ending.
 * workflow/notice.h decides, desk/matter.h writes what it decided.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** POST /notices: confirmed findings of one unit; of several it is refused, one notice a unit. */
NODISCARD int desk_notice_create(struct desk *desk);
/** PATCH /notices/{id}: the members given change, while it is a draft. */
NODISCARD int desk_notice_update(struct desk *desk);
NODISCARD int desk_notice_review(struct desk *desk);
NODISCARD int desk_notice_reject(struct desk *desk);
/** By the author himself only with defer_reason in 小单位模式. */
NODISCARD int desk_notice_issue(struct desk *desk);
/** An issue without second person, afterwards. */
NODISCARD int desk_notice_confirm(struct desk *desk);
NODISCARD int desk_notice_withdraw(struct desk *desk);
/** 催办: to the recipients, counted. */
NODISCARD int desk_notice_remind(struct desk *desk);
/** 报分管校领导. */
NODISCARD int desk_notice_brief(struct desk *desk);
/** 已阅, or 批示 with a remark, by the leader it went to. */
NODISCARD int desk_notice_mark_brief(struct desk *desk);
NODISCARD int desk_notice_upreport(struct desk *desk);
NODISCARD int desk_notice_close(struct desk *desk);
