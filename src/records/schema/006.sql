-- SPDX-License-Identifier: Apache-2.0
-- Who is reached through whom, what a failure hides behind it, and windows in
-- which nobody is woken.

-- parents is a JSON list of check ids; by_asset takes the severity from the
-- importance of the asset.  Empty in rows older than these columns.
ALTER TABLE watch ADD COLUMN parents {TEXT};
ALTER TABLE watch ADD COLUMN by_asset {INT};
ALTER TABLE watch ADD COLUMN live_cause_id {INT};
ALTER TABLE watch ADD COLUMN live_maintenance_id {INT};
CREATE INDEX watch_maintenance ON watch (live_maintenance_id) WHERE live_maintenance_id IS NOT NULL;

-- The same parents row by row, rebuilt with the check.
CREATE TABLE watch_parent (
	watch_id {INT} NOT NULL REFERENCES watch (id),
	parent_id {INT} NOT NULL REFERENCES watch (id),
	PRIMARY KEY (watch_id, parent_id)
) {KEYED};
CREATE INDEX watch_parent_parent ON watch_parent (parent_id, watch_id);

CREATE TABLE importance_severity (
	importance {TEXT} NOT NULL PRIMARY KEY,
	severity {TEXT} NOT NULL CHECK (severity IN ('critical', 'major', 'minor', 'info'))
) {KEYED};
INSERT INTO importance_severity (importance, severity) VALUES
	('core', 'critical'), ('important', 'major'), ('normal', 'minor');

-- Checks that are unreachable through another's fault.  logged turns 1 with
-- the entry in log and timeline that names them, many at a time.
CREATE TABLE affected (
	id {INT} PRIMARY KEY,
	incident_id {INT} REFERENCES incident (id),
	watch_id {INT} NOT NULL REFERENCES watch (id),
	cause_id {INT} NOT NULL REFERENCES watch (id),
	from_ms {INT} NOT NULL,
	until_ms {INT},
	logged {INT} NOT NULL DEFAULT 0 CHECK (logged IN (0, 1))
) {STRICT};
CREATE UNIQUE INDEX affected_open ON affected (watch_id) WHERE until_ms IS NULL;
CREATE INDEX affected_incident ON affected (incident_id, id);
CREATE INDEX affected_cause ON affected (cause_id, id) WHERE until_ms IS NULL;

-- once: from_ms to to_ms.  weekly: on weekdays (bit 0 = Monday) of the days
-- asked for, from minute from_min of the day for length_min, between from_ms
-- and to_ms where they are given.
CREATE TABLE maintenance (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	reason {TEXT} NOT NULL,
	kind {TEXT} NOT NULL CHECK (kind IN ('once', 'weekly')),
	from_ms {INT},
	to_ms {INT},
	weekdays {INT} NOT NULL DEFAULT 0 CHECK (weekdays BETWEEN 0 AND 127),
	from_min {INT} NOT NULL DEFAULT 0,
	length_min {INT} NOT NULL DEFAULT 0,
	days {TEXT} NOT NULL DEFAULT 'any' CHECK (days IN ('any', 'working', 'off')),
	scope {TEXT} NOT NULL CHECK (scope IN ('check', 'asset', 'unit')),
	scope_ids {TEXT} NOT NULL,
	made_by {INT} NOT NULL REFERENCES person (id),
	made_at_ms {INT} NOT NULL,
	ended_at_ms {INT},
	live_open {INT} NOT NULL DEFAULT 0 CHECK (live_open IN (0, 1)),
	live_edge_ms {INT}
) {STRICT};
CREATE INDEX maintenance_standing ON maintenance (id) WHERE ended_at_ms IS NULL;

-- scope_ids row by row, rebuilt with the window.
CREATE TABLE maintenance_scope (
	maintenance_id {INT} NOT NULL REFERENCES maintenance (id),
	kind {TEXT} NOT NULL,
	target_id {INT} NOT NULL,
	PRIMARY KEY (maintenance_id, kind, target_id)
) {KEYED};
CREATE INDEX maintenance_scope_target ON maintenance_scope (kind, target_id, maintenance_id);

-- The window an alert was kept quiet by.
ALTER TABLE alert ADD COLUMN live_muted_by {INT};
CREATE INDEX alert_muted ON alert (live_muted_by) WHERE live_muted_by IS NOT NULL;
CREATE INDEX alert_watch ON alert (watch_id, id) WHERE state = 'firing';
