-- SPDX-License-Identifier: Apache-2.0
-- The school's network ranges, the times at which nothing is scanned, and the
-- devices seen on the network that are in no register.

-- active: asked address by address.  passive: never asked, listed when others
-- see them (students, dormitories).  off: neither asked nor listed.
-- key is the 32 hex digits of the first address; snmp tells that a community is sealed.
CREATE TABLE subnet (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	name {TEXT} NOT NULL,
	network {TEXT} NOT NULL,
	key {TEXT} NOT NULL,
	prefix {INT} NOT NULL CHECK (prefix BETWEEN 0 AND 128),
	mode {TEXT} NOT NULL CHECK (mode IN ('active', 'passive', 'off')),
	unit_id {INT} REFERENCES unit (id),
	snmp {INT} NOT NULL DEFAULT 0 CHECK (snmp IN (0, 1)),
	note {TEXT},
	removed_at_ms {INT}
) {STRICT};
CREATE UNIQUE INDEX subnet_network ON subnet (key, prefix) WHERE removed_at_ms IS NULL;

CREATE TABLE scan_freeze (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	reason {TEXT} NOT NULL,
	approval {TEXT},
	from_ms {INT} NOT NULL,
	to_ms {INT} NOT NULL,
	made_by {INT} NOT NULL REFERENCES person (id),
	made_at_ms {INT} NOT NULL,
	ended_by {INT} REFERENCES person (id),
	ended_at_ms {INT},
	CHECK (to_ms > from_ms)
) {STRICT};
CREATE INDEX scan_freeze_standing ON scan_freeze (to_ms, id) WHERE ended_at_ms IS NULL;

-- unit_id: whom it was handed to, or whose asset it became.  joined_id: it
-- turned out to be that other device.  What the network says of it is live_.
CREATE TABLE discovered (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	state {TEXT} NOT NULL CHECK (state IN ('new', 'handed', 'claimed', 'merged', 'ignored', 'joined')),
	unit_id {INT} REFERENCES unit (id),
	asset_id {INT} REFERENCES asset (id),
	joined_id {INT} REFERENCES discovered (id),
	reason {TEXT},
	until_ms {INT},
	found_at_ms {INT} NOT NULL,
	decided_by {INT} REFERENCES person (id),
	decided_at_ms {INT},
	live_address {TEXT},
	live_addresses {INT} NOT NULL DEFAULT 0,
	live_mac {INT} NOT NULL DEFAULT 0,
	live_name {TEXT},
	live_vendor {TEXT},
	live_os {TEXT},
	live_object_id {TEXT},
	live_kind {TEXT},
	live_subnet_id {INT},
	live_sources {INT} NOT NULL DEFAULT 0,
	live_last_ms {INT} NOT NULL
) {STRICT};
CREATE INDEX discovered_state ON discovered (state, id);
CREATE INDEX discovered_unit ON discovered (unit_id, state, id);
CREATE INDEX discovered_mac ON discovered (live_mac, id) WHERE live_mac <> 0;

-- Who saw what (no record, it is seen again).  key: source, seer, and what
-- tells one thing seen from another.  address is 32 hex digits; by_device is a
-- check; chassis is the same wherever the same box is seen.
CREATE TABLE sighting (
	key {TEXT} NOT NULL PRIMARY KEY,
	source {TEXT} NOT NULL,
	by_device {INT} NOT NULL DEFAULT 0,
	by_port {TEXT},
	address {TEXT},
	mac {INT} NOT NULL DEFAULT 0,
	chassis {TEXT},
	name {TEXT},
	vendor {TEXT},
	os {TEXT},
	object_id {TEXT},
	first_ms {INT} NOT NULL,
	last_ms {INT} NOT NULL,
	discovered_id {INT} NOT NULL DEFAULT 0
) {KEYED};
CREATE INDEX sighting_discovered ON sighting (discovered_id, last_ms);
CREATE INDEX sighting_last ON sighting (last_ms);
CREATE INDEX sighting_mac ON sighting (mac) WHERE mac <> 0;
CREATE INDEX sighting_seer ON sighting (by_device);

-- Where the sweep stands, one row, in probe's words.
CREATE TABLE sweep_state (
	id {INT} PRIMARY KEY CHECK (id = 1),
	at_ms {INT} NOT NULL,
	state {TEXT} NOT NULL
) {STRICT};
