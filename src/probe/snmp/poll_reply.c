/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/poll_priv.h"

static struct poll_device *device_of(
	struct poll_family *family, int32_t id, const struct probe_addr *from, uint16_t port)
{
	struct poller *poller = family->poller;
	uint32_t at = (uint32_t)id & 0xffff;
	if (at >= poller->devices_max) {
		return NULL;
	}
	struct poll_device *device = &poller->devices[at];
	bool waits = device->used && device->tick != 0 && device->request_id == id;
	return waits && device->port == port && probe_addr_eq(&device->addr, from) ? device
										   : NULL;
}

/* Who sent what cannot be read?  Its address says. */
static void note_malformed(
	struct poll_family *family, const struct probe_addr *from, uint16_t port)
{
	struct poll_device *device = poll_find(family->poller, from, port);
	family->poller->stats.malformed++;
	if (device != NULL && device->tick != 0) {
		device->jobs->malformed_seen = true;
	}
}

static void go_on(struct poller *poller, uint32_t at, enum poll_next next)
{
	struct poll_device *device = &poller->devices[at];
	device->attempt = 0;
	switch (next) {
	case POLL_NEXT_ASK:
		walk_choose(device);
		poll_send(poller, at);
		break;
	case POLL_NEXT_DONE:
		poll_end_job(poller, at, POLL_OK);
		break;
	case POLL_NEXT_ERROR:
		poll_end_job(poller, at, POLL_ERROR);
		break;
	}
}

static void answered(struct poller *poller, struct poll_device *device)
{
	int64_t after_us = poll_now_us() - device->sent_us;
	device->jobs->answer.round_trip_us = after_us;
	pace_answered(&device->pace, after_us);
	breaker_good(&device->breaker);
	poll_stop_waiting(poller, (uint32_t)(device - poller->devices));
}

static void take_v3(struct poller *poller, struct poll_device *device, struct slice datagram,
	struct snmp_msg *msg)
{
	uint32_t at = (uint32_t)(device - poller->devices);
	uint8_t stage = device->stage;
	switch (session_open_reply(device, datagram, msg, poll_now_us() / 1000)) {
	case SESSION_IGNORE:
		poller->stats.strangers++;
		break;
	case SESSION_DENIED:
		answered(poller, device);
		device->jobs->answer.denial = session_denial(device->v3);
		poll_end_job(poller, at, POLL_DENIED);
		break;
	case SESSION_AGAIN:
		answered(poller, device);
		device->stage = POLL_JOB;
		go_on(poller, at, POLL_NEXT_ASK);
		break;
	case SESSION_ANSWER:
		answered(poller, device);
		device->stage = POLL_JOB;
		go_on(poller, at, stage == POLL_JOB ? walk_take(device, msg) : POLL_NEXT_ASK);
		break;
	}
}

static void take_plain(
	struct poller *poller, struct poll_device *device, const struct snmp_msg *msg)
{
	uint32_t at = (uint32_t)(device - poller->devices);
	uint8_t stage = device->stage;
	answered(poller, device);
	device->stage = POLL_JOB;
	enum poll_next next = stage == POLL_JOB ? walk_take(device, msg) : POLL_NEXT_ASK;
	go_on(poller, at, next);
}

void poll_take(struct poll_family *family, struct slice datagram, const struct probe_addr *from,
	uint16_t from_port)
{
	struct poller *poller = family->poller;
	struct snmp_msg msg;
	if (snmp_parse(datagram, &msg) < 0) {
		note_malformed(family, from, from_port);
		return;
	}
	bool is_v3 = msg.version == SNMP_V3;
	int32_t id = is_v3 ? msg.v3.msg_id : msg.request_id;
	struct poll_device *device = device_of(family, id, from, from_port);
	if (device == NULL || device->version != msg.version ||
		(!is_v3 && msg.kind != SNMP_RESPONSE)) {
		poller->stats.strangers++;
		return;
	}
	if (is_v3) {
		take_v3(poller, device, datagram, &msg);
	} else {
		take_plain(poller, device, &msg);
	}
}
