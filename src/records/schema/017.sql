-- SPDX-License-Identifier: Apache-2.0
-- What is asked for and decided around a notice and its findings.

-- One at a time; decision is empty until it is decided.
CREATE TABLE objection (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	notice_id {INT} NOT NULL REFERENCES notice (id),
	reason {TEXT} NOT NULL
		CHECK (reason IN ('not_ours', 'false_positive', 'already_fixed', 'cannot_fix')),
	text {TEXT} NOT NULL,
	unit_id {INT} REFERENCES unit (id),
	by_id {INT} NOT NULL REFERENCES person (id),
	at_ms {INT} NOT NULL,
	due_at_ms {INT} NOT NULL,
	decision {TEXT} CHECK (decision IN ('upheld', 'dismissed', 'lapsed')),
	opinion {TEXT},
	decided_by {INT} REFERENCES person (id),
	decided_at_ms {INT}
) {STRICT};
CREATE INDEX objection_notice ON objection (notice_id, id);
CREATE INDEX objection_waiting ON objection (id) WHERE decision IS NULL;

CREATE TABLE extension (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	notice_id {INT} NOT NULL REFERENCES notice (id),
	nth {INT} NOT NULL,
	state {TEXT} NOT NULL,
	reason {TEXT} NOT NULL,
	control {TEXT} NOT NULL,
	until_ms {INT} NOT NULL,
	rule {TEXT} NOT NULL,
	due_before_ms {INT} NOT NULL,
	due_after_ms {INT},
	by_id {INT} NOT NULL REFERENCES person (id),
	at_ms {INT} NOT NULL,
	opinion {TEXT},
	decided_by {INT} REFERENCES person (id),
	decided_at_ms {INT}
) {STRICT};
CREATE INDEX extension_notice ON extension (notice_id, id);
CREATE INDEX extension_waiting ON extension (id) WHERE state = 'asked';

CREATE TABLE acceptance (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	finding_id {INT} NOT NULL REFERENCES finding (id),
	notice_id {INT} REFERENCES notice (id),
	state {TEXT} NOT NULL,
	reason {TEXT} NOT NULL,
	control {TEXT} NOT NULL,
	expires_at_ms {INT} NOT NULL,
	by_id {INT} NOT NULL REFERENCES person (id),
	at_ms {INT} NOT NULL,
	opinion {TEXT},
	decided_by {INT} REFERENCES person (id),
	decided_at_ms {INT},
	ended_at_ms {INT}
) {STRICT};
CREATE INDEX acceptance_finding ON acceptance (finding_id, id);
CREATE INDEX acceptance_waiting ON acceptance (id) WHERE state = 'asked';

-- proposed_by is empty where the ladder proposed it.
CREATE TABLE control (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	notice_id {INT} NOT NULL REFERENCES notice (id),
	state {TEXT} NOT NULL,
	measure {TEXT} NOT NULL,
	reason {TEXT} NOT NULL,
	proposed_by {INT} REFERENCES person (id),
	proposed_at_ms {INT} NOT NULL,
	opinion {TEXT},
	decided_by {INT} REFERENCES person (id),
	decided_at_ms {INT},
	applied_person {TEXT},
	applied_by {INT} REFERENCES person (id),
	applied_at_ms {INT},
	lifted_person {TEXT},
	lifted_by {INT} REFERENCES person (id),
	lifted_at_ms {INT}
) {STRICT};
CREATE INDEX control_notice ON control (notice_id, id);
CREATE INDEX control_waiting ON control (id) WHERE state IN ('proposed', 'approved', 'applied');

-- A closed finding looked at again after some days: by its check, whose question has this id in the
-- outbox, or by a person where there is none.
CREATE TABLE recheck (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	finding_id {INT} NOT NULL REFERENCES finding (id),
	watch_id {INT} REFERENCES watch (id),
	days {INT} NOT NULL,
	asked_at_ms {INT} NOT NULL,
	state {TEXT} NOT NULL CHECK (state IN ('asked', 'todo', 'gone', 'seen', 'unknown')),
	at_ms {INT},
	code {TEXT},
	args {TEXT},
	note {TEXT},
	by_id {INT} REFERENCES person (id)
) {STRICT};
CREATE INDEX recheck_finding ON recheck (finding_id, id);
CREATE INDEX recheck_waiting ON recheck (id) WHERE state = 'todo';

-- A notice that went to another unit, and the one it became.
ALTER TABLE notice ADD COLUMN origin_id {INT} REFERENCES notice (id);
ALTER TABLE notice ADD COLUMN successor_id {INT} REFERENCES notice (id);
ALTER TABLE notice ADD COLUMN failed_rounds {INT};
-- Why it is a matter of accountability; empty = it is none.
ALTER TABLE notice ADD COLUMN accountable {TEXT};

DROP INDEX notice_open;
CREATE INDEX notice_open ON notice (due_at_ms, id)
	WHERE state NOT IN ('closed', 'withdrawn', 'reassigned');

-- What a finding repeats or went into, and what it was the last time.
ALTER TABLE finding ADD COLUMN target_id {INT} REFERENCES finding (id);
ALTER TABLE finding ADD COLUMN earlier_id {INT} REFERENCES finding (id);
-- Since when its check does not see it any more: a proposal, never an end.
ALTER TABLE finding ADD COLUMN live_gone_at_ms {INT};
-- Why it came back, as its unit says.
ALTER TABLE finding ADD COLUMN again_cause {TEXT}
	CHECK (again_cause IN ('vendor', 'restored', 'new_system', 'false_alarm', 'other'));
ALTER TABLE finding ADD COLUMN again_note {TEXT};
-- A false positive is to be looked at again: then, and 1 once the time has come.
ALTER TABLE finding ADD COLUMN doubt_at_ms {INT};
ALTER TABLE finding ADD COLUMN review_due {INT} CHECK (review_due = 1);
-- How often it was seen while it was said to be none.
ALTER TABLE finding ADD COLUMN suppressed {INT};
CREATE INDEX finding_target ON finding (target_id) WHERE target_id IS NOT NULL;
CREATE INDEX finding_review ON finding (id) WHERE review_due = 1;
CREATE INDEX finding_watch ON finding (watch_id, id) WHERE watch_id IS NOT NULL;
