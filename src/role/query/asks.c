/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/log.h"
#include "records/db.h"
#include "records/migrate.h"
#include "role/problem.h"
#include "role/query/query.h"
#include "role/store.h"
#include "rows/query.h"
#include "sys/clock.h"
#include "sys/memfd.h"
#include "view/view.h"

enum {
	READERS = 2, /* as many as the pool has threads */
	WAITING_MAX = 1024,
	WAIT_FOR_SEQ_MS = 200,
	ANSWER_MAX_OCTETS = 32 * 1024 * 1024,
	ASK_ARENA_OCTETS = 128 * 1024 * 1024,
	STORE_PATIENCE_MS = 30000,
	STORE_LOOK_US = 20000,
};

struct ask {
	struct ask *next;
	struct asks *asks;
	uv_work_t work;
	uint32_t req;
	uint64_t trace;
	int64_t min_seq;
	int64_t since_ms;
	struct arena *arena;
	struct view_call call;
	struct view_env env;
	struct rule_shelf_view shelf;
	struct view view;
	struct buf out;
	int error;
	int64_t seq; /* the answer is at least as new as this */
	size_t reader;
};

struct reader {
	struct db *db;
	struct query_store *rows;
	bool busy;
};

struct asks {
	struct query *query;
	struct reader reader[READERS];
	struct ask *first;
	struct ask *last;
	size_t waiting;
	uv_timer_t timer;
	uint64_t answered;
	uint64_t refused;
	int64_t longest_ms;
};

/* ---- opening: core makes the store; wait for it */

static int store_wait(struct query *query, struct db **ret_db, struct diag *diag)
{
	int64_t until = clock_mono_ms() + STORE_PATIENCE_MS;
	int error = 0;
	do {
		struct db *db = NULL;
		error = db_open(store_conf(query->rt), DB_READONLY, &db, diag);
		int version = error < 0 ? error : migrate_version(db);
		if (version == (int)migrate_latest()) {
			*ret_db = db;
			return 0;
		}
		(void)db_close(db);
		if (version > (int)migrate_latest()) {
			return diag_set(
				diag, E_VERSION, 0, 0, "the store is newer than this program");
		}
		(void)usleep(STORE_LOOK_US);
	} while (clock_mono_ms() < until);
	return diag_set(diag, E_STORE, 0, 0, "the store is not ready");
}

static void on_timer(uv_timer_t *timer);

int asks_open(struct query *query, struct asks **ret_asks, struct diag *diag)
{
	struct asks *asks = calloc(1, sizeof(*asks));
	if (asks == NULL) {
		abort();
	}
	asks->query = query;
	for (size_t i = 0; i < READERS; i++) {
		struct reader *r = &asks->reader[i];
		int error = store_wait(query, &r->db, diag);
		int tail = runtime_handle(query->rt, "tail");
		if (error == 0 && tail >= 0) {
			error = query_store_open(tail, &r->rows);
		}
		if (error < 0) {
			return error;
		}
	}
	(void)uv_timer_init(&query->rt->loop, &asks->timer);
	asks->timer.data = asks;
	(void)uv_timer_start(&asks->timer, on_timer, 20, 20);
	*ret_asks = asks;
	return 0;
}

struct asks *asks_close(struct asks *asks)
{
	if (asks != NULL) {
		uv_close((uv_handle_t *)&asks->timer, NULL);
	}
	return NULL;
}

/* ---- answering */

static void answer_send(struct ask *ask, const struct msg_answer *answer, int own_fd)
{
	struct query *query = ask->asks->query;
	if (RUNTIME_SEND(query->rt, IPC_WEB, answer, MSG_ANSWER, ask->req, ask->trace, answer,
		    own_fd) < 0) {
		log_event(LOG_WARNING, "answer.unsent", F_INT("req", ask->req));
	}
}

static void problem_send(struct ask *ask, int error)
{
	AUTO_BUF struct buf body;
	buf_init(&body, 8192);
	struct problem problem = { .error = error,
		.code = ask->view.code,
		.field = ask->view.field,
		.trace = ask->trace };
	unsigned status = problem_put(&body, &problem);
	struct msg_answer answer = { .status = status,
		.seq = ask->seq,
		.media = SLICE("application/problem+json"),
		.body = buf_slice(&body) };
	answer_send(ask, &answer, -1);
}

static void result_send(struct ask *ask)
{
	struct view *view = &ask->view;
	struct msg_answer answer = { .status = 200,
		.seq = ask->seq,
		.version = view->version,
		.media = slice_str(view->download_fd >= 0 ? view->media : "application/json"),
		.file_name = slice_str(view->file_name),
		.body = buf_slice(&ask->out) };
	int fd = view->download_fd;
	view->download_fd = -1;
	if (fd >= 0) {
		answer.body = (struct slice) { 0 };
	} else if (answer.body.n > 60000) {
		int error = memfd_of(answer.body, &fd);
		answer.body = (struct slice) { 0 };
		if (error < 0) {
			problem_send(ask, E_BUSY);
			return;
		}
	}
	answer_send(ask, &answer, fd);
}

static void ask_free(struct ask *ask)
{
	if (ask->view.download_fd >= 0) {
		(void)close(ask->view.download_fd);
	}
	ask->arena = arena_destroy(ask->arena);
	buf_fini(&ask->out);
	free(ask);
}

/* In the pool. */
static void read_work(uv_work_t *work)
{
	struct ask *ask = work->data;
	ask->error = view_run(&ask->view, clock_unix_ms(), &ask->out);
}

static void dispatch(struct asks *asks);

static void read_done(uv_work_t *work, int status)
{
	struct ask *ask = work->data;
	struct asks *asks = ask->asks;
	int64_t took = clock_mono_ms() - ask->since_ms;
	asks->longest_ms = took > asks->longest_ms ? took : asks->longest_ms;
	asks->answered++;
	asks->reader[ask->reader].busy = false;
	if (status < 0 || ask->error < 0) {
		problem_send(ask, status < 0 ? E_BUSY : ask->error);
	} else {
		result_send(ask);
	}
	ask_free(ask);
	dispatch(asks);
}

static void start(struct asks *asks, struct ask *ask, size_t at)
{
	struct reader *reader = &asks->reader[at];
	ask->reader = at;
	ask->seq = asks->query->seq;
	const struct rule_shelf *shelf = &asks->query->shelf;
	ask->shelf = (struct rule_shelf_view) { shelf->rules, shelf->texts, shelf->count,
		&shelf->days };
	ask->env = (struct view_env) {
		.rules = &ask->shelf,
		.rows = reader->rows,
		.health = arena_dup(ask->arena, buf_slice(&asks->query->health)),
		.blobs_fd = runtime_handle(asks->query->rt, "blobs"),
	};
	ask->view = (struct view) { .db = reader->db,
		.arena = ask->arena,
		.env = &ask->env,
		.call = &ask->call,
		.download_fd = -1 };
	ask->work.data = ask;
	reader->busy = true;
	if (uv_queue_work(&asks->query->rt->loop, &ask->work, read_work, read_done) != 0) {
		reader->busy = false;
		problem_send(ask, E_BUSY);
		ask_free(ask);
	}
}

static void unlink_after(struct asks *asks, struct ask *before, struct ask *ask)
{
	if (before != NULL) {
		before->next = ask->next;
	} else {
		asks->first = ask->next;
	}
	if (asks->last == ask) {
		asks->last = before;
	}
	asks->waiting--;
}

/* The oldest whose commit is on disk, or that has waited long enough to be told so. */
static void dispatch(struct asks *asks)
{
	int64_t now = clock_mono_ms();
	struct ask *before = NULL;
	for (struct ask *ask = asks->first; ask != NULL;) {
		struct ask *next = ask->next;
		size_t free_reader = 0;
		while (free_reader < READERS && asks->reader[free_reader].busy) {
			free_reader++;
		}
		bool ready = ask->min_seq <= asks->query->seq;
		if (ready && free_reader < READERS) {
			unlink_after(asks, before, ask);
			start(asks, ask, free_reader);
		} else if (!ready && now - ask->since_ms > WAIT_FOR_SEQ_MS) {
			unlink_after(asks, before, ask);
			ask->view.download_fd = -1;
			problem_send(ask, E_BUSY);
			ask_free(ask);
		} else {
			before = ask;
		}
		ask = next;
	}
}

static void on_timer(uv_timer_t *timer)
{
	struct asks *asks = timer->data;
	if (asks->first != NULL) {
		dispatch(asks);
	}
}

void asks_committed(struct asks *asks)
{
	dispatch(asks);
}

void asks_take(struct asks *asks, struct ipc_frame *frame)
{
	struct msg_ask msg = { 0 };
	if (msg_ask_decode(frame->payload, &msg) < 0 || msg.route >= ROUTE_COUNT_) {
		return;
	}
	struct ask *ask = calloc(1, sizeof(*ask));
	if (ask == NULL) {
		abort();
	}
	ask->asks = asks;
	ask->req = frame->req;
	ask->trace = frame->trace;
	ask->min_seq = msg.min_seq;
	ask->since_ms = clock_mono_ms();
	ask->arena = arena_create(ASK_ARENA_OCTETS);
	ask->view.download_fd = -1;
	buf_init(&ask->out, ANSWER_MAX_OCTETS);
	ask->call = (struct view_call) {
		.route = (enum route_id)msg.route,
		.token = arena_dup(ask->arena, msg.token),
		.address = arena_dup(ask->arena, msg.address),
		.agent = arena_dup(ask->arena, msg.agent),
		.loopback = msg.loopback,
		.id = msg.id,
		.sub = msg.sub,
		.key = arena_dup(ask->arena, msg.key),
		.query = arena_dup(ask->arena, msg.query),
	};
	if (asks->waiting == WAITING_MAX) {
		asks->refused++;
		problem_send(ask, E_BUSY);
		ask_free(ask);
		return;
	}
	if (asks->last != NULL) {
		asks->last->next = ask;
	} else {
		asks->first = ask;
	}
	asks->last = ask;
	asks->waiting++;
	dispatch(asks);
}

void asks_status(const struct asks *asks, struct jw *jw)
{
	jw_kv_int(jw, "answered", (int64_t)asks->answered);
	jw_kv_int(jw, "waiting", (int64_t)asks->waiting);
	jw_kv_int(jw, "refused", (int64_t)asks->refused);
	jw_kv_int(jw, "longest_ms", asks->longest_ms);
}
