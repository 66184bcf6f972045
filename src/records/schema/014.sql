-- SPDX-License-Identifier: Apache-2.0
-- Weekly maintenance only in term, or only in the breaks between terms; NULL = all year.
ALTER TABLE maintenance ADD COLUMN season {TEXT} CHECK (season IN ('term', 'break'));
