/* SPDX-License-Identifier: Apache-2.0 */
#include "api/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "sys/rand.h"

enum { DAY_S = 24 * 60 * 60, HOST_OCTETS_MAX = 64 };

void tls_identity_fini(struct tls_identity *identity)
{
	if (identity->key != NULL) {
		explicit_bzero(identity->key, strlen(identity->key));
	}
	free(identity->certificate);
	free(identity->key);
	*identity = (struct tls_identity) { 0 };
}

/* The whole file as text; closes fd. */
static int text_read(int own_fd, char **ret_text)
{
	char *text = calloc(1, TLS_PEM_OCTETS_MAX + 1);
	size_t n = 0;
	ssize_t got = text == NULL ? -1 : 1;
	while (got > 0 && n < TLS_PEM_OCTETS_MAX) {
		got = read(own_fd, text + n, TLS_PEM_OCTETS_MAX - n);
		n += got > 0 ? (size_t)got : 0;
	}
	int error = got < 0 ? -errno : got > 0 ? E_LIMIT : n == 0 ? E_SHORT : 0;
	(void)close(own_fd);
	if (error < 0) {
		free(text);
		return error;
	}
	*ret_text = text;
	return 0;
}

static int path_read(const char *path, char **ret_text, struct diag *diag)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int error = fd < 0 ? -errno : text_read(fd, ret_text);
	return error < 0 ? diag_set(diag, error, 0, 0, "%s: %s", path, err_text(error)) : 0;
}

int tls_identity_read(const char *certificate_path, const char *key_path,
	struct tls_identity *ret, struct diag *diag)
{
	struct tls_identity identity = { 0 };
	int error = path_read(certificate_path, &identity.certificate, diag);
	error = error < 0 ? error : path_read(key_path, &identity.key, diag);
	if (error < 0) {
		tls_identity_fini(&identity);
		return error;
	}
	*ret = identity;
	return 0;
}

/* Is it a certificate that still holds for a while? */
static bool fresh(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *certificate = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	time_t limit = time(NULL) + (time_t)TLS_RENEW_DAYS * DAY_S;
	bool good = certificate != NULL &&
		    X509_cmp_time(X509_get0_notAfter(certificate), &limit) > 0;
	X509_free(certificate);
	BIO_free(bio);
	ERR_clear_error();
	return good;
}

static int kept_read(int data_fd, struct tls_identity *ret)
{
	int fd = openat(data_fd, "tls/self.pem", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char *text = NULL;
	int error = fd < 0 ? -errno : text_read(fd, &text);
	if (error < 0) {
		return error;
	}
	/* Key and certificate lie in one file; each reader finds its own block. */
	struct tls_identity identity = { .certificate = text, .key = strdup(text) };
	if (identity.key == NULL || strstr(text, "PRIVATE KEY") == NULL || !fresh(text)) {
		explicit_bzero(text, strlen(text));
		tls_identity_fini(&identity);
		return E_ABSENT;
	}
	*ret = identity;
	return 0;
}

/* "10.1.2.3:443" or "[2001:db8::1]:443": the address as one more name. */
static void listen_put(struct buf *out, struct slice listen)
{
	char host[HOST_OCTETS_MAX + 1] = "";
	struct in6_addr address;
	while (listen.n > 0 && listen.p[listen.n - 1] != ':') {
		listen.n--;
	}
	struct slice name = slice_head(listen, listen.n > 0 ? listen.n - 1 : 0);
	bool six = slice_starts(name, SLICE("[")) && slice_ends(name, SLICE("]"));
	name = six ? slice_of(name.p + 1, name.n - 2) : name;
	if (name.n == 0 || name.n > HOST_OCTETS_MAX) {
		return;
	}
	memcpy(host, name.p, name.n);
	if (inet_pton(six ? AF_INET6 : AF_INET, host, &address) == 1) {
		buf_printf(out, ",IP:%s", host);
	}
}

/* subjectAltName: this host, loopback, and the address listened on. */
static void names_put(struct buf *out, const char *listen)
{
	char host[HOST_OCTETS_MAX + 1] = "";
	buf_put_str(out, "DNS:localhost,IP:127.0.0.1,IP:::1");
	if (gethostname(host, HOST_OCTETS_MAX) == 0 && host[0] != '\0' &&
		strspn(host,
			"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-") ==
			strlen(host)) {
		buf_printf(out, ",DNS:%s", host);
	}
	listen_put(out, slice_str(listen));
}

static bool extension_add(X509 *certificate, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	bool good = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return good;
}

static bool certificate_fill(X509 *certificate, EVP_PKEY *key, const char *names)
{
	X509_NAME *name = X509_get_subject_name(certificate);
	uint64_t serial = rand_u64() >> 1;
	return X509_set_version(certificate, X509_VERSION_3) == 1 &&
	       ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial) == 1 &&
	       X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY_S) != NULL &&
	       X509_gmtime_adj(X509_getm_notAfter(certificate), (long)TLS_SELF_DAYS * DAY_S) !=
		       NULL &&
	       X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
		       (const unsigned char *)"Fengsui", -1, -1, 0) == 1 &&
	       X509_set_issuer_name(certificate, name) == 1 &&
	       X509_set_pubkey(certificate, key) == 1 &&
	       extension_add(certificate, NID_subject_alt_name, names) &&
	       extension_add(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
	       extension_add(certificate, NID_key_usage, "critical,digitalSignature") &&
	       extension_add(certificate, NID_ext_key_usage, "serverAuth") &&
	       X509_sign(certificate, key, EVP_sha256()) > 0;
}

/* A fresh key and certificate as PEM in one memory BIO; NULL when OpenSSL will not. */
static BIO *pair_make(const char *names)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	BIO *bio = BIO_new(BIO_s_mem());
	bool good = key != NULL && certificate != NULL && bio != NULL &&
		    certificate_fill(certificate, key, names) &&
		    PEM_write_bio_X509(bio, certificate) == 1 &&
		    PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1;
	EVP_PKEY_free(key);
	X509_free(certificate);
	if (!good) {
		BIO_free(bio);
		bio = NULL;
	}
	return bio;
}

static int pair_keep(int data_fd, struct slice pem)
{
	if (mkdirat(data_fd, "tls", 0700) < 0 && errno != EEXIST) {
		return -errno;
	}
	int fd = openat(data_fd, "tls/self.tmp",
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	int error = fd < 0 ? -errno : 0;
	if (error == 0 && (write(fd, pem.p, pem.n) != (ssize_t)pem.n || fsync(fd) < 0)) {
		error = errno != 0 ? -errno : -EIO;
	}
	if (fd >= 0) {
		(void)close(fd);
	}
	if (error == 0 && renameat(data_fd, "tls/self.tmp", data_fd, "tls/self.pem") < 0) {
		error = -errno;
	}
	return error;
}

int tls_identity_self(
	int data_fd, const char *listen, struct tls_identity *ret, struct diag *diag)
{
	if (kept_read(data_fd, ret) == 0) {
		return 0;
	}
	AUTO_BUF struct buf names;
	buf_init(&names, 512);
	names_put(&names, listen);
	BIO *bio = pair_make((const char *)names.p);
	if (bio == NULL) {
		ERR_clear_error();
		return diag_set(diag, E_UNSUPPORTED, 0, 0, "a certificate could not be made");
	}
	char *pem = NULL;
	long n = BIO_get_mem_data(bio, &pem);
	int error = pair_keep(data_fd, slice_of(pem, (size_t)n));
	(void)BIO_free(bio);
	error = error < 0 ? error : kept_read(data_fd, ret);
	return error < 0 ? diag_set(diag, error, 0, 0, "tls/self.pem: %s", err_text(error)) : 0;
}
