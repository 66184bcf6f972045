/* SPDX-License-Identifier: Apache-2.0 */
#include "api/certificate.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/slice.h"
#include "base/utf8.h"

enum { TEXT_OCTETS_MAX = 256, NAMES_MAX = 32, MS_PER_S = 1000 };

/* Text out of a certificate is a stranger's: only clean UTF-8 goes on. */
static void text_put(struct jw *jw, const ASN1_STRING *text)
{
	AUTO_BUF struct buf clean;
	buf_init(&clean, (size_t)4 * TEXT_OCTETS_MAX);
	uint8_t *utf8 = NULL;
	int n = text == NULL ? -1 : ASN1_STRING_to_UTF8(&utf8, text);
	if (n > 0) {
		utf8_put_clean(&clean, slice_head(slice_of(utf8, (size_t)n), TEXT_OCTETS_MAX));
	}
	OPENSSL_free(utf8);
	jw_str(jw, buf_slice(&clean));
}

static const ASN1_STRING *issuer_text(const X509 *certificate)
{
	const X509_NAME *name = X509_get_issuer_name(certificate);
	int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
	at = at < 0 ? X509_NAME_get_index_by_NID(name, NID_organizationName, -1) : at;
	return at < 0 ? NULL : X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
}

static void address_put(struct jw *jw, const ASN1_OCTET_STRING *address)
{
	char text[INET6_ADDRSTRLEN] = "";
	int family =
		ASN1_STRING_length(address) == (int)sizeof(struct in_addr) ? AF_INET : AF_INET6;
	bool whole = family == AF_INET ||
		     ASN1_STRING_length(address) == (int)sizeof(struct in6_addr);
	if (whole &&
		inet_ntop(family, ASN1_STRING_get0_data(address), text, sizeof(text)) != NULL) {
		jw_str(jw, slice_str(text));
	}
}

static void names_put(struct jw *jw, const X509 *certificate)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	jw_key(jw, "names");
	jw_array(jw);
	for (int i = 0; i < sk_GENERAL_NAME_num(names) && i < NAMES_MAX; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		if (name->type == GEN_DNS) {
			text_put(jw, name->d.dNSName);
		} else if (name->type == GEN_IPADD) {
			address_put(jw, name->d.iPAddress);
		}
	}
	jw_end(jw);
	GENERAL_NAMES_free(names);
}

static void time_put(struct jw *jw, const char *name, const ASN1_TIME *at)
{
	struct tm tm = { 0 };
	jw_kv_int(
		jw, name, ASN1_TIME_to_tm(at, &tm) == 1 ? (int64_t)timegm(&tm) * MS_PER_S : 0);
}

static void digest_put(struct jw *jw, const X509 *certificate)
{
	uint8_t octets[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	AUTO_BUF struct buf text;
	buf_init(&text, (size_t)4 * EVP_MAX_MD_SIZE);
	if (X509_digest(certificate, EVP_sha256(), octets, &n) == 1) {
		for (unsigned i = 0; i < n; i++) {
			buf_printf(&text, i == 0 ? "%02X" : ":%02X", octets[i]);
		}
	}
	jw_kv_str(jw, "sha256", buf_slice(&text));
}

int certificate_put(struct jw *jw, const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *certificate = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	BIO_free(bio);
	ERR_clear_error();
	if (certificate == NULL) {
		return E_FORMAT;
	}
	jw_object(jw);
	names_put(jw, certificate);
	jw_key(jw, "issuer");
	text_put(jw, issuer_text(certificate));
	time_put(jw, "not_before", X509_get0_notBefore(certificate));
	time_put(jw, "not_after", X509_get0_notAfter(certificate));
	digest_put(jw, certificate);
	jw_kv_bool(jw, "self_signed",
		X509_NAME_cmp(X509_get_issuer_name(certificate),
			X509_get_subject_name(certificate)) == 0);
	jw_end(jw);
	X509_free(certificate);
	return 0;
}
