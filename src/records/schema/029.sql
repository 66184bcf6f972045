-- SPDX-License-Identifier: Apache-2.0
-- Events 事件: what was reported, how it was graded, what runs against time, what was written and what went up.

CREATE TABLE event (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	state {TEXT} NOT NULL,
	number {TEXT} NOT NULL,
	title {TEXT} NOT NULL,
	unit_id {INT} NOT NULL REFERENCES unit (id),
	asset_id {INT} REFERENCES asset (id),
	place {TEXT},
	drill {INT} NOT NULL CHECK (drill IN (0, 1)),
	source {TEXT} NOT NULL CHECK (source IN ('unit', 'phone', 'monitor', 'superior', 'finding', 'self_check')),
	known_at_ms {INT} NOT NULL,
	occurred_at_ms {INT},
	reported_at_ms {INT} NOT NULL,
	class {TEXT},
	class_kind {TEXT},
	class_2023 {TEXT},
	cause {TEXT},
	crime {INT} NOT NULL CHECK (crime IN (0, 1)),
	grade {TEXT},
	graded_by {INT} REFERENCES person (id),
	graded_at_ms {INT},
	responding_at_ms {INT},
	contained_at_ms {INT},
	resolved_at_ms {INT},
	review {TEXT},
	no_roots {TEXT},
	reason {TEXT},
	finding_id {INT} REFERENCES finding (id),
	incident_id {INT} REFERENCES incident (id),
	author_id {INT} NOT NULL REFERENCES person (id),
	closed_at_ms {INT},
	policy_id {INT} REFERENCES policy_version (id),
	pack_id {INT} REFERENCES policy_version (id)
) {STRICT};
CREATE UNIQUE INDEX event_number ON event (number);
CREATE INDEX event_unit ON event (unit_id, id);
CREATE INDEX event_state ON event (state, drill, id, unit_id);
CREATE INDEX event_finding ON event (finding_id, id);

-- Every grade it had, or was asked to have, with the answers it was proposed by.
CREATE TABLE event_grading (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	event_id {INT} NOT NULL REFERENCES event (id),
	state {TEXT} NOT NULL CHECK (state IN ('in_force', 'past', 'asked', 'refused', 'lapsed')),
	grade {TEXT} NOT NULL,
	proposed {TEXT} NOT NULL,
	answers {TEXT} NOT NULL,
	hits {TEXT} NOT NULL,
	reason {TEXT} NOT NULL,
	by_id {INT} NOT NULL REFERENCES person (id),
	at_ms {INT} NOT NULL,
	decided_by {INT} REFERENCES person (id),
	decided_at_ms {INT},
	note {TEXT},
	pack_id {INT} REFERENCES policy_version (id)
) {STRICT};
CREATE INDEX event_grading_event ON event_grading (event_id, id);
CREATE UNIQUE INDEX event_grading_asked ON event_grading (event_id) WHERE state = 'asked';

-- 初报, 续报, 终报; a correction is one more that names what it corrects.
CREATE TABLE event_report (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	event_id {INT} NOT NULL REFERENCES event (id),
	kind {TEXT} NOT NULL CHECK (kind IN ('initial', 'follow_up', 'final')),
	seq {INT} NOT NULL,
	state {TEXT} NOT NULL,
	facts {TEXT} NOT NULL,
	corrects_id {INT} REFERENCES event_report (id),
	by_proxy {INT} NOT NULL CHECK (by_proxy IN (0, 1)),
	by_id {INT} NOT NULL REFERENCES person (id),
	at_ms {INT} NOT NULL,
	submitted_by {INT} REFERENCES person (id),
	submitted_at_ms {INT},
	settled_by {INT} REFERENCES person (id),
	settled_at_ms {INT},
	reason {TEXT}
) {STRICT};
CREATE INDEX event_report_event ON event_report (event_id, id);

-- One authority of one event.
CREATE TABLE event_up (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	event_id {INT} NOT NULL REFERENCES event (id),
	authority {TEXT} NOT NULL,
	name {TEXT} NOT NULL,
	state {TEXT} NOT NULL,
	asked {INT} NOT NULL CHECK (asked IN (0, 1)),
	text {TEXT},
	drafted_by {INT} REFERENCES person (id),
	drafted_at_ms {INT},
	approved_by {INT} REFERENCES person (id),
	approved_at_ms {INT},
	heard_by {INT} REFERENCES person (id),
	channel {TEXT},
	called {TEXT},
	sent_by {INT} REFERENCES person (id),
	sent_at_ms {INT},
	receipt {TEXT},
	receipt_at_ms {INT},
	summary_at_ms {INT},
	reason {TEXT},
	made_at_ms {INT} NOT NULL
) {STRICT};
CREATE INDEX event_up_event ON event_up (event_id, id);
CREATE UNIQUE INDEX event_up_authority ON event_up (event_id, authority) WHERE state <> 'waived';

-- What runs against time: met, missed (a fact that stays), or ended because nothing is asked any more.
CREATE TABLE event_clock (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	event_id {INT} NOT NULL REFERENCES event (id),
	kind {TEXT} NOT NULL,
	up_id {INT} REFERENCES event_up (id),
	seq {INT} NOT NULL,
	due_at_ms {INT} NOT NULL,
	due_json {TEXT} NOT NULL,
	met_at_ms {INT},
	missed_at_ms {INT},
	ended_at_ms {INT}
) {STRICT};
CREATE INDEX event_clock_event ON event_clock (event_id, id);
CREATE INDEX event_clock_due ON event_clock (due_at_ms, id) WHERE met_at_ms IS NULL AND ended_at_ms IS NULL;

-- Lines of the checklist of its class that were done.
CREATE TABLE event_tick (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	event_id {INT} NOT NULL REFERENCES event (id),
	tick {TEXT} NOT NULL,
	done {INT} NOT NULL CHECK (done IN (0, 1)),
	by_id {INT} NOT NULL REFERENCES person (id),
	at_ms {INT} NOT NULL,
	UNIQUE (event_id, tick)
) {STRICT};

-- What is put right because of an event.
ALTER TABLE finding ADD COLUMN event_id {INT} REFERENCES event (id);
CREATE INDEX finding_event ON finding (event_id, id);
