-- SPDX-License-Identifier: Apache-2.0
-- Self-checks of the units 自查 (article 10).

-- 重保: from an instant to another more is asked of everybody.
CREATE TABLE important_period (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	name {TEXT} NOT NULL,
	from_ms {INT} NOT NULL,
	to_ms {INT} NOT NULL,
	daily {INT} NOT NULL CHECK (daily IN (0, 1)),
	zero_report {INT} NOT NULL CHECK (zero_report IN (0, 1)),
	made_by {INT} NOT NULL REFERENCES person (id),
	made_at_ms {INT} NOT NULL,
	ended_by {INT} REFERENCES person (id),
	ended_at_ms {INT},
	CHECK (from_ms < to_ms)
) {STRICT};
CREATE INDEX important_period_from ON important_period (from_ms, id);

-- first_day: days since 1970-01-01 of its week's Monday or of its day.  words: SM3 of the free text
-- in it, NULL without any; same_run: so many checks in a row have had these words.  rung: who has
-- heard that it was missed.  against: what the platform saw that speaks against a 无, as JSON.
CREATE TABLE selfcheck (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	unit_id {INT} NOT NULL REFERENCES unit (id),
	kind {TEXT} NOT NULL CHECK (kind IN ('week', 'day', 'key', 'zero')),
	first_day {INT} NOT NULL,
	state {TEXT} NOT NULL CHECK (state IN ('scheduled', 'assigned', 'submitted', 'sampled', 'confirmed',
		'contradicted', 'closed', 'missed', 'voided')),
	outcome {TEXT} CHECK (outcome IN ('normal', 'abnormal')),
	result {TEXT} CHECK (result IN ('confirmed', 'contradicted')),
	period_id {INT} REFERENCES important_period (id),
	policy {TEXT} NOT NULL,
	policy_id {INT} REFERENCES policy_version (id),
	open_at_ms {INT} NOT NULL,
	remind_at_ms {INT} NOT NULL,
	due_at_ms {INT} NOT NULL,
	end_at_ms {INT} NOT NULL,
	due_json {TEXT} NOT NULL,
	value_item {TEXT},
	assigned_at_ms {INT},
	submitted_at_ms {INT},
	submitted_by {INT} REFERENCES person (id),
	seconds {INT},
	late {INT} NOT NULL DEFAULT 0 CHECK (late IN (0, 1)),
	words {TEXT},
	same_run {INT} NOT NULL DEFAULT 0,
	sample {TEXT} CHECK (sample IN ('drawn', 'term', 'same_text', 'contradiction', 'by_hand')),
	sample_reason {TEXT},
	sampled_at_ms {INT},
	sampled_by {INT} REFERENCES person (id),
	sample_due_at_ms {INT},
	against {TEXT},
	decided_by {INT} REFERENCES person (id),
	decided_at_ms {INT},
	decision {TEXT},
	rung {INT} NOT NULL DEFAULT 0,
	closed_at_ms {INT},
	UNIQUE (unit_id, kind, first_day)
) {STRICT};
CREATE INDEX selfcheck_day ON selfcheck (first_day, id);
CREATE INDEX selfcheck_open ON selfcheck (unit_id, due_at_ms) WHERE state IN ('scheduled', 'assigned');
CREATE INDEX selfcheck_sampled ON selfcheck (sample_due_at_ms) WHERE state = 'sampled';

-- The systems of the unit as they were when it was asked.
CREATE TABLE selfcheck_asset (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	selfcheck_id {INT} NOT NULL REFERENCES selfcheck (id),
	asset_id {INT} NOT NULL REFERENCES asset (id),
	name {TEXT} NOT NULL,
	importance {TEXT} NOT NULL,
	UNIQUE (selfcheck_id, asset_id)
) {STRICT};

-- A question as it was asked, and its answer.  clause: item of article 10, 0 = the school's own.
-- seen: what the platform saw when it was answered, as JSON.  finding_id, event_id: what was reported with it.
CREATE TABLE selfcheck_item (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	selfcheck_id {INT} NOT NULL REFERENCES selfcheck (id),
	position {INT} NOT NULL,
	item {TEXT} NOT NULL,
	clause {INT} NOT NULL,
	text {TEXT} NOT NULL,
	text_en {TEXT} NOT NULL,
	value_label {TEXT},
	value_label_en {TEXT},
	finding_kind {TEXT} NOT NULL,
	answer {TEXT} CHECK (answer IN ('none', 'some', 'not_applicable')),
	note {TEXT},
	value {TEXT},
	opened_at_ms {INT},
	seen {TEXT},
	finding_id {INT} REFERENCES finding (id),
	event_id {INT} REFERENCES event (id),
	UNIQUE (selfcheck_id, item)
) {STRICT};

-- Which checks of a week were drawn, so that anybody can draw again.
CREATE TABLE selfcheck_draw (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	first_day {INT} NOT NULL UNIQUE,
	seed {TEXT} NOT NULL,
	percent {INT} NOT NULL,
	weeks_left {INT} NOT NULL,
	units {INT} NOT NULL,
	drawn {INT} NOT NULL,
	by_term {INT} NOT NULL,
	at_ms {INT} NOT NULL
) {STRICT};
