/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/syslog_json.h"

#include "base/civil.h"
#include "base/jw.h"
#include "proto/logfields.h"
#include "proto/syslog.h"

static void put_opt(struct jw *jw, const char *name, struct slice value)
{
	if (value.n > 0) {
		jw_kv_str(jw, name, value);
	}
}

static bool same(const struct syslog_param *a, const struct syslog_param *b)
{
	return slice_eq(a->id, b->id) && slice_eq(a->name, b->name);
}

/* A name given twice in an element (RFC 5424 section 6.3.3 allows it) becomes a list. */
static void put_param(struct jw *jw, const struct syslog_msg *msg, size_t at)
{
	const struct syslog_param *param = &msg->params[at];
	size_t times = 0;
	for (size_t i = 0; i < msg->param_count; i++) {
		times += same(&msg->params[i], param);
		if (i < at && same(&msg->params[i], param)) {
			return;
		}
	}
	jw_key_slice(jw, param->name);
	if (times == 1) {
		jw_str(jw, param->value);
		return;
	}
	jw_array(jw);
	for (size_t i = at; i < msg->param_count; i++) {
		if (same(&msg->params[i], param)) {
			jw_str(jw, msg->params[i].value);
		}
	}
	jw_end(jw);
}

static void put_element(struct jw *jw, const struct syslog_msg *msg, size_t first)
{
	for (size_t i = 0; i < first; i++) {
		if (slice_eq(msg->params[i].id, msg->params[first].id)) {
			return;
		}
	}
	jw_key_slice(jw, msg->params[first].id);
	jw_object(jw);
	for (size_t i = first; i < msg->param_count; i++) {
		if (msg->params[i].name.n > 0 &&
			slice_eq(msg->params[i].id, msg->params[first].id)) {
			put_param(jw, msg, i);
		}
	}
	jw_end(jw);
}

static void put_sd(struct jw *jw, const char *name, const struct syslog_msg *msg)
{
	if (msg->param_count == 0) {
		return;
	}
	jw_key(jw, name);
	jw_object(jw);
	for (size_t i = 0; i < msg->param_count; i++) {
		put_element(jw, msg, i);
	}
	jw_end(jw);
}

static void put_answer(struct jw *jw, const struct logfields_answer *answer)
{
	for (size_t i = 0; answer != NULL && i < answer->count; i++) {
		jw_key_slice(jw, answer->field[i].name);
		jw_str(jw, answer->field[i].value);
	}
}

static struct slice vendor_of(
	const struct syslog_msg *msg, const struct logfields_answer *answer)
{
	return msg->vendor.n > 0 || answer == NULL ? msg->vendor : answer->vendor;
}

void syslog_put_json(struct buf *buf, const struct syslog_msg *msg,
	const struct logfields_answer *answer, struct slice source)
{
	struct jw jw;
	jw_init(&jw, buf);
	jw_object(&jw);
	if (msg->has_ts) {
		AUTO_BUF struct buf ts;
		buf_init(&ts, 64);
		civil_put_rfc3339(&ts, msg->ts_ms);
		jw_kv_str(&jw, "ts", buf_slice(&ts));
	}
	put_opt(&jw, "source", source);
	put_opt(&jw, "host", msg->host);
	put_opt(&jw, "app", msg->app);
	put_opt(&jw, "pid", msg->pid);
	put_opt(&jw, "msgid", msg->msgid);
	if (msg->facility >= 0) {
		jw_kv_int(&jw, "facility", msg->facility);
	}
	if (msg->severity >= 0) {
		jw_kv_int(&jw, "severity", msg->severity);
	}
	jw_kv_str(&jw, "msg", msg->msg);
	put_sd(&jw, "sd", msg);
	jw_kv_str(&jw, "format", slice_str(syslog_format_text(msg->format)));
	put_opt(&jw, "vendor", vendor_of(msg, answer));
	if (answer != NULL && answer->count > 0) {
		jw_key(&jw, "fields");
		jw_object(&jw);
		put_answer(&jw, answer);
		jw_end(&jw);
	}
	jw_end(&jw);
}

void syslog_put_fields(
	struct buf *buf, const struct syslog_msg *msg, const struct logfields_answer *answer)
{
	struct jw jw;
	jw_init(&jw, buf);
	jw_object(&jw);
	put_answer(&jw, answer);
	put_opt(&jw, "_msgid", msg->msgid);
	jw_kv_str(&jw, "_format", slice_str(syslog_format_text(msg->format)));
	put_opt(&jw, "_vendor", vendor_of(msg, answer));
	put_opt(&jw, "_rule", answer != NULL ? answer->rule : (struct slice) { 0 });
	put_sd(&jw, "_sd", msg);
	jw_end(&jw);
}
