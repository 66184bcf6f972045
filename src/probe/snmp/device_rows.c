/* SPDX-License-Identifier: Apache-2.0 */
/* Rules applied row by row. */
#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "probe/snmp/device_priv.h"

enum { WALK_ROWS_MAX = 65536, FIRST_ROOM = 64, HASH_SHIFT = 32 };

static const double freezing_fahrenheit = 32;

void *finding_add(struct finding *f, enum section section, size_t size)
{
	struct finding_list *list = &f->list[section];
	if (list->count == DEVICE_ROWS_MAX) {
		f->device->refused++;
		return NULL;
	}
	if (list->count == list->room) {
		size_t room = list->room == 0 ? FIRST_ROOM : 2 * list->room;
		void *items = reallocarray(list->items, room, size);
		if (items == NULL) {
			abort();
		}
		list->items = items;
		list->room = room;
		list->size = size;
	}
	uint8_t *item = (uint8_t *)list->items + list->count++ * size;
	memset(item, 0, size);
	return item;
}

#define HAND_OVER(f, section, to)                                                              \
	do {                                                                                   \
		struct finding_list *list_ = &(f)->list[section];                              \
		struct slice kept_ = arena_dup(                                                \
			(f)->arena, slice_of(list_->items, list_->count * list_->size));       \
		(to).items = (void *)(uintptr_t)kept_.p;                                       \
		(to).count = list_->count;                                                     \
		free(list_->items);                                                            \
	} while (0)

void finding_end(struct finding *f)
{
	HAND_OVER(f, SECTION_PORTS, f->device->ports);
	HAND_OVER(f, SECTION_SENSORS, f->device->sensors);
	HAND_OVER(f, SECTION_PROCESSORS, f->device->processors);
	HAND_OVER(f, SECTION_MEMPOOLS, f->device->mempools);
	HAND_OVER(f, SECTION_STORAGE, f->device->storage);
	HAND_OVER(f, SECTION_NEIGHBOURS, f->device->neighbours);
	HAND_OVER(f, SECTION_TEXTS, f->device->texts);
	free(f->sensor_keys);
}

/* ---- fields of a row */

struct slice finding_keep(struct finding *f, size_t octets_max)
{
	struct slice text = slice_trim(buf_slice(&f->buf));
	if (text.n > octets_max) {
		text = slice_head(text, octets_max);
		text = slice_head(text, utf8_span(text));
	}
	return arena_dup(f->arena, text);
}

static struct slice text_of(struct finding *f, const struct rule *rule, enum field_name field)
{
	if (!eval_field(&f->eval, &rule->field[field], &f->buf)) {
		return (struct slice) { 0 };
	}
	return finding_keep(f, field == FIELD_TEXT ? EVAL_TEXT_MAX : DEVICE_TEXT_MAX);
}

static double number_of(
	struct finding *f, const struct rule *rule, enum field_name field, double otherwise)
{
	double number = otherwise;
	return eval_number(&f->eval, &rule->field[field], &number) ? number : otherwise;
}

static struct slice index_of(struct finding *f, struct oid oid)
{
	buf_clear(&f->buf);
	oid_put(&f->buf, f->eval.index.n > 0 ? f->eval.index : oid_skip(oid, oid.n - 1));
	return arena_dup(f->arena, buf_slice(&f->buf));
}

static struct slice oid_text(struct finding *f, struct oid oid)
{
	buf_clear(&f->buf);
	buf_put_byte(&f->buf, '.');
	oid_put(&f->buf, oid);
	return arena_dup(f->arena, buf_slice(&f->buf));
}

/* ---- sections */

void row_port(struct finding *f, const struct rule *rule)
{
	double index = number_of(f, rule, FIELD_IF_INDEX, -1);
	struct device_port *port =
		index < 0 || index > UINT32_MAX
			? NULL
			: finding_add(f, SECTION_PORTS, sizeof(struct device_port));
	if (port == NULL) {
		return;
	}
	port->if_index = (uint32_t)index;
	port->name = text_of(f, rule, FIELD_IF_NAME);
	port->descr = text_of(f, rule, FIELD_DESCR);
	port->alias = text_of(f, rule, FIELD_IF_ALIAS);
	port->type = text_of(f, rule, FIELD_IF_TYPE);
	port->admin_status = text_of(f, rule, FIELD_IF_ADMIN);
	port->oper_status = text_of(f, rule, FIELD_IF_OPER);
	port->phys_address = text_of(f, rule, FIELD_IF_PHYS);
	port->speed = number_of(f, rule, FIELD_IF_SPEED, -1);
	port->mtu = number_of(f, rule, FIELD_IF_MTU, -1);
}

static uint64_t mixed(uint64_t hash, uint32_t more)
{
	hash = (hash ^ more) * UINT64_C(0x9E3779B97F4A7C15);
	return hash ^ hash >> HASH_SHIFT;
}

/* The rule that came first, the device's own, has the say about an object. */
static bool known_sensor(struct finding *f, struct slice class, struct oid oid)
{
	size_t count = f->list[SECTION_SENSORS].count;
	uint64_t key = 1;
	for (size_t i = 0; i < class.n; i++) {
		key = mixed(key, class.p[i]);
	}
	for (size_t i = 0; i < oid.n; i++) {
		key = mixed(key, oid.id[i]);
	}
	for (size_t i = 0; i < count; i++) {
		if (f->sensor_keys[i] == key) {
			return true;
		}
	}
	if (count == f->sensor_key_room) {
		size_t room = count == 0 ? FIRST_ROOM : 2 * count;
		f->sensor_keys = reallocarray(f->sensor_keys, room, sizeof(key));
		f->sensor_key_room = room;
	}
	if (f->sensor_keys == NULL) {
		abort();
	}
	f->sensor_keys[count] = key;
	return false;
}

/* A state's number and its meaning; a value that no state names is unknown. */
static bool state_take(const struct rule *rule, struct slice text, struct device_sensor *sensor)
{
	for (size_t i = 0; i < rule->states.count; i++) {
		const struct state *state = &rule->states.items[i];
		if (!slice_eq_nocase(state->key, text)) {
			continue;
		}
		sensor->severity = state->severity;
		sensor->state = state->label;
		return eval_leading_number(
			state->number.n > 0 ? state->number : text, &sensor->value);
	}
	return eval_leading_number(text, &sensor->value);
}

static bool value_take(struct finding *f, const struct rule *rule, double *value)
{
	double of = 0;
	double by = number_of(f, rule, FIELD_DIVIDE_BY, 1);
	double exponent = number_of(f, rule, FIELD_EXPONENT, 0);
	double precision = number_of(f, rule, FIELD_PRECISION, 0);
	double number = *value * rule->multiplier / rule->divisor;
	number = by == 0 ? number : number / by;
	if (exponent != precision) {
		double places = exponent - precision;
		number = places < 0 ? number / pow(10, -places) : number * pow(10, places);
	}
	if (rule->field[FIELD_PERCENT_OF].count > 0) {
		of = number_of(f, rule, FIELD_PERCENT_OF, 0);
		number = of > 0 ? 100 * number / of : -1;
		if (number < 0) {
			return false;
		}
	}
	if (rule->as == AS_DBM_FROM_UW || rule->as == AS_DBM_FROM_MW) {
		number = rule->as == AS_DBM_FROM_UW ? number / 1000 : number;
		number = number > 0 ? 10 * log10(number) : (double)-INFINITY;
	} else if (rule->as == AS_CELSIUS_FROM_FAHRENHEIT) {
		number = (number - freezing_fahrenheit) * 5 / 9;
	} else if (rule->as == AS_IDLE) {
		number = 100 - number;
	}
	*value = number;
	return isfinite(number);
}

static struct slice unit_of(struct finding *f, const struct rule *rule, struct slice class)
{
	static const struct {
		const char *class;
		const char *unit;
	} units[] = {
		{ "temperature", "°C" },
		{ "voltage", "V" },
		{ "current", "A" },
		{ "power", "W" },
		{ "power_consumed", "kWh" },
		{ "fanspeed", "rpm" },
		{ "dbm", "dBm" },
		{ "signal", "dBm" },
		{ "humidity", "%" },
		{ "load", "%" },
		{ "percent", "%" },
		{ "charge", "%" },
		{ "frequency", "Hz" },
		{ "runtime", "min" },
		{ "snr", "dB" },
		{ "airflow", "cfm" },
		{ "pressure", "kPa" },
		{ "delay", "s" },
	};
	struct slice unit = text_of(f, rule, FIELD_UNIT);
	for (size_t i = 0; unit.n == 0 && i < sizeof(units) / sizeof(units[0]); i++) {
		unit = slice_is(class, units[i].class) ? slice_str(units[i].unit) : unit;
	}
	return unit;
}

/* Limits that do not rise from the lowest to the highest are none: the agent fills in what it has not. */
static bool limits_rise(const double limit[DEVICE_LIMITS])
{
	int last = -1;
	for (int i = 0; i < DEVICE_LIMITS; i++) {
		if (isnan(limit[i])) {
			continue;
		}
		bool other_side = last >= 0 && last < DEVICE_HIGH_WARN && i >= DEVICE_HIGH_WARN;
		if (last >= 0 &&
			(other_side ? limit[i] <= limit[last] : limit[i] < limit[last])) {
			return false;
		}
		last = i;
	}
	return true;
}

/* A limit is told as the value is, and scaled as it is. */
static void limits_take(
	struct finding *f, const struct rule *rule, struct device_sensor *sensor)
{
	for (int i = 0; i < DEVICE_LIMITS; i++) {
		double limit = 0;
		bool told =
			rule->states.count == 0 &&
			eval_number(&f->eval, &rule->field[FIELD_LOW_CRITICAL + i], &limit) &&
			value_take(f, rule, &limit);
		sensor->limit[i] = told ? limit : (double)NAN;
	}
	bool sound = limits_rise(sensor->limit);
	for (int i = 0; i < DEVICE_LIMITS && !sound; i++) {
		sensor->limit[i] = (double)NAN;
	}
	if (rule->states.count == 0) {
		sensor->severity = device_sensor_severity(sensor, false, NULL);
	}
}

void row_sensor(struct finding *f, const struct rule *rule, struct oid oid)
{
	struct device_sensor sensor = { 0 };
	if (!eval_field(&f->eval, &rule->field[FIELD_VALUE], &f->buf)) {
		return;
	}
	bool good = rule->states.count > 0
			    ? state_take(rule, buf_slice(&f->buf), &sensor)
			    : eval_leading_number(buf_slice(&f->buf), &sensor.value);
	if (!good || (rule->states.count == 0 && !value_take(f, rule, &sensor.value))) {
		return;
	}
	sensor.class = text_of(f, rule, FIELD_CLASS);
	if (sensor.class.n == 0 || known_sensor(f, sensor.class, oid)) {
		return;
	}
	struct device_sensor *kept =
		finding_add(f, SECTION_SENSORS, sizeof(struct device_sensor));
	if (kept == NULL) {
		return;
	}
	sensor.oid = oid_text(f, oid);
	sensor.index = index_of(f, oid);
	sensor.descr = text_of(f, rule, FIELD_DESCR);
	sensor.unit = unit_of(f, rule, sensor.class);
	sensor.metric = text_of(f, rule, FIELD_METRIC);
	limits_take(f, rule, &sensor);
	*kept = sensor;
}

void row_processor(struct finding *f, const struct rule *rule, struct oid oid)
{
	double usage = 0;
	if (!eval_number(&f->eval, &rule->field[FIELD_USAGE], &usage) ||
		!value_take(f, rule, &usage)) {
		return;
	}
	struct device_processor *processor =
		finding_add(f, SECTION_PROCESSORS, sizeof(struct device_processor));
	if (processor != NULL) {
		processor->usage = usage;
		processor->oid = oid_text(f, oid);
		processor->descr = text_of(f, rule, FIELD_DESCR);
	}
}

/* Two of used, free, total and a share give the others. */
static bool pool_take(struct finding *f, const struct rule *rule, struct device_pool *pool)
{
	double units = number_of(f, rule, FIELD_UNITS, 1) * rule->multiplier / rule->divisor;
	double used = number_of(f, rule, FIELD_USED, -1) * units;
	double total = number_of(f, rule, FIELD_TOTAL, -1) * units;
	double free_octets = number_of(f, rule, FIELD_FREE, -1) * units;
	double perc = number_of(f, rule, FIELD_PERC, -1);
	if (total < 0) {
		total = used >= 0 && free_octets >= 0 ? used + free_octets
			: used > 0 && perc > 0        ? used * 100 / perc
			: perc >= 0                   ? 100
						      : -1;
	}
	perc = perc >= 0 && rule->as == AS_IDLE ? 100 - perc : perc;
	if (used < 0) {
		used = free_octets >= 0 ? total - free_octets
		       : perc >= 0      ? total * perc / 100
					: -1;
	}
	/* what caches hold can be had back, unless the agent has left them out already */
	double less = units * (number_of(f, rule, FIELD_LESS, 0) +
				      number_of(f, rule, FIELD_LESS_TOO, 0));
	used = less > 0 && used > less ? used - less : used;
	if (total <= 0 || used < 0 || !isfinite(total) || !isfinite(used)) {
		return false;
	}
	pool->used = used;
	pool->total = total;
	pool->perc = perc >= 0 ? perc : round(100 * used / total);
	return true;
}

void row_pool(struct finding *f, const struct rule *rule)
{
	struct device_pool pool = { 0 };
	if (!pool_take(f, rule, &pool)) {
		return;
	}
	struct device_pool *kept = finding_add(f, rule->section, sizeof(pool));
	if (kept != NULL) {
		pool.descr = text_of(f, rule, FIELD_DESCR);
		*kept = pool;
	}
}

void row_neighbour(struct finding *f, const struct rule *rule)
{
	struct device_neighbour n = { 0 };
	n.remote_host = text_of(f, rule, FIELD_REMOTE_HOST);
	n.remote_port = text_of(f, rule, FIELD_REMOTE_PORT);
	if (n.remote_host.n == 0 && n.remote_port.n == 0) {
		return;
	}
	struct device_neighbour *kept = finding_add(f, SECTION_NEIGHBOURS, sizeof(n));
	if (kept == NULL) {
		return;
	}
	n.protocol = text_of(f, rule, FIELD_PROTOCOL);
	n.local_port = text_of(f, rule, FIELD_LOCAL_PORT);
	n.remote_platform = text_of(f, rule, FIELD_REMOTE_PLATFORM);
	n.remote_address = text_of(f, rule, FIELD_REMOTE_ADDRESS);
	*kept = n;
}

void row_text(struct finding *f, const struct rule *rule)
{
	struct device_text text = { .name = text_of(f, rule, FIELD_NAME),
		.text = text_of(f, rule, FIELD_TEXT) };
	struct device_text *kept = text.name.n == 0 || text.text.n == 0
					   ? NULL
					   : finding_add(f, SECTION_TEXTS, sizeof(text));
	if (kept != NULL) {
		*kept = text;
	}
}

/* ---- walking */

static void row_take(struct finding *f, const struct rule *rule, struct oid oid)
{
	if (!eval_all(&f->eval, &rule->only) || eval_any(&f->eval, &rule->skip)) {
		return;
	}
	switch (rule->section) {
	case SECTION_PORTS:
		row_port(f, rule);
		break;
	case SECTION_SENSORS:
		row_sensor(f, rule, oid);
		break;
	case SECTION_PROCESSORS:
		row_processor(f, rule, oid);
		break;
	case SECTION_MEMPOOLS:
	case SECTION_STORAGE:
		row_pool(f, rule);
		break;
	case SECTION_NEIGHBOURS:
		row_neighbour(f, rule);
		break;
	case SECTION_TEXTS:
		row_text(f, rule);
		break;
	case SECTION_IDENTITY:
	case SECTION_COUNT:
	default:
		break;
	}
}

static bool work_left(const struct finding *f)
{
	return *f->eval.steps_left != 0;
}

bool rule_walk(struct finding *f, const struct rule *rule, const struct ref *each)
{
	struct mib_walk walk = mib_walk_of(f->eval.table, each->oid);
	struct oid_room oid = { 0 };
	size_t rows = 0;
	if (each->kind == REF_SCALAR) {
		f->eval.value = mib_table_get(f->eval.table, each->oid);
		f->eval.index = (struct oid) { 0 };
		if (f->eval.value != NULL) {
			row_take(f, rule, each->oid);
		}
		return f->eval.value != NULL;
	}
	while (rows < WALK_ROWS_MAX && work_left(f) &&
		mib_walk_next(&walk, &f->eval.index, &f->eval.value)) {
		rows++;
		oid.n = 0;
		if (oid_append(&oid, each->oid) == 0 && oid_append(&oid, f->eval.index) == 0) {
			row_take(f, rule, oid_of(&oid));
		}
	}
	return rows > 0;
}
