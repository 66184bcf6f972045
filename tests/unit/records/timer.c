/* SPDX-License-Identifier: Apache-2.0 */
#include "records/timer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"
#include "fixture.h"
#include "house.h"
#include "records/outbox.h"
#include "records/trail.h"

struct effects {
	unsigned fired;
	int64_t late_by_ms;
	int64_t attempts;
	int fail;
	bool again;
};

static int set_timer(struct txn *txn, void *arg)
{
	const int64_t *fire_at_ms = arg;
	struct timer timer = { .kind = SLICE("due"),
		.record_kind = SLICE("notice"),
		.record_id = 7,
		.seq = 1,
		.fire_at_ms = *fire_at_ms };
	return timer_set(txn, &timer);
}

static int cancel_timer(struct txn *txn, void *arg)
{
	return (int)timer_cancel(txn, "notice", 7, arg);
}

static int effect(struct txn *txn, const struct timer *timer, void *arg)
{
	struct effects *effects = arg;
	effects->fired++;
	effects->late_by_ms = timer->late_by_ms;
	effects->attempts = timer->attempts;
	trail_act(txn, &(struct trail_act) { .act = SLICE("notice.overdue") });
	int error = txn_change(txn, "notice", timer->record_id, 2);
	if (effects->again) {
		int64_t at_ms = timer->fire_at_ms + 1;
		error = set_timer(txn, &at_ms);
	}
	return error < 0 ? error : effects->fail;
}

static int fire(struct house *house, struct effects *effects)
{
	struct timer_handler handler = { effect, effects };
	return house_run(house, timer_fire, &handler);
}

static void a_timer_fires_once_and_says_how_late(const char *conf)
{
	struct house house;
	house_open(&house, conf);
	struct effects effects = { 0 };
	int64_t at_ms = house.now_ms + 100;
	assert_int_equal(house_run(&house, set_timer, &at_ms), 0);
	int64_t next = 0;
	assert_int_equal(timer_next(house.db, &next), 1);
	assert_int_equal(next, at_ms);
	house.now_ms += 99;
	assert_int_equal(fire(&house, &effects), 0);
	house.now_ms += 31;
	assert_int_equal(fire(&house, &effects), 1);
	assert_int_equal(fire(&house, &effects), 0);
	house_again(&house, conf);
	assert_int_equal(fire(&house, &effects), 0);
	assert_int_equal(effects.fired, 1);
	assert_int_equal(effects.late_by_ms, 30);
	assert_int_equal(house_number(&house, "SELECT late_by_ms FROM timer"), 30);
	assert_int_equal(timer_next(house.db, &next), 0);
	/* One that has fired cannot be set again. */
	assert_int_equal(house_run(&house, set_timer, &at_ms), E_STATE);
	house_close(&house);
}

static void a_failing_effect_is_undone_and_tried_again(const char *conf)
{
	struct house house;
	house_open(&house, conf);
	struct effects effects = { .fail = E_STATE };
	int64_t at_ms = house.now_ms;
	assert_int_equal(house_run(&house, set_timer, &at_ms), 0);
	assert_int_equal(fire(&house, &effects), 1);
	assert_int_equal(fire(&house, &effects), 0);
	assert_int_equal(house_number(&house, "SELECT count(*) FROM change"), 0);
	assert_int_equal(house_number(&house, "SELECT count(*) FROM audit_entry"), 0);
	effects.fail = 0;
	house.now_ms += TIMER_RETRY_FIRST_MS;
	assert_int_equal(fire(&house, &effects), 1);
	assert_int_equal(effects.fired, 2);
	assert_int_equal(effects.attempts, 1);
	assert_int_equal(effects.late_by_ms, TIMER_RETRY_FIRST_MS);
	assert_int_equal(house_number(&house, "SELECT count(*) FROM change"), 1);
	assert_int_equal(house_number(&house, "SELECT count(*) FROM audit_entry"), 1);
	house_close(&house);
}

static void a_timer_can_be_moved_and_cancelled(const char *conf)
{
	struct house house;
	house_open(&house, conf);
	struct effects effects = { 0 };
	int64_t at_ms = house.now_ms;
	assert_int_equal(house_run(&house, set_timer, &at_ms), 0);
	at_ms += 500;
	assert_int_equal(house_run(&house, set_timer, &at_ms), 0);
	assert_int_equal(fire(&house, &effects), 0);
	house.now_ms += 500;
	assert_int_equal(house_run(&house, cancel_timer, (char[]) { "other" }), 0);
	assert_int_equal(house_run(&house, cancel_timer, NULL), 1);
	assert_int_equal(house_run(&house, cancel_timer, NULL), 0);
	assert_int_equal(fire(&house, &effects), 0);
	/* Set anew it lives again, and its own effect cannot revive it. */
	assert_int_equal(house_run(&house, set_timer, &at_ms), 0);
	effects.again = true;
	assert_int_equal(fire(&house, &effects), 1);
	assert_int_equal(
		house_number(&house, "SELECT count(*) FROM timer WHERE fired_at_ms > 0"), 0);
	assert_int_equal(effects.fired, 1);
	house_close(&house);
}

static int put_two(struct txn *txn, void *arg)
{
	(void)arg;
	struct outbox_item item = { .kind = SLICE("mail"),
		.effect = SLICE("notice/7/issued/3"),
		.record_kind = SLICE("notice"),
		.record_id = 7,
		.payload = SLICE("{}") };
	int first = outbox_put(txn, &item);
	int second = outbox_put(txn, &item);
	return first == 1 ? second : E_STORE;
}

static int64_t leased_id;

static int lease(struct txn *txn, void *arg)
{
	(void)arg;
	struct outbox_item items[4] = { { 0 } };
	int n = outbox_lease(txn, "mail", 1000, items, 4);
	leased_id = n > 0 ? items[0].id : 0;
	return n;
}

static int end_lease(struct txn *txn, void *arg)
{
	const enum outbox_end *how = arg;
	return outbox_end(txn, leased_id, *how, SLICE("250 OK"));
}

static int later(struct txn *txn, void *arg)
{
	(void)arg;
	return outbox_retry(txn, leased_id, txn_now_ms(txn) + 50, SLICE("451"));
}

static int put_three_papers(struct txn *txn, void *arg)
{
	(void)arg;
	static const char *const effects[] = { "paper/1", "paper/2", "paper/3" };
	int put = 0;
	for (size_t i = 0; i < 3 && put >= 0; i++) {
		struct outbox_item item = { .kind = SLICE("render"),
			.effect = slice_str(effects[i]),
			.record_kind = SLICE("document"),
			.record_id = (int64_t)i,
			.payload = SLICE("{}") };
		put = outbox_put(txn, &item);
	}
	return put < 0 ? put : 0;
}

static int lease_papers(struct txn *txn, void *arg)
{
	struct outbox_item items[4] = { { 0 } };
	(void)arg;
	return outbox_lease(txn, "render", 60000, items, 4);
}

static int release_papers(struct txn *txn, void *arg)
{
	const enum outbox_gone *gone = arg;
	return (int)outbox_release(txn, "render", *gone);
}

static void one_effect_has_one_row_and_one_lease_at_a_time(const char *conf)
{
	struct house house;
	house_open(&house, conf);
	assert_int_equal(house_run(&house, put_two, NULL), 0);
	assert_int_equal(house_number(&house, "SELECT count(*) FROM outbox"), 1);
	assert_int_equal(house_run(&house, lease, NULL), 1);
	int64_t id = leased_id;
	assert_int_equal(house_run(&house, lease, NULL), 0);
	house.now_ms += 1000;
	assert_int_equal(house_run(&house, lease, NULL), 1);
	assert_int_equal(leased_id, id);
	assert_int_equal(house_run(&house, later, NULL), 0);
	assert_int_equal(house_run(&house, lease, NULL), 0);
	int64_t next = 0;
	assert_int_equal(outbox_next(house.db, "mail", &next), 1);
	assert_int_equal(next, house.now_ms + 50);
	house.now_ms += 50;
	assert_int_equal(house_run(&house, lease, NULL), 1);
	enum outbox_end done = OUTBOX_DONE;
	assert_int_equal(house_run(&house, end_lease, &done), 0);
	assert_int_equal(house_run(&house, end_lease, &done), E_STATE);
	assert_int_equal(
		house_number(&house, "SELECT attempts FROM outbox WHERE state = 'done'"), 3);
	assert_int_equal(house_run(&house, put_two, NULL), E_STORE);
	assert_int_equal(outbox_next(house.db, "mail", &next), 0);
	house_close(&house);
}

static void leases_of_a_worker_that_is_gone_come_back_at_once(const char *conf)
{
	struct house house;
	house_open(&house, conf);
	assert_int_equal(house_run(&house, put_three_papers, NULL), 0);
	assert_int_equal(house_run(&house, put_two, NULL), 0);
	assert_int_equal(house_run(&house, lease, NULL), 1);
	enum outbox_gone gone = OUTBOX_GIVER_GONE;
	for (int i = 0; i < 4; i++) {
		gone = i < 2 ? OUTBOX_GIVER_GONE : OUTBOX_WORKER_GONE;
		assert_int_equal(house_run(&house, lease_papers, NULL), 3);
		assert_int_equal(house_run(&house, lease_papers, NULL), 0);
		assert_int_equal(house_run(&house, release_papers, &gone), 3);
	}
	/* Another kind keeps its lease: a mail may have left already. */
	assert_int_equal(
		house_number(&house, "SELECT count(*) FROM outbox WHERE state = 'leased'"), 1);
	/* The worker was at the first of them, twice; what waited behind it is no suspect. */
	assert_int_equal(
		house_number(&house, "SELECT attempts FROM outbox WHERE effect = 'paper/1'"),
		2);
	assert_int_equal(
		house_number(&house,
			"SELECT count(*) FROM outbox WHERE effect IN ('paper/2', 'paper/3') AND attempts = 0"),
		2);
	house_close(&house);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "a timer fires once and says how late", a_timer_fires_once_and_says_how_late,
			false },
		{ "a failing effect is undone and tried again",
			a_failing_effect_is_undone_and_tried_again, false },
		{ "a timer can be moved and cancelled", a_timer_can_be_moved_and_cancelled,
			false },
		{ "one effect has one row and one lease at a time",
			one_effect_has_one_row_and_one_lease_at_a_time, false },
		{ "leases of a worker that is gone come back at once",
			leases_of_a_worker_that_is_gone_come_back_at_once, false },
	};
	return fixture_both(cases, sizeof(cases) / sizeof(cases[0]));
}
