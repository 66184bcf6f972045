/* SPDX-License-Identifier: Apache-2.0 */
#include "role/errands.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "role/children.h"

enum { OUTCOME_MAX_OCTETS = 32768, TELL_EVERY_MS = 500 };

static const struct {
	enum ipc_role role;
	enum msg_type ask;
	enum msg_type outcome;
	/* Whoever asks while it works gets the answer that is on its way. */
	bool shared;
} plan[] = {
	{ IPC_BACKUP, MSG_RUN_BACKUP, MSG_BACKUP_DONE, false },
	{ IPC_VERIFY, MSG_RUN_VERIFY, MSG_VERIFY_DONE, true },
};

enum { ERRANDS = sizeof(plan) / sizeof(plan[0]) };

struct errand {
	struct children *children;
	size_t at; /* in plan */
	bool runs;
	struct buf outcome; /* until core has heard it */
	uv_timer_t tell;
};

struct errands {
	struct errand errand[ERRANDS];
};

struct errands *errands_create(uv_loop_t *loop, struct children *children)
{
	struct errands *errands = calloc(1, sizeof(*errands));
	if (errands == NULL) {
		abort();
	}
	for (size_t i = 0; i < ERRANDS; i++) {
		struct errand *e = &errands->errand[i];
		e->children = children;
		e->at = i;
		buf_init(&e->outcome, OUTCOME_MAX_OCTETS);
		(void)uv_timer_init(loop, &e->tell);
		e->tell.data = e;
	}
	return errands;
}

void errands_close(struct errands *errands)
{
	for (size_t i = 0; i < ERRANDS; i++) {
		uv_close((uv_handle_t *)&errands->errand[i].tell, NULL);
	}
}

struct errands *errands_destroy(struct errands *errands)
{
	for (size_t i = 0; errands != NULL && i < ERRANDS; i++) {
		buf_fini(&errands->errand[i].outcome);
	}
	free(errands);
	return NULL;
}

static void on_tell(uv_timer_t *timer)
{
	struct errand *e = timer->data;
	if (children_tell(e->children, IPC_CORE, plan[e->at].outcome, buf_slice(&e->outcome)) ==
		0) {
		(void)uv_timer_stop(timer);
	}
}

static void outcome_tell(struct errand *e, struct slice payload)
{
	buf_clear(&e->outcome);
	buf_put(&e->outcome, payload);
	(void)uv_timer_start(&e->tell, on_tell, 0, TELL_EVERY_MS);
}

static void failed(struct errand *e, struct slice target, const char *why)
{
	AUTO_BUF struct buf out;
	buf_init(&out, OUTCOME_MAX_OCTETS);
	if (plan[e->at].role == IPC_BACKUP) {
		struct msg_backup_done msg = {
			.ok = false, .path = target, .error = slice_str(why)
		};
		msg_backup_done_encode(&msg, &out);
	} else {
		struct msg_verify_done msg = { .ran = false, .error = slice_str(why) };
		msg_verify_done_encode(&msg, &out);
	}
	outcome_tell(e, buf_slice(&out));
}

static void start(struct errand *e, struct ipc_frame *frame)
{
	struct msg_run_backup ask = { 0 };
	bool backup = plan[e->at].role == IPC_BACKUP;
	if ((plan[e->at].shared && e->runs) ||
		(backup && msg_run_backup_decode(frame->payload, &ask) < 0)) {
		return;
	}
	int error = children_run(e->children, plan[e->at].role, ask.target);
	if (error == 0) {
		e->runs = true;
	} else if (uv_is_active((uv_handle_t *)&e->tell) == 0) {
		failed(e, ask.target, err_text(error));
	}
}

void errands_frame(struct errands *errands, enum ipc_role from, struct ipc_frame *frame)
{
	for (size_t i = 0; i < ERRANDS; i++) {
		struct errand *e = &errands->errand[i];
		if (from == IPC_CORE && frame->type == plan[i].ask) {
			start(e, frame);
		} else if (from == plan[i].role && frame->type == plan[i].outcome) {
			e->runs = false;
			outcome_tell(e, frame->payload);
			(void)!children_tell(e->children, from, MSG_STOP, (struct slice) { 0 });
		}
	}
}

void errands_done(struct errands *errands, enum ipc_role role, const char *why)
{
	for (size_t i = 0; i < ERRANDS; i++) {
		struct errand *e = &errands->errand[i];
		if (plan[i].role == role && e->runs) {
			e->runs = false;
			failed(e, (struct slice) { 0 }, why);
		}
	}
}
