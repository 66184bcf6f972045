/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What is asked of a target and what came back: plain data that every
 * engine takes and gives.  Engines never make sentences: a result carries a
 * stable code and its arguments, rendered where it is read.
 *
 * Layer: probe.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/check_kind.h"
#include "probe/addr.h"

struct jw;

enum check_state { CHECK_UNKNOWN, CHECK_UP, CHECK_DEGRADED, CHECK_DOWN, CHECK_UNREACHABLE };

enum {
	CHECK_ARGS_MAX = 6,
	CHECK_ARG_TEXT_MAX = 160, /* octets of UTF-8; longer values are cut at a character */
	CHECK_PERF_MAX = 8,
	CHECK_LABEL_MAX = 47, /* octets of a measurement's name that came from outside */
	CHECK_UNIT_MAX = 7,
	CHECK_TEXT_MAX = 2048, /* octets of any one text in a spec */
	CHECK_TIMEOUT_MAX_MS = 60 * 1000,
	CHECK_TIMEOUT_DEFAULT_MS = 5 * 1000,
};

/* A parameter of the kind's own, at its place; not given = the default of the table. */
struct check_value {
	const char *text;
	int64_t number;
	bool given;
};

enum check_tls_mode { CHECK_TLS_PLAIN, CHECK_TLS_STARTTLS, CHECK_TLS_AT_ONCE };

/**
 * One check.  Texts are NULL when not given; 0 means the default of the kind.
 * Owned by whoever made it; check_spec_dup makes one block of everything.
 */
struct check_spec {
	int64_t id;
	enum check_kind kind;
	struct probe_addr addr; /* family 0: resolve `name` first */
	const char *name;    /* DNS name of the target: also Host, SNI and certificate name */
	uint32_t timeout_ms; /* whole check, resolving included in neither */
	uint32_t interval_ms;
	uint16_t port;
	uint8_t retries; /* failed confirmations after the first failure before it counts */
	uint8_t window;  /* … among so many last results; 0 = in a row */
	bool use_tls;    /* http: https */
	bool accept_untrusted;  /* http, tls: a certificate of no known authority is no fault */
	bool want_ad;           /* dns: the resolver must vouch for the answer (DNSSEC) */
	bool want_aa;           /* dns: the server must be authoritative */
	bool want_alive;        /* dns: "there is no such name" will do */
	uint16_t expect_status; /* http: exact status, 0 = any 2xx or 3xx; dns: the RCODE */
	uint16_t dns_type;      /* dns: RR type number, 0 = A */
	uint16_t warn_days;     /* tls, https: degraded this long before the end, 0 = 21 */
	uint32_t warn_latency_ms; /* degraded when slower, 0 = never */
	uint32_t warn_level;      /* host: degraded above, 0 = the item's own */
	uint32_t bad_level;       /* host: down above, 0 = the item's own */
	const char *path;         /* http: "/" when not given; host: which item */
	const char *host_header;  /* http: when it differs from the name */
	const char *
		expect_text; /* tcp: banner starts with; http: body contains; dns: an answer equals */
	const char *query_name; /* dns: the name asked for */
	uint8_t tls_mode;       /* smtp, imap, pop3, ldap: enum check_tls_mode */
	const struct check_value
		*values; /* value_count of the kind's form, or NULL = none given */
};

struct check_arg {
	const char *name; /* static */
	bool is_number;
	int64_t number;
	char text[CHECK_ARG_TEXT_MAX + 1];
};

struct check_perf {
	const char *name; /* static; NULL = label and uom hold what a plugin called it */
	const char *unit; /* static: "us", "d", "B", "B/s", "%", "" */
	double value;     /* NaN: measured in vain */
	char label[CHECK_LABEL_MAX + 1];
	char uom[CHECK_UNIT_MAX + 1];
};

struct check_result {
	int64_t check_id;
	int64_t at_unix_ms;
	enum check_state state;
	int64_t latency_us; /* -1 = none was measured */
	const char *code;   /* static, like "tcp.refused" */
	bool repeated;      /* nothing was asked: what was found before is said again */
	uint8_t arg_count;
	uint8_t perf_count;
	uint16_t args_refused; /* came after the lists were full */
	struct check_arg args[CHECK_ARGS_MAX];
	struct check_perf perf[CHECK_PERF_MAX];
};

/** Where a result goes; called once per started check, never from inside the start. */
struct check_sink {
	void (*done)(void *user, uint64_t tag, const struct check_result *result);
	void *user;
	uint64_t tag;
};

/** Returns: 0 or E_FORMAT for no such kind. */
NODISCARD int check_kind_parse(struct slice text, enum check_kind *ret_kind);
/** "up", "degraded", "down", "unreachable", "unknown"; static. */
const char *check_state_text(enum check_state state);

/** A value of the kind's own (enum check_KIND_value), or its default.  Texts may be NULL. */
int64_t check_spec_number(const struct check_spec *spec, unsigned value);
const char *check_spec_text(const struct check_spec *spec, unsigned value);

/**
 * A copy in one block, texts and values included.
 *
 * Owns:    the result; release with free.  NULL when a text is over
 *          CHECK_TEXT_MAX or memory ends.
 */
NODISCARD struct check_spec *check_spec_dup(const struct check_spec *spec);

/** A result of this check at this moment, unknown and without code. */
void check_result_init(
	struct check_result *result, const struct check_spec *spec, int64_t at_unix_ms);
void check_result_set(struct check_result *result, enum check_state state, const char *code);
/** Outside octets are cleaned to UTF-8. */
void check_result_arg(struct check_result *result, const char *name, struct slice text);
void check_result_arg_int(struct check_result *result, const char *name, int64_t number);
/**
 * The first figure is the check's own series (target_metric), so a check whose own
 * is not told first keeps its place with NAN; the value comes there later, or not.
 */
void check_result_perf(
	struct check_result *result, const char *name, double value, const char *unit);
/** Named from outside: cleaned to UTF-8 and cut. */
void check_result_perf_labelled(
	struct check_result *result, struct slice label, double value, struct slice uom);

/** {"name":value,…} of the arguments; {"name":{"value":…,"unit":…},…} of the measurements. */
void check_result_put_args(struct jw *jw, const struct check_result *result);
void check_result_put_perf(struct jw *jw, const struct check_result *result);
