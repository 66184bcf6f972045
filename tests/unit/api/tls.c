/* SPDX-License-Identifier: Apache-2.0 */
#include "api/tls.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "api/certificate.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "fixture.h"

static char folder[] = "/tmp/fengsui-tls-XXXXXX";

static int folder_make(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int folder_drop(void **state)
{
	char path[128];
	(void)state;
	(void)snprintf(path, sizeof(path), "%s/tls/self.pem", folder);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/tls", folder);
	(void)rmdir(path);
	return rmdir(folder);
}

static int folder_open(void)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static void test_made_once(void **state)
{
	struct tls_identity first = { 0 };
	struct tls_identity second = { 0 };
	struct diag diag = { 0 };
	struct stat st = { 0 };
	char path[128];
	(void)state;
	int data = folder_open();
	assert_int_equal(tls_identity_self(data, "192.0.2.7:443", &first, &diag), 0);
	assert_int_equal(tls_identity_self(data, "192.0.2.7:443", &second, &diag), 0);
	assert_string_equal(first.certificate, second.certificate);
	(void)snprintf(path, sizeof(path), "%s/tls/self.pem", folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	BIO *bio = BIO_new_mem_buf(first.certificate, -1);
	X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	assert_non_null(certificate);
	assert_int_equal(X509_check_ip_asc(certificate, "192.0.2.7", 0), 1);
	assert_int_equal(X509_check_ip_asc(certificate, "::1", 0), 1);
	assert_int_equal(X509_check_host(certificate, "localhost", 0, 0, NULL), 1);
	assert_int_equal(X509_check_ip_asc(certificate, "192.0.2.8", 0), 0);
	X509_free(certificate);
	BIO_free(bio);
	tls_identity_fini(&first);
	tls_identity_fini(&second);
	(void)close(data);
}

static void test_damaged_is_made_again(void **state)
{
	struct tls_identity identity = { 0 };
	struct diag diag = { 0 };
	char path[128];
	(void)state;
	(void)snprintf(path, sizeof(path), "%s/tls/self.pem", folder);
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	assert_int_equal(write(fd, "PRIVATE KEY", 11), 11);
	(void)close(fd);
	int data = folder_open();
	assert_int_equal(tls_identity_self(data, "[::1]:443", &identity, &diag), 0);
	assert_non_null(strstr(identity.certificate, "BEGIN CERTIFICATE"));
	tls_identity_fini(&identity);
	(void)close(data);
}

static void test_own_certificate_absent(void **state)
{
	struct tls_identity identity = { 0 };
	struct diag diag = { 0 };
	(void)state;
	assert_true(tls_identity_read("/nonexistent/cert.pem", "/nonexistent/key.pem",
			    &identity, &diag) < 0);
	assert_non_null(strstr(diag.text, "/nonexistent/cert.pem"));
	assert_null(identity.certificate);
}

/* What the page on the certificate in use is told, and that rubbish is not told. */
static void test_described(void **state)
{
	struct tls_identity identity = { 0 };
	struct diag diag = { 0 };
	struct jw jw;
	AUTO_BUF struct buf text;
	(void)state;
	int data = folder_open();
	assert_int_equal(tls_identity_self(data, "192.0.2.7:443", &identity, &diag), 0);
	buf_init(&text, 64 * 1024);
	jw_init(&jw, &text);
	assert_int_equal(certificate_put(&jw, identity.certificate), 0);
	buf_put_byte(&text, 0);
	const char *said = (const char *)text.p;
	assert_non_null(strstr(said, "\"localhost\",\"127.0.0.1\",\"::1\""));
	assert_non_null(strstr(said, "\"issuer\":\"Fengsui\""));
	assert_non_null(strstr(said, "\"self_signed\":true"));
	const char *digest = strstr(said, "\"sha256\":\"");
	assert_non_null(digest);
	assert_int_equal(strspn(digest + 10, "0123456789ABCDEF:"), 32 * 3 - 1);
	buf_clear(&text);
	assert_int_equal(certificate_put(&jw, "no certificate"), E_FORMAT);
	assert_int_equal(text.n, 0);
	tls_identity_fini(&identity);
	(void)close(data);
}

/* Over HTTPS a cookie is Secure and the browser is told to stay with HTTPS. */
static void test_https(void **state)
{
	static struct web web;
	static const char request[] =
		"DELETE /api/v1/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
		"Cookie: fengsui=a\r\nSec-Fetch-Site: same-origin\r\n\r\n";
	struct msg_answer answer = {
		.status = 200, .token = SLICE("n3w"), .body = SLICE("{}")
	};
	char text[8192] = "";
	(void)state;
	web_start(&web);
	struct web tls = { .port = web.tls_port };
	int fd = http_open(&tls);
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	SSL *ssl = SSL_new(context);
	assert_int_equal(SSL_set_fd(ssl, fd), 1);
	assert_int_equal(SSL_connect(ssl), 1);
	assert_int_equal(SSL_write(ssl, request, sizeof(request) - 1), sizeof(request) - 1);
	web_answer(&web, IPC_CORE, web_take(&web, IPC_CORE, MSG_COMMAND).req, &answer, -1);
	int n = 0;
	for (int got = 1; got > 0 && (size_t)n<sizeof(text) - 1; n += got> 0 ? got : 0) {
		got = SSL_read(ssl, text + n, (int)sizeof(text) - 1 - n);
	}
	assert_non_null(strstr(text,
		"Set-Cookie: fengsui=n3w; Path=/; HttpOnly; SameSite=Strict; Secure\r\n"));
	assert_non_null(strstr(text, "Strict-Transport-Security: max-age=31536000\r\n"));
	SSL_free(ssl);
	SSL_CTX_free(context);
	(void)close(fd);
	web_stop(&web);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made_once),
		cmocka_unit_test(test_damaged_is_made_again),
		cmocka_unit_test(test_own_certificate_absent),
		cmocka_unit_test(test_described),
		cmocka_unit_test(test_https),
	};
	return cmocka_run_group_tests(tests, folder_make, folder_drop);
}
