/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From signals to alerts and incidents: what is the same thing again, what is
 * new, what is too much, and what belongs together.  Decisions only; the
 * caller keeps the counters and the records.
 *
 * Layer: workflow.  Threading: reentrant; a meter has one owner.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "model/alert.h"
#include "model/scale.h"

enum { ALERT_KEY_TEXT = 33 }; /* 32 hexadecimal digits and a NUL */

/** What names a thing: never its summary, which changes from one time to the next. */
struct alert_identity {
	struct slice source; /* role or sender: "probe", "syslog" … */
	struct slice check;  /* check or rule id */
	struct slice asset;  /* address, host name or check id */
	struct slice class_id;
};

/** Dedup key: the same on every machine and in every year. */
void alert_key(const struct alert_identity *identity, char ret_text[ALERT_KEY_TEXT]);

enum alert_signal { ALERT_SIGNAL_FIRING, ALERT_SIGNAL_RESOLVED, ALERT_SIGNAL_NOTE };

/** What is known under a signal's key. */
struct alert_known {
	bool open;           /* an alert with this key is firing */
	bool suppressed_key; /* judged a false positive before */
};

/** New alerts of one source in the running minute. */
struct alert_meter {
	int64_t minute;
	uint32_t opened;
	uint32_t absorbed;
};

enum alert_decision {
	ALERT_DECISION_OPEN,
	ALERT_DECISION_COUNT, /* one more of an open alert */
	ALERT_DECISION_RESOLVE,
	ALERT_DECISION_NOTE,   /* belongs to the open alert's history */
	ALERT_DECISION_ABSORB, /* above the cap: the minute's collective alert says how many */
	ALERT_DECISION_LIST,   /* recorded, raises nothing: no alert, or a suppressed key */
};

/** Decide one signal; cap = new alerts a source may open in a minute. */
enum alert_decision alert_decide(const struct alert_known *known, enum alert_signal signal,
	struct alert_meter *meter, uint32_t cap, int64_t at_ms);

/** An incident that is still open. */
struct alert_incident {
	int64_t asset_id;   /* 0 = unregistered */
	int64_t last_ms;    /* its newest alert */
	struct slice asset; /* the key while unregistered */
};

/** Does a new alert on this asset belong to that incident? */
bool alert_joins(const struct alert_incident *incident, int64_t asset_id, struct slice asset,
	int64_t at_ms, int64_t window_ms);

/** An incident is as grave as its gravest alert. */
enum alert_severity alert_worse(enum alert_severity a, enum alert_severity b);

/** How long an incident gathers alerts before it tells anybody; a critical one does not wait. */
int64_t alert_wait_ms(enum alert_severity severity, int64_t group_wait_ms);
