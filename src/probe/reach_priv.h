/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The graph of checks: what reach.c judges and reach_graph.c links.
 *
 * Layer: probe.
 */
#pragma once

#include "probe/flap.h"
#include "probe/reach.h"

struct map;

/* Never, as the beginning of an unbroken run of good results. */
#define REACH_NEVER INT64_MAX

struct node;

struct node_list {
	struct node *first;
	struct node *last;
};

struct node_link {
	struct node *next;
	struct node *prev;
	bool in;
};

enum { LIST_HELD, LIST_JUDGE, LIST_TELL, LIST_SETTLE, LISTS };

/* After its parent's return: not at all, now, and it has had its time. */
enum settle { SETTLE_NONE, SETTLE_RUNS, SETTLE_OVER };

struct node {
	int64_t id;
	struct node *parents[REACH_PARENTS_MAX];
	struct node **children;
	uint32_t child_count;
	uint32_t child_room;
	uint32_t waiting; /* children whose verdict waits */
	uint32_t visit;   /* number of the walk that saw it last */
	uint8_t parent_count;
	uint8_t misses;   /* of its flap rule */
	uint8_t need;     /* misses that confirm a failure */
	uint8_t evidence; /* misses since evidence_from_ms, at most 255 */
	bool asked;       /* a look is wanted of it and has not come */
	bool answered;    /* there was a result */
	enum check_state shown;
	enum check_state said; /* what it is held to be */
	enum check_state sent; /* what was told last */
	int64_t cause;
	int64_t sent_cause;
	/* monotonic ms */
	int64_t clean_since_ms; /* start of the first good look since a miss */
	int64_t good_started_ms;
	int64_t bad_started_ms;
	int64_t bad_ended_ms;
	int64_t evidence_from_ms;
	int64_t hold_until_ms;
	int64_t doubt_unix_ms;
	int64_t since_unix_ms;
	struct flap flap;
	/* of one that is unreachable and whose parent is back */
	enum settle settle;
	bool settle_news; /* it failed since, which was not told */
	bool settle_told;
	int64_t settle_from_ms;
	int64_t settled_after;
	int64_t back_unix_ms;
	bool flap_told;   /* and its end will be, too */
	bool flap_muted;  /* it flaps because its parents do */
	int8_t flap_news; /* 1 begins, -1 ends */
	/* of one that is degraded; codes are static */
	const char *reason; /* told last, or NULL */
	const char *other;  /* given since */
	uint8_t other_run;  /* so many times in a row, at most 255 */
	bool reason_news;
	struct check_result *result;
	struct node_link link[LISTS];
};

struct reach {
	struct reach_config config;
	struct map *by_id;
	struct node_list list[LISTS];
	struct check_result told;      /* of the last one taken */
	const struct reach_seen *seen; /* being taken, of the node now */
	const struct node *now;
	uint32_t visits;
	int64_t now_ms; /* of the call that is being served */
	int64_t settle_ms;
	struct reach_stats stats;
};

struct node *reach_find(const struct reach *reach, int64_t id);
void reach_append(struct reach *reach, unsigned which, struct node *node);
void reach_unlist(struct reach *reach, unsigned which, struct node *node);
/** Its verdict waits no more. */
void reach_release(struct reach *reach, struct node *node);
/** Out of every list, off every parent and child. */
void reach_cut(struct reach *reach, struct node *node);
