/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The desk: every act a person does, one function each, found by its route.
 * An act loads, decides (workflow/), and saves, inside the writer's
 * transaction; when it returns an error nothing of it stays.
 *
 * An act's function
 *   - may trust that the route's permission row let the caller through;
 *     desk->scope says on whose records, and desk_unit_reached must be asked
 *     for every record it loads by an id from outside (E_ABSENT when not, so
 *     that forbidden and absent look the same);
 *   - reads its body with json_get…, refusing with desk_refuse;
 *   - names itself for the audit log with desk_audit and each row it touches
 *     with trail_row; tells the stream with txn_change;
 *   - answers with desk_answer (model "done" of schema/api.toml).
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "access/access.h"
#include "base/attr.h"
#include "base/slice.h"
#include "records/sql.h"
#include "records/trail.h"
#include "records/txn.h"
#include "schema/routes.h"

struct arena;
struct blob_store;
struct calendar;
struct import_source;
struct json;
struct policy;
struct secret_key;

/** What the desk needs of the world; lives as long as the process. */
struct desk_env {
	const struct calendar *calendar;
	const struct policy *policy;
	int64_t policy_id; /* its text as it is kept; 0 = nothing is kept */
	struct blob_store *blobs;
	struct secret_key *secrets;
	const char *base_url; /* how people reach the platform, for links; from the settings */
};

/** One request, decoded; borrowed until it is answered. */
struct desk_call {
	enum route_id route;
	struct slice token;
	struct slice address;
	struct slice agent;
	bool loopback;
	int64_t id;              /* {id} of the path; 0 when it has none */
	int64_t sub;             /* {sub} */
	struct slice key;        /* {key} */
	int64_t if_match;        /* version the caller saw; -1 = not said */
	const struct json *body; /* NULL without one */
	bool clock_held;         /* the machine's clock jumped, and nobody has confirmed it */
	/* Made by core before the writer's turn, because it takes time: */
	bool password_ok;        /* the old or repeated password was right */
	bool code_counted;       /* an attempt at a one-time code was counted and may be made */
	struct slice new_hash;   /* Argon2id of the new password */
	struct slice new_secret; /* one-time password or token in clear, to be answered once */
	struct slice upload_name; /* upload: the file's name; its blob is upload_blob */
	int64_t upload_blob;
	struct slice upload_media;
	uint32_t upload_pages;
	struct slice upload_cells; /* of a table: grid/grid.h */
};

struct desk {
	struct txn *txn;
	struct db *db;
	struct arena *arena;
	const struct desk_env *env;
	const struct desk_call *call;
	struct caller caller;
	enum scope scope; /* of the route for this caller */
	int64_t now_ms;
	bool dry_run; /* of an act done to many: stop before anything is written */
	/* what went wrong, for the problem answer */
	char code[48];
	char field[48];
	/* what to answer */
	int64_t answer_id;
	int64_t answer_version;
	struct slice answer_number;
	struct slice answer_secret;
	struct slice answer_state;
	struct slice answer_report; /* JSON */
	struct slice answer_text;   /* of one of many: the text as it would go out */
	struct slice answer_second; /* JSON, shown once: a second factor's key or codes */
	struct slice answer_moves;  /* JSON: deadlines that would be other ones */
	char set_token[80];         /* session cookie to set; "-" ends it */
	struct import_source
		*import; /* the sheet in the store that is being imported; NULL = none */
};

typedef int (*desk_fn)(struct desk *desk);

/**
 * Run one call: caller, permission, the act, the answer's JSON into
 * txn_answer.  A denied attempt leaves an audit entry.
 *
 * Shape:   desk is all zero but for env and call; afterwards code, field and
 *          set_token are for the problem answer and the cookie.
 * Returns: 0 or E_*: E_DENIED (role), E_ABSENT, E_CONFLICT (version), E_STATE,
 *          E_INPUT (code and field say what), E_LIMIT, E_EXISTS, E_STORE.
 */
NODISCARD int desk_run(struct txn *txn, struct desk *desk);

/** The act of a route; NULL when it is no command or not built.  desk/acts.c. */
desk_fn desk_act(enum route_id route);
/** The part of it in desk/acts_office.c. */
desk_fn desk_act_office(enum route_id route);

/** Refuse: dotted code (a sentence in the UI's catalogue) and the body's member at fault.  Returns error. */
int desk_refuse(struct desk *desk, int error, const char *code, const char *field);

/** Name the act for the audit log; kind and id of its record. */
void desk_audit(struct desk *desk, const char *act, const char *kind, int64_t id,
	int64_t version, struct slice reason);

/** The record the answer is about. */
void desk_answer(struct desk *desk, int64_t id, int64_t version);

/** 0, or E_ABSENT when a record of this unit is out of the caller's reach. */
NODISCARD int desk_unit_reached(const struct desk *desk, int64_t unit_id);

/** 0, or E_CONFLICT when If-Match was given and is another version. */
NODISCARD int desk_version_same(struct desk *desk, int64_t version);
