-- SPDX-License-Identifier: Apache-2.0
-- Forms of superiors 附件: the file as it came, what stands in its cells (paper/annex.h, JSON), and
-- which cell says which fact; mapped_at_ms NULL = guessed from the labels, nobody has looked yet.
CREATE TABLE annex (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	incoming_id {INT} NOT NULL REFERENCES incoming (id),
	superior_id {INT} REFERENCES superior (id),
	name {TEXT} NOT NULL,
	media {TEXT} NOT NULL,
	blob_id {INT} NOT NULL REFERENCES blob (id),
	cells {TEXT} NOT NULL,
	places {TEXT} NOT NULL,
	mapped_by {INT} REFERENCES person (id),
	mapped_at_ms {INT},
	retired_at_ms {INT},
	by_id {INT} NOT NULL REFERENCES person (id),
	at_ms {INT} NOT NULL
) {STRICT};
CREATE INDEX annex_superior ON annex (superior_id, id);
CREATE INDEX annex_incoming ON annex (incoming_id, id);

-- One filled in for a paper: input is what goes into which cell, and empty once it is settled.
CREATE TABLE annex_fill (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	annex_id {INT} NOT NULL REFERENCES annex (id),
	incoming_id {INT} NOT NULL REFERENCES incoming (id),
	name {TEXT} NOT NULL,
	state {TEXT} NOT NULL CHECK (state IN ('waiting', 'ready', 'failed')),
	input {TEXT} NOT NULL,
	row_count {INT} NOT NULL,
	problem {TEXT},
	attachment_id {INT} REFERENCES attachment (id),
	by_id {INT} NOT NULL REFERENCES person (id),
	at_ms {INT} NOT NULL
) {STRICT};
CREATE INDEX annex_fill_incoming ON annex_fill (incoming_id, id);
