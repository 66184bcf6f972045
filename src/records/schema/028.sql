-- SPDX-License-Identifier: Apache-2.0
-- What is open, overdue, or was sent this year: each overview counts it, from an index
-- alone, however many notices there are of other years.

DROP INDEX notice_open;
CREATE INDEX notice_open ON notice (due_at_ms, id, state, unit_id)
	WHERE state NOT IN ('closed', 'withdrawn', 'reassigned');
DROP INDEX notice_state;
CREATE INDEX notice_state ON notice (state, due_at_ms, id, unit_id);
CREATE INDEX notice_sent ON notice (unit_id, issued_at_ms, state, due_at_ms);
CREATE INDEX notice_signed ON notice (id) WHERE signed_at_ms IS NOT NULL;
