/* SPDX-License-Identifier: Apache-2.0 */
/**
 * courier: carries messages core has rendered to the endpoints core names,
 * and says what became of each.
 *
 * Layer: role.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/log.h"
#include "courier/lookup.h"
#include "courier/receipts.h"
#include "courier/smtp.h"
#include "role/runtime.h"
#include "sys/clock.h"
#include "sys/memfd.h"

enum {
	CA_OCTETS_MAX = 4 * 1024 * 1024,
	RESOLV_CONF_OCTETS_MAX = 64 * 1024,
	ANNEX_OCTETS_MAX = 16 * 1024 * 1024
};

struct courier {
	struct smtp *smtp;
	struct receipts *receipts;
	struct buf ca;
	uint64_t malformed;  /* frames */
	uint64_t unanswered; /* core was gone, or slow: the next one is told */
};

static void file_read(const char *path, size_t octets_max, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	buf_init(out, octets_max);
	for (ssize_t n = 1; fd >= 0 && n > 0;) {
		uint8_t *to = buf_reserve(out, 16384);
		n = to != NULL ? read(fd, to, 16384) : 0;
		buf_commit(out, n > 0 ? (size_t)n : 0);
	}
	if (fd >= 0) {
		(void)close(fd);
	}
}

static void tell(void *ctx, const struct smtp_result *result)
{
	struct runtime *rt = ctx;
	struct courier *courier = rt->self;
	struct msg_sent msg = { .delivery = result->delivery,
		.attempt = result->attempt,
		.outcome = slice_str(outcome_text(result->outcome)),
		.provider = result->provider,
		.error = result->error };
	if (rt->peers[IPC_CORE] == NULL ||
		RUNTIME_SEND(rt, IPC_CORE, sent, MSG_SENT, 0, 0, &msg, -1) < 0) {
		courier->unanswered++;
	}
}

static void on_sent(void *ctx, const struct smtp_result *result)
{
	struct runtime *rt = ctx;
	struct courier *courier = rt->self;
	receipts_keep(courier->receipts, result);
	tell(rt, result);
}

static void peer(struct runtime *rt, enum ipc_role other, bool up)
{
	struct courier *courier = rt->self;
	if (other == IPC_CORE && up) {
		receipts_each(courier->receipts, tell, rt);
	}
}

static int prepare(struct runtime *rt, struct diag *diag)
{
	struct courier *courier = rt->self;
	AUTO_BUF struct buf resolv_conf;
	AUTO_BUF struct buf servers;
	buf_init(&servers, 512);
	file_read("/etc/resolv.conf", RESOLV_CONF_OCTETS_MAX, &resolv_conf);
	file_read("/etc/ssl/certs/ca-certificates.crt", CA_OCTETS_MAX, &courier->ca);
	lookup_servers(buf_slice(&resolv_conf), &servers);
	courier->receipts = receipts_create();
	if (courier->receipts == NULL) {
		return diag_set(diag, -ENOMEM, 0, 0, "mail: %s", err_text(-ENOMEM));
	}
	struct smtp_setup setup = { .name_servers =
					    servers.n > 0 ? (const char *)servers.p : "",
		.ca = buf_slice(&courier->ca),
		.done = on_sent,
		.ctx = rt };
	int error = smtp_create(&rt->loop, &setup, &courier->smtp);
	return error < 0 ? diag_set(diag, error, 0, 0, "mail: %s", err_text(error)) : 0;
}

static int begin(struct runtime *rt, struct diag *diag)
{
	(void)rt;
	(void)diag;
	return 0;
}

static void refuse(struct runtime *rt, const struct msg_send *msg, const char *why)
{
	struct smtp_result result = { .delivery = msg->delivery,
		.attempt = msg->attempt,
		.outcome = OUTCOME_PERMANENT,
		.error = slice_str(why) };
	on_sent(rt, &result);
}

static void hand_over(struct runtime *rt, const struct msg_send *msg, int fd)
{
	struct courier *courier = rt->self;
	struct memfd_map map = { 0 };
	if (!slice_is(msg->channel, "mail")) {
		refuse(rt, msg, "channel");
		return;
	}
	if (fd >= 0 && memfd_map(fd, ANNEX_OCTETS_MAX, &map) < 0) {
		refuse(rt, msg, "too large");
		return;
	}
	/* A descriptor beside a text is its annex; alone it is the text. */
	struct smtp_job job = { .delivery = msg->delivery,
		.attempt = msg->attempt,
		.config = msg->config,
		.to = msg->to,
		.key = msg->message_id,
		.subject = msg->subject,
		.body = msg->body.n > 0 ? msg->body : map.octets,
		.annex = msg->body.n > 0 ? map.octets : (struct slice) { 0 },
		.at_unix_ms = clock_unix_ms() };
	smtp_send(courier->smtp, &job);
	memfd_unmap(&map);
}

static void frame(struct runtime *rt, enum ipc_role from, struct ipc_frame *frame)
{
	struct courier *courier = rt->self;
	struct msg_send msg = { 0 };
	struct msg_settled settled = { 0 };
	if (from != IPC_CORE || (frame->type != MSG_SEND && frame->type != MSG_SETTLED)) {
		return;
	}
	if (frame->type == MSG_SEND && msg_send_decode(frame->payload, &msg) == 0) {
		hand_over(rt, &msg, frame->fd);
	} else if (frame->type == MSG_SETTLED &&
		   msg_settled_decode(frame->payload, &settled) == 0) {
		receipts_drop(courier->receipts, settled.delivery, settled.attempt);
	} else {
		courier->malformed++;
		log_event(LOG_WARNING, "send.malformed", F_INT("octets", frame->payload.n));
	}
}

static void status(struct runtime *rt, struct jw *jw)
{
	struct courier *courier = rt->self;
	smtp_status(courier->smtp, jw);
	jw_kv_int(jw, "malformed", (int64_t)courier->malformed);
	jw_kv_int(jw, "unanswered", (int64_t)courier->unanswered);
	jw_kv_int(jw, "receipts_lost", (int64_t)receipts_lost(courier->receipts));
}

static void end(struct runtime *rt)
{
	struct courier *courier = rt->self;
	smtp_end(courier->smtp);
}

int main(int argc, char **argv)
{
	static const struct role_spec role = {
		.self = IPC_COURIER,
		.fence_groups = FENCE_CONNECT | FENCE_MEMFD,
		.prepare = prepare,
		.begin = begin,
		.frame = frame,
		.peer = peer,
		.status = status,
		.end = end,
	};
	struct courier courier = { 0 };
	int code = runtime_main(argc, argv, &role, &courier);
	courier.smtp = smtp_destroy(courier.smtp);
	courier.receipts = receipts_destroy(courier.receipts);
	buf_fini(&courier.ca);
	return code;
}
