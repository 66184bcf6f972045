/* SPDX-License-Identifier: Apache-2.0 */
/* The audit log is verified by a process of its own, asked for by people. */
#include "base/arena.h"
#include "base/log.h"
#include "desk/audit_check.h"
#include "role/core/core.h"

void verify_run(struct core *core)
{
	struct msg_run_verify msg = { 0 };
	if (RUNTIME_SEND(core->rt, IPC_PARENT, run_verify, MSG_RUN_VERIFY, 0, 0, &msg, -1) <
		0) {
		log_event(LOG_ERROR, "verify.unasked", F_STR("why", "parent is slow"));
	}
}

static int done_run(struct txn *txn, void *arg)
{
	return audit_check_record(txn, arg);
}

void verify_frame(struct core *core, struct ipc_frame *frame)
{
	struct msg_verify_done msg = { 0 };
	if (frame->type != MSG_VERIFY_DONE) {
		return;
	}
	struct job *job = job_create(core, frame->trace);
	if (msg_verify_done_decode(arena_dup(job->arena, frame->payload), &msg) < 0) {
		job_drop(job);
		return;
	}
	struct audit_checked *checked = arena_take(job->arena, sizeof(*checked));
	*checked = (struct audit_checked) { .began_at_ms = msg.began_at_ms,
		.ran = msg.ran,
		.entries = msg.entries,
		.personal = msg.personal,
		.erased = msg.erased,
		.erased_by = msg.erased_by,
		.problems = msg.problems,
		.found = msg.found,
		.error = msg.error };
	job_submit_sure(job, done_run, checked, job_drop);
}
