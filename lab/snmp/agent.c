/* SPDX-License-Identifier: Apache-2.0 */
#include "agent.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/num.h"
#include "device.h"
#include "proto/ber.h"
#include "proto/beroid.h"
#include "proto/mib_table.h"
#include "proto/snmp.h"

enum { COLUMNS_MAX = 256, ROOM_FOR_HEAD = 80, NOT_WRITABLE = 17 };

struct request {
	struct device *device;
	const struct snmp_msg *msg;
	struct buf *out;
	struct snmp_writer writer;
	size_t begin;
	int64_t now_ms;
	struct slice names[COLUMNS_MAX];
	const struct recording *recording;
	const struct row *rows[COLUMNS_MAX]; /* of GETBULK: the last one given */
	size_t count;
};

static struct snmp_writer begin(const struct request *request, int error, int index)
{
	struct snmp_msg reply = *request->msg;
	reply.kind = SNMP_RESPONSE;
	reply.error_status = error;
	reply.error_index = index;
	return snmp_begin(request->out, &reply);
}

/* The request's own variables come back with the error, RFC 3416 section 4.2. */
static int refuse(struct request *request, int error, size_t index)
{
	request->out->n = request->begin;
	request->out->failed = false;
	request->writer = begin(request, error, (int)index);
	for (size_t i = 0; i < request->count && error != SNMP_TOO_BIG; i++) {
		snmp_put_name(&request->writer, request->names[i]);
	}
	return snmp_end(&request->writer);
}

static bool is_full(const struct request *request)
{
	return request->out->n - request->begin >
	       (size_t)request->device->octets_max - ROOM_FOR_HEAD;
}

static const struct row *row_of(const struct request *request, struct slice name, bool next)
{
	const struct recording *recording = request->recording;
	size_t at = recording_find(recording, name);
	bool found = at < recording->count && slice_eq(recording->rows[at].name, name);
	if (!next) {
		return found ? &recording->rows[at] : NULL;
	}
	at += found ? 1 : 0;
	return at < recording->count ? &recording->rows[at] : NULL;
}

static void put(struct request *request, struct slice name, const struct row *row)
{
	if (row != NULL) {
		device_put_row(request->out, request->device, row, request->now_ms);
		return;
	}
	uint8_t nothing =
		request->msg->kind == SNMP_GET ? SNMP_NO_SUCH_INSTANCE : SNMP_END_OF_MIB_VIEW;
	snmp_put(&request->writer, name, nothing, (struct slice) { 0 });
}

/* Version 1 knows no Counter64 and no exceptions: RFC 3584 section 4.2.2.1. */
static bool is_hidden(const struct request *request, const struct row *row)
{
	return request->msg->version == SNMP_V1 && (row == NULL || row->tag == MIB_COUNTER64);
}

static int answer_each(struct request *request)
{
	bool next = request->msg->kind == SNMP_GETNEXT;
	for (size_t i = 0; i < request->count; i++) {
		const struct row *row = row_of(request, request->names[i], next);
		while (next && row != NULL && is_hidden(request, row)) {
			row = row_of(request, row->name, true);
		}
		if (is_hidden(request, row)) {
			return refuse(request, SNMP_NO_SUCH_NAME, i + 1);
		}
		if (is_full(request)) {
			return refuse(request, SNMP_TOO_BIG, 0);
		}
		/* An agent that loops answers with what it was asked for. */
		bool loops = request->device->loops && next && i == 0;
		const struct row *same =
			loops ? row_of(request, request->names[i], false) : NULL;
		put(request, request->names[i], same != NULL ? same : row);
	}
	return snmp_end(&request->writer);
}

/* Returns false when nothing more is to come. */
static bool answer_repetition(struct request *request, size_t first, bool loop_back)
{
	bool more = false;
	for (size_t i = first; i < request->count; i++) {
		if (is_full(request)) {
			return false;
		}
		const struct row *row = request->rows[i];
		const struct recording *recording = request->recording;
		if (row == NULL) {
			row = row_of(request, request->names[i], true);
		} else if (!(loop_back && i == first)) {
			row = row + 1 < recording->rows + recording->count ? row + 1 : NULL;
		}
		put(request, request->names[i], row);
		if (row != NULL) {
			request->rows[i] = row;
			request->names[i] = row->name;
			more = true;
		}
	}
	return more;
}

static int answer_bulk(struct request *request)
{
	int32_t single = request->msg->error_status;
	int32_t repetitions = request->msg->error_index;
	size_t first = single < 0 ? 0 : (size_t)single;
	first = first < request->count ? first : request->count;
	size_t all = request->count;
	request->count = first;
	(void)answer_repetition(request, 0, false);
	request->count = all;
	bool more = first < all;
	for (int32_t i = 0; i < repetitions && more; i++) {
		more = answer_repetition(request, first, request->device->loops && i > 3);
	}
	return snmp_end(&request->writer);
}

static int take_names(struct request *request)
{
	struct snmp_varbind one;
	struct rd rd = rd_of(request->msg->varbinds);
	int rc = 0;
	while ((rc = snmp_next(&rd, &one)) == 1) {
		if (request->count == COLUMNS_MAX) {
			return E_LIMIT;
		}
		request->names[request->count++] = one.name;
	}
	return rc;
}

static int answer_garbage(struct request *request)
{
	static const uint8_t tags[] = { 0x30, 0x02, 0xff, 0x84, 0x00, 0xa2, 0x06, 0x80 };
	uint32_t octets = 8 + device_chance(request->device, 120);
	for (uint32_t i = 0; i < octets; i++) {
		uint32_t dice = device_chance(request->device, 256);
		uint8_t octet = i % 3 == 0 ? tags[dice % 8] : (uint8_t)dice;
		buf_put_byte(request->out, octet);
	}
	return 0;
}

static int answer(struct request *request)
{
	const struct device *device = request->device;
	if (take_names(request) < 0) {
		return E_DENIED;
	}
	if (device->garbage) {
		return answer_garbage(request);
	}
	bool is_bulk = request->msg->kind == SNMP_GETBULK;
	int64_t asked =
		(int64_t)request->count *
		(is_bulk && request->msg->error_index > 0 ? request->msg->error_index : 1);
	if (device->varbinds_max > 0 && asked > device->varbinds_max) {
		return refuse(request, SNMP_TOO_BIG, 0);
	}
	if (request->msg->kind == SNMP_SET) {
		bool old = request->msg->version == SNMP_V1;
		return refuse(request, old ? SNMP_NO_SUCH_NAME : NOT_WRITABLE, 1);
	}
	request->writer = begin(request, 0, 0);
	return is_bulk ? answer_bulk(request) : answer_each(request);
}

/* The device's own, or of "COMMUNITY@VLAN" that VLAN's bridge; NULL for anybody else. */
static const struct recording *recording_of(const struct device *device, struct slice community)
{
	struct slice name = { 0 };
	struct slice vlan = { 0 };
	if (slice_is(community, device->community)) {
		return device->recording;
	}
	for (size_t i = 0; slice_cut(community, '@', &name, &vlan) &&
			   slice_is(name, device->community) && i < device->vlan_count;
		i++) {
		uint64_t number = 0;
		if (num_u64(vlan, UINT16_MAX, &number) == 0 &&
			number == device->vlans[i].number) {
			return device->vlans[i].recording;
		}
	}
	return NULL;
}

int agent_answer(struct device *device, struct slice datagram, int64_t now_ms, struct buf *out)
{
	struct snmp_msg msg;
	struct request request = {
		.device = device, .msg = &msg, .out = out, .now_ms = now_ms
	};
	request.begin = out->n;
	device->asked++;
	if (device->dead || snmp_parse(datagram, &msg) < 0 || msg.version == SNMP_V3 ||
		(request.recording = recording_of(device, msg.community)) == NULL ||
		(device->v1_only && msg.version != SNMP_V1) ||
		(device->loss_percent > 0 &&
			device_chance(device, 100) < device->loss_percent)) {
		return E_DENIED;
	}
	bool is_request = msg.kind == SNMP_GET || msg.kind == SNMP_GETNEXT ||
			  msg.kind == SNMP_SET ||
			  (msg.kind == SNMP_GETBULK && msg.version != SNMP_V1);
	if (!is_request) {
		return E_DENIED;
	}
	int rc = answer(&request);
	device->answered += rc == 0;
	return rc == 0 ? 0 : E_DENIED;
}

static void put_parsed(
	struct snmp_writer *writer, const char *name, uint8_t tag, struct slice octets)
{
	AUTO_BUF struct buf oid;
	buf_init(&oid, BEROID_OCTETS_MAX);
	if (beroid_put_parsed(&oid, slice_str(name)) == 0) {
		snmp_put(writer, buf_slice(&oid), tag, octets);
	}
}

static void put_number(
	struct snmp_writer *writer, const char *name, uint8_t tag, uint64_t value)
{
	uint8_t octets[9] = { 0 };
	for (size_t i = 0; i < 8; i++) {
		octets[1 + i] = (uint8_t)(value >> (56 - 8 * i));
	}
	put_parsed(writer, name, tag, slice_of(octets + 4, 5));
}

static void put_port(struct snmp_writer *writer, enum agent_trap trap, uint32_t if_index)
{
	static const char *const columns[] = { "1.3.6.1.2.1.2.2.1.1", "1.3.6.1.2.1.2.2.1.7",
		"1.3.6.1.2.1.2.2.1.8" };
	const uint64_t values[] = { if_index, 1, trap == AGENT_LINK_DOWN ? 2 : 1 };
	for (size_t i = 0; i < 3; i++) {
		AUTO_BUF struct buf name;
		buf_init(&name, 64);
		buf_printf(&name, "%s.%u", columns[i], if_index);
		put_number(writer, (const char *)name.p, MIB_INTEGER, values[i]);
	}
}

int agent_trap(const struct device *device, unsigned version, enum agent_trap trap,
	uint32_t if_index, int64_t now_ms, struct buf *out)
{
	uint8_t agent[4] = { (uint8_t)(device->address >> 24), (uint8_t)(device->address >> 16),
		(uint8_t)(device->address >> 8), (uint8_t)device->address };
	uint32_t ticks = device_uptime_ticks(device, now_ms);
	struct snmp_msg msg = { .version = version == 0 ? SNMP_V1 : SNMP_V2C,
		.kind = version == 0 ? SNMP_TRAP_V1 : SNMP_TRAP_V2,
		.community = slice_str(device->community),
		.request_id = (int32_t)(now_ms & INT32_MAX) };
	msg.trap1 = (struct snmp_trap1) { .enterprise = device->recording->enterprise,
		.agent = slice_of(agent, 4),
		.generic = (int32_t)trap,
		.uptime_ticks = ticks };
	struct snmp_writer writer = snmp_begin(out, &msg);
	if (version != 0) {
		/* snmpTraps 1.3.6.1.6.3.1.1.5: generic n is n + 1 there, RFC 3584 section 3.1. */
		uint8_t name[] = { 0x2b, 6, 1, 6, 3, 1, 1, 5, (uint8_t)(trap + 1) };
		put_number(&writer, "1.3.6.1.2.1.1.3.0", MIB_TIME_TICKS, ticks);
		put_parsed(&writer, "1.3.6.1.6.3.1.1.4.1.0", MIB_OID,
			slice_of(name, sizeof(name)));
	}
	if (if_index != 0) {
		put_port(&writer, trap, if_index);
	}
	return snmp_end(&writer);
}
