/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/pump.h"

#include "probe/scheduler.h"

/* It only ends the wait; the turn is taken before the next one. */
static void on_timer(uv_timer_t *timer)
{
	(void)timer;
}

static void on_prepare(uv_prepare_t *prepare)
{
	struct pump *pump = prepare->data;
	int64_t wait_ms = scheduler_turn(pump->scheduler);
	(void)uv_timer_start(&pump->timer, on_timer, (uint64_t)wait_ms, 0);
}

int pump_start(struct pump *pump, uv_loop_t *loop, struct scheduler *scheduler)
{
	pump->scheduler = scheduler;
	(void)uv_timer_init(loop, &pump->timer);
	(void)uv_prepare_init(loop, &pump->prepare);
	pump->timer.data = pump;
	pump->prepare.data = pump;
	return uv_prepare_start(&pump->prepare, on_prepare);
}

void pump_stop(struct pump *pump)
{
	uv_close((uv_handle_t *)&pump->timer, NULL);
	uv_close((uv_handle_t *)&pump->prepare, NULL);
}
