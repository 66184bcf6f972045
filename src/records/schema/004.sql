-- SPDX-License-Identifier: Apache-2.0
-- The rules records are judged by, kept as they read: each text of a policy or
-- of a year's calendar once it differs from the one before.

-- subject says which succession a text belongs to: "policy", "calendar-2026".
-- adopted_by is empty where the program found the text at its start.
CREATE TABLE policy_version (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	kind {TEXT} NOT NULL CHECK (kind IN ('policy', 'calendar')),
	subject {TEXT} NOT NULL,
	name {TEXT} NOT NULL,
	edition {INT} NOT NULL CHECK (edition > 0),
	sm3 {TEXT} NOT NULL,
	text {TEXT} NOT NULL,
	adopted_at_ms {INT} NOT NULL,
	adopted_by {INT} REFERENCES person (id),
	previous_id {INT} REFERENCES policy_version (id),
	UNIQUE (subject, edition)
) {STRICT};

-- Empty in records that were judged before texts were kept.
ALTER TABLE finding ADD COLUMN policy_id {INT} REFERENCES policy_version (id);
ALTER TABLE notice ADD COLUMN policy_id {INT} REFERENCES policy_version (id);
