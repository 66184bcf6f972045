/* SPDX-License-Identifier: Apache-2.0 */
/* Commands and touches from web; passwords by way of their lane. */
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "records/caller.h"
#include "role/core/visit.h"
#include "sys/memfd.h"
#include "sys/password.h"
#include "sys/rand.h"

enum { BODY_MAX_OCTETS = 8 * 1024 * 1024 };

/* ---- passwords take time: look (writer) → lane → act (writer) */

/* The look is over; the act is a command of its own. */
static void act_begin(struct job *job)
{
	int64_t asked_at_ms = job->command.asked_at_ms;
	command_fini(&job->command);
	command_init(&job->command);
	job->command.asked_at_ms = asked_at_ms;
	(void)snprintf(job->command.trace, sizeof(job->command.trace), "%016llx",
		(unsigned long long)job->trace);
	visit_run(job);
}

static void on_lane(void *ctx, bool ok, struct slice new_hash)
{
	struct job *job = ctx;
	struct visit *v = visit_of(job);
	v->call.password_ok = ok;
	v->call.new_hash = visit_keep(job, new_hash);
	act_begin(job);
}

static void looked(struct job *job)
{
	struct visit *v = visit_of(job);
	if (job->command.status < 0) {
		visit_fail(job, job->command.status, "");
		return;
	}
	v->call.code_counted = v->stored.counted;
	/* What is refused whatever the password costs the lane nothing: anybody could keep it busy. */
	if (v->known || v->stored.refused) {
		act_begin(job);
		return;
	}
	struct password_job ask = {
		.stored_hash = slice_str(v->stored.hash),
		.password = json_get_str(v->call.body, login_need_member(v->call.route)),
		.done = on_lane,
		.ctx = job,
	};
	if (v->need == LOGIN_NEED_HASH_NEW) {
		ask.new_password = json_get_str(v->call.body, "new");
	} else if (v->need == LOGIN_NEED_GENERATE) {
		rand_text(v->one_time, VISIT_ONE_TIME_LENGTH);
		ask.new_password = slice_str(v->one_time);
		v->call.new_secret = slice_str(v->one_time);
	}
	if (password_lane_ask(job->core->lane, &ask) < 0) {
		visit_fail(job, E_BUSY, "login.busy");
	}
}

static int look_run(struct txn *txn, void *arg)
{
	struct visit *v = visit_of(arg);
	int known = batch_known(txn, v->account, v->key);
	v->known = known == 1;
	return known != 0 ? known : login_look(txn, &v->call, &v->stored);
}

/* ---- a command */

/* The body as parsed JSON; large ones come as a sealed memfd. */
static int body_read(struct job *job, const struct msg_command *msg, struct ipc_frame *frame,
	struct slice *ret_text, const struct json **ret_body)
{
	struct slice text = msg->body;
	struct memfd_map map = { 0 };
	int error = 0;
	if (frame->fd >= 0) {
		error = memfd_map(frame->fd, BODY_MAX_OCTETS, &map);
		text = map.octets;
	}
	text = error == 0 ? visit_keep(job, text) : text;
	memfd_unmap(&map);
	*ret_text = text;
	*ret_body = NULL;
	return error < 0 || text.n == 0 ? error
					: json_parse(job->arena, text, 0, ret_body, NULL);
}

/* The same key with the same request gets the first answer again; keys belong to a token. */
static void idempotency_set(struct job *job, const struct msg_command *msg, struct slice body)
{
	if (msg->idempotency.n == 0) {
		return;
	}
	struct visit *v = visit_of(job);
	struct digest token = digest_of(DIGEST_SHA256, msg->token);
	uint64_t account = 0;
	memcpy(&account, token.octet, sizeof(account));
	v->account = (int64_t)(account >> 1);
	v->key = visit_keep(job, msg->idempotency);
	const struct slice parts[] = { slice_of(&msg->route, sizeof(msg->route)),
		slice_of(&msg->id, sizeof(msg->id)), slice_of(&msg->sub, sizeof(msg->sub)),
		msg->key, body };
	v->request = digest_of_parts(DIGEST_SHA256, parts, sizeof(parts) / sizeof(parts[0]));
}

static void command_take(struct core *core, struct ipc_frame *frame)
{
	struct msg_command msg = { 0 };
	if (msg_command_decode(frame->payload, &msg) < 0 || msg.route >= ROUTE_COUNT_) {
		return;
	}
	struct job *job = visit_create(core, frame->req, frame->trace);
	struct visit *v = visit_of(job);
	visit_asked(job, msg.asked_at_ms);
	v->call = (struct desk_call) {
		.route = (enum route_id)msg.route,
		.token = visit_keep(job, msg.token),
		.address = visit_keep(job, msg.address),
		.agent = visit_keep(job, msg.agent),
		.loopback = msg.loopback,
		.id = msg.id,
		.sub = msg.sub,
		.key = visit_keep(job, msg.key),
		.if_match = msg.if_match,
	};
	struct slice text = { 0 };
	int error = body_read(job, &msg, frame, &text, &v->call.body);
	if (error < 0) {
		visit_fail(job, E_FORMAT, "");
		return;
	}
	v->need = login_need(v->call.route);
	if (v->call.route != ROUTE_SESSION_LOGIN && v->call.route != ROUTE_SESSION_PASSWORD) {
		idempotency_set(job, &msg, text); /* those two answer with a cookie */
	}
	if (v->need != LOGIN_NEED_NONE) {
		job_submit(job, look_run, job, looked);
		return;
	}
	visit_run(job);
}

/* ---- touch: the session is in use */

static int touch_run(struct txn *txn, void *arg)
{
	const struct slice *token = arg;
	struct digest digest = caller_token_digest(*token);
	int64_t done = sql_run(txn_db(txn),
		"UPDATE session SET seen_at_ms = $2 WHERE digest = $1 AND ended_at_ms IS NULL AND seen_at_ms < $2",
		SQL_BLOB(slice_of(digest.octet, DIGEST_OCTETS)), SQL_INT(txn_now_ms(txn)));
	return done < 0 ? (int)done : 0;
}

static void touch_take(struct core *core, struct ipc_frame *frame)
{
	struct msg_touch msg = { 0 };
	if (msg_touch_decode(frame->payload, &msg) == 0) {
		struct job *job = job_create(core, 0);
		struct slice *token = arena_take(job->arena, sizeof(*token));
		*token = visit_keep(job, msg.token);
		job_submit(job, touch_run, token, job_drop);
	}
}

void door_frame(struct core *core, struct ipc_frame *frame)
{
	if (frame->type == MSG_COMMAND) {
		command_take(core, frame);
	} else if (frame->type == MSG_TOUCH) {
		touch_take(core, frame);
	} else {
		uploads_frame(core, frame);
	}
}
