-- SPDX-License-Identifier: Apache-2.0
-- Papers from superiors, what the leading group decides, and the texts of calendars of one's own.

-- A school's or a unit's own days are kept as texts, edition by edition, beside the published years:
-- subject 'calendar-school' or 'calendar-unit-ID'.

-- ---- superiors and their papers

CREATE TABLE superior (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	name {TEXT} NOT NULL,
	note {TEXT},
	retired_at_ms {INT}
) {STRICT};
CREATE UNIQUE INDEX superior_name ON superior (name) WHERE retired_at_ms IS NULL;

-- Of a paper that is secret or more only register_no and place are kept; the store itself holds to it.
CREATE TABLE incoming (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	state {TEXT} NOT NULL,
	secrecy {TEXT} NOT NULL CHECK (secrecy IN ('public', 'internal', 'confidential', 'secret', 'top_secret')),
	register_no {TEXT} NOT NULL,
	place {TEXT},
	superior_id {INT} REFERENCES superior (id),
	paper_no {TEXT},
	title {TEXT},
	urgency {TEXT} CHECK (urgency IN ('normal', 'urgent', 'extra')),
	received_at_ms {INT},
	due_at_ms {INT},
	inner_due_at_ms {INT},
	feedback_way {TEXT},
	proposal {TEXT},
	handler_id {INT} REFERENCES person (id),
	result {TEXT} CHECK (result IN ('done', 'not_concerned')),
	answer {TEXT},
	channel {TEXT},
	fed_back_at_ms {INT},
	fed_back_by {INT} REFERENCES person (id),
	receipt {TEXT},
	receipt_at_ms {INT},
	reason {TEXT},
	reminded {INT} NOT NULL DEFAULT 0,
	author_id {INT} NOT NULL REFERENCES person (id),
	created_at_ms {INT} NOT NULL,
	closed_at_ms {INT},
	policy_id {INT} REFERENCES policy_version (id),
	CHECK (secrecy IN ('public', 'internal') OR (superior_id IS NULL AND paper_no IS NULL AND title IS NULL
		AND urgency IS NULL AND received_at_ms IS NULL AND due_at_ms IS NULL AND inner_due_at_ms IS NULL
		AND feedback_way IS NULL AND proposal IS NULL AND handler_id IS NULL
		AND result IS NULL AND answer IS NULL AND channel IS NULL AND receipt IS NULL AND reason IS NULL))
) {STRICT};
CREATE UNIQUE INDEX incoming_register_no ON incoming (register_no) WHERE state <> 'voided';
CREATE INDEX incoming_state ON incoming (state, id);
CREATE INDEX incoming_due ON incoming (due_at_ms, id) WHERE due_at_ms IS NOT NULL;

-- What a leader wrote on it, in his own name or copied from the paper by the office.
CREATE TABLE incoming_word (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	incoming_id {INT} NOT NULL REFERENCES incoming (id),
	leader {TEXT} NOT NULL,
	words {TEXT} NOT NULL,
	day_ms {INT} NOT NULL,
	by_id {INT} NOT NULL REFERENCES person (id),
	by_proxy {INT} NOT NULL CHECK (by_proxy IN (0, 1)),
	at_ms {INT} NOT NULL
) {STRICT};
CREATE INDEX incoming_word_incoming ON incoming_word (incoming_id, id);

-- The school's seal, as it was put on what goes up.
CREATE TABLE incoming_seal (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	incoming_id {INT} NOT NULL REFERENCES incoming (id),
	what {TEXT} NOT NULL CHECK (what IN ('answer', 'statement')),
	day_ms {INT} NOT NULL,
	copies {INT} NOT NULL CHECK (copies > 0),
	sealed_by {TEXT} NOT NULL,
	by_id {INT} NOT NULL REFERENCES person (id),
	at_ms {INT} NOT NULL
) {STRICT};
CREATE INDEX incoming_seal_incoming ON incoming_seal (incoming_id, id);

-- What came out of a paper.
ALTER TABLE finding ADD COLUMN incoming_id {INT} REFERENCES incoming (id);
ALTER TABLE notice ADD COLUMN incoming_id {INT} REFERENCES incoming (id);
CREATE INDEX finding_incoming ON finding (incoming_id, id);
CREATE INDEX notice_incoming ON notice (incoming_id, id);

-- ---- the leading group

CREATE TABLE meeting (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	title {TEXT} NOT NULL,
	day_ms {INT} NOT NULL,
	place {TEXT},
	present {TEXT},
	summary {TEXT},
	author_id {INT} NOT NULL REFERENCES person (id),
	at_ms {INT} NOT NULL
) {STRICT};
CREATE INDEX meeting_day ON meeting (day_ms, id);

-- What was decided at a meeting or written on a paper, and who does it by when.
CREATE TABLE task (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	state {TEXT} NOT NULL,
	source {TEXT} NOT NULL CHECK (source IN ('meeting', 'word', 'other')),
	meeting_id {INT} REFERENCES meeting (id),
	incoming_id {INT} REFERENCES incoming (id),
	title {TEXT} NOT NULL,
	detail {TEXT},
	unit_id {INT} NOT NULL REFERENCES unit (id),
	due_at_ms {INT} NOT NULL,
	due_json {TEXT},
	overdue {INT} NOT NULL DEFAULT 0 CHECK (overdue IN (0, 1)),
	reason {TEXT},
	author_id {INT} NOT NULL REFERENCES person (id),
	created_at_ms {INT} NOT NULL,
	ended_at_ms {INT}
) {STRICT};
CREATE INDEX task_state ON task (state, due_at_ms, id);
CREATE INDEX task_unit ON task (unit_id, id);

CREATE TABLE task_report (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	task_id {INT} NOT NULL REFERENCES task (id),
	text {TEXT} NOT NULL,
	done {INT} NOT NULL CHECK (done IN (0, 1)),
	by_id {INT} NOT NULL REFERENCES person (id),
	at_ms {INT} NOT NULL
) {STRICT};
CREATE INDEX task_report_task ON task_report (task_id, id);

-- Guidance to units, and who has read it.
CREATE TABLE guidance (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	title {TEXT} NOT NULL,
	text {TEXT} NOT NULL,
	author_id {INT} NOT NULL REFERENCES person (id),
	at_ms {INT} NOT NULL
) {STRICT};

CREATE TABLE guidance_unit (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	guidance_id {INT} NOT NULL REFERENCES guidance (id),
	unit_id {INT} NOT NULL REFERENCES unit (id),
	read_by {INT} REFERENCES person (id),
	read_at_ms {INT},
	UNIQUE (guidance_id, unit_id)
) {STRICT};
CREATE INDEX guidance_unit_unit ON guidance_unit (unit_id, id);
