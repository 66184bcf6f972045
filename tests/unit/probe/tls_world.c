/* SPDX-License-Identifier: Apache-2.0 */
#include "tls_world.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

enum { DAY_S = 86400 };

struct tls_world {
	struct server server;
	SSL_CTX *context;
	const char *answer;
	char authority[64];
};

static X509 *make(EVP_PKEY *key, const char *name, int from_days, int to_days)
{
	static long serial = 1;
	X509 *cert = X509_new();
	assert_int_equal(X509_set_version(cert, 2), 1);
	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++), 1);
	(void)X509_gmtime_adj(X509_getm_notBefore(cert), (long)from_days * DAY_S);
	(void)X509_gmtime_adj(X509_getm_notAfter(cert), (long)to_days * DAY_S + 60);
	assert_int_equal(X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN",
				 MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0),
		1);
	assert_int_equal(X509_set_pubkey(cert, key), 1);
	return cert;
}

static void add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509V3_set_ctx(&context, issuer, cert, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	assert_non_null(extension);
	assert_int_equal(X509_add_ext(cert, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static void load(struct tls_world *world, const struct tls_identity *identity)
{
	EVP_PKEY *root_key = EVP_EC_gen("P-256");
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *root = make(root_key, "测试根", -10, 3650);
	assert_int_equal(X509_set_issuer_name(root, X509_get_subject_name(root)), 1);
	add_extension(root, root, NID_basic_constraints, "critical,CA:TRUE");
	assert_true(X509_sign(root, root_key, EVP_sha256()) > 0);
	X509 *cert = make(key, "服务", identity->from_days, identity->to_days);
	X509 *issuer = identity->self_signed ? cert : root;
	char names[128] = "IP:127.0.0.1";
	if (identity->dns_name != NULL) {
		(void)snprintf(names, sizeof(names), "DNS:%s", identity->dns_name);
	}
	assert_int_equal(X509_set_issuer_name(cert, X509_get_subject_name(issuer)), 1);
	add_extension(cert, issuer, NID_subject_alt_name, names);
	assert_true(X509_sign(cert, identity->self_signed ? key : root_key, EVP_sha256()) > 0);
	assert_int_equal(SSL_CTX_use_certificate(world->context, cert), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(world->context, key), 1);
	int fd = mkstemp(world->authority);
	FILE *file = fdopen(fd, "w");
	assert_int_equal(PEM_write_X509(file, root), 1);
	assert_int_equal(fclose(file), 0);
	X509_free(root);
	X509_free(cert);
	EVP_PKEY_free(root_key);
	EVP_PKEY_free(key);
}

static void serve(int fd, void *arg)
{
	struct tls_world *world = arg;
	SSL *ssl = SSL_new(world->context);
	char request[2048];
	(void)SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1 && SSL_read(ssl, request, sizeof(request)) > 0 &&
		world->answer != NULL) {
		(void)SSL_write(ssl, world->answer, (int)strlen(world->answer));
		(void)SSL_shutdown(ssl);
	}
	SSL_free(ssl);
	ERR_clear_error();
}

struct tls_world *tls_world_start(const struct tls_identity *identity, const char *answer)
{
	struct tls_world *world = calloc(1, sizeof(*world));
	assert_non_null(world);
	world->answer = answer;
	(void)snprintf(world->authority, sizeof(world->authority), "/tmp/fengsui-test-XXXXXX");
	world->context = SSL_CTX_new(TLS_server_method());
	SSL_CTX_set_security_level(world->context, 0);
	(void)SSL_CTX_set_min_proto_version(world->context, TLS1_VERSION);
	(void)SSL_CTX_set_cipher_list(world->context, "ALL:@SECLEVEL=0");
	if (identity->max_version != 0) {
		(void)SSL_CTX_set_max_proto_version(world->context, identity->max_version);
	}
	load(world, identity);
	server_start(&world->server, serve, world);
	return world;
}

void tls_world_stop(struct tls_world *world)
{
	server_stop(&world->server);
	SSL_CTX_free(world->context);
	(void)unlink(world->authority);
	free(world);
}

uint16_t tls_world_port(const struct tls_world *world)
{
	return world->server.port;
}

const char *tls_world_authority(const struct tls_world *world)
{
	return world->authority;
}
