-- SPDX-License-Identifier: Apache-2.0
-- Home pages that are compared: what was seen last where it differs from what
-- was confirmed (no record, probe says it again), and what a person confirmed.
CREATE TABLE page_seen (
	id {INT} PRIMARY KEY REFERENCES watch (id),
	at_ms {INT} NOT NULL,
	title {TEXT} NOT NULL,
	text {TEXT} NOT NULL,
	hosts {TEXT} NOT NULL,
	mark {TEXT} NOT NULL
) {STRICT};

CREATE TABLE page_confirmed (
	id {INT} PRIMARY KEY REFERENCES watch (id),
	version {INT} NOT NULL,
	at_ms {INT} NOT NULL,
	by_id {INT} NOT NULL REFERENCES person (id),
	title {TEXT} NOT NULL,
	text {TEXT} NOT NULL,
	hosts {TEXT} NOT NULL,
	mark {TEXT} NOT NULL
) {STRICT};
