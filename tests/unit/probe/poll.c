/* SPDX-License-Identifier: Apache-2.0 */
/* The poller against simulated devices on the same loop, over real sockets. */
#include "probe/snmp/poll.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "proto/beroid.h"
#include "proto/mib_table.h"
#include "sim.h"

enum { PORTS = 30, JOBS_MAX = 64 };

static struct {
	uv_loop_t loop;
	uv_poll_t lab;
	uv_timer_t tick;
	struct sim sim;
	uint16_t port;
	char recording[64];
	struct poller *poller;
} world;

struct job {
	struct mib_table *table;
	struct poll_answer answer;
	int64_t ended_ms;
	bool ended;
};

static void on_lab(uv_poll_t *poll, int status, int events)
{
	(void)poll;
	(void)status;
	(void)events;
	sim_receive(&world.sim);
}

static void on_tick(uv_timer_t *timer)
{
	(void)timer;
	(void)sim_run_due(&world.sim);
}

static void write_recording(void)
{
	AUTO_BUF struct buf text;
	buf_init(&text, 65536);
	buf_put_str(&text,
		"1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1\n1.3.6.1.2.1.1.3.0|67|5000\n"
		"1.3.6.1.2.1.1.5.0|4|lab\n");
	for (unsigned i = 1; i <= PORTS; i++) {
		buf_printf(&text,
			"1.3.6.1.2.1.2.2.1.2.%u|4|port %u\n1.3.6.1.2.1.2.2.1.8.%u|2|1\n"
			"1.3.6.1.2.1.31.1.1.1.6.%u|70|%u\n1.3.6.1.2.1.31.1.1.1.18.%u|4|\n",
			i, i, i, i, i * 1000, i);
	}
	(void)snprintf(world.recording, sizeof(world.recording), "/tmp/fengsui-poll-XXXXXX");
	int fd = mkstemp(world.recording);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.p, text.n), text.n);
	(void)close(fd);
}

static void say(const char *line)
{
	AUTO_BUF struct buf answer;
	buf_init(&answer, 1024);
	sim_control(&world.sim, slice_str(line), &answer);
	if (!slice_eq(buf_slice(&answer), SLICE("ok\n"))) {
		fail_msg("%s: %s", line, (const char *)answer.p);
	}
}

static int set_up(void **state)
{
	(void)state;
	struct sockaddr_in at;
	socklen_t n = sizeof(at);
	assert_int_equal(uv_loop_init(&world.loop), 0);
	assert_int_equal(sim_open(&world.sim, 0), 0);
	assert_int_equal(getsockname(world.sim.fd, (struct sockaddr *)&at, &n), 0);
	world.port = ntohs(at.sin_port);
	(void)uv_poll_init(&world.loop, &world.lab, world.sim.fd);
	(void)uv_poll_start(&world.lab, UV_READABLE, on_lab);
	(void)uv_timer_init(&world.loop, &world.tick);
	(void)uv_timer_start(&world.tick, on_tick, 5, 5);
	write_recording();
	char line[128];
	(void)snprintf(line, sizeof(line), "add 127.33.0.1 %s 100", world.recording);
	say(line);
	struct poll_config config = { .devices_max = 128, .fd4 = -1, .fd6 = -1, .seed = { 7 } };
	assert_int_equal(poll_create(&world.loop, &config, &world.poller), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	poll_close(world.poller);
	uv_close((uv_handle_t *)&world.lab, NULL);
	uv_close((uv_handle_t *)&world.tick, NULL);
	(void)uv_run(&world.loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&world.loop), 0);
	sim_close(&world.sim);
	(void)unlink(world.recording);
	return 0;
}

static uint32_t add(unsigned last, enum snmp_version version)
{
	uint32_t device = 0;
	struct poll_target target = { .port = world.port,
		.version = version,
		.community = SLICE("public"),
		.repeats = 1 };
	target.addr =
		(struct probe_addr) { .family = 4, .octet = { 127, 33, 0, (uint8_t)last } };
	assert_int_equal(poll_add(world.poller, &target, &device), 0);
	return device;
}

static void on_done(void *user, const struct poll_answer *answer)
{
	struct job *job = user;
	job->answer = *answer;
	job->ended_ms = sim_now_ms();
	job->ended = true;
}

static void ask(struct job *job, uint32_t device, bool is_walk, const char *const *names)
{
	struct buf octets[POLL_NAMES_MAX];
	struct slice encoded[POLL_NAMES_MAX];
	size_t count = 0;
	for (; names[count] != NULL; count++) {
		buf_init(&octets[count], 256);
		assert_int_equal(beroid_put_parsed(&octets[count], slice_str(names[count])), 0);
		encoded[count] = buf_slice(&octets[count]);
	}
	*job = (struct job) { .table = mib_table_create() };
	struct poll_ask what = { .names = encoded,
		.count = count,
		.table = job->table,
		.done = on_done,
		.user = job };
	int rc = is_walk ? poll_walk(world.poller, device, &what)
			 : poll_get(world.poller, device, &what);
	assert_int_equal(rc, 0);
	assert_false(job->ended);
	for (size_t i = 0; i < count; i++) {
		buf_fini(&octets[i]);
	}
}

static void finish(struct job *jobs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		while (!jobs[i].ended) {
			(void)uv_run(&world.loop, UV_RUN_ONCE);
		}
		(void)mib_table_seal(jobs[i].table);
	}
}

static void drop(struct job *jobs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		jobs[i].table = mib_table_destroy(jobs[i].table);
	}
}

static const char *const four_columns[] = { "1.3.6.1.2.1.2.2.1.2", "1.3.6.1.2.1.2.2.1.8",
	"1.3.6.1.2.1.31.1.1.1.6", "1.3.6.1.2.1.31.1.1.1.18", NULL };

static const struct {
	const char *name;
	const char *line; /* what its device is told; NULL = nothing */
	enum snmp_version version;
	enum poll_end end;
	unsigned faults;
	size_t values;
} walks[] = {
	{ "a good device", NULL, SNMP_V2C, POLL_OK, 0, 4 * PORTS },
	{ "by version 1 there are no 64 bits", NULL, SNMP_V1, POLL_OK, 0, 3 * PORTS },
	{ "of version 1 only", "set %s v1only 1", SNMP_V1, POLL_OK, 0, 3 * PORTS },
	{ "of version 1 only, asked by 2c", "set %s v1only 1", SNMP_V2C, POLL_TIMEOUT, 0, 0 },
	{ "that says tooBig past seven values", "set %s toobig 7", SNMP_V2C, POLL_OK,
		POLL_SLICED, 4 * PORTS },
	{ "that says tooBig past three, fewer than the columns", "set %s toobig 3", SNMP_V2C,
		POLL_OK, POLL_SLICED, 4 * PORTS },
	{ "whose answers are cut at 484 octets", "set %s octets 484", SNMP_V2C, POLL_OK, 0,
		4 * PORTS },
	{ "that answers twice", "set %s twice 1", SNMP_V2C, POLL_OK, 0, 4 * PORTS },
	{ "that takes longer than we first wait", "set %s delay 1100", SNMP_V2C, POLL_OK, 0,
		4 * PORTS },
	{ "that is dead", "set %s dead 1", SNMP_V2C, POLL_TIMEOUT, 0, 0 },
	{ "that answers rubbish", "set %s garbage 1", SNMP_V2C, POLL_GARBAGE, 0, 0 },
	{ "with another community", "community %s secret", SNMP_V2C, POLL_TIMEOUT, 0, 0 },
};

static void a_walk_takes_devices_as_they_are(void **state)
{
	(void)state;
	enum { WALKS = sizeof(walks) / sizeof(walks[0]) };
	static struct job jobs[WALKS];
	for (unsigned i = 0; i < WALKS; i++) {
		char where[32];
		char line[128];
		(void)snprintf(where, sizeof(where), "127.33.0.%u", i + 1);
		if (walks[i].line != NULL) {
			struct slice before = slice_head(slice_str(walks[i].line),
				slice_find(slice_str(walks[i].line), SLICE("%s")));
			(void)snprintf(line, sizeof(line), "%.*s%s%s", SLICE_FMT(before), where,
				walks[i].line + before.n + 2);
			say(line);
		}
		ask(&jobs[i], add(i + 1, walks[i].version), true, four_columns);
	}
	finish(jobs, WALKS);
	for (size_t i = 0; i < WALKS; i++) {
		const struct poll_answer *answer = &jobs[i].answer;
		if (answer->end != walks[i].end || answer->faults != walks[i].faults ||
			mib_table_count(jobs[i].table) != walks[i].values ||
			answer->values != walks[i].values) {
			fail_msg("%s: %s, faults %u, %zu values", walks[i].name,
				poll_end_text(answer->end), answer->faults,
				mib_table_count(jobs[i].table));
		}
	}
	assert_true(poll_stats(world.poller).strangers > 0);
	assert_int_equal(poll_stats(world.poller).under_way, 0);
	drop(jobs, WALKS);
}

static void an_agent_that_goes_in_circles_is_left(void **state)
{
	(void)state;
	struct job job;
	say("set 127.33.0.20 loop 1");
	ask(&job, add(20, SNMP_V2C), true, four_columns);
	finish(&job, 1);
	assert_int_equal(job.answer.end, POLL_OK);
	assert_int_equal(job.answer.faults & POLL_NOT_INCREASING, POLL_NOT_INCREASING);
	assert_in_range(job.answer.requests, 1, 20);
	drop(&job, 1);
}

static void objects_that_are_not_there_cost_only_themselves(void **state)
{
	(void)state;
	static const char *const names[] = { "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.99.0",
		"1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.99.0", "1.3.6.1.2.1.2.2.1.2.7", NULL };
	struct job jobs[2];
	ask(&jobs[0], add(21, SNMP_V1), false, names);
	ask(&jobs[1], add(22, SNMP_V2C), false, names);
	finish(jobs, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(jobs[i].answer.end, POLL_OK);
		assert_int_equal(jobs[i].answer.faults, POLL_PARTIAL);
		assert_int_equal(mib_table_count(jobs[i].table), 3);
	}
	/* Version 1 names one at a time: two refusals, then the rest. */
	assert_int_equal(jobs[0].answer.requests, 3);
	assert_int_equal(jobs[1].answer.requests, 1);
	drop(jobs, 2);
}

static void the_dead_hold_up_nobody(void **state)
{
	(void)state;
	struct job jobs[JOBS_MAX];
	say("set 127.33.0.30 dead 1 20");
	say("set 127.33.0.50 delay 2000 10");
	int64_t began_ms = sim_now_ms();
	for (unsigned i = 0; i < 60; i++) {
		ask(&jobs[i], add(30 + i, SNMP_V2C), true, four_columns);
	}
	finish(jobs + 30, 30);
	for (unsigned i = 30; i < 60; i++) {
		assert_int_equal(jobs[i].answer.end, POLL_OK);
		assert_in_range(jobs[i].ended_ms - began_ms, 0, 900);
	}
	finish(jobs, 30);
	for (unsigned i = 0; i < 30; i++) {
		assert_int_equal(jobs[i].answer.end, i < 20 ? POLL_TIMEOUT : POLL_OK);
	}
	drop(jobs, 60);
}

static void after_some_silence_a_device_is_not_asked_any_more(void **state)
{
	(void)state;
	struct job jobs[5];
	static const char *const one[] = { "1.3.6.1.2.1.1.3.0", NULL };
	uint32_t device = 0;
	struct poll_target target = { .port = world.port,
		.version = SNMP_V2C,
		.community = SLICE("public"),
		.wait_ms = 250,
		.repeats = 1 };
	target.addr = (struct probe_addr) { .family = 4, .octet = { 127, 33, 0, 91 } };
	assert_int_equal(poll_add(world.poller, &target, &device), 0);
	say("set 127.33.0.91 dead 1");
	for (size_t i = 0; i < 5; i++) {
		ask(&jobs[i], device, false, one);
	}
	finish(jobs, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(jobs[i].answer.end, i < 3 ? POLL_TIMEOUT : POLL_DEAD);
		assert_int_equal(jobs[i].answer.requests, i < 3 ? 2 : 0);
	}
	assert_int_equal(poll_stats(world.poller).dead, 1);
	drop(jobs, 5);
}

static void what_cannot_be_taken_is_refused_at_once(void **state)
{
	(void)state;
	struct job jobs[POLL_QUEUE_MAX];
	static const char *const one[] = { "1.3.6.1.2.1.1.3.0", NULL };
	uint32_t device = add(92, SNMP_V2C);
	uint32_t again = 0;
	struct poll_target target = { .port = world.port, .version = SNMP_V2C };
	target.addr = (struct probe_addr) { .family = 4, .octet = { 127, 33, 0, 92 } };
	assert_int_equal(poll_add(world.poller, &target, &again), E_EXISTS);
	for (size_t i = 0; i < POLL_QUEUE_MAX; i++) {
		ask(&jobs[i], device, false, one);
	}
	struct slice name = SLICE("\x2b\6\1");
	struct poll_ask more = { .names = &name, .count = 1, .done = on_done };
	assert_int_equal(poll_get(world.poller, device, &more), E_BUSY);
	more.count = POLL_NAMES_MAX + 1;
	assert_int_equal(poll_get(world.poller, device, &more), E_INPUT);
	finish(jobs, POLL_QUEUE_MAX);
	drop(jobs, POLL_QUEUE_MAX);
	/* One that is removed in the middle of it is heard of no more. */
	ask(&jobs[0], device, true, four_columns);
	poll_remove(world.poller, device);
	for (int i = 0; i < 20; i++) {
		(void)uv_run(&world.loop, UV_RUN_NOWAIT);
	}
	assert_false(jobs[0].ended);
	drop(jobs, 1);
	assert_int_equal(poll_add(world.poller, &target, &again), 0);
	poll_remove(world.poller, again);
}

static void loss_is_made_good(void **state)
{
	(void)state;
	struct job jobs[4];
	for (unsigned i = 0; i < 4; i++) {
		char line[64];
		(void)snprintf(line, sizeof(line), "set 127.33.0.%u loss 15", 94 + i);
		say(line);
		ask(&jobs[i], add(94 + i, SNMP_V2C), true, four_columns);
	}
	finish(jobs, 4);
	for (unsigned i = 0; i < 4; i++) {
		/* Two in a row may be lost; then it says so, and nothing is there twice or wrong. */
		bool whole = jobs[i].answer.end == POLL_OK &&
			     mib_table_count(jobs[i].table) == 4 * PORTS;
		assert_true(whole || jobs[i].answer.end == POLL_TIMEOUT);
	}
	drop(jobs, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_walk_takes_devices_as_they_are),
		cmocka_unit_test(an_agent_that_goes_in_circles_is_left),
		cmocka_unit_test(objects_that_are_not_there_cost_only_themselves),
		cmocka_unit_test(the_dead_hold_up_nobody),
		cmocka_unit_test(after_some_silence_a_device_is_not_asked_any_more),
		cmocka_unit_test(what_cannot_be_taken_is_refused_at_once),
		cmocka_unit_test(loss_is_made_good),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
