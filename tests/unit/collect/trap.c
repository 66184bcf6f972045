/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/trap/trap.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "collect/trap/trap_repeat.h"
#include "proto/mib_table.h"
#include "proto/usm.h"

static struct {
	uv_loop_t loop;
	struct collect_trap *collect;
	struct usm_user user;
	int out;
	unsigned events;
	unsigned verified;
	uint32_t unsaid;
	char names[64][32];
} world;

static void on_trap(void *user, const struct collect_trap_event *event)
{
	(void)user;
	const char *name = trap_name(oid_of(&event->trap->oid));
	assert_true(slice_is(event->source, "127.0.0.1"));
	if (world.events < 64) {
		(void)snprintf(world.names[world.events], 32, "%s %u",
			name != NULL ? name : "?", trap_if_index(event->trap));
	}
	world.events++;
	world.verified += event->is_verified;
	world.unsaid = event->unsaid;
}

static int set_up(void **state)
{
	(void)state;
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	memset(&world, 0, sizeof(world));
	assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	world.out = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(world.out, (struct sockaddr *)&at, n), 0);
	world.user.auth = USM_SHA256;
	world.user.priv = USM_AES128;
	assert_int_equal(usm_user_set(&world.user, SLICE("sender"), SLICE("auth password"),
				 SLICE("priv password")),
		0);
	assert_int_equal(uv_loop_init(&world.loop), 0);
	struct collect_trap_options options = { .loop = &world.loop,
		.udp_fds = &fd,
		.udp_count = 1,
		.users = &world.user,
		.user_count = 1,
		.seed = { 3 },
		.on_trap = on_trap };
	assert_int_equal(collect_trap_create(&options, &world.collect), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world.collect = collect_trap_destroy(world.collect);
	(void)uv_run(&world.loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&world.loop), 0);
	(void)close(world.out);
	return 0;
}

static void put_pdu(struct snmp_writer *writer, uint8_t generic, uint8_t port)
{
	uint8_t oid[] = { 0x2b, 6, 1, 6, 3, 1, 1, 5, generic };
	uint8_t name[] = { 0x2b, 6, 1, 2, 1, 2, 2, 1, 1, port };
	snmp_put(writer, SLICE("\x2b\6\1\2\1\1\3\0"), MIB_TIME_TICKS, SLICE("\x30\x39"));
	snmp_put(writer, SLICE("\x2b\6\1\6\3\1\1\4\1\0"), MIB_OID, slice_of(oid, sizeof(oid)));
	snmp_put(writer, slice_of(name, sizeof(name)), MIB_INTEGER, slice_of(&port, 1));
	assert_int_equal(snmp_end(writer), 0);
}

static void send_octets(struct slice octets)
{
	uint64_t before = collect_trap_counters(world.collect)->datagrams;
	assert_int_equal(send(world.out, octets.p, octets.n, 0), octets.n);
	while (collect_trap_counters(world.collect)->datagrams == before) {
		(void)uv_run(&world.loop, UV_RUN_ONCE);
	}
}

static void send_trap(enum snmp_kind kind, uint8_t generic, uint8_t port)
{
	AUTO_BUF struct buf wire;
	buf_init(&wire, 1024);
	struct snmp_msg msg = {
		.version = SNMP_V2C, .kind = kind, .community = SLICE("public"), .request_id = 5
	};
	struct snmp_writer writer = snmp_begin(&wire, &msg);
	put_pdu(&writer, generic, port);
	send_octets(buf_slice(&wire));
}

static void every_change_of_a_port_is_news_and_no_repeat_is(void **state)
{
	(void)state;
	send_trap(SNMP_TRAP_V2, 3, 7);
	send_trap(SNMP_TRAP_V2, 3, 7);
	send_trap(SNMP_TRAP_V2, 3, 7);
	send_trap(SNMP_TRAP_V2, 3, 8);
	send_trap(SNMP_TRAP_V2, 4, 7);
	assert_int_equal(world.unsaid, 2);
	send_trap(SNMP_TRAP_V2, 3, 7);
	assert_int_equal(world.unsaid, 0);
	assert_int_equal(world.events, 4);
	static const char *const names[] = { "linkDown 7", "linkDown 8", "linkUp 7",
		"linkDown 7" };
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(world.names[i], names[i]);
	}
	assert_int_equal(collect_trap_counters(world.collect)->repeats, 2);
}

static void a_storm_is_cut_and_counted(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2 * TRAP_STORM_MAX + 50; i++) {
		send_trap(SNMP_TRAP_V2, (uint8_t)(3 + i % 2), 9);
	}
	const struct collect_trap_counters *counters = collect_trap_counters(world.collect);
	/* A minute may turn in the middle of it. */
	assert_true(counters->news >= TRAP_STORM_MAX);
	assert_true(counters->storm >= 50);
	assert_int_equal(counters->news + counters->storm, 2 * TRAP_STORM_MAX + 50);
	assert_int_equal(world.events, counters->news);
}

static void an_inform_is_answered(void **state)
{
	(void)state;
	uint8_t octets[1024];
	struct snmp_msg reply;
	send_trap(SNMP_INFORM, 4, 3);
	ssize_t n = recv(world.out, octets, sizeof(octets), MSG_DONTWAIT);
	assert_true(n > 0);
	assert_int_equal(snmp_parse(slice_of(octets, (size_t)n), &reply), 0);
	assert_int_equal(reply.kind, SNMP_RESPONSE);
	assert_int_equal(reply.request_id, 5);
	assert_int_equal(world.events, 1);
}

static void what_is_no_trap_is_counted_by_kind(void **state)
{
	(void)state;
	send_octets(SLICE("rubbish"));
	send_trap(SNMP_GET, 3, 1);
	assert_int_equal(collect_trap_counters(world.collect)->malformed, 1);
	assert_int_equal(collect_trap_counters(world.collect)->no_traps, 1);
	assert_int_equal(world.events, 0);
}

static void make_v3(struct buf *wire, const char *name, uint32_t time_s)
{
	struct usm_user user = world.user;
	struct usm_engine engine = { 0 };
	struct snmp_msg head = { .kind = SNMP_TRAP_V2, .request_id = 5 };
	AUTO_BUF struct buf pdu;
	buf_init(&pdu, 512);
	struct snmp_writer writer = snmp_begin_pdu(&pdu, &head);
	put_pdu(&writer, 3, (uint8_t)time_s);
	user.name_n = (uint8_t)strlen(name);
	memcpy(user.name, name, user.name_n);
	assert_int_equal(usm_engine_set(&engine, &user, SLICE("\x80\0\x1f\x88\4lab")), 0);
	head.v3 = (struct snmp_v3) {
		.msg_id = 5, .boots = 2, .time_s = time_s, .priv = SLICE("saltsalt")
	};
	buf_clear(wire);
	assert_int_equal(usm_put(wire, &user, &engine, &head, buf_slice(&pdu)), 0);
}

static void version_3_is_opened_verified_and_not_played_back(void **state)
{
	(void)state;
	const struct collect_trap_counters *counters = collect_trap_counters(world.collect);
	AUTO_BUF struct buf wire;
	AUTO_BUF struct buf old;
	buf_init(&wire, 1024);
	buf_init(&old, 1024);
	make_v3(&old, "sender", 10);
	send_octets(buf_slice(&old));
	assert_int_equal(world.events, 1);
	assert_int_equal(world.verified, 1);
	assert_string_equal(world.names[0], "linkDown 10");
	make_v3(&wire, "stranger", 20);
	send_octets(buf_slice(&wire));
	assert_int_equal(counters->sealed, 1);
	make_v3(&wire, "sender", 100);
	wire.p[wire.n - 1] ^= 1;
	send_octets(buf_slice(&wire));
	assert_int_equal(counters->forged, 1);
	make_v3(&wire, "sender", 200);
	send_octets(buf_slice(&wire));
	assert_int_equal(world.events, 2);
	send_octets(buf_slice(&old));
	assert_int_equal(counters->forged, 2);
	assert_int_equal(world.events, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			every_change_of_a_port_is_news_and_no_repeat_is, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_storm_is_cut_and_counted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_inform_is_answered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_is_no_trap_is_counted_by_kind, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			version_3_is_opened_verified_and_not_played_back, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
