-- SPDX-License-Identifier: Apache-2.0
-- The desk's records.  Every table with id and version is audited.

-- ---- who

CREATE TABLE unit (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	name {TEXT} NOT NULL,
	short_name {TEXT},
	kind {TEXT} NOT NULL CHECK (kind IN ('department', 'faculty', 'centre', 'other')),
	parent_id {INT} REFERENCES unit (id),
	is_centre {INT} NOT NULL DEFAULT 0 CHECK (is_centre IN (0, 1)),
	valid_from_ms {INT} NOT NULL,
	valid_to_ms {INT}
) {STRICT};
CREATE UNIQUE INDEX unit_name ON unit (name) WHERE valid_to_ms IS NULL;

-- What a unit was called and where it stood before a change, until when.
CREATE TABLE unit_past (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	unit_id {INT} NOT NULL REFERENCES unit (id),
	until_ms {INT} NOT NULL,
	name {TEXT} NOT NULL,
	short_name {TEXT},
	kind {TEXT} NOT NULL,
	parent_id {INT} REFERENCES unit (id)
) {STRICT};
CREATE INDEX unit_past_unit ON unit_past (unit_id, until_ms, id);

CREATE TABLE person (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	name {TEXT} NOT NULL,
	unit_id {INT} REFERENCES unit (id),
	phone {TEXT},
	phone2 {TEXT},
	mail {TEXT},
	title {TEXT}
) {STRICT};
CREATE INDEX person_unit ON person (unit_id, id);

-- A role a person holds; unit_id NULL = school-wide.  Ended ones stay.
CREATE TABLE role_grant (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	person_id {INT} NOT NULL REFERENCES person (id),
	role {TEXT} NOT NULL,
	unit_id {INT} REFERENCES unit (id),
	valid_from_ms {INT} NOT NULL,
	valid_to_ms {INT}
) {STRICT};
CREATE INDEX role_grant_person ON role_grant (person_id, id);
CREATE INDEX role_grant_unit ON role_grant (unit_id, role, id);

CREATE TABLE account (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	name {TEXT} NOT NULL UNIQUE,
	person_id {INT} NOT NULL REFERENCES person (id),
	password_hash {TEXT} NOT NULL,
	password_at_ms {INT} NOT NULL,
	must_change {INT} NOT NULL DEFAULT 1 CHECK (must_change IN (0, 1)),
	disabled {INT} NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
	live_failures {INT} NOT NULL DEFAULT 0,
	live_locked_until_ms {INT},
	live_login_at_ms {INT}
) {STRICT};

CREATE TABLE session (
	id {INT} PRIMARY KEY,
	digest {BLOB} NOT NULL UNIQUE,
	account_id {INT} NOT NULL REFERENCES account (id),
	grant_id {INT} REFERENCES role_grant (id),
	created_at_ms {INT} NOT NULL,
	seen_at_ms {INT} NOT NULL,
	address {TEXT} NOT NULL,
	agent {TEXT} NOT NULL,
	ended_at_ms {INT}
) {STRICT};
CREATE INDEX session_account ON session (account_id, id);

CREATE TABLE api_token (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	account_id {INT} NOT NULL REFERENCES account (id),
	grant_id {INT} NOT NULL REFERENCES role_grant (id),
	name {TEXT} NOT NULL,
	digest {BLOB} NOT NULL UNIQUE,
	scopes {TEXT} NOT NULL,
	created_at_ms {INT} NOT NULL,
	expires_at_ms {INT},
	ended_at_ms {INT},
	live_used_at_ms {INT}
) {STRICT};

-- ---- what is watched

CREATE TABLE asset (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	name {TEXT} NOT NULL,
	kind {TEXT} NOT NULL CHECK (kind IN ('system', 'site', 'server', 'device', 'link')),
	address {TEXT},
	domain {TEXT},
	importance {TEXT} NOT NULL DEFAULT 'normal' CHECK (importance IN ('core', 'important', 'normal')),
	mlps_level {INT},
	exposure {TEXT} NOT NULL DEFAULT 'campus' CHECK (exposure IN ('internet', 'campus', 'isolated')),
	owner_unit_id {INT} REFERENCES unit (id),
	operate_unit_id {INT} REFERENCES unit (id),
	use_unit_id {INT} REFERENCES unit (id),
	host {TEXT},
	vendor {TEXT},
	vendor_phone {TEXT},
	note {TEXT},
	retired_at_ms {INT}
) {STRICT};
CREATE UNIQUE INDEX asset_name ON asset (name) WHERE retired_at_ms IS NULL;
CREATE INDEX asset_owner ON asset (owner_unit_id, id);

-- Keys an asset is found by: 'net' = 32 hex digits of the network's first
-- IPv6 (or mapped IPv4) address with its prefix length, 'domain' = lower case
-- name.  Rebuilt with the asset.
CREATE TABLE asset_key (
	kind {TEXT} NOT NULL CHECK (kind IN ('net', 'domain')),
	key {TEXT} NOT NULL,
	prefix {INT} NOT NULL,
	asset_id {INT} NOT NULL REFERENCES asset (id),
	PRIMARY KEY (kind, key, prefix, asset_id)
) {KEYED};
CREATE INDEX asset_key_asset ON asset_key (asset_id);

CREATE TABLE watch (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	asset_id {INT} REFERENCES asset (id),
	name {TEXT} NOT NULL,
	kind {TEXT} NOT NULL CHECK (kind IN ('icmp', 'tcp', 'http', 'tls', 'dns', 'host')),
	target {TEXT} NOT NULL,
	params {TEXT} NOT NULL,
	interval_s {INT} NOT NULL DEFAULT 30,
	retries {INT} NOT NULL DEFAULT 2,
	severity {TEXT} NOT NULL DEFAULT 'major' CHECK (severity IN ('critical', 'major', 'minor', 'info')),
	enabled {INT} NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
	live_state {TEXT} NOT NULL DEFAULT 'unknown',
	live_since_ms {INT},
	live_code {TEXT},
	live_args {TEXT}
) {STRICT};
CREATE INDEX watch_asset ON watch (asset_id, id);

-- ---- what happened

CREATE TABLE incident (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	state {TEXT} NOT NULL CHECK (state IN ('open', 'acked', 'mitigating', 'resolved', 'closed')),
	severity {TEXT} NOT NULL CHECK (severity IN ('critical', 'major', 'minor', 'info')),
	group_key {TEXT} NOT NULL,
	code {TEXT} NOT NULL,
	args {TEXT} NOT NULL,
	asset_id {INT} REFERENCES asset (id),
	unit_id {INT} REFERENCES unit (id),
	opened_at_ms {INT} NOT NULL,
	acked_at_ms {INT},
	acked_by {INT} REFERENCES person (id),
	resolved_at_ms {INT},
	closed_at_ms {INT},
	close_code {TEXT},
	finding_id {INT},
	trace {TEXT} NOT NULL
) {STRICT};
CREATE UNIQUE INDEX incident_group ON incident (group_key) WHERE state IN ('open', 'acked', 'mitigating');
CREATE INDEX incident_state ON incident (state, opened_at_ms, id);

CREATE TABLE alert (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	state {TEXT} NOT NULL CHECK (state IN ('firing', 'resolved')),
	severity {TEXT} NOT NULL CHECK (severity IN ('critical', 'major', 'minor', 'info')),
	dedup_key {TEXT} NOT NULL,
	source {TEXT} NOT NULL,
	class {TEXT} NOT NULL,
	check_key {TEXT} NOT NULL,
	asset_key {TEXT} NOT NULL,
	asset_id {INT} REFERENCES asset (id),
	unit_id {INT} REFERENCES unit (id),
	watch_id {INT} REFERENCES watch (id),
	code {TEXT} NOT NULL,
	args {TEXT} NOT NULL,
	evidence {TEXT},
	first_at_ms {INT} NOT NULL,
	resolved_at_ms {INT},
	incident_id {INT} REFERENCES incident (id),
	trace {TEXT} NOT NULL,
	live_count {INT} NOT NULL DEFAULT 1,
	live_last_at_ms {INT} NOT NULL
) {STRICT};
CREATE UNIQUE INDEX alert_open ON alert (dedup_key) WHERE state = 'firing';
CREATE INDEX alert_state ON alert (state, first_at_ms, id);
CREATE INDEX alert_incident ON alert (incident_id, id);

-- One-purpose links to acknowledge with; only the digest is kept.
CREATE TABLE ack_key (
	id {INT} PRIMARY KEY,
	digest {BLOB} NOT NULL UNIQUE,
	incident_id {INT} NOT NULL REFERENCES incident (id),
	person_id {INT} NOT NULL REFERENCES person (id),
	expires_at_ms {INT} NOT NULL,
	used_at_ms {INT}
) {STRICT};

-- What a person reads of a record's life; the audit log is the proof of it.
CREATE TABLE timeline (
	id {INT} PRIMARY KEY,
	kind {TEXT} NOT NULL,
	record_id {INT} NOT NULL,
	at_ms {INT} NOT NULL,
	code {TEXT} NOT NULL,
	args {TEXT} NOT NULL,
	person_id {INT} REFERENCES person (id),
	role {TEXT}
) {STRICT};
CREATE INDEX timeline_record ON timeline (kind, record_id, id);

-- ---- findings and notices

CREATE TABLE finding (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	state {TEXT} NOT NULL,
	grade {TEXT} NOT NULL CHECK (grade IN ('urgent', 'high', 'medium', 'low')),
	kind {TEXT} NOT NULL,
	title {TEXT} NOT NULL,
	description {TEXT},
	advice {TEXT},
	asset_id {INT} REFERENCES asset (id),
	unit_id {INT} REFERENCES unit (id),
	source {TEXT} NOT NULL CHECK (source IN ('monitor', 'superior', 'unit', 'public')),
	dedup_key {TEXT} NOT NULL,
	found_at_ms {INT} NOT NULL,
	reported_at_ms {INT},
	handled_at_ms {INT},
	incident_id {INT} REFERENCES incident (id),
	watch_id {INT} REFERENCES watch (id),
	notice_id {INT},
	author_id {INT} REFERENCES person (id),
	recurrence {INT} NOT NULL DEFAULT 0,
	reason {TEXT},
	false_by {INT} REFERENCES person (id),
	evidence {TEXT},
	policy {TEXT} NOT NULL
) {STRICT};
CREATE INDEX finding_state ON finding (state, found_at_ms, id);
CREATE INDEX finding_unit ON finding (unit_id, id);
CREATE INDEX finding_notice ON finding (notice_id, id);
CREATE INDEX finding_key ON finding (dedup_key, id);
CREATE INDEX finding_recent ON finding (state, id);

CREATE TABLE notice (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	state {TEXT} NOT NULL,
	number {TEXT},
	office_number {TEXT},
	title {TEXT} NOT NULL,
	grade {TEXT} NOT NULL CHECK (grade IN ('urgent', 'high', 'medium', 'low')),
	unit_id {INT} NOT NULL REFERENCES unit (id),
	source {TEXT} NOT NULL CHECK (source IN ('monitor', 'superior', 'unit', 'public')),
	requirement {TEXT} NOT NULL,
	contact {TEXT},
	author_id {INT} NOT NULL REFERENCES person (id),
	issuer_id {INT} REFERENCES person (id),
	created_at_ms {INT} NOT NULL,
	review_at_ms {INT},
	issued_at_ms {INT},
	reached_at_ms {INT},
	signed_at_ms {INT},
	signed_by {INT} REFERENCES person (id),
	due_at_ms {INT},
	due_json {TEXT},
	due_provisional {INT} NOT NULL DEFAULT 0 CHECK (due_provisional IN (0, 1)),
	sign_due_at_ms {INT},
	step_due_at_ms {INT},
	overdue_level {INT} NOT NULL DEFAULT 0,
	reminders {INT} NOT NULL DEFAULT 0,
	round {INT} NOT NULL DEFAULT 1,
	centre_self {INT} NOT NULL DEFAULT 0 CHECK (centre_self IN (0, 1)),
	deferred_reason {TEXT},
	deferred_due_at_ms {INT},
	deferred_confirmed_by {INT} REFERENCES person (id),
	deferred_confirmed_at_ms {INT},
	upreport {TEXT} NOT NULL DEFAULT 'undecided'
		CHECK (upreport IN ('undecided', 'needed', 'sent', 'receipted', 'not_needed')),
	upreport_reason {TEXT},
	upreport_authority {TEXT},
	reject_reason {TEXT},
	withdrawn_reason {TEXT},
	closed_at_ms {INT},
	policy {TEXT} NOT NULL
) {STRICT};
CREATE UNIQUE INDEX notice_number ON notice (number) WHERE number IS NOT NULL;
CREATE INDEX notice_open ON notice (due_at_ms, id) WHERE state NOT IN ('closed', 'withdrawn');
CREATE INDEX notice_due ON notice (due_at_ms, id);
CREATE INDEX notice_unit ON notice (unit_id, due_at_ms, id);
CREATE INDEX notice_state ON notice (state, due_at_ms, id);
CREATE INDEX notice_recent ON notice (state, id);
CREATE INDEX notice_unit_recent ON notice (unit_id, id);

CREATE TABLE notice_recipient (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	notice_id {INT} NOT NULL REFERENCES notice (id),
	person_id {INT} NOT NULL REFERENCES person (id),
	role {TEXT} NOT NULL,
	kind {TEXT} NOT NULL CHECK (kind IN ('to', 'cc')),
	UNIQUE (notice_id, person_id)
) {STRICT};

CREATE TABLE rectification (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	notice_id {INT} NOT NULL REFERENCES notice (id),
	round {INT} NOT NULL,
	state {TEXT} NOT NULL,
	responsible {TEXT},
	plan {TEXT},
	planned_at_ms {INT},
	submitted_at_ms {INT},
	submitted_by {INT} REFERENCES person (id),
	lesson {TEXT},
	check_code {TEXT},
	attachment_id {INT},
	returned_faults {TEXT},
	returned_reason {TEXT},
	UNIQUE (notice_id, round)
) {STRICT};

CREATE TABLE rectification_item (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	rectification_id {INT} NOT NULL REFERENCES rectification (id),
	finding_id {INT} NOT NULL REFERENCES finding (id),
	cause {TEXT} NOT NULL,
	measure {TEXT} NOT NULL,
	done_at_ms {INT},
	residual {TEXT},
	UNIQUE (rectification_id, finding_id)
) {STRICT};

CREATE TABLE verification (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	notice_id {INT} NOT NULL REFERENCES notice (id),
	round {INT} NOT NULL,
	state {TEXT} NOT NULL,
	verifier_id {INT} REFERENCES person (id),
	started_at_ms {INT},
	settled_at_ms {INT},
	method {TEXT},
	opinion {TEXT},
	second_reader_id {INT} REFERENCES person (id),
	second_at_ms {INT},
	UNIQUE (notice_id, round)
) {STRICT};

CREATE TABLE probe_proof (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	verification_id {INT} NOT NULL REFERENCES verification (id),
	watch_id {INT} NOT NULL REFERENCES watch (id),
	asked_at_ms {INT} NOT NULL,
	at_ms {INT},
	state {TEXT},
	latency_us {INT},
	code {TEXT},
	args {TEXT}
) {STRICT};
CREATE INDEX probe_proof_verification ON probe_proof (verification_id, id);

CREATE TABLE brief (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	notice_id {INT} NOT NULL REFERENCES notice (id),
	leader_id {INT} NOT NULL REFERENCES person (id),
	at_ms {INT} NOT NULL,
	text {TEXT} NOT NULL,
	centre_self {INT} NOT NULL DEFAULT 0 CHECK (centre_self IN (0, 1)),
	read_at_ms {INT},
	remark {TEXT}
) {STRICT};
CREATE INDEX brief_notice ON brief (notice_id, id);

-- ---- papers

CREATE TABLE document (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	kind {TEXT} NOT NULL,
	about {TEXT} NOT NULL,
	about_id {INT} NOT NULL,
	name {TEXT} NOT NULL,
	state {TEXT} NOT NULL CHECK (state IN ('waiting', 'ready', 'failed')),
	input {TEXT} NOT NULL,
	check_code {TEXT} NOT NULL,
	blob_id {INT} REFERENCES blob (id),
	created_at_ms {INT} NOT NULL
) {STRICT};
CREATE INDEX document_about ON document (about, about_id, id);

CREATE TABLE attachment (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	about {TEXT} NOT NULL,
	about_id {INT} NOT NULL,
	round {INT} NOT NULL,
	kind {TEXT} NOT NULL,
	name {TEXT} NOT NULL,
	media {TEXT} NOT NULL,
	blob_id {INT} NOT NULL REFERENCES blob (id),
	by_id {INT} NOT NULL REFERENCES person (id),
	by_proxy {INT} NOT NULL DEFAULT 0 CHECK (by_proxy IN (0, 1)),
	at_ms {INT} NOT NULL
) {STRICT};
CREATE INDEX attachment_about ON attachment (about, about_id, id);

-- ---- messages to people; the outbox row of the same id does the work

CREATE TABLE delivery (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	channel {TEXT} NOT NULL,
	person_id {INT} REFERENCES person (id),
	address {TEXT} NOT NULL,
	subject {TEXT} NOT NULL,
	body {TEXT} NOT NULL,
	message_id {TEXT} NOT NULL UNIQUE,
	about {TEXT} NOT NULL,
	about_id {INT} NOT NULL,
	document_id {INT} REFERENCES document (id),
	queued_at_ms {INT} NOT NULL,
	state {TEXT} NOT NULL,
	sent_at_ms {INT},
	provider {TEXT},
	live_attempts {INT} NOT NULL DEFAULT 0,
	live_next_at_ms {INT},
	live_error {TEXT}
) {STRICT};
CREATE INDEX delivery_about ON delivery (about, about_id, id);
CREATE INDEX delivery_state ON delivery (state, queued_at_ms, id);

CREATE TABLE sense_position (
	tail {TEXT} NOT NULL PRIMARY KEY,
	position {TEXT} NOT NULL
) {KEYED};

CREATE TABLE backup_run (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	at_ms {INT} NOT NULL,
	path {TEXT} NOT NULL,
	octets {INT} NOT NULL,
	ok {INT} NOT NULL CHECK (ok IN (0, 1)),
	error {TEXT}
) {STRICT};
