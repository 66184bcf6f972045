/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/conversation.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "courier/account.h"
#include "courier/mail.h"

enum {
	CONNECTIONS_KEPT = 1,
	SOCKETS_MAX = 4, /* the one kept, the one in use, and room for a second try */
	LINE_OCTETS_MAX = CONVERSATION_REPLY_OCTETS_MAX / 3 - 1 /* each may become U+FFFD */
};

struct conversation {
	CURL *easy;
	struct letter letter;
	struct curl_slist *rcpt;
	struct curl_slist *known;
	size_t sent_octets;
	bool over; /* QUIT was said: what follows speaks of no letter */
	struct conversation_end end;
	uv_mutex_t lock;      /* what follows is shared with whoever hangs up */
	int fds[SOCKETS_MAX]; /* libcurl's; -1 = none */
	enum outcome_step step;
	bool ended;
	uv_cond_t ending;
	bool hung_up;
};

/* ---- what is shared */

static int *place_of(struct conversation *conversation, int fd)
{
	for (size_t i = 0; i < SOCKETS_MAX; i++) {
		if (conversation->fds[i] == fd) {
			return &conversation->fds[i];
		}
	}
	return NULL;
}

static curl_socket_t on_open(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct conversation *conversation = user;
	int fd = -1;
	(void)purpose;
	uv_mutex_lock(&conversation->lock);
	int *place = place_of(conversation, -1);
	if (place != NULL && !conversation->hung_up) {
		fd = socket(
			address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
		*place = fd;
	}
	uv_mutex_unlock(&conversation->lock);
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

/* Closed under the lock, so that the number is nobody else's when it is shut down. */
static int on_close(void *user, curl_socket_t fd)
{
	struct conversation *conversation = user;
	uv_mutex_lock(&conversation->lock);
	int *place = place_of(conversation, fd);
	if (place != NULL) {
		*place = -1;
	}
	int rc = close(fd);
	uv_mutex_unlock(&conversation->lock);
	return rc;
}

static void step_to(struct conversation *conversation, enum outcome_step step)
{
	uv_mutex_lock(&conversation->lock);
	conversation->step = step;
	uv_mutex_unlock(&conversation->lock);
}

static void sockets_shut(struct conversation *conversation, int how)
{
	for (size_t i = 0; i < SOCKETS_MAX; i++) {
		if (conversation->fds[i] >= 0) {
			(void)shutdown(conversation->fds[i], how);
		}
	}
}

/* After the shutdown no dot can leave, so a step before BODY stays before it. */
bool conversation_hang_up(struct conversation *conversation, uint64_t answer_until_ns,
	enum outcome_step *ret_step)
{
	uv_mutex_lock(&conversation->lock);
	uint64_t now = uv_hrtime();
	while (!conversation->ended && conversation->step == OUTCOME_BODY &&
		now < answer_until_ns) {
		(void)uv_cond_timedwait(
			&conversation->ending, &conversation->lock, answer_until_ns - now);
		now = uv_hrtime();
	}
	bool under_way = !conversation->ended;
	if (under_way) {
		*ret_step = conversation->step;
	}
	conversation->hung_up = true;
	sockets_shut(conversation, SHUT_RDWR);
	uv_mutex_unlock(&conversation->lock);
	return under_way;
}

/* ---- what libcurl asks for and tells of */

static size_t on_read(char *to, size_t size, size_t count, void *user)
{
	struct conversation *conversation = user;
	struct slice left = slice_skip(conversation->letter.text, conversation->sent_octets);
	left = slice_head(left, size * count);
	memcpy(to, left.p, left.n);
	conversation->sent_octets += left.n;
	if (conversation->sent_octets == conversation->letter.text.n) {
		/* curl asks no more and ends with the dot */
		step_to(conversation, OUTCOME_BODY);
	}
	return left.n;
}

/* The conversation's lines; our own AUTH line is looked at and not kept. */
static int on_line(CURL *easy, curl_infotype type, char *text, size_t n, void *user)
{
	struct conversation *conversation = user;
	(void)easy;
	conversation->over =
		conversation->over ||
		(type == CURLINFO_HEADER_OUT && slice_starts(slice_of(text, n), SLICE("QUIT")));
	if (conversation->over) {
		return 0;
	}
	if (type == CURLINFO_HEADER_OUT) {
		step_to(conversation, outcome_step_of(slice_of(text, n), conversation->step));
	} else if (type == CURLINFO_HEADER_IN) {
		struct slice line = slice_head(slice_of(text, n), LINE_OCTETS_MAX);
		AUTO_BUF struct buf clean;
		buf_init(&clean, (size_t)CONVERSATION_REPLY_OCTETS_MAX * 4);
		utf8_put_clean(&clean, slice_trim(line));
		(void)snprintf(conversation->end.reply, sizeof(conversation->end.reply), "%.*s",
			SLICE_FMT(buf_slice(&clean)));
	}
	return 0;
}

/* ---- one letter */

static void set_server(struct conversation *conversation)
{
	CURL *easy = conversation->easy;
	const char *address = conversation->letter.address;
	const struct account *account = conversation->letter.account;
	bool v6 = strchr(account->host, ':') != NULL;
	char text[1024];
	(void)snprintf(text, sizeof(text), "%s://%s%s%s:%u/%.*s",
		account->tls == ACCOUNT_TLS_WRAPPED ? "smtps" : "smtp", v6 ? "[" : "",
		account->host, v6 ? "]" : "", account->port,
		SLICE_FMT(mail_domain(slice_str(account->from))));
	(void)curl_easy_setopt(easy, CURLOPT_URL, text);
	if (strcmp(address, account->host) != 0) {
		v6 = strchr(address, ':') != NULL;
		(void)snprintf(text, sizeof(text), "%s:%u:%s%s%s", account->host, account->port,
			v6 ? "[" : "", address, v6 ? "]" : "");
		conversation->known = curl_slist_append(NULL, text);
		(void)curl_easy_setopt(easy, CURLOPT_RESOLVE, conversation->known);
	}
	(void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	(void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	if (account->user[0] != '\0') {
		(void)curl_easy_setopt(easy, CURLOPT_USERNAME, account->user);
		(void)curl_easy_setopt(easy, CURLOPT_PASSWORD, account->password);
		/* Kerberos would load modules behind the fence. */
		(void)curl_easy_setopt(
			easy, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN;AUTH=CRAM-MD5");
	}
}

static void set_connection(struct conversation *conversation)
{
	CURL *easy = conversation->easy;
	long timeout_ms = (long)conversation->letter.account->timeout_ms;
	(void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout_ms);
	(void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms);
	/* The answer to QUIT is no part of the letter, and of its time. */
	(void)curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, timeout_ms / 1000 + 1);
	(void)curl_easy_setopt(easy, CURLOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT);
	(void)curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)CONVERSATION_AGE_S);
	(void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
	(void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, conversation);
	(void)curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
	(void)curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, conversation);
}

static void set_tls(CURL *easy, const struct letter *letter)
{
	const struct account *account = letter->account;
	struct slice ca = account->ca.n > 0 ? account->ca : letter->ca;
	struct curl_blob blob = {
		.data = (void *)(uintptr_t)ca.p, .len = ca.n, .flags = CURL_BLOB_NOCOPY
	};
	long usage = account->tls == ACCOUNT_TLS_NONE ? CURLUSESSL_NONE : CURLUSESSL_ALL;
	(void)curl_easy_setopt(easy, CURLOPT_USE_SSL, usage);
	(void)curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	(void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, account->verify ? 1L : 0L);
	(void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, account->verify ? 2L : 0L);
	(void)curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	(void)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	if (ca.n > 0) {
		(void)curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
	}
}

static void set_letter(struct conversation *conversation)
{
	CURL *easy = conversation->easy;
	const struct letter *letter = &conversation->letter;
	conversation->rcpt = curl_slist_append(NULL, letter->to);
	(void)curl_easy_setopt(easy, CURLOPT_MAIL_FROM, letter->account->from);
	(void)curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, conversation->rcpt);
	(void)curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
	(void)curl_easy_setopt(easy, CURLOPT_READDATA, conversation);
	(void)curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)letter->text.n);
	(void)curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_line);
	(void)curl_easy_setopt(easy, CURLOPT_DEBUGDATA, conversation);
}

void conversation_begin(struct conversation *conversation, const struct letter *letter)
{
	conversation->letter = *letter;
	conversation->sent_octets = 0;
	conversation->over = false;
	conversation->end.reply[0] = '\0';
	uv_mutex_lock(&conversation->lock);
	conversation->step = OUTCOME_CONNECT;
	conversation->ended = false;
	uv_mutex_unlock(&conversation->lock);
}

void conversation_run(struct conversation *conversation)
{
	curl_easy_reset(conversation->easy); /* which keeps the connection */
	set_server(conversation);
	set_connection(conversation);
	set_tls(conversation->easy, &conversation->letter);
	set_letter(conversation);
	CURLcode code = curl_easy_perform(conversation->easy);
	curl_slist_free_all(conversation->rcpt);
	curl_slist_free_all(conversation->known);
	conversation->rcpt = NULL;
	conversation->known = NULL;
	conversation->end.accepted = code == CURLE_OK;
	conversation->end.why = curl_easy_strerror(code);
	uv_mutex_lock(&conversation->lock);
	conversation->end.step = conversation->step;
	conversation->ended = true;
	uv_cond_signal(&conversation->ending);
	uv_mutex_unlock(&conversation->lock);
}

const struct conversation_end *conversation_end(const struct conversation *conversation)
{
	return &conversation->end;
}

/* ---- life */

struct conversation *conversation_create(void)
{
	struct conversation *conversation = calloc(1, sizeof(*conversation));
	CURL *easy = curl_easy_init();
	if (conversation == NULL || easy == NULL || uv_mutex_init(&conversation->lock) != 0) {
		goto nothing;
	}
	if (uv_cond_init(&conversation->ending) != 0) {
		uv_mutex_destroy(&conversation->lock);
		goto nothing;
	}
	conversation->easy = easy;
	conversation->ended = true;
	for (size_t i = 0; i < SOCKETS_MAX; i++) {
		conversation->fds[i] = -1;
	}
	return conversation;
nothing:
	curl_easy_cleanup(easy);
	free(conversation);
	return NULL;
}

struct conversation *conversation_destroy(struct conversation *conversation)
{
	if (conversation == NULL) {
		return NULL;
	}
	/* libcurl says QUIT and would wait for the answer; so it finds at once that none comes. */
	sockets_shut(conversation, SHUT_RD);
	curl_easy_cleanup(conversation->easy);
	uv_cond_destroy(&conversation->ending);
	uv_mutex_destroy(&conversation->lock);
	free(conversation);
	return NULL;
}
