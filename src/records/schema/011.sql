-- SPDX-License-Identifier: Apache-2.0
-- The map of the network: what it is made of, how it looks, what people say of it.

-- What each device knows of who is around it, as probe read it last (no record;
-- the four forms are in detect/topology/tables.h).
CREATE TABLE vicinity (
	id {INT} PRIMARY KEY REFERENCES watch (id),
	at_ms {INT} NOT NULL,
	facts {TEXT} NOT NULL,
	neighbours {TEXT} NOT NULL,
	fdb {TEXT} NOT NULL,
	arp {TEXT} NOT NULL
) {STRICT};

-- Made out of those anew each time.  A link that is no more keeps its end; ports are ifIndex, 0 = unknown.
CREATE TABLE topology_link (
	id {INT} PRIMARY KEY,
	device_a {INT} NOT NULL REFERENCES watch (id),
	port_a {INT} NOT NULL,
	device_b {INT} NOT NULL REFERENCES watch (id),
	port_b {INT} NOT NULL,
	name_a {TEXT} NOT NULL,
	name_b {TEXT} NOT NULL,
	confidence {TEXT} NOT NULL CHECK (confidence IN ('possible', 'likely', 'certain')),
	mark {TEXT} NOT NULL CHECK (mark IN ('found', 'drawn', 'struck')),
	wires {INT} NOT NULL,
	shared {INT} NOT NULL,
	attachment {INT} NOT NULL,
	evidence {TEXT} NOT NULL,
	from_ms {INT} NOT NULL,
	until_ms {INT}
) {STRICT};
CREATE INDEX topology_link_until ON topology_link (until_ms);

-- Devices that have a place on the map: by which check each is known (id) and judged (lead_id), how
-- many steps away it stands (-1 = no way leads there), behind whom (JSON list of ids).
CREATE TABLE topology_device (
	id {INT} PRIMARY KEY REFERENCES watch (id),
	lead_id {INT} NOT NULL REFERENCES watch (id),
	sysname {TEXT} NOT NULL,
	address {TEXT} NOT NULL,
	is_read {INT} NOT NULL,
	distance {INT} NOT NULL,
	parents {TEXT} NOT NULL,
	mark {TEXT} NOT NULL CHECK (mark IN ('found', 'drawn'))
) {STRICT};

-- The last making: one row.
CREATE TABLE topology_run (
	id {INT} PRIMARY KEY CHECK (id = 1),
	at_ms {INT} NOT NULL,
	took_ms {INT} NOT NULL,
	devices {INT} NOT NULL,
	points {TEXT} NOT NULL,
	strangers {TEXT} NOT NULL,
	stats {TEXT} NOT NULL
) {STRICT};

-- A link drawn or struck out, a device's parents, a device the monitoring hangs on.
CREATE TABLE topology_word (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	kind {TEXT} NOT NULL CHECK (kind IN ('draw', 'strike', 'parents', 'point')),
	device_id {INT} NOT NULL REFERENCES watch (id),
	port {INT} NOT NULL,
	other_id {INT} REFERENCES watch (id),
	other_port {INT} NOT NULL,
	parents {TEXT},
	reason {TEXT} NOT NULL,
	made_by {INT} NOT NULL REFERENCES person (id),
	made_at_ms {INT} NOT NULL,
	ended_at_ms {INT}
) {STRICT};
CREATE INDEX topology_word_now ON topology_word (kind, id) WHERE ended_at_ms IS NULL;

-- Where a person has put a device in the picture.
CREATE TABLE topology_place (
	id {INT} PRIMARY KEY REFERENCES watch (id),
	x {INT} NOT NULL,
	y {INT} NOT NULL
) {STRICT};

-- 1 = out of the map, and rebuilt with it; 0 = set by a person.
ALTER TABLE watch_parent ADD COLUMN by_map {INT} NOT NULL DEFAULT 0;
