/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/snmp_check.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/map.h"
#include "probe/snmp/pace.h"
#include "probe/snmp/snmp_check_priv.h"
#include "probe/verdict.h"
#include "proto/beroid.h"
#include "proto/mib_table.h"
#include "sys/clock.h"
#include "sys/rand.h"

/* A sending and two repeats, each waited for twice as long: 1 + 2 + 4 shares. */
enum { WAIT_SHARES = 7, WHO_OCTETS_MAX = 16384, COLUMN_OCTETS = 16 };

static const struct oid sys_object_id = { (const uint32_t[]) { 1, 3, 6, 1, 2, 1, 1, 2, 0 }, 9 };
static const struct oid sys_uptime = { (const uint32_t[]) { 1, 3, 6, 1, 2, 1, 1, 3, 0 }, 9 };
static const struct oid engine_boots = {
	(const uint32_t[]) { 1, 3, 6, 1, 6, 3, 10, 2, 1, 2, 0 }, 11
};
static const struct oid engine_time = { (const uint32_t[]) { 1, 3, 6, 1, 6, 3, 10, 2, 1, 3, 0 },
	11 };

int64_t snmp_now_ms(void)
{
	return clock_mono_us() / 1000;
}

/* ---- one device */

static void device_free(struct snmp_device *device)
{
	poll_remove(device->checker->poller, device->at);
	device->checker->ports_refused += ports_refused(device->ports);
	device->ports = ports_destroy(device->ports);
	if (device->sensors != NULL) {
		device->checker->sensors_refused += sensors_refused(device->sensors);
	}
	device->sensors = sensors_destroy(device->sensors);
	device->table = mib_table_destroy(device->table);
	free(device->spec);
	free(device);
}

bool snmp_device_release(struct snmp_device *device)
{
	device->jobs--;
	if (!device->gone || device->jobs > 0) {
		return false;
	}
	struct snmp_device **at = &device->checker->gone;
	while (*at != device) {
		at = &(*at)->next_waiting;
	}
	*at = device->next_waiting;
	device_free(device);
	return true;
}

static struct slice key_of(const int64_t *id)
{
	return slice_of(id, sizeof(*id));
}

void snmp_checker_wake(struct snmp_checker *checker, int64_t check_id)
{
	const struct snmp_device *device = map_get(checker->by_id, key_of(&check_id));
	if (device != NULL) {
		poll_wake(checker->poller, device->at);
	}
}

void snmp_checker_forget(struct snmp_checker *checker, int64_t check_id)
{
	struct snmp_device *device = map_take(checker->by_id, key_of(&check_id));
	if (device == NULL) {
		return;
	}
	device->gone = true;
	inventory_drop(device);
	if (device->jobs == 0) {
		device_free(device);
		return;
	}
	device->next_waiting = checker->gone;
	checker->gone = device;
}

/* ---- results */

static void tell_all(struct snmp_device *device)
{
	struct check_sink sinks[SNMP_ASKERS_MAX];
	unsigned count = device->run_count;
	for (unsigned i = 0; i < count; i++) {
		sinks[i] = device->run[i];
	}
	device->run_count = 0;
	device->running = false;
	for (unsigned i = 0; i < count && !device->gone; i++) {
		sinks[i].done(sinks[i].user, sinks[i].tag, &device->result);
	}
}

static int run_begin(struct snmp_device *device);

/* Those who asked meanwhile want a look from after their asking. */
static void run_end(struct snmp_device *device)
{
	bool answered =
		device->result.state == CHECK_UP || device->result.state == CHECK_DEGRADED;
	device->table = mib_table_destroy(device->table);
	tell_all(device);
	if (device->gone) {
		return;
	}
	for (unsigned i = 0; i < device->next_count; i++) {
		device->run[i] = device->next[i];
	}
	device->run_count = device->next_count;
	device->next_count = 0;
	bool more = device->run_count > 0 || device->again;
	device->again = false;
	if (more && run_begin(device) < 0) {
		check_result_init(&device->result, device->spec, clock_unix_ms());
		check_result_set(&device->result, CHECK_UNKNOWN, "check.not_started");
		tell_all(device);
	}
	if (answered) {
		inventory_consider(device);
	}
}

static const char *denial_code(enum poll_denial denial)
{
	static const char *const codes[] = { [POLL_DENIED_LEVEL] = "snmp.wrong_level",
		[POLL_DENIED_WINDOW] = "snmp.not_in_time",
		[POLL_DENIED_USER] = "snmp.unknown_user",
		[POLL_DENIED_DIGEST] = "snmp.wrong_auth",
		[POLL_DENIED_PRIVACY] = "snmp.wrong_privacy" };
	bool known = (size_t)denial < sizeof(codes) / sizeof(codes[0]) && codes[denial] != NULL;
	return known ? codes[denial] : "snmp.denied";
}

static void conclude(struct snmp_device *device, const struct poll_answer *answer)
{
	struct check_result *result = &device->result;
	switch (answer->end) {
	case POLL_OK:
		check_result_set(result, CHECK_UP, "snmp.ok");
		break;
	case POLL_TIMEOUT:
	case POLL_DEAD:
		result->repeated = answer->began_us == 0;
		check_result_set(result, CHECK_DOWN, "snmp.timeout");
		break;
	case POLL_ERROR:
		check_result_arg_int(result, "status", answer->error_status);
		check_result_set(result, CHECK_DEGRADED, "snmp.error");
		break;
	case POLL_GARBAGE:
		check_result_set(result, CHECK_DOWN, "snmp.garbage");
		break;
	case POLL_DENIED:
		check_result_set(result, CHECK_DOWN, denial_code(answer->denial));
		break;
	}
}

static void conclude_up(struct snmp_device *device)
{
	struct check_result *result = &device->result;
	uint32_t slow_ms = device->spec->warn_latency_ms;
	int64_t uptime_s = device->uptime.seen.ticks / 100;
	check_result_perf(result, "uptime", (double)uptime_s, "s");
	if (slow_ms != 0 && result->latency_us > (int64_t)slow_ms * 1000) {
		check_result_set(result, CHECK_DEGRADED, "snmp.slow");
	} else if (device->restarted) {
		check_result_arg_int(result, "uptime_s", uptime_s);
		check_result_set(result, CHECK_UP, "snmp.restarted");
	}
}

/* ---- a run: is it there, then its ports */

static void on_ports(void *user, const struct poll_answer *answer)
{
	struct snmp_device *device = user;
	conclude(device, answer);
	if (answer->end == POLL_OK && !device->gone) {
		(void)mib_table_seal(device->table);
		struct ports_poll poll = { .table = device->table,
			.spec = device->spec,
			.sink = &device->checker->config.sink,
			/* Counters are read along the walk: its middle is nearest to all. */
			.at_ms = snmp_now_ms() - answer->took_us / 2000,
			.restarted = device->restarted };
		if (ports_take(device->ports, &poll) > 0) {
			inventory_hasten(device);
		}
		conclude_up(device);
		device->restarted = false;
	}
	if (!device->gone) {
		run_end(device);
	}
	(void)snmp_device_release(device);
}

static int ask(struct snmp_device *device, const struct oid *oids, size_t count,
	void (*done)(void *user, const struct poll_answer *answer))
{
	struct buf octets[PORTS_COLUMNS];
	struct slice names[PORTS_COLUMNS];
	int rc = 0;
	for (size_t i = 0; i < count; i++) {
		buf_init(&octets[i], COLUMN_OCTETS);
		rc = beroid_put(&octets[i], oids[i]) < 0 ? E_RANGE : rc;
		names[i] = buf_slice(&octets[i]);
	}
	struct poll_ask what = { .names = names,
		.count = count,
		.table = device->table,
		.done = done,
		.user = device };
	struct poller *poller = device->checker->poller;
	rc = rc < 0             ? rc
	     : done == on_ports ? poll_walk(poller, device->at, &what)
				: poll_get(poller, device->at, &what);
	for (size_t i = 0; i < count; i++) {
		buf_fini(&octets[i]);
	}
	device->jobs += rc == 0;
	return rc;
}

static bool number_at(const struct mib_table *table, struct oid oid, uint32_t *ret_number)
{
	const struct mib_value *value = mib_table_get(table, oid);
	if (value == NULL || (value->type != MIB_INTEGER && value->type != MIB_TIME_TICKS)) {
		return false;
	}
	*ret_number =
		value->type == MIB_INTEGER ? (uint32_t)value->integer : (uint32_t)value->count;
	return true;
}

static void identity_take(struct snmp_device *device)
{
	struct uptime_seen seen = { 0 };
	(void)mib_table_seal(device->table);
	const struct mib_value *id = mib_table_get(device->table, sys_object_id);
	bool same = id != NULL && id->type == MIB_OID &&
		    oid_cmp(id->oid, oid_of(&device->object_id)) == 0;
	if (id != NULL && id->type == MIB_OID && !same) {
		/* Another device at the same address, or the first look. */
		device->object_id = (struct oid_room) { 0 };
		(void)!oid_append(&device->object_id, id->oid);
		device->due_ms = 0;
	}
	seen.has_engine = number_at(device->table, engine_boots, &seen.boots) &&
			  number_at(device->table, engine_time, &seen.engine_s);
	if (number_at(device->table, sys_uptime, &seen.ticks) &&
		uptime_step(&device->uptime, &seen, snmp_now_ms()) == UPTIME_RESTARTED) {
		/* Kept until ports were polled: only then do counters know. */
		device->restarted = true;
		device->due_ms = 0;
	}
}

static void on_asked(void *user, const struct poll_answer *answer)
{
	struct snmp_device *device = user;
	struct check_result *result = &device->result;
	bool goes_on = answer->end == POLL_OK && !device->gone;
	conclude(device, answer);
	if (answer->round_trip_us >= 0 && answer->end != POLL_DEAD) {
		result->latency_us = answer->round_trip_us;
		check_result_perf(result, "rtt", (double)answer->round_trip_us, "us");
	}
	if (goes_on) {
		identity_take(device);
		device->table = mib_table_destroy(device->table);
		device->table = mib_table_create();
		goes_on = ask(device, ports_columns, PORTS_COLUMNS, on_ports) == 0;
	}
	if (!goes_on && !device->gone) {
		run_end(device);
	}
	(void)snmp_device_release(device);
}

static int run_begin(struct snmp_device *device)
{
	const struct oid oids[] = { sys_uptime, sys_object_id, engine_boots, engine_time };
	bool is_old = check_spec_number(device->spec, SNMP_VERSION) == SNMP_VERSION_1;
	check_result_init(&device->result, device->spec, clock_unix_ms());
	device->running = true;
	device->table = mib_table_create();
	/* Version 1 answers one missing object with none at all. */
	int rc = ask(device, oids, is_old ? 2 : 4, on_asked);
	if (rc < 0) {
		device->running = false;
		device->table = mib_table_destroy(device->table);
	}
	return rc;
}

/* ---- whom to ask */

static struct slice text_of(const struct check_spec *spec, unsigned value)
{
	const char *text = check_spec_text(spec, value);
	return text != NULL ? slice_str(text) : (struct slice) { 0 };
}

static uint64_t digest_of_who(const struct check_spec *spec)
{
	static const unsigned texts[] = { SNMP_COMMUNITY, SNMP_USER, SNMP_AUTH_PASSWORD,
		SNMP_PRIVACY_PASSWORD };
	AUTO_BUF struct buf who;
	buf_init(&who, WHO_OCTETS_MAX);
	probe_addr_put(&who, &spec->addr);
	buf_printf(&who, " %u %u %u %lld %lld %lld", spec->addr.scope_id, spec->port,
		spec->timeout_ms, (long long)check_spec_number(spec, SNMP_VERSION),
		(long long)check_spec_number(spec, SNMP_AUTH),
		(long long)check_spec_number(spec, SNMP_PRIVACY));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		buf_put_byte(&who, 0);
		buf_put(&who, text_of(spec, texts[i]));
	}
	uint64_t digest = digest_xxh3(buf_slice(&who));
	explicit_bzero(who.p, who.n);
	return digest;
}

static int user_set(struct snmp_device *device, const struct check_spec *spec)
{
	static const enum usm_auth auths[] = { [SNMP_AUTH_NONE] = USM_NO_AUTH,
		[SNMP_AUTH_MD5] = USM_MD5,
		[SNMP_AUTH_SHA1] = USM_SHA1,
		[SNMP_AUTH_SHA224] = USM_SHA224,
		[SNMP_AUTH_SHA256] = USM_SHA256,
		[SNMP_AUTH_SHA384] = USM_SHA384,
		[SNMP_AUTH_SHA512] = USM_SHA512 };
	static const enum usm_priv privs[] = { [SNMP_PRIVACY_NONE] = USM_NO_PRIV,
		[SNMP_PRIVACY_AES128] = USM_AES128,
		[SNMP_PRIVACY_AES192] = USM_AES192,
		[SNMP_PRIVACY_AES256] = USM_AES256 };
	device->user.auth = auths[check_spec_number(spec, SNMP_AUTH)];
	device->user.priv = privs[check_spec_number(spec, SNMP_PRIVACY)];
	return usm_user_set(&device->user, text_of(spec, SNMP_USER),
		text_of(spec, SNMP_AUTH_PASSWORD), text_of(spec, SNMP_PRIVACY_PASSWORD));
}

static int device_add(struct snmp_device *device, const struct check_spec *spec)
{
	static const enum snmp_version versions[] = { [SNMP_VERSION_1] = SNMP_V1,
		[SNMP_VERSION_2C] = SNMP_V2C,
		[SNMP_VERSION_3] = SNMP_V3 };
	struct slice community = text_of(spec, SNMP_COMMUNITY);
	struct poll_target target = { .addr = spec->addr,
		.port = spec->port,
		.version = versions[check_spec_number(spec, SNMP_VERSION)],
		.community = community.n > 0 ? community : SLICE("public"),
		.wait_ms = (uint16_t)(verdict_timeout_ms(spec) / WAIT_SHARES) };
	int rc = 0;
	if (target.wait_ms < PACE_WAIT_MIN_MS) {
		target.repeats = 1;
	}
	if (target.version == SNMP_V3) {
		target.user = &device->user;
		rc = user_set(device, spec);
	}
	return rc < 0 ? E_INPUT : poll_add(device->checker->poller, &target, &device->at);
}

static int device_create(struct snmp_checker *checker, const struct check_spec *spec,
	struct snmp_device **ret_device)
{
	struct snmp_device *device = calloc(1, sizeof(*device));
	struct check_spec *copy = check_spec_dup(spec);
	if (device == NULL || copy == NULL) {
		free(device);
		free(copy);
		return -ENOMEM;
	}
	device->checker = checker;
	device->spec = copy;
	device->digest = digest_of_who(spec);
	int rc = device_add(device, spec);
	if (rc < 0) {
		free(copy);
		free(device);
		return rc;
	}
	device->ports = ports_create();
	device->sensors = sensors_create();
	rc = map_put(checker->by_id, key_of(&spec->id), device);
	if (rc < 0) {
		device_free(device);
		return rc;
	}
	*ret_device = device;
	return 0;
}

/* The device of this check, asked as the spec says now. */
static int device_find(struct snmp_checker *checker, const struct check_spec *spec,
	struct snmp_device **ret_device)
{
	struct snmp_device *device = map_get(checker->by_id, key_of(&spec->id));
	if (device != NULL && device->digest != digest_of_who(spec)) {
		if (device->jobs > 0) {
			return E_BUSY;
		}
		snmp_checker_forget(checker, spec->id);
		device = NULL;
	}
	if (device == NULL) {
		return device_create(checker, spec, ret_device);
	}
	*ret_device = device;
	return 0;
}

int snmp_check_start(
	struct snmp_checker *checker, const struct check_spec *spec, struct check_sink sink)
{
	struct snmp_device *device = NULL;
	int rc = device_find(checker, spec, &device);
	if (rc < 0) {
		return rc;
	}
	if (device->running) {
		if (device->next_count == SNMP_ASKERS_MAX) {
			return E_BUSY;
		}
		device->next[device->next_count++] = sink;
		return 0;
	}
	struct check_spec *copy = check_spec_dup(spec);
	if (copy == NULL) {
		return -ENOMEM;
	}
	free(device->spec);
	device->spec = copy;
	rc = run_begin(device);
	if (rc == 0) {
		device->run[0] = sink;
		device->run_count = 1;
	}
	return rc;
}

/* ---- looks that the device calls for */

static bool look_allowed(struct snmp_device *device)
{
	int64_t now_ms = snmp_now_ms();
	while (device->looks > 0 && now_ms - device->look_ms >= SNMP_LOOK_MS) {
		device->looks--;
		device->look_ms += SNMP_LOOK_MS;
	}
	device->look_ms = device->looks == 0 ? now_ms : device->look_ms;
	device->looks = (uint8_t)(device->looks + (device->looks <= SNMP_LOOKS_MAX));
	return device->looks <= SNMP_LOOKS_MAX;
}

bool snmp_checker_look(struct snmp_checker *checker, const struct probe_addr *addr)
{
	size_t cursor = 0;
	struct slice key;
	void *value = NULL;
	struct snmp_device *device = NULL;
	while (device == NULL && map_next(checker->by_id, &cursor, &key, &value)) {
		struct snmp_device *one = value;
		device = probe_addr_eq(&one->spec->addr, addr) ? one : NULL;
	}
	if (device == NULL || !look_allowed(device)) {
		return false;
	}
	device->again = device->running;
	return device->running || run_begin(device) == 0;
}

/* ---- the checker */

int snmp_checker_create(
	uv_loop_t *loop, const struct snmp_config *config, struct snmp_checker **ret_checker)
{
	struct snmp_checker *checker = calloc(1, sizeof(*checker));
	struct poll_config poll = { .devices_max = config->devices_max != 0
							   ? config->devices_max
							   : SNMP_DEVICES_DEFAULT,
		.fd4 = -1,
		.fd6 = -1 };
	if (checker == NULL) {
		return -ENOMEM;
	}
	rand_octets(poll.seed, sizeof(poll.seed));
	int rc = poll_create(loop, &poll, &checker->poller);
	if (rc < 0) {
		free(checker);
		return rc;
	}
	checker->config = *config;
	checker->by_id = map_create(poll.devices_max, poll.seed);
	checker->waiting_end = &checker->waiting;
	*ret_checker = checker;
	return 0;
}

struct snmp_stats snmp_checker_stats(const struct snmp_checker *checker)
{
	struct poll_stats poll = poll_stats(checker->poller);
	struct snmp_stats stats = { .devices = poll.devices,
		.dead = poll.dead,
		.sent = poll.sent,
		.inventories = checker->inventories_done,
		.inventories_failed = checker->inventories_failed,
		.ports_refused = checker->ports_refused,
		.sensors_refused = checker->sensors_refused };
	return stats;
}

static void close_one(struct snmp_device *device)
{
	device->jobs = 0; /* the poller is closing: none of them will be told */
	inventory_drop(device);
	device_free(device);
}

void snmp_checker_close(struct snmp_checker *checker)
{
	size_t cursor = 0;
	struct slice key;
	void *device = NULL;
	if (checker == NULL) {
		return;
	}
	poll_close(checker->poller);
	while (map_next(checker->by_id, &cursor, &key, &device)) {
		close_one(device);
	}
	while (checker->gone != NULL) {
		struct snmp_device *gone = checker->gone;
		checker->gone = gone->next_waiting;
		close_one(gone);
	}
	checker->by_id = map_destroy(checker->by_id);
	free(checker);
}
