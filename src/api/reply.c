/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/assets.h"
#include "api/field.h"
#include "api/server_priv.h"
#include "base/err.h"
#include "base/jw.h"

struct header {
	const char *name;
	const char *value;
};

/* The interface needs no more than this; what is injected into it gets nothing. */
static const struct header secure[] = {
	{ "Content-Security-Policy",
		"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
		"connect-src 'self'; font-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; "
		"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types vue" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "Referrer-Policy", "same-origin" },
	{ "Permissions-Policy",
		"camera=(), microphone=(), geolocation=(), payment=(), usb=()" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "X-Frame-Options", "DENY" },
};

void reply_secure(struct MHD_Response *response, bool tls)
{
	for (size_t i = 0; i < sizeof(secure) / sizeof(secure[0]); i++) {
		(void)MHD_add_response_header(response, secure[i].name, secure[i].value);
	}
	if (tls) {
		(void)MHD_add_response_header(
			response, "Strict-Transport-Security", "max-age=31536000");
	}
}

void reply_field(struct request *r, const char *name, const char *value)
{
	if (r->response != NULL && value != NULL) {
		(void)MHD_add_response_header(r->response, name, value);
	}
}

static void response_set(struct request *r, unsigned status, struct MHD_Response *response)
{
	if (response == NULL) {
		abort(); /* out of memory */
	}
	if (r->response != NULL) {
		MHD_destroy_response(r->response);
	}
	r->response = response;
	r->status = status;
}

void reply_text(struct request *r, unsigned status, const char *media, struct slice text)
{
	response_set(r, status,
		MHD_create_response_from_buffer(
			text.n, (void *)(uintptr_t)text.p, MHD_RESPMEM_MUST_COPY));
	reply_secure(r->response, r->daemon->tls);
	reply_field(r, MHD_HTTP_HEADER_CONTENT_TYPE, media);
	reply_field(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
}

void reply_problem(struct request *r, unsigned status, const char *code, const char *detail)
{
	AUTO_BUF struct buf text;
	char trace[20];
	buf_init(&text, 4096);
	(void)snprintf(trace, sizeof(trace), "%016" PRIx64, r->trace);
	struct jw jw;
	jw_init(&jw, &text);
	jw_object(&jw);
	jw_kv_str(&jw, "type", SLICE("about:blank"));
	jw_kv_str(&jw, "code", slice_str(code));
	jw_kv_str(&jw, "title", slice_str(MHD_get_reason_phrase_for(status)));
	jw_kv_int(&jw, "status", status);
	if (detail != NULL) {
		jw_kv_str(&jw, "detail", slice_str(detail));
	}
	jw_kv_str(&jw, "trace", slice_str(trace));
	jw_end(&jw);
	reply_text(r, status, "application/problem+json", buf_slice(&text));
}

/* ---- the interface */

static struct MHD_Response *asset_response(
	const struct asset *asset, enum field_coding coding, bool tls)
{
	static const char *const names[CODING_COUNT_] = { NULL, "gzip", "br" };
	struct slice octets = asset->octets[coding];
	struct MHD_Response *response = MHD_create_response_from_buffer(
		octets.n, (void *)(uintptr_t)octets.p, MHD_RESPMEM_PERSISTENT);
	if (response == NULL) {
		return NULL;
	}
	reply_secure(response, tls);
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, asset->media);
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_ETAG, asset->tag[coding]);
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, "Accept-Encoding");
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL,
		asset->immutable ? "public, max-age=31536000, immutable" : "no-cache");
	if (names[coding] != NULL) {
		(void)MHD_add_response_header(
			response, MHD_HTTP_HEADER_CONTENT_ENCODING, names[coding]);
	}
	return response;
}

int reply_prepare(struct server *server)
{
	size_t cursor = 0;
	for (struct asset *asset = NULL;
		(asset = assets_next(server->setup.assets, &cursor)) != NULL;) {
		for (unsigned i = 0; i < 2 * CODING_COUNT_; i++) {
			enum field_coding coding = (enum field_coding)(i % CODING_COUNT_);
			if (asset->tag[coding][0] == '\0') {
				continue;
			}
			asset->prepared[i] = asset_response(asset, coding, i >= CODING_COUNT_);
			if (asset->prepared[i] == NULL) {
				return E_LIMIT;
			}
		}
	}
	return 0;
}

void reply_release(struct server *server)
{
	size_t cursor = 0;
	for (struct asset *asset = NULL;
		(asset = assets_next(server->setup.assets, &cursor)) != NULL;) {
		for (unsigned i = 0; i < 2 * CODING_COUNT_; i++) {
			if (asset->prepared[i] != NULL) {
				MHD_destroy_response(asset->prepared[i]);
				asset->prepared[i] = NULL;
			}
		}
	}
}

static void reply_unchanged(
	struct request *r, const struct asset *asset, enum field_coding coding)
{
	response_set(r, MHD_HTTP_NOT_MODIFIED,
		MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT));
	reply_secure(r->response, r->daemon->tls);
	reply_field(r, MHD_HTTP_HEADER_ETAG, asset->tag[coding]);
	reply_field(r, MHD_HTTP_HEADER_VARY, "Accept-Encoding");
	reply_field(r, MHD_HTTP_HEADER_CACHE_CONTROL,
		asset->immutable ? "public, max-age=31536000, immutable" : "no-cache");
}

void reply_static(struct request *r)
{
	struct asset *asset = assets_find(r->server->setup.assets, r->path);
	if (asset == NULL) {
		reply_problem(r, MHD_HTTP_NOT_FOUND, "route.absent", NULL);
		return;
	}
	unsigned taken = field_codings(request_field(r, MHD_HTTP_HEADER_ACCEPT_ENCODING));
	enum field_coding coding = asset_choose(asset, taken);
	if (field_tag_among(request_field(r, MHD_HTTP_HEADER_IF_NONE_MATCH),
		    slice_str(asset->tag[coding]))) {
		reply_unchanged(r, asset, coding);
		return;
	}
	/* One response serves every request at once; the library counts its users. */
	r->shared = true;
	r->status = MHD_HTTP_OK;
	r->response = asset->prepared[coding + (r->daemon->tls ? CODING_COUNT_ : 0)];
}

/* ---- what core and query answer */

/* A field's value must be visible ASCII, or the next one would begin inside it. */
static bool visible(struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < 0x20 || text.p[i] > 0x7e) {
			return false;
		}
	}
	return text.n > 0;
}

static void token_reply(struct request *r, struct slice token)
{
	char cookie[256];
	if (!visible(token) || slice_find(token, SLICE(";")) != SIZE_MAX) {
		return;
	}
	const char *secure_mark = r->daemon->tls ? "; Secure" : "";
	if (slice_is(token, "-")) {
		(void)snprintf(cookie, sizeof(cookie),
			"fengsui=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0%s",
			secure_mark);
	} else {
		(void)snprintf(cookie, sizeof(cookie),
			"fengsui=%.*s; Path=/; HttpOnly; SameSite=Strict%s", SLICE_FMT(token),
			secure_mark);
	}
	reply_field(r, MHD_HTTP_HEADER_SET_COOKIE, cookie);
}

static void name_reply(struct request *r, struct slice name)
{
	AUTO_BUF struct buf text;
	buf_init(&text, 2048);
	buf_put_str(&text, "attachment; filename*=UTF-8''");
	for (size_t i = 0; i < name.n; i++) {
		uint8_t c = name.p[i];
		bool plain = (c >= '0' && c <= '9') ||
			     ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '.' || c == '-' ||
			     c == '_';
		if (plain) {
			buf_put_byte(&text, c);
		} else {
			buf_printf(&text, "%%%02X", c);
		}
	}
	reply_field(r, MHD_HTTP_HEADER_CONTENT_DISPOSITION,
		text.failed ? "attachment" : (const char *)text.p);
	/* On top of the interface's own: a file that is opened all the same runs nothing here. */
	reply_field(r, "Content-Security-Policy", "sandbox; default-src 'none'");
}

/* A number behind a prefix; a prefix that opens a quote has it closed. */
static void number_reply(
	struct request *r, const char *name, const char *prefix, uint64_t number)
{
	char text[64];
	(void)snprintf(text, sizeof(text), "%s%" PRIu64 "%s", prefix, number,
		prefix[0] == '"' ? "\"" : "");
	reply_field(r, name, text);
}

static void range_unmet(struct request *r, uint64_t size)
{
	reply_problem(r, MHD_HTTP_RANGE_NOT_SATISFIABLE, "range.outside", NULL);
	number_reply(r, MHD_HTTP_HEADER_CONTENT_RANGE, "bytes */", size);
}

/* A part is sent only of what the caller has the rest of. */
static struct slice range_asked(const struct request *r, int64_t version)
{
	struct slice condition = request_field(r, MHD_HTTP_HEADER_IF_RANGE);
	char tag[32];
	(void)snprintf(tag, sizeof(tag), "\"v%" PRId64 "\"", version);
	return condition.n > 0 && !slice_is(condition, tag)
		       ? (struct slice) { 0 }
		       : request_field(r, MHD_HTTP_HEADER_RANGE);
}

static void media_reply(struct request *r, const struct msg_answer *msg)
{
	char media[128];
	if (visible(msg->media)) {
		(void)snprintf(media, sizeof(media), "%.*s", SLICE_FMT(msg->media));
	} else {
		(void)snprintf(media, sizeof(media), "%s",
			msg->status >= 400 ? "application/problem+json" : "application/json");
	}
	reply_field(r, MHD_HTTP_HEADER_CONTENT_TYPE, media);
}

static void file_reply(struct request *r, const struct msg_answer *msg, int own_fd)
{
	struct stat st = { 0 };
	struct field_range range = { 0 };
	if (fstat(own_fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		(void)close(own_fd);
		reply_problem(r, MHD_HTTP_BAD_GATEWAY, "answer.bad", NULL);
		return;
	}
	uint64_t size = (uint64_t)st.st_size;
	bool download = msg->file_name.n > 0 && msg->status == MHD_HTTP_OK;
	int part = download ? field_range(range_asked(r, msg->version), size, &range) : 0;
	if (part < 0) {
		(void)close(own_fd);
		range_unmet(r, size);
		return;
	}
	uint64_t octets = part > 0 ? range.octets : size;
	response_set(r, part > 0 ? MHD_HTTP_PARTIAL_CONTENT : msg->status,
		MHD_create_response_from_fd_at_offset64(octets, own_fd, range.at));
	reply_secure(r->response, r->daemon->tls);
	reply_field(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	if (download) {
		reply_field(r, MHD_HTTP_HEADER_ACCEPT_RANGES, "bytes");
	}
	media_reply(r, msg);
	if (part > 0) {
		char text[96];
		(void)snprintf(text, sizeof(text), "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64,
			range.at, range.at + range.octets - 1, size);
		reply_field(r, MHD_HTTP_HEADER_CONTENT_RANGE, text);
	}
}

static void body_reply(struct request *r, const struct msg_answer *msg)
{
	response_set(r, msg->status,
		MHD_create_response_from_buffer(
			msg->body.n, (void *)(uintptr_t)msg->body.p, MHD_RESPMEM_MUST_COPY));
	reply_secure(r->response, r->daemon->tls);
	reply_field(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
}

/* What goes beside the body. */
static void fields_reply(struct request *r, const struct msg_answer *msg)
{
	if (msg->file_name.n > 0 && r->status < 400) {
		name_reply(r, msg->file_name);
	}
	if (msg->seq > 0) {
		r->server->seq = msg->seq > r->server->seq ? msg->seq : r->server->seq;
		number_reply(r, "Fengsui-Seq", "", (uint64_t)msg->seq);
	}
	if (msg->version > 0) {
		number_reply(r, MHD_HTTP_HEADER_ETAG, "\"v", (uint64_t)msg->version);
	}
	token_reply(r, msg->token);
	if (msg->status == MHD_HTTP_UNAUTHORIZED) {
		reply_field(r, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
	} else if (msg->status == MHD_HTTP_SERVICE_UNAVAILABLE ||
		   msg->status == MHD_HTTP_TOO_MANY_REQUESTS) {
		reply_field(r, MHD_HTTP_HEADER_RETRY_AFTER, "1");
	}
}

void reply_answer(struct request *r, const struct msg_answer *msg, int own_fd)
{
	if (msg->status < 200 || msg->status > 599) {
		if (own_fd >= 0) {
			(void)close(own_fd);
		}
		reply_problem(r, MHD_HTTP_BAD_GATEWAY, "answer.bad", NULL);
		return;
	}
	if (own_fd >= 0) {
		file_reply(r, msg, own_fd);
	} else if (msg->body.n == 0 && msg->status >= 400) {
		reply_problem(r, msg->status, "answer.empty", NULL);
	} else {
		body_reply(r, msg);
		media_reply(r, msg);
	}
	fields_reply(r, msg);
}

enum MHD_Result reply_queue(struct request *r)
{
	struct MHD_Response *response = r->response;
	enum MHD_Result result = MHD_queue_response(r->conn, r->status, response);
	static const enum counter classes[] = { COUNT_2XX, COUNT_3XX, COUNT_4XX, COUNT_5XX };
	if (r->status >= 200 && r->status < 600) {
		r->server->counters[classes[r->status / 100 - 2]]++;
	}
	r->state = REQUEST_DONE;
	r->response = NULL;
	if (!r->shared) {
		MHD_destroy_response(response);
	}
	return result;
}
