/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/syslog.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/utf8.h"
#include "proto/syslog_priv.h"

/* RFC 5424 section 6: greatest lengths of the header's fields. */
enum { HOST_MAX = 255, APP_MAX = 48, PROCID_MAX = 128, MSGID_MAX = 32, SD_NAME_MAX = 32 };

const char *syslog_format_text(enum syslog_format format)
{
	static const char *const names[] = { "raw", "rfc3164", "rfc5424" };
	return names[format];
}

/* ---- text */

static struct slice strip_end(struct slice octets)
{
	while (octets.n > 0 &&
		(octets.p[octets.n - 1] == '\n' || octets.p[octets.n - 1] == '\r' ||
			octets.p[octets.n - 1] == '\0')) {
		octets.n--;
	}
	return octets;
}

static struct slice to_utf8(struct arena *arena, struct slice octets, bool *ret_recoded)
{
	*ret_recoded = !utf8_valid(octets);
	if (!*ret_recoded) {
		return octets;
	}
	AUTO_BUF struct buf text;
	buf_init(&text, 4 * octets.n + 16);
	if (gb18030_to_utf8(octets, &text) < 0) {
		utf8_put_clean(&text, octets);
	}
	return arena_dup(arena, buf_slice(&text));
}

/* ---- RFC 5424 */

struct reader {
	struct arena *arena;
	struct slice whole;
	struct slice left;
	struct diag *diag;
};

static int bad(struct reader *r, const char *what)
{
	return diag_set(r->diag, E_FORMAT, 0, r->whole.n - r->left.n, "%s", what);
}

/* One field of the header and the space behind it; "-" is empty. */
static int take_field(struct reader *r, size_t max, const char *what, struct slice *ret_field)
{
	size_t n = 0;
	while (n < r->left.n && r->left.p[n] > ' ' && r->left.p[n] != 0x7f) {
		n++;
	}
	if (n == 0 || n > max || syslog_at(r->left, n) != ' ') {
		return bad(r, what);
	}
	struct slice field = slice_head(r->left, n);
	*ret_field = slice_is(field, "-") ? (struct slice) { 0 } : field;
	r->left = slice_skip(r->left, n + 1);
	return 0;
}

static int take_sd_name(struct reader *r, struct slice *ret_name)
{
	size_t n = 0;
	while (n < r->left.n && r->left.p[n] > ' ' && r->left.p[n] < 0x7f &&
		r->left.p[n] != '=' && r->left.p[n] != ']' && r->left.p[n] != '"') {
		n++;
	}
	/* Devices overrun the 32; only the absurd is refused. */
	if (n == 0 || n > 4 * SD_NAME_MAX) {
		return bad(r, "structured data: a name is missing or too long");
	}
	*ret_name = slice_head(r->left, n);
	r->left = slice_skip(r->left, n);
	return 0;
}

/* A backslash before anything but " \ ] stands for itself. */
static struct slice unescape(struct arena *arena, struct slice value)
{
	uint8_t *out = arena_take(arena, value.n);
	size_t used = 0;
	for (size_t i = 0; i < value.n; i++) {
		uint8_t next = syslog_at(value, i + 1);
		i += value.p[i] == '\\' && (next == '"' || next == '\\' || next == ']');
		out[used++] = value.p[i];
	}
	return slice_of(out, used);
}

static int take_sd_value(struct reader *r, struct slice *ret_value)
{
	if (syslog_at(r->left, 0) != '"') {
		return bad(r, "structured data: a value must be quoted");
	}
	struct slice in = slice_skip(r->left, 1);
	size_t n = 0;
	bool escaped = false;
	while (n < in.n && in.p[n] != '"') {
		bool escape = in.p[n] == '\\' && n + 1 < in.n;
		escaped = escaped || escape;
		n += escape ? 2 : 1;
	}
	if (n >= in.n) {
		return bad(r, "structured data: a value is not ended");
	}
	r->left = slice_skip(in, n + 1);
	*ret_value = escaped ? unescape(r->arena, slice_head(in, n)) : slice_head(in, n);
	return 0;
}

static void add_param(struct syslog_msg *msg, const struct syslog_param *param)
{
	if (msg->param_count == SYSLOG_SD_MAX) {
		msg->params_refused++;
		return;
	}
	msg->params[msg->param_count++] = *param;
}

static int take_element(struct reader *r, struct syslog_msg *msg)
{
	struct syslog_param param = { 0 };
	r->left = slice_skip(r->left, 1);
	int error = take_sd_name(r, &param.id);
	bool bare = true;
	while (error == 0 && syslog_at(r->left, 0) == ' ') {
		while (syslog_at(r->left, 0) == ' ') {
			r->left = slice_skip(r->left, 1);
		}
		if (syslog_at(r->left, 0) == ']') {
			break;
		}
		error = take_sd_name(r, &param.name);
		if (error == 0 && syslog_at(r->left, 0) != '=') {
			error = bad(r, "structured data: = is missing");
		}
		r->left = slice_skip(r->left, 1);
		error = error < 0 ? error : take_sd_value(r, &param.value);
		if (error == 0) {
			add_param(msg, &param);
			bare = false;
		}
	}
	if (error < 0) {
		return error;
	}
	if (syslog_at(r->left, 0) != ']') {
		return bad(r, "structured data: ] is missing");
	}
	r->left = slice_skip(r->left, 1);
	if (bare) {
		add_param(msg, &(struct syslog_param) { .id = param.id });
	}
	return 0;
}

static int take_sd(struct reader *r, struct syslog_msg *msg)
{
	if (syslog_at(r->left, 0) == '-') {
		r->left = slice_skip(r->left, 1);
	} else if (syslog_at(r->left, 0) == '[') {
		msg->params = arena_take(r->arena, SYSLOG_SD_MAX * sizeof(*msg->params));
		while (syslog_at(r->left, 0) == '[') {
			int error = take_element(r, msg);
			if (error < 0) {
				return error;
			}
		}
	} else {
		return bad(r, "structured data is missing");
	}
	if (r->left.n > 0 && r->left.p[0] != ' ') {
		return bad(r, "a space must follow structured data");
	}
	return 0;
}

static int take_5424(
	struct reader *r, const struct syslog_context *context, struct syslog_msg *msg)
{
	if (slice_starts(r->left, SLICE("- "))) {
		r->left = slice_skip(r->left, 2);
	} else {
		msg->has_ts = syslog_take_iso(&r->left, context, &msg->ts_ms);
		if (!msg->has_ts || syslog_at(r->left, 0) != ' ') {
			return bad(r, "expecting an RFC 3339 time or -");
		}
		r->left = slice_skip(r->left, 1);
	}
	int error = take_field(r, HOST_MAX, "host name is missing or too long", &msg->host);
	error = error < 0
			? error
			: take_field(r, APP_MAX, "app name is missing or too long", &msg->app);
	error = error < 0 ? error
			  : take_field(r, PROCID_MAX, "process id is missing or too long",
				    &msg->pid);
	error = error < 0 ? error
			  : take_field(r, MSGID_MAX, "message id is missing or too long",
				    &msg->msgid);
	error = error < 0 ? error : take_sd(r, msg);
	if (error < 0) {
		return error;
	}
	r->left = slice_skip(r->left, 1);
	if (slice_starts(r->left, SLICE("\xef\xbb\xbf"))) {
		r->left = slice_skip(r->left, 3);
	}
	msg->msg = slice_trim(r->left);
	return 0;
}

/* ---- which of them it is */

/* "<" 1*3DIGIT ">", at most 191.  A number over that is no priority at all. */
static int take_pri(struct reader *r, struct syslog_msg *msg)
{
	if (syslog_at(r->left, 0) != '<') {
		return 0;
	}
	struct slice rest = slice_skip(r->left, 1);
	int64_t pri = 0;
	if (syslog_take_digits(&rest, 3, &pri) == 0 || syslog_at(rest, 0) != '>' || pri > 191) {
		return bad(r, "the priority is not <0> to <191>");
	}
	msg->facility = (int)(pri / 8);
	msg->severity = (int)(pri % 8);
	r->left = slice_skip(rest, 1);
	return 0;
}

/* A version and a space, then what only RFC 5424 has there. */
static bool claims_5424(struct reader *r)
{
	struct slice rest = r->left;
	int64_t version = 0;
	if (syslog_at(rest, 0) == '0' || syslog_take_digits(&rest, 3, &version) == 0 ||
		syslog_at(rest, 0) != ' ') {
		return false;
	}
	rest = slice_skip(rest, 1);
	/* Meraki: "<134>1 1563249630.774247349 host" */
	bool epoch = rest.n > 10 && syslog_digit(rest.p[4]) && syslog_digit(rest.p[9]) &&
		     rest.p[10] == '.';
	r->left = rest;
	return !epoch;
}

int syslog_parse(struct arena *arena, struct slice octets, const struct syslog_context *context,
	struct syslog_msg *ret_msg, struct diag *diag)
{
	struct syslog_msg msg = { .facility = -1, .severity = -1 };
	struct slice text =
		to_utf8(arena, strip_end(slice_head(octets, SYSLOG_RAW_MAX)), &msg.recoded);
	if (slice_starts(text, SLICE("\xef\xbb\xbf"))) {
		text = slice_skip(text, 3);
	}
	struct reader r = { arena, text, text, diag };
	int error = text.n == 0 ? bad(&r, "the message is empty") : take_pri(&r, &msg);
	if (error < 0) {
		msg.msg = text;
		*ret_msg = msg;
		return error;
	}
	if (msg.facility >= 0 && claims_5424(&r)) {
		msg.format = SYSLOG_RFC5424;
		error = take_5424(&r, context, &msg);
		if (error < 0) {
			msg.msg = slice_trim(r.left);
		}
	} else {
		syslog_read_legacy(r.left, context, &msg);
	}
	*ret_msg = msg;
	return error;
}
