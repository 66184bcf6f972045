/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/sensors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "probe/flap.h"
#include "probe/snmp/device.h"
#include "probe/snmp/sink.h"
#include "probe/state.h"

/* Of a name, so that it fits into an alert's key. */
enum { NAME_OCTETS_MAX = 160, CLASS_OCTETS_MAX = 32 };

struct sensor {
	char *name; /* its key */
	size_t name_n;
	size_t class_n; /* of a value: so much of it is the class and its colon */
	struct state_track track;
	struct flap flap;
	enum check_state told; /* CHECK_UP: nothing stands open of it */
	bool present;
};

struct sensors {
	struct sensor item[SENSORS_MAX];
	size_t count;
	uint64_t refused;
};

struct sensors *sensors_create(void)
{
	struct sensors *sensors = calloc(1, sizeof(*sensors));
	if (sensors == NULL) {
		abort();
	}
	return sensors;
}

struct sensors *sensors_destroy(struct sensors *sensors)
{
	for (size_t i = 0; sensors != NULL && i < sensors->count; i++) {
		free(sensors->item[i].name);
	}
	free(sensors);
	return NULL;
}

uint64_t sensors_refused(const struct sensors *sensors)
{
	return sensors->refused;
}

static bool is_state(const struct device_sensor *seen)
{
	return slice_is(seen->class, "state");
}

static struct slice name_of(const struct sensor *sensor)
{
	return slice_of(sensor->name, sensor->name_n);
}

/* Two of one name are told apart by their order; those seen already in this inventory are present. */
static struct sensor *find(struct sensors *sensors, struct slice name)
{
	for (size_t i = 0; i < sensors->count; i++) {
		if (slice_eq(name_of(&sensors->item[i]), name)) {
			return &sensors->item[i];
		}
	}
	if (sensors->count == SENSORS_MAX) {
		sensors->refused++;
		return NULL;
	}
	struct sensor *made = &sensors->item[sensors->count++];
	*made = (struct sensor) {
		.name = malloc(name.n + 1), .name_n = name.n, .told = CHECK_UP
	};
	if (made->name == NULL) {
		abort();
	}
	if (name.n > 0) {
		memcpy(made->name, name.p, name.n);
	}
	return made;
}

/* A state and a value may have one name, and so may two values of one place. */
static void key_put(struct buf *key, const struct device_sensor *seen)
{
	struct slice name = seen->descr.n > 0 ? seen->descr : seen->index;
	name = slice_head(name, name.n < NAME_OCTETS_MAX ? name.n : NAME_OCTETS_MAX);
	if (!is_state(seen)) {
		buf_put(key, slice_head(seen->class, CLASS_OCTETS_MAX));
		buf_put_byte(key, ':');
	}
	buf_put(key, slice_head(name, utf8_span(name)));
}

static struct sensor *sensor_of(struct sensors *sensors, const struct device_sensor *seen)
{
	AUTO_BUF struct buf key;
	buf_init(&key, DEVICE_TEXT_MAX);
	key_put(&key, seen);
	struct slice name = buf_slice(&key);
	struct sensor *sensor = find(sensors, name);
	for (unsigned twin = 2; sensor != NULL && sensor->present && twin <= SENSORS_MAX;
		twin++) {
		AUTO_BUF struct buf text;
		buf_init(&text, DEVICE_TEXT_MAX + 16);
		buf_put(&text, name);
		buf_printf(&text, " #%u", twin);
		sensor = find(sensors, buf_slice(&text));
	}
	if (sensor != NULL && !is_state(seen)) {
		sensor->class_n = slice_head(seen->class, CLASS_OCTETS_MAX).n + 1;
	}
	return sensor;
}

/* seen: NULL for one that is there no more. */
static void tell(struct sensor *sensor, enum check_state state,
	const struct device_sensor *seen, const struct check_spec *spec,
	const struct snmp_sink *sink)
{
	struct snmp_sensor_change change = { .key = name_of(sensor),
		.name = slice_skip(name_of(sensor), sensor->class_n),
		.state = state,
		.value = (double)NAN,
		.limit = (double)NAN };
	enum device_limit beyond = DEVICE_HIGH_WARN;
	if (seen != NULL && is_state(seen)) {
		change.word = seen->state;
	} else if (seen != NULL) {
		(void)device_sensor_severity(seen, state != CHECK_UP, &beyond);
		change.value = seen->value;
		change.limit = seen->limit[beyond];
		change.is_below = beyond <= DEVICE_LOW_WARN;
		change.unit = seen->unit;
	}
	sensor->told = state;
	if (sink->sensor != NULL) {
		sink->sensor(sink->user, spec, &change);
	}
}

static enum check_state state_of(enum device_severity severity)
{
	switch (severity) {
	case DEVICE_OK:
		return CHECK_UP;
	case DEVICE_WARNING:
		return CHECK_DEGRADED;
	case DEVICE_CRITICAL:
		return CHECK_DOWN;
	case DEVICE_UNKNOWN:
		break;
	}
	return CHECK_UNKNOWN;
}

/* Returns: is another look worth while? */
static bool judge(struct sensor *sensor, const struct device_sensor *seen,
	const struct check_spec *spec, const struct snmp_sink *sink)
{
	static const struct flap_rule flaps = { FLAP_HIGH_PERCENT, FLAP_LOW_PERCENT,
		FLAP_MISSES_OTHER };
	bool was_bad = sensor->told != CHECK_UP;
	enum check_state now = state_of(
		is_state(seen) ? seen->severity : device_sensor_severity(seen, was_bad, NULL));
	sensor->present = true;
	if (now == CHECK_UNKNOWN) {
		return false; /* it says nothing of itself */
	}
	(void)flap_take(&sensor->flap, flaps, now != CHECK_UP, true);
	(void)state_take(&sensor->track, state_rule_of(0, 0), now);
	enum check_state shown = sensor->track.shown;
	bool ends = shown == CHECK_UP && !sensor->flap.flapping;
	if (sensor->told != CHECK_UP && ends) {
		tell(sensor, CHECK_UP, seen, spec, sink);
	} else if (shown > sensor->told && shown != CHECK_UP) {
		tell(sensor, shown, seen, spec, sink);
	}
	return state_in_doubt(&sensor->track, now) || sensor->flap.flapping;
}

static void forget_absent(
	struct sensors *sensors, const struct check_spec *spec, const struct snmp_sink *sink)
{
	size_t kept = 0;
	for (size_t i = 0; i < sensors->count; i++) {
		struct sensor *sensor = &sensors->item[i];
		if (sensor->present) {
			sensors->item[kept++] = *sensor;
			continue;
		}
		if (sensor->told != CHECK_UP) {
			tell(sensor, CHECK_UP, NULL, spec, sink);
		}
		free(sensor->name);
	}
	sensors->count = kept;
}

bool sensors_take(struct sensors *sensors, const struct device *found,
	const struct check_spec *spec, const struct snmp_sink *sink)
{
	bool unsettled = false;
	for (size_t i = 0; i < sensors->count; i++) {
		sensors->item[i].present = false;
	}
	for (size_t i = 0; i < found->sensors.count; i++) {
		const struct device_sensor *seen = &found->sensors.items[i];
		struct sensor *sensor = is_state(seen) || device_sensor_limited(seen)
						? sensor_of(sensors, seen)
						: NULL;
		if (sensor != NULL) {
			unsettled = judge(sensor, seen, spec, sink) || unsettled;
		}
	}
	forget_absent(sensors, spec, sink);
	return unsettled;
}
