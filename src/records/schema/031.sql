-- SPDX-License-Identifier: Apache-2.0
-- What was found lately, and what a unit has in one state: lists and counts of 20 people at once read
-- an index, however many records other units have.

CREATE INDEX finding_found ON finding (found_at_ms, unit_id);
CREATE INDEX finding_unit_state ON finding (unit_id, state, id);
CREATE INDEX notice_unit_state ON notice (unit_id, state, id);
DROP INDEX notice_state;
CREATE INDEX notice_state ON notice (state, due_at_ms, id, unit_id, issued_at_ms);
-- A unit's open ones by their date, however many it has closed.
CREATE INDEX notice_unit_open ON notice (unit_id, due_at_ms, id)
	WHERE state NOT IN ('closed', 'withdrawn', 'reassigned');
