/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A device while it is being found out.
 *
 * Layer: probe.  Threading: one owner.
 */
#pragma once

#include "base/buf.h"
#include "probe/snmp/device.h"
#include "probe/snmp/profile_priv.h"

/** Rows of one section, growing; all of one size. */
struct finding_list {
	void *items;
	size_t count;
	size_t room;
	size_t size;
};

struct finding {
	struct eval eval;
	struct buf buf;
	struct arena *arena;
	struct device *device;
	struct finding_list list[SECTION_COUNT];
	uint64_t *sensor_keys; /* of class and object, to see one twice */
	size_t sensor_key_room;
};

/** Every row of one column, or one object.  Returns: was there any? */
bool rule_walk(struct finding *f, const struct rule *rule, const struct ref *each);
/** The lists into the device; what belongs to nobody is freed. */
void finding_end(struct finding *f);

/** What f->buf holds, trimmed and cut to so many octets of whole characters, in the arena. */
struct slice finding_keep(struct finding *f, size_t octets_max);

/** One row, into its section. */
void row_port(struct finding *f, const struct rule *rule);
void row_sensor(struct finding *f, const struct rule *rule, struct oid oid);
void row_processor(struct finding *f, const struct rule *rule, struct oid oid);
void row_pool(struct finding *f, const struct rule *rule);
void row_neighbour(struct finding *f, const struct rule *rule);
void row_text(struct finding *f, const struct rule *rule);

/** Room for one more; NULL past DEVICE_ROWS_MAX, counted. */
void *finding_add(struct finding *f, enum section section, size_t size);
