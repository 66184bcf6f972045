-- SPDX-License-Identifier: Apache-2.0
-- Rules over figures that the school made: one of its own, or one that stands
-- for a shipped rule (replaces), changed or put out of use.

-- definition is the rule as detect reads it (detect/metric_rule.h), a JSON object.
CREATE TABLE metric_rule (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	name {TEXT} NOT NULL,
	replaces {TEXT},
	definition {TEXT} NOT NULL,
	enabled {INT} NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
	changed_at_ms {INT} NOT NULL,
	changed_by {INT} REFERENCES person (id),
	deleted_at_ms {INT}
) {STRICT};
CREATE UNIQUE INDEX metric_rule_replaces ON metric_rule (replaces) WHERE deleted_at_ms IS NULL;
