-- SPDX-License-Identifier: Apache-2.0
-- The infrastructure every command stands on.
-- {INT} {TEXT} {BLOB} {STRICT} {KEYED} are filled in by the dialect.
-- A table with both columns id and version is audited row by row; columns
-- whose name starts with live_ change without an audit entry.

CREATE TABLE meta (
	key {TEXT} NOT NULL PRIMARY KEY,
	value {TEXT} NOT NULL
) {STRICT};

-- Numbers without a gap: series "commit", "id" and "audit" have year 0.
CREATE TABLE counter (
	series {TEXT} NOT NULL,
	year {INT} NOT NULL,
	value {INT} NOT NULL CHECK (value >= 0),
	PRIMARY KEY (series, year)
) {KEYED};

-- First answers of commands that carried an idempotency key.
CREATE TABLE command_log (
	account {INT} NOT NULL,
	key {TEXT} NOT NULL,
	request {BLOB} NOT NULL,
	commit_seq {INT} NOT NULL,
	status {INT} NOT NULL,
	answer {BLOB} NOT NULL,
	expires_at_ms {INT} NOT NULL,
	PRIMARY KEY (account, key)
) {KEYED};
CREATE INDEX command_log_expiry ON command_log (expires_at_ms);

-- Deliveries and jobs.  effect is what happens at most once.
CREATE TABLE outbox (
	id {INT} PRIMARY KEY,
	kind {TEXT} NOT NULL,
	effect {TEXT} NOT NULL UNIQUE,
	state {TEXT} NOT NULL CHECK (state IN ('waiting', 'leased', 'done', 'failed', 'cancelled', 'restored')),
	record_kind {TEXT} NOT NULL,
	record_id {INT} NOT NULL,
	payload {TEXT} NOT NULL,
	trace {TEXT} NOT NULL,
	due_at_ms {INT} NOT NULL,
	lease_until_ms {INT},
	attempts {INT} NOT NULL DEFAULT 0,
	why {TEXT},
	created_at_ms {INT} NOT NULL,
	ended_at_ms {INT}
) {STRICT};
CREATE INDEX outbox_due ON outbox (kind, due_at_ms, id) WHERE state IN ('waiting', 'leased');
CREATE INDEX outbox_record ON outbox (record_kind, record_id, id);

-- due_at_ms starts at fire_at_ms and moves only when an attempt failed.
CREATE TABLE timer (
	id {INT} PRIMARY KEY,
	kind {TEXT} NOT NULL,
	record_kind {TEXT} NOT NULL,
	record_id {INT} NOT NULL,
	seq {INT} NOT NULL,
	fire_at_ms {INT} NOT NULL,
	due_at_ms {INT} NOT NULL,
	trace {TEXT} NOT NULL,
	attempts {INT} NOT NULL DEFAULT 0,
	fired_at_ms {INT},
	late_by_ms {INT},
	cancelled_at_ms {INT},
	UNIQUE (record_kind, record_id, kind, seq)
) {STRICT};
CREATE INDEX timer_due ON timer (due_at_ms, id) WHERE fired_at_ms IS NULL AND cancelled_at_ms IS NULL;

-- The event stream; bounded by the writer.
CREATE TABLE change (
	seq {INT} NOT NULL,
	n {INT} NOT NULL,
	topic {TEXT} NOT NULL,
	record_id {INT} NOT NULL,
	record_version {INT} NOT NULL,
	PRIMARY KEY (seq, n)
) {KEYED};

CREATE TABLE search (
	token {TEXT} NOT NULL,
	kind {TEXT} NOT NULL,
	id {INT} NOT NULL,
	PRIMARY KEY (token, kind, id)
) {KEYED};
CREATE INDEX search_record ON search (kind, id);

CREATE TABLE blob (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	kind {TEXT} NOT NULL,
	sm3 {BLOB} NOT NULL,
	sha256 {BLOB} NOT NULL,
	octets {INT} NOT NULL CHECK (octets >= 0),
	created_at_ms {INT} NOT NULL,
	UNIQUE (kind, sm3)
) {STRICT};
CREATE INDEX blob_content ON blob (sm3, id);

-- Contents, where the store keeps them itself; one content may have many names.
CREATE TABLE blob_chunk (
	sm3 {BLOB} NOT NULL,
	n {INT} NOT NULL,
	octets {BLOB} NOT NULL,
	PRIMARY KEY (sm3, n)
) {STRICT};

CREATE TABLE setting (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	key {TEXT} NOT NULL UNIQUE,
	value {TEXT} NOT NULL
) {STRICT};

-- Sealed; left out of every backup.
CREATE TABLE secret (
	name {TEXT} NOT NULL PRIMARY KEY,
	sealed {BLOB} NOT NULL,
	changed_at_ms {INT} NOT NULL
) {STRICT};

CREATE TABLE audit_entry (
	seq {INT} PRIMARY KEY,
	at_ms {INT} NOT NULL,
	entry {TEXT} NOT NULL,
	leaf {BLOB} NOT NULL
) {STRICT};

-- salt and value go together when a person's data is erased by order.
CREATE TABLE audit_personal (
	seq {INT} NOT NULL REFERENCES audit_entry (seq),
	n {INT} NOT NULL,
	salt {BLOB},
	value {TEXT},
	erased_by {INT} REFERENCES audit_entry (seq),
	PRIMARY KEY (seq, n),
	CHECK ((salt IS NULL) = (value IS NULL)),
	CHECK ((salt IS NULL) = (erased_by IS NOT NULL))
) {STRICT};

CREATE TABLE audit_head (
	size {INT} PRIMARY KEY,
	root {BLOB} NOT NULL,
	at_ms {INT} NOT NULL,
	signature {BLOB} NOT NULL
) {STRICT};

INSERT INTO counter (series, year, value) VALUES ('commit', 0, 0), ('id', 0, 0), ('audit', 0, 0);
