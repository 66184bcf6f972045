-- SPDX-License-Identifier: Apache-2.0
-- Lines to the outside: whose they are, whom to call, which checks tell their
-- state and which port of which device carries them.

-- check_ids is the JSON list a reader is shown; circuit_watch the same, to be joined.
CREATE TABLE circuit (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	name {TEXT} NOT NULL,
	operator {TEXT} NOT NULL,
	number {TEXT},
	fault_phone {TEXT},
	down_bps {INT},
	up_bps {INT},
	egress {INT} NOT NULL DEFAULT 1 CHECK (egress IN (0, 1)),
	device_id {INT} REFERENCES watch (id),
	port {TEXT},
	unit_id {INT} REFERENCES unit (id),
	contract_end_ms {INT},
	note {TEXT},
	check_ids {TEXT} NOT NULL,
	retired_at_ms {INT}
) {STRICT};
CREATE UNIQUE INDEX circuit_name ON circuit (name) WHERE retired_at_ms IS NULL;
CREATE UNIQUE INDEX circuit_port ON circuit (device_id, port) WHERE retired_at_ms IS NULL;

CREATE TABLE circuit_watch (
	circuit_id {INT} NOT NULL REFERENCES circuit (id),
	watch_id {INT} NOT NULL REFERENCES watch (id),
	PRIMARY KEY (circuit_id, watch_id)
) {KEYED};
CREATE INDEX circuit_watch_watch ON circuit_watch (watch_id, circuit_id);

-- What the operator of a line answered when it was told of a fault.
CREATE TABLE fault_ticket (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	incident_id {INT} NOT NULL REFERENCES incident (id),
	circuit_id {INT} REFERENCES circuit (id),
	number {TEXT} NOT NULL,
	note {TEXT},
	at_ms {INT} NOT NULL,
	by_id {INT} NOT NULL REFERENCES person (id)
) {STRICT};
CREATE INDEX fault_ticket_incident ON fault_ticket (incident_id, id);

-- When the name of a site has to be renewed, and its registration with the
-- ministry; midnight of the last day, by the calendar of the campus.
ALTER TABLE asset ADD COLUMN domain_end_ms {INT};
ALTER TABLE asset ADD COLUMN icp_number {TEXT};
ALTER TABLE asset ADD COLUMN icp_end_ms {INT};
