/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/err.h"
#include "probe/snmp/poll_priv.h"
#include "proto/beroid.h"
#include "proto/mib_table.h"

bool walk_is_done(const struct poll_job *job)
{
	for (size_t i = 0; i < job->count; i++) {
		if (!job->names[i].done) {
			return false;
		}
	}
	return true;
}

void walk_choose(struct poll_device *device)
{
	const struct poll_job *job = device->jobs;
	unsigned most = pace_repetitions(&device->pace, 1);
	device->asked_names = 0;
	for (size_t i = 0; i < job->count && device->asked_names < most; i++) {
		if (!job->names[i].done) {
			device->asked[device->asked_names++] = (uint8_t)i;
		}
	}
	bool in_rows = job->is_walk && device->version != SNMP_V1;
	device->asked_rows = in_rows ? pace_repetitions(&device->pace, device->asked_names) : 1;
}

/* sysUpTime.0: every agent has it. */
static void put_uptime(struct snmp_writer *writer)
{
	static const uint8_t uptime[] = { 0x2b, 6, 1, 2, 1, 1, 3, 0 };
	snmp_put_name(writer, slice_of(uptime, sizeof(uptime)));
}

bool walk_put_request(const struct poll_device *device, const struct snmp_msg *head,
	struct buf *out, bool bare)
{
	const struct poll_job *job = device->jobs;
	struct snmp_msg msg = *head;
	bool is_probe = device->stage == POLL_PROBE;
	msg.kind = SNMP_GET;
	if (job->is_walk && !is_probe) {
		bool is_old = device->version == SNMP_V1;
		msg.kind = is_old ? SNMP_GETNEXT : SNMP_GETBULK;
		msg.error_index = is_old ? 0 : device->asked_rows;
	}
	struct snmp_writer writer = bare ? snmp_begin_pdu(out, &msg) : snmp_begin(out, &msg);
	if (is_probe) {
		put_uptime(&writer);
	}
	for (size_t i = 0; i < device->asked_names && !is_probe; i++) {
		const struct poll_name *name = &job->names[device->asked[i]];
		snmp_put_name(&writer, slice_of(name->last, name->last_n));
	}
	return snmp_end(&writer) == 0;
}

static void keep(struct poll_job *job, const struct snmp_varbind *one)
{
	int rc = snmp_to_table(one, job->answer.table);
	if (rc == 1) {
		job->answer.values++;
	} else if (rc == 0) {
		job->answer.faults |= POLL_PARTIAL;
	} else {
		job->answer.faults |= rc == E_LIMIT ? POLL_TOO_MUCH : POLL_MALFORMED;
	}
}

static void take_object(
	struct poll_job *job, struct poll_name *name, const struct snmp_varbind *one)
{
	name->done = true;
	if (slice_eq(one->name, slice_of(name->base, name->base_n))) {
		keep(job, one);
	} else {
		job->answer.faults |= POLL_WRONG_NAME;
	}
}

static void take_row(
	struct poll_job *job, struct poll_name *name, const struct snmp_varbind *one)
{
	struct slice base = slice_of(name->base, name->base_n);
	if (name->done) {
		return; /* GETBULK goes on behind a column's end */
	}
	if (one->tag == SNMP_END_OF_MIB_VIEW || !beroid_under(base, one->name)) {
		name->done = true;
		return;
	}
	if (beroid_cmp(one->name, slice_of(name->last, name->last_n)) <= 0) {
		name->done = true;
		job->answer.faults |= POLL_NOT_INCREASING;
		return;
	}
	if (one->name.n > POLL_NAME_OCTETS_MAX || job->answer.values >= POLL_VALUES_MAX) {
		name->done = true;
		job->answer.faults |= POLL_TOO_MUCH;
		return;
	}
	memcpy(name->last, one->name.p, one->name.n);
	name->last_n = (uint8_t)one->name.n;
	keep(job, one);
	if ((job->answer.faults & POLL_TOO_MUCH) != 0) {
		name->done = true;
	}
}

/* Ask less; when it cannot be less, leave the first of them. */
static void ask_less(struct poll_device *device, unsigned fault)
{
	struct poll_job *job = device->jobs;
	job->answer.faults |= POLL_SLICED;
	if (!pace_refused(&device->pace, (unsigned)device->asked_names * device->asked_rows)) {
		job->names[device->asked[0]].done = true;
		job->answer.faults |= fault;
	}
}

static enum poll_next take_error(struct poll_device *device, const struct snmp_msg *msg)
{
	struct poll_job *job = device->jobs;
	bool has_index = msg->error_index >= 1 && msg->error_index <= device->asked_names;
	job->answer.error_status = msg->error_status;
	if (msg->error_status == SNMP_TOO_BIG) {
		ask_less(device, POLL_PARTIAL);
		return POLL_NEXT_ASK;
	}
	if (msg->error_status == SNMP_AUTHORIZATION) {
		return POLL_NEXT_ERROR;
	}
	/* noSuchName of version 1, or genErr: without the one it names the rest may be had. */
	if (has_index) {
		job->names[device->asked[msg->error_index - 1]].done = true;
		job->answer.faults |= job->is_walk && msg->error_status == SNMP_NO_SUCH_NAME
					      ? 0
					      : POLL_PARTIAL;
	} else {
		ask_less(device, POLL_PARTIAL);
	}
	return POLL_NEXT_ASK;
}

enum poll_next walk_take(struct poll_device *device, const struct snmp_msg *msg)
{
	struct poll_job *job = device->jobs;
	unsigned asked = (unsigned)device->asked_names * device->asked_rows;
	unsigned count = 0;
	int rc = 0;
	if (msg->error_status != SNMP_NO_ERROR) {
		enum poll_next next = take_error(device, msg);
		return next == POLL_NEXT_ASK && walk_is_done(job) ? POLL_NEXT_DONE : next;
	}
	struct snmp_varbind one;
	struct rd rd = rd_of(msg->varbinds);
	while (count < asked && (rc = snmp_next(&rd, &one)) == 1) {
		struct poll_name *name =
			&job->names[device->asked[count++ % device->asked_names]];
		if (job->is_walk) {
			take_row(job, name, &one);
		} else {
			take_object(job, name, &one);
		}
	}
	if (rc < 0 || count == 0) {
		ask_less(device, POLL_MALFORMED);
	} else if (count >= asked) {
		pace_took(&device->pace, count);
	} else if (!walk_is_done(job)) {
		pace_cut(&device->pace, count);
	}
	return walk_is_done(job) ? POLL_NEXT_DONE : POLL_NEXT_ASK;
}
