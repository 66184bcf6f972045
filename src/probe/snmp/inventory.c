/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a device is and has: everything its profiles ask for, walked some
 * columns at a time so that its polls find their turn between.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "probe/snmp/device.h"
#include "probe/snmp/profile.h"
#include "probe/snmp/snmp_check_priv.h"
#include "probe/snmp/vicinity.h"
#include "proto/mib_table.h"

enum {
	COLUMNS_AT_ONCE = 16,
	EVERY_DEFAULT_S = 300,
	EVERY_MIN_MS = 60 * 1000, /* after a failure, or when ports flap */
};

struct inventory {
	struct arena *arena;
	struct mib_table *table;
	const struct slice *names;
	size_t count;
	size_t at;
	size_t tables; /* names from here on are walked one by one until one has something */
	uint64_t values;
	bool has_stations; /* of all VLANs at once */
	/* what is asked VLAN by VLAN, behind all that */
	struct mib_table *part;
	uint16_t vlans[VICINITY_VLANS_MAX];
	size_t vlan_count;
	size_t vlan_at;
	bool listed; /* which there are */
};

static void consider_next(struct snmp_checker *checker);

static void destroy(struct snmp_device *device)
{
	struct inventory *inventory = device->inventory;
	inventory->table = mib_table_destroy(inventory->table);
	inventory->part = mib_table_destroy(inventory->part);
	inventory->arena = arena_destroy(inventory->arena);
	free(inventory);
	device->inventory = NULL;
	device->checker->inventories--;
}

static void tell(struct snmp_device *device)
{
	struct inventory *inventory = device->inventory;
	const struct snmp_sink *sink = &device->checker->config.sink;
	struct device found;
	(void)mib_table_seal(inventory->table);
	device_identify(
		device->checker->config.profiles, inventory->table, inventory->arena, &found);
	ports_patch(device->ports, &found);
	figures_tell(device, &found);
	if (sink->device != NULL) {
		sink->device(sink->user, device->spec, &found, !device->told);
	}
	device->told = true;
	if (sensors_take(device->sensors, &found, device->spec, sink)) {
		inventory_hasten(device);
	}
	if (sink->vicinity != NULL) {
		sink->vicinity(sink->user, device->spec, inventory->table, &found);
	}
	device->checker->inventories_done++;
}

static void end(struct snmp_device *device, bool whole)
{
	struct snmp_checker *checker = device->checker;
	if (whole && !device->gone) {
		tell(device);
	} else {
		checker->inventories_failed++;
		device->due_ms = snmp_now_ms() + EVERY_MIN_MS;
	}
	destroy(device);
}

/* ---- stations VLAN by VLAN */

static void on_vlan(void *user, const struct poll_answer *answer);

static bool ask_vlan(struct snmp_device *device)
{
	struct inventory *inventory = device->inventory;
	struct poll_ask ask = { .done = on_vlan, .user = device };
	if (inventory->listed && inventory->vlan_at == inventory->vlan_count) {
		return false;
	}
	inventory->part = mib_table_destroy(inventory->part);
	inventory->part = mib_table_create();
	ask.table = inventory->part;
	ask.vlan = inventory->listed ? inventory->vlans[inventory->vlan_at] : 0;
	ask.count = inventory->listed ? vicinity_vlan_bridge(inventory->arena, &ask.names)
				      : vicinity_vlan_list(inventory->arena, &ask.names);
	if (poll_walk(device->checker->poller, device->at, &ask) < 0) {
		return false;
	}
	device->jobs++;
	return true;
}

static bool wants_vlans(const struct snmp_device *device)
{
	return !device->inventory->has_stations &&
	       profiles_fdb_per_vlan(
		       device->checker->config.profiles, oid_of(&device->object_id));
}

static void part_take(struct inventory *inventory)
{
	(void)mib_table_seal(inventory->part);
	if (inventory->listed) {
		vicinity_vlan_fold(inventory->table, inventory->part,
			inventory->vlans[inventory->vlan_at++]);
	} else {
		inventory->vlan_count = vicinity_vlans(inventory->part, inventory->vlans);
		inventory->listed = true;
	}
}

/* A device that does not answer for one VLAN would not for the others: it goes without. */
static void on_vlan(void *user, const struct poll_answer *answer)
{
	struct snmp_device *device = user;
	struct snmp_checker *checker = device->checker;
	struct inventory *inventory = device->inventory;
	bool good = answer->end == POLL_OK && (answer->faults & POLL_TOO_MUCH) == 0;
	inventory->values += answer->values;
	if (good) {
		part_take(inventory);
	}
	if (!good || device->gone || inventory->values >= POLL_VALUES_MAX ||
		!ask_vlan(device)) {
		end(device, true);
		consider_next(checker);
	}
	(void)snmp_device_release(device);
}

/* ---- everything else before it */

static bool ask_more(struct snmp_device *device);

static void on_walked(void *user, const struct poll_answer *answer)
{
	struct snmp_device *device = user;
	struct snmp_checker *checker = device->checker;
	struct inventory *inventory = device->inventory;
	bool whole = answer->end == POLL_OK || answer->end == POLL_ERROR;
	inventory->values += answer->values;
	if (inventory->at > inventory->tables && answer->values > 0) {
		inventory->has_stations = inventory->at == inventory->tables + 1;
		inventory->at = inventory->count;
	}
	bool full =
		(answer->faults & POLL_TOO_MUCH) != 0 || inventory->values >= POLL_VALUES_MAX;
	bool last = !whole || full || device->gone || inventory->at == inventory->count;
	if (last && whole && !full && !device->gone && wants_vlans(device) &&
		ask_vlan(device)) {
		last = false;
	} else if (last || !ask_more(device)) {
		end(device, whole);
		consider_next(checker);
	}
	(void)snmp_device_release(device);
}

static size_t next_count(const struct inventory *inventory)
{
	size_t end = inventory->at < inventory->tables ? inventory->tables : inventory->at + 1;
	size_t left = (end < inventory->count ? end : inventory->count) - inventory->at;
	return left < COLUMNS_AT_ONCE ? left : COLUMNS_AT_ONCE;
}

static bool ask_more(struct snmp_device *device)
{
	struct inventory *inventory = device->inventory;
	struct poll_ask ask = { .names = inventory->names + inventory->at,
		.count = next_count(inventory),
		.table = inventory->table,
		.done = on_walked,
		.user = device };
	if (ask.count == 0 || poll_walk(device->checker->poller, device->at, &ask) < 0) {
		return false;
	}
	inventory->at += ask.count;
	device->jobs++;
	return true;
}

static void begin(struct snmp_device *device)
{
	struct snmp_checker *checker = device->checker;
	struct inventory *inventory = calloc(1, sizeof(*inventory));
	int64_t now_ms = snmp_now_ms();
	if (inventory == NULL) {
		abort();
	}
	device->inventory = inventory;
	checker->inventories++;
	device->began_ms = now_ms;
	int64_t every_s = check_spec_number(device->spec, SNMP_INVENTORY_S);
	device->due_ms = now_ms + (every_s > 0 ? every_s : EVERY_DEFAULT_S) * 1000;
	inventory->arena = arena_create(0);
	inventory->table = mib_table_create();
	inventory->count = profiles_wants(checker->config.profiles, oid_of(&device->object_id),
		inventory->arena, &inventory->names);
	inventory->count = vicinity_wants(inventory->arena, inventory->names, inventory->count,
		&inventory->names, &inventory->tables);
	if (!ask_more(device)) {
		end(device, false);
	}
}

static void consider_next(struct snmp_checker *checker)
{
	while (checker->waiting != NULL && checker->inventories < SNMP_INVENTORIES_MAX) {
		struct snmp_device *device = checker->waiting;
		checker->waiting = device->next_waiting;
		if (checker->waiting == NULL) {
			checker->waiting_end = &checker->waiting;
		}
		device->waits = false;
		begin(device);
	}
}

void inventory_consider(struct snmp_device *device)
{
	struct snmp_checker *checker = device->checker;
	if (checker->config.profiles == NULL || device->waits || device->inventory != NULL ||
		snmp_now_ms() < device->due_ms) {
		return;
	}
	device->waits = true;
	device->next_waiting = NULL;
	*checker->waiting_end = device;
	checker->waiting_end = &device->next_waiting;
	consider_next(checker);
}

void inventory_hasten(struct snmp_device *device)
{
	int64_t soon_ms = device->began_ms + EVERY_MIN_MS;
	device->due_ms = soon_ms < device->due_ms ? soon_ms : device->due_ms;
}

void inventory_drop(struct snmp_device *device)
{
	struct snmp_checker *checker = device->checker;
	struct snmp_device **at = &checker->waiting;
	while (*at != NULL && *at != device) {
		at = &(*at)->next_waiting;
	}
	if (*at == device) {
		*at = device->next_waiting;
		if (device->next_waiting == NULL) {
			checker->waiting_end = at;
		}
	}
	device->waits = false;
	if (device->inventory != NULL && device->jobs == 0) {
		destroy(device);
	}
}
