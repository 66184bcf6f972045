/* SPDX-License-Identifier: Apache-2.0 */
#include "model/signal.h"

#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"

static const char *const states[] = { "firing", "resolved", "note" };

/* Texts of the object, in the order they are written. */
static const struct {
	const char *name;
	size_t at;
	size_t max;
	bool needed;
} texts[] = {
	{ "source", offsetof(struct signal, source), SIGNAL_KEY_MAX, true },
	{ "check", offsetof(struct signal, check), SIGNAL_KEY_MAX, true },
	{ "asset_key", offsetof(struct signal, asset_key), SIGNAL_KEY_MAX, true },
	{ "class", offsetof(struct signal, class), SIGNAL_KEY_MAX, true },
	{ "dedup_key", offsetof(struct signal, dedup_key), SIGNAL_KEY_MAX, true },
	{ "code", offsetof(struct signal, code), SIGNAL_KEY_MAX, false },
	{ "cause", offsetof(struct signal, cause), SIGNAL_KEY_MAX, false },
	{ "tail", offsetof(struct signal, tail), SIGNAL_KEY_MAX, false },
	{ "tail_pos", offsetof(struct signal, tail_pos), SIGNAL_KEY_MAX, false },
};

enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };

const char *signal_state_text(enum signal_state state)
{
	return states[state];
}

static int state_of(struct slice text)
{
	for (int i = 0; i < 3; i++) {
		if (slice_is(text, states[i])) {
			return i;
		}
	}
	return E_FORMAT;
}

static const struct slice *text_at(const struct signal *signal, size_t at)
{
	return (const struct slice *)(const void *)((const char *)signal + at);
}

static void put_evidence(struct jw *jw, const struct signal_evidence *evidence)
{
	if (evidence->kind.n == 0) {
		return;
	}
	jw_key(jw, "evidence");
	jw_object(jw);
	jw_kv_str(jw, "kind", evidence->kind);
	jw_kv_str(jw, "filter", evidence->filter);
	jw_kv_int(jw, "from_ms", evidence->from_ms);
	jw_kv_int(jw, "to_ms", evidence->to_ms);
	jw_end(jw);
}

void signal_put_json(struct buf *buf, const struct signal *signal)
{
	struct jw jw;
	jw_init(&jw, buf);
	jw_object(&jw);
	for (size_t i = 0; i < TEXTS; i++) {
		struct slice text = *text_at(signal, texts[i].at);
		if (text.n > 0) {
			jw_kv_str(&jw, texts[i].name, text);
		}
	}
	jw_kv_str(&jw, "severity", slice_str(name_id(&alert_severity_names, signal->severity)));
	jw_kv_str(&jw, "state", slice_str(signal_state_text(signal->state)));
	jw_kv_int(&jw, "observed_at_ms", signal->observed_at_ms);
	if (signal->args.n > 0) {
		jw_kv_str(&jw, "args", signal->args);
	}
	put_evidence(&jw, &signal->evidence);
	jw_end(&jw);
}

static int wrong(struct diag *diag, const char *name)
{
	return diag_set(
		diag, E_INPUT, 0, 0, "signal: %s is missing, unknown or too long", name);
}

static int read_texts(const struct json *root, struct signal *signal, struct diag *diag)
{
	for (size_t i = 0; i < TEXTS; i++) {
		struct slice text = json_get_str(root, texts[i].name);
		if (text.n > texts[i].max || (texts[i].needed && text.n == 0)) {
			return wrong(diag, texts[i].name);
		}
		*(struct slice *)(void *)((char *)signal + texts[i].at) = text;
	}
	signal->args = json_get_str(root, "args");
	return signal->args.n > SIGNAL_TEXT_MAX ? wrong(diag, "args") : 0;
}

static int read_evidence(const struct json *value, struct signal_evidence *evidence)
{
	evidence->kind = json_get_str(value, "kind");
	evidence->filter = json_get_str(value, "filter");
	evidence->from_ms = json_get_int(value, "from_ms", 0);
	evidence->to_ms = json_get_int(value, "to_ms", 0);
	return evidence->kind.n > SIGNAL_KEY_MAX || evidence->filter.n > SIGNAL_TEXT_MAX
		       ? E_INPUT
		       : 0;
}

int signal_parse(
	struct arena *arena, struct slice text, struct signal *ret_signal, struct diag *diag)
{
	const struct json *root = NULL;
	int error = json_parse(arena, text, 4, &root, diag);
	if (error < 0) {
		return error;
	}
	struct signal signal = { 0 };
	error = read_texts(root, &signal, diag);
	if (error < 0) {
		return error;
	}
	int state = state_of(json_get_str(root, "state"));
	if (state < 0) {
		return wrong(diag, "state");
	}
	signal.state = (enum signal_state)state;
	int severity = name_parse(&alert_severity_names, json_get_str(root, "severity"));
	if (severity < 0) {
		return wrong(diag, "severity");
	}
	signal.severity = (enum alert_severity)severity;
	if (!json_int(json_get(root, "observed_at_ms"), &signal.observed_at_ms)) {
		return wrong(diag, "observed_at_ms");
	}
	if (read_evidence(json_get(root, "evidence"), &signal.evidence) < 0) {
		return wrong(diag, "evidence");
	}
	*ret_signal = signal;
	return 0;
}
