/* SPDX-License-Identifier: Apache-2.0 */
/* SNMP checks against simulated devices on the same loop, over real sockets. */
#include "probe/snmp/snmp_check.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/utf8.h"
#include "device_seen.h"
#include "probe/snmp/profile.h"
#include "sim.h"

enum { PORTS = 3, FIGURES_MAX = 256, TEXT_MAX = 64, RATE = 12500 };

struct figure {
	char metric[TEXT_MAX];
	char instance[TEXT_MAX];
	char label[TEXT_MAX];
	double value;
};

static struct {
	uv_loop_t loop;
	uv_poll_t lab;
	uv_timer_t tick;
	struct sim sim;
	uint16_t port;
	char recording[64];
	struct profiles *profiles;
	struct snmp_checker *checker;
	struct figure figures[FIGURES_MAX];
	size_t figure_count;
	unsigned downs;
	unsigned ups;
	char changed[TEXT_MAX];
	struct device_seen seen;
} world;

struct answer {
	struct check_result result;
	bool come;
};

static void copy(char to[TEXT_MAX], struct slice text)
{
	size_t n = text.n < TEXT_MAX ? text.n : TEXT_MAX - 1;
	memcpy(to, text.p, n);
	to[n] = '\0';
}

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

static void on_figure(
	void *user, const struct check_spec *spec, const struct snmp_figure *figure)
{
	(void)user;
	(void)spec;
	assert_true(world.figure_count < FIGURES_MAX);
	struct figure *kept = &world.figures[world.figure_count++];
	copy(kept->metric, figure->metric);
	copy(kept->instance, figure->instance);
	copy(kept->label, figure->label);
	kept->value = figure->value;
}

static void on_port(
	void *user, const struct check_spec *spec, const struct snmp_port_change *change)
{
	(void)user;
	(void)spec;
	world.downs += change->is_down;
	world.ups += !change->is_down;
	copy(world.changed, change->name);
}

static void on_device(
	void *user, const struct check_spec *spec, const struct device *device, bool first)
{
	(void)first;
	(void)user;
	(void)spec;
	device_seen_take(&world.seen, device);
}

static void write_recording(void)
{
	AUTO_BUF struct buf text;
	buf_init(&text, 65536);
	buf_put_str(&text,
		"1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.25506.1.1\n1.3.6.1.2.1.1.3.0|67|500000\n"
		"1.3.6.1.2.1.1.5.0|4|lab\n");
	for (unsigned i = 1; i <= PORTS; i++) {
		buf_printf(&text,
			"1.3.6.1.2.1.2.2.1.2.%u|4|Ethernet 0/%u\n1.3.6.1.2.1.2.2.1.7.%u|2|1\n"
			"1.3.6.1.2.1.2.2.1.8.%u|2|%u\n1.3.6.1.2.1.2.2.1.10.%u|65|5000\n",
			i, i, i, i, i == PORTS ? 2 : 1, i);
		buf_printf(&text,
			"1.3.6.1.2.1.31.1.1.1.1.%u|4|%s\n"
			"1.3.6.1.2.1.31.1.1.1.6.%u|70|900000000000\n"
			"1.3.6.1.2.1.31.1.1.1.15.%u|66|1000\n",
			i,
			i == 2   ? "Gi0/1"
			: i == 1 ? "Gi0/1"
				 : "Gi0/3",
			i, i);
		buf_printf(&text, "1.3.6.1.2.1.31.1.1.1.18.%u|4x|%s\n", i,
			i == 1 ? "BACBD0C4" : "6C6162"); /* GBK, and "lab" */
	}
	(void)snprintf(world.recording, sizeof(world.recording), "/tmp/fengsui-snmp-XXXXXX");
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

static void profiles_take(void)
{
	const char *source = getenv("FENGSUI_SOURCE");
	struct diag_list diags;
	char path[512];
	assert_non_null(source);
	(void)snprintf(path, sizeof(path), "%s/profiles", source);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	diag_list_init(&diags);
	world.profiles = profiles_create();
	assert_true(profiles_read(fd, -1, world.profiles, &diags) > 50);
	assert_int_equal(diags.count, 0);
	diag_list_fini(&diags);
	(void)close(fd);
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
	assert_int_equal(gb18030_init(), 0);
	write_recording();
	profiles_take();
	char line[128];
	(void)snprintf(line, sizeof(line), "add 127.34.0.1 %s 100", world.recording);
	say(line);
	struct snmp_config config = { .profiles = world.profiles,
		.sink = { on_figure, on_port, on_device, NULL, NULL },
		.devices_max = 64 };
	assert_int_equal(snmp_checker_create(&world.loop, &config, &world.checker), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	snmp_checker_close(world.checker);
	uv_close((uv_handle_t *)&world.lab, NULL);
	uv_close((uv_handle_t *)&world.tick, NULL);
	(void)uv_run(&world.loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&world.loop), 0);
	sim_close(&world.sim);
	world.profiles = profiles_destroy(world.profiles);
	(void)unlink(world.recording);
	return 0;
}

static struct check_spec spec_of(int64_t id, unsigned last)
{
	return (struct check_spec) { .id = id,
		.kind = CHECK_SNMP,
		.addr = { .family = 4, .octet = { 127, 34, 0, (uint8_t)last } },
		.port = world.port,
		.timeout_ms = 1000 };
}

static void on_done(void *user, uint64_t tag, const struct check_result *result)
{
	struct answer *answer = user;
	(void)tag;
	assert_false(answer->come);
	answer->result = *result;
	answer->come = true;
}

static void begin(struct answer *answer, const struct check_spec *spec)
{
	*answer = (struct answer) { 0 };
	assert_int_equal(snmp_check_start(world.checker, spec,
				 (struct check_sink) { on_done, answer, 0 }),
		0);
	assert_false(answer->come);
}

static void wait_for(const struct answer *answer)
{
	while (!answer->come) {
		(void)uv_run(&world.loop, UV_RUN_ONCE);
	}
}

static void turn_ms(int64_t for_ms)
{
	int64_t end_ms = sim_now_ms() + for_ms;
	while (sim_now_ms() < end_ms) {
		(void)uv_run(&world.loop, UV_RUN_ONCE);
	}
}

static const char *check(const struct check_spec *spec)
{
	static struct answer answer;
	world.figure_count = 0;
	begin(&answer, spec);
	wait_for(&answer);
	return answer.result.code;
}

static const struct figure *figure_of(const char *metric, const char *instance)
{
	for (size_t i = 0; i < world.figure_count; i++) {
		if (strcmp(world.figures[i].metric, metric) == 0 &&
			strcmp(world.figures[i].instance, instance) == 0) {
			return &world.figures[i];
		}
	}
	return NULL;
}

static void a_device_answers_and_says_what_it_is(void **state)
{
	(void)state;
	struct check_spec spec = spec_of(1, 1);
	struct answer answer;
	world.seen.times = 0;
	begin(&answer, &spec);
	wait_for(&answer);
	assert_string_equal(answer.result.code, "snmp.ok");
	assert_int_equal(answer.result.state, CHECK_UP);
	assert_true(answer.result.latency_us >= 0);
	assert_string_equal(answer.result.perf[0].name, "rtt");
	turn_ms(300);
	assert_int_equal(world.seen.times, 1);
	assert_int_equal(world.seen.ports, PORTS);
	assert_string_equal(world.seen.sysname, "lab");
	assert_string_equal(world.seen.vendor, "H3C");
	assert_string_equal(world.seen.oper, "up");
	snmp_checker_forget(world.checker, 1);
}

static void rates_are_what_went_through(void **state)
{
	(void)state;
	struct check_spec spec = spec_of(2, 2);
	assert_string_equal(check(&spec), "snmp.ok");
	assert_null(figure_of("in_bps", "Gi0/1"));
	turn_ms(1500);
	(void)check(&spec);
	const struct figure *first = figure_of("in_bps", "Gi0/1");
	/* Two ports of one name have names of their own; a port that is down has no traffic. */
	const struct figure *twin = figure_of("in_bps", "Gi0/1#2");
	assert_non_null(first);
	assert_non_null(twin);
	assert_null(figure_of("in_bps", "Gi0/3"));
	assert_true(first->value > RATE * 8 * 0.9 && first->value < RATE * 8 * 1.1);
	assert_true(twin->value > 8 * RATE * 8 * 0.9 && twin->value < 8 * RATE * 8 * 1.1);
	assert_string_equal(first->label, "核心");
	assert_true(figure_of("speed", "Gi0/1")->value == 1e9);
	snmp_checker_forget(world.checker, 2);
}

static void a_restart_makes_no_spike(void **state)
{
	(void)state;
	struct check_spec spec = spec_of(3, 3);
	(void)check(&spec);
	say("reboot 127.34.0.3");
	turn_ms(1100);
	assert_string_equal(check(&spec), "snmp.restarted");
	assert_null(figure_of("in_bps", "Gi0/1"));
	turn_ms(1100);
	assert_string_equal(check(&spec), "snmp.ok");
	const struct figure *after = figure_of("in_bps", "Gi0/1");
	assert_non_null(after);
	assert_true(after->value < RATE * 8 * 1.2);
	snmp_checker_forget(world.checker, 3);
}

static void a_port_that_goes_down_is_told_until_it_is_well(void **state)
{
	(void)state;
	struct check_spec spec = spec_of(4, 4);
	world.downs = world.ups = 0;
	(void)check(&spec);
	(void)check(&spec);
	assert_int_equal(world.downs, 0); /* one that never was up is nobody's failure */
	say("port 127.34.0.4 2 down");
	(void)check(&spec);
	(void)check(&spec);
	assert_int_equal(world.downs, 1);
	assert_string_equal(world.changed, "Gi0/1#2");
	say("port 127.34.0.4 2 up");
	(void)check(&spec);
	(void)check(&spec);
	assert_int_equal(world.ups, 1);
	/* What was down before we came may be an alert of before. */
	say("port 127.34.0.4 3 up");
	(void)check(&spec);
	assert_int_equal(world.ups, 2);
	snmp_checker_forget(world.checker, 4);
}

static void who_asks_meanwhile_is_told_of_a_look_after(void **state)
{
	(void)state;
	struct check_spec spec = spec_of(5, 5);
	struct answer answers[SNMP_ASKERS_MAX + 2];
	for (size_t i = 0; i <= SNMP_ASKERS_MAX; i++) {
		begin(&answers[i], &spec);
	}
	assert_int_equal(snmp_check_start(world.checker, &spec,
				 (struct check_sink) { on_done, &answers[0], 0 }),
		E_BUSY);
	wait_for(&answers[0]);
	assert_false(answers[1].come);
	for (size_t i = 1; i <= SNMP_ASKERS_MAX; i++) {
		wait_for(&answers[i]);
		assert_string_equal(answers[i].result.code, "snmp.ok");
	}
	snmp_checker_forget(world.checker, 5);
}

static void a_device_that_calls_is_looked_at_now(void **state)
{
	(void)state;
	struct check_spec spec = spec_of(11, 11);
	struct answer answer;
	world.downs = 0;
	(void)check(&spec);
	say("port 127.34.0.11 2 down");
	assert_true(snmp_checker_look(world.checker, &spec.addr));
	turn_ms(200);
	assert_int_equal(world.downs, 1);
	/* In the middle of a look it gets another, which has no asker. */
	say("port 127.34.0.11 2 up");
	world.figure_count = 0;
	begin(&answer, &spec);
	say("port 127.34.0.11 1 down");
	assert_true(snmp_checker_look(world.checker, &spec.addr));
	turn_ms(300);
	assert_true(answer.come);
	assert_int_equal(world.downs, 2);
	unsigned times = 0;
	for (size_t i = 0; i < world.figure_count; i++) {
		times += strcmp(world.figures[i].metric, "speed") == 0;
	}
	assert_int_equal(times, 2);
	/* Whoever cries too often is not heard; nor is a stranger. */
	unsigned heard = 0;
	for (int i = 0; i < 3 * SNMP_LOOKS_MAX; i++) {
		heard += snmp_checker_look(world.checker, &spec.addr);
	}
	assert_int_equal(heard, SNMP_LOOKS_MAX - 2);
	struct probe_addr stranger = { .family = 4, .octet = { 127, 34, 9, 9 } };
	assert_false(snmp_checker_look(world.checker, &stranger));
	turn_ms(200);
	snmp_checker_forget(world.checker, 11);
}

static void the_dead_hold_up_nobody(void **state)
{
	(void)state;
	struct answer dead;
	struct answer live;
	struct check_spec one = spec_of(6, 6);
	struct check_spec other = spec_of(7, 7);
	say("set 127.34.0.6 dead 1");
	begin(&dead, &one);
	int64_t began_ms = sim_now_ms();
	begin(&live, &other);
	wait_for(&live);
	assert_true(sim_now_ms() - began_ms < 500);
	assert_false(dead.come);
	wait_for(&dead);
	assert_string_equal(dead.result.code, "snmp.timeout");
	assert_int_equal(dead.result.state, CHECK_DOWN);
	assert_true(sim_now_ms() - began_ms < 1500);
	snmp_checker_forget(world.checker, 6);
	snmp_checker_forget(world.checker, 7);
}

static void one_address_is_asked_by_one_check(void **state)
{
	(void)state;
	struct check_spec spec = spec_of(8, 8);
	struct check_spec other = spec_of(9, 8);
	struct answer answer;
	(void)check(&spec);
	struct check_sink sink = { on_done, &answer, 0 };
	assert_int_equal(snmp_check_start(world.checker, &other, sink), E_EXISTS);
	turn_ms(200); /* its inventory */
	snmp_checker_forget(world.checker, 8);
	assert_string_equal(check(&other), "snmp.ok");
	/* With other parameters it is another device; one under way is waited for. */
	begin(&answer, &other);
	other.timeout_ms = 2000;
	struct answer later = { 0 };
	sink.user = &later;
	assert_int_equal(snmp_check_start(world.checker, &other, sink), E_BUSY);
	wait_for(&answer);
	turn_ms(200);
	assert_string_equal(check(&other), "snmp.ok");
	/* Forgotten in the middle of it, nobody is told, and nothing is left. */
	begin(&answer, &other);
	snmp_checker_forget(world.checker, 9);
	turn_ms(300);
	assert_false(answer.come);
	assert_int_equal(snmp_checker_stats(world.checker).devices, 0);
}

static void credentials_that_cannot_be_are_refused(void **state)
{
	(void)state;
	struct check_value values[CHECK_VALUES_MAX] = { 0 };
	struct check_spec spec = spec_of(10, 10);
	values[SNMP_VERSION] = (struct check_value) { .number = SNMP_VERSION_3, .given = true };
	values[SNMP_USER] = (struct check_value) { .text = "watcher", .given = true };
	values[SNMP_AUTH] = (struct check_value) { .number = SNMP_AUTH_SHA256, .given = true };
	values[SNMP_AUTH_PASSWORD] = (struct check_value) { .text = "short", .given = true };
	spec.values = values;
	struct check_sink sink = { on_done, NULL, 0 };
	assert_int_equal(snmp_check_start(world.checker, &spec, sink), E_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_answers_and_says_what_it_is),
		cmocka_unit_test(rates_are_what_went_through),
		cmocka_unit_test(a_restart_makes_no_spike),
		cmocka_unit_test(a_port_that_goes_down_is_told_until_it_is_well),
		cmocka_unit_test(who_asks_meanwhile_is_told_of_a_look_after),
		cmocka_unit_test(a_device_that_calls_is_looked_at_now),
		cmocka_unit_test(the_dead_hold_up_nobody),
		cmocka_unit_test(one_address_is_asked_by_one_check),
		cmocka_unit_test(credentials_that_cannot_be_are_refused),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
