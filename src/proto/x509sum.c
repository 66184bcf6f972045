/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/x509sum.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/utf8.h"

static X509 *decode(struct slice der)
{
	const uint8_t *at = der.p;
	X509 *cert =
		der.n > 0 && der.n <= X509SUM_DER_MAX ? d2i_X509(NULL, &at, (long)der.n) : NULL;
	if (cert != NULL && at != der.p + der.n) {
		X509_free(cert);
		cert = NULL;
	}
	ERR_clear_error();
	return cert;
}

/* A NUL inside a name is an old trick against C readers: it shows as a space. */
static void copy_text(struct slice raw, char ret_text[X509SUM_NAME_MAX + 1])
{
	AUTO_BUF struct buf clean;
	buf_init(&clean, 4 * X509SUM_NAME_MAX);
	utf8_put_clean(&clean, slice_head(raw, X509SUM_NAME_MAX));
	size_t n = clean.n < X509SUM_NAME_MAX ? clean.n : X509SUM_NAME_MAX;
	while (n > 0 && n < clean.n && (clean.p[n] & 0xc0) == 0x80) {
		n--;
	}
	for (size_t i = 0; i < n; i++) {
		ret_text[i] = clean.p[i] < ' ' ? ' ' : (char)clean.p[i];
	}
	ret_text[n] = '\0';
}

static void read_name(const X509_NAME *name, char ret_text[X509SUM_NAME_MAX + 1])
{
	ret_text[0] = '\0';
	int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
	if (at < 0) {
		at = X509_NAME_get_index_by_NID(name, NID_organizationName, -1);
	}
	if (at < 0) {
		return;
	}
	ASN1_STRING *value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
	uint8_t *utf8 = NULL;
	int n = ASN1_STRING_to_UTF8(&utf8, value);
	if (n > 0) {
		copy_text(slice_of(utf8, (size_t)n), ret_text);
	}
	OPENSSL_free(utf8);
}

static int read_time(const ASN1_TIME *time, int64_t *ret_unix_ms)
{
	struct tm tm = { 0 };
	if (ASN1_TIME_to_tm(time, &tm) != 1) {
		return E_FORMAT;
	}
	struct civil civil = { .year = tm.tm_year + 1900,
		.month = (uint8_t)(tm.tm_mon + 1),
		.day = (uint8_t)tm.tm_mday,
		.hour = (uint8_t)tm.tm_hour,
		.minute = (uint8_t)tm.tm_min,
		.second = (uint8_t)(tm.tm_sec < 60 ? tm.tm_sec : 59) };
	if (!civil_valid(&civil)) {
		return E_FORMAT;
	}
	*ret_unix_ms = civil_to_ms(&civil, 0);
	return 0;
}

int x509sum_parse(struct slice der, struct x509sum *ret_sum)
{
	if (der.n > X509SUM_DER_MAX) {
		return E_LIMIT;
	}
	X509 *cert = decode(der);
	if (cert == NULL) {
		return E_FORMAT;
	}
	struct x509sum sum = { 0 };
	read_name(X509_get_subject_name(cert), sum.subject);
	read_name(X509_get_issuer_name(cert), sum.issuer);
	sum.is_self_issued =
		X509_NAME_cmp(X509_get_subject_name(cert), X509_get_issuer_name(cert)) == 0;
	int rc = read_time(X509_get0_notBefore(cert), &sum.not_before_unix_ms);
	if (rc == 0) {
		rc = read_time(X509_get0_notAfter(cert), &sum.not_after_unix_ms);
	}
	EVP_PKEY *key = X509_get0_pubkey(cert);
	int bits = key != NULL ? EVP_PKEY_get_bits(key) : 0;
	sum.key_bits = bits > 0 ? (uint32_t)bits : 0;
	sum.sha256 = digest_of(DIGEST_SHA256, der);
	X509_free(cert);
	ERR_clear_error();
	if (rc == 0) {
		*ret_sum = sum;
	}
	return rc;
}

bool x509sum_names(struct slice der, struct slice host)
{
	char text[256];
	if (host.n == 0 || host.n >= sizeof(text) || memchr(host.p, 0, host.n) != NULL) {
		return false;
	}
	memcpy(text, host.p, host.n);
	text[host.n] = '\0';
	X509 *cert = decode(der);
	if (cert == NULL) {
		return false;
	}
	bool named = X509_check_ip_asc(cert, text, 0) == 1 ||
		     X509_check_host(cert, text, host.n, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
			     NULL) == 1;
	X509_free(cert);
	ERR_clear_error();
	return named;
}
