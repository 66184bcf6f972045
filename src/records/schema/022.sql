-- SPDX-License-Identifier: Apache-2.0
-- Sheets people send: what was read of them, and what an import changed, so
-- that it can be taken back.  None of it is a record: the records it makes are.
CREATE TABLE sheet_import (
	id {INT} PRIMARY KEY,
	name {TEXT} NOT NULL,
	kind {TEXT} CHECK (kind IN ('asset', 'unit', 'person')),
	state {TEXT} NOT NULL CHECK (state IN ('read', 'done', 'undone')),
	by_id {INT} NOT NULL REFERENCES person (id),
	read_at_ms {INT} NOT NULL,
	done_at_ms {INT},
	undone_at_ms {INT},
	undone_by {INT} REFERENCES person (id),
	rows_added {INT} NOT NULL DEFAULT 0,
	rows_changed {INT} NOT NULL DEFAULT 0,
	rows_refused {INT} NOT NULL DEFAULT 0,
	error_sheet {INT},
	error_heading {INT},
	errors {TEXT}
) {STRICT};
CREATE INDEX sheet_import_done ON sheet_import (state, done_at_ms, id);

-- The cells, as grid/grid.h; they go after a week.
CREATE TABLE sheet_import_page (
	import_id {INT} NOT NULL REFERENCES sheet_import (id),
	n {INT} NOT NULL,
	name {TEXT} NOT NULL,
	left_out {INT} NOT NULL,
	cells {TEXT} NOT NULL,
	PRIMARY KEY (import_id, n)
) {STRICT};

-- was: the members before, as JSON; NULL = it was not there.
CREATE TABLE sheet_import_change (
	import_id {INT} NOT NULL REFERENCES sheet_import (id),
	n {INT} NOT NULL,
	kind {TEXT} NOT NULL CHECK (kind IN ('asset', 'unit', 'person', 'alias')),
	record_id {INT} NOT NULL,
	record_version {INT} NOT NULL,
	was {TEXT},
	PRIMARY KEY (import_id, n)
) {STRICT};
CREATE INDEX sheet_import_change_record ON sheet_import_change (kind, record_id);

-- What people call a unit in their sheets, once somebody has said which it is.
CREATE TABLE unit_alias (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	alias {TEXT} NOT NULL UNIQUE,
	unit_id {INT} NOT NULL REFERENCES unit (id)
) {STRICT};
CREATE INDEX unit_alias_unit ON unit_alias (unit_id, id);

-- A word is looked for among the words of one record, too.
DROP INDEX search_record;
CREATE INDEX search_record ON search (kind, id, token);

-- Put into the register by an import that was taken back: nobody picks them any more.
ALTER TABLE person ADD COLUMN withdrawn_at_ms {INT};
