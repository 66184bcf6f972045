-- SPDX-License-Identifier: Apache-2.0
-- A school's own Word files in place of ours, each kept as it came: the one in force of a kind makes
-- the Word file of every paper of it.
CREATE TABLE paper_template (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	kind {TEXT} NOT NULL,
	name {TEXT} NOT NULL,
	state {TEXT} NOT NULL CHECK (state IN ('in_force', 'replaced', 'withdrawn')),
	blob_id {INT} NOT NULL REFERENCES blob (id),
	by_id {INT} NOT NULL REFERENCES person (id),
	at_ms {INT} NOT NULL,
	ended_by {INT} REFERENCES person (id),
	ended_at_ms {INT}
) {STRICT};
CREATE INDEX paper_template_kind ON paper_template (kind, state, id);

-- The Word file of a paper is a document of its own, of_id that of the PDF; the unit reader_unit_id may read it, and
-- without one the centre alone; format without a word is pdf; template_id is the school's file it is made from.
ALTER TABLE document ADD COLUMN of_id {INT} REFERENCES document (id);
ALTER TABLE document ADD COLUMN reader_unit_id {INT} REFERENCES unit (id);
ALTER TABLE document ADD COLUMN format {TEXT} CHECK (format IN ('pdf', 'docx'));
ALTER TABLE document ADD COLUMN template_id {INT} REFERENCES paper_template (id);
CREATE INDEX document_of ON document (of_id);
