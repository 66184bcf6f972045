/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"
#include "proto/syslog_priv.h"

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

/* Length of %FAC-n-NAME when a colon or a space follows, else 0. */
static size_t cisco_length(struct slice text)
{
	size_t n = 1;
	while (n < text.n && n < TAG_MAX && (upper_name(text.p[n]) || text.p[n] == '-')) {
		n++;
	}
	bool ended = syslog_at(text, n) == ':' || syslog_at(text, n) == ' ';
	return syslog_at(text, 0) == '%' && n < TAG_MAX && ended ? n : 0;
}

static bool level_at(struct slice text, size_t i)
{
	return text.p[i] == '-' && text.p[i + 1] >= '0' && text.p[i + 1] <= '7' &&
	       text.p[i + 2] == '-';
}

/* %FAC[-SUB]-n-NAME: text; the part before the severity goes into app. */
static bool take_cisco(struct slice text, struct syslog_msg *msg)
{
	size_t n = cisco_length(text);
	for (size_t i = 2; i + 3 < n; i++) {
		if (level_at(text, i)) {
			msg->app = slice_of(text.p + 1, i - 1);
			msg->msgid = slice_of(text.p + i + 3, n - i - 3);
			msg->severity = msg->severity < 0 ? text.p[i + 1] - '0' : msg->severity;
			msg->msg = slice_trim(slice_skip(text, n + 1));
			return true;
		}
	}
	return false;
}

/* Words before the message that name nothing: a sequence number, "00:01:01" since
 * start, "*spamApTask1" a task. */
static bool is_filler(struct slice word)
{
	int64_t number = 0;
	bool uptime = word.n > 4 && syslog_digit(word.p[0]) &&
		      slice_find(word, SLICE(":")) == 2 && word.p[word.n - 3] == ':';
	return word.n == 0 || uptime || word.p[0] == '*' ||
	       num_i64(word, 0, INT64_MAX, &number) == 0;
}

/* The next word of a Cisco front; true when it can be stepped over. */
static bool step_cisco(struct slice *left, struct syslog_msg *msg)
{
	size_t n = slice_find(slice_head(*left, HOST_MAX + 1), SLICE(" "));
	if (n == 0 || n == SIZE_MAX) {
		return false;
	}
	bool colon = left->p[n - 1] == ':';
	struct slice word = slice_head(*left, colon ? n - 1 : n);
	*left = slice_skip(*left, n);
	if (colon && is_filler(word)) {
		return true;
	}
	if (msg->host.n > 0 || (!colon && !msg->has_ts)) {
		return false;
	}
	msg->host = word;
	msg->vendor = colon ? SLICE("cisco") : SLICE("ruijie");
	return true;
}

/* [seq:] [host:] [seq:] [time:] [host] %FAC-n-NAME: text, in any of these orders. */
static bool read_cisco(
	struct slice text, const struct syslog_context *context, struct syslog_msg *msg)
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
		} else if (!step_cisco(&text, &try)) {
			return false;
		}
	}
	return false;
}

/* "MODULE/n/" off the front. */
static bool take_module(struct slice *left, struct slice *ret_module, int *ret_level)
{
	struct slice level = { 0 };
	struct slice rest = { 0 };
	if (!slice_cut(*left, '/', ret_module, &rest) || !slice_cut(rest, '/', &level, left)) {
		return false;
	}
	*ret_level = syslog_at(level, 0) - '0';
	return ret_module->n > 0 && ret_module->n <= TAG_MAX && level.n == 1 &&
	       *ret_level >= 0 && *ret_level <= 7;
}

/* %%10MODULE/n/NAME(l)[seq]: text */
static bool take_comware(struct slice text, struct syslog_msg *msg)
{
	struct slice left = slice_skip(text, 2);
	struct slice module = { 0 };
	struct slice front = { 0 };
	struct slice rest = { 0 };
	int64_t version = -1;
	int level = 0;
	if (!slice_starts(text, SLICE("%%"))) {
		return false;
	}
	(void)syslog_take_digits(&left, 2, &version);
	if (!take_module(&left, &module, &level)) {
		return false;
	}
	size_t n = 0;
	while (upper_name(syslog_at(left, n)) || syslog_at(left, n) == '-') {
		n++;
	}
	if (n == 0 || !slice_cut(slice_skip(left, n), ':', &front, &rest)) {
		return false;
	}
	msg->vendor = version == 1 ? SLICE("huawei") : SLICE("h3c");
	msg->app = module;
	msg->msgid = slice_head(left, n);
	msg->severity = msg->severity < 0 ? level : msg->severity;
	msg->msg = slice_trim(rest);
	return true;
}

static bool tag_octet(uint8_t c)
{
	return c > ' ' && c != ':' && c != '[' && c != '<' && c != '=' && c != '"' &&
	       c != '{' && c != 0x7f;
}

/* "[pid]" off the front. */
static bool take_pid(struct slice *left, struct slice *ret_pid)
{
	struct slice pid = { 0 };
	struct slice rest = { 0 };
	if (!slice_cut(slice_skip(*left, 1), ']', &pid, &rest) || pid.n == 0 ||
		pid.n > PID_MAX || slice_find(pid, SLICE(" ")) != SIZE_MAX) {
		return false;
	}
	*ret_pid = pid;
	*left = rest;
	return true;
}

/* "app: ", "app[pid]: ", "app[pid] "; untouched when the text has none. */
static bool take_tag(struct slice *left, struct syslog_msg *msg)
{
	size_t n = 0;
	while (n < left->n && n <= TAG_MAX && tag_octet(left->p[n])) {
		n++;
	}
	struct slice rest = slice_skip(*left, n);
	struct slice pid = { 0 };
	if (n == 0 || n > TAG_MAX) {
		return false;
	}
	bool bracket = syslog_at(rest, 0) == '[';
	if (bracket && !take_pid(&rest, &pid)) {
		return false;
	}
	bool colon = syslog_at(rest, 0) == ':';
	bool spaced = colon && (rest.n == 1 || rest.p[1] == ' ');
	if (!bracket && !spaced) {
		return false;
	}
	msg->app = slice_head(*left, n);
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

void syslog_read_legacy(
	struct slice text, const struct syslog_context *context, struct syslog_msg *msg)
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
