/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/host/host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "probe/host/host_text.h"

static struct host_sample sample;

static void the_kernels_texts_are_read(void **state)
{
	(void)state;
	assert_int_equal(host_read_load(SLICE("0.52 1.25 12.00 3/456 7890\n"), &sample), 0);
	assert_true(sample.load[0] == 0.52 && sample.load[1] == 1.25 && sample.load[2] == 12.0);
	assert_int_equal(
		host_read_memory(SLICE("MemTotal:       16384 kB\nMemFree:  1 kB\n"
				       "MemAvailable:   4096 kB\nHugePages_Total: 0\n"),
			&sample),
		0);
	assert_true(sample.memory_octets == 16384 * 1024 &&
		    sample.memory_available_octets == 4096 * 1024);
	assert_int_equal(
		host_read_interfaces(
			SLICE("Inter-|   Receive                            |  Transmit\n"
			      " face |bytes    packets errs drop fifo frame compressed "
			      "multicast|bytes\n"
			      "    lo: 100 2 0 0 0 0 0 0 100 2 0 0 0 0 0 0\n"
			      "enp1s0:18446744073709551615 1 3 4 0 0 0 0 7 1 5 6 0 0 0 0\n"),
			&sample),
		0);
	assert_int_equal(sample.interface_count, 2);
	assert_string_equal(sample.interfaces[1].name, "enp1s0");
	assert_true(sample.interfaces[1].rx_octets == UINT64_MAX);
	assert_int_equal(sample.interfaces[1].rx_errors, 3);
	assert_int_equal(sample.interfaces[1].rx_dropped, 4);
	assert_int_equal(sample.interfaces[1].tx_octets, 7);
	assert_int_equal(sample.interfaces[1].tx_errors, 5);
	assert_int_equal(sample.interfaces[1].tx_dropped, 6);
}

static void other_texts_are_refused(void **state)
{
	(void)state;
	assert_int_equal(host_read_load(SLICE("0.5 x 1"), &sample), E_FORMAT);
	assert_int_equal(host_read_load(SLICE(""), &sample), E_FORMAT);
	assert_int_equal(host_read_memory(SLICE("MemTotal: 1 kB\n"), &sample), E_FORMAT);
	assert_int_equal(host_read_interfaces(SLICE("eth0: 1 2 3\n"), &sample), E_FORMAT);
	assert_int_equal(
		host_read_interfaces(SLICE("a-name-that-is-too-long: 1 2 3\n"), &sample),
		E_FORMAT);
}

static void more_interfaces_than_kept_are_counted(void **state)
{
	(void)state;
	AUTO_BUF struct buf text;
	buf_init(&text, 65536);
	for (unsigned i = 0; i < HOST_INTERFACES_MAX + 3; i++) {
		buf_printf(&text, "veth%u: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n", i);
	}
	assert_int_equal(host_read_interfaces(buf_slice(&text), &sample), 0);
	assert_int_equal(sample.interface_count, HOST_INTERFACES_MAX);
	assert_int_equal(sample.interfaces_refused, 3);
}

static void gateways_and_resolvers_are_suggested_once(void **state)
{
	(void)state;
	struct host_suggestion found = host_suggest(
		SLICE("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n"
		      "eth0\t00000000\t0100007F\t0003\t0\t0\t100\t00000000\n"
		      "eth1\t00000000\t0100007F\t0003\t0\t0\t200\t00000000\n"
		      "eth0\t0000A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\n"
		      "eth2\t00000000\t0200007F\t0002\t0\t0\t100\t00000000\n"),
		SLICE("# made by hand\nnameserver 127.0.0.53\n nameserver ::1 \nnameserver "
		      "127.0.0.53\n"
		      "nameserver nonsense\nsearch example.test\noptions edns0"));
	AUTO_BUF struct buf text;
	buf_init(&text, 256);
	assert_int_equal(found.gateway_count, 1);
	probe_addr_put(&text, &found.gateways[0]);
	/* The kernel writes its own byte order. */
	assert_true(slice_is(buf_slice(&text), "127.0.0.1"));
	assert_int_equal(found.resolver_count, 2);
	buf_clear(&text);
	probe_addr_put(&text, &found.resolvers[1]);
	assert_true(slice_is(buf_slice(&text), "::1"));
}

static void this_machine_can_be_read_again_and_again(void **state)
{
	(void)state;
	struct host *host = NULL;
	struct diag diag = { 0 };
	assert_int_equal(host_open("/proc", "/tmp", &host, &diag), 0);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(host_sample(host, &sample), 0);
		assert_true(sample.memory_octets > sample.memory_available_octets);
		assert_true(sample.disk_octets >= sample.disk_available_octets);
		assert_in_range(sample.cpus, 1, 4096);
	}
	static const struct {
		const char *item;
		uint32_t warn, bad;
		enum check_state state;
		const char *code;
	} cases[] = {
		{ "interface:lo", 0, 0, CHECK_UP, "host.ok" },
		{ "interface:nosuch0", 0, 0, CHECK_DOWN, "host.interface_absent" },
		{ "memory", 100, 100, CHECK_UP, "host.ok" },
		{ "disk", 100, 100, CHECK_UP, "host.ok" },
		{ "nothing", 0, 0, CHECK_UNKNOWN, "host.no_such_item" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct check_spec spec = { .kind = CHECK_HOST,
			.path = cases[i].item,
			.warn_level = cases[i].warn,
			.bad_level = cases[i].bad };
		struct check_result result;
		host_check(host, &spec, &result);
		assert_string_equal(result.code, cases[i].code);
		assert_int_equal(result.state, cases[i].state);
	}
	(void)host_close(host);
	assert_true(host_open("/proc", "/nosuchfolder", &host, &diag) < 0);
	assert_non_null(strstr(diag.text, "/nosuchfolder"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernels_texts_are_read),
		cmocka_unit_test(other_texts_are_refused),
		cmocka_unit_test(more_interfaces_than_kept_are_counted),
		cmocka_unit_test(gateways_and_resolvers_are_suggested_once),
		cmocka_unit_test(this_machine_can_be_read_again_and_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
