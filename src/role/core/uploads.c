/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files from people: granted before web reads them, looked at by paper, made
 * durable in the pool, named in the act's transaction.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "access/access.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "desk/incoming_answer.h"
#include "desk/line.h"
#include "grid/grid.h"
#include "model/paper.h"
#include "records/blob.h"
#include "records/caller.h"
#include "role/core/visit.h"
#include "role/problem.h"
#include "sys/clock.h"
#include "sys/memfd.h"
#include "sys/rand.h"

enum { UPLOAD_MAX_OCTETS = 20 * 1024 * 1024, GRANTS_MAX = 64, GRANT_LIFE_MS = 120000 };
/* A file that ends every worker which looks at it is refused after so many. */
enum { INSPECT_TRIES_MAX = 3, FORM_CELLS_OCTETS_MAX = 512 * 1024 };
enum { CALLER_ARENA_OCTETS = 1024 * 1024, PROBLEM_MAX_OCTETS = 4096 };

enum stage { STAGE_FREE, STAGE_GRANTED, STAGE_INSPECT, STAGE_STORE };

struct slot {
	enum stage stage;
	uint64_t grant;
	int64_t since_ms;
	struct job *job; /* a visit, its call filled in */
	int fd;          /* the bytes */
	int tries;       /* workers asked about them */
	uv_work_t work;
	int error;
};

/* One core a process. */
static struct slot slots[GRANTS_MAX];

static void slot_free(struct slot *slot)
{
	if (slot->fd >= 0) {
		(void)close(slot->fd);
	}
	*slot = (struct slot) { .fd = -1 };
}

static struct slot *slot_find(enum stage stage, uint64_t grant)
{
	for (size_t i = 0; i < GRANTS_MAX; i++) {
		if (slots[i].stage == stage && (grant == 0 || slots[i].grant == grant)) {
			return &slots[i];
		}
	}
	return NULL;
}

static void refuse(struct slot *slot, int error, const char *code)
{
	struct job *job = slot->job;
	slot_free(slot);
	visit_fail(job, error, code);
}

static void expire(void)
{
	int64_t now = clock_mono_ms();
	for (size_t i = 0; i < GRANTS_MAX; i++) {
		struct slot *slot = &slots[i];
		bool old = now - slot->since_ms > GRANT_LIFE_MS;
		if (slot->stage == STAGE_GRANTED && old) {
			job_drop(slot->job);
			slot->fd = -1;
			slot_free(slot);
		} else if (slot->stage == STAGE_INSPECT && old) {
			refuse(slot, E_BUSY, "upload.unavailable");
		}
	}
}

/*
 * Who may not do the act at all is not asked for the file: neither disk nor
 * paper is for strangers.  On whose record it is, the act itself decides.
 */
static int caller_check(
	struct core *core, const struct msg_grant_ask *msg, const char **ret_code)
{
	struct caller caller = { 0 };
	struct arena *arena = arena_create(CALLER_ARENA_OCTETS);
	int error = caller_load(
		core->peek, arena, msg->token, msg->address, clock_unix_ms(), &caller);
	if (error == 0 && access_scope(&caller, (enum route_id)msg->route) == SCOPE_NONE) {
		error = E_DENIED;
		const char *second = access_second_code(access_second(
			&caller, (enum route_id)msg->route, SCOPE_NONE, clock_unix_ms()));
		*ret_code = !caller.known        ? "session.none"
			    : second != NULL     ? second
			    : caller.must_change ? "session.must_change"
						 : "denied.role";
	}
	(void)arena_destroy(arena);
	return error;
}

/*
 * What has no place for the file is told before web reads it: not an octet of a
 * state secret is taken, and no form of a kind there is not.
 */
static int place_check(
	struct core *core, const struct msg_grant_ask *msg, const char **ret_code)
{
	if ((enum route_id)msg->route == ROUTE_PAPER_TEMPLATES_PUT) {
		return name_parse(&paper_kind_names, msg->key) < 0 ? E_ABSENT : 0;
	}
	if ((enum route_id)msg->route != ROUTE_INCOMING_UPLOAD &&
		(enum route_id)msg->route != ROUTE_INCOMING_ANNEX) {
		return 0;
	}
	int takes = incoming_takes_files(core->peek, msg->id);
	*ret_code = takes == 0 ? "incoming.state_secret" : *ret_code;
	return takes < 0 ? takes : takes == 0 ? E_INPUT : 0;
}

/* The attempt is kept in the log, as that of any other act is; web was answered already. */
static void denial_note(struct core *core, const struct msg_grant_ask *msg, uint64_t trace)
{
	struct job *job = visit_create(core, 0, trace);
	visit_of(job)->call = (struct desk_call) { .route = (enum route_id)msg->route,
		.token = visit_keep(job, msg->token),
		.address = visit_keep(job, msg->address),
		.id = msg->id,
		.if_match = -1 };
	visit_run(job);
}

static void ask_take(struct core *core, struct ipc_frame *frame)
{
	struct msg_grant_ask msg = { 0 };
	if (msg_grant_ask_decode(frame->payload, &msg) < 0 || msg.route >= ROUTE_COUNT_) {
		return;
	}
	expire();
	struct slot *slot = slot_find(STAGE_FREE, 0);
	struct msg_grant answer = { .status = 200 };
	const char *code = "";
	AUTO_BUF struct buf body;
	buf_init(&body, PROBLEM_MAX_OCTETS);
	int error = caller_check(core, &msg, &code);
	error = error < 0 ? error : place_check(core, &msg, &code);
	if (error == 0 && msg.octets > UPLOAD_MAX_OCTETS) {
		error = E_LIMIT;
		code = "upload.too_large";
	}
	error = error == 0 && slot == NULL ? E_BUSY : error;
	if (error < 0) {
		struct problem problem = {
			.error = error, .code = code, .field = "", .trace = frame->trace
		};
		answer.status = problem_put(&body, &problem);
		answer.problem = buf_slice(&body);
	} else {
		struct job *job = visit_create(core, frame->req, frame->trace);
		visit_asked(job, msg.asked_at_ms);
		visit_of(job)->call = (struct desk_call) {
			.route = (enum route_id)msg.route,
			.token = visit_keep(job, msg.token),
			.address = visit_keep(job, msg.address),
			.loopback = msg.loopback,
			.id = msg.id,
			.key = visit_keep(job, msg.key),
			.if_match = -1,
			.upload_name = visit_keep(job, msg.name),
		};
		*slot = (struct slot) { .stage = STAGE_GRANTED,
			.grant = rand_u64(),
			.since_ms = clock_mono_ms(),
			.job = job,
			.fd = -1 };
		answer.grant = slot->grant;
	}
	if (RUNTIME_SEND(core->rt, IPC_WEB, grant, MSG_GRANT, frame->req, frame->trace, &answer,
		    -1) < 0) {
		log_event(LOG_WARNING, "grant.unsent", F_INT("req", frame->req));
	}
	if (error == E_DENIED) {
		denial_note(core, &msg, frame->trace);
	}
}

/* ---- a file no worker survives */

struct lost {
	const struct desk_env *env;
	int64_t notice_id;
	struct slice name;
};

static int lost_run(struct txn *txn, void *arg)
{
	const struct lost *lost = arg;
	return line_upload_lost(txn, lost->env, lost->notice_id, lost->name);
}

static void give_up(struct core *core, struct slot *slot)
{
	const struct desk_call *call = &visit_of(slot->job)->call;
	if (call->route == ROUTE_IMPORTS_CREATE) {
		refuse(slot, E_INPUT, "import.broken");
		return;
	}
	if (call->route == ROUTE_INCOMING_ANNEX) {
		refuse(slot, E_INPUT, "annex.broken");
		return;
	}
	struct job *job = job_create(core, slot->job->trace);
	struct lost *lost = arena_take(job->arena, sizeof(*lost));
	*lost = (struct lost) { &core->env, call->id, visit_keep(job, call->upload_name) };
	job_submit_sure(job, lost_run, lost, job_drop);
	refuse(slot, E_BUSY, "upload.unavailable");
}

/*
 * Between two workers nobody is there to ask, and one that looks at a file is
 * asked about no other: the next one is, when it comes.  So a worker that ends
 * unheard was ended by the file it was given.
 */
static int worker_ask(struct core *core, const struct slot *slot)
{
	const struct desk_call *call = &visit_of(slot->job)->call;
	int64_t number = (int64_t)(slot->grant >> 1);
	bool word = call->route == ROUTE_PAPER_TEMPLATES_PUT;
	bool form = call->route == ROUTE_INCOMING_ANNEX;
	struct msg_inspect inspect = { .job = number,
		.name = call->upload_name,
		.kind = form   ? SLICE("annex")
			: word ? call->key
			       : (struct slice) { 0 } };
	struct msg_sheet sheet = { .job = number };
	return call->route == ROUTE_IMPORTS_CREATE
		       ? RUNTIME_SEND(core->rt, IPC_PAPER, sheet, MSG_SHEET, 0,
				 slot->job->trace, &sheet, dup(slot->fd))
		       : RUNTIME_SEND(core->rt, IPC_PAPER, inspect, MSG_INSPECT, 0,
				 slot->job->trace, &inspect, dup(slot->fd));
}

static void inspect_send(struct core *core, struct slot *slot)
{
	if (core->rt->peers[IPC_PAPER] == NULL || core->paper_spent) {
		return;
	}
	if (slot->tries++ == INSPECT_TRIES_MAX) {
		give_up(core, slot);
		return;
	}
	core->paper_spent = worker_ask(core, slot) >= 0;
	if (!core->paper_spent) {
		refuse(slot, E_BUSY, "upload.unavailable");
	}
}

void uploads_peer(struct core *core)
{
	for (size_t i = 0; i < GRANTS_MAX; i++) {
		if (slots[i].stage == STAGE_INSPECT) {
			inspect_send(core, &slots[i]);
		}
	}
}

static void upload_take(struct core *core, struct ipc_frame *frame)
{
	struct msg_upload msg = { 0 };
	if (msg_upload_decode(frame->payload, &msg) < 0 || frame->fd < 0) {
		return;
	}
	struct slot *slot = slot_find(STAGE_GRANTED, msg.grant);
	if (slot == NULL || !slice_eq(visit_of(slot->job)->call.token, msg.token)) {
		return; /* expired: web answers by its own time-out */
	}
	visit_of(slot->job)->req = frame->req;
	slot->fd = ipc_frame_take_fd(frame);
	slot->stage = STAGE_INSPECT;
	inspect_send(core, slot);
}

/* ---- in the pool: write and sync */

static void store_work(uv_work_t *work)
{
	struct slot *slot = work->data;
	struct visit *v = visit_of(slot->job);
	struct memfd_map map = { 0 };
	struct blob_ref ref = { 0 };
	int error = memfd_map(slot->fd, UPLOAD_MAX_OCTETS, &map);
	error = error < 0 ? error : blob_stage_begin(slot->job->core->env.blobs, &v->stage);
	error = error < 0 ? error : blob_stage_put(v->stage, map.octets);
	error = error < 0 ? error : blob_stage_end(v->stage, &ref);
	memfd_unmap(&map);
	slot->error = error;
}

static void store_done(uv_work_t *work, int status)
{
	struct slot *slot = work->data;
	struct job *job = slot->job;
	int error = status < 0 ? E_BUSY : slot->error;
	slot_free(slot);
	if (error < 0) {
		visit_fail(job, error == E_LIMIT || error == -ENOSPC ? error : E_STORE, "");
	} else {
		visit_run(job);
	}
}

static struct slot *slot_asked(int64_t number)
{
	for (size_t i = 0; i < GRANTS_MAX; i++) {
		if (slots[i].stage == STAGE_INSPECT &&
			(int64_t)(slots[i].grant >> 1) == number) {
			return &slots[i];
		}
	}
	return NULL;
}

/* The cells of a table need no blob: the act keeps them. */
void uploads_read(struct core *core, const struct msg_sheet_read *msg, int fd)
{
	struct slot *slot = slot_asked(msg->job);
	struct memfd_map map = { 0 };
	(void)core;
	if (slot == NULL || visit_of(slot->job)->call.route != ROUTE_IMPORTS_CREATE) {
		return;
	}
	if (msg->problem.n > 0 || fd < 0) {
		char code[65];
		(void)snprintf(code, sizeof(code), "%.*s", SLICE_FMT(msg->problem));
		refuse(slot, E_INPUT, code);
		return;
	}
	if (memfd_map(fd, GRID_OCTETS_MAX, &map) < 0) {
		refuse(slot, E_LIMIT, "import.too_large");
		return;
	}
	struct job *job = slot->job;
	visit_of(job)->call.upload_cells = visit_keep(job, map.octets);
	memfd_unmap(&map);
	slot_free(slot);
	visit_run(job);
}

/* What stands in a superior's form comes beside: the act keeps it. */
static int cells_keep(struct slot *slot, int fd)
{
	struct memfd_map map = { 0 };
	bool form = visit_of(slot->job)->call.route == ROUTE_INCOMING_ANNEX;
	if (!form) {
		return 0;
	}
	int error = fd < 0 ? E_FORMAT : memfd_map(fd, FORM_CELLS_OCTETS_MAX, &map);
	if (error == 0) {
		visit_of(slot->job)->call.upload_cells = visit_keep(slot->job, map.octets);
		memfd_unmap(&map);
	}
	return error;
}

void uploads_inspected(struct core *core, const struct msg_inspected *msg, int fd)
{
	struct slot *slot = slot_asked(msg->job);
	if (slot == NULL || visit_of(slot->job)->call.route == ROUTE_IMPORTS_CREATE) {
		return;
	}
	struct visit *v = visit_of(slot->job);
	if (!msg->ok) {
		char code[65];
		v->detail = visit_keep(slot->job, msg->detail);
		(void)snprintf(code, sizeof(code), "%.*s", SLICE_FMT(msg->problem));
		refuse(slot, E_INPUT, code);
		return;
	}
	if (cells_keep(slot, fd) < 0) {
		refuse(slot, E_INPUT, "annex.broken");
		return;
	}
	v->call.upload_media = visit_keep(slot->job, msg->media);
	v->call.upload_pages = msg->pages;
	slot->stage = STAGE_STORE;
	slot->work.data = slot;
	if (uv_queue_work(&core->rt->loop, &slot->work, store_work, store_done) != 0) {
		refuse(slot, E_BUSY, "");
	}
}

void uploads_frame(struct core *core, struct ipc_frame *frame)
{
	if (frame->type == MSG_GRANT_ASK) {
		ask_take(core, frame);
	} else if (frame->type == MSG_UPLOAD) {
		upload_take(core, frame);
	}
}
