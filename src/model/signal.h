/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The signal: the one noun that crosses from sensing to the desk.  detect and
 * probe make it, core takes it.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/scale.h"

struct arena;
struct buf;
struct diag;

enum {
	SIGNAL_KEY_MAX = 256,   /* octets of asset key, class, check, dedup key */
	SIGNAL_TEXT_MAX = 4096, /* octets of the evidence filter and of args */
};

enum signal_state { SIGNAL_FIRING, SIGNAL_RESOLVED, SIGNAL_NOTE };

/** Rows that show it: core asks query for them and keeps a copy. */
struct signal_evidence {
	struct slice kind;   /* "log", "sample"; empty = none */
	struct slice filter; /* JSON object of field: value, all must equal */
	int64_t from_ms;
	int64_t to_ms;
};

struct signal {
	struct slice source;          /* "probe", "detect" */
	struct slice check;           /* rule or check id: "burst-login", "42" */
	struct slice asset_key;       /* address, host name or check id */
	struct slice class;           /* dotted: "login.burst", "check.state" */
	enum alert_severity severity; /* the alert scale, never a grade */
	int64_t observed_at_ms;
	enum signal_state state;
	struct signal_evidence evidence;
	struct slice dedup_key; /* same key = same alert while it is open */
	struct slice code;      /* sentence code, rendered in the reader's language */
	struct slice args;      /* JSON object of its arguments, or empty */
	struct slice cause;     /* check at whose door it is laid; then it is a note */
	struct slice tail;      /* tail read for it, "SHARD/KIND"; empty for probe */
	struct slice tail_pos;  /* "START:OFFSET" behind the rows it came from */
};

const char *signal_state_text(enum signal_state state);

/** Append as one JSON object; empty texts are left out. */
void signal_put_json(struct buf *buf, const struct signal *signal);

/**
 * Read what signal_put_json wrote, and nothing looser.
 *
 * Owns:    slices of *ret_signal live in the arena or borrow from text.
 * Returns: 0, or json_parse's errors, or E_INPUT with diag when a member is
 *          missing, unknown in its enum or over its limit.
 */
NODISCARD int signal_parse(
	struct arena *arena, struct slice text, struct signal *ret_signal, struct diag *diag);
