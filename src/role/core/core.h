/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The parts of core, the only writer of records: what web asks (door), what
 * sensing says (senses), what goes out (outgoing), what time brings
 * (clockwork).  All of them hand commands to one writer.
 *
 * Layer: role.  Threading: the loop's thread; what runs in the writer's thread
 * gets everything it needs with its command.
 */
#pragma once

#include <uv.h>

#include "base/attr.h"
#include "base/diag.h"
#include "desk/clock.h"
#include "desk/desk.h"
#include "records/batch.h"
#include "records/timer.h"
#include "records/writer.h"
#include "role/packs.h"
#include "role/runtime.h"

struct audit_key;
struct charting;
struct db;
struct makers;
struct password_lane;
struct secret_key;

struct core {
	struct runtime *rt;
	struct db *db;   /* the writer's, once it runs */
	struct db *peek; /* the loop's own, read-only */
	struct batch *batch;
	struct writer *writer;
	struct password_lane *lane;
	struct secret_key *key;
	struct audit_key *audit_key;
	struct desk_env env;
	struct packs rules;
	struct in_force *in_force; /* rules.c: what came into force since the start */
	bool policy_dirty;         /* a timer fired: it may have brought another policy */
	int64_t policy_asked;      /* the one the writer was told last */
	struct arena *packs;       /* what was read from share/ */
	struct makers *makers;
	uv_async_t wake;
	uv_timer_t tick;
	int64_t last_seq; /* highest commit_seq told to query */
	/* what is under way */
	bool timers_busy;
	bool mail_busy;
	bool render_busy;
	bool probe_busy;
	uint32_t met;     /* peers this core had before: a bit each */
	bool ending;      /* the writer takes nothing more */
	bool paper_spent; /* its worker was shown somebody's file: it makes no document any more */
	bool checks_dirty;
	bool rules_dirty;  /* detect's table */
	bool ranges_dirty; /* probe's, of what it may sweep */
	bool match_dirty;  /* something was seen, or the register changed */
	bool match_busy;
	int64_t match_ms; /* monotonic, when the last began */
	int64_t match_took_ms;
	struct charting *charting;
	bool facts_done;
	int64_t mail_wait_ms; /* mail is not set up: do not look before */
	struct timer_handler timer_handler;
	int64_t sign_at_ms;
	struct clock_watch clock_watch;
	bool clock_held;
	bool clock_hold_kept;   /* on disk, too */
	int64_t restored_at_ms; /* 0 = this store grew here */
	int64_t backup_up_ms;   /* monotonic, when it was looked at first */
	int64_t backup_look_ms; /* monotonic, when it is looked at again */
	int64_t backup_day;     /* day of the last one begun by the hour */
	uint64_t refused;       /* commands the writer's full queue refused */
	/* jobs that wait for the store to be back, in the order they came */
	struct job *held;
	size_t held_count;
	int64_t held_until_ms;
	uint64_t numbered;
};

/** Jobs held at once; one more ends as failed and is counted in refused. */
enum { JOBS_HELD_MAX = 10000 };

/** A command of core's own: memory, command, and what to do with its answer. */
struct job {
	struct command command;
	struct core *core;
	struct arena *arena;
	uint64_t trace;
	void *of; /* what the part keeps with it, in the arena */
	void (*finish)(struct job *job);
	/* of one that is tried again */
	struct job *next;
	uint64_t number; /* 0 = tried once */
	int tries;
	int64_t failed_seq; /* the store's, when it failed first */
};

/** New job with its arena; give it to job_submit or job_drop. */
struct job *job_create(struct core *core, uint64_t trace);
/** Free all of it; also what finish does last. */
void job_drop(struct job *job);
/**
 * Hand it to the writer.
 *
 * Owns:    job, in every case: when the queue is full finish is called with
 *          command.status E_BUSY.
 */
void job_submit(struct job *own_job, int (*run)(struct txn *, void *), void *arg,
	void (*finish)(struct job *));

/**
 * The same for what nobody would ask again: while the store is away, or the
 * queue full, the job waits in its order.  finish sees E_STORE or E_BUSY only
 * when the store takes others' commands and this one still fails.
 */
void job_submit_sure(struct job *own_job, int (*run)(struct txn *, void *), void *arg,
	void (*finish)(struct job *));
/** Try those that wait again. */
void job_turn(struct core *core);
/** Stop the writer; what finishes then begins nothing new.  Returns: NULL. */
struct writer *job_stop(struct core *core);
/** Drop those that wait: the process ends. */
void job_forget(struct core *core);

/* door.c: commands and touches from web */
void door_frame(struct core *core, struct ipc_frame *frame);

/* uploads.c: files from people */
void uploads_frame(struct core *core, struct ipc_frame *frame);
/** What paper says of one. */
void uploads_inspected(struct core *core, const struct msg_inspected *msg, int fd);
/** What paper read of a table; fd = its cells. */
void uploads_read(struct core *core, const struct msg_sheet_read *msg, int fd);
/** A fresh worker of paper: it is asked what the one before did not answer. */
void uploads_peer(struct core *core);

/* senses.c: signals, results asked for, the table of checks */
void senses_frame(struct core *core, enum ipc_role from, struct ipc_frame *frame);
void senses_peer(struct core *core, enum ipc_role peer);
/** Send the table of checks to probe when it changed. */
void senses_turn(struct core *core);

/* finds.c: what is swept, what was seen, and who of it is in no register */
void finds_hear(struct core *core, const struct ipc_frame *frame);
void finds_turn(struct core *core);
/** A command of this route has succeeded. */
void finds_acted(struct core *core, enum route_id route);

/* charting.c: the map of the network, made in the pool */
NODISCARD int charting_open(struct core *core, struct diag *diag);
struct charting *charting_close(struct charting *charting);
/** Something it is made of has changed. */
void charting_stale(struct core *core);
/** What probe tells of this machine. */
void charting_facts(struct core *core, struct slice json);
void charting_turn(struct core *core);

/* outgoing.c: mails to courier, documents to paper, checks to probe */
void outgoing_turn(struct core *core);
/** A document came back: the next goes to paper at once, not at the next tick. */
void outgoing_papers(struct core *core);
/** A fresh channel: what its peer's forerunner held comes back. */
void outgoing_peer(struct core *core, enum ipc_role peer);

/* returned.c: what courier and paper answer */
void returned_frame(struct core *core, enum ipc_role from, struct ipc_frame *frame);

/* rules.c: before the writer runs */
NODISCARD int rules_ready(struct core *core, struct diag *diag);

/**
 * What people adopted stands above the file, and maintenance windows by the
 * school's terms open and close by those of this start; once env is set.
 */
NODISCARD int policy_ready(struct core *core, struct diag *diag);
/** Go over to what came into force. */
void policy_turn(struct core *core);
/** All that was read of packs and policies. */
void policy_drop(struct core *core);

/* makers.c: before the fence; without a registry nobody is named */
void makers_ready(struct core *core);
void makers_drop(struct core *core);

/* audit_key.c: before the writer runs */
NODISCARD int audit_key_ready(struct core *core, struct diag *diag);

/* clockwork.c: timers, signed heads */
void clockwork_begin(struct core *core);
void clockwork_turn(struct core *core);
/** An administrator says that the clock is right. */
void clockwork_confirm(struct core *core);

/* backups.c: asked for by people and by the hour */
void backups_run(struct core *core);
void backups_turn(struct core *core);
void backups_frame(struct core *core, struct ipc_frame *frame);

/* verify.c: the audit log, when people ask */
void verify_run(struct core *core);
void verify_frame(struct core *core, struct ipc_frame *frame);

/** Tell query what is on disk now. */
void core_committed(struct core *core, int64_t seq);
