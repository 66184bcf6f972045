/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "dns_world.h"
#include "probe/dns/dns_check.h"
#include "probe/prober.h"
#include "probe/stream.h"
#include "proto/dnsmsg.h"
#include "world.h"

static struct caught check(const struct check_spec *spec)
{
	uv_loop_t loop;
	struct caught caught = { 0 };
	assert_int_equal(uv_loop_init(&loop), 0);
	struct stream_set *set = stream_set_create(&loop, 8);
	struct dns_checker *checker = dns_checker_create(set, 8);
	assert_int_equal(dns_check_start(checker, spec, caught_sink(&caught)), 0);
	assert_int_equal(caught.count, 0);
	world_run(&loop, &caught, 1, 5000);
	assert_int_equal(caught.count, 1);
	dns_checker_close(checker);
	stream_set_close(set);
	world_end(&loop);
	assert_int_equal(caught.count, 1);
	return caught;
}

#define RECORDS(literal) .record = (literal), .record_octets = sizeof(literal) - 1
#define A_RECORD "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\x07"
#define ALIAS "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\6\3web\xc0\x10"

static void answers_are_judged(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct dns_script script;
		struct check_spec spec;
		enum check_state state;
		const char *code;
	} cases[] = {
		{ "an address", { RECORDS(A_RECORD), .answers = 1 }, { 0 }, CHECK_UP,
			"dns.ok" },
		{ "the address expected", { RECORDS(ALIAS A_RECORD), .answers = 2 },
			{ .expect_text = "127.0.0.7" }, CHECK_UP, "dns.ok" },
		{ "another address than expected", { RECORDS(A_RECORD), .answers = 1 },
			{ .expect_text = "127.0.0.8" }, CHECK_DOWN, "dns.wrong_answer" },
		{ "an alias, names without regard to case", { RECORDS(ALIAS), .answers = 1 },
			{ .dns_type = DNSMSG_CNAME, .expect_text = "WEB.example.test." },
			CHECK_UP, "dns.ok" },
		{ "only an alias where an address is asked for",
			{ RECORDS(ALIAS), .answers = 1 }, { 0 }, CHECK_DOWN, "dns.no_answer" },
		{ "no such name", { .flags = { 0, 3 } }, { 0 }, CHECK_DOWN, "dns.rcode" },
		{ "no such name, as expected", { .flags = { 0, 3 } },
			{ .expect_status = DNSMSG_NXDOMAIN }, CHECK_UP, "dns.ok" },
		{ "a name where none is expected", { RECORDS(A_RECORD), .answers = 1 },
			{ .expect_status = DNSMSG_NXDOMAIN }, CHECK_DOWN, "dns.rcode" },
		{ "refused", { .flags = { 0, 5 } }, { 0 }, CHECK_DOWN, "dns.rcode" },
		{ "no such name, where being alive is asked", { .flags = { 0, 3 } },
			{ .want_alive = true }, CHECK_UP, "dns.ok" },
		{ "nothing under the name, where being alive is asked", { .flags = { 0, 0 } },
			{ .want_alive = true }, CHECK_UP, "dns.ok" },
		{ "refused, where being alive is asked", { .flags = { 0, 5 } },
			{ .want_alive = true }, CHECK_DOWN, "dns.rcode" },
		{ "authoritative", { RECORDS(A_RECORD), .answers = 1, .flags = { 4, 0 } },
			{ .want_aa = true }, CHECK_UP, "dns.ok" },
		{ "not authoritative", { RECORDS(A_RECORD), .answers = 1 }, { .want_aa = true },
			CHECK_DEGRADED, "dns.not_authoritative" },
		{ "authenticated", { RECORDS(A_RECORD), .answers = 1, .flags = { 0, 0x20 } },
			{ .want_ad = true }, CHECK_UP, "dns.ok" },
		{ "not authenticated", { RECORDS(A_RECORD), .answers = 1 }, { .want_ad = true },
			CHECK_DEGRADED, "dns.not_authenticated" },
		{ "silence", { .silent = true }, { 0 }, CHECK_DOWN, "dns.timeout" },
		{ "a cut answer is asked again by TCP",
			{ RECORDS(A_RECORD), .answers = 1, .cut = true },
			{ .expect_text = "127.0.0.7" }, CHECK_UP, "dns.ok" },
		{ "by TCP an octet at a time",
			{ RECORDS(A_RECORD), .answers = 1, .cut = true, .tcp_drip = true },
			{ 0 }, CHECK_UP, "dns.ok" },
		{ "by TCP garbage",
			{ RECORDS(A_RECORD), .answers = 1, .cut = true, .tcp_garbage = true },
			{ 0 }, CHECK_DOWN, "dns.malformed" },
		{ "forged answers are passed over",
			{ RECORDS(A_RECORD), .answers = 1, .forge_first = true },
			{ .expect_text = "127.0.0.7" }, CHECK_UP, "dns.ok" },
		{ "only forged answers are none",
			{ RECORDS(A_RECORD), .answers = 1, .forge_first = true,
				.silent = true },
			{ 0 }, CHECK_DOWN, "dns.timeout" },
		{ "noise is passed over",
			{ RECORDS(A_RECORD), .answers = 1, .noise_first = true }, { 0 },
			CHECK_UP, "dns.ok" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dns_world *world = dns_world_start(&cases[i].script);
		struct check_spec spec = cases[i].spec;
		spec.addr = world_addr("127.0.0.1");
		spec.port = dns_world_port(world);
		spec.timeout_ms = cases[i].script.silent ? 150 : 2000;
		spec.query_name = "www.example.test";
		struct caught caught = check(&spec);
		dns_world_stop(world);
		if (strcmp(caught.last.code, cases[i].code) != 0) {
			fail_msg("%s: %s", cases[i].name, caught.last.code);
		}
		assert_int_equal(caught.last.state, cases[i].state);
		assert_int_equal(world_arg(&caught.last, "ignored") != NULL,
			cases[i].script.forge_first || cases[i].script.noise_first);
	}
}

static void nobody_there_is_refused_at_once(void **state)
{
	(void)state;
	struct dns_script script = { 0 };
	struct dns_world *world = dns_world_start(&script);
	struct check_spec spec = { .addr = world_addr("127.0.0.1"),
		.port = dns_world_port(world),
		.timeout_ms = 3000,
		.query_name = "www.example.test" };
	dns_world_stop(world);
	struct caught caught = check(&spec);
	assert_string_equal(caught.last.code, "dns.refused");
}

static void the_checker_keeps_its_limit(void **state)
{
	(void)state;
	uv_loop_t loop;
	struct caught caught = { 0 };
	struct dns_script script = { .silent = true };
	struct dns_world *world = dns_world_start(&script);
	assert_int_equal(uv_loop_init(&loop), 0);
	struct stream_set *set = stream_set_create(&loop, 8);
	struct dns_checker *checker = dns_checker_create(set, 1);
	struct check_spec spec = { .addr = world_addr("127.0.0.1"),
		.port = dns_world_port(world),
		.timeout_ms = 3000,
		.query_name = "www.example.test" };
	assert_int_equal(dns_check_start(checker, &spec, caught_sink(&caught)), 0);
	assert_int_equal(dns_check_start(checker, &spec, caught_sink(&caught)), E_BUSY);
	assert_int_equal(dns_checker_count(checker), 1);
	dns_checker_close(checker);
	stream_set_close(set);
	world_end(&loop);
	assert_int_equal(caught.count, 0);
	dns_world_stop(world);
}

static void serve_nothing(int fd, void *arg)
{
	(void)fd;
	(void)arg;
}

/* The address of the name in the answer is 127.0.0.7: the listener must be there. */
static struct caught named(
	struct prober *prober, uv_loop_t *loop, const char *name, uint16_t port)
{
	struct caught caught = { 0 };
	struct check_spec spec = {
		.kind = CHECK_TCP, .name = name, .port = port, .timeout_ms = 1000
	};
	assert_int_equal(prober_start(prober, &spec, caught_sink(&caught)), 0);
	world_run(loop, &caught, 1, 9000);
	assert_int_equal(caught.count, 1);
	return caught;
}

static void names_are_resolved_and_kept(void **state)
{
	(void)state;
	uv_loop_t loop;
	struct prober *prober = NULL;
	struct server server;
	char resolvers[64];
	struct dns_script script = { RECORDS("\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\x01"),
		.answers = 1 };
	struct dns_world *world = dns_world_start(&script);
	server_start(&server, serve_nothing, NULL);
	(void)snprintf(resolvers, sizeof(resolvers), "127.0.0.1:%u", dns_world_port(world));
	struct prober_config config = {
		.fd4 = -1, .fd6 = -1, .dhcp4 = -1, .resolvers = resolvers
	};
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(prober_create(&loop, &config, &prober), 0);
	struct caught caught = named(prober, &loop, "www.example.test", server.port);
	assert_string_equal(caught.last.code, "tcp.ok");
	unsigned asked = dns_world_asked(world);
	assert_in_range(asked, 1, 4);
	/* Within its TTL, and without the resolver: no further question. */
	dns_world_silence(world);
	caught = named(prober, &loop, "www.example.test", server.port);
	assert_string_equal(caught.last.code, "tcp.ok");
	assert_int_equal(dns_world_asked(world), asked);
	/* localhost is asked of nobody. */
	caught = named(prober, &loop, "localhost", server.port);
	assert_string_equal(caught.last.code, "tcp.ok");
	assert_int_equal(dns_world_asked(world), asked);
	/* A name never heard, of a silent resolver: unknown, not down. */
	caught = named(prober, &loop, "new.example.test", server.port);
	assert_string_equal(caught.last.code, "resolve.failed");
	assert_int_equal(caught.last.state, CHECK_UNKNOWN);
	prober_close(prober);
	world_end(&loop);
	dns_world_stop(world);
	server_stop(&server);
}

static void a_name_that_is_gone_is_down(void **state)
{
	(void)state;
	uv_loop_t loop;
	struct prober *prober = NULL;
	char resolvers[64];
	struct dns_script script = { .flags = { 0, 3 } };
	struct dns_world *world = dns_world_start(&script);
	(void)snprintf(resolvers, sizeof(resolvers), "127.0.0.1:%u", dns_world_port(world));
	struct prober_config config = {
		.fd4 = -1, .fd6 = -1, .dhcp4 = -1, .resolvers = resolvers
	};
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(prober_create(&loop, &config, &prober), 0);
	struct caught caught = named(prober, &loop, "gone.example.test", 1);
	assert_string_equal(caught.last.code, "resolve.absent");
	assert_int_equal(caught.last.state, CHECK_DOWN);
	/* Ending in the middle of a question leaves nothing behind. */
	struct check_spec spec = { .kind = CHECK_TCP, .name = "later.example.test", .port = 1 };
	assert_int_equal(prober_start(prober, &spec, caught_sink(&caught)), 0);
	prober_close(prober);
	world_end(&loop);
	dns_world_stop(world);
	config.resolvers = "not an address";
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(prober_create(&loop, &config, &prober), E_INPUT);
	world_end(&loop);
}

struct named {
	int error;
	char name[RESOLVER_NAME_MAX + 1];
	unsigned count;
};

static void on_named(void *user, uint64_t tag, int error, struct slice name)
{
	struct named *named = user;
	assert_int_equal(tag, 7);
	named->error = error;
	(void)snprintf(named->name, sizeof(named->name), "%.*s", SLICE_FMT(name));
	named->count++;
}

static void an_address_is_named_by_what_a_machine_can_be_called(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *address;
		struct dns_script script;
		int error;
		const char *want;
	} cases[] = {
		{ "a name", "10.20.11.2",
			{ RECORDS("\xc0\x0c\0\14\0\1\0\0\0\x3c\0\7\5nas-1\0"), .answers = 1 },
			0, "nas-1" },
		{ "an alias before it (RFC 2317)", "10.20.11.2",
			{ RECORDS("\xc0\x0c\0\5\0\1\0\0\0\x3c\0\3\1a\0"
				  "\1a\0\0\14\0\1\0\0\0\x3c\0\4\2pc\0"),
				.answers = 2 },
			0, "pc" },
		{ "of IPv6", "2001:db8::25",
			{ RECORDS("\xc0\x0c\0\14\0\1\0\0\0\x3c\0\4\2v6\0"), .answers = 1 }, 0,
			"v6" },
		{ "markup instead of a name", "10.20.11.2",
			{ RECORDS("\xc0\x0c\0\14\0\1\0\0\0\x3c\0\5\3<b>\0"), .answers = 1 },
			E_ABSENT, "" },
		{ "another record than asked for", "10.20.11.2",
			{ RECORDS(A_RECORD), .answers = 1 }, E_ABSENT, "" },
		{ "no such name", "10.20.11.2", { .flags = { 0, 3 } }, E_ABSENT, "" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uv_loop_t loop;
		struct named named = { 0 };
		char resolvers[64];
		struct dns_world *world = dns_world_start(&cases[i].script);
		assert_int_equal(uv_loop_init(&loop), 0);
		(void)snprintf(
			resolvers, sizeof(resolvers), "127.0.0.1:%u", dns_world_port(world));
		struct prober_config config = {
			.fd4 = -1, .fd6 = -1, .dhcp4 = -1, .resolvers = resolvers
		};
		struct prober *prober = NULL;
		assert_int_equal(prober_create(&loop, &config, &prober), 0);
		struct probe_addr addr = world_addr(cases[i].address);
		assert_int_equal(prober_name(prober, &addr,
					 (struct resolver_name_sink) { on_named, &named, 7 }),
			0);
		for (unsigned turns = 0; turns < 5000 && named.count == 0; turns++) {
			(void)uv_run(&loop, UV_RUN_ONCE);
		}
		prober_close(prober);
		world_end(&loop);
		dns_world_stop(world);
		if (named.count != 1 || named.error != cases[i].error ||
			strcmp(named.name, cases[i].want) != 0) {
			fail_msg("%s: %d %s x%u", cases[i].name, named.error, named.name,
				named.count);
		}
	}
}

static void without_resolver_or_socket_the_state_is_unknown(void **state)
{
	(void)state;
	uv_loop_t loop;
	struct prober *prober = NULL;
	struct prober_config config = { .fd4 = -1, .fd6 = -1, .dhcp4 = -1 };
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(prober_create(&loop, &config, &prober), 0);
	struct caught caught = named(prober, &loop, "www.example.test", 1);
	assert_string_equal(caught.last.code, "resolve.none");
	struct check_spec spec = { .kind = CHECK_ICMP, .addr = world_addr("127.0.0.1") };
	caught = (struct caught) { 0 };
	assert_int_equal(prober_start(prober, &spec, caught_sink(&caught)), 0);
	assert_int_equal(caught.count, 0);
	world_run(&loop, &caught, 1, 1000);
	assert_string_equal(caught.last.code, "icmp.no_socket");
	assert_int_equal(caught.last.state, CHECK_UNKNOWN);
	prober_close(prober);
	world_end(&loop);
}

int main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_judged),
		cmocka_unit_test(nobody_there_is_refused_at_once),
		cmocka_unit_test(the_checker_keeps_its_limit),
		cmocka_unit_test(names_are_resolved_and_kept),
		cmocka_unit_test(a_name_that_is_gone_is_down),
		cmocka_unit_test(an_address_is_named_by_what_a_machine_can_be_called),
		cmocka_unit_test(without_resolver_or_socket_the_state_is_unknown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
