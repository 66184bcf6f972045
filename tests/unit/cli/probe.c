/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/probe.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/json.h"

enum { ARGS_MAX = 8, OUTPUT_MAX = 4096 };

/* PORT stands for a port where a listener is, GONE for one where there is none. */
static const struct {
	const char *name;
	const char *args[ARGS_MAX];
	int code;
	const char *state; /* NULL = nothing is printed */
	const char *result;
} cases[] = {
	{ "a port that accepts", { "tcp", "127.0.0.1:PORT" }, 0, "up", "tcp.ok" },
	{ "a port by option", { "tcp", "127.0.0.1", "--port", "PORT" }, 0, "up", "tcp.ok" },
	{ "a name that is asked of nobody",
		{ "tcp", "localhost:PORT", "--resolver", "127.0.0.1:GONE" }, 0, "up",
		"tcp.ok" },
	{ "a port where nobody is", { "tcp", "127.0.0.1:GONE" }, 1, "down", "tcp.refused" },
	{ "a web page where nobody is", { "http", "http://127.0.0.1:GONE/x" }, 1, "down",
		"tcp.refused" },
	{ "a web server that is silent",
		{ "http", "127.0.0.1:PORT", "--timeout", "100", "--path", "/x" }, 1, "down",
		"http.timeout" },
	{ "a TLS server that is silent", { "tls", "127.0.0.1:PORT", "--timeout", "100" }, 1,
		"down", "tls.timeout" },
	{ "a DNS server that is not there",
		{ "dns", "127.0.0.1:GONE", "--query", "www.example.test" }, 1, "down",
		"dns.refused" },
	{ "a time server that is not there", { "ntp", "127.0.0.1:GONE" }, 1, "down",
		"ntp.refused" },
	{ "a RADIUS server that is not there",
		{ "radius", "127.0.0.1:GONE", "--secret-file", "/etc/hostname" }, 1, "down",
		"radius.refused" },
	{ "a RADIUS check without its secret", { "radius", "127.0.0.1:GONE" }, 3, "unknown",
		"check.no_secret" },
	{ "a secret's file that is not there",
		{ "radius", "127.0.0.1:GONE", "--secret-file", "/nowhere" }, 2, NULL, NULL },
	{ "a mail server that is silent", { "smtp", "127.0.0.1:PORT", "--timeout", "100" }, 1,
		"down", "smtp.timeout" },
	{ "a mail server that is not there", { "pop3", "127.0.0.1:GONE" }, 1, "down",
		"tcp.refused" },
	{ "a password that would go unencrypted",
		{ "imap", "127.0.0.1:PORT", "--user", "a", "--password-file", "/etc/hostname" },
		3, "unknown", "check.needs_tls" },
	{ "an account without its password",
		{ "imap", "127.0.0.1:PORT", "--user", "a", "--encrypt", "tls" }, 3, "unknown",
		"check.no_secret" },
	{ "an encryption nobody knows", { "ldap", "127.0.0.1:PORT", "--encrypt", "rot13" }, 2,
		NULL, NULL },
	{ "a directory that is silent", { "ldap", "127.0.0.1:PORT", "--timeout", "100" }, 1,
		"down", "ldap.timeout" },
	{ "an SSH server that is silent", { "ssh", "127.0.0.1:PORT", "--timeout", "100" }, 1,
		"down", "ssh.timeout" },
	{ "a log-in page that does not come",
		{ "cas", "http://127.0.0.1:PORT/cas/login", "--timeout", "100" }, 1, "down",
		"cas.timeout" },
	{ "DHCP is asked over IPv4 only", { "dhcp", "::1" }, 2, NULL, NULL },
	{ "an interface of this machine", { "host", "interface:lo" }, 0, "up", "host.ok" },
	{ "an item that is none", { "host", "weather" }, 3, "unknown", "host.no_such_item" },
	{ "a port needs a number", { "tcp", "127.0.0.1:http" }, 2, NULL, NULL },
	{ "a port above 65535", { "tcp", "127.0.0.1", "--port", "65536" }, 2, NULL, NULL },
	{ "tcp needs a port", { "tcp", "127.0.0.1" }, 2, NULL, NULL },
	{ "dns needs a question", { "dns", "127.0.0.1" }, 2, NULL, NULL },
	{ "a question that is no name", { "dns", "127.0.0.1:GONE", "--query", "a..b" }, 2, NULL,
		NULL },
	{ "a type that is none", { "dns", "127.0.0.1:GONE", "--query", "a", "--type", "NONE" },
		2, NULL, NULL },
	{ "resolvers that cannot be read", { "tcp", "a.test:1", "--resolver", "x" }, 2, NULL,
		NULL },
	{ "a file without authorities", { "tls", "127.0.0.1:GONE", "--ca", "/dev/null" }, 3,
		NULL, NULL },
	{ "a kind that is none", { "gopher", "127.0.0.1" }, 2, NULL, NULL },
	{ "no target", { "icmp" }, 2, NULL, NULL },
	{ "an option that is none", { "icmp", "127.0.0.1", "--flood" }, 2, NULL, NULL },
	{ "a bracket without its end", { "tcp", "[::1:80" }, 2, NULL, NULL },
};

static int listener(uint16_t *ret_port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*ret_port = ntohs(at.sin_port);
	return fd;
}

/* The word with PORT or GONE replaced. */
static char *fill(const char *word, uint16_t port, uint16_t gone)
{
	char *out = NULL;
	const char *at = strstr(word, "PORT");
	uint16_t number = port;
	if (at == NULL) {
		at = strstr(word, "GONE");
		number = gone;
	}
	if (at == NULL) {
		return strdup(word);
	}
	assert_true(asprintf(&out, "%.*s%u%s", (int)(at - word), word, number, at + 4) > 0);
	return out;
}

static int run(const char *const *args, uint16_t port, uint16_t gone, char *ret_output)
{
	char *argv[ARGS_MAX + 2] = { strdup("probe") };
	int argc = 1;
	for (; args[argc - 1] != NULL; argc++) {
		argv[argc] = fill(args[argc - 1], port, gone);
	}
	char path[] = "/tmp/fengsui-test-XXXXXX";
	int file = mkstemp(path);
	int kept = dup(STDOUT_FILENO);
	int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int errors = dup(STDERR_FILENO);
	(void)fflush(stdout);
	assert_true(dup2(file, STDOUT_FILENO) >= 0 && dup2(quiet, STDERR_FILENO) >= 0);
	int code = cli_probe(argc, argv);
	(void)fflush(stdout);
	assert_true(dup2(kept, STDOUT_FILENO) >= 0 && dup2(errors, STDERR_FILENO) >= 0);
	ssize_t n = pread(file, ret_output, OUTPUT_MAX - 1, 0);
	ret_output[n > 0 ? n : 0] = '\0';
	(void)close(file);
	(void)close(kept);
	(void)close(quiet);
	(void)close(errors);
	(void)unlink(path);
	for (int i = 0; i < argc; i++) {
		free(argv[i]);
	}
	return code;
}

static void one_line_says_what_was_found(void **state)
{
	(void)state;
	uint16_t port = 0;
	uint16_t gone = 0;
	int fd = listener(&port);
	(void)close(listener(&gone));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char output[OUTPUT_MAX];
		AUTO_ARENA struct arena *arena = arena_create(0);
		const struct json *root = NULL;
		int code = run(cases[i].args, port, gone, output);
		if (code != cases[i].code || (output[0] == '\0') != (cases[i].state == NULL)) {
			fail_msg("%s: exit %d, %s", cases[i].name, code, output);
		}
		if (cases[i].state == NULL) {
			continue;
		}
		assert_int_equal(json_parse(arena, slice_str(output), 0, &root, NULL), 0);
		if (!slice_is(json_get_str(root, "state"), cases[i].state) ||
			!slice_is(json_get_str(root, "code"), cases[i].result)) {
			fail_msg("%s: %s", cases[i].name, output);
		}
		assert_int_equal(json_type(json_get(root, "perfdata")), JSON_OBJECT);
		assert_int_equal(json_type(json_get(root, "detail")), JSON_STRING);
		assert_true(strchr(output, '\n') == output + strlen(output) - 1);
	}
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_line_says_what_was_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
