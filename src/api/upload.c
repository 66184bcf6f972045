/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "api/pending.h"
#include "api/server_priv.h"
#include "base/err.h"
#include "base/utf8.h"
#include "sys/clock.h"

/* Longest file name; the frame's limit. */
enum { NAME_OCTETS_MAX = 300 };

/* The member "name" of the query, unescaped. */
static int name_take(const struct request *r, struct buf *out)
{
	struct slice left = r->query;
	while (left.n > 0) {
		struct slice pair = { 0 };
		struct slice name = { 0 };
		struct slice value = { 0 };
		(void)slice_cut(left, '&', &pair, &left);
		(void)slice_cut(pair, '=', &name, &value);
		if (slice_is(name, "name") && value.n > 0) {
			return route_path_decode(value, out);
		}
	}
	return E_ABSENT;
}

static void ask_leave(struct request *r)
{
	struct server *server = r->server;
	AUTO_BUF struct buf name;
	buf_init(&name, NAME_OCTETS_MAX);
	int error = name_take(r, &name);
	if (error < 0) {
		reply_problem(r, MHD_HTTP_BAD_REQUEST, "upload.name", NULL);
		return;
	}
	struct msg_grant_ask msg = {
		.token = r->token,
		.address = slice_str(r->client->address),
		.loopback = r->client->loopback,
		.route = (uint32_t)r->hit.id,
		.id = r->hit.record,
		.octets = r->upload_octets,
		.name = buf_slice(&name),
		.asked_at_ms = r->asked_at_ms,
		.key = r->hit.key,
	};
	buf_clear(&server->out);
	msg_grant_ask_encode(&msg, &server->out);
	r->has_slot = true;
	server->uploads++;
	(void)!forward_ask(r, IPC_CORE, MSG_GRANT_ASK, -1);
}

void upload_head(struct request *r)
{
	struct server *server = r->server;
	if (r->upload_octets == UINT64_MAX) {
		reply_problem(r, MHD_HTTP_LENGTH_REQUIRED, "upload.length", NULL);
		return;
	}
	if (r->upload_octets == 0 || r->upload_octets > SERVER_UPLOAD_OCTETS_MAX) {
		server->counters[COUNT_REFUSED_UPLOADS]++;
		reply_problem(r, MHD_HTTP_CONTENT_TOO_LARGE, "upload.size", NULL);
		return;
	}
	if (server->uploads < SERVER_UPLOADS_MAX) {
		ask_leave(r);
	} else if (server->uploads_waiting >= SERVER_UPLOADS_WAITING_MAX) {
		server->counters[COUNT_REFUSED_UPLOADS]++;
		reply_problem(r, MHD_HTTP_SERVICE_UNAVAILABLE, "upload.busy", NULL);
		reply_field(r, "Retry-After", "5");
	} else {
		server->uploads_waiting++;
		r->deadline_ms = clock_mono_ms() + server->setup.answer_ms;
		r->waits_turn = true;
	}
	if (r->response == NULL) {
		r->state = REQUEST_GRANTING;
		server_suspend(r);
	}
}

/* The body may come, or, with a response, be left unread. */
static void go_on(struct request *r)
{
	r->state = REQUEST_GRANTED;
	r->client->receiving = true;
	r->client->since_ms = clock_mono_ms();
	r->client->grace_ms = SERVER_UPLOAD_MS;
	server_resume(r);
}

/* The oldest that waits for its turn. */
static void next_start(struct server *server)
{
	struct request *oldest = NULL;
	for (struct request *r = server->requests; r != NULL; r = r->next) {
		oldest = r->waits_turn ? r : oldest;
	}
	if (oldest == NULL || server->uploads >= SERVER_UPLOADS_MAX || server->ending) {
		return;
	}
	oldest->waits_turn = false;
	server->uploads_waiting--;
	ask_leave(oldest);
	if (oldest->response != NULL) {
		go_on(oldest);
	}
}

void upload_granted(struct request *r, const struct msg_grant *msg)
{
	if (msg->status != MHD_HTTP_OK || msg->grant == 0) {
		bool refused = msg->status >= 400 && msg->status < 600;
		if (refused && msg->problem.n > 0) {
			reply_text(r, msg->status, "application/problem+json", msg->problem);
		} else {
			reply_problem(r, refused ? msg->status : MHD_HTTP_FORBIDDEN,
				"upload.refused", NULL);
		}
	} else {
		r->grant = msg->grant;
		r->upload_fd = memfd_create("upload", MFD_CLOEXEC | MFD_ALLOW_SEALING);
		if (r->upload_fd < 0) {
			reply_problem(r, MHD_HTTP_SERVICE_UNAVAILABLE, "server.busy", NULL);
		}
	}
	go_on(r);
}

int upload_body(struct request *r, struct slice octets)
{
	if (octets.n > r->upload_octets - r->upload_taken) {
		return E_LIMIT;
	}
	while (octets.n > 0) {
		ssize_t n = write(r->upload_fd, octets.p, octets.n);
		if (n < 0 && errno != EINTR) {
			return -errno;
		}
		size_t done = n > 0 ? (size_t)n : 0;
		r->upload_taken += done;
		octets = slice_skip(octets, done);
	}
	return 0;
}

void upload_act(struct request *r)
{
	struct server *server = r->server;
	int fd = r->upload_fd;
	r->upload_fd = -1;
	if (r->upload_taken != r->upload_octets || lseek(fd, 0, SEEK_SET) < 0 ||
		fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0) {
		(void)close(fd);
		reply_problem(r, MHD_HTTP_BAD_REQUEST, "upload.short", NULL);
		return;
	}
	struct msg_upload msg = {
		.token = r->token, .grant = r->grant, .octets = r->upload_octets
	};
	server->counters[COUNT_UPLOADS]++;
	buf_clear(&server->out);
	msg_upload_encode(&msg, &server->out);
	if (forward_ask(r, IPC_CORE, MSG_UPLOAD, fd) == 0) {
		r->state = REQUEST_WAITING;
		server_suspend(r);
	}
}

void upload_release(struct request *r)
{
	struct server *server = r->server;
	if (r->upload_fd >= 0) {
		(void)close(r->upload_fd);
		r->upload_fd = -1;
	}
	if (r->waits_turn) {
		r->waits_turn = false;
		server->uploads_waiting--;
	}
	if (r->has_slot) {
		r->has_slot = false;
		server->uploads--;
		next_start(server);
	}
}
