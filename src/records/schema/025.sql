-- SPDX-License-Identifier: Apache-2.0
-- Filters of a list that a person has kept under a name; query as it stands in the address.
CREATE TABLE saved_filter (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	person_id {INT} NOT NULL REFERENCES person (id),
	list {TEXT} NOT NULL,
	name {TEXT} NOT NULL,
	query {TEXT} NOT NULL,
	is_first {INT} NOT NULL CHECK (is_first IN (0, 1)),
	made_at_ms {INT} NOT NULL,
	ended_at_ms {INT}
) {STRICT};
CREATE UNIQUE INDEX saved_filter_name ON saved_filter (person_id, list, name) WHERE ended_at_ms IS NULL;

-- What is shut over a holiday: asked of the units system by system.
CREATE TABLE shutdown (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	name {TEXT} NOT NULL,
	from_ms {INT} NOT NULL,
	to_ms {INT} NOT NULL,
	answer_by_ms {INT} NOT NULL,
	note {TEXT},
	made_by {INT} NOT NULL REFERENCES person (id),
	made_at_ms {INT} NOT NULL,
	ended_at_ms {INT},
	CHECK (from_ms < to_ms)
) {STRICT};
CREATE INDEX shutdown_from ON shutdown (from_ms, id);

-- state: kept = stays on, with a reason and who watches it.  maintenance_id: while
-- it is shut its checks alarm nobody.
CREATE TABLE shutdown_item (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	shutdown_id {INT} NOT NULL REFERENCES shutdown (id),
	asset_id {INT} NOT NULL REFERENCES asset (id),
	unit_id {INT} NOT NULL REFERENCES unit (id),
	state {TEXT} NOT NULL CHECK (state IN ('asked', 'shut', 'kept', 'restored')),
	reason {TEXT},
	keeper {TEXT},
	shut_at_ms {INT},
	shut_by {INT} REFERENCES person (id),
	restored_at_ms {INT},
	restored_by {INT} REFERENCES person (id),
	answered_at_ms {INT},
	answered_by {INT} REFERENCES person (id),
	maintenance_id {INT} REFERENCES maintenance (id),
	UNIQUE (shutdown_id, asset_id)
) {STRICT};
CREATE INDEX shutdown_item_unit ON shutdown_item (unit_id, state, id);
