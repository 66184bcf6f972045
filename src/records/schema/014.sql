-- SPDX-License-Identifier: Apache-2.0
-- Weekly maintenance only in term, or only in the breaks between terms; NULL = all year.
ALTER TABLE maintenance ADD COLUMN season {TEXT} CHECK (season IN ('term', 'break'));

-- Words people group assets by, with one comma between them, and one by one.
ALTER TABLE asset ADD COLUMN tags {TEXT};
CREATE TABLE asset_tag (
	tag {TEXT} NOT NULL,
	asset_id {INT} NOT NULL REFERENCES asset (id),
	PRIMARY KEY (tag, asset_id)
) {KEYED};
CREATE INDEX asset_tag_asset ON asset_tag (asset_id);

-- Of every asset that bears this word, now or later; its scope is then 'asset', of none by name.
ALTER TABLE maintenance ADD COLUMN tag {TEXT};
