-- SPDX-License-Identifier: Apache-2.0
-- A second factor of an account: its key lies sealed among the secrets as "totp.ACCOUNT".

-- on_at_ms: 0 = begun, no right code yet.  live_step: the last step a code of which was taken; none
-- of it or of an earlier one is taken again.
CREATE TABLE second_factor (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	account_id {INT} NOT NULL UNIQUE REFERENCES account (id),
	made_at_ms {INT} NOT NULL,
	on_at_ms {INT} NOT NULL DEFAULT 0,
	live_step {INT} NOT NULL DEFAULT 0,
	live_failures {INT} NOT NULL DEFAULT 0,
	live_locked_until_ms {INT} NOT NULL DEFAULT 0
) {STRICT};

-- digest: SHA-256 of the account's id, a colon and the code; used_at_ms: 0 = not yet.
CREATE TABLE recovery_code (
	id {INT} PRIMARY KEY,
	version {INT} NOT NULL,
	account_id {INT} NOT NULL REFERENCES account (id),
	digest {BLOB} NOT NULL UNIQUE,
	made_at_ms {INT} NOT NULL,
	used_at_ms {INT} NOT NULL DEFAULT 0
) {STRICT};
CREATE INDEX recovery_code_account ON recovery_code (account_id, id);

-- When a code was last shown in it; NULL = never.
ALTER TABLE session ADD COLUMN second_at_ms {INT};
