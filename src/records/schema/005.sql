-- SPDX-License-Identifier: Apache-2.0
-- The kinds of checks are the program's own table (schema/check_kinds.toml): a new
-- one needs no new schema.  A constraint goes with its column.
ALTER TABLE watch ADD COLUMN kind_free {TEXT} NOT NULL DEFAULT '';
UPDATE watch SET kind_free = kind;
ALTER TABLE watch DROP COLUMN kind;
ALTER TABLE watch RENAME COLUMN kind_free TO kind;
