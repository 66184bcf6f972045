/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/pump.h"

#include "probe/scheduler.h"

static void turn(struct pump *pump);

static void on_timer(uv_timer_t *timer)
{
	turn(timer->data);
}

static void on_check(uv_check_t *check)
{
	turn(check->data);
}

static void turn(struct pump *pump)
{
	int64_t wait_ms = scheduler_turn(pump->scheduler);
	(void)uv_timer_start(&pump->timer, on_timer, (uint64_t)wait_ms, 0);
}

int pump_start(struct pump *pump, uv_loop_t *loop, struct scheduler *scheduler)
{
	pump->scheduler = scheduler;
	(void)uv_timer_init(loop, &pump->timer);
	(void)uv_check_init(loop, &pump->check);
	pump->timer.data = pump;
	pump->check.data = pump;
	int rc = uv_check_start(&pump->check, on_check);
	return rc < 0 ? rc : uv_timer_start(&pump->timer, on_timer, 0, 0);
}

void pump_stop(struct pump *pump)
{
	uv_close((uv_handle_t *)&pump->timer, NULL);
	uv_close((uv_handle_t *)&pump->check, NULL);
}
