/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/diag.h"
#include "base/err.h"
#include "cli/check_port.h"
#include "role/config.h"

static void addresses_are_judged_as_the_platform_would(void **state)
{
	(void)state;
	static const struct {
		const char *address;
		bool plain;
		int error;
	} cases[] = {
		{ "127.0.0.1:0", true, 0 },
		{ "127.9.9.9:0", true, 0 },
		{ "[::1]:0", true, 0 },
		{ "0.0.0.0:0", true, E_DENIED },
		{ "0.0.0.0:0", false, 0 },
		{ "127.0.0.1", true, E_FORMAT },
		{ "127.0.0.1:65536", true, E_FORMAT },
		{ "localhost:80", true, E_FORMAT },
		{ "::1:80", true, E_FORMAT },
		{ ":80", true, E_FORMAT },
		{ "", true, E_FORMAT },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct diag diag = { 0 };
		assert_int_equal(port_check(cases[i].address, false, cases[i].plain, &diag),
			cases[i].error);
		assert_int_equal(diag.text[0] == '\0', cases[i].error == 0);
	}
}

static void a_port_somebody_holds_is_not_free(void **state)
{
	(void)state;
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	char address[32];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	(void)snprintf(address, sizeof(address), "127.0.0.1:%u", (unsigned)ntohs(at.sin_port));
	assert_int_equal(port_check(address, false, true, NULL), -EADDRINUSE);
	(void)close(fd);
	assert_int_equal(port_check(address, false, true, NULL), 0);
}

static void every_mistake_of_a_file_is_named_at_once(void **state)
{
	(void)state;
	char path[] = "/tmp/fengsui-config-XXXXXX";
	static const char text[] = "foo: 1\nlisten: 127.0.0.1:1\nsandbox: odd\nbar: 2\n";
	struct config config;
	struct diag_list mistakes;
	int fd = mkstemp(path);
	assert_int_equal(write(fd, text, sizeof(text) - 1), (ssize_t)sizeof(text) - 1);
	(void)close(fd);
	diag_list_init(&mistakes);
	config_init(&config);
	assert_int_equal(config_read(path, &config, &mistakes), E_FORMAT);
	assert_int_equal(mistakes.count, 3);
	assert_int_equal(mistakes.items[2].line, 4);
	diag_list_fini(&mistakes);
	(void)unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_judged_as_the_platform_would),
		cmocka_unit_test(a_port_somebody_holds_is_not_free),
		cmocka_unit_test(every_mistake_of_a_file_is_named_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
