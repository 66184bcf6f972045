-- SPDX-License-Identifier: Apache-2.0
-- Who answers for a unit: filings, hand-overs, doubts about somebody still being there, the review
-- of a term, deputies, what a unit passes on, links for one purpose.

ALTER TABLE person ADD COLUMN staff_no {TEXT};
ALTER TABLE person ADD COLUMN in_post {INT};

-- main or backup of an officer; whom to call first among the heads; whom a deputy stands in for; how
-- long somebody who has handed over may still read.
ALTER TABLE role_grant ADD COLUMN post {TEXT};
ALTER TABLE role_grant ADD COLUMN contact_order {INT};
ALTER TABLE role_grant ADD COLUMN for_id {INT} REFERENCES person (id);
ALTER TABLE role_grant ADD COLUMN read_until_ms {INT};

ALTER TABLE timeline ADD COLUMN for_id {INT} REFERENCES person (id);
ALTER TABLE unit ADD COLUMN successor_id {INT} REFERENCES unit (id);
ALTER TABLE unit ADD COLUMN end_reason {TEXT};
-- A one-time password is good until then.
ALTER TABLE account ADD COLUMN code_until_ms {INT};

CREATE TABLE filing (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	state {TEXT} NOT NULL,
	number {TEXT},
	unit_id {INT} NOT NULL REFERENCES unit (id),
	post {TEXT} NOT NULL,
	person_id {INT} NOT NULL REFERENCES person (id),
	outgoing_id {INT} REFERENCES person (id),
	reason {TEXT} NOT NULL,
	effective_at_ms {INT} NOT NULL,
	made_by {INT} NOT NULL REFERENCES person (id),
	made_at_ms {INT} NOT NULL,
	submitted_at_ms {INT},
	signed_by {INT} REFERENCES person (id),
	signed_at_ms {INT},
	form_by {INT} REFERENCES person (id),
	approved_by {INT} REFERENCES person (id),
	approved_at_ms {INT},
	warned {TEXT},
	taken_at_ms {INT},
	grant_id {INT} REFERENCES role_grant (id),
	returned_reason {TEXT},
	ended_at_ms {INT},
	notes {TEXT},
	moved {TEXT},
	given_at_ms {INT},
	received_at_ms {INT}
) {STRICT};
CREATE UNIQUE INDEX filing_number ON filing (number) WHERE number IS NOT NULL;
CREATE INDEX filing_unit ON filing (unit_id, id);
CREATE INDEX filing_state ON filing (state, id);

CREATE TABLE contact_test (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	filing_id {INT} NOT NULL REFERENCES filing (id),
	channel {TEXT} NOT NULL,
	digest {BLOB},
	asked_at_ms {INT} NOT NULL,
	expires_at_ms {INT} NOT NULL,
	confirmed_at_ms {INT},
	confirmed_by {INT} REFERENCES person (id)
) {STRICT};
CREATE INDEX contact_test_filing ON contact_test (filing_id, id);
CREATE INDEX contact_test_digest ON contact_test (digest);

CREATE TABLE interim (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	unit_id {INT} NOT NULL REFERENCES unit (id),
	person_id {INT} NOT NULL REFERENCES person (id),
	suspicion_id {INT},
	from_ms {INT} NOT NULL,
	to_ms {INT}
) {STRICT};
CREATE UNIQUE INDEX interim_open ON interim (unit_id) WHERE to_ms IS NULL;

CREATE TABLE suspicion (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	state {TEXT} NOT NULL CHECK (state IN ('open', 'confirmed', 'cleared')),
	person_id {INT} NOT NULL REFERENCES person (id),
	unit_id {INT} NOT NULL REFERENCES unit (id),
	signal {TEXT} NOT NULL,
	raised_at_ms {INT} NOT NULL,
	due_at_ms {INT} NOT NULL,
	level {INT} NOT NULL DEFAULT 0,
	interim_id {INT} REFERENCES person (id),
	settled_by {INT} REFERENCES person (id),
	settled_at_ms {INT},
	settled_reason {TEXT}
) {STRICT};
CREATE UNIQUE INDEX suspicion_open ON suspicion (person_id, unit_id) WHERE state = 'open';
CREATE INDEX suspicion_state ON suspicion (state, id);

-- What was seen that speaks for somebody having left, or against it.
CREATE TABLE suspicion_fact (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	person_id {INT} NOT NULL REFERENCES person (id),
	suspicion_id {INT} REFERENCES suspicion (id),
	signal {TEXT} NOT NULL,
	evidence {TEXT} NOT NULL,
	at_ms {INT} NOT NULL,
	by_id {INT} REFERENCES person (id)
) {STRICT};
CREATE INDEX suspicion_fact_person ON suspicion_fact (person_id, signal, id);

CREATE TABLE term_review (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	name {TEXT} NOT NULL,
	opened_by {INT} NOT NULL REFERENCES person (id),
	opened_at_ms {INT} NOT NULL,
	due_at_ms {INT} NOT NULL,
	closed_at_ms {INT}
) {STRICT};
CREATE UNIQUE INDEX term_review_open ON term_review (id) WHERE closed_at_ms IS NULL;

CREATE TABLE term_review_answer (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	review_id {INT} NOT NULL REFERENCES term_review (id),
	unit_id {INT} NOT NULL REFERENCES unit (id),
	by_id {INT} NOT NULL REFERENCES person (id),
	at_ms {INT} NOT NULL,
	listed {TEXT} NOT NULL,
	UNIQUE (review_id, unit_id)
) {STRICT};

CREATE TABLE delegation (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	unit_id {INT} NOT NULL REFERENCES unit (id),
	role {TEXT} NOT NULL,
	person_id {INT} NOT NULL REFERENCES person (id),
	deputy_id {INT} NOT NULL REFERENCES person (id),
	reason {TEXT} NOT NULL,
	from_ms {INT} NOT NULL,
	to_ms {INT} NOT NULL,
	grant_id {INT} REFERENCES role_grant (id),
	ended_at_ms {INT}
) {STRICT};
CREATE INDEX delegation_unit ON delegation (unit_id, id);

CREATE TABLE pass_on (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	notice_id {INT} NOT NULL REFERENCES notice (id),
	unit_id {INT} NOT NULL REFERENCES unit (id),
	by_id {INT} NOT NULL REFERENCES person (id),
	at_ms {INT} NOT NULL,
	text {TEXT} NOT NULL,
	with_findings {INT} NOT NULL CHECK (with_findings IN (0, 1)),
	expires_at_ms {INT} NOT NULL,
	ended_at_ms {INT}
) {STRICT};
CREATE INDEX pass_on_notice ON pass_on (notice_id, id);

CREATE TABLE pass_on_reader (
	id {INT} PRIMARY KEY,
	pass_on_id {INT} NOT NULL REFERENCES pass_on (id),
	person_id {INT} REFERENCES person (id),
	digest {BLOB} NOT NULL UNIQUE,
	read_at_ms {INT},
	reads {INT} NOT NULL DEFAULT 0
) {STRICT};
CREATE INDEX pass_on_reader_of ON pass_on_reader (pass_on_id, id);

CREATE TABLE helper_link (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	finding_id {INT} NOT NULL REFERENCES finding (id),
	unit_id {INT} NOT NULL REFERENCES unit (id),
	helper {TEXT} NOT NULL,
	digest {BLOB} NOT NULL UNIQUE,
	made_by {INT} NOT NULL REFERENCES person (id),
	made_at_ms {INT} NOT NULL,
	expires_at_ms {INT} NOT NULL,
	ended_at_ms {INT},
	ended_why {TEXT}
) {STRICT};
CREATE INDEX helper_link_finding ON helper_link (finding_id, id);

CREATE TABLE helper_report (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	link_id {INT} NOT NULL REFERENCES helper_link (id),
	at_ms {INT} NOT NULL,
	done {TEXT} NOT NULL,
	picture {BLOB}
) {STRICT};
CREATE INDEX helper_report_link ON helper_report (link_id, id);

CREATE TABLE unit_note (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	unit_id {INT} NOT NULL REFERENCES unit (id),
	by_id {INT} NOT NULL REFERENCES person (id),
	at_ms {INT} NOT NULL,
	text {TEXT} NOT NULL,
	read_by {INT} REFERENCES person (id),
	read_at_ms {INT}
) {STRICT};
CREATE INDEX unit_note_unread ON unit_note (id) WHERE read_at_ms IS NULL;
