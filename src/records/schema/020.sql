-- SPDX-License-Identifier: Apache-2.0
-- The regulation as people keep it: drafts that become versions, what its articles mean, and the
-- school's knowledge of how to put things right.

-- A version on its way: text is the whole pack as JSON, articles, parameters and routing.
CREATE TABLE regulation (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	state {TEXT} NOT NULL CHECK (state IN ('draft', 'consulting', 'adopted', 'in_force', 'superseded', 'dropped')),
	name {TEXT} NOT NULL,
	title {TEXT} NOT NULL,
	note {TEXT},
	text {TEXT} NOT NULL,
	base_id {INT} REFERENCES policy_version (id),
	document_number {TEXT},
	meeting {TEXT},
	decided_by {TEXT},
	effective_at_ms {INT},
	author_id {INT} REFERENCES person (id),
	created_at_ms {INT} NOT NULL,
	changed_at_ms {INT} NOT NULL,
	adopted_by {INT} REFERENCES person (id),
	adopted_at_ms {INT},
	entered_at_ms {INT},
	ended_at_ms {INT},
	carried_at_ms {INT},
	policy_id {INT} REFERENCES policy_version (id)
) {STRICT};
CREATE UNIQUE INDEX regulation_in_force ON regulation (state) WHERE state = 'in_force';

-- A text that people adopted; empty where a file brought it.
ALTER TABLE policy_version ADD COLUMN regulation_id {INT} REFERENCES regulation (id);
CREATE INDEX policy_version_subject ON policy_version (subject, edition);

-- What belongs to an article without being its text: article 0 is the whole.
CREATE TABLE clause_note (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	kind {TEXT} NOT NULL CHECK (kind IN ('interpretation', 'suggestion', 'review')),
	state {TEXT} NOT NULL CHECK (state IN ('open', 'taken', 'declined', 'settled', 'revoked')),
	article {INT} NOT NULL,
	question {TEXT} NOT NULL,
	answer {TEXT},
	decided_by {TEXT},
	decided_at_ms {INT},
	unit_id {INT} REFERENCES unit (id),
	person_id {INT} REFERENCES person (id),
	at_ms {INT} NOT NULL,
	settled_by {INT} REFERENCES person (id),
	settled_at_ms {INT},
	policy_id {INT} REFERENCES policy_version (id)
) {STRICT};
CREATE INDEX clause_note_kind ON clause_note (kind, article, id);

-- How a kind of finding is put right (solution), and what a notice of it asks for (template).
-- shipped names the entry it came as; name, body and proof once more in English where there is one.
CREATE TABLE knowledge (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	shelf {TEXT} NOT NULL CHECK (shelf IN ('solution', 'template')),
	kind {TEXT} NOT NULL,
	edition {INT} NOT NULL CHECK (edition > 0),
	name {TEXT} NOT NULL,
	body {TEXT} NOT NULL,
	proof {TEXT},
	name_en {TEXT},
	body_en {TEXT},
	proof_en {TEXT},
	shipped {TEXT},
	created_at_ms {INT} NOT NULL,
	changed_at_ms {INT} NOT NULL,
	changed_by {INT} REFERENCES person (id),
	retired_at_ms {INT}
) {STRICT};
CREATE INDEX knowledge_kind ON knowledge (kind, shelf, id);
CREATE UNIQUE INDEX knowledge_shipped ON knowledge (shipped) WHERE shipped IS NOT NULL;

-- Each edition as it read, so that a notice shows what it was sent with.
CREATE TABLE knowledge_edition (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	knowledge_id {INT} NOT NULL REFERENCES knowledge (id),
	edition {INT} NOT NULL,
	kind {TEXT} NOT NULL,
	name {TEXT} NOT NULL,
	body {TEXT} NOT NULL,
	proof {TEXT},
	name_en {TEXT},
	body_en {TEXT},
	proof_en {TEXT},
	at_ms {INT} NOT NULL,
	by_id {INT} REFERENCES person (id),
	retired {INT} NOT NULL DEFAULT 0,
	UNIQUE (knowledge_id, edition)
) {STRICT};

-- The other units that answer for what a notice is about, told by copy.
CREATE TABLE notice_copy (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	notice_id {INT} NOT NULL REFERENCES notice (id),
	unit_id {INT} NOT NULL REFERENCES unit (id),
	as_owner {TEXT} NOT NULL CHECK (as_owner IN ('own', 'operate', 'use')),
	UNIQUE (notice_id, unit_id)
) {STRICT};
