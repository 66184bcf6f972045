/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "probe/snmp/poll_priv.h"
#include "proto/usm.h"
#include "sys/rand.h"

enum { AGAIN_MAX = 4, FLAG_AUTH = 1, CONTEXT_MAX = 16 };

/* The engine cache of one device: found once, its clock followed from then on. */
struct poll_v3 {
	const struct usm_user *user;
	struct usm_engine engine;
	uint64_t salt;
	unsigned again; /* corrections in a row without an answer */
	enum poll_denial denial;
	bool noise; /* what came last was not to be believed */
	struct buf plain;
};

int session_create(const struct usm_user *user, struct poll_v3 **ret_v3)
{
	struct poll_v3 *v3 = calloc(1, sizeof(*v3));
	if (v3 == NULL) {
		return -ENOMEM;
	}
	v3->user = user;
	v3->salt = rand_u64();
	buf_init(&v3->plain, SNMP_MESSAGE_MAX);
	*ret_v3 = v3;
	return 0;
}

void session_destroy(struct poll_v3 *v3)
{
	if (v3 != NULL) {
		buf_fini(&v3->plain);
		free(v3);
	}
}

bool session_is_known(const struct poll_v3 *v3)
{
	return v3->engine.id_n > 0;
}

static uint32_t engine_time(const struct usm_engine *engine, int64_t now_ms)
{
	return engine->time_s + (uint32_t)((now_ms - engine->heard_ms) / 1000);
}

bool session_put_request(const struct poll_device *device, struct buf *out, int64_t now_ms)
{
	struct poll_v3 *v3 = device->v3;
	if (!session_is_known(v3)) {
		return usm_put_discovery(out, device->request_id) == 0;
	}
	uint8_t salt[8];
	v3->salt++;
	memcpy(salt, &v3->salt, sizeof(salt));
	struct snmp_msg head = { .request_id = device->request_id };
	head.v3 = (struct snmp_v3) { .msg_id = device->request_id,
		.boots = v3->engine.boots,
		.time_s = engine_time(&v3->engine, now_ms),
		.priv = slice_of(salt, sizeof(salt)) };
	char context[CONTEXT_MAX] = "";
	if (poll_vlan(device) != 0) {
		(void)snprintf(context, sizeof(context), "vlan-%u", poll_vlan(device));
	}
	head.v3.context_name = slice_str(context);
	AUTO_BUF struct buf pdu;
	buf_init(&pdu, POLL_REQUEST_MAX);
	return walk_put_request(device, &head, &pdu, true) &&
	       usm_put(out, v3->user, &v3->engine, &head, buf_slice(&pdu)) == 0;
}

/* Which of usmStats (RFC 3414 section 5) a report is about; 0 for none of them. */
static unsigned report_of(const struct snmp_msg *msg)
{
	static const uint8_t stats[] = { 0x2b, 6, 1, 6, 3, 15, 1, 1 };
	struct snmp_varbind one;
	struct rd rd = rd_of(msg->varbinds);
	if (snmp_next(&rd, &one) != 1 || one.name.n != sizeof(stats) + 2 ||
		!slice_starts(one.name, slice_of(stats, sizeof(stats)))) {
		return 0;
	}
	return one.name.p[sizeof(stats)];
}

static void hear_clock(struct poll_v3 *v3, const struct snmp_msg *msg, int64_t now_ms)
{
	v3->engine.boots = msg->v3.boots;
	v3->engine.time_s = msg->v3.time_s;
	v3->engine.heard_ms = now_ms;
}

static enum session_says deny(struct poll_v3 *v3, enum poll_denial denial)
{
	v3->again = 0;
	v3->denial = denial;
	return SESSION_DENIED;
}

static enum session_says again(struct poll_v3 *v3, enum poll_denial denial)
{
	return ++v3->again <= AGAIN_MAX ? SESSION_AGAIN : deny(v3, denial);
}

enum poll_denial session_give_up(struct poll_v3 *v3)
{
	bool told = session_is_known(v3) && v3->again > 0 && !v3->noise;
	if (!told || v3->user->priv == USM_NO_PRIV) {
		return POLL_DENIED_NOT;
	}
	v3->again = 0;
	v3->engine.id_n = 0;
	return POLL_DENIED_PRIVACY;
}

enum poll_denial session_denial(const struct poll_v3 *v3)
{
	return v3->denial;
}

static enum session_says take_report(
	struct poll_v3 *v3, const struct snmp_msg *msg, bool is_signed, int64_t now_ms)
{
	enum poll_denial about = (enum poll_denial)report_of(msg);
	switch (about) {
	case POLL_DENIED_ENGINE:
		/* Another engine answers there now, or the first question was answered. */
		if (usm_engine_set(&v3->engine, v3->user, msg->v3.engine_id) < 0) {
			return SESSION_IGNORE;
		}
		hear_clock(v3, msg, now_ms);
		return again(v3, about);
	case POLL_DENIED_WINDOW:
		/* Its word alone would let anybody put our clock wrong: section 3.2 (7) b. */
		if (!is_signed) {
			return SESSION_IGNORE;
		}
		hear_clock(v3, msg, now_ms);
		return again(v3, about);
	case POLL_DENIED_LEVEL:
	case POLL_DENIED_USER:
	case POLL_DENIED_DIGEST:
	case POLL_DENIED_PRIVACY:
		return deny(v3, about);
	case POLL_DENIED_NOT:
	default:
		return SESSION_IGNORE;
	}
}

/* Section 3.2 (7) b: an answer from the past is an answer played back. */
static bool is_timely(const struct usm_engine *engine, const struct snmp_v3 *v3, int64_t now_ms)
{
	if (v3->boots != engine->boots) {
		return v3->boots > engine->boots;
	}
	return (int64_t)v3->time_s + USM_WINDOW_S >= engine_time(engine, now_ms);
}

static enum session_says open_reply(
	struct poll_device *device, struct slice datagram, struct snmp_msg *msg, int64_t now_ms)
{
	struct poll_v3 *v3 = device->v3;
	bool is_signed = (msg->v3.flags & FLAG_AUTH) != 0;
	if (!is_signed && msg->kind == SNMP_REPORT) {
		return take_report(v3, msg, false, now_ms);
	}
	buf_clear(&v3->plain);
	bool ours = slice_eq(msg->v3.engine_id, slice_of(v3->engine.id, v3->engine.id_n)) &&
		    slice_eq(msg->v3.user, slice_of(v3->user->name, v3->user->name_n));
	if (!session_is_known(v3) || !ours ||
		usm_open(v3->user, &v3->engine, datagram, msg, &v3->plain) < 0) {
		return SESSION_IGNORE;
	}
	if (msg->kind == SNMP_REPORT) {
		return take_report(v3, msg, true, now_ms);
	}
	if (msg->kind != SNMP_RESPONSE || msg->request_id != device->request_id ||
		(is_signed && !is_timely(&v3->engine, &msg->v3, now_ms))) {
		return SESSION_IGNORE;
	}
	if (is_signed) {
		hear_clock(v3, msg, now_ms);
	}
	v3->again = 0;
	return SESSION_ANSWER;
}

enum session_says session_open_reply(
	struct poll_device *device, struct slice datagram, struct snmp_msg *msg, int64_t now_ms)
{
	enum session_says says = open_reply(device, datagram, msg, now_ms);
	device->v3->noise = says == SESSION_IGNORE;
	return says;
}
