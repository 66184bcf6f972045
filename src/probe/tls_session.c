/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/tls_session.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"

enum { PEER_CHAIN_MAX_OCTETS = 64 * 1024 };

struct tls_client {
	SSL_CTX *context;
};

struct tls_session {
	SSL *ssl;
	BIO *in;  /* belongs to ssl */
	BIO *out; /* belongs to ssl */
};

static int load_authorities(SSL_CTX *context, const char *file)
{
	/* One file, read now: a directory of hashed names is read during handshakes, behind the fence. */
	static const char *const usual[] = { "/etc/ssl/certs/ca-certificates.crt",
		"/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem" };
	if (file != NULL) {
		return SSL_CTX_load_verify_file(context, file) == 1 ? 0 : E_ABSENT;
	}
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		if (SSL_CTX_load_verify_file(context, usual[i]) == 1) {
			return 0;
		}
	}
	return 1;
}

int tls_client_create(const char *authorities_file, struct tls_client **ret_client)
{
	struct tls_client *client = calloc(1, sizeof(*client));
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	if (client == NULL || context == NULL) {
		SSL_CTX_free(context);
		free(client);
		return -ENOMEM;
	}
	client->context = context;
	/* Level 0 so that a device with an old protocol or a short key is seen and named. */
	SSL_CTX_set_security_level(context, 0);
	(void)SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
	(void)SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
	(void)SSL_CTX_set_options(
		context, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_RENEGOTIATION |
				 SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
	(void)SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_max_cert_list(context, PEER_CHAIN_MAX_OCTETS);
	int rc = load_authorities(context, authorities_file);
	ERR_clear_error();
	if (rc < 0) {
		tls_client_destroy(client);
		return rc;
	}
	*ret_client = client;
	return rc;
}

void tls_client_destroy(struct tls_client *client)
{
	if (client != NULL) {
		SSL_CTX_free(client->context);
		free(client);
	}
}

struct tls_session *tls_session_create(struct tls_client *client, const char *server_name)
{
	struct tls_session *session = calloc(1, sizeof(*session));
	SSL *ssl = SSL_new(client->context);
	BIO *in = BIO_new(BIO_s_mem());
	BIO *out = BIO_new(BIO_s_mem());
	if (session == NULL || ssl == NULL || in == NULL || out == NULL ||
		(server_name != NULL && SSL_set_tlsext_host_name(ssl, server_name) != 1)) {
		BIO_free(in);
		BIO_free(out);
		SSL_free(ssl);
		free(session);
		ERR_clear_error();
		return NULL;
	}
	BIO_set_mem_eof_return(in, -1);
	BIO_set_mem_eof_return(out, -1);
	SSL_set_bio(ssl, in, out);
	SSL_set_connect_state(ssl);
	*session = (struct tls_session) { ssl, in, out };
	return session;
}

void tls_session_destroy(struct tls_session *session)
{
	if (session != NULL) {
		SSL_free(session->ssl);
		free(session);
	}
}

int tls_session_input(struct tls_session *session, struct slice octets)
{
	/* One read of the socket at most: the session takes it before the next. */
	int n = BIO_write(session->in, octets.p, (int)octets.n);
	return n == (int)octets.n ? 0 : -ENOMEM;
}

size_t tls_session_output(struct tls_session *session, uint8_t *ret_octets, size_t room)
{
	int n = BIO_read(session->out, ret_octets, room > INT32_MAX ? INT32_MAX : (int)room);
	return n > 0 ? (size_t)n : 0;
}

/* 0 = wants more octets; else what went wrong. */
static int outcome(struct tls_session *session, int rc, const char **ret_reason)
{
	int error = SSL_get_error(session->ssl, rc);
	int ret = 0;
	if (error == SSL_ERROR_ZERO_RETURN) {
		ret = E_CLOSED;
	} else if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
		const char *reason = ERR_reason_error_string(ERR_peek_error());
		*ret_reason = reason != NULL ? reason : "";
		ret = E_FORMAT;
	}
	ERR_clear_error();
	return ret;
}

int tls_session_handshake(struct tls_session *session, const char **ret_reason)
{
	ERR_clear_error();
	int rc = SSL_do_handshake(session->ssl);
	if (rc == 1) {
		return 1;
	}
	int ret = outcome(session, rc, ret_reason);
	return ret == E_CLOSED ? E_FORMAT : ret;
}

int tls_session_read(
	struct tls_session *session, uint8_t *ret_octets, size_t room, const char **ret_reason)
{
	ERR_clear_error();
	int n = SSL_read(session->ssl, ret_octets, room > INT32_MAX ? INT32_MAX : (int)room);
	return n > 0 ? n : outcome(session, n, ret_reason);
}

int tls_session_write(struct tls_session *session, struct slice octets)
{
	ERR_clear_error();
	int n = SSL_write(
		session->ssl, octets.p, octets.n > INT32_MAX ? INT32_MAX : (int)octets.n);
	ERR_clear_error();
	return n == (int)octets.n ? 0 : E_FORMAT;
}

void tls_session_seen(
	const struct tls_session *session, struct tls_seen *ret_seen, struct buf *der)
{
	long verify = SSL_get_verify_result(session->ssl);
	struct tls_seen seen = {
		.protocol = SSL_get_version(session->ssl),
		.cipher = SSL_get_cipher_name(session->ssl),
		.is_old_protocol = SSL_version(session->ssl) < TLS1_2_VERSION,
		.chain_trusted = verify == X509_V_OK,
		.is_self_signed = verify == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
		.chain_why = verify == X509_V_OK ? "" : X509_verify_cert_error_string(verify),
	};
	X509 *leaf = SSL_get0_peer_certificate(session->ssl);
	uint8_t *octets = NULL;
	int n = leaf != NULL ? i2d_X509(leaf, &octets) : 0;
	if (n > 0) {
		buf_put(der, slice_of(octets, (size_t)n));
	}
	OPENSSL_free(octets);
	ERR_clear_error();
	*ret_seen = seen;
}
