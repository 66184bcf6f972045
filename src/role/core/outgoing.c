/* SPDX-License-Identifier: Apache-2.0 */
/* What the outbox holds goes out: mails to courier, documents to paper, checks to probe. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/log.h"
#include "desk/line.h"
#include "records/blob.h"
#include "records/caller.h"
#include "records/outbox.h"
#include "records/secret.h"
#include "role/core/core.h"
#include "sys/clock.h"
#include "sys/memfd.h"

enum { WORD_OCTETS_MAX = 8 * 1024 * 1024, WORD_TRIES_MAX = 2 };
enum { NO_MAIL_WAIT_MS = 2000, LEASE_MS = 60000, LEASE_COUNT = 16, FRAME_BODY_MAX = 40000 };
/* A document whose workers ended this often over it is given up. */
enum { RENDER_LOST_MAX = 3, GIVE_UP_COUNT = 16 };
/* Documents a worker has before it: done long before a lease of theirs ends. */
enum { RENDER_WINDOW = 4 };

/* What was leased, taken out of the transaction into the job's memory. */
struct errand {
	int64_t id;
	int64_t attempts;
	uint64_t trace;
	struct slice to;
	struct slice subject;
	struct slice body;
	struct slice message_id;
	int64_t check_id;
	/* of a document */
	struct slice format;
	struct slice word; /* the school's own file */
};

struct errands {
	const char *kind;
	struct secret_key *key;
	struct arena *arena; /* the job's: the transaction's is gone when the frames are sent */
	struct blob_store *blobs;
	size_t max;
	size_t count;
	struct errand item[LEASE_COUNT];
	struct slice config; /* of the channel, password included */
};

static struct slice text_of(struct errands *all, struct stmt *q, unsigned column)
{
	return arena_dup(all->arena, db_col_text(q, column));
}

/* ---- leasing, in the writer's thread */

static int mail_load(struct txn *txn, struct errands *all, struct errand *e)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT address, subject, body, message_id FROM delivery WHERE id = $1", &q,
		SQL_INT(e->id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		e->to = text_of(all, q, 0);
		e->subject = text_of(all, q, 1);
		e->body = text_of(all, q, 2);
		e->message_id = text_of(all, q, 3);
	}
	return row < 0 ? row : 0;
}

/* A school's own Word file.  Without it, or when it is gone, ours is made. */
static void word_load(struct txn *txn, struct errands *all, int64_t blob_id, struct slice *ret)
{
	struct blob_ref ref = { 0 };
	int fd = -1;
	int error = blob_open(all->blobs, txn_db(txn), blob_id, &fd, &ref);
	size_t size = error == 0 && ref.octets <= WORD_OCTETS_MAX ? (size_t)ref.octets : 0;
	uint8_t *octets = arena_take(all->arena, size + 1);
	size_t n = 0;
	for (ssize_t more = 1; n < size && more > 0; n += more > 0 ? (size_t)more : 0) {
		more = read(fd, octets + n, size - n);
	}
	if (size > 0 && n == size) {
		*ret = slice_of(octets, size);
	} else {
		log_event(LOG_WARNING, "template.unread", F_INT("blob", blob_id));
	}
	if (fd >= 0) {
		(void)close(fd);
	}
}

static int document_load(
	struct txn *txn, struct errands *all, struct errand *e, int64_t document_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t blob_id = 0;
	/* Or a superior's form, whatever its format: filling one is a kind of its own. */
	int row = sql_query(txn_db(txn),
		"SELECT d.kind, d.input, COALESCE(d.format, 'pdf'), COALESCE(t.blob_id, 0)"
		" FROM document d LEFT JOIN paper_template t ON t.id = d.template_id WHERE d.id = $1"
		" UNION ALL SELECT 'annex', f.input, 'docx', a.blob_id FROM annex_fill f"
		" JOIN annex a ON a.id = f.annex_id WHERE f.id = $1",
		&q, SQL_INT(document_id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		e->subject = text_of(all, q, 0);
		e->body = text_of(all, q, 1);
		e->format = text_of(all, q, 2);
		blob_id = db_col_int64(q, 3);
	}
	e->check_id = document_id;
	db_done(q);
	q = NULL;
	/* A file that ended two workers is not given to a third. */
	if (row == 1 && blob_id != 0 && e->attempts < WORD_TRIES_MAX) {
		word_load(txn, all, blob_id, &e->word);
	}
	return row < 0 ? row : 0;
}

/* Settings as they are, with the password put beside: for this one frame. */
static int mail_config(struct txn *txn, struct errands *all)
{
	struct slice setting = { 0 };
	const struct json *root = NULL;
	int error = setting_load(txn_db(txn), txn_arena(txn), "mail", &setting);
	if (error < 0 || setting.n == 0 ||
		json_parse(txn_arena(txn), setting, 0, &root, NULL) < 0) {
		return error;
	}
	AUTO_BUF struct buf password;
	AUTO_BUF struct buf text;
	buf_init(&password, 1024);
	buf_init(&text, 8192);
	(void)!secret_open(
		txn_db(txn), all->key, "mail_password", &password); /* a relay may want none */
	struct jw jw;
	jw_init(&jw, &text);
	jw_object(&jw);
	for (const struct json *m = json_first(root); m != NULL; m = json_next(m)) {
		jw_key_slice(&jw, json_name(m));
		jw_value(&jw, m);
	}
	jw_kv_str(&jw, "password", buf_slice(&password));
	jw_end(&jw);
	all->config = arena_dup(all->arena, buf_slice(&text));
	secret_wipe(&password);
	return 0;
}

static int payload_int(struct txn *txn, struct slice payload, const char *name, int64_t *ret)
{
	const struct json *root = NULL;
	if (json_parse(txn_arena(txn), payload, 0, &root, NULL) < 0) {
		return E_FORMAT;
	}
	*ret = json_get_int(root, name, 0);
	return 0;
}

/* Hexadecimal as commands carry it; the last 16 digits count. */
static uint64_t trace_read(struct slice text)
{
	uint64_t trace = 0;
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i] | 0x20;
		trace = trace << 4 | (uint64_t)(c >= 'a' ? c - 'a' + 10 : (c & 15));
	}
	return trace;
}

static int errand_load(
	struct txn *txn, struct errands *all, const struct outbox_item *item, struct errand *e)
{
	int64_t number = 0;
	*e = (struct errand) { .id = item->id, .attempts = item->attempts };
	e->trace = trace_read(item->trace);
	if (slice_is(slice_str(all->kind), "mail")) {
		return mail_load(txn, all, e);
	}
	if (slice_is(slice_str(all->kind), "render")) {
		return document_load(txn, all, e, item->record_id);
	}
	int error = payload_int(txn, item->payload, "check_id", &number);
	e->check_id = number;
	error = error < 0 ? error : payload_int(txn, item->payload, "ask", &number);
	e->attempts = number; /* the proof the result is for */
	return error;
}

static int lease_run(struct txn *txn, void *arg)
{
	struct errands *all = arg;
	struct outbox_item items[LEASE_COUNT];
	if (slice_is(slice_str(all->kind), "mail")) {
		int error = mail_config(txn, all);
		if (error < 0 || all->config.n == 0) {
			return error; /* nothing is tried before mail is set up */
		}
	}
	int count = outbox_lease(txn, all->kind, LEASE_MS, items, all->max);
	for (int i = 0; i < count; i++) {
		int error = errand_load(txn, all, &items[i], &all->item[i]);
		if (error < 0) {
			return error;
		}
		all->count++;
	}
	return count < 0 ? count : 0;
}

/* ---- sending, in the loop */

static void mail_send(struct core *core, const struct errands *all, const struct errand *e)
{
	struct msg_send msg = { .delivery = e->id,
		.attempt = (uint32_t)e->attempts,
		.channel = SLICE("mail"),
		.config = all->config,
		.to = e->to,
		.message_id = e->message_id,
		.subject = e->subject,
		.body = e->body };
	int fd = -1;
	if (e->body.n > FRAME_BODY_MAX) {
		msg.body = (struct slice) { 0 };
		if (memfd_of(e->body, &fd) < 0) {
			return;
		}
	}
	/* Unsent, it is leased again when the lease runs out. */
	(void)!RUNTIME_SEND(core->rt, IPC_COURIER, send, MSG_SEND, 0, e->trace, &msg, fd);
}

static struct slice joined(struct arena *arena, struct slice first, struct slice second)
{
	uint8_t *octets = arena_take(arena, first.n + second.n);
	(void)memcpy(octets, first.p, first.n);
	if (second.n > 0) {
		(void)memcpy(octets + first.n, second.p, second.n);
	}
	return slice_of(octets, first.n + second.n);
}

static void render_send(struct core *core, struct arena *arena, const struct errand *e)
{
	struct msg_render msg = {
		.job = e->check_id, .kind = e->subject, .format = e->format, .json = e->body
	};
	int fd = -1;
	if (e->body.n + e->word.n > FRAME_BODY_MAX || e->word.n > 0) {
		msg.json = (struct slice) { 0 };
		msg.json_octets = (uint32_t)e->body.n;
		if (memfd_of(joined(arena, e->body, e->word), &fd) < 0) {
			return;
		}
	}
	/* The worker reads somebody's file with it, and makes nothing else after that. */
	core->paper_spent = core->paper_spent || e->word.n > 0;
	(void)!RUNTIME_SEND(core->rt, IPC_PAPER, render, MSG_RENDER, 0, e->trace, &msg, fd);
}

static void probe_send(struct core *core, const struct errand *e)
{
	struct msg_probe_ask msg = { .check_id = e->check_id, .ask = e->attempts };
	(void)!RUNTIME_SEND(
		core->rt, IPC_PROBE, probe_ask, MSG_PROBE_ASK, 0, e->trace, &msg, -1);
}

static void lease_finish(struct job *job)
{
	struct errands *all = job->of;
	struct core *core = job->core;
	bool mail = slice_is(slice_str(all->kind), "mail");
	bool render = slice_is(slice_str(all->kind), "render");
	*(mail ? &core->mail_busy : render ? &core->render_busy : &core->probe_busy) = false;
	for (size_t i = 0; job->command.status >= 0 && i < all->count; i++) {
		if (mail) {
			mail_send(core, all, &all->item[i]);
		} else if (render) {
			render_send(core, all->arena, &all->item[i]);
		} else {
			probe_send(core, &all->item[i]);
		}
	}
	if (mail && all->config.n == 0) {
		core->mail_wait_ms = clock_unix_ms() + NO_MAIL_WAIT_MS;
	}
	if (all->config.n > 0) {
		explicit_bzero((void *)(uintptr_t)all->config.p, all->config.n);
	}
	job_drop(job);
}

/* How many may go to a worker now; a mail's or a check's queue is bounded over there. */
static size_t room_for(struct core *core, enum ipc_role to, int64_t now_ms)
{
	int64_t held = 0;
	if (to != IPC_PAPER) {
		return LEASE_COUNT;
	}
	return outbox_held(core->peek, "render", now_ms, RENDER_WINDOW, &held) == 1
		       ? (size_t)(RENDER_WINDOW - held)
		       : 0;
}

static void lease(
	struct core *core, const char *kind, enum ipc_role to, bool *busy, int64_t now_ms)
{
	int64_t due_ms = 0;
	if (*busy || core->rt->peers[to] == NULL ||
		outbox_next(core->peek, kind, &due_ms) != 1 || due_ms > now_ms) {
		return;
	}
	size_t room = room_for(core, to, now_ms);
	if (room == 0) {
		return;
	}
	*busy = true;
	struct job *job = job_create(core, 0);
	struct errands *all = arena_take(job->arena, sizeof(*all));
	all->kind = kind;
	all->max = room;
	all->key = core->key;
	all->blobs = core->env.blobs;
	all->arena = job->arena;
	job->of = all;
	job_submit(job, lease_run, all, lease_finish);
}

/* ---- a worker is gone, and what it held is tried again */

static int give_up_run(struct txn *txn, const struct desk_env *env)
{
	int64_t ids[GIVE_UP_COUNT];
	int count = 0;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT record_id FROM outbox WHERE kind = 'render' AND state = 'waiting' AND attempts >= $1"
		" ORDER BY id LIMIT $2",
		&q, SQL_INT(RENDER_LOST_MAX), SQL_INT(GIVE_UP_COUNT));
	for (row = row < 0 ? row : db_step(q); row == 1; row = db_step(q)) {
		ids[count++] = db_col_int64(q, 0);
	}
	for (int i = 0; i < count && row >= 0; i++) {
		struct line_document lost = {
			.document_id = ids[i], .ok = false, .error = SLICE("renderer lost")
		};
		row = line_document_done(txn, env, &lost);
	}
	return row < 0 ? row : 0;
}

struct return_of {
	const char *kind;
	enum outbox_gone gone;
	const struct desk_env *env;
};

static int back_run(struct txn *txn, void *arg)
{
	const struct return_of *back = arg;
	int64_t count = outbox_release(txn, back->kind, back->gone);
	return count < 0 ? (int)count : give_up_run(txn, back->env);
}

/* Not for mail: it may have left already, and its lease keeps the second one away for a while. */
void outgoing_peer(struct core *core, enum ipc_role peer)
{
	if (peer != IPC_PAPER && peer != IPC_PROBE) {
		return;
	}
	/* The first channel of our own life: it was the core before us that went, not the worker. */
	bool first = (core->met & 1u << peer) == 0;
	core->met |= 1u << peer;
	/* A worker of paper that was shown somebody's file ends over that, not over a document. */
	bool innocent = first || (peer == IPC_PAPER && core->paper_spent);
	core->paper_spent = core->paper_spent && peer != IPC_PAPER;
	struct job *job = job_create(core, 0);
	struct return_of *back = arena_take(job->arena, sizeof(*back));
	*back = (struct return_of) { peer == IPC_PAPER ? "render" : "probe",
		innocent ? OUTBOX_GIVER_GONE : OUTBOX_WORKER_GONE, &core->env };
	job_submit_sure(job, back_run, back, job_drop);
}

void outgoing_papers(struct core *core)
{
	if (!core->paper_spent && !core->ending) {
		lease(core, "render", IPC_PAPER, &core->render_busy, clock_unix_ms());
	}
}

void outgoing_turn(struct core *core)
{
	int64_t now_ms = clock_unix_ms();
	if (now_ms >= core->mail_wait_ms) {
		lease(core, "mail", IPC_COURIER, &core->mail_busy, now_ms);
	}
	outgoing_papers(core);
	if (!core->checks_dirty) {
		lease(core, "probe", IPC_PROBE, &core->probe_busy, now_ms);
	}
}
