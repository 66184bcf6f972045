/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/smtp.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/num.h"
#include "courier/account.h"
#include "courier/conversation.h"
#include "courier/lookup.h"
#include "courier/mail.h"

enum { CONFIG_ARENA_OCTETS = 256 * 1024, MESSAGE_OCTETS_MAX = 32 * 1024 * 1024 };

/* One message on its way; as it is while a thread reads it. */
struct attempt {
	struct smtp *smtp;
	struct attempt *next; /* in the queue */
	int64_t delivery;
	uint32_t number;
	struct arena *arena;
	struct account account;
	const char *to;
	struct buf message;
	char address[LOOKUP_ADDRESS_MAX];
};

/* A place in flight, and the thread of the pool that works for it. */
struct slot {
	struct smtp *smtp;
	struct attempt *attempt; /* NULL = free */
	bool answered;           /* smtp_end was first */
	struct conversation *conversation;
	uv_work_t work;
};

struct smtp {
	uv_loop_t *loop;
	struct smtp_setup setup;
	struct lookup *lookup;
	struct slot slots[SMTP_INFLIGHT_MAX];
	struct attempt *queue;
	struct attempt **queue_end;
	unsigned queued;
	unsigned inflight;
	size_t held_octets;
	uint64_t ended[OUTCOME_UNKNOWN + 1];
	uint64_t refused;
	bool ending;
};

static void answer(struct smtp *smtp, int64_t delivery, uint32_t number, enum outcome outcome,
	const char *provider, const char *error)
{
	struct smtp_result result = { delivery, number, outcome, slice_str(provider),
		slice_str(error) };
	smtp->ended[outcome]++;
	smtp->setup.done(smtp->setup.ctx, &result);
}

static void attempt_destroy(struct attempt *attempt)
{
	attempt->smtp->held_octets -= attempt->message.n;
	buf_fini(&attempt->message);
	attempt->arena = arena_destroy(attempt->arena);
	free(attempt);
}

/* ---- a place in flight */

static void slot_free(struct slot *slot)
{
	attempt_destroy(slot->attempt);
	slot->attempt = NULL;
	slot->answered = false;
	slot->smtp->inflight--;
}

static void slot_fail(struct slot *slot, const char *error)
{
	answer(slot->smtp, slot->attempt->delivery, slot->attempt->number, OUTCOME_RETRY, "",
		error);
	slot_free(slot);
}

static void slot_answer(struct slot *slot)
{
	const struct conversation_end *end = conversation_end(slot->conversation);
	uint64_t reply = 0;
	char error[sizeof(end->reply) + 32] = "";
	(void)!num_u64(slice_head(slice_str(end->reply), 3), 999, &reply);
	if (!end->accepted) {
		(void)snprintf(error, sizeof(error), "%s %s", outcome_step_text(end->step),
			reply >= 400 ? end->reply : end->why);
	}
	answer(slot->smtp, slot->attempt->delivery, slot->attempt->number,
		outcome_of(end->accepted, end->step, (long)reply),
		end->accepted ? end->reply : "", error);
	slot->answered = true;
}

/* On a thread of the pool. */
static void on_work(uv_work_t *work)
{
	const struct slot *slot = work->data;
	conversation_run(slot->conversation);
}

static void start_next(struct smtp *smtp);

static void on_returned(uv_work_t *work, int status)
{
	struct slot *slot = work->data;
	struct smtp *smtp = slot->smtp;
	(void)status;
	if (!slot->answered) {
		slot_answer(slot);
	}
	slot_free(slot);
	if (smtp->ending) {
		slot->conversation = conversation_destroy(slot->conversation);
	}
	start_next(smtp);
}

static void on_address(void *user, int error, const char *address)
{
	struct slot *slot = user;
	struct smtp *smtp = slot->smtp;
	const char *trouble = error == 0          ? NULL
			      : error == E_ABSENT ? "connect no such host"
						  : "connect no answer from the name servers";
	if (trouble == NULL && slot->conversation == NULL) {
		slot->conversation = conversation_create();
		trouble = slot->conversation == NULL ? "busy" : NULL;
	}
	if (trouble != NULL) {
		slot_fail(slot, trouble);
		start_next(smtp);
		return;
	}
	struct attempt *attempt = slot->attempt;
	(void)snprintf(attempt->address, sizeof(attempt->address), "%s", address);
	struct letter letter = { .account = &attempt->account,
		.address = attempt->address,
		.to = attempt->to,
		.text = buf_slice(&attempt->message),
		.ca = smtp->setup.ca };
	conversation_begin(slot->conversation, &letter);
	(void)uv_queue_work(smtp->loop, &slot->work, on_work, on_returned);
}

/* The first one free: under a light load always the same, whose connection is still warm. */
static struct slot *slot_take(struct smtp *smtp, struct attempt *attempt)
{
	struct slot *slot = smtp->slots;
	while (slot->attempt != NULL) {
		slot++;
	}
	slot->attempt = attempt;
	smtp->inflight++;
	return slot;
}

static void start_next(struct smtp *smtp)
{
	while (!smtp->ending && smtp->queue != NULL && smtp->inflight < SMTP_INFLIGHT_MAX) {
		struct attempt *attempt = smtp->queue;
		smtp->queue = attempt->next;
		smtp->queue_end = smtp->queue == NULL ? &smtp->queue : smtp->queue_end;
		smtp->queued--;
		struct slot *slot = slot_take(smtp, attempt);
		if (lookup_start(smtp->lookup, attempt->account.host, on_address, slot) < 0) {
			slot_fail(slot, "busy");
		}
	}
}

/* ---- what comes in */

static int attempt_create(struct smtp *smtp, const struct smtp_job *job,
	struct attempt **ret_attempt, struct diag *diag)
{
	struct attempt *attempt = calloc(1, sizeof(*attempt));
	if (attempt == NULL) {
		return E_LIMIT;
	}
	attempt->smtp = smtp;
	attempt->delivery = job->delivery;
	attempt->number = job->attempt;
	attempt->arena = arena_create(CONFIG_ARENA_OCTETS);
	buf_init(&attempt->message, MESSAGE_OCTETS_MAX);
	int error = account_read(attempt->arena, arena_dup(attempt->arena, job->config),
		&attempt->account, diag);
	if (error == 0) {
		struct mail mail = { .from = slice_str(attempt->account.from),
			.from_name = slice_str(attempt->account.from_name),
			.to = job->to,
			.subject = job->subject,
			.key = job->key,
			.at_unix_ms = job->at_unix_ms,
			.body = job->body,
			.annex = job->annex,
			.annex_name = attempt->account.annex_name };
		diag->text[0] = '\0';
		error = mail_build(&mail, &attempt->message);
		attempt->to = arena_dup_str(attempt->arena, job->to);
	}
	smtp->held_octets += attempt->message.n;
	if (error == 0 && smtp->held_octets > SMTP_HELD_OCTETS_MAX) {
		error = E_BUSY;
	}
	if (error < 0) {
		attempt_destroy(attempt);
		return error;
	}
	*ret_attempt = attempt;
	return 0;
}

/* A bad configuration is a person's to mend; a bad message never gets better. */
static void refuse(
	struct smtp *smtp, const struct smtp_job *job, int error, const struct diag *diag)
{
	char text[DIAG_TEXT_MAX + 16];
	if (error == E_BUSY) {
		smtp->refused++;
		answer(smtp, job->delivery, job->attempt, OUTCOME_RETRY, "", "busy");
	} else if (diag->text[0] != '\0') {
		(void)snprintf(text, sizeof(text), "config: %s", diag->text);
		answer(smtp, job->delivery, job->attempt, OUTCOME_RETRY, "", text);
	} else {
		const char *why = error == E_INPUT  ? "address"
				  : error == E_UTF8 ? "text"
						    : "too large";
		answer(smtp, job->delivery, job->attempt, OUTCOME_PERMANENT, "", why);
	}
}

void smtp_send(struct smtp *smtp, const struct smtp_job *job)
{
	struct attempt *attempt = NULL;
	struct diag diag = { 0 };
	int error = smtp->ending || smtp->queued >= SMTP_QUEUE_MAX ? E_BUSY : 0;
	error = error == 0 ? attempt_create(smtp, job, &attempt, &diag) : error;
	if (error < 0) {
		refuse(smtp, job, error, &diag);
		return;
	}
	*smtp->queue_end = attempt;
	smtp->queue_end = &attempt->next;
	smtp->queued++;
	start_next(smtp);
}

void smtp_status(const struct smtp *smtp, struct jw *jw)
{
	for (unsigned i = 0; i <= OUTCOME_UNKNOWN; i++) {
		jw_kv_int(jw, outcome_text((enum outcome)i), (int64_t)smtp->ended[i]);
	}
	jw_kv_int(jw, "refused", (int64_t)smtp->refused);
	jw_kv_int(jw, "inflight", smtp->inflight);
	jw_kv_int(jw, "queued", smtp->queued);
}

/* ---- life */

int smtp_create(uv_loop_t *loop, const struct smtp_setup *setup, struct smtp **ret_smtp)
{
	struct smtp *smtp = calloc(1, sizeof(*smtp));
	if (smtp == NULL) {
		return -ENOMEM;
	}
	smtp->loop = loop;
	smtp->setup = *setup;
	smtp->queue_end = &smtp->queue;
	for (size_t i = 0; i < SMTP_INFLIGHT_MAX; i++) {
		smtp->slots[i].smtp = smtp;
		smtp->slots[i].work.data = &smtp->slots[i];
	}
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(smtp);
		return -ENOMEM;
	}
	int error = lookup_create(loop, setup->name_servers, &smtp->lookup);
	if (error < 0) {
		curl_global_cleanup();
		free(smtp);
		return error;
	}
	*ret_smtp = smtp;
	return 0;
}

/*
 * Nothing more is said, so that no server takes a letter that is answered here
 * as one to be tried again.  The thread returns in its own time.
 */
static void slot_end(struct slot *slot, uint64_t answer_until_ns)
{
	if (slot->attempt == NULL) {
		slot->conversation = conversation_destroy(slot->conversation);
		return;
	}
	enum outcome_step step = OUTCOME_CONNECT;
	if (!conversation_hang_up(slot->conversation, answer_until_ns, &step)) {
		slot_answer(slot);
		return;
	}
	answer(slot->smtp, slot->attempt->delivery, slot->attempt->number,
		step == OUTCOME_BODY ? OUTCOME_UNKNOWN : OUTCOME_RETRY, "", "stopping");
	slot->answered = true;
}

void smtp_end(struct smtp *smtp)
{
	if (smtp == NULL || smtp->ending) {
		return;
	}
	smtp->ending = true;
	lookup_close(smtp->lookup); /* frees what waits for an address */
	uint64_t answer_until_ns = uv_hrtime() + SMTP_END_MS * UINT64_C(1000000);
	for (size_t i = 0; i < SMTP_INFLIGHT_MAX; i++) {
		slot_end(&smtp->slots[i], answer_until_ns);
	}
	while (smtp->queue != NULL) {
		struct attempt *attempt = smtp->queue;
		smtp->queue = attempt->next;
		smtp->queued--;
		answer(smtp, attempt->delivery, attempt->number, OUTCOME_RETRY, "", "stopping");
		attempt_destroy(attempt);
	}
}

struct smtp *smtp_destroy(struct smtp *smtp)
{
	if (smtp != NULL) {
		curl_global_cleanup();
		free(smtp);
	}
	return NULL;
}
