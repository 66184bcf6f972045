/* SPDX-License-Identifier: Apache-2.0 */
/* What sensing says, results asked for, and the table of checks it works by. */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/log.h"
#include "desk/check_table.h"
#include "desk/devices.h"
#include "desk/homepages.h"
#include "desk/line.h"
#include "desk/own_machine.h"
#include "desk/rule_table.h"
#include "desk/signals.h"
#include "desk/vicinity.h"
#include "model/signal.h"
#include "records/secret.h"
#include "role/core/core.h"
#include "sys/memfd.h"

enum {
	TABLE_MAX_OCTETS = 64 * 1024 * 1024,
	DEVICE_OCTETS_MAX = 4 * 1024 * 1024,
	FRAME_BODY_MAX = 57000,
	ORPHANS_MAX = 2000
};

/* ---- signals: taken in order, confirmed when on disk */

struct heard {
	enum ipc_role from;
	struct signal signal;
	const struct desk_env *env;
};

static int position_keep(struct txn *txn, const struct signal *signal)
{
	int64_t done =
		signal->tail.n == 0
			? 0
			: sql_run(txn_db(txn),
				  "INSERT INTO sense_position (tail, position) VALUES ($1, $2)"
				  " ON CONFLICT (tail) DO UPDATE SET position = excluded.position",
				  SQL_TEXT(signal->tail), SQL_TEXT(signal->tail_pos));
	return done < 0 ? (int)done : 0;
}

static int heard_run(struct txn *txn, void *arg)
{
	struct heard *h = arg;
	int error = signal_take(txn, h->env, &h->signal);
	return error < 0 ? error : position_keep(txn, &h->signal);
}

static void heard_finish(struct job *job)
{
	struct heard *h = job->of;
	struct msg_signal_taken msg = { .count = 1 };
	if (job->command.status < 0) {
		log_event(LOG_ERROR, "signal.lost", F_STR("why", err_text(job->command.status)),
			F_SLICE("key", h->signal.dedup_key));
	}
	/* A signal the store cannot take would stop all behind it; it is logged and let go. */
	(void)!RUNTIME_SEND(
		job->core->rt, h->from, signal_taken, MSG_SIGNAL_TAKEN, 0, 0, &msg, -1);
	job_drop(job);
}

static void signal_hear(struct core *core, enum ipc_role from, struct ipc_frame *frame)
{
	struct msg_signal msg = { 0 };
	struct diag diag = { 0 };
	struct job *job = job_create(core, frame->trace);
	struct heard *h = arena_take(job->arena, sizeof(*h));
	h->from = from;
	h->env = &core->env;
	job->of = h;
	int error = msg_signal_decode(frame->payload, &msg);
	error = error < 0 ? error
			  : signal_parse(job->arena, arena_dup(job->arena, msg.json),
				    &h->signal, &diag);
	if (error < 0) {
		job->command.status = E_FORMAT;
		heard_finish(job);
		return;
	}
	job_submit_sure(job, heard_run, h, heard_finish);
}

/* ---- a check asked for by a verification */

struct proof {
	struct msg_probe_done done;
	const struct desk_env *env;
};

static int proof_run(struct txn *txn, void *arg)
{
	const struct proof *p = arg;
	struct line_probe result = { .proof_id = p->done.ask,
		.at_ms = p->done.at_ms,
		.state = p->done.state,
		.latency_us = p->done.latency_us,
		.code = p->done.code,
		.args = p->done.args };
	return line_probe_result(txn, p->env, &result);
}

static void proof_take(struct core *core, struct ipc_frame *frame)
{
	struct job *job = job_create(core, frame->trace);
	struct proof *p = arena_take(job->arena, sizeof(*p));
	p->env = &core->env;
	if (msg_probe_done_decode(arena_dup(job->arena, frame->payload), &p->done) < 0 ||
		p->done.ask == 0) {
		job_drop(job);
		return;
	}
	job_submit_sure(job, proof_run, p, job_drop);
}

/* ---- this machine's own facts: the first checks of a fresh store */

static int facts_run(struct txn *txn, void *arg)
{
	const struct slice *json = arg;
	return own_machine_register(txn, *json);
}

static void facts_finish(struct job *job)
{
	job->core->checks_dirty = job->core->checks_dirty || job->command.status > 0;
	job->core->rules_dirty = job->core->rules_dirty || job->command.status > 0;
	job_drop(job);
}

static void facts_take(struct core *core, struct ipc_frame *frame)
{
	struct msg_facts msg = { 0 };
	if (msg_facts_decode(frame->payload, &msg) < 0) {
		return;
	}
	charting_facts(core, msg.json);
	if (core->facts_done) {
		return;
	}
	core->facts_done = true;
	struct job *job = job_create(core, frame->trace);
	struct slice *json = arena_take(job->arena, sizeof(*json));
	*json = arena_dup(job->arena, msg.json);
	job_submit_sure(job, facts_run, json, facts_finish);
}

/* ---- a home page that is not the one that was confirmed */

static int page_run(struct txn *txn, void *arg)
{
	return homepage_take(txn, arg);
}

static void page_hear(struct core *core, struct ipc_frame *frame)
{
	struct msg_page msg = { 0 };
	struct job *job = job_create(core, frame->trace);
	struct homepage_sight *sight = arena_take(job->arena, sizeof(*sight));
	if (msg_page_decode(arena_dup(job->arena, frame->payload), &msg) < 0) {
		job_drop(job);
		return;
	}
	*sight = (struct homepage_sight) { msg.check_id, msg.at_ms, msg.title, msg.text,
		msg.hosts, msg.mark };
	job_submit_sure(job, page_run, sight, job_drop);
}

/* ---- a device as its inventory found it */

static int device_run(struct txn *txn, void *arg)
{
	return device_take(txn, arg);
}

static void device_hear(struct core *core, struct ipc_frame *frame)
{
	struct msg_device msg = { 0 };
	struct memfd_map map = { 0 };
	struct job *job = job_create(core, frame->trace);
	struct device_facts *facts = arena_take(job->arena, sizeof(*facts));
	struct slice payload = arena_dup(job->arena, frame->payload);
	int error = msg_device_decode(payload, &msg);
	if (error == 0 && frame->fd >= 0) {
		error = memfd_map(frame->fd, DEVICE_OCTETS_MAX, &map);
		msg.json = arena_dup(job->arena, map.octets);
		memfd_unmap(&map);
	}
	*facts = (struct device_facts) { msg.check_id, msg.at_ms, msg.first, NULL, &core->env };
	error = error < 0 ? error : json_parse(job->arena, msg.json, 0, &facts->device, NULL);
	if (error < 0) {
		log_event(LOG_WARNING, "device.unreadable", F_INT("check", msg.check_id),
			F_STR("why", err_text(error)));
		job_drop(job);
		return;
	}
	job_submit_sure(job, device_run, facts, job_drop);
}

/* ---- what a device knows of who is around it */

static int vicinity_run(struct txn *txn, void *arg)
{
	return vicinity_take(txn, arg);
}

static void vicinity_finish(struct job *job)
{
	if (job->command.status > 0) {
		job->core->match_dirty = true;
		charting_stale(job->core);
	}
	job_drop(job);
}

static void vicinity_hear(struct core *core, struct ipc_frame *frame)
{
	struct msg_vicinity msg = { 0 };
	struct memfd_map map = { 0 };
	struct job *job = job_create(core, frame->trace);
	struct vicinity_facts *facts = arena_take(job->arena, sizeof(*facts));
	int error = msg_vicinity_decode(frame->payload, &msg);
	if (error == 0 && frame->fd >= 0) {
		error = memfd_map(frame->fd, DEVICE_OCTETS_MAX, &map);
		msg.json = map.octets;
	}
	*facts = (struct vicinity_facts) { msg.check_id, msg.at_ms,
		arena_dup(job->arena, msg.json) };
	memfd_unmap(&map);
	if (error < 0) {
		job_drop(job);
		return;
	}
	/* Parsed in the writer's thread: a large bridge's tables take their time. */
	job_submit(job, vicinity_run, facts, vicinity_finish);
}

/* ---- rules that are gone: what they said ends, for nothing else will end it */

static int orphan_run(struct txn *txn, void *arg)
{
	struct heard *h = arg;
	h->signal.observed_at_ms = txn_now_ms(txn);
	return signal_take(txn, h->env, &h->signal);
}

static void orphan_end(struct core *core, const struct signal *signal)
{
	struct job *job = job_create(core, 0);
	struct heard *h = arena_take(job->arena, sizeof(*h));
	*h = (struct heard) { .from = IPC_DETECT, .signal = *signal, .env = &core->env };
	h->signal.check = arena_dup(job->arena, signal->check);
	h->signal.asset_key = arena_dup(job->arena, signal->asset_key);
	h->signal.class = arena_dup(job->arena, signal->class);
	h->signal.dedup_key = arena_dup(job->arena, signal->dedup_key);
	log_event(LOG_NOTICE, "rule.gone", F_SLICE("rule", signal->check),
		F_SLICE("key", signal->dedup_key));
	job_submit_sure(job, orphan_run, h, job_drop);
}

static void rules_hear(struct core *core, struct ipc_frame *frame)
{
	struct msg_rules msg = { 0 };
	const struct json *rules = NULL;
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct signal *gone = arena_take(arena, ORPHANS_MAX * sizeof(*gone));
	if (msg_rules_decode(frame->payload, &msg) < 0 ||
		json_parse(arena, msg.json, 0, &rules, NULL) < 0) {
		return;
	}
	int count = signal_orphans(core->peek, arena, rules, gone, ORPHANS_MAX);
	for (int i = 0; i < count; i++) {
		orphan_end(core, &gone[i]);
	}
}

void senses_frame(struct core *core, enum ipc_role from, struct ipc_frame *frame)
{
	if (frame->type == MSG_SIGNAL) {
		signal_hear(core, from, frame);
	} else if (frame->type == MSG_PROBE_DONE) {
		proof_take(core, frame);
	} else if (frame->type == MSG_FACTS) {
		facts_take(core, frame);
	} else if (frame->type == MSG_PAGE) {
		page_hear(core, frame);
	} else if (frame->type == MSG_DEVICE) {
		device_hear(core, frame);
	} else if (frame->type == MSG_SIGHTINGS) {
		finds_hear(core, frame);
	} else if (frame->type == MSG_VICINITY) {
		vicinity_hear(core, frame);
	} else if (frame->type == MSG_RULES) {
		rules_hear(core, frame);
	}
}

/* ---- the table of checks, and where detect stood */

static void position_send(struct core *core)
{
	AUTO_BUF struct buf text;
	buf_init(&text, 16000);
	struct jw jw;
	jw_init(&jw, &text);
	jw_object(&jw);
	AUTO_STMT struct stmt *q = NULL;
	int row = db_prepare(
		core->peek, "SELECT tail, position FROM sense_position ORDER BY tail", &q);
	while (row >= 0 && (row = db_step(q)) == 1) {
		jw_key_slice(&jw, db_col_text(q, 0));
		jw_str(&jw, db_col_text(q, 1));
	}
	jw_end(&jw);
	struct msg_position msg = { .json = buf_slice(&text) };
	if (row < 0 || RUNTIME_SEND(core->rt, IPC_DETECT, position, MSG_POSITION, 0, 0, &msg,
			       -1) < 0) {
		log_event(LOG_WARNING, "position.unsent", F_INT("error", row));
	}
}

/* A frame's body when it fits, else a sealed file beside it. */
static int body_of(const struct buf *table, struct slice *ret_body, int *ret_fd)
{
	*ret_fd = -1;
	*ret_body = buf_slice(table);
	if (table->n <= FRAME_BODY_MAX) {
		return 0;
	}
	*ret_body = (struct slice) { 0 };
	return memfd_of(buf_slice(table), ret_fd);
}

static void rules_send(struct core *core)
{
	AUTO_BUF struct buf table;
	struct msg_metric_rules msg = { 0 };
	int fd = -1;
	buf_init(&table, TABLE_MAX_OCTETS);
	int error = rule_table_put(core->peek, &table);
	error = error < 0 ? error : body_of(&table, &msg.json, &fd);
	error = error < 0 ? error
			  : RUNTIME_SEND(core->rt, IPC_DETECT, metric_rules, MSG_METRIC_RULES,
				    0, 0, &msg, fd);
	core->rules_dirty = error < 0;
}

void senses_peer(struct core *core, enum ipc_role peer)
{
	core->checks_dirty = core->checks_dirty || peer == IPC_PROBE;
	core->ranges_dirty = core->ranges_dirty || peer == IPC_PROBE;
	if (peer == IPC_DETECT) {
		/* Rows are read by rules: these first. */
		rules_send(core);
		position_send(core);
	}
}

void senses_turn(struct core *core)
{
	if (core->rules_dirty && core->rt->peers[IPC_DETECT] != NULL) {
		rules_send(core);
	}
	if (!core->checks_dirty || core->rt->peers[IPC_PROBE] == NULL) {
		return;
	}
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct buf table;
	struct msg_checks msg = { 0 };
	int fd = -1;
	buf_init(&table, TABLE_MAX_OCTETS);
	int error = check_settle_s(core->peek, arena, &msg.settle_s);
	error = error < 0 ? error : check_table_put(core->peek, core->env.secrets, &table);
	error = error < 0 ? error : body_of(&table, &msg.json, &fd);
	error = error < 0
			? error
			: RUNTIME_SEND(core->rt, IPC_PROBE, checks, MSG_CHECKS, 0, 0, &msg, fd);
	core->checks_dirty = error < 0;
	secret_wipe(&table);
}
