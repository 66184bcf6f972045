-- SPDX-License-Identifier: Apache-2.0
-- Personal values that can be erased by order, and the verification of the
-- audit log as a record.

-- salt is inside the row's digest and replaced when the row's personal values
-- go, so that no digest of before lets them be guessed; empty in rows older
-- than this column.
ALTER TABLE person ADD COLUMN salt {BLOB};
ALTER TABLE person ADD COLUMN erased_at_ms {INT};
ALTER TABLE delivery ADD COLUMN salt {BLOB};
CREATE INDEX delivery_person ON delivery (person_id, id);

-- Whom a value is about, to find what an order erases; no part of the log.
ALTER TABLE audit_personal ADD COLUMN person_id {INT} REFERENCES person (id);
CREATE INDEX audit_personal_person ON audit_personal (person_id, seq, n) WHERE erased_by IS NULL;

-- One verification of the audit log.  found holds the first problems in words,
-- erased_by the first entries that erased; error says why it could not be run.
CREATE TABLE audit_check (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	began_at_ms {INT} NOT NULL,
	at_ms {INT} NOT NULL,
	ok {INT} NOT NULL CHECK (ok IN (0, 1)),
	entries {INT} NOT NULL,
	personal {INT} NOT NULL,
	erased {INT} NOT NULL,
	erased_by {TEXT} NOT NULL,
	problems {INT} NOT NULL,
	found {TEXT} NOT NULL,
	error {TEXT}
) {STRICT};
