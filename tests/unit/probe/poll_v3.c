/* SPDX-License-Identifier: Apache-2.0 */
/* The poller by version 3 against an engine of our own making that restarts, lies and plays back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "probe/snmp/poll.h"
#include "proto/mib_table.h"
#include "proto/usm.h"

enum { ENGINE_IDS = 4, WINDOW_STAT = 2, ENGINE_STAT = 4 };

enum manner {
	HONEST,
	DROPS_ENCRYPTED,
	SILENT,
	PLAYS_BACK,    /* what it answered first, again */
	FALSE_CLOCK,   /* says unsigned that our clock is wrong, then nothing */
	PLAIN_ANSWERS, /* answers what was asked in secret openly */
};

static struct {
	uv_loop_t loop;
	uv_poll_t poll;
	int fd;
	struct usm_user user;
	struct usm_engine engine; /* boots, time_s: its own clock */
	enum manner manner;
	struct buf first;
	unsigned asked;
	struct poller *poller;
	uint32_t device;
	struct mib_table *table;
	struct poll_answer answer;
	bool ended;
	uint16_t vlan;    /* of the next question */
	char context[32]; /* the last was asked in */
} world;

static void put_value(
	struct buf *pdu, const struct snmp_msg *msg, enum snmp_kind kind, unsigned stat)
{
	uint8_t name[] = { 0x2b, 6, 1, 6, 3, 15, 1, 1, (uint8_t)stat, 0 };
	struct snmp_msg head = { .kind = kind, .request_id = msg->request_id };
	struct snmp_writer writer = snmp_begin_pdu(pdu, &head);
	if (kind == SNMP_REPORT) {
		snmp_put(&writer, slice_of(name, sizeof(name)), MIB_COUNTER32, SLICE("\1"));
	} else {
		snmp_put(&writer, SLICE("\x2b\6\1\2\1\1\5\0"), MIB_OCTETS, SLICE("core"));
	}
	assert_int_equal(snmp_end(&writer), 0);
}

static void answer(const struct snmp_msg *msg, enum snmp_kind kind, unsigned stat,
	const struct usm_user *as, struct buf *out)
{
	AUTO_BUF struct buf pdu;
	buf_init(&pdu, 512);
	put_value(&pdu, msg, kind, stat);
	struct snmp_msg head = { 0 };
	head.v3 = (struct snmp_v3) { .msg_id = msg->v3.msg_id,
		.boots = world.engine.boots,
		.time_s = world.engine.time_s,
		.priv = SLICE("saltsalt") };
	buf_clear(out);
	assert_int_equal(usm_put(out, as, &world.engine, &head, buf_slice(&pdu)), 0);
}

static void make_answer(struct slice datagram, struct buf *out)
{
	struct snmp_msg msg;
	AUTO_BUF struct buf plain;
	buf_init(&plain, 2048);
	struct usm_user nobody = { .name_n = 0 };
	struct usm_user signer = world.user;
	signer.priv = USM_NO_PRIV;
	assert_int_equal(snmp_parse(datagram, &msg), 0);
	if (msg.v3.engine_id.n == 0) {
		answer(&msg, SNMP_REPORT, ENGINE_STAT, &nobody, out);
		return;
	}
	assert_int_equal(usm_open(&world.user, &world.engine, datagram, &msg, &plain), 0);
	(void)snprintf(
		world.context, sizeof(world.context), "%.*s", SLICE_FMT(msg.v3.context_name));
	if (world.manner == FALSE_CLOCK) {
		answer(&msg, SNMP_REPORT, WINDOW_STAT, &nobody, out);
	} else if (msg.v3.boots != world.engine.boots ||
		   msg.v3.time_s + USM_WINDOW_S < world.engine.time_s) {
		answer(&msg, SNMP_REPORT, WINDOW_STAT, &signer, out);
	} else {
		answer(&msg, SNMP_RESPONSE, 0,
			world.manner == PLAIN_ANSWERS ? &signer : &world.user, out);
	}
	if (world.first.n == 0) {
		buf_put(&world.first, buf_slice(out));
	}
}

static void on_request(uv_poll_t *poll, int status, int events)
{
	uint8_t octets[2048];
	struct sockaddr_in from;
	socklen_t n = sizeof(from);
	(void)poll;
	(void)status;
	(void)events;
	ssize_t got = recvfrom(
		world.fd, octets, sizeof(octets), MSG_DONTWAIT, (struct sockaddr *)&from, &n);
	if (got <= 0) {
		return;
	}
	AUTO_BUF struct buf out;
	buf_init(&out, 2048);
	world.asked++;
	if (world.manner == PLAYS_BACK && world.first.n > 0) {
		buf_put(&out, buf_slice(&world.first));
	} else {
		make_answer(slice_of(octets, (size_t)got), &out);
	}
	/* Its own engine is all it tells: of a wrong key the rest is noise to it. */
	bool drops = world.manner == SILENT ||
		     (world.manner == DROPS_ENCRYPTED && world.asked % 3 != 1);
	if (drops) {
		return;
	}
	(void)!sendto(world.fd, out.p, out.n, 0, (struct sockaddr *)&from, n);
}

static int set_up(void **state)
{
	(void)state;
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	memset(&world, 0, sizeof(world));
	buf_init(&world.first, 2048);
	world.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(world.fd, (struct sockaddr *)&at, n), 0);
	assert_int_equal(getsockname(world.fd, (struct sockaddr *)&at, &n), 0);
	world.user.auth = USM_SHA256;
	world.user.priv = USM_AES128;
	assert_int_equal(usm_user_set(&world.user, SLICE("watcher"), SLICE("auth password"),
				 SLICE("priv password")),
		0);
	assert_int_equal(
		usm_engine_set(&world.engine, &world.user, SLICE("\x80\0\x1f\x88\4lab")), 0);
	world.engine.boots = 3;
	world.engine.time_s = 5000;
	assert_int_equal(uv_loop_init(&world.loop), 0);
	(void)uv_poll_init(&world.loop, &world.poll, world.fd);
	(void)uv_poll_start(&world.poll, UV_READABLE, on_request);
	struct poll_config config = {
		.devices_max = ENGINE_IDS, .fd4 = -1, .fd6 = -1, .seed = { 9 }
	};
	assert_int_equal(poll_create(&world.loop, &config, &world.poller), 0);
	struct poll_target target = { .port = ntohs(at.sin_port),
		.version = SNMP_V3,
		.user = &world.user,
		.wait_ms = 250,
		.repeats = 1 };
	target.addr = (struct probe_addr) { .family = 4, .octet = { 127, 0, 0, 1 } };
	assert_int_equal(poll_add(world.poller, &target, &world.device), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	poll_close(world.poller);
	uv_close((uv_handle_t *)&world.poll, NULL);
	(void)uv_run(&world.loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&world.loop), 0);
	(void)close(world.fd);
	buf_fini(&world.first);
	return 0;
}

static void on_done(void *user, const struct poll_answer *got)
{
	(void)user;
	world.answer = *got;
	world.ended = true;
}

/* One question; gives how it ended and how often the engine was asked for it. */
static enum poll_end ask(unsigned *ret_asked, size_t *ret_values)
{
	struct slice name = SLICE("\x2b\6\1\2\1\1\5\0");
	AUTO_MIB_TABLE struct mib_table *table = mib_table_create();
	struct poll_ask what = {
		.names = &name, .count = 1, .table = table, .done = on_done, .vlan = world.vlan
	};
	world.asked = 0;
	world.ended = false;
	assert_int_equal(poll_get(world.poller, world.device, &what), 0);
	while (!world.ended) {
		(void)uv_run(&world.loop, UV_RUN_ONCE);
	}
	*ret_asked = world.asked;
	*ret_values = mib_table_count(table);
	return world.answer.end;
}

static void an_engine_is_looked_for_once(void **state)
{
	(void)state;
	unsigned asked = 0;
	size_t values = 0;
	assert_int_equal(ask(&asked, &values), POLL_OK);
	assert_int_equal(asked, 2);
	assert_int_equal(values, 1);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ask(&asked, &values), POLL_OK);
		assert_int_equal(asked, 1);
	}
}

static void a_bridge_of_one_vlan_is_a_context_of_its_own(void **state)
{
	(void)state;
	unsigned asked = 0;
	size_t values = 0;
	assert_int_equal(ask(&asked, &values), POLL_OK);
	assert_string_equal(world.context, "");
	world.vlan = 20;
	assert_int_equal(ask(&asked, &values), POLL_OK);
	assert_string_equal(world.context, "vlan-20");
	world.user.priv = USM_NO_PRIV;
	world.vlan = 4094;
	assert_int_equal(ask(&asked, &values), POLL_OK);
	assert_string_equal(world.context, "vlan-4094");
	world.vlan = 0;
	assert_int_equal(ask(&asked, &values), POLL_OK);
	assert_string_equal(world.context, "");
}

static void one_that_restarted_is_followed(void **state)
{
	(void)state;
	unsigned asked = 0;
	size_t values = 0;
	assert_int_equal(ask(&asked, &values), POLL_OK);
	world.engine.boots++;
	world.engine.time_s = 1;
	assert_int_equal(ask(&asked, &values), POLL_OK);
	assert_int_equal(asked, 2);
	assert_int_equal(ask(&asked, &values), POLL_OK);
	assert_int_equal(asked, 1);
	/* Its clock ran ahead, too. */
	world.engine.time_s = 100000;
	assert_int_equal(ask(&asked, &values), POLL_OK);
	assert_int_equal(asked, 2);
}

static void nobody_puts_our_clock_wrong(void **state)
{
	(void)state;
	unsigned asked = 0;
	size_t values = 0;
	assert_int_equal(ask(&asked, &values), POLL_OK);
	world.manner = FALSE_CLOCK;
	assert_int_equal(ask(&asked, &values), POLL_TIMEOUT);
	world.manner = HONEST;
	assert_int_equal(ask(&asked, &values), POLL_OK);
	assert_int_equal(asked, 1);
}

static void what_was_secret_is_not_taken_openly(void **state)
{
	(void)state;
	unsigned asked = 0;
	size_t values = 0;
	world.manner = PLAIN_ANSWERS;
	assert_int_equal(ask(&asked, &values), POLL_TIMEOUT);
	assert_int_equal(values, 0);
}

static void silence_to_what_is_encrypted_is_a_wrong_key(void **state)
{
	(void)state;
	unsigned asked = 0;
	size_t values = 0;
	world.manner = DROPS_ENCRYPTED;
	/* Its engine, then the question and a repeat; each time anew. */
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ask(&asked, &values), POLL_DENIED);
		assert_int_equal(world.answer.denial, POLL_DENIED_PRIVACY);
		assert_int_equal(asked, 3);
	}
	world.manner = HONEST;
	assert_int_equal(ask(&asked, &values), POLL_OK);
	/* One that answered before and is silent now is gone. */
	world.manner = SILENT;
	assert_int_equal(ask(&asked, &values), POLL_TIMEOUT);
}

static void an_old_answer_is_none(void **state)
{
	(void)state;
	unsigned asked = 0;
	size_t values = 0;
	assert_int_equal(ask(&asked, &values), POLL_OK);
	world.manner = PLAYS_BACK;
	assert_int_equal(ask(&asked, &values), POLL_TIMEOUT);
	assert_int_equal(values, 0);
	assert_true(poll_stats(world.poller).strangers > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			an_engine_is_looked_for_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			one_that_restarted_is_followed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_bridge_of_one_vlan_is_a_context_of_its_own, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nobody_puts_our_clock_wrong, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_was_secret_is_not_taken_openly, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			silence_to_what_is_encrypted_is_a_wrong_key, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_old_answer_is_none, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
