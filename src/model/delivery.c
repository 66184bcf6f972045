/* SPDX-License-Identifier: Apache-2.0 */
#include "model/delivery.h"

static const struct name_row delivery_state_rows[DELIVERY_COUNT] = {
	[DELIVERY_QUEUED] = { "queued", "待发送", "queued" },
	[DELIVERY_LEASED] = { "leased", "发送中", "being sent" },
	[DELIVERY_SENT] = { "sent", "已交通道", "given to the channel" },
	[DELIVERY_DELIVERED] = { "delivered", "已送达", "delivered" },
	[DELIVERY_READ] = { "read", "已读", "read" },
	[DELIVERY_ACKED] = { "acked", "已确认", "acknowledged" },
	[DELIVERY_RETRY] = { "retry", "待重试", "to be retried" },
	[DELIVERY_UNKNOWN] = { "unknown", "结果不明", "result unknown" },
	[DELIVERY_FAILED_PERMANENT] = { "failed_permanent", "发送失败", "failed for good" },
	[DELIVERY_DEAD] = { "dead", "死信", "dead letter" },
};
const struct name_table delivery_state_names = { "delivery state", delivery_state_rows,
	DELIVERY_COUNT };
