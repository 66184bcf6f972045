/* SPDX-License-Identifier: Apache-2.0 */
#include "role/probe/devices.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/log.h"
#include "model/signal.h"
#include "probe/check.h"
#include "probe/prober.h"
#include "probe/snmp/device.h"
#include "probe/snmp/profile.h"
#include "probe/snmp/vicinity.h"
#include "role/probe/probe.h"
#include "role/probe/table.h"
#include "role/runtime.h"
#include "role/signal_queue.h"
#include "sys/clock.h"
#include "sys/memfd.h"

enum { DEVICE_OCTETS_MAX = 4 * 1024 * 1024, FRAME_BODY_MAX = 57000 };
enum {
	UNIT_OCTETS_MAX = 16,
	NUMBER_OCTETS = 352
}; /* DBL_MAX has 309 places before the point */

struct devices {
	struct probe *probe;
	struct profiles *profiles;
	size_t profiles_refused;
	uint64_t figures;
	uint64_t port_changes;
	uint64_t sensor_changes;
	uint64_t told;
	uint64_t unsent;
	uint64_t looks;
	uint64_t looks_refused;
};

static int folder_of(const struct runtime *rt, const char *handle)
{
	int above = runtime_handle(rt, handle);
	return above >= 0 ? openat(above, "profiles", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
}

static void profiles_take(struct devices *devices)
{
	struct diag_list mistakes;
	int share = folder_of(devices->probe->rt, "share");
	int site = folder_of(devices->probe->rt, "site");
	diag_list_init(&mistakes);
	devices->profiles = profiles_create();
	(void)!profiles_read(share, site, devices->profiles, &mistakes);
	devices->profiles_refused = mistakes.count + mistakes.refused;
	for (size_t i = 0; i < mistakes.count; i++) {
		log_event(LOG_WARNING, "profile.refused",
			F_STR("file", mistakes.items[i].source),
			F_INT("line", (int64_t)mistakes.items[i].line),
			F_STR("why", mistakes.items[i].text));
	}
	diag_list_fini(&mistakes);
	if (share >= 0) {
		(void)close(share);
	}
	if (site >= 0) {
		(void)close(site);
	}
}

struct devices *devices_create(struct probe *probe)
{
	struct devices *devices = calloc(1, sizeof(*devices));
	if (devices == NULL) {
		abort();
	}
	devices->probe = probe;
	profiles_take(devices);
	return devices;
}

struct devices *devices_destroy(struct devices *devices)
{
	if (devices != NULL) {
		devices->profiles = profiles_destroy(devices->profiles);
	}
	free(devices);
	return NULL;
}

const struct profiles *devices_profiles(const struct devices *devices)
{
	return devices->profiles;
}

/* What goes through a port that carries an egress line is told once more as that line's. */
static void line_figure(struct devices *devices, const struct check_spec *spec,
	const struct snmp_figure *figure)
{
	bool in = slice_is(figure->metric, "in_bps");
	const struct watch *watch = in || slice_is(figure->metric, "out_bps")
					    ? table_get(devices->probe->table, spec->id)
					    : NULL;
	for (unsigned i = 0; watch != NULL && i < watch->line_count; i++) {
		struct series_row series = { .check_id = spec->id,
			.metric = in ? SLICE("egress_in_bps") : SLICE("egress_out_bps"),
			.instance = figure->instance,
			.unit = figure->unit,
			.label = slice_str(watch->lines[i].name) };
		if (slice_is(figure->instance, watch->lines[i].port)) {
			samples_put_figure(&devices->probe->samples, &series, figure->value);
		}
	}
}

static void on_figure(
	void *user, const struct check_spec *spec, const struct snmp_figure *figure)
{
	struct devices *devices = user;
	struct series_row series = { .check_id = spec->id,
		.metric = figure->metric,
		.instance = figure->instance,
		.unit = figure->unit,
		.label = figure->label };
	devices->figures++;
	samples_put_figure(&devices->probe->samples, &series, figure->value);
	line_figure(devices, spec, figure);
}

/* A part of a device that changed: its key goes into the alert's key, its name into the words. */
struct part_change {
	const char *part; /* in the key: "port", "sensor" or "limit" */
	const char *word; /* and in the words: "port" or "sensor" */
	struct slice class;
	struct slice key;
	struct slice name;
	struct {
		const char *name;
		struct slice text;
	} detail[2];       /* what else is said of it */
	struct slice code; /* empty = it is well again */
	enum alert_severity severity;
};

static void part_tell(
	struct devices *devices, const struct watch *watch, const struct part_change *change)
{
	AUTO_BUF struct buf args;
	AUTO_BUF struct buf dedup;
	char check[24];
	struct jw jw;
	buf_init(&args, SIGNAL_TEXT_MAX);
	buf_init(&dedup, SIGNAL_KEY_MAX);
	jw_init(&jw, &args);
	jw_object(&jw);
	jw_kv_str(&jw, "name", slice_str(watch->name));
	jw_kv_str(&jw, "target", slice_str(watch->target));
	jw_kv_str(&jw, change->word, change->name);
	for (unsigned i = 0; i < 2 && change->detail[i].name != NULL; i++) {
		jw_kv_str(&jw, change->detail[i].name, change->detail[i].text);
	}
	jw_end(&jw);
	(void)snprintf(check, sizeof(check), "%lld", (long long)watch->spec->id);
	buf_printf(&dedup, "%s:%s:", change->part, check);
	buf_put(&dedup, change->key);
	struct signal signal = {
		.source = SLICE("probe"),
		.check = slice_str(check),
		.asset_key = slice_str(watch->host),
		.class = change->class,
		.severity = change->severity,
		.observed_at_ms = clock_unix_ms(),
		.state = change->code.n > 0 ? SIGNAL_FIRING : SIGNAL_RESOLVED,
		.dedup_key = buf_slice(&dedup),
		.code = change->code,
		.args = args.failed ? SLICE("{}") : buf_slice(&args),
	};
	/* A refusal is counted and logged there. */
	(void)!signal_queue_put(devices->probe->signals, &signal);
}

static void on_port(
	void *user, const struct check_spec *spec, const struct snmp_port_change *change)
{
	struct devices *devices = user;
	const struct watch *watch = table_get(devices->probe->table, spec->id);
	if (watch == NULL) {
		return;
	}
	struct slice code = change->alias.n > 0 ? SLICE("port.down_named") : SLICE("port.down");
	struct part_change port = { .part = "port",
		.word = "port",
		.class = SLICE("port.state"),
		.key = change->name,
		.name = change->name,
		.detail = { { "alias", change->alias } },
		.code = change->is_down ? code : (struct slice) { 0 },
		.severity = watch->severity };
	devices->port_changes++;
	part_tell(devices, watch, &port);
}

/* Only what the device itself calls critical is as grave as the check. */
static enum alert_severity sensor_severity(const struct watch *watch, enum check_state state)
{
	return state == CHECK_DEGRADED && watch->severity < ALERT_SEVERITY_MINOR
		       ? ALERT_SEVERITY_MINOR
		       : watch->severity;
}

/* "78 °C": two places at most, and none that say nothing. */
static struct slice number_text(char *room, size_t octets, double value, struct slice unit)
{
	int n = snprintf(room, octets, "%.2f", value);
	size_t end = n > 0 && (size_t)n < octets ? (size_t)n : 0;
	while (end > 1 && room[end - 1] == '0') {
		end--;
	}
	end -= end > 1 && room[end - 1] == '.';
	bool tight = unit.n == 0 || slice_is(unit, "%");
	unit = slice_head(unit, UNIT_OCTETS_MAX);
	n = snprintf(room + end, octets - end, "%s%.*s", tight ? "" : " ", SLICE_FMT(unit));
	return slice_of(room, end + (n > 0 ? (size_t)n : 0));
}

/* A value beyond a limit of the device's own, or a state. */
static void on_sensor(
	void *user, const struct check_spec *spec, const struct snmp_sensor_change *change)
{
	struct devices *devices = user;
	char room[2][NUMBER_OCTETS];
	const struct watch *watch = table_get(devices->probe->table, spec->id);
	if (watch == NULL) {
		return;
	}
	bool is_value = change->key.n != change->name.n;
	struct part_change sensor = { .part = is_value ? "limit" : "sensor",
		.word = "sensor",
		.class = is_value ? SLICE("sensor.limit") : SLICE("sensor.state"),
		.key = change->key,
		.name = change->name,
		.detail = { { "word", change->word } },
		.code = change->state == CHECK_UP ? (struct slice) { 0 }
			: !is_value               ? SLICE("sensor.bad")
			: change->is_below        ? SLICE("sensor.below_own")
						  : SLICE("sensor.above_own"),
		.severity = sensor_severity(watch, change->state) };
	if (is_value && !isnan(change->value)) {
		sensor.detail[0].name = "value";
		sensor.detail[0].text =
			number_text(room[0], NUMBER_OCTETS, change->value, change->unit);
		sensor.detail[1].name = "limit";
		sensor.detail[1].text =
			number_text(room[1], NUMBER_OCTETS, change->limit, change->unit);
	}
	devices->sensor_changes++;
	part_tell(devices, watch, &sensor);
}

/* A frame's body when it fits, else a sealed file beside it. */
static int body_of(const struct buf *text, struct slice *ret_body, int *ret_fd)
{
	*ret_fd = -1;
	if (text->failed) {
		return E_LIMIT;
	}
	if (text->n <= FRAME_BODY_MAX) {
		return 0;
	}
	*ret_body = (struct slice) { 0 };
	return memfd_of(buf_slice(text), ret_fd);
}

static void on_device(
	void *user, const struct check_spec *spec, const struct device *device, bool first)
{
	struct devices *devices = user;
	AUTO_BUF struct buf text;
	int fd = -1;
	buf_init(&text, DEVICE_OCTETS_MAX);
	device_put_json(&text, device);
	struct msg_device msg = { .check_id = spec->id,
		.at_ms = clock_unix_ms(),
		.first = first,
		.json = buf_slice(&text) };
	int error = body_of(&text, &msg.json, &fd);
	/* Every inventory is told anew: what core misses now it gets next time. */
	error = error < 0 ? error
			  : RUNTIME_SEND(devices->probe->rt, IPC_CORE, device, MSG_DEVICE, 0, 0,
				    &msg, fd);
	devices->told += error >= 0;
	devices->unsent += error < 0;
}

static void on_vicinity(void *user, const struct check_spec *spec,
	const struct mib_table *table, const struct device *device)
{
	struct devices *devices = user;
	AUTO_BUF struct buf text;
	int fd = -1;
	buf_init(&text, DEVICE_OCTETS_MAX);
	vicinity_put_json(&text, table, device);
	struct msg_vicinity msg = {
		.check_id = spec->id, .at_ms = clock_unix_ms(), .json = buf_slice(&text)
	};
	int error = body_of(&text, &msg.json, &fd);
	error = error < 0 ? error
			  : RUNTIME_SEND(devices->probe->rt, IPC_CORE, vicinity, MSG_VICINITY,
				    0, 0, &msg, fd);
	devices->told += error >= 0;
	devices->unsent += error < 0;
}

struct snmp_sink devices_sink(struct devices *devices)
{
	return (struct snmp_sink) { on_figure, on_port, on_device, on_sensor, on_vicinity,
		devices };
}

void devices_look(struct devices *devices, const struct ipc_frame *frame)
{
	struct msg_look msg = { 0 };
	bool given = msg_look_decode(frame->payload, &msg) == 0 &&
		     prober_look(devices->probe->prober, msg.source);
	devices->looks += given;
	devices->looks_refused += !given;
}

void devices_status(const struct devices *devices, struct jw *jw)
{
	jw_kv_int(jw, "profiles", (int64_t)profiles_count(devices->profiles));
	jw_kv_int(jw, "profiles_refused", (int64_t)devices->profiles_refused);
	jw_kv_int(jw, "device_figures", (int64_t)devices->figures);
	jw_kv_int(jw, "port_changes", (int64_t)devices->port_changes);
	jw_kv_int(jw, "sensor_changes", (int64_t)devices->sensor_changes);
	jw_kv_int(jw, "devices_told", (int64_t)devices->told);
	jw_kv_int(jw, "devices_unsent", (int64_t)devices->unsent);
	jw_kv_int(jw, "device_looks", (int64_t)devices->looks);
	jw_kv_int(jw, "device_looks_refused", (int64_t)devices->looks_refused);
}
