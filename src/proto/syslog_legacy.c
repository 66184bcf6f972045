/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/syslog_priv.h"

#include "base/num.h"

enum { HOST_MAX = 255, TAG_MAX = 64, PID_MAX = 32, CISCO_PARTS_MAX = 6 };

static void skip_blank(struct slice *left)
{
	while (left->n > 0 && (left->p[0] == ' ' || left->p[0] == '\t')) {
		*left = slice_skip(*left, 1);
	}
}

static bool upper_name(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || syslog_digit(c) || c == '_';
}

/* %FAC[-SUB]-n-NAME: text; the part before the severity goes into app. */
static bool take_cisco(struct slice text, struct syslog_msg *msg)
{
	size_t n = 1;
	while (n < text.n && n < TAG_MAX && (upper_name(text.p[n]) || text.p[n] == '-')) {
		n++;
	}
	if (syslog_at(text, 0) != '%' || n == TAG_MAX || n >= text.n ||
		(text.p[n] != ':' && text.p[n] != ' ')) {
		return false;
	}
	for (size_t i = 2; i + 3 < n; i++) {
		if (text.p[i] == '-' && text.p[i + 1] >= '0' && text.p[i + 1] <= '7' && text.p[i + 2] == '-') {
			msg->app = slice_of(text.p + 1, i - 1);
			msg->msgid = slice_of(text.p + i + 3, n - i - 3);
			msg->severity = msg->severity < 0 ? text.p[i + 1] - '0' : msg->severity;
			msg->msg = slice_trim(slice_skip(text, n + 1));
			return true;
		}
	}
	return false;
}

/* The next word of a Cisco front; true when it can be stepped over. */
static bool step_cisco(struct slice *left, struct syslog_msg *msg, bool timed)
{
	size_t n = 0;
	while (n < left->n && n <= HOST_MAX && left->p[n] != ' ') {
		n++;
	}
	if (n == 0 || n > HOST_MAX || n == left->n) {
		return false;
	}
	bool colon = left->p[n - 1] == ':';
	struct slice word = slice_head(*left, colon ? n - 1 : n);
	int64_t number = 0;
	bool sequence = colon && num_i64(word, 0, INT64_MAX, &number) == 0;
	/* "00:01:01:" is time since start, "*spamApTask1:" a task */
	bool uptime = colon && word.n > 4 && syslog_digit(word.p[0]) && slice_find(word, SLICE(":")) == 2 &&
		word.p[word.n - 3] == ':';
	bool task = syslog_at(word, 0) == '*';
	if (!sequence && !uptime && !task && word.n > 0) {
		if (msg->host.n > 0 || (!colon && !timed)) {
			return false;
		}
		msg->host = word;
		msg->vendor = colon ? SLICE("cisco") : SLICE("ruijie");
	}
	*left = slice_skip(*left, n);
	return true;
}

/* [seq:] [host:] [seq:] [time:] [host] %FAC-n-NAME: text, in any of these orders. */
static bool read_cisco(struct slice text, const struct syslog_context *context,
	struct syslog_msg *msg)
{
	struct syslog_msg try = *msg;
	bool after_colon = false;
	for (int part = 0; part < CISCO_PARTS_MAX; part++) {
		skip_blank(&text);
		if (take_cisco(text, &try)) {
			/* Ruijie writes "time: host %FAC", every relay "time host %FAC". */
			bool ruijie = slice_is(try.vendor, "ruijie") && after_colon;
			try.vendor = ruijie ? SLICE("ruijie") : SLICE("cisco");
			try.format = SYSLOG_RFC3164;
			*msg = try;
			return true;
		}
		if (!try.has_ts && syslog_take_time(&text, context, &try.ts_ms)) {
			try.has_ts = true;
			after_colon = syslog_at(text, 0) == ':';
			text = slice_skip(text, after_colon);
		} else if (syslog_at(text, 0) == ':') {
			text = slice_skip(text, 1);
		} else if (!step_cisco(&text, &try, try.has_ts)) {
			return false;
		}
	}
	return false;
}

/* %%10MODULE/n/NAME(l)[seq]: text */
static bool take_comware(struct slice text, struct syslog_msg *msg)
{
	if (!slice_starts(text, SLICE("%%"))) {
		return false;
	}
	struct slice left = slice_skip(text, 2);
	int64_t version = -1;
	(void)syslog_take_digits(&left, 2, &version);
	struct slice module = { 0 };
	struct slice level = { 0 };
	struct slice rest = { 0 };
	if (!slice_cut(left, '/', &module, &rest) || !slice_cut(rest, '/', &level, &left) ||
		module.n == 0 || module.n > TAG_MAX || level.n != 1 || level.p[0] < '0' || level.p[0] > '7') {
		return false;
	}
	size_t n = 0;
	while (upper_name(syslog_at(left, n)) || syslog_at(left, n) == '-') {
		n++;
	}
	struct slice front = { 0 };
	if (n == 0 || !slice_cut(slice_skip(left, n), ':', &front, &rest)) {
		return false;
	}
	msg->vendor = version == 1 ? SLICE("huawei") : SLICE("h3c");
	msg->app = module;
	msg->msgid = slice_head(left, n);
	msg->severity = msg->severity < 0 ? level.p[0] - '0' : msg->severity;
	msg->msg = slice_trim(rest);
	return true;
}

static bool tag_octet(uint8_t c)
{
	return c > ' ' && c != ':' && c != '[' && c != '<' && c != '=' && c != '"' && c != '{' && c != 0x7f;
}

/* "app: ", "app[pid]: ", "app[pid] "; untouched when the text has none. */
static bool take_tag(struct slice *left, struct syslog_msg *msg)
{
	size_t n = 0;
	while (n < left->n && n <= TAG_MAX && tag_octet(left->p[n])) {
		n++;
	}
	if (n == 0 || n > TAG_MAX || n == left->n) {
		return false;
	}
	struct slice app = slice_head(*left, n);
	struct slice rest = slice_skip(*left, n);
	struct slice pid = { 0 };
	bool bracket = rest.p[0] == '[';
	if (bracket && (!slice_cut(slice_skip(rest, 1), ']', &pid, &rest) || pid.n == 0 || pid.n > PID_MAX ||
			slice_find(pid, SLICE(" ")) != SIZE_MAX)) {
		return false;
	}
	bool colon = syslog_at(rest, 0) == ':';
	if ((!colon && !bracket) || (colon && rest.n > 1 && !bracket && rest.p[1] != ' ')) {
		return false;
	}
	msg->app = app;
	msg->pid = pid;
	*left = slice_skip(rest, colon);
	return true;
}

static bool host_octet(uint8_t c)
{
	return c > ' ' && c != '[' && c != '"' && c != '=' && c != '{' && c != '<' && c != ',';
}

/* A word before a space that is no tag. */
static void take_host(struct slice *left, struct syslog_msg *msg)
{
	size_t n = 0;
	while (n < left->n && n <= HOST_MAX && host_octet(left->p[n])) {
		n++;
	}
	if (n == 0 || n > HOST_MAX || syslog_at(*left, n) != ' ' || left->p[n - 1] == ':' ||
		left->p[0] == '%') {
		return;
	}
	msg->host = slice_head(*left, n);
	*left = slice_skip(*left, n + 1);
}

void syslog_read_legacy(struct slice text, const struct syslog_context *context,
	struct syslog_msg *msg)
{
	if (read_cisco(text, context, msg)) {
		return;
	}
	skip_blank(&text);
	msg->format = msg->facility >= 0 ? SYSLOG_RFC3164 : SYSLOG_RAW;
	if (syslog_take_time(&text, context, &msg->ts_ms)) {
		msg->has_ts = true;
		msg->format = SYSLOG_RFC3164;
		text = slice_skip(text, syslog_at(text, 0) == ':');
		skip_blank(&text);
		take_host(&text, msg);
		skip_blank(&text);
	}
	if (take_comware(text, msg)) {
		msg->format = SYSLOG_RFC3164;
		return;
	}
	if (msg->format == SYSLOG_RFC3164) {
		(void)take_tag(&text, msg);
	}
	msg->msg = slice_trim(text);
}
