/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/ports.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "probe/snmp/counter.h"
#include "probe/snmp/device.h"
#include "probe/snmp/portkey.h"
#include "proto/mib_table.h"
#include "sys/rand.h"

enum { TEXT_MAX = 128, SHOWN_MAX = 4 * TEXT_MAX + 16, NAME_OCTETS_MAX = 200 };

enum column {
	IF_DESCR,
	IF_SPEED,
	IF_PHYS_ADDRESS,
	IF_ADMIN_STATUS,
	IF_OPER_STATUS,
	IF_IN_OCTETS,
	IF_IN_DISCARDS,
	IF_IN_ERRORS,
	IF_OUT_OCTETS,
	IF_OUT_DISCARDS,
	IF_OUT_ERRORS,
	IF_NAME,
	IF_HC_IN_OCTETS,
	IF_HC_OUT_OCTETS,
	IF_HIGH_SPEED,
	IF_ALIAS,
	IF_DISCONTINUITY,
};

#define IF_ENTRY(column)                                                                       \
	(const uint32_t[])                                                                     \
	{                                                                                      \
		1, 3, 6, 1, 2, 1, 2, 2, 1, column                                              \
	}
#define IF_X_ENTRY(column)                                                                     \
	(const uint32_t[])                                                                     \
	{                                                                                      \
		1, 3, 6, 1, 2, 1, 31, 1, 1, 1, column                                          \
	}

const struct oid ports_columns[PORTS_COLUMNS] = {
	[IF_DESCR] = { IF_ENTRY(2), 10 },
	[IF_SPEED] = { IF_ENTRY(5), 10 },
	[IF_PHYS_ADDRESS] = { IF_ENTRY(6), 10 },
	[IF_ADMIN_STATUS] = { IF_ENTRY(7), 10 },
	[IF_OPER_STATUS] = { IF_ENTRY(8), 10 },
	[IF_IN_OCTETS] = { IF_ENTRY(10), 10 },
	[IF_IN_DISCARDS] = { IF_ENTRY(13), 10 },
	[IF_IN_ERRORS] = { IF_ENTRY(14), 10 },
	[IF_OUT_OCTETS] = { IF_ENTRY(16), 10 },
	[IF_OUT_DISCARDS] = { IF_ENTRY(19), 10 },
	[IF_OUT_ERRORS] = { IF_ENTRY(20), 10 },
	[IF_NAME] = { IF_X_ENTRY(1), 11 },
	[IF_HC_IN_OCTETS] = { IF_X_ENTRY(6), 11 },
	[IF_HC_OUT_OCTETS] = { IF_X_ENTRY(10), 11 },
	[IF_HIGH_SPEED] = { IF_X_ENTRY(15), 11 },
	[IF_ALIAS] = { IF_X_ENTRY(18), 11 },
	[IF_DISCONTINUITY] = { IF_X_ENTRY(19), 11 },
};

/* RFC 2863, ifAdminStatus and ifOperStatus. */
enum { STATUS_UP = 1, STATUS_DOWN = 2, STATUS_NOT_PRESENT = 6, STATUS_LOWER_DOWN = 7 };

static const char *const status_words[] = { "", "up", "down", "testing", "unknown", "dormant",
	"notPresent", "lowerLayerDown" };

enum rate { IN_BPS, OUT_BPS, IN_ERRORS, OUT_ERRORS, IN_DISCARDS, OUT_DISCARDS, RATES };

static const struct {
	const char *metric;
	const char *unit;
	enum column wide; /* 64 bits; the narrow one again where there is none */
	enum column narrow;
	bool is_octets;
} rates[RATES] = {
	[IN_BPS] = { "in_bps", "bit/s", IF_HC_IN_OCTETS, IF_IN_OCTETS, true },
	[OUT_BPS] = { "out_bps", "bit/s", IF_HC_OUT_OCTETS, IF_OUT_OCTETS, true },
	[IN_ERRORS] = { "in_errors", "/s", IF_IN_ERRORS, IF_IN_ERRORS, false },
	[OUT_ERRORS] = { "out_errors", "/s", IF_OUT_ERRORS, IF_OUT_ERRORS, false },
	[IN_DISCARDS] = { "in_discards", "/s", IF_IN_DISCARDS, IF_IN_DISCARDS, false },
	[OUT_DISCARDS] = { "out_discards", "/s", IF_OUT_DISCARDS, IF_OUT_DISCARDS, false },
};

struct port {
	char *texts;           /* owns what the slices below point into */
	struct slice name;     /* told and shown: one of its kind on this device */
	struct slice alias;    /* shown */
	struct slice as_typed; /* the same as it came */
	struct portkey key;
	struct counter counter[RATES];
	uint64_t discontinuity;
	uint32_t if_index;
	uint8_t admin;
	uint8_t oper;
	uint8_t bits[2]; /* of in and out octets */
	bool seen_up;
	bool told_down; /* or may have been, by the process before this one */
	bool present;
};

struct ports {
	struct port *items;
	size_t count;
	uint8_t seed[16];
	uint64_t refused;
};

struct ports *ports_create(void)
{
	struct ports *ports = calloc(1, sizeof(*ports));
	if (ports == NULL) {
		abort();
	}
	rand_octets(ports->seed, sizeof(ports->seed));
	return ports;
}

struct ports *ports_destroy(struct ports *ports)
{
	for (size_t i = 0; ports != NULL && i < ports->count; i++) {
		free(ports->items[i].texts);
	}
	if (ports != NULL) {
		free(ports->items);
	}
	free(ports);
	return NULL;
}

uint64_t ports_refused(const struct ports *ports)
{
	return ports->refused;
}

/* ---- one row of the tables */

static const struct mib_value *value_of(
	const struct mib_table *table, enum column column, uint32_t if_index)
{
	uint32_t ids[OID_IDS_MAX];
	struct oid base = ports_columns[column];
	memcpy(ids, base.id, base.n * sizeof(ids[0]));
	ids[base.n] = if_index;
	return mib_table_get(table, (struct oid) { ids, base.n + 1 });
}

static struct slice text_of(
	const struct mib_table *table, enum column column, uint32_t if_index)
{
	const struct mib_value *value = value_of(table, column, if_index);
	return value != NULL && value->type == MIB_OCTETS ? slice_head(value->octets, TEXT_MAX)
							  : (struct slice) { 0 };
}

static bool number_of(const struct mib_table *table, enum column column, uint32_t if_index,
	uint64_t *ret_number)
{
	const struct mib_value *value = value_of(table, column, if_index);
	bool counts = value != NULL && value->type != MIB_OCTETS && value->type != MIB_NULL &&
		      value->type != MIB_OID;
	if (counts) {
		*ret_number = value->type == MIB_INTEGER
				      ? (uint64_t)(value->integer > 0 ? value->integer : 0)
				      : value->count;
	}
	return counts;
}

static uint8_t status_of(const struct mib_table *table, enum column column, uint32_t if_index)
{
	uint64_t number = 0;
	return number_of(table, column, if_index, &number) && number <= STATUS_LOWER_DOWN
		       ? (uint8_t)number
		       : 0;
}

/* ---- who is who */

static struct slice text_keep(struct slice text, char **at)
{
	struct slice kept = slice_of(*at, text.n);
	if (text.n > 0) {
		memcpy(*at, text.p, text.n);
	}
	*at += text.n;
	return kept;
}

static bool is_taken(const struct ports *ports, const struct port *own, struct slice name)
{
	for (size_t i = 0; i < ports->count; i++) {
		if (&ports->items[i] != own && ports->items[i].texts != NULL &&
			slice_eq(ports->items[i].name, name)) {
			return true;
		}
	}
	return false;
}

/* What a device's keeper typed, often in GBK. */
static void put_shown(struct buf *out, struct slice text)
{
	size_t from = out->n;
	if (!utf8_valid(text) && gb18030_to_utf8(text, out) == 0) {
		text.n = 0;
	}
	utf8_put_clean(out, text);
	for (size_t i = from; i < out->n; i++) {
		out->p[i] = out->p[i] < ' ' ? ' ' : out->p[i];
	}
}

/* ifName, else ifDescr, else the number; two of one name are told apart by it. */
static void put_name(const struct ports *ports, const struct port *port,
	const struct portkey *key, struct buf *out)
{
	put_shown(out, key->name.n > 0 ? key->name : key->descr);
	if (out->n == 0) {
		buf_printf(out, "%u", port->if_index);
		return;
	}
	out->n = utf8_span(slice_head(buf_slice(out), NAME_OCTETS_MAX));
	if (is_taken(ports, port, buf_slice(out))) {
		buf_printf(out, "#%u", port->if_index);
	}
}

static void port_name(
	struct ports *ports, struct port *port, const struct portkey *key, struct slice alias)
{
	AUTO_BUF struct buf name;
	AUTO_BUF struct buf shown;
	buf_init(&name, SHOWN_MAX);
	buf_init(&shown, SHOWN_MAX);
	put_name(ports, port, key, &name);
	put_shown(&shown, alias);
	char *texts = malloc(
		key->name.n + key->descr.n + key->mac.n + alias.n + name.n + shown.n + 1);
	char *at = texts;
	if (texts == NULL) {
		abort();
	}
	struct portkey kept = { .name = text_keep(key->name, &at),
		.descr = text_keep(key->descr, &at),
		.mac = text_keep(key->mac, &at) };
	port->as_typed = text_keep(alias, &at);
	port->alias = text_keep(buf_slice(&shown), &at);
	port->name = text_keep(buf_slice(&name), &at);
	free(port->texts);
	port->texts = texts;
	port->key = kept;
}

static bool key_eq(const struct portkey *a, const struct portkey *b)
{
	return slice_eq(a->name, b->name) && slice_eq(a->descr, b->descr) &&
	       slice_eq(a->mac, b->mac);
}

/* Those that were there and are not now make room; they are kept else, for a port may come back. */
static void drop_absent(struct ports *ports)
{
	size_t kept = 0;
	for (size_t i = 0; i < ports->count; i++) {
		if (ports->items[i].present) {
			ports->items[kept++] = ports->items[i];
		} else {
			free(ports->items[i].texts);
		}
	}
	ports->count = kept;
}

struct seen {
	uint32_t if_index[PORTS_MAX];
	struct portkey key[PORTS_MAX];
	uint32_t known[PORTS_MAX];
	struct portkey known_key[PORTS_MAX];
	size_t count;
};

static void seen_read(struct ports *ports, const struct mib_table *table, struct seen *seen)
{
	struct mib_walk walk = mib_walk_of(table, ports_columns[IF_OPER_STATUS]);
	const struct mib_value *value = NULL;
	struct oid index;
	while (mib_walk_next(&walk, &index, &value)) {
		if (index.n != 1) {
			continue;
		}
		if (seen->count == PORTS_MAX) {
			ports->refused++;
			continue;
		}
		size_t at = seen->count++;
		seen->if_index[at] = index.id[0];
		seen->key[at] = (struct portkey) { text_of(table, IF_NAME, index.id[0]),
			text_of(table, IF_DESCR, index.id[0]),
			text_of(table, IF_PHYS_ADDRESS, index.id[0]) };
	}
}

/* Every port seen gets its place in items. */
static void seen_match(struct ports *ports, struct seen *seen)
{
	for (size_t i = 0; i < ports->count; i++) {
		seen->known_key[i] = ports->items[i].key;
	}
	int found = portkey_match(seen->known_key, ports->count, seen->key, seen->count,
		ports->seed, seen->known);
	size_t fresh = seen->count - (size_t)(found > 0 ? found : 0);
	if (found < 0 || ports->count + fresh > PORTS_MAX) {
		for (size_t i = 0; i < ports->count; i++) {
			ports->items[i].present = false;
		}
		drop_absent(ports);
		memset(seen->known, 0xff, sizeof(seen->known));
		fresh = seen->count;
	}
	struct port *items = realloc(ports->items, (ports->count + fresh + 1) * sizeof(*items));
	if (items == NULL) {
		abort();
	}
	ports->items = items;
	for (size_t i = 0; i < seen->count; i++) {
		if (seen->known[i] == PORTKEY_NEW) {
			seen->known[i] = (uint32_t)ports->count;
			ports->items[ports->count++] = (struct port) { .bits = { 64, 64 } };
		}
	}
}

/* ---- one port of one poll */

static void tell(const struct ports_poll *poll, const struct port *port, const char *metric,
	const char *unit, double value)
{
	struct snmp_figure figure = { .metric = slice_str(metric),
		.instance = port->name,
		.label = port->alias,
		.unit = slice_str(unit),
		.value = value };
	if (poll->sink->figure != NULL) {
		poll->sink->figure(poll->sink->user, poll->spec, &figure);
	}
}

static void rate_take(
	struct port *port, const struct ports_poll *poll, enum rate rate, bool anew)
{
	struct counter_about about = { .bits = 32, .discontinued = anew };
	uint64_t reading = 0;
	uint64_t speed = 0;
	double value = 0;
	if (rates[rate].wide != rates[rate].narrow &&
		number_of(poll->table, rates[rate].wide, port->if_index, &reading)) {
		about.bits = 64;
	} else if (!number_of(poll->table, rates[rate].narrow, port->if_index, &reading)) {
		return;
	}
	if (rates[rate].is_octets) {
		about.discontinued = anew || port->bits[rate] != about.bits;
		port->bits[rate] = about.bits;
	}
	(void)number_of(poll->table, IF_HIGH_SPEED, port->if_index, &speed);
	about.rate_max =
		rates[rate].is_octets ? counter_octets_max(speed) : counter_packets_max(speed);
	enum counter_verdict verdict =
		counter_step(&port->counter[rate], reading, poll->at_ms, &about, &value);
	if (verdict == COUNTER_RATE && port->oper == STATUS_UP) {
		tell(poll, port, rates[rate].metric, rates[rate].unit,
			rates[rate].is_octets ? value * 8 : value);
	}
}

static void figures_take(struct port *port, const struct ports_poll *poll)
{
	uint64_t discontinuity = port->discontinuity;
	uint64_t speed = 0;
	(void)number_of(poll->table, IF_DISCONTINUITY, port->if_index, &discontinuity);
	bool anew = poll->restarted || discontinuity != port->discontinuity;
	port->discontinuity = discontinuity;
	for (unsigned rate = 0; rate < RATES; rate++) {
		rate_take(port, poll, (enum rate)rate, anew);
	}
	bool is_high =
		number_of(poll->table, IF_HIGH_SPEED, port->if_index, &speed) && speed > 0;
	if (port->oper == STATUS_UP &&
		(is_high || number_of(poll->table, IF_SPEED, port->if_index, &speed)) &&
		speed > 0) {
		tell(poll, port, "speed", "bit/s",
			is_high ? (double)speed * 1e6 : (double)speed);
	}
}

static bool is_down(const struct port *port)
{
	return port->admin == STATUS_UP &&
	       (port->oper == STATUS_DOWN || port->oper == STATUS_NOT_PRESENT ||
		       port->oper == STATUS_LOWER_DOWN);
}

static unsigned state_take(struct port *port, const struct ports_poll *poll, bool is_new)
{
	bool down = is_down(port);
	bool up = port->oper == STATUS_UP;
	struct snmp_port_change change = { port->name, port->alias, down };
	bool goes_down = down && port->seen_up && !port->told_down;
	bool settles = port->told_down && (up || port->admin != STATUS_UP);
	port->seen_up = up || (port->seen_up && port->admin == STATUS_UP);
	port->told_down = goes_down || (port->told_down && !settles) || (is_new && down);
	if ((goes_down || settles) && poll->sink->port != NULL) {
		poll->sink->port(poll->sink->user, poll->spec, &change);
	}
	return goes_down || settles;
}

unsigned ports_take(struct ports *ports, const struct ports_poll *poll)
{
	struct seen *seen = calloc(1, sizeof(*seen));
	unsigned changed = 0;
	if (seen == NULL) {
		abort();
	}
	seen_read(ports, poll->table, seen);
	seen_match(ports, seen);
	for (size_t i = 0; i < ports->count; i++) {
		ports->items[i].present = false;
	}
	for (size_t i = 0; i < seen->count; i++) {
		struct port *port = &ports->items[seen->known[i]];
		bool is_new = port->texts == NULL;
		struct slice alias = text_of(poll->table, IF_ALIAS, seen->if_index[i]);
		port->if_index = seen->if_index[i];
		port->present = true;
		port->admin = status_of(poll->table, IF_ADMIN_STATUS, port->if_index);
		port->oper = status_of(poll->table, IF_OPER_STATUS, port->if_index);
		if (is_new || !key_eq(&port->key, &seen->key[i]) ||
			!slice_eq(port->as_typed, alias)) {
			port_name(ports, port, &seen->key[i], alias);
		}
		figures_take(port, poll);
		changed += state_take(port, poll, is_new);
	}
	free(seen);
	return changed;
}

void ports_patch(const struct ports *ports, struct device *device)
{
	for (size_t i = 0; i < device->ports.count; i++) {
		struct device_port *shown = &device->ports.items[i];
		for (size_t k = 0; k < ports->count; k++) {
			const struct port *port = &ports->items[k];
			if (!port->present || port->if_index != shown->if_index) {
				continue;
			}
			shown->name = port->name;
			shown->admin_status = slice_str(status_words[port->admin]);
			shown->oper_status = slice_str(status_words[port->oper]);
		}
	}
}
