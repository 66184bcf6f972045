/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Every read, one function each, found by its route.  A view reads records
 * and rows within a time budget and writes its JSON; it changes nothing.
 *
 * A view's function
 *   - may trust that the route's permission row let the caller through;
 *     view->scope says on whose records: lists filter by view_unit_filter in
 *     SQL, single records ask view_unit_reached (E_ABSENT when not, so that
 *     forbidden and absent look the same);
 *   - writes one JSON value to view->jw: the route's answer model, or for a
 *     page {"items":[…],"next_cursor":…,"total":…}.
 *
 * Layer: view.  Threading: one thread at a time, own connection.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "access/access.h"
#include "base/attr.h"
#include "base/jw.h"
#include "base/slice.h"
#include "records/sql.h"
#include "schema/routes.h"

struct arena;
struct blob_store;
struct db;
struct metric_rule;
struct query_store;
struct school_days;

enum { VIEW_PAGE_DEFAULT = 50, VIEW_PAGE_MAX = 200 };

/** Rules over figures as files, and the days they are judged by. */
struct rule_shelf_view {
	const struct metric_rule *rules;
	const struct slice *texts; /* their JSON */
	size_t count;
	const struct school_days *days;
};

/** What views need of the world. */
struct view_env {
	struct query_store *rows; /* NULL when there are none yet */
	struct slice health;      /* latest health JSON of the parent; may be empty */
	const struct rule_shelf_view *rules; /* that came with the product; NULL = none */
	int blobs_fd;                        /* folder of blobs, or -1 */
	struct blob_store *blobs; /* where blobs are no files; NULL = blobs_fd is used */
};

/** One request, decoded; borrowed until answered. */
struct view_call {
	enum route_id route;
	struct slice token;
	struct slice address;
	struct slice agent; /* what the browser calls itself */
	bool loopback;
	int64_t id;
	int64_t sub;
	struct slice key;
	struct slice query; /* the URL's query string, still escaped */
};

struct view {
	struct db *db;
	struct arena *arena;
	const struct view_env *env;
	const struct view_call *call;
	struct caller caller;
	enum scope scope;
	int64_t now_ms;
	struct jw jw;    /* onto the answer */
	int64_t version; /* of a single record, for the ETag; 0 = none */
	/* a download instead of JSON: */
	int download_fd; /* -1 = none; given away */
	char media[96];
	char file_name[300];
	char code[48]; /* of the problem */
	char field[48];
};

typedef int (*view_fn)(struct view *view);

/**
 * Run one read inside one read transaction.
 *
 * Shape:   db, arena, env and call are set, the rest zero; out gets the JSON.
 * Returns: 0; E_DENIED, E_ABSENT, E_INPUT (code says which), E_LIMIT, E_STORE.
 */
NODISCARD int view_run(struct view *view, int64_t now_ms, struct buf *out);

/** The view of a route; NULL when there is none.  view/reads.c. */
view_fn view_read(enum route_id route);
/** The part of it in view/reads_event.c. */
view_fn view_read_event(enum route_id route);
/** The part of it in view/reads_units.c. */
view_fn view_read_of_units(enum route_id route);

/** Refuse: dotted code and the query's member at fault.  Returns error. */
int view_refuse(struct view *view, int error, const char *code, const char *field);

/** 0, or E_ABSENT when a record of this unit is out of the caller's reach. */
NODISCARD int view_unit_reached(const struct view *view, int64_t unit_id);

/** For "WHERE ($n = 0 OR unit_id = $n)": 0 under SCOPE_ALL, else the caller's unit, -1 = nothing at all. */
int64_t view_unit_filter(const struct view *view);

/** Member of the query string, unescaped into the arena; empty when absent. */
struct slice view_param(const struct view *view, const char *name);
/** Integer member, or otherwise when absent or malformed. */
int64_t view_param_int(const struct view *view, const char *name, int64_t otherwise);
/** Page size asked for, within 1..VIEW_PAGE_MAX. */
int64_t view_limit(const struct view *view);
