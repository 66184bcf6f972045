/* SPDX-License-Identifier: Apache-2.0 */
/* What came back: mails carried, documents rendered, uploads looked at. */
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "desk/deliver.h"
#include "desk/doubts.h"
#include "desk/line.h"
#include "records/blob.h"
#include "role/core/core.h"
#include "sys/memfd.h"

enum { DOCUMENT_MAX_OCTETS = 32 * 1024 * 1024 };

struct outcome {
	struct deliver_result result;
	uint32_t attempt;
	const struct desk_env *env;
};

static int settle_run(struct txn *txn, void *arg)
{
	struct outcome *o = arg;
	int error = deliver_settle(txn, &o->result);
	if (error == 0 && slice_is(o->result.outcome, "accepted")) {
		error = line_delivered(txn, o->env, o->result.delivery_id);
	}
	if (error == 0 && slice_is(o->result.outcome, "permanent")) {
		error = doubt_delivery(txn, o->env, o->result.delivery_id);
	}
	return error;
}

/* On disk, or of no message we have: courier need not say it again. */
static void sent_settled(struct job *job)
{
	struct outcome *o = job->of;
	struct core *core = job->core;
	struct msg_settled msg = { o->result.delivery_id, o->attempt };
	if (job->command.status >= 0 && core->rt->peers[IPC_COURIER] != NULL) {
		(void)!RUNTIME_SEND(
			core->rt, IPC_COURIER, settled, MSG_SETTLED, 0, job->trace, &msg, -1);
	}
	job_drop(job);
}

static void sent_take(struct core *core, struct ipc_frame *frame)
{
	struct msg_sent msg = { 0 };
	struct job *job = job_create(core, frame->trace);
	struct outcome *o = arena_take(job->arena, sizeof(*o));
	if (msg_sent_decode(arena_dup(job->arena, frame->payload), &msg) < 0) {
		job_drop(job);
		return;
	}
	o->env = &core->env;
	o->result =
		(struct deliver_result) { msg.delivery, msg.outcome, msg.provider, msg.error };
	o->attempt = msg.attempt;
	job->of = o;
	job_submit_sure(job, settle_run, o, sent_settled);
}

/* A document: stored in the pool, then named in the transaction that says it is ready. */
struct paper {
	struct job *job;
	uv_work_t work;
	int fd;
	int error;
	struct blob_stage *stage;
	struct line_document done;
	const struct desk_env *env;
};

static int paper_run(struct txn *txn, void *arg)
{
	struct paper *p = arg;
	if (p->stage != NULL) {
		int error = blob_name(txn, "document", p->stage, &p->done.blob_id);
		if (error < 0) {
			return error;
		}
	}
	return line_document_done(txn, p->env, &p->done);
}

static void paper_finish(struct job *job)
{
	struct paper *p = job->of;
	struct core *core = job->core;
	p->stage = blob_stage_drop(p->stage);
	if (p->fd >= 0) {
		(void)close(p->fd);
	}
	job_drop(job);
	outgoing_papers(core);
}

static void paper_work(uv_work_t *work)
{
	struct paper *p = work->data;
	struct memfd_map map = { 0 };
	struct blob_ref ref = { 0 };
	int error = memfd_map(p->fd, DOCUMENT_MAX_OCTETS, &map);
	error = error < 0 ? error : blob_stage_begin(p->env->blobs, &p->stage);
	error = error < 0 ? error : blob_stage_put(p->stage, map.octets);
	error = error < 0 ? error : blob_stage_end(p->stage, &ref);
	memfd_unmap(&map);
	p->error = error;
}

static void paper_stored(uv_work_t *work, int status)
{
	struct paper *p = work->data;
	if (status < 0 || p->error < 0) {
		log_event(
			LOG_ERROR, "document.unstored", F_INT("document", p->done.document_id));
		paper_finish(p->job); /* leased again when the lease runs out */
		return;
	}
	job_submit_sure(p->job, paper_run, p, paper_finish);
}

static void rendered_take(struct core *core, struct ipc_frame *frame)
{
	struct msg_rendered msg = { 0 };
	struct job *job = job_create(core, frame->trace);
	struct paper *p = arena_take(job->arena, sizeof(*p));
	if (msg_rendered_decode(arena_dup(job->arena, frame->payload), &msg) < 0) {
		job_drop(job);
		return;
	}
	*p = (struct paper) { .job = job,
		.fd = ipc_frame_take_fd(frame),
		.env = &core->env,
		.done = { .document_id = msg.job,
			.ok = msg.ok && frame->fd < 0,
			.error = msg.error } };
	p->done.ok = msg.ok && p->fd >= 0;
	job->of = p;
	p->work.data = p;
	if (!p->done.ok) {
		job_submit_sure(job, paper_run, p, paper_finish);
	} else if (uv_queue_work(&core->rt->loop, &p->work, paper_work, paper_stored) != 0) {
		paper_finish(job);
	}
}

void returned_frame(struct core *core, enum ipc_role from, struct ipc_frame *frame)
{
	(void)from;
	struct msg_inspected inspected = { 0 };
	struct msg_sheet_read read = { 0 };
	if (frame->type == MSG_SENT) {
		sent_take(core, frame);
	} else if (frame->type == MSG_RENDERED) {
		rendered_take(core, frame);
	} else if (frame->type == MSG_INSPECTED &&
		   msg_inspected_decode(frame->payload, &inspected) == 0) {
		uploads_inspected(core, &inspected, frame->fd);
	} else if (frame->type == MSG_SHEET_READ &&
		   msg_sheet_read_decode(frame->payload, &read) == 0) {
		uploads_read(core, &read, frame->fd);
	}
}
