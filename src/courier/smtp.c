/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/smtp.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/num.h"
#include "base/utf8.h"
#include "courier/account.h"
#include "courier/lookup.h"
#include "courier/mail.h"

enum {
	REPLY_OCTETS_MAX = 480,
	CONFIG_ARENA_OCTETS = 256 * 1024,
	MESSAGE_OCTETS_MAX = 32 * 1024 * 1024
};

/* One message on its way. */
struct attempt {
	struct smtp *smtp;
	struct attempt *next; /* in the queue, or among those in flight */
	int64_t delivery;
	uint32_t number;
	struct arena *arena;
	struct account account;
	const char *to;
	struct buf message;
	size_t sent_octets;
	CURL *easy;
	curl_socket_t fd; /* of the conversation */
	struct curl_slist *rcpt;
	struct curl_slist *address;
	enum outcome_step step;
	bool over; /* QUIT was said: what follows speaks of no message */
	char reply[REPLY_OCTETS_MAX];
};

struct smtp {
	uv_loop_t *loop;
	struct smtp_setup setup;
	struct lookup *lookup;
	CURLM *multi;
	uv_timer_t timer;
	struct attempt *queue;
	struct attempt **queue_end;
	struct attempt *flying;
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
	curl_easy_cleanup(attempt->easy);
	curl_slist_free_all(attempt->rcpt);
	curl_slist_free_all(attempt->address);
	buf_fini(&attempt->message);
	attempt->arena = arena_destroy(attempt->arena);
	free(attempt);
}

static void start_next(struct smtp *smtp);

/* Out of the flight, whatever became of it. */
static void land(struct attempt *attempt, enum outcome outcome, const char *error)
{
	struct smtp *smtp = attempt->smtp;
	struct attempt **at = &smtp->flying;
	while (*at != attempt) {
		at = &(*at)->next;
	}
	*at = attempt->next;
	smtp->inflight--;
	answer(smtp, attempt->delivery, attempt->number, outcome,
		outcome == OUTCOME_ACCEPTED ? attempt->reply : "", error);
	if (attempt->easy != NULL) {
		(void)curl_multi_remove_handle(smtp->multi, attempt->easy);
	}
	attempt_destroy(attempt);
}

static void finish(struct attempt *attempt, CURLcode code)
{
	uint64_t reply = 0;
	char error[REPLY_OCTETS_MAX + 32] = "";
	(void)!num_u64(slice_head(slice_str(attempt->reply), 3), 999, &reply);
	enum outcome outcome = outcome_of(code == CURLE_OK, attempt->step, (long)reply);
	if (code != CURLE_OK) {
		const char *why = reply >= 400 ? attempt->reply : curl_easy_strerror(code);
		(void)snprintf(
			error, sizeof(error), "%s %s", outcome_step_text(attempt->step), why);
	}
	land(attempt, outcome, error);
}

static void reap(struct smtp *smtp)
{
	int left = 0;
	CURLMsg *msg = NULL;
	while ((msg = curl_multi_info_read(smtp->multi, &left)) != NULL) {
		void *attempt = NULL;
		CURLcode code = msg->data.result;
		if (msg->msg == CURLMSG_DONE &&
			curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &attempt) ==
				CURLE_OK) {
			finish(attempt, code);
		}
	}
	start_next(smtp);
}

/* ---- curl's sockets and timer on the loop */

struct watch {
	uv_poll_t poll;
	struct smtp *smtp;
	curl_socket_t fd;
};

static void on_watch_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void on_ready(uv_poll_t *handle, int status, int events)
{
	struct watch *watch = handle->data;
	struct smtp *smtp = watch->smtp;
	int mask = status < 0 ? CURL_CSELECT_ERR : 0;
	mask |= (events & UV_READABLE) != 0 ? CURL_CSELECT_IN : 0;
	mask |= (events & UV_WRITABLE) != 0 ? CURL_CSELECT_OUT : 0;
	int running = 0;
	(void)curl_multi_socket_action(smtp->multi, watch->fd, mask, &running);
	reap(smtp);
}

/* An attempt knows its own socket; curl's handles of its own speak of no attempt. */
static void socket_note(CURL *easy, curl_socket_t fd, bool gone)
{
	void *attempt = NULL;
	if (curl_easy_getinfo(easy, CURLINFO_PRIVATE, &attempt) == CURLE_OK &&
		attempt != NULL) {
		((struct attempt *)attempt)->fd = gone ? CURL_SOCKET_BAD : fd;
	}
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *own)
{
	struct smtp *smtp = user;
	struct watch *watch = own;
	socket_note(easy, fd, what == CURL_POLL_REMOVE);
	if (what == CURL_POLL_REMOVE) {
		if (watch != NULL) {
			(void)curl_multi_assign(smtp->multi, fd, NULL);
			(void)uv_poll_stop(&watch->poll);
			uv_close((uv_handle_t *)&watch->poll, on_watch_closed);
		}
		return 0;
	}
	if (watch == NULL) {
		watch = calloc(1, sizeof(*watch));
		if (watch == NULL || uv_poll_init(smtp->loop, &watch->poll, fd) < 0) {
			free(watch);
			return -1;
		}
		watch->smtp = smtp;
		watch->fd = fd;
		watch->poll.data = watch;
		(void)curl_multi_assign(smtp->multi, fd, watch);
	}
	int events = (what & CURL_POLL_IN) != 0 ? UV_READABLE : 0;
	events |= (what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0;
	(void)uv_poll_start(&watch->poll, events, on_ready);
	return 0;
}

static void on_timeout(uv_timer_t *timer)
{
	struct smtp *smtp = timer->data;
	int running = 0;
	(void)curl_multi_socket_action(smtp->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	reap(smtp);
}

static int on_timer(CURLM *multi, long timeout_ms, void *user)
{
	struct smtp *smtp = user;
	(void)multi;
	if (timeout_ms < 0) {
		(void)uv_timer_stop(&smtp->timer);
	} else {
		(void)uv_timer_start(&smtp->timer, on_timeout, (uint64_t)timeout_ms, 0);
	}
	return 0;
}

/* ---- one conversation */

static size_t on_read(char *to, size_t size, size_t count, void *user)
{
	struct attempt *attempt = user;
	struct slice left = slice_skip(buf_slice(&attempt->message), attempt->sent_octets);
	left = slice_head(left, size * count);
	memcpy(to, left.p, left.n);
	attempt->sent_octets += left.n;
	if (attempt->sent_octets == attempt->message.n) {
		attempt->step = OUTCOME_BODY; /* curl asks no more and ends with the dot */
	}
	return left.n;
}

/* The conversation's lines; our own AUTH line is looked at and not kept. */
static int on_line(CURL *easy, curl_infotype type, char *text, size_t n, void *user)
{
	struct attempt *attempt = user;
	(void)easy;
	attempt->over =
		attempt->over ||
		(type == CURLINFO_HEADER_OUT && slice_starts(slice_of(text, n), SLICE("QUIT")));
	if (attempt->over) {
		return 0;
	}
	if (type == CURLINFO_HEADER_OUT) {
		attempt->step = outcome_step_of(slice_of(text, n), attempt->step);
	} else if (type == CURLINFO_HEADER_IN) {
		AUTO_BUF struct buf clean;
		buf_init(&clean, (size_t)REPLY_OCTETS_MAX * 4);
		utf8_put_clean(&clean,
			slice_trim(slice_head(slice_of(text, n), REPLY_OCTETS_MAX / 3 - 1)));
		(void)snprintf(attempt->reply, sizeof(attempt->reply), "%.*s",
			SLICE_FMT(buf_slice(&clean)));
	}
	return 0;
}

static void set_server(struct attempt *attempt, const char *address)
{
	const struct account *account = &attempt->account;
	bool v6 = strchr(account->host, ':') != NULL;
	char text[1024];
	(void)snprintf(text, sizeof(text), "%s://%s%s%s:%u/%.*s",
		account->tls == ACCOUNT_TLS_WRAPPED ? "smtps" : "smtp", v6 ? "[" : "",
		account->host, v6 ? "]" : "", account->port,
		SLICE_FMT(mail_domain(slice_str(account->from))));
	(void)curl_easy_setopt(attempt->easy, CURLOPT_URL, text);
	if (strcmp(address, account->host) != 0) {
		v6 = strchr(address, ':') != NULL;
		(void)snprintf(text, sizeof(text), "%s:%u:%s%s%s", account->host, account->port,
			v6 ? "[" : "", address, v6 ? "]" : "");
		attempt->address = curl_slist_append(NULL, text);
		(void)curl_easy_setopt(attempt->easy, CURLOPT_RESOLVE, attempt->address);
	}
	(void)curl_easy_setopt(attempt->easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	(void)curl_easy_setopt(attempt->easy, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(attempt->easy, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(attempt->easy, CURLOPT_TIMEOUT_MS, (long)account->timeout_ms);
	(void)curl_easy_setopt(
		attempt->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)account->timeout_ms);
	(void)curl_easy_setopt(attempt->easy, CURLOPT_MAXAGE_CONN, (long)SMTP_CONNECTION_AGE_S);
	if (account->user[0] != '\0') {
		(void)curl_easy_setopt(attempt->easy, CURLOPT_USERNAME, account->user);
		(void)curl_easy_setopt(attempt->easy, CURLOPT_PASSWORD, account->password);
		/* Kerberos would load modules behind the fence. */
		(void)curl_easy_setopt(attempt->easy, CURLOPT_LOGIN_OPTIONS,
			"AUTH=PLAIN;AUTH=LOGIN;AUTH=CRAM-MD5");
	}
}

static void set_tls(struct attempt *attempt)
{
	const struct account *account = &attempt->account;
	struct slice ca = account->ca.n > 0 ? account->ca : attempt->smtp->setup.ca;
	struct curl_blob blob = {
		.data = (void *)(uintptr_t)ca.p, .len = ca.n, .flags = CURL_BLOB_NOCOPY
	};
	long usage = account->tls == ACCOUNT_TLS_NONE ? CURLUSESSL_NONE : CURLUSESSL_ALL;
	(void)curl_easy_setopt(attempt->easy, CURLOPT_USE_SSL, usage);
	(void)curl_easy_setopt(
		attempt->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	(void)curl_easy_setopt(
		attempt->easy, CURLOPT_SSL_VERIFYPEER, account->verify ? 1L : 0L);
	(void)curl_easy_setopt(
		attempt->easy, CURLOPT_SSL_VERIFYHOST, account->verify ? 2L : 0L);
	(void)curl_easy_setopt(attempt->easy, CURLOPT_CAINFO, NULL);
	(void)curl_easy_setopt(attempt->easy, CURLOPT_CAPATH, NULL);
	if (ca.n > 0) {
		(void)curl_easy_setopt(attempt->easy, CURLOPT_CAINFO_BLOB, &blob);
	}
}

static void set_message(struct attempt *attempt)
{
	attempt->rcpt = curl_slist_append(NULL, attempt->to);
	(void)curl_easy_setopt(attempt->easy, CURLOPT_MAIL_FROM, attempt->account.from);
	(void)curl_easy_setopt(attempt->easy, CURLOPT_MAIL_RCPT, attempt->rcpt);
	(void)curl_easy_setopt(attempt->easy, CURLOPT_UPLOAD, 1L);
	(void)curl_easy_setopt(attempt->easy, CURLOPT_READFUNCTION, on_read);
	(void)curl_easy_setopt(attempt->easy, CURLOPT_READDATA, attempt);
	(void)curl_easy_setopt(
		attempt->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)attempt->message.n);
	(void)curl_easy_setopt(attempt->easy, CURLOPT_VERBOSE, 1L);
	(void)curl_easy_setopt(attempt->easy, CURLOPT_DEBUGFUNCTION, on_line);
	(void)curl_easy_setopt(attempt->easy, CURLOPT_DEBUGDATA, attempt);
	(void)curl_easy_setopt(attempt->easy, CURLOPT_PRIVATE, attempt);
}

static void on_address(void *user, int error, const char *address)
{
	struct attempt *attempt = user;
	struct smtp *smtp = attempt->smtp;
	if (error < 0) {
		land(attempt, OUTCOME_RETRY,
			error == E_ABSENT ? "connect no such host"
					  : "connect no answer from the name servers");
		start_next(smtp);
		return;
	}
	attempt->easy = curl_easy_init();
	if (attempt->easy != NULL) {
		set_server(attempt, address);
		set_tls(attempt);
		set_message(attempt);
	}
	if (attempt->easy == NULL ||
		curl_multi_add_handle(smtp->multi, attempt->easy) != CURLM_OK) {
		land(attempt, OUTCOME_RETRY, "busy");
	}
}

static void start_next(struct smtp *smtp)
{
	while (!smtp->ending && smtp->queue != NULL && smtp->inflight < SMTP_INFLIGHT_MAX) {
		struct attempt *attempt = smtp->queue;
		smtp->queue = attempt->next;
		smtp->queue_end = smtp->queue == NULL ? &smtp->queue : smtp->queue_end;
		smtp->queued--;
		attempt->next = smtp->flying;
		smtp->flying = attempt;
		smtp->inflight++;
		if (lookup_start(smtp->lookup, attempt->account.host, on_address, attempt) <
			0) {
			land(attempt, OUTCOME_RETRY, "busy");
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
	attempt->fd = CURL_SOCKET_BAD;
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
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(smtp);
		return -ENOMEM;
	}
	smtp->multi = curl_multi_init();
	int error = smtp->multi == NULL
			    ? -ENOMEM
			    : lookup_create(loop, setup->name_servers, &smtp->lookup);
	if (error < 0) {
		(void)curl_multi_cleanup(smtp->multi);
		curl_global_cleanup();
		free(smtp);
		return error;
	}
	(void)uv_timer_init(loop, &smtp->timer);
	smtp->timer.data = smtp;
	(void)curl_multi_setopt(smtp->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	(void)curl_multi_setopt(smtp->multi, CURLMOPT_SOCKETDATA, smtp);
	(void)curl_multi_setopt(smtp->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	(void)curl_multi_setopt(smtp->multi, CURLMOPT_TIMERDATA, smtp);
	(void)curl_multi_setopt(smtp->multi, CURLMOPT_MAXCONNECTS, (long)SMTP_INFLIGHT_MAX);
	*ret_smtp = smtp;
	return 0;
}

/*
 * A handle taken from libcurl in the midst of its conversation ends that with
 * the final dot, whatever was said before: the server would keep half a letter,
 * or an empty one, and the whole one comes again later.  So nothing more is
 * said first.
 */
static void hang_up(struct attempt *attempt)
{
	if (attempt->fd != CURL_SOCKET_BAD) {
		(void)shutdown(attempt->fd, SHUT_RDWR);
	}
}

void smtp_end(struct smtp *smtp)
{
	if (smtp == NULL || smtp->ending) {
		return;
	}
	smtp->ending = true;
	lookup_close(smtp->lookup); /* lands what waits for an address */
	while (smtp->flying != NULL) {
		bool sent = smtp->flying->step == OUTCOME_BODY;
		hang_up(smtp->flying);
		land(smtp->flying, sent ? OUTCOME_UNKNOWN : OUTCOME_RETRY, "stopping");
	}
	while (smtp->queue != NULL) {
		struct attempt *attempt = smtp->queue;
		smtp->queue = attempt->next;
		smtp->queued--;
		answer(smtp, attempt->delivery, attempt->number, OUTCOME_RETRY, "", "stopping");
		attempt_destroy(attempt);
	}
	(void)curl_multi_cleanup(smtp->multi);
	smtp->multi = NULL;
	uv_close((uv_handle_t *)&smtp->timer, NULL);
}

struct smtp *smtp_destroy(struct smtp *smtp)
{
	if (smtp != NULL) {
		curl_global_cleanup();
		free(smtp);
	}
	return NULL;
}
