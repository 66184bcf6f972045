/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/devices.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/signals.h"
#include "desk/vicinity.h"
#include "records/sql.h"

enum { LIST_OCTETS_MAX = 4 * 1024 * 1024, PART_ALERTS_MAX = 4096, FIELDS_MAX = 12 };

enum list_id { PORTS, SENSORS, PROCESSORS, MEMPOOLS, STORAGE, NEIGHBOURS, LIST_COUNT };

/* What is kept of each row, by probe's name and ours; probe reads hostile bytes, so nothing passes as it came. */
static const struct list_form {
	const char *name;
	struct {
		const char *from;
		const char *to;
		bool is_number;
	} field[FIELDS_MAX];
} forms[LIST_COUNT] = {
	[PORTS] = { "ports",
		{ { "ifName", "name", false }, { "ifDescr", "descr", false },
			{ "ifAlias", "alias", false }, { "ifAdminStatus", "admin", false },
			{ "ifOperStatus", "oper", false }, { "ifSpeed", "speed", true },
			{ "ifPhysAddress", "mac", false } } },
	[SENSORS] = { "sensors",
		{ { "class", "class", false }, { "descr", "descr", false },
			{ "value", "value", true }, { "unit", "unit", false },
			{ "state", "state", false }, { "severity", "severity", false },
			{ "metric", "metric", false }, { "low_critical", "low_critical", true },
			{ "low_warn", "low_warn", true }, { "high_warn", "high_warn", true },
			{ "high_critical", "high_critical", true } } },
	[PROCESSORS] = { "processors",
		{ { "descr", "descr", false }, { "usage", "usage", true } } },
	[MEMPOOLS] = { "mempools",
		{ { "descr", "descr", false }, { "perc", "perc", true },
			{ "used", "used", true }, { "total", "total", true } } },
	[STORAGE] = { "storage",
		{ { "descr", "descr", false }, { "perc", "perc", true },
			{ "used", "used", true }, { "total", "total", true } } },
	[NEIGHBOURS] = { "neighbours",
		{ { "protocol", "protocol", false }, { "local_port", "local_port", false },
			{ "remote_host", "remote_host", false },
			{ "remote_port", "remote_port", false },
			{ "remote_platform", "remote_platform", false },
			{ "remote_address", "remote_address", false } } },
};

static void row_put(struct jw *jw, const struct list_form *form, const struct json *row)
{
	jw_object(jw);
	for (size_t i = 0; i < FIELDS_MAX && form->field[i].from != NULL; i++) {
		const struct json *value = json_get(row, form->field[i].from);
		double number = 0;
		if (!form->field[i].is_number) {
			jw_kv_opt(jw, form->field[i].to, json_str(value));
			continue;
		}
		jw_key(jw, form->field[i].to);
		if (json_double(value, &number)) {
			jw_value(jw, value);
		} else {
			jw_null(jw);
		}
	}
	jw_end(jw);
}

static struct slice list_text(
	struct arena *arena, const struct list_form *form, const struct json *device)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	size_t count = 0;
	buf_init(&text, LIST_OCTETS_MAX);
	jw_init(&jw, &text);
	jw_array(&jw);
	for (const struct json *row = json_first(json_get(device, form->name));
		row != NULL && count < DEVICE_LIST_MAX; row = json_next(row), count++) {
		row_put(&jw, form, row);
	}
	jw_end(&jw);
	return text.failed ? SLICE("[]") : arena_dup(arena, buf_slice(&text));
}

static int facts_save(struct txn *txn, const struct device_facts *f)
{
	struct slice list[LIST_COUNT];
	const struct json *d = f->device;
	for (size_t i = 0; i < LIST_COUNT; i++) {
		list[i] = list_text(txn_arena(txn), &forms[i], d);
	}
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO device (id, at_ms, os, vendor, model, serial, sysname, software,"
		" ports, sensors, processors, mempools, storage, neighbours)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
		" ON CONFLICT (id) DO UPDATE SET at_ms = excluded.at_ms, os = excluded.os,"
		" vendor = excluded.vendor, model = excluded.model, serial = excluded.serial,"
		" sysname = excluded.sysname, software = excluded.software,"
		" ports = excluded.ports, sensors = excluded.sensors,"
		" processors = excluded.processors, mempools = excluded.mempools,"
		" storage = excluded.storage, neighbours = excluded.neighbours",
		SQL_INT(f->check_id), SQL_INT(f->at_ms), SQL_TEXT(json_get_str(d, "os")),
		SQL_TEXT(json_get_str(d, "vendor")), SQL_TEXT(json_get_str(d, "model")),
		SQL_TEXT(json_get_str(d, "serial")), SQL_TEXT(json_get_str(d, "sysname")),
		SQL_TEXT(json_get_str(d, "version")), SQL_TEXT(list[PORTS]),
		SQL_TEXT(list[SENSORS]), SQL_TEXT(list[PROCESSORS]), SQL_TEXT(list[MEMPOOLS]),
		SQL_TEXT(list[STORAGE]), SQL_TEXT(list[NEIGHBOURS]));
	return done < 0 ? (int)done : 0;
}

/* ---- ports that are well again, or gone, or shut by their keeper */

static bool is_down(const struct json *device, struct slice name)
{
	const struct json *port = json_first(json_get(device, "ports"));
	while (port != NULL && !slice_eq(json_get_str(port, "ifName"), name)) {
		port = json_next(port);
	}
	struct slice oper = json_get_str(port, "ifOperStatus");
	return slice_is(json_get_str(port, "ifAdminStatus"), "up") && oper.n > 0 &&
	       !slice_is(oper, "up");
}

/* Twins' names end with their order, long ones are cut. */
static bool is_called(const struct json *sensor, struct slice name)
{
	struct slice descr = json_get_str(sensor, "descr");
	struct slice own = descr.n > 0 ? descr : json_get_str(sensor, "index");
	return slice_starts(name, own) || slice_starts(own, name);
}

/* Of a sensor of a device: is it bad, and a state, or a value? */
static bool is_bad(const struct json *sensor, bool state)
{
	struct slice severity = json_get_str(sensor, "severity");
	return slice_is(json_get_str(sensor, "class"), "state") == state &&
	       (slice_is(severity, "warning") || slice_is(severity, "critical"));
}

/* A value beyond a limit of its device's own, by CLASS:NAME. */
static bool is_beyond(const struct json *device, struct slice key)
{
	struct slice class = { 0 };
	struct slice name = { 0 };
	(void)slice_cut(key, ':', &class, &name);
	for (const struct json *sensor = json_first(json_get(device, "sensors"));
		sensor != NULL; sensor = json_next(sensor)) {
		if (is_bad(sensor, false) && slice_eq(json_get_str(sensor, "class"), class) &&
			is_called(sensor, name)) {
			return true;
		}
	}
	return false;
}

static bool is_unwell(const struct json *device, struct slice name)
{
	for (const struct json *sensor = json_first(json_get(device, "sensors"));
		sensor != NULL; sensor = json_next(sensor)) {
		if (is_bad(sensor, true) && is_called(sensor, name)) {
			return true;
		}
	}
	return false;
}

/* What of a device has alerts of its own, each by its key. */
struct part {
	const char *class;
	const char *prefix;
	bool (*is_bad)(const struct json *device, struct slice name);
};

static int keys_open(
	struct txn *txn, int64_t check_id, const struct part *part, struct slice *ret_keys)
{
	AUTO_STMT struct stmt *q = NULL;
	int count = 0;
	int row = sql_query(txn_db(txn),
		"SELECT dedup_key FROM alert WHERE state = 'firing' AND watch_id = $1"
		" AND class = $3 ORDER BY id LIMIT $2",
		&q, SQL_INT(check_id), SQL_INT(PART_ALERTS_MAX), SQL_STR(part->class));
	while (row >= 0 && count < PART_ALERTS_MAX && (row = db_step(q)) == 1) {
		ret_keys[count++] = arena_dup(txn_arena(txn), db_col_text(q, 0));
	}
	return row < 0 ? row : count;
}

static int part_settle(struct txn *txn, const struct device_facts *f, const struct part *part)
{
	struct arena *arena = txn_arena(txn);
	struct slice *keys = arena_take(arena, PART_ALERTS_MAX * sizeof(*keys));
	struct slice prefix =
		arena_printf(arena, "%s:%lld:", part->prefix, (long long)f->check_id);
	int count = keys_open(txn, f->check_id, part, keys);
	int error = count < 0 ? count : 0;
	for (int i = 0; error >= 0 && i < count; i++) {
		struct signal signal = { .source = SLICE("probe"),
			.check = arena_printf(arena, "%lld", (long long)f->check_id),
			.class = slice_str(part->class),
			.observed_at_ms = f->at_ms,
			.state = SIGNAL_RESOLVED,
			.dedup_key = keys[i] };
		if (!part->is_bad(f->device, slice_skip(keys[i], prefix.n))) {
			error = signal_take(txn, f->env, &signal);
		}
	}
	return error;
}

static int parts_settle(struct txn *txn, const struct device_facts *f)
{
	static const struct part ports = { "port.state", "port", is_down };
	static const struct part sensors = { "sensor.state", "sensor", is_unwell };
	static const struct part values = { "sensor.limit", "limit", is_beyond };
	int error = part_settle(txn, f, &ports);
	error = error < 0 || !f->first ? error : part_settle(txn, f, &sensors);
	return error < 0 || !f->first ? error : part_settle(txn, f, &values);
}

int device_take(struct txn *txn, const struct device_facts *facts)
{
	int64_t version = 0;
	int found = sql_int(txn_db(txn), "SELECT version FROM watch WHERE id = $1", &version,
		SQL_INT(facts->check_id));
	if (found <= 0) {
		return found;
	}
	int error = facts_save(txn, facts);
	error = error < 0 ? error : parts_settle(txn, facts);
	return error < 0 ? error : txn_change(txn, "check", facts->check_id, version);
}

int device_forget(struct txn *txn, int64_t check_id)
{
	int64_t done =
		sql_run(txn_db(txn), "DELETE FROM device WHERE id = $1", SQL_INT(check_id));
	return done < 0 ? (int)done : vicinity_forget(txn, check_id);
}
