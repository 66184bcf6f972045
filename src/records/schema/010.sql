-- SPDX-License-Identifier: Apache-2.0
-- Devices as their last inventory found them (no record, probe says it again).
CREATE TABLE device (
	id {INT} PRIMARY KEY REFERENCES watch (id),
	at_ms {INT} NOT NULL,
	os {TEXT} NOT NULL,
	vendor {TEXT} NOT NULL,
	model {TEXT} NOT NULL,
	serial {TEXT} NOT NULL,
	sysname {TEXT} NOT NULL,
	software {TEXT} NOT NULL, -- its version; a column of that name would make this a record
	ports {TEXT} NOT NULL,
	sensors {TEXT} NOT NULL,
	processors {TEXT} NOT NULL,
	mempools {TEXT} NOT NULL,
	storage {TEXT} NOT NULL,
	neighbours {TEXT} NOT NULL
) {STRICT};
