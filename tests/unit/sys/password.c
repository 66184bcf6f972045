/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/password.h"

#include <argon2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "base/err.h"
#include "sys/clock.h"

static void a_hash_fits_its_password_alone(void **state)
{
	(void)state;
	char hash[PASSWORD_HASH_MAX];
	char again[PASSWORD_HASH_MAX];
	assert_int_equal(password_hash(SLICE("正确的口令"), hash), 0);
	assert_int_equal(password_hash(SLICE("正确的口令"), again), 0);
	assert_string_not_equal(hash, again);
	assert_true(password_verify(slice_str(hash), SLICE("正确的口令")));
	assert_false(password_verify(slice_str(hash), SLICE("正确的口号")));
	assert_false(password_verify(slice_str(hash), (struct slice) { 0 }));
	assert_false(password_outdated(slice_str(hash)));
	assert_memory_equal(hash, "$argon2id$v=19$m=65536,t=3,p=1$", 31);
}

static void what_is_no_hash_fits_nothing(void **state)
{
	(void)state;
	static const char *const hashes[] = { "", "-", "$argon2id$",
		"$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA",
		"$argon2i$v=19$m=65536,t=3,p=1$MDEyMzQ1Njc4OWFiY2RlZg$AAAA" };
	static uint8_t long_one[PASSWORD_MAX_OCTETS + 1];
	char hash[PASSWORD_HASH_MAX] = "untouched";
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		assert_false(password_verify(slice_str(hashes[i]), SLICE("x")));
		assert_false(password_verify(slice_str(hashes[i]), (struct slice) { 0 }));
	}
	assert_int_equal(password_hash(slice_of(long_one, sizeof(long_one)), hash), E_LIMIT);
	assert_string_equal(hash, "untouched");
	assert_int_equal(password_hash(slice_of(long_one, PASSWORD_MAX_OCTETS), hash), 0);
	assert_true(password_verify(slice_str(hash), slice_of(long_one, PASSWORD_MAX_OCTETS)));
	assert_false(password_verify(slice_str(hash), slice_of(long_one, sizeof(long_one))));
}

/* Of this process's own time, so that a busy machine changes nothing. */
static int64_t spent_us(void)
{
	struct timespec spent = { 0 };
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent), 0);
	return (int64_t)spent.tv_sec * 1000000 + spent.tv_nsec / 1000;
}

static int64_t cost_of(struct slice hash)
{
	int64_t best = INT64_MAX;
	for (int i = 0; i < 5; i++) {
		int64_t start = spent_us();
		(void)password_verify(hash, SLICE("guess"));
		int64_t took = spent_us() - start;
		best = took < best ? took : best;
	}
	return best;
}

static void no_account_costs_what_an_account_costs(void **state)
{
	(void)state;
	char hash[PASSWORD_HASH_MAX];
	assert_int_equal(password_hash(SLICE("x"), hash), 0);
	int64_t real = cost_of(slice_str(hash));
	int64_t none = cost_of((struct slice) { 0 });
	print_message("# %lld us against a hash, %lld us against none\n", (long long)real,
		(long long)none);
	assert_in_range(none, real * 7 / 10, real * 13 / 10);
}

struct asked {
	struct password_lane *lane;
	int answered;
	int ok;
	int reasked;
	char hash[PASSWORD_HASH_MAX];
};

static void on_done(void *ctx, bool ok, struct slice new_hash)
{
	struct asked *asked = ctx;
	asked->answered++;
	asked->ok += ok;
	if (new_hash.n > 0) {
		memcpy(asked->hash, new_hash.p, new_hash.n + 1);
	}
}

static void lane_open(uv_loop_t *loop, struct password_lane **lane)
{
	assert_int_equal(uv_loop_init(loop), 0);
	assert_int_equal(password_lane_start(loop, lane), 0);
}

static void lane_close(uv_loop_t *loop, struct password_lane *lane)
{
	lane = password_lane_stop(lane);
	assert_null(lane);
	(void)uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(loop), 0);
}

static void until(uv_loop_t *loop, const struct asked *asked, int count)
{
	while (asked->answered < count) {
		(void)uv_run(loop, UV_RUN_ONCE);
	}
}

static void cheap_hash(const char *password, char hash[PASSWORD_HASH_MAX])
{
	assert_int_equal(argon2id_hash_encoded(1, 8, 1, password, strlen(password),
				 "0123456789abcdef", 16, 32, hash, PASSWORD_HASH_MAX),
		ARGON2_OK);
}

static void the_lane_checks_hashes_and_renews(void **state)
{
	(void)state;
	uv_loop_t loop;
	struct asked asked = { 0 };
	char old[PASSWORD_HASH_MAX];
	cheap_hash("secret", old);
	lane_open(&loop, &asked.lane);
	struct password_job job = { .stored_hash = slice_str(old),
		.password = SLICE("wrong"),
		.done = on_done,
		.ctx = &asked };
	assert_int_equal(password_lane_ask(asked.lane, &job), 0);
	until(&loop, &asked, 1);
	assert_int_equal(asked.ok, 0);
	assert_string_equal(asked.hash, "");
	/* Right, and hashed with old parameters: the same password's new hash comes along. */
	job.password = SLICE("secret");
	assert_int_equal(password_lane_ask(asked.lane, &job), 0);
	until(&loop, &asked, 2);
	assert_int_equal(asked.ok, 1);
	assert_false(password_outdated(slice_str(asked.hash)));
	assert_true(password_verify(slice_str(asked.hash), SLICE("secret")));
	/* A new password besides; and one alone. */
	job.new_password = SLICE("next");
	assert_int_equal(password_lane_ask(asked.lane, &job), 0);
	until(&loop, &asked, 3);
	assert_true(password_verify(slice_str(asked.hash), SLICE("next")));
	job = (struct password_job) {
		.new_password = SLICE("alone"), .done = on_done, .ctx = &asked
	};
	assert_int_equal(password_lane_ask(asked.lane, &job), 0);
	until(&loop, &asked, 4);
	assert_int_equal(asked.ok, 2);
	assert_true(password_verify(slice_str(asked.hash), SLICE("alone")));
	lane_close(&loop, asked.lane);
}

static void the_lane_takes_so_many_and_no_more(void **state)
{
	(void)state;
	uv_loop_t loop;
	struct asked asked = { 0 };
	char old[PASSWORD_HASH_MAX];
	cheap_hash("secret", old);
	lane_open(&loop, &asked.lane);
	struct password_job job = { .stored_hash = slice_str(old),
		.password = SLICE("wrong"),
		.done = on_done,
		.ctx = &asked };
	/* Not delivered yet is still in the queue, however fast the thread is. */
	for (int i = 0; i < PASSWORD_LANE_QUEUE_MAX; i++) {
		assert_int_equal(password_lane_ask(asked.lane, &job), 0);
	}
	assert_int_equal(password_lane_ask(asked.lane, &job), E_BUSY);
	assert_int_equal(password_lane_stats(asked.lane).refused, 1);
	until(&loop, &asked, PASSWORD_LANE_QUEUE_MAX);
	assert_int_equal(password_lane_ask(asked.lane, &job), 0);
	until(&loop, &asked, PASSWORD_LANE_QUEUE_MAX + 1);
	assert_int_equal(password_lane_stats(asked.lane).asked, PASSWORD_LANE_QUEUE_MAX + 1);
	lane_close(&loop, asked.lane);
}

static void a_stopped_lane_answers_everybody(void **state)
{
	(void)state;
	uv_loop_t loop;
	struct asked asked = { 0 };
	char hash[PASSWORD_HASH_MAX];
	assert_int_equal(password_hash(SLICE("secret"), hash), 0);
	lane_open(&loop, &asked.lane);
	struct password_job job = { .stored_hash = slice_str(hash),
		.password = SLICE("secret"),
		.done = on_done,
		.ctx = &asked };
	for (int i = 0; i < PASSWORD_LANE_QUEUE_MAX; i++) {
		assert_int_equal(password_lane_ask(asked.lane, &job), 0);
	}
	int64_t start = clock_mono_ms();
	lane_close(&loop, asked.lane);
	assert_int_equal(asked.answered, PASSWORD_LANE_QUEUE_MAX);
	assert_true(asked.ok < PASSWORD_LANE_QUEUE_MAX);
	assert_true(clock_mono_ms() - start < 2000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hash_fits_its_password_alone),
		cmocka_unit_test(what_is_no_hash_fits_nothing),
		cmocka_unit_test(no_account_costs_what_an_account_costs),
		cmocka_unit_test(the_lane_checks_hashes_and_renews),
		cmocka_unit_test(the_lane_takes_so_many_and_no_more),
		cmocka_unit_test(a_stopped_lane_answers_everybody),
	};
	return cmocka_run_group_tests_name("password", tests, NULL, NULL);
}
